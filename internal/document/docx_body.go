package document

import (
	"strconv"
	"strings"

	"zhike/internal/platform/i18n"
)

// text is a run; line breaks stay, other control characters go.
func text(s string) string { return run("", s) }

// run is a run with properties.
func run(props, s string) string {
	if s == "" {
		return ""
	}
	if props != "" {
		props = "<w:rPr>" + props + "</w:rPr>"
	}
	var b strings.Builder
	for i, line := range strings.Split(s, "\n") {
		b.WriteString("<w:r>" + props)
		if i > 0 {
			b.WriteString("<w:br/>")
		}
		b.WriteString(`<w:t xml:space="preserve">` + esc(strings.ReplaceAll(line, "\t", " ")) + "</w:t></w:r>")
	}
	return b.String()
}

// p is a paragraph of a style.
func p(style, runs string) string { return para(`<w:pStyle w:val="`+style+`"/>`, runs) }

func para(props, runs string) string { return "<w:p><w:pPr>" + props + "</w:pPr>" + runs + "</w:p>" }

// newPage begins a page with a paragraph: a break of its own would leave an empty
// page behind one that is full.
const newPage = `<w:pageBreakBefore/>`

// body writes word/document.xml.
func (x *docx) body() string {
	b := &x.b
	b.WriteString(`<w:document ` + wordNS + `><w:body>`)
	x.front()
	x.contents()
	first := newPage
	if len(x.d.Figures) > 0 {
		b.WriteString(para(newPage+`<w:spacing w:after="0" w:line="20" w:lineRule="exact"/>`, ""))
		x.figures()
		first = ""
	}
	for i, s := range x.d.Sections {
		x.heading("Heading1", first, sectionMark(i), s.Title)
		first = ""
		heads := 0
		for _, block := range s.Blocks {
			if h, ok := block.(Heading); ok {
				heads++
				x.heading("Heading2", "", headMark(i, heads), h.Text)
				continue
			}
			x.block(block)
		}
	}
	b.WriteString(`<w:sectPr><w:headerReference w:type="default" r:id="rId5"/><w:footerReference w:type="default" r:id="rId6"/>` +
		`<w:pgSz w:w="` + strconv.Itoa(pageWidth) + `" w:h="` + strconv.Itoa(pageHeight) + `"/><w:pgMar w:top="1361" w:right="1134" w:bottom="1247" w:left="1134" w:header="680" w:footer="567" w:gutter="0"/>` +
		`<w:titlePg/></w:sectPr></w:body></w:document>`)
	return b.String()
}

func sectionMark(i int) string     { return "_Toc" + strconv.Itoa(100000+1000*i) }
func headMark(i, heads int) string { return "_Toc" + strconv.Itoa(100000+1000*i+heads) }

func (x *docx) heading(style, props, mark, title string) {
	x.marks++
	id := strconv.Itoa(x.marks)
	x.b.WriteString(para(`<w:pStyle w:val="`+style+`"/>`+props, `<w:bookmarkStart w:id="`+id+`" w:name="`+mark+`"/>`+text(title)+`<w:bookmarkEnd w:id="`+id+`"/>`))
}

