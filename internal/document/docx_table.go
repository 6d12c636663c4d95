package document

import (
	"strconv"
	"strings"
	"unicode"
)

func tableStart(style string, widths []int) string {
	var b strings.Builder
	total := 0
	for _, w := range widths {
		total += w
	}
	b.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="` + style + `"/><w:tblW w:w="` + strconv.Itoa(total) + `" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0620" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/></w:tblPr><w:tblGrid>`)
	for _, w := range widths {
		b.WriteString(`<w:gridCol w:w="` + strconv.Itoa(w) + `"/>`)
	}
	b.WriteString(`</w:tblGrid>`)
	return b.String()
}

// cell is a cell of a width with its paragraphs; fill is its ground.
func cell(w int, fill, content string) string {
	props := `<w:tcW w:w="` + strconv.Itoa(w) + `" w:type="dxa"/>`
	if fill != "" {
		props += `<w:shd w:val="clear" w:color="auto" w:fill="` + fill + `"/>`
	}
	return `<w:tc><w:tcPr>` + props + `</w:tcPr>` + content + `</w:tc>`
}

// table writes a table under its caption. Its head is repeated on each page, and
// no row is broken over two.
func (x *docx) table(t *Table) {
	b := &x.b
	if t.Caption != "" && !t.Quiet {
		b.WriteString(p("Caption", text(t.Caption)))
	}
	widths, size := t.widths()
	font := `<w:sz w:val="` + strconv.Itoa(size) + `"/><w:szCs w:val="` + strconv.Itoa(size) + `"/>`
	b.WriteString(tableStart("Rows", widths))
	b.WriteString(`<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	for i, c := range t.Cols {
		b.WriteString(cell(widths[i], "F5F7F7", para(`<w:pStyle w:val="CellHead"/>`+align(c.Kind.Numeric()), run(font, c.Head))))
	}
	b.WriteString(`</w:tr>`)
	rows := t.Rows
	if t.Foot != nil {
		rows = append(rows[:len(rows):len(rows)], t.Foot)
	}
	for k, row := range rows {
		style := `<w:pStyle w:val="Cell"/>`
		if len(rows) <= wholeRows && k < len(rows)-1 {
			style += `<w:keepNext/>`
		}
		b.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for i, v := range row {
			props, fill := font, ""
			if k == len(t.Rows) {
				props += `<w:b/>`
			}
			if s, ok := v.(Shaded); ok {
				var ink string
				if fill, ink = ground(s.Class); ink != "" {
					props += `<w:color w:val="` + ink + `"/>`
				}
			}
			runs := run(reorder(props), t.Cols[i].Kind.Text(v))
			if l, ok := v.(Level); ok {
				runs = chip(l, font)
			}
			b.WriteString(cell(widths[i], fill, para(style+align(t.Cols[i].Kind.Numeric()), runs)))
		}
		b.WriteString(`</w:tr>`)
	}
	b.WriteString(`</w:tbl><w:p><w:pPr><w:spacing w:before="0" w:after="60" w:line="120" w:lineRule="exact"/></w:pPr></w:p>`)
}

// wholeRows is up to how many rows a table stays on one page.
const wholeRows = 10

// reorder puts run properties in the order of the schema: b, color, sz.
func reorder(props string) string {
	var out string
	for _, tag := range []string{"<w:b/>", "<w:color", "<w:sz ", "<w:szCs"} {
		if i := strings.Index(props, tag); i >= 0 {
			out += props[i : i+strings.Index(props[i:], ">")+1]
		}
	}
	return out
}

func align(right bool) string {
	if right {
		return `<w:jc w:val="right"/>`
	}
	return ""
}

// What columns need, in twentieths of a point: at 9 pt a narrow character takes
// 4.6 pt, and a cell has some air.
const (
	charWidth = 92
	cellAir   = 200
	leastText = 6  // characters of a column of text
	mostText  = 44 // longer texts break
	mostWord  = 16 // longer words break
)

// widths gives the columns their widths, and the size of the type in half points:
// numbers are never broken, so that a table of many columns gets smaller type.
func (t *Table) widths() (widths []int, size int) {
	for size = 18; ; size-- {
		char := charWidth * size / 18
		widths = make([]int, len(t.Cols))
		weights := make([]int, len(t.Cols)) // of columns that may break
		leasts := make([]int, len(t.Cols))  // their widths at least
		fixed, broken, total := 0, 0, 0
		for i, c := range t.Cols {
			need := t.longest(i)
			if !c.breaks() {
				widths[i] = need*char + cellAir
				fixed += widths[i]
				continue
			}
			weights[i] = min(max(need, leastText), mostText)
			leasts[i] = min(max(t.word(i), leastText), mostWord)*char + cellAir
			total += weights[i]*char + cellAir
			if c.Share > 0 {
				weights[i] = int(20 * c.Share)
				total = textWidth // such a table takes the whole page
			}
			broken += weights[i]
		}
		left := textWidth - fixed
		least := 0
		for _, w := range leasts {
			least += w
		}
		if left < least && size > 12 {
			continue
		}
		switch {
		case broken > 0 && total >= left: // texts share what numbers leave
			share(widths, weights, leasts, max(left, least))
		default: // there is room: everybody gets more of it
			for i := range widths {
				if weights[i] > 0 {
					widths[i] = weights[i]*char + cellAir
				}
			}
			stretch(widths, textWidth)
		}
		if sum := sumOf(widths); sum > textWidth {
			stretch(widths, textWidth) // numbers break before a table leaves its page
		}
		return widths, size
	}
}

// share divides a whole among columns of text by their weights, no column below its
// least.
func share(widths, weights, leasts []int, whole int) {
	sum := sumOf(weights)
	done := make([]bool, len(weights))
	for again := true; again; {
		again = false
		for i, w := range weights {
			if w > 0 && !done[i] && whole*w < leasts[i]*sum {
				widths[i], done[i], again = leasts[i], true, true
				whole, sum = whole-leasts[i], sum-w
			}
		}
	}
	for i, w := range weights {
		if w > 0 && !done[i] {
			widths[i] = whole * w / sum
		}
	}
}

// breaks says whether texts of the column may take several lines.
func (c *Column) breaks() bool {
	return !c.Kind.Numeric() && c.Kind != KindDay && c.Kind != KindMonth && c.Kind != KindID
}

func sumOf(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}

// stretch brings the sum of widths to a whole.
func stretch(widths []int, whole int) {
	sum := sumOf(widths)
	if sum == 0 {
		return
	}
	left := whole
	for i := range widths {
		if i == len(widths)-1 {
			widths[i] = left
			break
		}
		widths[i] = widths[i] * whole / sum
		left -= widths[i]
	}
}

// longest is how many narrow characters the longest value of a column has; heads
// may break, but not within a word.
func (t *Table) longest(i int) int {
	head := t.Cols[i].Head
	n := TextColumns(head)
	switch {
	case n > 16 && strings.Contains(head, " "):
		n = n/3 + 1
	case n > 6:
		n = max(n/2+1, 6)
	}
	n = max(n, longestWord(head)+1)
	for _, row := range t.Rows {
		long := textColumnsOf(t.Cols[i].Kind.Text(row[i]))
		if _, ok := row[i].(Level); ok {
			long += 3 // its ground
		}
		n = max(n, long)
	}
	if t.Foot != nil {
		n = max(n, textColumnsOf(t.Cols[i].Kind.Text(t.Foot[i])))
	}
	return n
}

// word is how many narrow characters the longest word of a column has.
func (t *Table) word(i int) int {
	n := longestWord(t.Cols[i].Head) + 1 // of letters, which are wider than figures
	for _, row := range t.Rows {
		text := t.Cols[i].Kind.Text(row[i])
		long := longestWord(text) + 1
		if _, ok := row[i].(Level); ok {
			long = min(textColumnsOf(text)+3, mostWord) // one piece on its ground, in bold
		}
		n = max(n, long)
	}
	return n
}

// longestWord is how many narrow characters the longest piece of a text has that
// stands on one line; Chinese breaks behind each character.
func longestWord(s string) (longest int) {
	n := 0
	for _, r := range s {
		w := runeColumns(r)
		if w == 2 || unicode.IsSpace(r) {
			n = 0
		}
		if !unicode.IsSpace(r) {
			n += w
		}
		longest = max(longest, n)
		if w == 2 {
			n = 0
		}
	}
	return longest
}

func textColumnsOf(s string) int {
	n := 0
	for _, line := range strings.Split(s, "\n") {
		n = max(n, TextColumns(line))
	}
	return n
}

// grounds are the colours of shaded cells: heat (h), moves up (u) and down (d), as
// page.css has them.
var grounds = map[byte][10]string{
	'h': {"F3F6F5", "E1F1EE", "C9E6E1", "ABD8D1", "8BC8BF", "69B6AB", "178075", "0F766E", "0C645D", "0A524C"},
	'u': {"F3F6F5", "E5F5EA", "D0ECD9", "B5E0C4", "97D1AC", "75BF91", "1D8145", "15753B", "116332", "0D5029"},
	'd': {"F3F6F5", "FDF1DD", "FAE4C0", "F5D29C", "EDBD78", "E2A556", "A85A12", "9A4B06", "823F05", "6A3304"},
}

// ground is the colour of a class of Shaded, and of the words on it.
func ground(class string) (fill, ink string) {
	if len(class) == 2 && class[1] >= '0' && class[1] <= '9' {
		if list, ok := grounds[class[0]]; ok {
			n := class[1] - '0'
			switch {
			case n == 0:
				ink = MutedColor
			case n > 5:
				ink = "FFFFFF"
			}
			return list[n], ink
		}
	}
	return "EAEEED", MutedColor
}
