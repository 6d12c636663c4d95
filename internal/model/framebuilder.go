package model

import (
	"math"
	"strconv"
	"strings"
	"time"

	"zhike/internal/clean"
	"zhike/internal/platform/errs"
)

// MaxCells bounds a frame that is built from text: rows × columns, 400 MB.
const MaxCells = 100_000_000

// FrameBuilder makes a frame from rows of text. What a column holds is decided
// when all of it is there, by looking at each distinct value once: numbers
// (also "¥1,234.5" and "12%"), dates (taken as days), else words. A column of
// only two numbers is words too, because 0 and 1 mostly mean no and yes.
type FrameBuilder struct {
	columns []textColumn
	rows    int
}

type textColumn struct {
	name   string
	codes  []int32 // −1 where there is nothing
	places map[string]int32
	levels []string
}

// NewFrameBuilder makes a builder for columns of these names.
func NewFrameBuilder(names []string) *FrameBuilder {
	b := &FrameBuilder{columns: make([]textColumn, len(names))}
	for i, n := range names {
		b.columns[i] = textColumn{name: n, places: map[string]int32{}}
	}
	return b
}

// Add takes a row; cells that say "nothing" (clean.IsBlank) and cells that the
// row does not have are missing. model.too_many_cells over MaxCells.
func (b *FrameBuilder) Add(cells []string) error {
	b.rows++
	if b.rows*len(b.columns) > MaxCells {
		return errs.New(errs.TooLarge, "model.too_many_cells", "max", MaxCells/len(b.columns))
	}
	for i := range b.columns {
		c := &b.columns[i]
		text := ""
		if i < len(cells) {
			text = strings.TrimSpace(cells[i])
		}
		if clean.IsBlank(text) {
			c.codes = append(c.codes, -1)
			continue
		}
		n, known := c.places[text]
		if !known {
			text = strings.Clone(text) // not the whole line that it was cut from
			n = int32(len(c.levels))
			c.places[text] = n
			c.levels = append(c.levels, text)
		}
		c.codes = append(c.codes, n)
	}
	return nil
}

// Frame is what was added. The builder is used up by it.
func (b *FrameBuilder) Frame() *Frame {
	f := &Frame{}
	for i := range b.columns {
		f.Columns = append(f.Columns, b.columns[i].column())
	}
	return f
}

func (c *textColumn) column() Column {
	out := Column{Name: c.name, Words: c.codes, Levels: c.levels}
	for _, parse := range []func(string) (float64, bool){numberText, dateText} {
		values := make([]float64, len(c.levels))
		all := len(c.levels) > 2
		for i, l := range c.levels {
			v, ok := parse(l)
			if !ok {
				all = false
				break
			}
			values[i] = v
		}
		if !all {
			continue
		}
		out.Numbers, out.Words, out.Levels = make([]float64, len(c.codes)), nil, nil
		for i, code := range c.codes {
			out.Numbers[i] = math.NaN()
			if code >= 0 {
				out.Numbers[i] = values[code]
			}
		}
		return out
	}
	return out
}

// numberText reads a number as people and systems write them.
func numberText(s string) (float64, bool) {
	percent := strings.HasSuffix(s, "%")
	s = strings.TrimSuffix(s, "%")
	for _, sign := range []string{"¥", "￥"} {
		s = strings.TrimPrefix(s, sign)
	}
	s = strings.ReplaceAll(s, ",", "")
	if s == "" || strings.Trim(s, "0123456789.-+eE") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, false
	}
	if percent {
		v /= 100
	}
	return v, true
}

// dateText reads a date as its day since 1970.
func dateText(s string) (float64, bool) {
	far := time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC)
	d := clean.Dates{Loc: time.UTC, Now: far, Min: time.Date(1850, 1, 1, 0, 0, 0, 0, time.UTC), NoSerial: true}
	m, err := d.Parse(s)
	if err != nil {
		return 0, false
	}
	return math.Floor(float64(m.Time.Unix()) / 86400), true
}