// front is the page with title and facts.
func (x *docx) front() {
	b := &x.b
	b.WriteString(p("Company", text(x.d.Company)))
	size := ""
	if TextColumns(x.d.Title) > 30 {
		size = `<w:sz w:val="46"/><w:szCs w:val="46"/>`
	}
	title := run(size, x.d.Title)
	if x.d.Draft != "" {
		title += run(`<w:color w:val="A85A12"/><w:sz w:val="28"/>`, "  "+x.d.Draft)
	}
	b.WriteString(p("Title", title))
	b.WriteString(para(`<w:pStyle w:val="Headline"/><w:pBdr><w:top w:val="single" w:sz="24" w:space="14" w:color="`+AccentColor+`"/></w:pBdr>`, text(strings.Join(x.d.Headline, x.clauseGap()))))
	if len(x.d.Facts) == 0 {
		return
	}
	b.WriteString(tableStart("TableNormal", []int{2268, textWidth - 2268}))
	for _, f := range x.d.Facts {
		b.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>` + cell(2268, "", p("Cell", run(`<w:color w:val="`+MutedColor+`"/><w:sz w:val="21"/>`, f.Term))) +
			cell(textWidth-2268, "", p("Cell", run(`<w:sz w:val="21"/>`, f.Text))) + `</w:tr>`)
	}
	b.WriteString(`</w:tbl>`)
}

// clauseGap keeps clauses of languages with spaces apart.
func (x *docx) clauseGap() string {
	if x.d.Locale == i18n.ZhCN {
		return ""
	}
	return " "
}

// contents is the table of contents: each entry leads to its heading and has the
// page of it as a field. Only the program that breaks the pages knows them: the
// settings ask it to count when the file is opened, and until then there is no
// number rather than a wrong one. The entries are no TOC field, whose numbers
// LibreOffice shows as they were written instead of counting them.
func (x *docx) contents() {
	b := &x.b
	b.WriteString(para(`<w:pStyle w:val="TOCHeading"/>`+newPage, text(i18n.T(x.d.Locale, "document.contents", nil))))
	entry := func(style, mark, number, title string) {
		b.WriteString(p(style, `<w:hyperlink w:anchor="`+mark+`" w:history="1">`+text(number)+`<w:r><w:tab/></w:r>`+text(title)+
			`<w:r><w:tab/></w:r>`+fieldBegin(` PAGEREF `+mark+` \h `)+fieldEnd+`</w:hyperlink>`))
	}
	for i, s := range x.d.Sections {
		entry("TOC1", sectionMark(i), strconv.Itoa(i+1), s.Title)
		heads := 0
		for _, block := range s.Blocks {
			if h, ok := block.(Heading); ok {
				heads++
				entry("TOC2", headMark(i, heads), strconv.Itoa(i+1)+"."+strconv.Itoa(heads), h.Text)
			}
		}
	}
}

// A field of several runs: what follows its beginning is shown until it is counted.
func fieldBegin(code string) string {
	return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">` + code + `</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`
}

const fieldEnd = `<w:r><w:fldChar w:fldCharType="end"/></w:r>`

// figures are three a row.
func (x *docx) figures() {
	const across = 3
	w := textWidth / across
	b := &x.b
	b.WriteString(tableStart("Rows", []int{w, w, w}))
	for i := 0; i < len(x.d.Figures); i += across {
		b.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for k := i; k < i+across; k++ {
			content := p("Cell", "")
			if k < len(x.d.Figures) {
				f := x.d.Figures[k]
				content = p("Cell", run(`<w:color w:val="465552"/>`, f.Label)) +
					p("Cell", run(fonts(x.look.head, heiti)+`<w:b/><w:sz w:val="30"/>`, f.Kind.Text(f.Value))) +
					p("Cell", run(`<w:color w:val="`+MutedColor+`"/><w:sz w:val="16"/>`, f.Note))
			}
			b.WriteString(cell(w, "", content))
		}
		b.WriteString(`</w:tr>`)
	}
	b.WriteString(`</w:tbl>`)
}

// block writes one block.
func (x *docx) block(block Block) {
	b := &x.b
	switch v := block.(type) {
	case Lead:
		b.WriteString(p("Lead", text(string(v))))
	case Text:
		b.WriteString(p("Normal", text(string(v))))
	case Empty:
		x.box(LineColor, "FFFFFF", "", string(v))
	case List:
		for i, item := range v.Items {
			if !v.Ordered {
				b.WriteString(p("ListBullet", text(item)))
				continue
			}
			// Numbers are written out: each list counts from one in every program.
			b.WriteString(para(`<w:pStyle w:val="ListNumber"/><w:tabs><w:tab w:val="left" w:pos="454"/></w:tabs><w:ind w:left="454" w:hanging="454"/>`,
				text(strconv.Itoa(i+1)+".")+`<w:r><w:tab/></w:r>`+text(item)))
		}
	case Callout:
		line, ground := AccentColor, "EFF7F5"
		if v.Warn {
			line, ground = AmberColor, "FDF6E7"
		}
		x.box(line, ground, v.Title, v.Text)
	case Terms:
		for _, t := range v {
			b.WriteString(p("Term", run(fonts(x.look.head, heiti)+`<w:b/>`, t.Term+i18n.T(x.d.Locale, "document.colon", nil))+text(t.Text)))
		}
	case *Table:
		x.table(v)
	case *Pair:
		x.pair(v)
	case *People:
		x.people(v)
	}
}

// box is a paragraph on a ground, with a bar at its left.
func (x *docx) box(line, ground, title, body string) {
	props := `<w:keepLines/><w:pBdr><w:top w:val="single" w:sz="4" w:space="6" w:color="` + ground + `"/><w:left w:val="single" w:sz="24" w:space="8" w:color="` + line +
		`"/><w:bottom w:val="single" w:sz="4" w:space="6" w:color="` + ground + `"/></w:pBdr><w:shd w:val="clear" w:color="auto" w:fill="` + ground +
		`"/><w:spacing w:before="160" w:after="200"/><w:ind w:left="227" w:right="113"/>`
	runs := ""
	if title != "" {
		runs = run(fonts(x.look.head, heiti)+`<w:b/>`, title+"\n")
	}
	x.b.WriteString(para(props, runs+text(body)))
}

func (x *docx) pair(v *Pair) {
	if c := v.Chart; c != nil {
		switch {
		case c.Plot != nil:
			x.chart(c)
		case c.Grid != nil:
			x.table(c.Grid)
		}
	}
	for _, a := range v.Advice {
		x.b.WriteString(p("Term", chip(a.Level, "")+text("  "+a.Text)))
	}
	for _, t := range v.Side {
		x.table(t)
	}
}

// chip is the name of a level on its ground; size is the properties of its type.
func chip(l Level, size string) string {
	t := levelTones[clampTone(l.Tone)]
	return run(`<w:b/><w:color w:val="`+t.text+`"/>`+size+`<w:shd w:val="clear" w:color="auto" w:fill="`+t.soft+`"/>`, " "+OrDash(l.Name)+" ")
}

func clampTone(n int) int { return min(max(n, 0), len(levelTones)-1) }
