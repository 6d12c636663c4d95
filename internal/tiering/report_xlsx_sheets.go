package tiering

import (
	"math"
	"time"

	"github.com/xuri/excelize/v2"

	"zhike/internal/document"
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
	b.Put(sheet, 1, row, document.KindText, "title", title)
	b.Try(b.File.SetRowHeight(sheet, row, 30))
	row++
	b.Put(sheet, 1, row, document.KindText, "lead", b.headline())
	b.Try(b.File.SetRowHeight(sheet, row, 24))
	b.Frozen(sheet, row, 0)
	row += 2
	var computed any
	if b.s.ComputedAt != 0 {
		computed = time.UnixMilli(b.s.ComputedAt)
	}
	for _, x := range []struct {
		term string
		kind document.Kind
		v    any
		note string
	}{
		{b.t("fact.as_of"), document.KindDay, b.s.AsOf, ""},
		{b.t("fact.window"), document.KindText, b.window(), ""},
		{b.t("fact.measure"), document.KindText, b.measureHead(), ""},
		{b.t("fact.scheme"), document.KindText, b.schemeName(), b.methodName()},
		{b.t("fact.computed"), document.KindDay, computed, b.zoneName()},
	} {
		b.Put(sheet, 1, row, document.KindText, "term", x.term)
		b.Put(sheet, 2, row, x.kind, "left", x.v)
		b.Put(sheet, 3, row, document.KindText, "term", x.note)
		row++
	}
	row++
	head := func(a, v, c string) {
		b.Put(sheet, 1, row, document.KindText, "head", a)
		b.Put(sheet, 2, row, document.KindInt, "head", v)
		b.Put(sheet, 3, row, document.KindText, "head", c)
		row++
	}
	head(b.t("col.figure"), b.t("col.value"), b.t("col.meaning"))
	for _, f := range b.figures() {
		b.Put(sheet, 1, row, document.KindText, "", f.Label)
		b.Put(sheet, 2, row, f.Kind, "", f.Value)
		b.Put(sheet, 3, row, document.KindText, "term", f.Note)
		row++
	}
	if m := b.r.Moves; m != nil {
		row++
		head(b.t("section.moves"), b.t("col.customers"), b.t("moves.since", "day", m.PreviousAsOf.String()))
		for _, r := range b.moves().Rows {
			b.Put(sheet, 1, row, document.KindText, "", r[0])
			b.Put(sheet, 2, row, document.KindInt, "", r[1])
			row++
		}
	}
	row++
	b.Put(sheet, 1, row, document.KindText, "group", b.t("section.method"))
	row++
	for i, s := range b.methodLines() {
		term := ""
		if i == 0 {
			term = b.methodName()
		}
		row = b.noteRow(sheet, row, term, s)
	}
	row++
	b.Put(sheet, 1, row, document.KindText, "group", b.t("section.notes"))
	row++
	for _, n := range b.notes() {
		row = b.noteRow(sheet, row, n.Term, n.Text)
	}
	b.Widen(sheet, 3, noteColumns-33)
}

// noteRow writes a definition over two columns, as high as its text needs:
// spreadsheets do not fit the height of merged cells by themselves.
func (b *book) noteRow(sheet string, row int, term, text string) int {
	b.Put(sheet, 1, row, document.KindText, "term", term)
	b.Put(sheet, 2, row, document.KindText, "wrap", text)
	b.Put(sheet, 3, row, document.KindText, "wrap", nil)
	from, err := excelize.CoordinatesToCellName(2, row)
	b.Try(err)
	to, err := excelize.CoordinatesToCellName(3, row)
	b.Try(err)
	b.Try(b.File.MergeCell(sheet, from, to))
	lines := math.Ceil(float64(document.TextColumns(text)) / (noteColumns - 30))
	b.Try(b.File.SetRowHeight(sheet, row, 17*max(1, lines)+3))
	return row + 1
}

