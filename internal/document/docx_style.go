package document

import (
	"strconv"
	"strings"

	"zhike/internal/platform/i18n"
)

// look is the fonts of a language. Text of Chinese is 宋体 and headings 黑体 in
// every language; they differ in the letters beside them.
type look struct{ text, head, lang string }

const songti, heiti = "宋体", "黑体"

func lookOf(locale string) look {
	if locale == i18n.ZhCN {
		return look{"Times New Roman", "Arial", "zh-CN"}
	}
	return look{"Calibri", "Calibri", "en-US"}
}

func fonts(latin, han string) string {
	return `<w:rFonts w:ascii="` + latin + `" w:hAnsi="` + latin + `" w:cs="` + latin + `" w:eastAsia="` + han + `"/>`
}

const wordNS = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ` +
	`xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" ` +
	`xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"`

// fontTable says by which other names a program finds the fonts.
const fontTable = `<w:fonts ` + wordNS + `>` +
	`<w:font w:name="宋体"><w:altName w:val="SimSun"/><w:panose1 w:val="02010600030101010101"/><w:charset w:val="86"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font>` +
	`<w:font w:name="黑体"><w:altName w:val="SimHei"/><w:panose1 w:val="02010609060101010101"/><w:charset w:val="86"/><w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>` +
	`<w:font w:name="Times New Roman"><w:panose1 w:val="02020603050405020304"/><w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font>` +
	`<w:font w:name="Arial"><w:panose1 w:val="020B0604020202020204"/><w:charset w:val="00"/><w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>` +
	`<w:font w:name="Calibri"><w:panose1 w:val="020F0502020204030204"/><w:charset w:val="00"/><w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font></w:fonts>`

// numbering has the headings (1), bullets (2), steps (3 and on: each list counts
// by itself).
const numbering = `<w:numbering ` + wordNS + `>` +
	`<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="multilevel"/>` +
	`<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading1"/><w:suff w:val="tab"/><w:lvlText w:val="%1"/><w:lvlJc w:val="left"/><w:pPr><w:tabs><w:tab w:val="num" w:pos="567"/></w:tabs><w:ind w:left="567" w:hanging="567"/></w:pPr></w:lvl>` +
	`<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading2"/><w:suff w:val="tab"/><w:lvlText w:val="%1.%2"/><w:lvlJc w:val="left"/><w:pPr><w:tabs><w:tab w:val="num" w:pos="567"/></w:tabs><w:ind w:left="567" w:hanging="567"/></w:pPr></w:lvl></w:abstractNum>` +
	`<w:abstractNum w:abstractNumId="2"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="397" w:hanging="284"/></w:pPr><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial"/><w:color w:val="0F766E"/></w:rPr></w:lvl></w:abstractNum>` +
	`<w:abstractNum w:abstractNumId="3"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="454" w:hanging="341"/></w:pPr></w:lvl></w:abstractNum>` +
	`<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="3"/></w:num></w:numbering>`

// settings: Chinese punctuation does not begin a line; numbers of pages are
// counted by the program that opens the file.
func (x *docx) settings() string {
	return `<w:settings ` + wordNS + `><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:characterSpacingControl w:val="compressPunctuation"/><w:updateFields w:val="true"/>` +
		`<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>` +
		`<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/><w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>`
}

