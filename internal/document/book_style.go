package document

import "github.com/xuri/excelize/v2"

// tone is a colour family of a level: text on soft, solid and pale for bars.
type tone struct{ solid, text, soft, pale string }

// levelTones are the tones of the product (web/src/theme/tokens.ts, light);
// page.css has the same.
var levelTones = [9]tone{
	{"b4bfbc", "55635f", "eef1f0", "dde3e1"}, {"c58a12", "7d5200", "fbf0d8", "eed59c"}, {"3b76d6", "1f55a8", "e5eefb", "b3cbf0"},
	{"8b6fd0", "5f43a6", "efeafa", "d2c6ee"}, {"7f918d", "475652", "e9eeed", "cbd4d2"}, {"2e9e6b", "186341", "e1f4ea", "ade0c7"},
	{"d0587e", "992a51", "fbe8ef", "f0bccd"}, {"2b96b5", "14607a", "e0f2f8", "aad8e5"}, {"d9713a", "964113", "fcebe1", "f2c6ae"},
}

// The colours of workbooks.
const (
	InkColor    = "12201E"
	MutedColor  = "61706D"
	LineColor   = "E2E8E7"
	AccentColor = "0F766E"
	BlueColor   = "3B76D6"
	AmberColor  = "C58A12"
	GreyColor   = "9AA8A5"
	PaleColor   = "B7C9C5"
)

// The number formats of workbooks.
const (
	FormatInt     = `#,##0`
	FormatMoney   = `¥#,##0.00`
	FormatShare   = `0.0%`
	FormatDecimal = `#,##0.0`
	FormatFine    = `0.0000`
	FormatAny     = `General` // 35 stays 35, without a lonely point
	FormatID      = `0`
	FormatDay     = `yyyy-mm-dd`
	FormatMonth   = `yyyy-mm`
	FormatStamp   = `yyyy-mm-dd hh:mm`
	FormatText    = `@`
)

func (s bookStyle) format() string {
	switch s.role {
	case "head":
		return FormatText
	case "wrap", "sentence", "title", "lead", "caption", "group":
		return FormatAny // cells of the text format show more than 255 characters as ####
	}
	switch s.kind {
	case KindInt:
		return FormatInt
	case KindMoney:
		return FormatMoney
	case KindShare:
		return FormatShare
	case KindDecimal:
		return FormatDecimal
	case KindFine:
		return FormatFine
	case KindAny:
		return FormatAny
	case KindDay:
		if s.stamp {
			return FormatStamp
		}
		return FormatDay
	case KindID:
		return FormatID
	case KindMonth:
		return FormatMonth
	}
	return FormatText
}

// style makes each style once.
func (b *Book) style(s bookStyle) int {
	if id, ok := b.styles[s]; ok {
		return id
	}
	format := s.format()
	st := &excelize.Style{
		CustomNumFmt: &format,
		Font:         &excelize.Font{Family: bookFont, Size: 10.5, Color: InkColor},
		Alignment:    &excelize.Alignment{Vertical: "center", Horizontal: "left"},
		Border:       []excelize.Border{{Type: "bottom", Color: LineColor, Style: 1}},
	}
	if s.kind.Numeric() {
		st.Alignment.Horizontal = "right"
	}
	switch s.role {
	case "head":
		st.Font.Bold, st.Font.Color = true, "FFFFFF"
		st.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{AccentColor}}
		st.Alignment.WrapText = true
	case "foot":
		st.Font.Bold = true
		st.Border = []excelize.Border{{Type: "top", Color: GreyColor, Style: 1}}
	case "title":
		st.Font.Bold, st.Font.Size, st.Border = true, 16, nil
	case "lead":
		st.Font.Bold, st.Font.Size, st.Font.Color, st.Border = true, 12, AccentColor, nil
	case "caption":
		st.Font.Color, st.Border = MutedColor, nil
	case "group":
		st.Font.Bold, st.Font.Size, st.Font.Color = true, 12, AccentColor
	case "term":
		st.Font.Color = MutedColor
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
	id, err := b.File.NewStyle(st)
	b.Try(err)
	b.styles[s] = id
	return id
}