func (b *book) levelSheet(sheet string) {
	t := b.levels()
	t.Cols = append(t.Cols, document.Col(b.t("col.advice"), document.KindText))
	for i := range t.Rows {
		t.Rows[i] = append(t.Rows[i], b.s.Levels[i].Advice)
	}
	t.Foot = append(t.Foot, nil)
	next := b.Table(sheet, 1, 1, t)
	b.Frozen(sheet, 1, 1)
	n := len(b.s.Levels)
	if n == 0 {
		return
	}
	b.Chart(sheet, 1, next+1, excelize.Chart{
		Type: excelize.Col,
		Series: []excelize.ChartSeries{
			{Name: document.Ref(sheet, 3, 1, 3, 1), Categories: document.Ref(sheet, 1, 2, 1, n+1), Values: document.Ref(sheet, 3, 2, 3, n+1), Fill: document.SolidFill(document.PaleColor)},
			{Name: document.Ref(sheet, 7, 1, 7, 1), Categories: document.Ref(sheet, 1, 2, 1, n+1), Values: document.Ref(sheet, 7, 2, 7, n+1), Fill: document.SolidFill(document.AccentColor)},
		},
		PlotArea: excelize.ChartPlotArea{ShowVal: n <= 10, NumFmt: excelize.ChartNumFmt{CustomNumFmt: document.FormatShare}},
		YAxis:    excelize.ChartAxis{MajorGridLines: true, Minimum: document.PtrTo(0.0), NumFmt: excelize.ChartNumFmt{CustomNumFmt: "0%"}},
		GapWidth: document.PtrTo(uint(60)), Overlap: document.PtrTo(-5),
	}, b.t("section.levels"), 860, 360)
}

func (b *book) people(sheet string, list []KeyCustomer, empty string) {
	if len(list) == 0 {
		b.Put(sheet, 1, 1, document.KindText, "", b.t(empty))
		return
	}
	t := &document.Table{Cols: []document.Column{
		document.Col(b.t("col.customer_id"), document.KindID), document.Col(b.t("col.customer"), document.KindText), document.Col(b.t("col.level"), document.KindLevel), document.Col(b.t("col.previous_level"), document.KindLevel),
		document.Col(b.measureHead(), document.KindMoney), document.Col(b.t("col.orders"), document.KindInt), document.Col(b.t("col.last_day"), document.KindDay), document.Col(b.t("col.days_since"), document.KindInt),
		document.Col(b.t("col.reason"), document.KindText), document.Col(b.t("col.next_step"), document.KindText),
	}}
	for _, c := range list {
		row := []any{c.ID, c.Name, document.Level{Tone: b.tone(c.Level), Name: c.LevelName}, nil, c.SpendFen, c.Orders, nil, nil, c.Reason, c.NextStep}
		if c.PreviousLevel != "" {
			row[3] = document.Level{Tone: b.tone(c.PreviousLevel), Name: c.PreviousName}
		}
		if d, ok := dayOf(c.LastDay); ok {
			row[6] = d
		}
		if c.DaysSince != nil {
			row[7] = *c.DaysSince
		}
		t.Rows = append(t.Rows, row)
	}
	next := b.Table(sheet, 1, 1, t)
	for r := 2; r < next; r++ { // sentences break inside their columns, and not every program fits the height by itself
		lines := 1.0
		for col, v := range map[int]string{9: list[r-2].Reason, 10: list[r-2].NextStep} {
			b.Put(sheet, col, r, document.KindText, "sentence", v)
			lines = max(lines, math.Ceil(float64(document.TextColumns(v))/(document.MaxColumn-4)))
		}
		b.Try(b.File.SetRowHeight(sheet, r, min(15*lines+5, maxRowHeight)))
	}
	b.Frozen(sheet, 1, 2)
	to, err := excelize.CoordinatesToCellName(len(t.Cols), next-1)
	b.Try(err)
	b.Try(b.File.AutoFilter(sheet, "A1:"+to, nil))
}