// styles of paragraphs; sizes are half points, distances twentieths of a point.
func (x *docx) styles() string {
	var b strings.Builder
	lang := `<w:lang w:val="` + x.look.lang + `" w:eastAsia="zh-CN"/>`
	b.WriteString(`<w:styles ` + wordNS + `><w:docDefaults><w:rPrDefault><w:rPr>` + fonts(x.look.text, songti) + `<w:color w:val="` + InkColor +
		`"/><w:sz w:val="21"/><w:szCs w:val="21"/>` + lang + `</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="100" w:line="320" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>`)
	b.WriteString(`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>`)
	style := func(id, name, next, para, run string) {
		b.WriteString(`<w:style w:type="paragraph" w:styleId="` + id + `"><w:name w:val="` + name + `"/><w:basedOn w:val="Normal"/><w:next w:val="` + next +
			`"/><w:qFormat/><w:pPr>` + para + `</w:pPr><w:rPr>` + run + `</w:rPr></w:style>`)
	}
	head := fonts(x.look.head, heiti)
	size := func(n int) string {
		return `<w:sz w:val="` + strconv.Itoa(n) + `"/><w:szCs w:val="` + strconv.Itoa(n) + `"/>`
	}
	color := func(c string) string { return `<w:color w:val="` + c + `"/>` }
	numbered := func(level string) string {
		return `<w:numPr><w:ilvl w:val="` + level + `"/><w:numId w:val="1"/></w:numPr>`
	}
	style("Heading1", "heading 1", "Normal", `<w:keepNext/><w:keepLines/>`+numbered("0")+`<w:spacing w:before="480" w:after="160" w:line="288" w:lineRule="auto"/><w:outlineLvl w:val="0"/>`, head+`<w:b/>`+color(AccentColor)+size(32))
	style("Heading2", "heading 2", "Normal", `<w:keepNext/><w:keepLines/>`+numbered("1")+`<w:spacing w:before="300" w:after="100" w:line="288" w:lineRule="auto"/><w:outlineLvl w:val="1"/>`, head+`<w:b/>`+size(26))
	style("Title", "Title", "Normal", `<w:spacing w:before="0" w:after="240" w:line="288" w:lineRule="auto"/>`, head+`<w:b/>`+size(60))
	style("Company", "Company", "Normal", `<w:spacing w:before="3400" w:after="160"/>`, color(MutedColor)+size(28))
	style("Headline", "Headline", "Normal", `<w:spacing w:before="0" w:after="560" w:line="340" w:lineRule="auto"/>`, head+color(AccentColor)+size(26))
	style("Lead", "Lead", "Normal", `<w:keepNext/><w:spacing w:after="140"/>`, color("465552"))
	style("TOCHeading", "TOC Heading", "Normal", `<w:keepNext/><w:spacing w:before="0" w:after="200"/>`, head+`<w:b/>`+color(AccentColor)+size(32))
	leader := `<w:tab w:val="right" w:leader="dot" w:pos="` + strconv.Itoa(textWidth) + `"/>`
	style("TOC1", "toc 1", "Normal", `<w:tabs><w:tab w:val="left" w:pos="567"/>`+leader+`</w:tabs><w:spacing w:before="120" w:after="40"/>`, head)
	style("TOC2", "toc 2", "Normal", `<w:tabs><w:tab w:val="left" w:pos="1247"/>`+leader+`</w:tabs><w:spacing w:before="0" w:after="20"/><w:ind w:left="567"/>`, color("465552"))
	style("ListBullet", "List Bullet", "ListBullet", `<w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr><w:spacing w:after="60"/>`, ``)
	style("ListNumber", "List Number", "ListNumber", `<w:spacing w:after="60"/>`, ``)
	style("Caption", "caption", "Normal", `<w:keepNext/><w:spacing w:before="200" w:after="80"/>`, head+color(MutedColor)+size(19))
	style("Cell", "Cell", "Cell", `<w:spacing w:before="30" w:after="30" w:line="264" w:lineRule="auto"/>`, size(18))
	style("CellHead", "Cell Head", "Cell", `<w:keepNext/><w:spacing w:before="40" w:after="40" w:line="252" w:lineRule="auto"/>`, head+color("465552")+size(18))
	style("Term", "Term", "Normal", `<w:spacing w:after="80"/>`, ``)
	style("Muted", "Muted", "Normal", ``, color(MutedColor))
	style("Header", "header", "Header", `<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="4" w:color="`+LineColor+`"/></w:pBdr><w:tabs><w:tab w:val="right" w:pos="`+strconv.Itoa(textWidth)+`"/></w:tabs><w:spacing w:after="0"/>`, color(MutedColor)+size(16))
	style("Footer", "footer", "Footer", `<w:tabs><w:tab w:val="right" w:pos="`+strconv.Itoa(textWidth)+`"/></w:tabs><w:spacing w:after="0"/>`, color(MutedColor)+size(16))
	b.WriteString(`<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/></w:style>`)
	b.WriteString(`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>`)
	b.WriteString(`<w:style w:type="table" w:styleId="Rows"><w:name w:val="Rows"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders><w:top w:val="single" w:sz="12" w:space="0" w:color="` + AccentColor +
		`"/><w:bottom w:val="single" w:sz="6" w:space="0" w:color="` + GreyColor + `"/><w:insideH w:val="single" w:sz="4" w:space="0" w:color="` + LineColor + `"/></w:tblBorders></w:tblPr></w:style>`)
	b.WriteString(`</w:styles>`)
	return b.String()
}

// The page in twentieths of a point: A4, and the width between its margins.
const (
	pageWidth, pageHeight = 11906, 16838
	sideMargin            = 1134
	textWidth             = pageWidth - 2*sideMargin
)

func (x *docx) header() string {
	draft := ""
	if x.d.Draft != "" {
		draft = `<w:r><w:rPr><w:b/><w:color w:val="A85A12"/></w:rPr><w:t xml:space="preserve">` + esc(x.d.Draft) + ` · </w:t></w:r>`
	}
	return `<w:hdr ` + wordNS + `><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>` + draft + text(x.d.full()) + `<w:r><w:tab/></w:r>` + text(x.d.Running.Right) + `</w:p></w:hdr>`
}

// footer has the number of the page, which whoever shows it counts.
func (x *docx) footer() string {
	const page, pages = "\x01", "\x02"
	t := i18n.T(x.d.Locale, "document.pages", i18n.Params{"page": page, "pages": pages})
	before, rest, _ := strings.Cut(t, page)
	between, after, _ := strings.Cut(rest, pages)
	return `<w:ftr ` + wordNS + `><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>` + text(x.d.Running.Foot) + `<w:r><w:tab/></w:r>` +
		text(before) + field("PAGE", "1") + text(between) + field("NUMPAGES", "1") + text(after) + `</w:p></w:ftr>`
}

// field is a simple field with what it shows until it is counted.
func field(code, shown string) string {
	return `<w:fldSimple w:instr=" ` + code + ` ">` + text(shown) + `</w:fldSimple>`
}
