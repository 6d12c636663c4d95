package document

import (
	"github.com/xuri/excelize/v2"
)

// PtrTo is the address of a value.
func PtrTo[T any](v T) *T { return &v }

// SolidFill fills with one colour.
func SolidFill(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

// Ref is an absolute reference to cells of a sheet; rows and columns from 1.
func Ref(sheet string, col1, row1, col2, row2 int) string {
	// The numbers come from our own tables, far inside the bounds of a sheet.
	from, _ := excelize.CoordinatesToCellName(col1, row1, true)
	to, _ := excelize.CoordinatesToCellName(col2, row2, true)
	if from == to {
		return quoted(sheet) + "!" + from
	}
	return quoted(sheet) + "!" + from + ":" + to
}

// Chart places a chart with its upper left corner in a cell; sizes in pixels.
func (b *Book) Chart(sheet string, col, row int, c excelize.Chart, title string, width, height uint, combo ...*excelize.Chart) {
	if b.err != nil {
		return
	}
	cell, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		b.Try(err)
		return
	}
	font := excelize.Font{Family: bookFont, Size: 9, Color: MutedColor}
	c.Title = excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{
		Text: title, Font: &excelize.Font{Family: bookFont, Size: 12, Bold: true, Color: InkColor},
	}}}
	c.Legend = excelize.ChartLegend{Position: "bottom", Font: &font}
	c.Dimension = excelize.ChartDimension{Width: width, Height: height}
	c.Format = excelize.GraphicOptions{AltText: title, Name: title, OffsetX: 8, OffsetY: 6, Positioning: "oneCell"}
	c.Border = excelize.LineOptions{Type: excelize.LineNone}
	c.XAxis.Font, c.YAxis.Font = font, font
	for _, o := range combo {
		o.Title, o.Legend = c.Title, c.Legend
		o.YAxis.Font = font
	}
	b.Try(b.File.AddChart(sheet, cell, &c, combo...))
}

// ColourScale shades cells from low to high.
func (b *Book) ColourScale(sheet string, col1, row1, col2, row2 int, low, high string) {
	if b.err != nil {
		return
	}
	from, err := excelize.CoordinatesToCellName(col1, row1)
	b.Try(err)
	to, err := excelize.CoordinatesToCellName(col2, row2)
	b.Try(err)
	b.Try(b.File.SetConditionalFormat(sheet, from+":"+to, []excelize.ConditionalFormatOptions{{
		Type: "2_color_scale", Criteria: "=", MinType: "min", MaxType: "max", MinColor: "#" + low, MaxColor: "#" + high,
	}}))
}
