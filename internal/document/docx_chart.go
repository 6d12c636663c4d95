package document

import (
	"strconv"
	"strings"
)

// The width of charts in EMU (360,000 a centimetre).
const chartWidth = 17 * 360_000

// chart puts a plot into the text as a chart that the reader's program draws.
func (x *docx) chart(c *Chart) {
	height := 7 * 360_000
	if c.Plot.Kind == Bars {
		height = min(max(2, len(c.Plot.Categories)*max(1, len(c.Plot.Series))), 24)*300_000 + 700_000
	}
	x.charts = append(x.charts, x.chartPart(c.Plot))
	x.drawn++
	n := strconv.Itoa(x.drawn)
	size := `cx="` + strconv.Itoa(chartWidth) + `" cy="` + strconv.Itoa(height) + `"`
	x.b.WriteString(p("Normal", `<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent `+size+`/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr id="`+n+
		`" name="Chart `+n+`" descr="`+esc(c.Title)+`"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="`+
		chartID(len(x.charts))+`"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`))
}

// chartPart writes word/charts/chartN.xml. The values stand in it as literals.
func (x *docx) chartPart(plot *Plot) string {
	var b strings.Builder
	b.WriteString(`<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<c:date1904 val="0"/><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>`)
	switch {
	case plot.Scatter:
		b.WriteString(`<c:scatterChart><c:scatterStyle val="lineMarker"/><c:varyColors val="0"/>`)
		for i := range plot.Series {
			s := &plot.Series[i]
			b.WriteString(series(i, s) + line(s, i) + `<c:marker><c:symbol val="none"/></c:marker><c:xVal>` + numbers(s.X, "0%") + `</c:xVal><c:yVal>` + numbers(s.Values, "0%") + `</c:yVal><c:smooth val="0"/></c:ser>`)
		}
		b.WriteString(`<c:axId val="1"/><c:axId val="2"/></c:scatterChart>` + x.valueAxis("1", "2", "b", "0%", false, ` max="1"`) + x.valueAxis("2", "1", "l", "0%", true, ` max="1"`))
	case plot.Kind == Lines:
		b.WriteString(`<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>`)
		for i := range plot.Series {
			s := &plot.Series[i]
			b.WriteString(series(i, s) + line(s, i) + `<c:marker><c:symbol val="none"/></c:marker>` + categories(plot.Categories) + values(plot, s) + `<c:smooth val="0"/></c:ser>`)
		}
		b.WriteString(`<c:marker val="1"/><c:axId val="1"/><c:axId val="2"/></c:lineChart>` + x.categoryAxis("b", false) + x.valueAxis("2", "1", "l", plot.format(), true, ""))
	default:
		bars := plot.Kind == Bars
		dir := "col"
		if bars {
			dir = "bar"
		}
		b.WriteString(`<c:barChart><c:barDir val="` + dir + `"/><c:grouping val="clustered"/><c:varyColors val="0"/>`)
		for i := range plot.Series {
			s := &plot.Series[i]
			b.WriteString(series(i, s) + fill(s.color(-1, i)) + `<c:invertIfNegative val="0"/>`)
			for k := range s.Tones {
				b.WriteString(`<c:dPt><c:idx val="` + strconv.Itoa(k) + `"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>` + fill(s.color(k, i)) + `</c:dPt>`)
			}
			if bars {
				b.WriteString(`<c:dLbls><c:numFmt formatCode="` + esc(plot.format()) + `" sourceLinked="0"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>` + x.chartText(850, InkColor) +
					`<c:dLblPos val="outEnd"/><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>`)
			}
			b.WriteString(categories(plot.Categories) + values(plot, s) + `</c:ser>`)
		}
		b.WriteString(`<c:gapWidth val="55"/><c:axId val="1"/><c:axId val="2"/></c:barChart>`)
		if bars {
			b.WriteString(x.categoryAxis("l", true) + `<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling><c:delete val="1"/><c:axPos val="t"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="1"/><c:crosses val="autoZero"/></c:valAx>`)
		} else {
			b.WriteString(x.categoryAxis("b", false) + x.valueAxis("2", "1", "l", plot.format(), true, ""))
		}
	}
	b.WriteString(`<c:spPr><a:noFill/></c:spPr></c:plotArea>`)
	if len(plot.Series) > 1 {
		b.WriteString(`<c:legend><c:legendPos val="t"/><c:overlay val="0"/>` + x.chartText(850, MutedColor) + `</c:legend>`)
	}
	b.WriteString(`<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>` + x.chartText(850, InkColor) + `</c:chartSpace>`)
	return b.String()
}

func series(i int, s *Series) string {
	n := strconv.Itoa(i)
	return `<c:ser><c:idx val="` + n + `"/><c:order val="` + n + `"/><c:tx><c:v>` + esc(s.Name) + `</c:v></c:tx>`
}

