package tiering

import (
	"math"
	"time"

	"github.com/xuri/excelize/v2"

	"zhike/internal/platform/i18n"
)

// maxRowHeight is the highest row that spreadsheets know, in points.
const maxRowHeight = 409

// noteColumns is how many characters a line of a note holds in the overview.
const noteColumns = 96

func (b *book) overview(sheet string) {
	row := 1
	title := b.title()
	if b.r.Company != "" {
		title = b.r.Company + " · " + title
	}
	b.put(sheet, 1, row, kindText, "title", title)
	b.try(b.f.SetRowHeight(sheet, row, 30))
	row++
	b.put(sheet, 1, row, kindText, "lead", b.headline())
	b.try(b.f.SetRowHeight(sheet, row, 24))
	b.frozen(sheet, row, 0)
	row += 2
	var computed any
	if b.s.ComputedAt != 0 {
		computed = time.UnixMilli(b.s.ComputedAt)
	}
	for _, x := range []struct {
		term string
		kind cellKind
		v    any
		note string
	}{
		{b.t("fact.as_of"), kindDay, b.s.AsOf, ""},
		{b.t("fact.window"), kindText, b.window(), ""},
		{b.t("fact.measure"), kindText, b.measureHead(), ""},
		{b.t("fact.scheme"), kindText, b.schemeName(), b.methodName()},
		{b.t("fact.computed"), kindDay, computed, b.zoneName()},
	} {
		b.put(sheet, 1, row, kindText, "term", x.term)
		b.put(sheet, 2, row, x.kind, "left", x.v)
		b.put(sheet, 3, row, kindText, "term", x.note)
		row++
	}
	row++
	head := func(a, v, c string) {
		b.put(sheet, 1, row, kindText, "head", a)
		b.put(sheet, 2, row, kindInt, "head", v)
		b.put(sheet, 3, row, kindText, "head", c)
		row++
	}
	head(b.t("col.figure"), b.t("col.value"), b.t("col.meaning"))
	for _, f := range b.figures() {
		b.put(sheet, 1, row, kindText, "", f.label)
		b.put(sheet, 2, row, f.kind, "", f.value)
		b.put(sheet, 3, row, kindText, "term", f.note)
		row++
	}
	if m := b.r.Moves; m != nil {
		row++
		head(b.t("section.moves"), b.t("col.customers"), b.t("moves.since", "day", m.PreviousAsOf.String()))
		for _, r := range b.moves().rows {
			b.put(sheet, 1, row, kindText, "", r[0])
			b.put(sheet, 2, row, kindInt, "", r[1])
			row++
		}
	}
	row++
	b.put(sheet, 1, row, kindText, "group", b.t("section.method"))
	row++
	for i, s := range b.methodLines() {
		term := ""
		if i == 0 {
			term = b.methodName()
		}
		row = b.noteRow(sheet, row, term, s)
	}
	row++
	b.put(sheet, 1, row, kindText, "group", b.t("section.notes"))
	row++
	for _, n := range b.notes() {
		row = b.noteRow(sheet, row, n.term, n.text)
	}
	b.widen(sheet, 3, noteColumns-33)
}

// noteRow writes a definition over two columns, as high as its text needs:
// spreadsheets do not fit the height of merged cells by themselves.
func (b *book) noteRow(sheet string, row int, term, text string) int {
	b.put(sheet, 1, row, kindText, "term", term)
	b.put(sheet, 2, row, kindText, "wrap", text)
	b.put(sheet, 3, row, kindText, "wrap", nil)
	from, err := excelize.CoordinatesToCellName(2, row)
	b.try(err)
	to, err := excelize.CoordinatesToCellName(3, row)
	b.try(err)
	b.try(b.f.MergeCell(sheet, from, to))
	lines := math.Ceil(float64(textColumns(text)) / (noteColumns - 30))
	b.try(b.f.SetRowHeight(sheet, row, 17*max(1, lines)+3))
	return row + 1
}

func (b *book) levelSheet(sheet string) {
	t := b.levels()
	t.cols = append(t.cols, reportColumn{b.t("col.advice"), kindText})
	for i := range t.rows {
		t.rows[i] = append(t.rows[i], b.s.Levels[i].Advice)
	}
	t.foot = append(t.foot, nil)
	next := b.table(sheet, 1, 1, t)
	b.frozen(sheet, 1, 1)
	n := len(b.s.Levels)
	if n == 0 {
		return
	}
	b.chart(sheet, 1, next+1, excelize.Chart{
		Type: excelize.Col,
		Series: []excelize.ChartSeries{
			{Name: ref(sheet, 3, 1, 3, 1), Categories: ref(sheet, 1, 2, 1, n+1), Values: ref(sheet, 3, 2, 3, n+1), Fill: solidFill(paleColor)},
			{Name: ref(sheet, 7, 1, 7, 1), Categories: ref(sheet, 1, 2, 1, n+1), Values: ref(sheet, 7, 2, 7, n+1), Fill: solidFill(accentColor)},
		},
		PlotArea: excelize.ChartPlotArea{ShowVal: n <= 10, NumFmt: excelize.ChartNumFmt{CustomNumFmt: formatShare}},
		YAxis:    excelize.ChartAxis{MajorGridLines: true, Minimum: ptrTo(0.0), NumFmt: excelize.ChartNumFmt{CustomNumFmt: "0%"}},
		GapWidth: ptrTo(uint(60)), Overlap: ptrTo(-5),
	}, b.t("section.levels"), 860, 360)
}

