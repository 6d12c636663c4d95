package rule

import "zhike/internal/column"

// The same conditions for the columns in memory.

// mem is the facts as the columns know them; counted leaves out those that only
// sums look at.
func (c *chosen) mem(counted bool) column.Facts {
	f := column.Facts{Day: c.st.series(column.Series, c.st.Day), From: int64(c.from), To: int64(c.to)}
	if counted && c.st.Counted != "" {
		col := c.st.CountedCol()
		f.Counted = &col
	}
	for _, t := range c.tests {
		f.Tests = append(f.Tests, c.st.memTest(t))
	}
	return f
}

func (st *Stream) memTest(t factTest) column.FactTest {
	if t.measure != nil {
		return column.FactTest{Col: st.series(column.Series, t.measure.Expr), Range: true, From: t.span.from, To: t.span.to}
	}
	out := column.FactTest{Keys: t.keys, Words: t.words, Not: t.not}
	out.Col, out.Via = st.memDimension(t.dim)
	return out
}

func (st *Stream) memDimension(d *Dimension) (col column.Col, via *column.Col) {
	switch {
	case d.Via != nil:
		return st.series(column.Series, d.Expr), &column.Col{Table: d.Via.Table, ID: d.Via.ID, Expr: d.Via.Expr,
			Kind: column.Words, Source: d.Via.Source, Apart: true}
	case d.Codes != nil:
		return st.series(column.Series, d.Expr), nil
	}
	return st.series(column.SeriesWords, d.Expr), nil
}

// memValue is the aggregate as a number.
func (r *reading) memValue() column.Value {
	f := r.mem(true)
	v := column.Value{Facts: &f}
	switch r.agg {
	case "count":
		v.Agg = column.Count
	case "distinct":
		v.Agg = column.Distinct
		v.Of, v.Via = r.st.memDimension(r.dim)
	case "sum":
		v.Agg = column.Sum
	case "avg":
		v.Agg = column.Average
	case "min":
		v.Agg = column.Min
	case "max":
		v.Agg = column.Max
	case "first", "days_since_first":
		v.Agg = column.First
	default:
		v.Agg = column.Last
	}
	if r.measure != nil {
		v.Of = r.st.series(column.Series, r.measure.Expr)
	}
	return v
}