// color is that of a bar, or of the series for k < 0, the i-th of its plot.
func (s *Series) color(k, i int) string {
	switch {
	case k >= 0 && s.Pale:
		return levelTones[clampTone(s.Tones[k])].pale
	case k >= 0:
		return levelTones[clampTone(s.Tones[k])].solid
	case len(s.Tones) > 0 && s.Pale: // what the legend shows where each bar has a tone of its own
		return levelTones[4].pale
	case len(s.Tones) > 0:
		return levelTones[4].solid
	case s.Pale:
		return PaleColor
	case s.Dashed:
		return GreyColor
	}
	return []string{AccentColor, BlueColor, AmberColor, MutedColor}[i%4]
}

func fill(color string) string {
	return `<c:spPr><a:solidFill><a:srgbClr val="` + strings.ToUpper(color) + `"/></a:solidFill></c:spPr>`
}

func line(s *Series, i int) string {
	dash := ""
	if s.Dashed {
		dash = `<a:prstDash val="sysDash"/>`
	}
	return `<c:spPr><a:ln w="25400"><a:solidFill><a:srgbClr val="` + s.color(-1, i) + `"/></a:solidFill>` + dash + `</a:ln></c:spPr>`
}

// format is the number format of the plot's values; money is in yuan.
func (p *Plot) format() string {
	switch p.Value {
	case KindShare:
		return FormatShare
	case KindMoney:
		return `¥#,##0`
	}
	return FormatInt
}

func values(p *Plot, s *Series) string {
	list := s.Values
	if p.Value == KindMoney {
		list = make([]float64, len(s.Values))
		for i, v := range s.Values {
			list[i] = v / 100
		}
	}
	return `<c:val>` + numbers(list, p.format()) + `</c:val>`
}

func numbers(list []float64, format string) string {
	var b strings.Builder
	b.WriteString(`<c:numLit><c:formatCode>` + esc(format) + `</c:formatCode><c:ptCount val="` + strconv.Itoa(len(list)) + `"/>`)
	for i, v := range list {
		if isFinite(v) {
			b.WriteString(`<c:pt idx="` + strconv.Itoa(i) + `"><c:v>` + strconv.FormatFloat(v, 'g', -1, 64) + `</c:v></c:pt>`)
		}
	}
	b.WriteString(`</c:numLit>`)
	return b.String()
}

func categories(list []string) string {
	var b strings.Builder
	b.WriteString(`<c:cat><c:strLit><c:ptCount val="` + strconv.Itoa(len(list)) + `"/>`)
	for i, s := range list {
		b.WriteString(`<c:pt idx="` + strconv.Itoa(i) + `"><c:v>` + esc(PlainLine(s)) + `</c:v></c:pt>`)
	}
	b.WriteString(`</c:strLit></c:cat>`)
	return b.String()
}

// categoryAxis is axis 1; upside down the first category stands at the top.
func (x *docx) categoryAxis(at string, upsideDown bool) string {
	orientation := "minMax"
	if upsideDown {
		orientation = "maxMin"
	}
	return `<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="` + orientation + `"/></c:scaling><c:delete val="0"/><c:axPos val="` + at +
		`"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>` + axisLine +
		x.chartText(850, InkColor) + `<c:crossAx val="2"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>`
}

const axisLine = `<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="C9D3D1"/></a:solidFill></a:ln></c:spPr>`

// valueAxis is an axis of numbers from zero; most is empty or ` max="1"`.
func (x *docx) valueAxis(id, cross, at, format string, grid bool, most string) string {
	lines, scale := "", `<c:orientation val="minMax"/>`
	if grid {
		lines = `<c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="` + LineColor + `"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>`
	}
	if most != "" {
		scale += `<c:max val="1"/><c:min val="0"/>`
	}
	return `<c:valAx><c:axId val="` + id + `"/><c:scaling>` + scale + `</c:scaling><c:delete val="0"/><c:axPos val="` + at + `"/>` + lines +
		`<c:numFmt formatCode="` + esc(format) + `" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>` + axisLine +
		x.chartText(850, MutedColor) + `<c:crossAx val="` + cross + `"/><c:crosses val="autoZero"/></c:valAx>`
}

// chartText is the type of a chart, its size in hundredths of a point.
func (x *docx) chartText(size int, color string) string {
	return `<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="` + strconv.Itoa(size) + `"><a:solidFill><a:srgbClr val="` + color + `"/></a:solidFill><a:latin typeface="` +
		x.look.text + `"/><a:ea typeface="` + songti + `"/></a:defRPr></a:pPr><a:endParaRPr lang="` + x.look.lang + `"/></a:p></c:txPr>`
}
