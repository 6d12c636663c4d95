package document

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
	"unicode"

	"zhike/internal/platform/i18n"
)

// PageCSP is the Content-Security-Policy under which a page of WriteHTML works: it
// holds its styles and drawings itself and loads and runs nothing.
const PageCSP = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

//go:embed page.css
var pageCSS string

//go:embed page.gohtml
var pageText string

var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Parse(pageText))
})

// page is what the template reads.
type page struct {
	View
	Lang, CSP, Foot string
	CSS             template.CSS
	Long            bool
	Contents, Swipe string
	Parts           []pageSection
}

type pageSection struct {
	SectionView
	Pieces []pageBlock
}

// pageBlock is a block with what only pages have.
type pageBlock struct {
	BlockView
	Chart        template.HTML
	Wide, Scroll bool
	People       *pagePeople
}

type pagePeople struct {
	*People
	Rows []pagePerson
}

type pagePerson struct {
	N                                     int
	Name, Level, Class                    string
	Before, BeforeClass                   string
	Spend, Orders, Last, Since, Why, Next string
}

// WriteHTML writes the document as one page that is complete in itself: no
// script, nothing loaded. It reads well on a screen from 360 px up and prints on
// A4 with running header and page numbers.
//
// i18n-keys: document.*
func WriteHTML(w io.Writer, d *Document) error {
	left := d.full()
	if d.Draft != "" {
		left += " · " + d.Draft
	}
	p := &page{View: d.View(), Lang: d.Locale, CSP: PageCSP, Foot: d.Running.Foot, Long: d.Long,
		CSS:      template.CSS(pageCSS + runningCSS(left, d.Running.Right, d.Running.Foot)), //nolint:gosec // our own file and escaped strings
		Contents: i18n.T(d.Locale, "document.contents", nil), Swipe: i18n.T(d.Locale, "document.swipe", nil)}
	for _, s := range p.Sections {
		ps := pageSection{SectionView: s}
		for _, b := range s.Blocks {
			ps.Pieces = append(ps.Pieces, d.piece(b, s.Title))
		}
		p.Parts = append(p.Parts, ps)
	}
	return pageTemplate().Execute(w, p)
}

func (d *Document) piece(b BlockView, title string) pageBlock {
	out := pageBlock{BlockView: b}
	if out.Title == "" {
		out.Title = title
	}
	if b.pair != nil && b.pair.Chart != nil {
		c := b.pair.Chart
		out.Wide, out.Scroll = b.pair.Wide, b.pair.Wide
		switch {
		case c.SVG != "":
			out.Chart, out.Grid = c.SVG, nil
		case c.Plot != nil:
			out.Chart = c.Plot.svg(d.Locale, c.Title)
		}
	}
	if b.people != nil {
		out.People = b.people.page()
	}
	return out
}

func (p *People) page() *pagePeople {
	out := &pagePeople{People: p}
	for i, x := range p.List {
		h := pagePerson{N: i + 1, Name: OrDash(x.Name), Spend: i18n.Money(x.SpendFen), Orders: i18n.Number(x.Orders),
			Last: OrDash(x.Last), Since: x.Since, Why: OrDash(x.Reason), Next: OrDash(x.Next)}
		if x.Level != nil {
			h.Level, h.Class = OrDash(x.Level.Name), ToneClass(x.Level.Tone)
		}
		if x.Before != nil {
			h.Before, h.BeforeClass = OrDash(x.Before.Name), ToneClass(x.Before.Tone)
		}
		out.Rows = append(out.Rows, h)
	}
	return out
}

// runningCSS puts the words into the margins of printed pages.
func runningCSS(left, right, foot string) string {
	return "\n@page {\n  @top-left { content: " + cssString(left) + "; }\n  @top-right { content: " + cssString(right) +
		"; }\n  @bottom-left { content: " + cssString(foot) + "; }\n}\n"
}

// cssString quotes s for a style sheet inside a page. All but letters, digits
// and spaces are escaped: the filter of html/template would take a name with a
// colon for an address and drop it.
func cssString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range CutText(PlainLine(s), 70) {
		if r == ' ' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "\\%06x", r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
