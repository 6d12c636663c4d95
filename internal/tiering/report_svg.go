package tiering

import (
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// svg draws one chart. Colours and type come from classes of the page's style
// sheet; every text is escaped here.
type svg struct {
	b    strings.Builder
	w, h float64
}

// The widths of charts in their own units. A narrow chart stands beside its
// table; its type is still readable at the width of a phone.
const (
	narrowChart = 420
	wideChart   = 860
	chartType   = 12.5 // font size
)

func newSVG(w, h float64) *svg { return &svg{w: w, h: h} }

// fix writes a coordinate with at most two decimals.
func fix(v float64) string {
	if !isFinite(v) {
		return "0"
	}
	return strconv.FormatFloat(math.Round(v*100)/100+0, 'f', -1, 64)
}

// attrs writes name="value" pairs; numbers are coordinates.
func (c *svg) attrs(kv ...any) {
	for i := 0; i+1 < len(kv); i += 2 {
		c.b.WriteString(" " + kv[i].(string) + `="`)
		switch v := kv[i+1].(type) {
		case float64:
			c.b.WriteString(fix(v))
		case int:
			c.b.WriteString(strconv.Itoa(v))
		case string:
			c.b.WriteString(html.EscapeString(cleanXML(v)))
		}
		c.b.WriteByte('"')
	}
}

// element writes one element; a title is shown on hover.
func (c *svg) element(name, title string, kv ...any) {
	c.b.WriteString("<" + name)
	c.attrs(kv...)
	if title == "" {
		c.b.WriteString("/>")
		return
	}
	c.b.WriteString("><title>" + html.EscapeString(cleanXML(title)) + "</title></" + name + ">")
}

func (c *svg) rect(class string, x, y, w, h float64, title string) {
	c.element("rect", title, "class", class, "x", x, "y", y, "width", max(w, 0), "height", max(h, 0), "rx", min(3, max(w, 0)/2))
}

func (c *svg) line(class string, x1, y1, x2, y2 float64) {
	c.element("line", "", "class", class, "x1", x1, "y1", y1, "x2", x2, "y2", y2)
}

// text writes s; anchor is start, middle or end.
func (c *svg) text(class, anchor string, x, y float64, s string) {
	c.b.WriteString("<text")
	c.attrs("class", class, "text-anchor", anchor, "x", x, "y", y)
	c.b.WriteString(">" + html.EscapeString(cleanXML(s)) + "</text>")
}

type point struct{ x, y float64 }

// poly is a line through the points.
func (c *svg) poly(class string, points []point) {
	var d strings.Builder
	for i, p := range points {
		if i > 0 {
			d.WriteByte(' ')
		}
		d.WriteString(fix(p.x) + "," + fix(p.y))
	}
	c.element("polyline", "", "class", class, "points", d.String())
}

func (c *svg) area(class string, points []point) {
	var d strings.Builder
	for i, p := range points {
		d.WriteString(map[bool]string{true: "M", false: "L"}[i == 0] + fix(p.x) + " " + fix(p.y))
	}
	c.element("path", "", "class", class, "d", d.String()+"Z")
}

// done closes the chart; label is read out in its place.
func (c *svg) done(label string) template.HTML {
	label = html.EscapeString(cleanXML(label))
	class := "chart"
	if c.w > narrowChart {
		class += " wide"
	}
	//nolint:gosec // every text above went through html.EscapeString
	return template.HTML(`<svg class="` + class + `" viewBox="0 0 ` + fix(c.w) + " " + fix(c.h) +
		`" role="img" aria-label="` + label + `">` + c.b.String() + "</svg>")
}

// cleanXML drops what no document may hold.
func cleanXML(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}

// textWidth estimates the width of s: a Chinese character is as wide as its
// type size, a Latin one a little more than half.
func textWidth(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case runeColumns(r) == 2:
			w += 1
		case runeColumns(r) == 0:
		case strings.ContainsRune("iljtf.,:;' |I1()", r):
			w += 0.42
		case r >= 'A' && r <= 'Z', r == 'm', r == 'w', r == '%':
			w += 0.72
		default:
			w += 0.58
		}
	}
	return w * size
}

// fitText shortens s to the width.
func fitText(s string, width, size float64) string {
	if textWidth(s, size) <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 1 && textWidth(string(r)+"…", size) > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

// wrapText breaks s into at most n lines of the width, at spaces where there
// are some, else about equally long; what does not fit is cut.
func wrapText(s string, width, size float64, n int) []string {
	var out []string
	r := []rune(strings.TrimSpace(s))
	if all := textWidth(string(r), size); all > width && all <= width*float64(n) && !strings.Contains(s, " ") {
		width = min(width, all/math.Ceil(all/width)+size)
	}
	for len(r) > 0 {
		if len(out) == n-1 || textWidth(string(r), size) <= width {
			return append(out, fitText(string(r), width, size))
		}
		k := 1
		for k < len(r) && textWidth(string(r[:k+1]), size) <= width {
			k++
		}
		for j := k; j > 1; j-- {
			if r[j] == ' ' {
				k = j
				break
			}
		}
		out = append(out, strings.TrimSpace(string(r[:k])))
		r = []rune(strings.TrimSpace(string(r[k:])))
	}
	return out
}

// toneClass is the class of a level's colour.
func toneClass(tone int) string { return "v" + strconv.Itoa(tone) }

// shade gives a heat class h0–h9 for n of most; the square root keeps small
// counts apart beside one large one.
func shade(n, most int64) string {
	if n <= 0 || most <= 0 {
		return "h0"
	}
	return "h" + strconv.Itoa(min(9, max(1, int(math.Ceil(9*math.Sqrt(float64(n)/float64(most)))))))
}
