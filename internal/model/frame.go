package model

import (
	"math"
	"slices"
)

// Column is one field of all customers: numbers or words.
type Column struct {
	Name    string
	Numbers []float64 // NaN where there is none; nil for words
	Words   []int32   // places in Levels, −1 where there is none; nil for numbers
	Levels  []string
}

// NumberColumn makes a column of numbers; NaN stands for none.
func NumberColumn(name string, values []float64) Column { return Column{Name: name, Numbers: values} }

// WordColumn makes a column of words; "" stands for none.
func WordColumn(name string, values []string) Column {
	c := Column{Name: name, Words: make([]int32, len(values))}
	places := map[string]int32{}
	for i, v := range values {
		if v == "" {
			c.Words[i] = -1
			continue
		}
		n, known := places[v]
		if !known {
			n = int32(len(c.Levels))
			places[v] = n
			c.Levels = append(c.Levels, v)
		}
		c.Words[i] = n
	}
	return c
}

// Frame is a table of fields, one row a customer. All columns are of one
// length.
type Frame struct {
	Columns []Column
	// Keys tell who the rows are, so that what is drawn at random (the folds of
	// a validation) does not depend on their order; nil where the order stays.
	Keys []uint64
}

// Rows is how many customers the frame has.
func (f *Frame) Rows() int {
	if len(f.Columns) == 0 {
		return len(f.Keys)
	}
	if c := &f.Columns[0]; c.Numbers != nil {
		return len(c.Numbers)
	}
	return len(f.Columns[0].Words)
}

func (f *Frame) column(name string) *Column {
	for i := range f.Columns {
		if f.Columns[i].Name == name {
			return &f.Columns[i]
		}
	}
	return nil
}

// Field is how one column becomes numbers of a model. It is learned from the
// rows that the model is learned from, and kept with it.
type Field struct {
	Name    string `json:"name"`
	Ignored string `json:"ignored,omitempty"` // why it says nothing: constant, unique, empty
	Known   int    `json:"known"`             // rows that had a value
	Missing int    `json:"missing"`

	// Numbers are taken as (value − Mean) ÷ SD; one that is missing counts as
	// the mean, and beside that has a column of its own where enough are.
	Number      bool    `json:"number"`
	Mean        float64 `json:"mean,omitempty"`
	SD          float64 `json:"sd,omitempty"`
	MissingFlag bool    `json:"missing_flag,omitempty"`

	// Each word is 0 or 1, against the commonest one. "" is a value that is
	// missing. Words too rare to be told apart are one, Others; words that were
	// not there when the model was learned count as those, or as the commonest.
	Base   string   `json:"base,omitempty"`
	Words  []string `json:"words,omitempty"`
	Others bool     `json:"others,omitempty"`

	Shares []float64 `json:"shares"` // mean of each of its columns: what a usual customer has
	First  int       `json:"first"`  // place of its first column among the weights
}

const (
	rareWord  = 20 // a word, or a missing value, of fewer rows is not told apart
	mostWords = 60 // words of one field with a column of their own
)

// width is how many columns of the model a field makes.
func (f *Field) width() int {
	switch {
	case f.Ignored != "":
		return 0
	case f.Number && f.MissingFlag:
		return 2
	case f.Number:
		return 1
	case f.Others:
		return len(f.Words) + 1
	}
	return len(f.Words)
}

// learnField looks at the rows of a column.
func learnField(c *Column, rows []int32) Field {
	f := Field{Name: c.Name}
	if c.Numbers != nil {
		f.learnNumbers(c, rows)
	} else {
		f.learnWords(c, rows)
	}
	return f
}

func (f *Field) learnNumbers(c *Column, rows []int32) {
	f.Number = true
	var mean, sq float64
	for _, r := range rows {
		v := c.Numbers[r]
		if math.IsNaN(v) || math.IsInf(v, 0) {
			f.Missing++
			continue
		}
		// Welford: the variance of large numbers close together stays right.
		f.Known++
		d := v - mean
		mean += d / float64(f.Known)
		sq += d * (v - mean)
	}
	switch {
	case f.Known == 0:
		f.Ignored = "empty"
		return
	case f.Known < 2 || sq <= 1e-24*mean*mean*float64(f.Known):
		f.Ignored = "constant"
		return
	}
	f.Mean, f.SD = mean, math.Sqrt(sq/float64(f.Known))
	f.MissingFlag = f.Missing >= rareWord
}

