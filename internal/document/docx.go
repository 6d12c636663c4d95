package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"time"

	"zhike/internal/platform/errs"
)

// MediaDOCX is the media type of what WriteDOCX writes.
const MediaDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// WriteDOCX writes the document for Word, WPS and LibreOffice (ECMA-376,
// transitional): a page with title and facts, a table of contents, numbered
// headings of the styles that navigation reads, tables whose heads repeat, charts
// as charts, page numbers. Fonts are named, 宋体 and 黑体 for Chinese, and not
// embedded. The same document gives the same bytes.
func WriteDOCX(w io.Writer, d *Document) error {
	x := &docx{d: d, look: lookOf(d.Locale)}
	body := x.body()
	z := zip.NewWriter(w)
	at := time.UnixMilli(d.MadeAt).UTC()
	write := func(name, text string) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at})
		if err == nil {
			_, err = io.WriteString(f, xml.Header+text)
		}
		return err
	}
	parts := [][2]string{
		{"[Content_Types].xml", x.contentTypes()},
		{"_rels/.rels", packageRels},
		{"docProps/core.xml", x.core(at)},
		{"docProps/app.xml", x.app()},
		{"word/document.xml", body},
		{"word/styles.xml", x.styles()},
		{"word/numbering.xml", numbering},
		{"word/settings.xml", x.settings()},
		{"word/fontTable.xml", fontTable},
		{"word/header1.xml", x.header()},
		{"word/footer1.xml", x.footer()},
	}
	for i, c := range x.charts {
		parts = append(parts, [2]string{"word/charts/chart" + strconv.Itoa(i+1) + ".xml", c})
	}
	parts = append(parts, [2]string{"word/_rels/document.xml.rels", x.rels()})
	for _, p := range parts {
		if err := write(p[0], p[1]); err != nil {
			return errs.Wrap(err, errs.Internal, "internal")
		}
	}
	if err := z.Close(); err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	return nil
}

// docx writes one file.
type docx struct {
	d      *Document
	look   look
	b      strings.Builder
	charts []string
	marks  int // bookmarks so far
	drawn  int // drawings so far
}

// esc is s as text of XML.
func esc(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(CleanXML(s))) // a buffer takes everything
	return b.String()
}

const relTypes = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

const packageRels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="` + relTypes + `officeDocument" Target="word/document.xml"/>` +
	`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>` +
	`<Relationship Id="rId3" Type="` + relTypes + `extended-properties" Target="docProps/app.xml"/></Relationships>`

// The ids of the parts that every document has; charts follow.
var docxParts = []struct{ id, kind, target string }{
	{"rId1", "styles", "styles.xml"}, {"rId2", "numbering", "numbering.xml"}, {"rId3", "settings", "settings.xml"},
	{"rId4", "fontTable", "fontTable.xml"}, {"rId5", "header", "header1.xml"}, {"rId6", "footer", "footer1.xml"},
}

func chartID(n int) string { return "rIdChart" + strconv.Itoa(n) }

func (x *docx) rels() string {
	var b strings.Builder
	b.WriteString(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	add := func(id, kind, target string) {
		b.WriteString(`<Relationship Id="` + id + `" Type="` + relTypes + kind + `" Target="` + target + `"/>`)
	}
	for _, p := range docxParts {
		add(p.id, p.kind, p.target)
	}
	for i := range x.charts {
		add(chartID(i+1), "chart", "charts/chart"+strconv.Itoa(i+1)+".xml")
	}
	b.WriteString(`</Relationships>`)
	return b.String()
}

func (x *docx) contentTypes() string {
	const word = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	var b strings.Builder
	b.WriteString(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>`)
	add := func(name, kind string) {
		b.WriteString(`<Override PartName="/` + name + `" ContentType="` + kind + `"/>`)
	}
	add("word/document.xml", word+"document.main+xml")
	for _, p := range docxParts {
		add("word/"+p.target, word+p.kind+"+xml")
	}
	add("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")
	add("docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml")
	for i := range x.charts {
		add("word/charts/chart"+strconv.Itoa(i+1)+".xml", "application/vnd.openxmlformats-officedocument.drawingml.chart+xml")
	}
	b.WriteString(`</Types>`)
	return b.String()
}

func (x *docx) core(at time.Time) string {
	stamp := at.Format(time.RFC3339)
	return `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
		`xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>` + esc(x.d.full()) +
		`</dc:title><dc:subject>` + esc(strings.Join(x.d.Headline, "")) + `</dc:subject><dc:creator>Zhike</dc:creator><cp:lastModifiedBy>Zhike</cp:lastModifiedBy>` +
		`<dcterms:created xsi:type="dcterms:W3CDTF">` + stamp + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + stamp +
		`</dcterms:modified><dc:language>` + x.d.Locale + `</dc:language></cp:coreProperties>`
}

func (x *docx) app() string {
	return `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Zhike</Application><Company>` +
		esc(x.d.Company) + `</Company></Properties>`
}