func (b *book) people(sheet string, list []KeyCustomer, empty string) {
	if len(list) == 0 {
		b.put(sheet, 1, 1, kindText, "", b.t(empty))
		return
	}
	t := &reportTable{cols: []reportColumn{
		{b.t("col.customer_id"), kindID}, {b.t("col.customer"), kindText}, {b.t("col.level"), kindLevel}, {b.t("col.previous_level"), kindLevel},
		{b.measureHead(), kindMoney}, {b.t("col.orders"), kindInt}, {b.t("col.last_day"), kindDay}, {b.t("col.days_since"), kindInt},
		{b.t("col.reason"), kindText}, {b.t("col.next_step"), kindText},
	}}
	for _, c := range list {
		row := []any{c.ID, c.Name, levelRef{b.tone(c.Level), c.LevelName}, nil, c.SpendFen, c.Orders, nil, nil, c.Reason, c.NextStep}
		if c.PreviousLevel != "" {
			row[3] = levelRef{b.tone(c.PreviousLevel), c.PreviousName}
		}
		if d, ok := dayOf(c.LastDay); ok {
			row[6] = d
		}
		if c.DaysSince != nil {
			row[7] = *c.DaysSince
		}
		t.rows = append(t.rows, row)
	}
	next := b.table(sheet, 1, 1, t)
	for r := 2; r < next; r++ { // sentences break inside their columns, and not every program fits the height by itself
		lines := 1.0
		for col, v := range map[int]string{9: list[r-2].Reason, 10: list[r-2].NextStep} {
			b.put(sheet, col, r, kindText, "sentence", v)
			lines = max(lines, math.Ceil(float64(textColumns(v))/(maxColumn-4)))
		}
		b.try(b.f.SetRowHeight(sheet, r, min(15*lines+5, maxRowHeight)))
	}
	b.frozen(sheet, 1, 2)
	to, err := excelize.CoordinatesToCellName(len(t.cols), next-1)
	b.try(err)
	b.try(b.f.AutoFilter(sheet, "A1:"+to, nil))
}

func (b *book) moveSheet(sheet string) {
	m := b.r.Moves
	if m == nil {
		b.put(sheet, 1, 1, kindText, "", b.t("moves.first"))
		return
	}
	n := min(len(m.Codes), len(m.Matrix))
	t := &reportTable{cols: []reportColumn{{b.t("moves.corner"), kindLevel}}}
	for j := range n {
		t.cols = append(t.cols, reportColumn{m.name(j), kindInt})
	}
	t.cols = append(t.cols, reportColumn{b.t("total"), kindInt})
	sums := make([]int64, n+1)
	for i := range n {
		row := []any{levelRef{b.tone(m.Codes[i]), m.name(i)}}
		var total int64
		for j := range n {
			var v int64
			if j < len(m.Matrix[i]) {
				v = m.Matrix[i][j]
			}
			row = append(row, v)
			total += v
			sums[j] += v
		}
		sums[n] += total
		t.rows = append(t.rows, append(row, total))
	}
	t.foot = []any{b.t("total")}
	for _, v := range sums {
		t.foot = append(t.foot, v)
	}
	next := b.table(sheet, 1, 1, t)
	b.frozen(sheet, 1, 1)
	// Whoever stayed would drown the moves: the scale leaves the diagonal out.
	for i := range n {
		if i > 0 {
			b.colourScale(sheet, 2, i+2, i+1, i+2, "FFFFFF", "97D1AC") // up
		}
		if i < n-1 {
			b.colourScale(sheet, i+3, i+2, n+1, i+2, "FFFFFF", "EDBD78") // down
		}
	}
	b.table(sheet, 1, next+1, b.moves())
}

