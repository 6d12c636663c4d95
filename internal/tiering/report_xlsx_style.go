package tiering

import "github.com/xuri/excelize/v2"

// tone is a colour family of a level: text on soft, solid for bars.
type tone struct{ solid, text, soft string }

// levelTones are the tones of the product (web/src/theme/tokens.ts, light);
// report.css has the same.
var levelTones = [9]tone{
	{"b4bfbc", "55635f", "eef1f0"}, {"c58a12", "7d5200", "fbf0d8"}, {"3b76d6", "1f55a8", "e5eefb"},
	{"8b6fd0", "5f43a6", "efeafa"}, {"7f918d", "475652", "e9eeed"}, {"2e9e6b", "186341", "e1f4ea"},
	{"d0587e", "992a51", "fbe8ef"}, {"2b96b5", "14607a", "e0f2f8"}, {"d9713a", "964113", "fcebe1"},
}

const (
	inkColor    = "12201E"
	mutedColor  = "61706D"
	lineColor   = "E2E8E7"
	accentColor = "0F766E"
	blueColor   = "3B76D6"
	amberColor  = "C58A12"
	greyColor   = "9AA8A5"
	paleColor   = "B7C9C5"
)

// The number formats of the workbook.
const (
	formatInt     = `#,##0`
	formatMoney   = `¥#,##0.00`
	formatShare   = `0.0%`
	formatDecimal = `#,##0.0`
	formatFine    = `0.0000`
	formatAny     = `General` // 35 stays 35, without a lonely point
	formatID      = `0`
	formatDay     = `yyyy-mm-dd`
	formatMonth   = `yyyy-mm`
	formatStamp   = `yyyy-mm-dd hh:mm`
	formatText    = `@`
)

func (s bookStyle) format() string {
	switch s.role {
	case "head":
		return formatText
	case "wrap", "sentence", "title", "lead":
		return formatAny // cells of the text format show more than 255 characters as ####
	}
	switch s.kind {
	case kindInt:
		return formatInt
	case kindMoney:
		return formatMoney
	case kindShare:
		return formatShare
	case kindDecimal:
		return formatDecimal
	case kindFine:
		return formatFine
	case kindAny:
		return formatAny
	case kindDay:
		if s.stamp {
			return formatStamp
		}
		return formatDay
	case kindID:
		return formatID
	case kindMonth:
		return formatMonth
	}
	return formatText
}

// style makes each style once.
func (b *book) style(s bookStyle) int {
	if id, ok := b.styles[s]; ok {
		return id
	}
	format := s.format()
	st := &excelize.Style{
		CustomNumFmt: &format,
		Font:         &excelize.Font{Family: bookFont, Size: 10.5, Color: inkColor},
		Alignment:    &excelize.Alignment{Vertical: "center", Horizontal: "left"},
		Border:       []excelize.Border{{Type: "bottom", Color: lineColor, Style: 1}},
	}
	if s.kind.numeric() {
		st.Alignment.Horizontal = "right"
	}
	switch s.role {
	case "head":
		st.Font.Bold, st.Font.Color = true, "FFFFFF"
		st.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{accentColor}}
		st.Alignment.WrapText = true
	case "foot":
		st.Font.Bold = true
		st.Border = []excelize.Border{{Type: "top", Color: greyColor, Style: 1}}
	case "title":
		st.Font.Bold, st.Font.Size, st.Border = true, 16, nil
	case "lead":
		st.Font.Bold, st.Font.Size, st.Font.Color, st.Border = true, 12, accentColor, nil
	case "group":
		st.Font.Bold, st.Font.Size, st.Font.Color = true, 12, accentColor
	case "term":
		st.Font.Color = mutedColor
		st.Alignment.Vertical = "top"
	case "left":
		st.Alignment.Horizontal = "left"
	case "sentence":
		st.Alignment.WrapText = true
	case "wrap":
		st.Alignment.WrapText, st.Alignment.Vertical = true, "top"
	}
	if s.apart {
		st.Alignment.Indent = 1
	}
	if s.chip {
		t := levelTones[s.tone]
		st.Font.Color, st.Font.Bold = t.text, true
		st.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{t.soft}}
	}
	id, err := b.f.NewStyle(st)
	b.try(err)
	b.styles[s] = id
	return id
}