func (b *book) moveSheet(sheet string) {
	m := b.r.Moves
	if m == nil {
		b.Put(sheet, 1, 1, document.KindText, "", b.t("moves.first"))
		return
	}
	n := min(len(m.Codes), len(m.Matrix))
	t := &document.Table{Cols: []document.Column{document.Col(b.t("moves.corner"), document.KindLevel)}}
	for j := range n {
		t.Cols = append(t.Cols, document.Col(m.name(j), document.KindInt))
	}
	t.Cols = append(t.Cols, document.Col(b.t("total"), document.KindInt))
	sums := make([]int64, n+1)
	for i := range n {
		row := []any{document.Level{Tone: b.tone(m.Codes[i]), Name: m.name(i)}}
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
		t.Rows = append(t.Rows, append(row, total))
	}
	t.Foot = []any{b.t("total")}
	for _, v := range sums {
		t.Foot = append(t.Foot, v)
	}
	next := b.Table(sheet, 1, 1, t)
	b.Frozen(sheet, 1, 1)
	// Whoever stayed would drown the moves: the scale leaves the diagonal out.
	for i := range n {
		if i > 0 {
			b.ColourScale(sheet, 2, i+2, i+1, i+2, "FFFFFF", "97D1AC") // up
		}
		if i < n-1 {
			b.ColourScale(sheet, i+3, i+2, n+1, i+2, "FFFFFF", "EDBD78") // down
		}
	}
	b.Table(sheet, 1, next+1, b.moves())
}

func (b *book) concentrationSheet(sheet string) {
	if len(b.s.Lorenz) == 0 {
		b.Put(sheet, 1, 1, document.KindText, "", b.t("empty.buyers", "measure", b.measure()))
		return
	}
	t := &document.Table{Cols: []document.Column{
		document.Col(b.t("col.lorenz_customers"), document.KindShare), document.Col(b.t("col.cumulative", "measure", b.measure()), document.KindShare),
		document.Col(b.t("col.lorenz_equal"), document.KindShare), document.Col(b.t("set.top20"), document.KindShare),
	}}
	at := 1 - shareOf(b.s.Top20.Customers, b.s.Buyers)
	nearest := 0
	for k, q := range b.s.Lorenz {
		t.Rows = append(t.Rows, []any{q.Customers, q.Revenue, q.Customers, nil})
		if math.Abs(q.Customers-at) < math.Abs(b.s.Lorenz[nearest].Customers-at) {
			nearest = k
		}
	}
	t.Rows[nearest][3] = 1 - b.s.Top20.Share
	b.Table(sheet, 1, 1, t)
	b.Frozen(sheet, 1, 0)
	next := b.Table(sheet, 6, 1, b.concentration())
	b.Put(sheet, 6, next, document.KindText, "", b.t("overlap_label"))
	b.Put(sheet, 7, next, document.KindInt, "", b.s.Overlap)
	b.Put(sheet, 6, next+1, document.KindText, "", b.t("gini_label"))
	b.Put(sheet, 7, next+1, document.KindFine, "", b.s.Gini)
	n := len(t.Rows)
	x := document.Ref(sheet, 1, 2, 1, n+1)
	line := func(col int, color string, width float64, dash excelize.LineDashType) excelize.ChartSeries {
		return excelize.ChartSeries{
			Name: document.Ref(sheet, col, 1, col, 1), Categories: x, Values: document.Ref(sheet, col, 2, col, n+1), Fill: document.SolidFill(color),
			Line: excelize.LineOptions{Type: excelize.LineSolid, Width: width, Dash: dash}, Marker: excelize.ChartMarker{Symbol: "none"},
		}
	}
	point := line(4, document.AmberColor, 1, excelize.LineDashUnset)
	point.Marker = excelize.ChartMarker{Symbol: "circle", Size: 9, Fill: document.SolidFill(document.AmberColor)}
	b.Chart(sheet, 6, next+3, excelize.Chart{
		// Of points, not of categories: its axis has a scale of its own.
		Type:   excelize.Scatter,
		Series: []excelize.ChartSeries{line(2, document.AccentColor, 2.25, excelize.LineDashUnset), line(3, document.GreyColor, 1, excelize.LineDashSysDash), point},
		XAxis: excelize.ChartAxis{
			Minimum: document.PtrTo(0.0), Maximum: document.PtrTo(1.0), MajorUnit: 0.2, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "0%"},
		},
		YAxis: excelize.ChartAxis{
			MajorGridLines: true, Minimum: document.PtrTo(0.0), Maximum: document.PtrTo(1.0), MajorUnit: 0.2, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "0%"},
		},
		ShowBlanksAs: "gap",
	}, b.t("lorenz.top20", "share", i18n.Percent(b.s.Top20.Share, 1)), 640, 460)
}