func (b *book) concentrationSheet(sheet string) {
	if len(b.s.Lorenz) == 0 {
		b.put(sheet, 1, 1, kindText, "", b.t("empty.buyers", "measure", b.measure()))
		return
	}
	t := &reportTable{cols: []reportColumn{
		{b.t("col.lorenz_customers"), kindShare}, {b.t("col.cumulative", "measure", b.measure()), kindShare},
		{b.t("col.lorenz_equal"), kindShare}, {b.t("set.top20"), kindShare},
	}}
	at := 1 - shareOf(b.s.Top20.Customers, b.s.Buyers)
	nearest := 0
	for k, q := range b.s.Lorenz {
		t.rows = append(t.rows, []any{q.Customers, q.Revenue, q.Customers, nil})
		if math.Abs(q.Customers-at) < math.Abs(b.s.Lorenz[nearest].Customers-at) {
			nearest = k
		}
	}
	t.rows[nearest][3] = 1 - b.s.Top20.Share
	b.table(sheet, 1, 1, t)
	b.frozen(sheet, 1, 0)
	next := b.table(sheet, 6, 1, b.concentration())
	b.put(sheet, 6, next, kindText, "", b.t("overlap_label"))
	b.put(sheet, 7, next, kindInt, "", b.s.Overlap)
	b.put(sheet, 6, next+1, kindText, "", b.t("gini_label"))
	b.put(sheet, 7, next+1, kindFine, "", b.s.Gini)
	n := len(t.rows)
	x := ref(sheet, 1, 2, 1, n+1)
	line := func(col int, color string, width float64, dash excelize.LineDashType) excelize.ChartSeries {
		return excelize.ChartSeries{
			Name: ref(sheet, col, 1, col, 1), Categories: x, Values: ref(sheet, col, 2, col, n+1), Fill: solidFill(color),
			Line: excelize.LineOptions{Type: excelize.LineSolid, Width: width, Dash: dash}, Marker: excelize.ChartMarker{Symbol: "none"},
		}
	}
	point := line(4, amberColor, 1, excelize.LineDashUnset)
	point.Marker = excelize.ChartMarker{Symbol: "circle", Size: 9, Fill: solidFill(amberColor)}
	b.chart(sheet, 6, next+3, excelize.Chart{
		// Of points, not of categories: its axis has a scale of its own.
		Type:   excelize.Scatter,
		Series: []excelize.ChartSeries{line(2, accentColor, 2.25, excelize.LineDashUnset), line(3, greyColor, 1, excelize.LineDashSysDash), point},
		XAxis: excelize.ChartAxis{
			Minimum: ptrTo(0.0), Maximum: ptrTo(1.0), MajorUnit: 0.2, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "0%"},
		},
		YAxis: excelize.ChartAxis{
			MajorGridLines: true, Minimum: ptrTo(0.0), Maximum: ptrTo(1.0), MajorUnit: 0.2, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "0%"},
		},
		ShowBlanksAs: "gap",
	}, b.t("lorenz.top20", "share", i18n.Percent(b.s.Top20.Share, 1)), 640, 460)
}

func (b *book) rfmSheet(sheet string) {
	rows, cols := b.s.heatSize()
	if rows == 0 {
		b.put(sheet, 1, 1, kindText, "", b.t("empty.rfm"))
		return
	}
	block := func(at int, corner string, kind cellKind, value func(HeatCell) int64, color string) int {
		t := &reportTable{cols: []reportColumn{{corner, kindText}}}
		for f := 1; f <= cols; f++ {
			t.cols = append(t.cols, reportColumn{"F" + i18n.Number(int64(f)), kind})
		}
		for r := rows; r >= 1; r-- {
			row := []any{"R" + i18n.Number(int64(r))}
			for f := 1; f <= cols; f++ {
				row = append(row, value(b.s.heatCell(r, f)))
			}
			t.rows = append(t.rows, row)
		}
		next := b.table(sheet, 1, at, t)
		b.colourScale(sheet, 2, at+1, cols+1, next-1, "FFFFFF", color)
		return next + 1
	}
	next := block(1, b.t("heat.customers"), kindInt, func(c HeatCell) int64 { return c.Customers }, "4FA99D")
	next = block(next, b.measureHead(), kindMoney, func(c HeatCell) int64 { return c.RevenueFen }, "E2A556")
	if b.s.RFM != nil {
		next = b.table(sheet, 1, next, b.rfmStats()) + 1
	}
	b.put(sheet, 1, next, kindText, "lead", b.t("heat.lead"))
	b.frozen(sheet, 1, 1)
}

func (b *book) monthSheet(sheet string) {
	n := len(b.s.Months)
	if n == 0 {
		b.put(sheet, 1, 1, kindText, "", b.t("empty.months"))
		return
	}
	b.table(sheet, 1, 1, b.months())
	b.frozen(sheet, 1, 0)
	x := ref(sheet, 1, 2, 1, n+1)
	axis := excelize.ChartAxis{MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: formatInt}}
	other := excelize.ChartAxis{Secondary: true, Minimum: ptrTo(0.0), NumFmt: excelize.ChartNumFmt{CustomNumFmt: formatInt}}
	line := excelize.Chart{
		Type: excelize.Line,
		Series: []excelize.ChartSeries{{
			Name: ref(sheet, 2, 1, 2, 1), Categories: x, Values: ref(sheet, 2, 2, 2, n+1), Fill: solidFill(blueColor),
			Line: excelize.LineOptions{Type: excelize.LineSolid, Width: 2}, Marker: excelize.ChartMarker{Symbol: "circle", Size: 5, Fill: solidFill(blueColor)},
		}},
		YAxis: other,
	}
	b.chart(sheet, 6, 2, excelize.Chart{
		Type:   excelize.Col,
		Series: []excelize.ChartSeries{{Name: ref(sheet, 4, 1, 4, 1), Categories: x, Values: ref(sheet, 4, 2, 4, n+1), Fill: solidFill(accentColor)}},
		XAxis:  excelize.ChartAxis{NumFmt: excelize.ChartNumFmt{CustomNumFmt: formatMonth}}, YAxis: axis, GapWidth: ptrTo(uint(60)),
	}, b.t("section.months"), 860, 400, &line)
}
