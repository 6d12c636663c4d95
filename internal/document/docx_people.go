package document

import (
	"strconv"

	"zhike/internal/platform/i18n"
)

// peopleWidths are the columns of a list of people, in twentieths of a point: the
// last one takes a day with "258 天前" behind it in one line.
var peopleWidths = [5]int{2950, 2200, 1550, 800, textWidth - 2950 - 2200 - 1550 - 800}

// people writes who is named in two rows each: the figures, and below them why and
// what to do, over the whole width. Beside the figures the sentences would stand in
// columns so narrow that fifty people take fifteen pages.
func (x *docx) people(v *People) {
	b := &x.b
	b.WriteString(tableStart("Rows", peopleWidths[:]))
	b.WriteString(`<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	for i, head := range []string{v.Who, "", v.Spend, v.Orders, v.Last} {
		b.WriteString(cell(peopleWidths[i], "F5F7F7", para(`<w:pStyle w:val="CellHead"/>`+align(i == 2 || i == 3), text(head))))
	}
	b.WriteString(`</w:tr>`)
	const none = `<w:tcBorders><w:bottom w:val="nil"/></w:tcBorders>`
	colon := i18n.T(x.d.Locale, "document.colon", nil)
	for i, who := range v.List {
		level := ""
		if who.Before != nil {
			level = chip(*who.Before, small) + text(" → ")
		}
		if who.Level != nil {
			level += chip(*who.Level, small)
		}
		last := who.Last
		if who.Since != "" {
			last += "  " + who.Since
		}
		b.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for k, runs := range []string{
			run(`<w:color w:val="`+MutedColor+`"/>`, strconv.Itoa(i+1)+"  ") + run(`<w:b/>`, OrDash(who.Name)), level,
			text(i18n.Money(who.SpendFen)), text(i18n.Number(who.Orders)), text(OrDash(last)),
		} {
			b.WriteString(`<w:tc><w:tcPr><w:tcW w:w="` + strconv.Itoa(peopleWidths[k]) + `" w:type="dxa"/>` + none + `</w:tcPr>` +
				para(`<w:pStyle w:val="Cell"/><w:keepNext/>`+align(k == 2 || k == 3), runs) + `</w:tc>`)
		}
		b.WriteString(`</w:tr><w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="` + strconv.Itoa(textWidth) + `" w:type="dxa"/><w:gridSpan w:val="5"/></w:tcPr>`)
		for _, t := range []Term{{v.Reason, who.Reason}, {v.NextStep, who.Next}} {
			if t.Text != "" {
				b.WriteString(para(`<w:pStyle w:val="Cell"/><w:ind w:left="284"/>`, run(`<w:color w:val="`+MutedColor+`"/>`+small, t.Term+colon)+run(small, t.Text)))
			}
		}
		if who.Reason == "" && who.Next == "" {
			b.WriteString(p("Cell", ""))
		}
		b.WriteString(`</w:tc></w:tr>`)
	}
	b.WriteString(`</w:tbl>` + p("Cell", ""))
}

// small is the size of type for what stands below figures.
const small = `<w:sz w:val="17"/><w:szCs w:val="17"/>`