func (b *book) rfmSheet(sheet string) {
	rows, cols := b.s.heatSize()
	if rows == 0 {
		b.Put(sheet, 1, 1, document.KindText, "", b.t("empty.rfm"))
		return
	}
	block := func(at int, corner string, kind document.Kind, value func(HeatCell) int64, color string) int {
		t := &document.Table{Cols: []document.Column{document.Col(corner, document.KindText)}}
		for f := 1; f <= cols; f++ {
			t.Cols = append(t.Cols, document.Col("F"+i18n.Number(int64(f)), kind))
		}
		for r := rows; r >= 1; r-- {
			row := []any{"R" + i18n.Number(int64(r))}
			for f := 1; f <= cols; f++ {
				row = append(row, value(b.s.heatCell(r, f)))
			}
			t.Rows = append(t.Rows, row)
		}
		next := b.Table(sheet, 1, at, t)
		b.ColourScale(sheet, 2, at+1, cols+1, next-1, "FFFFFF", color)
		return next + 1
	}
	next := block(1, b.t("heat.customers"), document.KindInt, func(c HeatCell) int64 { return c.Customers }, "4FA99D")
	next = block(next, b.measureHead(), document.KindMoney, func(c HeatCell) int64 { return c.RevenueFen }, "E2A556")
	if b.s.RFM != nil {
		next = b.Table(sheet, 1, next, b.rfmStats()) + 1
	}
	b.Put(sheet, 1, next, document.KindText, "lead", b.t("heat.lead"))
	b.Frozen(sheet, 1, 1)
}

func (b *book) monthSheet(sheet string) {
	n := len(b.s.Months)
	if n == 0 {
		b.Put(sheet, 1, 1, document.KindText, "", b.t("empty.months"))
		return
	}
	b.Table(sheet, 1, 1, b.months())
	b.Frozen(sheet, 1, 0)
	x := document.Ref(sheet, 1, 2, 1, n+1)
	axis := excelize.ChartAxis{MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: document.FormatInt}}
	other := excelize.ChartAxis{Secondary: true, Minimum: document.PtrTo(0.0), NumFmt: excelize.ChartNumFmt{CustomNumFmt: document.FormatInt}}
	line := excelize.Chart{
		Type: excelize.Line,
		Series: []excelize.ChartSeries{{
			Name: document.Ref(sheet, 2, 1, 2, 1), Categories: x, Values: document.Ref(sheet, 2, 2, 2, n+1), Fill: document.SolidFill(document.BlueColor),
			Line: excelize.LineOptions{Type: excelize.LineSolid, Width: 2}, Marker: excelize.ChartMarker{Symbol: "circle", Size: 5, Fill: document.SolidFill(document.BlueColor)},
		}},
		YAxis: other,
	}
	b.Chart(sheet, 6, 2, excelize.Chart{
		Type:   excelize.Col,
		Series: []excelize.ChartSeries{{Name: document.Ref(sheet, 4, 1, 4, 1), Categories: x, Values: document.Ref(sheet, 4, 2, 4, n+1), Fill: document.SolidFill(document.AccentColor)}},
		XAxis:  excelize.ChartAxis{NumFmt: excelize.ChartNumFmt{CustomNumFmt: document.FormatMonth}}, YAxis: axis, GapWidth: document.PtrTo(uint(60)),
	}, b.t("section.months"), 860, 400, &line)
}
