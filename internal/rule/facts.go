package rule

import (
	"math"
	"slices"
	"strings"

	"zhike/internal/column"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// Bounds of a condition on facts.
const (
	maxTests      = 10
	maxFactValues = 1000 // of one test
)

// The operators by what an aggregate gives.
var (
	opsNumber  = []string{"eq", "ne", "gt", "gte", "lt", "lte", "between"}
	opsDay     = []string{"eq", "gte", "lte", "between", "last_days", "before_days"}
	opsNext    = append(slices.Clip(opsDay), "next_days")
	opsWord    = []string{"in", "not_in"}
	opsMeasure = []string{"eq", "gt", "gte", "lt", "lte", "between"}
)

// The aggregates.
var aggs = []string{"count", "sum", "avg", "min", "max", "distinct", "first", "last", "days_since", "days_since_first", "next"}

// chosen is the facts that a condition looks at, checked.
type chosen struct {
	st       *Stream
	from, to clock.Day // from is greater where there are none
	tests    []factTest
}

// factTest is a condition on one fact: a measure within a span, or a dimension
// that is one of words or keys.
type factTest struct {
	measure *Measure
	span    span
	dim     *Dimension
	not     bool
	keys    []int64
	words   []string
}

// reading is an aggregate over chosen facts.
type reading struct {
	chosen
	agg     string
	measure *Measure
	dim     *Dimension
	asOf    clock.Day
}

// choose checks which facts are meant. window says that theirs is used.
func (e *Env) choose(f *Facts, path string, window bool) (c chosen, err error) {
	if c.st = e.Streams.Get(f.Stream); c.st == nil {
		return c, Bad(path+".stream", "rule.unknown_stream", "stream", Shortened(f.Stream), "streams", e.Streams.Codes())
	}
	if err := e.shows(c.st.Access, path+".stream"); err != nil {
		return c, err
	}
	if err := f.Window.check(path + ".window"); err != nil {
		return c, err
	}
	c.from, c.to = NoDay, e.AsOf
	if window {
		c.from, c.to = f.Window.Days(e.AsOf)
	}
	if len(f.Where) > maxTests {
		return c, Bad(path+".where", "rule.too_many_tests", "max", maxTests)
	}
	for i := range f.Where {
		t, err := e.test(c.st, &f.Where[i], At(path, "where", i))
		if err != nil {
			return c, err
		}
		c.tests = append(c.tests, t)
	}
	return c, nil
}

func (e *Env) test(st *Stream, t *Test, path string) (out factTest, err error) {
	if m := st.Measure(t.Field); m != nil {
		if err := e.shows(m.Access, path+".field"); err != nil {
			return out, err
		}
		if err := KnownOp(t.Op, opsMeasure, path+".op"); err != nil {
			return out, err
		}
		out.measure = m
		out.span, err = m.scale().span(t.Op, t.Value)
		return out, placed(path+".value", err)
	}
	if out.dim = st.Dimension(t.Field); out.dim == nil {
		return out, Bad(path+".field", "rule.unknown_fact_field", "field", Shortened(t.Field), "fields", st.Codes(true, true))
	}
	if err := KnownOp(t.Op, opsWord, path+".op"); err != nil {
		return out, err
	}
	out.not = t.Op == "not_in"
	out.keys, out.words, err = out.dim.values(&Node{Value: t.Value})
	return out, placed(path+".value", err)
}

// values reads what a dimension is compared with: keys of codes, else words.
func (d *Dimension) values(n *Node) (keys []int64, words []string, err error) {
	if words, err = n.texts(maxFactValues); err != nil || d.Codes == nil {
		return nil, words, err
	}
	for _, w := range words {
		found := false
		for key, code := range d.Codes {
			if code == w {
				keys, found = append(keys, key), true
			}
		}
		if !found {
			return nil, nil, errs.New(errs.Invalid, "list.unknown_option", "value", Shortened(w))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil, nil
}

// read checks an aggregate.
func (e *Env) read(f *Facts, path string) (r reading, err error) {
	if r.chosen, err = e.choose(f, path, true); err != nil {
		return r, err
	}
	r.asOf = e.AsOf
	if r.agg = f.Agg; r.agg == "" {
		r.agg = "count"
	}
	switch r.agg {
	case "sum", "avg", "min", "max":
		if r.measure = r.st.Measure(f.Of); r.measure == nil {
			return r, Bad(path+".of", "rule.unknown_measure", "field", Shortened(f.Of), "fields", r.st.Codes(true, false))
		}
		return r, e.shows(r.measure.Access, path+".of")
	case "distinct", "first", "last":
		if f.Of == "" && r.agg != "distinct" {
			return r, nil
		}
		if r.dim = r.st.Dimension(f.Of); r.dim == nil {
			return r, Bad(path+".of", "rule.unknown_dimension", "field", Shortened(f.Of), "fields", r.st.Codes(false, true))
		}
	case "count", "days_since", "days_since_first", "next":
		if f.Of != "" {
			return r, Bad(path+".of", "rule.no_of", "agg", r.agg)
		}
	default:
		return r, Bad(path+".agg", "rule.unknown_agg", "agg", Shortened(f.Agg), "aggs", strings.Join(aggs, ", "))
	}
	return r, nil
}

// facts compiles a condition on an aggregate.
func (e *Env) facts(n *Node, path string) (Expr, error) {
	if n.At != "" {
		return Expr{}, Bad(path+".at", "rule.no_at")
	}
	r, err := e.read(n.Facts, path+".facts")
	if err != nil {
		return Expr{}, err
	}
	out, err := r.compile(n, path)
	if err != nil {
		return Expr{}, err
	}
	out.Value, out.Type = r.value()
	return out, nil
}

// compile compares what was read. "ne" and "not_in" are the opposite of "eq"
// and "in", and so hold where there is nothing.
func (r *reading) compile(n *Node, path string) (Expr, error) {
	days := r.day()
	if err := KnownOp(n.Op, Operators(r.agg, r.dim != nil), path+".op"); err != nil {
		return Expr{}, err
	}
	if r.counts() {
		if err := n.NotNegative(); err != nil {
			return Expr{}, placed(path+".value", err)
		}
	}
	var out Expr
	switch {
	case days:
		from, to, err := n.Days(r.asOf)
		if err != nil {
			return Expr{}, placed(path+".value", err)
		}
		if r.agg == "next" {
			out = r.nextIn(from, to)
		} else {
			out = r.dayIn(r.agg == "last", from, to)
		}
	case r.agg == "days_since" || r.agg == "days_since_first":
		since, err := whole.span(n.Op, n.Value)
		if err != nil {
			return Expr{}, placed(path+".value", err)
		}
		out = r.dayIn(r.agg == "days_since", r.before(since.to), r.before(since.from))
	case r.dim != nil && r.agg != "distinct":
		keys, words, err := r.dim.values(n)
		if err != nil {
			return Expr{}, placed(path+".value", err)
		}
		out = r.endIs(factTest{dim: r.dim, keys: keys, words: words})
	case r.agg == "avg":
		from, to, err := r.scale().pair(n.Op, n.Value)
		if err != nil {
			return Expr{}, placed(path+".value", err)
		}
		out = r.averageIs(n.Op, from, to)
	default:
		is, err := r.scale().span(n.Op, n.Value)
		if err != nil {
			return Expr{}, placed(path+".value", err)
		}
		out = Expr{
			Write: func(add Add, id string) { r.writeWithin(add, id, is) },
			Mem:   column.Compare(r.memValue(), is.from, is.to),
		}
	}
	if n.Op == "ne" || n.Op == "not_in" {
		return not(out), nil
	}
	return out, nil
}

// Operators are those of a condition on an aggregate, of a dimension or not.
func Operators(agg string, dimension bool) []string {
	switch {
	case agg == "next":
		return opsNext
	case agg != "first" && agg != "last":
		return opsNumber
	case dimension:
		return opsWord
	}
	return opsDay
}

// day says whether the aggregate is a day.
func (r *reading) day() bool {
	return r.dim == nil && (r.agg == "first" || r.agg == "last" || r.agg == "next")
}

// counts says whether the aggregate is a number of something and so never below 0.
func (r *reading) counts() bool {
	switch r.agg {
	case "count", "distinct", "days_since", "days_since_first":
		return true
	}
	return false
}

// scale is that of the numbers of the aggregate.
func (r *reading) scale() scale {
	switch {
	case r.measure == nil:
		return whole
	case r.agg == "avg" && r.measure.Type == "number":
		return fraction
	}
	return r.measure.scale()
}

// before is the day that lies so many days before the as-of day.
func (r *reading) before(days int64) clock.Day {
	switch {
	case days > -int64(NoDay):
		return NoDay
	case days < -int64(EverDay):
		return EverDay
	}
	return r.asOf - clock.Day(days)
}

// dayIn holds where the day of the first fact, or of the last one, lies between
// two days.
func (r *reading) dayIn(last bool, from, to clock.Day) Expr {
	agg := column.First
	if last {
		agg = column.Last
	}
	f := r.mem(true)
	return Expr{
		Write: func(add Add, id string) { r.writeDayIn(add, id, last, from, to) },
		Mem:   column.Compare(column.Value{Facts: &f, Agg: agg}, int64(from), int64(to)),
	}
}

// nextIn holds where the day of the next fact by the own rhythm lies between two
// days.
func (r *reading) nextIn(from, to clock.Day) Expr {
	f := r.mem(true)
	return Expr{
		Write: func(add Add, id string) {
			add("COALESCE((")
			r.writeDay(add, id)
			add(") BETWEEN " + num(int64(from)) + " AND " + num(int64(to)) + ", FALSE)")
		},
		Mem: column.Compare(column.Value{Facts: &f, Agg: column.Next}, int64(from), int64(to)),
	}
}

// endIs holds where a dimension of the first fact, or of the last one, passes.
func (r *reading) endIs(t factTest) Expr {
	return Expr{
		Write: func(add Add, id string) { r.writeEndIs(add, id, t) },
		Mem:   column.Ends(r.mem(true), r.agg == "last", r.st.memTest(t)),
	}
}

// averageIs compares an average exactly: the sum with the value times the number.
func (r *reading) averageIs(op string, from, to int64) Expr {
	times, unit := r.averageScale()
	from, to = from*unit, to*unit
	return Expr{
		Write: func(add Add, id string) { r.writeAverage(add, id, op, from, to) },
		Mem:   column.CompareAverage(r.memValue(), averageRange(op, times, from, to)),
	}
}

// averageRange says what op asks for of times·sum ÷ number.
func averageRange(op string, times, from, to int64) column.AverageRange {
	r := column.AverageRange{Times: times, From: from, To: to, Strict: op == "gt" || op == "lt"}
	switch op {
	case "gt", "gte":
		r.To = math.MaxInt64
	case "lt", "lte":
		r.From, r.To = math.MinInt64, from
	}
	return r
}

// averageScale is what a sum is multiplied by, and a value, to be compared.
func (r *reading) averageScale() (times, unit int64) {
	switch r.measure.Type {
	case "number":
		return 1000, 1
	case "money":
		return 1, 1000
	}
	return 1, 1
}

func not(x Expr) Expr {
	inner := x.Write
	x.Mem = column.Not(x.Mem)
	x.Write = func(add Add, id string) { add("NOT ("); inner(add, id); add(")") }
	return x
}

// shows is customer.field_hidden at path where the actor may not see a key.
func (e *Env) shows(key, path string) error {
	if key == "" || e.Hidden == nil || !e.Hidden(key) {
		return nil
	}
	label := key
	if e.Label != nil {
		label = e.Label(key)
	}
	return errs.New(errs.Forbidden, "customer.field_hidden", "field", label).
		WithField(path, "customer.field_hidden", "field", label)
}

// KnownOp is the error at path of an operator that is none of ops.
func KnownOp(op string, ops []string, path string) error {
	if slices.Contains(ops, op) {
		return nil
	}
	if op == "" {
		return Bad(path, "rule.op_missing", "ops", strings.Join(ops, ", "))
	}
	return Bad(path, "list.unknown_op", "op", Shortened(op), "ops", strings.Join(ops, ", "))
}

// placed puts an error without fields at a path.
func placed(path string, err error) error {
	if err == nil {
		return nil
	}
	e := errs.From(err)
	if e.Kind != errs.Invalid || len(e.Fields) > 0 {
		return err
	}
	out := errs.New(errs.Invalid, "invalid")
	out.Fields = []errs.Field{{Path: path, Code: e.Code, Params: e.Params}}
	return out
}

// Codes lists the streams that there are, for errors.
func (s *Streams) Codes() string {
	var out []string
	for _, st := range s.All() {
		out = append(out, st.Code)
	}
	return strings.Join(out, ", ")
}

// Codes lists the measures, the dimensions or both of a stream, for errors.
func (st *Stream) Codes(measures, dimensions bool) string {
	var out []string
	for i := range st.Measures {
		if measures {
			out = append(out, st.Measures[i].Code)
		}
	}
	for i := range st.Dimensions {
		if dimensions {
			out = append(out, st.Dimensions[i].Code)
		}
	}
	return strings.Join(out, ", ")
}
