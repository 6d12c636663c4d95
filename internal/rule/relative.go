package rule

import (
	"encoding/json"
	"fmt"
	"math"

	"zhike/internal/column"
	"zhike/internal/platform/errs"
)

// Bounds of comparisons with others: how many customers, and the factor of an
// average in hundredths.
const (
	maxTop    = 100_000_000
	maxFactor = 10_000
)

var opsRelative = []string{"top_percent", "bottom_percent", "top", "bottom", "gt", "gte", "lt", "lte"}

// relative compiles a place among others.
type relative struct {
	r          *reading     // or
	field      *NumberField // of the customer
	population *Expr        // nil: everybody who has the number
	op         string
	n          int64 // how many, hundredths of a percent, or hundredths of the average
}

// relative compares a number with those of the customers that have it. An
// aggregate is one that a customer has who has a fact that counts: whoever
// bought nothing is neither among the lowest nor part of an average. Money is
// rounded to 分 first, but for averages.
func (e *Env) relative(n *Node, path string) (Expr, error) {
	if n.At != "" {
		return Expr{}, Bad(path+".at", "rule.no_at")
	}
	if err := KnownOp(n.Op, opsRelative, path+".op"); err != nil {
		return Expr{}, err
	}
	x := relative{op: n.Op}
	var err error
	if x.n, err = relativeValue(n.Op, n.Value); err != nil {
		return Expr{}, placed(path+".value", err)
	}
	path += ".relative"
	if (n.Relative.Facts == nil) == (n.Relative.Field == "") {
		return Expr{}, Bad(path, "rule.relative_of")
	}
	if n.Relative.Facts != nil {
		r, err := e.read(n.Relative.Facts, path+".facts")
		if err != nil {
			return Expr{}, err
		}
		if r.agg == "first" || r.agg == "last" || r.agg == "next" {
			return Expr{}, Bad(path+".facts.agg", "rule.not_numeric")
		}
		x.r = &r
	} else {
		if e.Number == nil {
			return Expr{}, Bad(path+".field", "rule.not_numeric")
		}
		f, err := e.Number(n.Relative.Field, path+".field")
		if err != nil {
			return Expr{}, err
		}
		x.field = &f
	}
	if id := n.Relative.Audience; id != 0 {
		if e.Audience == nil {
			return Expr{}, Bad(path+".audience", "rule.unknown_audience")
		}
		p, err := e.Audience(id, path+".audience")
		if err != nil {
			return Expr{}, err
		}
		x.population = &p
	}
	out := Expr{Write: x.write, Mem: x.mem()}
	if x.r != nil {
		out.Value, out.Type = x.r.value()
	} else {
		out.Value, out.Type = x.field.Write, x.field.Type
	}
	return out, nil
}

// relativeValue reads a number of customers, or a percentage or factor in hundredths.
func relativeValue(op string, raw json.RawMessage) (int64, error) {
	switch op {
	case "top", "bottom":
		v, err := Whole(raw, maxTop)
		if err != nil || v < 1 {
			return 0, errs.New(errs.Invalid, "rule.bad_top", "max", maxTop)
		}
		return v, nil
	case "top_percent", "bottom_percent":
		v, ok := thousandths(raw)
		if !ok || v < 10 || v > 1000*100 || v%10 != 0 {
			return 0, errs.New(errs.Invalid, "rule.bad_percent")
		}
		return v / 10, nil
	}
	v, ok := thousandths(raw)
	if !ok || v < 10 || v > 10*maxFactor || v%10 != 0 {
		return 0, errs.New(errs.Invalid, "rule.bad_factor", "max", maxFactor/100)
	}
	return v / 10, nil
}

// sinceLast says that the number counts days back from a day: memory keeps the
// day, whose order is the opposite.
func (x *relative) sinceLast() bool {
	return x.r != nil && (x.r.agg == "days_since" || x.r.agg == "days_since_first")
}

func (x *relative) mem() *column.Cond {
	var population *column.Cond
	if x.population != nil {
		if population = x.population.Mem; population == nil {
			return nil
		}
	}
	var v column.Value
	has := column.Const(true)
	if x.r != nil {
		v = x.r.memValue()
		if x.r.measure != nil && x.r.agg != "avg" && x.r.measure.scale() == fen {
			v.Per = 1000
		}
		switch x.r.agg {
		case "count", "sum", "distinct":
			// They are 0 where there is nothing; see relative.
			some := *v.Facts
			has = column.Compare(column.Value{Facts: &some, Agg: column.Count}, 1, math.MaxInt64)
			if population != nil {
				population = column.All(population, has)
			} else {
				population = has
			}
		}
	} else {
		if x.field.Mem == nil {
			return nil
		}
		v.Of = *x.field.Mem
	}
	if has == nil {
		return nil
	}
	stat := map[string]column.Stat{"top": column.Top, "bottom": column.Bottom, "top_percent": column.TopPercent, "bottom_percent": column.BottomPercent}
	if s, ranked := stat[x.op]; ranked {
		if x.sinceLast() {
			s = map[column.Stat]column.Stat{column.Top: column.Bottom, column.Bottom: column.Top,
				column.TopPercent: column.BottomPercent, column.BottomPercent: column.TopPercent}[s]
		}
		return column.All(has, column.Ranked(population, v, s, x.n))
	}
	return column.All(has, column.Averaged(population, v, x.key(), x.fits))
}

// key tells fits from those of other conditions on the same value.
func (x *relative) key() string {
	day := ""
	if x.sinceLast() {
		day = x.r.asOf.String()
	}
	return fmt.Sprint(x.op, " ", x.n, " ", day)
}

// fits is the comparison with the average in memory, see column.Averaged.
func (x *relative) fits(sum float64, customers int64) column.Fits {
	if x.r != nil && x.r.agg == "avg" {
		limit := float64(x.n) / 100 * (sum / float64(customers))
		return column.Fits{Is: func(value, count int64) bool {
			return aboutCompare(x.op, float64(value)/float64(count), limit)
		}}
	}
	s := int64(math.Round(sum))
	if x.sinceLast() {
		s = int64(x.r.asOf)*customers - s
	}
	low, high := bound(s, customers, x.n)
	f := column.Fits{From: math.MinInt64, To: math.MaxInt64}
	switch x.op {
	case "gt":
		f.From = low + 1
	case "gte":
		f.From = high
	case "lt":
		f.To = high - 1
	default:
		f.To = low
	}
	if x.sinceLast() { // days back from a day: memory keeps the day
		f.From, f.To = int64(x.r.before(f.To)), int64(x.r.before(f.From))
	}
	return f
}

// bound is n hundredths of sum ÷ customers: the whole numbers next to it, which
// are the same where it is whole.
func bound(sum, customers, n int64) (low, high int64) {
	q, rest := sum/customers, sum%customers
	w := n*q + n*rest/customers
	more := n * rest % customers
	down, up := floorDiv(w, 100), -floorDiv(-w, 100)
	if more > 0 {
		up = floorDiv(w, 100) + 1
	}
	if more < 0 {
		down = -floorDiv(-w, 100) - 1
	}
	return down, up
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// slack: averages of averages that differ by less than this part are the same.
const slack = 1e-9

func aboutCompare(op string, v, bound float64) bool {
	margin := slack * math.Abs(bound)
	switch op {
	case "gt":
		return v > bound+margin
	case "gte":
		return v >= bound-margin
	case "lt":
		return v < bound-margin
	}
	return v <= bound+margin
}