func (f *Field) learnWords(c *Column, rows []int32) {
	counts := make([]int, len(c.Levels)+1) // the last is "missing"
	for _, r := range rows {
		if w := c.Words[r]; w >= 0 {
			counts[w]++
			f.Known++
		} else {
			counts[len(c.Levels)]++
			f.Missing++
		}
	}
	var order []int
	distinct := 0
	for w, n := range counts {
		if n > 0 {
			order = append(order, w)
			if w < len(c.Levels) {
				distinct++
			}
		}
	}
	name := func(w int) string {
		if w == len(c.Levels) {
			return ""
		}
		return c.Levels[w]
	}
	slices.SortFunc(order, func(a, b int) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		if name(a) < name(b) {
			return -1
		}
		return 1
	})
	switch {
	case f.Known == 0:
		f.Ignored = "empty"
	case len(order) == 1:
		f.Ignored = "constant"
	case distinct > mostWords && 2*distinct > f.Known:
		f.Ignored = "unique" // a name or a number of its own for nearly everybody
	}
	if f.Ignored != "" {
		return
	}
	f.Base = name(order[0])
	rest := 0
	for _, w := range order[1:] {
		if counts[w] >= rareWord && len(f.Words) < mostWords {
			f.Words = append(f.Words, name(w))
		} else {
			rest += counts[w]
		}
	}
	f.Others = rest >= rareWord
	if len(f.Words) == 0 && !f.Others {
		f.Ignored = "constant"
	}
}

// cell is one number of a row that is not zero.
type cell struct {
	column int32
	value  float64
}

// coder turns rows of a frame into cells for fields that were learned, maybe
// from another frame.
type coder struct {
	fields  []Field
	columns []*Column // nil where the frame does not have the field
	words   [][]int32 // of a field: its column by place in the frame's levels, −1 for the base; the last is "missing"
}

func newCoder(fields []Field, f *Frame) *coder {
	c := &coder{fields: fields, columns: make([]*Column, len(fields)), words: make([][]int32, len(fields))}
	for i := range fields {
		fd := &fields[i]
		col := f.column(fd.Name)
		if fd.Ignored != "" || col == nil || (col.Numbers != nil) != fd.Number {
			continue
		}
		c.columns[i] = col
		if fd.Number {
			continue
		}
		at := func(word string) int32 {
			if word == fd.Base {
				return -1
			}
			if n := slices.Index(fd.Words, word); n >= 0 {
				return int32(n)
			}
			if fd.Others {
				return int32(len(fd.Words))
			}
			return -1
		}
		for _, l := range col.Levels {
			c.words[i] = append(c.words[i], at(l))
		}
		c.words[i] = append(c.words[i], at(""))
	}
	return c
}

// row appends the cells of a row. Column 0 is the model's constant.
func (c *coder) row(r int32, cells []cell) []cell {
	cells = append(cells[:0], cell{0, 1})
	for i := range c.fields {
		f, col := &c.fields[i], c.columns[i]
		switch {
		case f.Ignored != "":
		case col == nil:
			// The frame does not know the field: all are missing.
			if f.Number && f.MissingFlag {
				cells = append(cells, cell{int32(f.First + 1), 1})
			} else if !f.Number {
				if n := slices.Index(f.Words, ""); n >= 0 {
					cells = append(cells, cell{int32(f.First + n), 1})
				}
			}
		case f.Number:
			v := col.Numbers[r]
			switch {
			case !math.IsNaN(v) && !math.IsInf(v, 0):
				cells = append(cells, cell{int32(f.First), (v - f.Mean) / f.SD})
			case f.MissingFlag:
				cells = append(cells, cell{int32(f.First + 1), 1})
			}
		default:
			w := col.Words[r]
			if w < 0 {
				w = int32(len(col.Levels))
			}
			if n := c.words[i][w]; n >= 0 {
				cells = append(cells, cell{int32(f.First) + n, 1})
			}
		}
	}
	return cells
}
