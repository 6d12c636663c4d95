package document

import (
	"strconv"
	"strings"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/i18n"
)

// Kind says what a column holds, so that each form can write it in its own way:
// text for people, real numbers for a spreadsheet.
type Kind uint8

// The kinds, with the types of their values.
const (
	KindText    Kind = iota // string
	KindLevel               // Level
	KindInt                 // int64
	KindMoney               // int64, 分
	KindShare               // float64, 0–1
	KindDecimal             // float64, one decimal
	KindFine                // float64, four decimals
	KindDay                 // clock.Day
	KindMonth               // string "2006-01"
	KindAny                 // by the value itself
	KindID                  // int64, written without separators
)

// Yuan is money that is no whole number of 分, such as a quartile.
type Yuan float64

// Level is the name of a level or a stage in its tone, one of the nine of the
// product.
type Level struct {
	Tone int
	Name string
}

// Shaded is a cell with a ground: a class h0–h9, u0–u9, d0–d9 (see [Shade]) or
// "same".
type Shaded struct {
	Value any
	Class string
}

// Column is a column of a table.
type Column struct {
	Head string
	Kind Kind
	// Share is how wide the column is on paper beside the others; 0 by its kind.
	Share float64
}

// Col is a column as wide as its kind asks for.
func Col(head string, kind Kind) Column { return Column{Head: head, Kind: kind} }

// WideCol is a column of text that gets share times the width of a plain one.
func WideCol(head string, share float64) Column { return Column{Head: head, Share: share} }

// Table holds values by kind; nil stands for "none". A cell may hold a value of
// another kind than its column's where the type says what it is.
type Table struct {
	Caption string
	Quiet   bool // the caption is read out only: the text before it says it already
	Cards   bool // rows become cards on a phone
	Cols    []Column
	Rows    [][]any
	Foot    []any // totals, may be nil
}

// Numeric says whether values stand at the right.
func (k Kind) Numeric() bool { return k >= KindInt && k <= KindFine || k == KindAny }

// Text writes a value for people.
func (k Kind) Text(v any) string {
	switch x := v.(type) {
	case nil:
		return Dash
	case string:
		return OrDash(x)
	case Level:
		return OrDash(x.Name)
	case Shaded:
		return k.Text(x.Value)
	case clock.Day:
		return x.String()
	case int64:
		switch k {
		case KindMoney:
			return i18n.Money(x)
		case KindID:
			return strconv.FormatInt(x, 10)
		}
		return i18n.Number(x)
	case Yuan:
		return YuanText(float64(x))
	case float64:
		switch k {
		case KindShare:
			return i18n.Percent(x, 1)
		case KindFine:
			return i18n.Decimal(x, 4)
		case KindAny:
			return TrimDecimal(x)
		}
		return i18n.Decimal(x, 1)
	}
	return Dash
}

// Add adds a row.
func (t *Table) Add(cells ...any) { t.Rows = append(t.Rows, cells) }

// Pick keeps some columns.
func (t *Table) Pick(at ...int) *Table {
	take := func(row []any) []any {
		if row == nil {
			return nil
		}
		out := make([]any, 0, len(at))
		for _, i := range at {
			out = append(out, row[i])
		}
		return out
	}
	out := &Table{Caption: t.Caption, Quiet: t.Quiet, Cards: t.Cards, Foot: take(t.Foot)}
	for _, i := range at {
		out.Cols = append(out.Cols, t.Cols[i])
	}
	for _, row := range t.Rows {
		out.Rows = append(out.Rows, take(row))
	}
	return out
}

// Named is the table under a caption.
func (t *Table) Named(caption string) *Table {
	out := *t
	out.Caption = strings.TrimSpace(caption)
	return &out
}

// Lines sets the table for a fixed-width font; wide characters take two columns.
func (t *Table) Lines() []string {
	const widest = 84 // columns of a cell
	grid := make([][]string, 0, len(t.Rows)+2)
	head := make([]string, len(t.Cols))
	for i, c := range t.Cols {
		head[i] = c.Head
	}
	grid = append(grid, head)
	rows := t.Rows
	if t.Foot != nil {
		rows = append(rows[:len(rows):len(rows)], t.Foot)
	}
	for _, row := range rows {
		line := make([]string, len(t.Cols))
		for i, c := range t.Cols {
			line[i] = CutText(PlainLine(c.Kind.Text(row[i])), widest)
		}
		grid = append(grid, line)
	}
	widths := make([]int, len(t.Cols))
	for _, row := range grid {
		for i, s := range row {
			widths[i] = max(widths[i], TextColumns(s))
		}
	}
	out := make([]string, 0, len(grid)+1)
	for k, row := range grid {
		var b strings.Builder
		for i, s := range row {
			if i > 0 {
				b.WriteString("  ")
			}
			pad := strings.Repeat(" ", widths[i]-TextColumns(s))
			if t.Cols[i].Kind.Numeric() {
				b.WriteString(pad + s)
			} else {
				b.WriteString(s + pad)
			}
		}
		out = append(out, b.String())
		if k == 0 {
			total := 2 * (len(widths) - 1)
			for _, w := range widths {
				total += w
			}
			out = append(out, strings.Repeat("─", total))
		}
	}
	return out
}
