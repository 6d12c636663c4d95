package document

import (
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// SVG draws one chart for a page. Colours and type come from classes of the page's style
// sheet; every text is escaped here.
type SVG struct {
	b    strings.Builder
	W, H float64
}

// The widths of charts in their own units. A narrow chart stands beside its
// table; its type is still readable at the width of a phone.
const (
	NarrowChart = 420
	WideChart   = 860
	ChartType   = 12.5 // font size
)

// NewSVG begins a drawing of w × h in its own units.
func NewSVG(w, h float64) *SVG { return &SVG{W: w, H: h} }

// fix writes a coordinate with at most two decimals.
func fix(v float64) string {
	if !isFinite(v) {
		return "0"
	}
	return strconv.FormatFloat(math.Round(v*100)/100+0, 'f', -1, 64)
}

// attrs writes name="value" pairs; numbers are coordinates.
func (c *SVG) attrs(kv ...any) {
	for i := 0; i+1 < len(kv); i += 2 {
		c.b.WriteString(" " + kv[i].(string) + `="`)
		switch v := kv[i+1].(type) {
		case float64:
			c.b.WriteString(fix(v))
		case int:
			c.b.WriteString(strconv.Itoa(v))
		case string:
			c.b.WriteString(html.EscapeString(CleanXML(v)))
		}
		c.b.WriteByte('"')
	}
}

// Element writes one element; a title is shown on hover.
func (c *SVG) Element(name, title string, kv ...any) {
	c.b.WriteString("<" + name)
	c.attrs(kv...)
	if title == "" {
		c.b.WriteString("/>")
		return
	}
	c.b.WriteString("><title>" + html.EscapeString(CleanXML(title)) + "</title></" + name + ">")
}

func (c *SVG) Rect(class string, x, y, w, h float64, title string) {
	c.Element("rect", title, "class", class, "x", x, "y", y, "width", max(w, 0), "height", max(h, 0), "rx", min(3, max(w, 0)/2))
}

func (c *SVG) Line(class string, x1, y1, x2, y2 float64) {
	c.Element("line", "", "class", class, "x1", x1, "y1", y1, "x2", x2, "y2", y2)
}

// Text writes s; anchor is start, middle or end.
func (c *SVG) Text(class, anchor string, x, y float64, s string) {
	c.b.WriteString("<text")
	c.attrs("class", class, "text-anchor", anchor, "x", x, "y", y)
	c.b.WriteString(">" + html.EscapeString(CleanXML(s)) + "</text>")
}

// Point is a place in a drawing.
type Point struct{ X, Y float64 }

// Poly is a line through the points.
func (c *SVG) Poly(class string, points []Point) {
	var d strings.Builder
	for i, p := range points {
		if i > 0 {
			d.WriteByte(' ')
		}
		d.WriteString(fix(p.X) + "," + fix(p.Y))
	}
	c.Element("polyline", "", "class", class, "points", d.String())
}

func (c *SVG) Area(class string, points []Point) {
	var d strings.Builder
	for i, p := range points {
		d.WriteString(map[bool]string{true: "M", false: "L"}[i == 0] + fix(p.X) + " " + fix(p.Y))
	}
	c.Element("path", "", "class", class, "d", d.String()+"Z")
}

// Done closes the chart; label is read out in its place.
func (c *SVG) Done(label string) template.HTML {
	label = html.EscapeString(CleanXML(label))
	class := "chart"
	if c.W > NarrowChart {
		class += " wide"
	}
	//nolint:gosec // every text above went through html.EscapeString
	return template.HTML(`<svg class="` + class + `" viewBox="0 0 ` + fix(c.W) + " " + fix(c.H) +
		`" role="img" aria-label="` + label + `">` + c.b.String() + "</svg>")
}

// TextWidth estimates the width of s: a Chinese character is as wide as its
// type size, a Latin one a little more than half.
func TextWidth(s string, size float64) float64 {
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

// FitText shortens s to the width.
func FitText(s string, width, size float64) string {
	if TextWidth(s, size) <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 1 && TextWidth(string(r)+"…", size) > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

// WrapText breaks s into at most n lines of the width, at spaces where there
// are some, else about equally long; what does not fit is cut.
func WrapText(s string, width, size float64, n int) []string {
	var out []string
	r := []rune(strings.TrimSpace(s))
	if all := TextWidth(string(r), size); all > width && all <= width*float64(n) && !strings.Contains(s, " ") {
		width = min(width, all/math.Ceil(all/width)+size)
	}
	for len(r) > 0 {
		if len(out) == n-1 || TextWidth(string(r), size) <= width {
			return append(out, FitText(string(r), width, size))
		}
		k := 1
		for k < len(r) && TextWidth(string(r[:k+1]), size) <= width {
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

// ToneClass is the class of a level's colour.
func ToneClass(tone int) string { return "v" + strconv.Itoa(tone) }

// Shade gives a heat class h0–h9 for n of most; the square root keeps small
// counts apart beside one large one.
func Shade(n, most int64) string {
	if n <= 0 || most <= 0 {
		return "h0"
	}
	return "h" + strconv.Itoa(min(9, max(1, int(math.Ceil(9*math.Sqrt(float64(n)/float64(most)))))))
}
