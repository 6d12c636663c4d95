package rule

import (
	"fmt"
	"slices"

	"zhike/internal/column"
	"zhike/internal/platform/clock"
)

// Stream is facts of customers that rules can ask for: its rows in the database
// and what they tell. All SQL in it is text of the program.
type Stream struct {
	Code  string
	Label string // key of the catalogue of texts
	// Access is the key of the field access of roles that hides the stream; ""
	// is never hidden.
	Access string
	// Table is a table, or a join of tables with aliases; Customer, Day and
	// Instant (unix ms) are columns of it, qualified where it is a join. ID is
	// unique among the facts of a customer: facts of one instant come in its order.
	// A later instant has no earlier day.
	Table, Customer, Day, Instant, ID string
	// Where, where not "", is what all facts of the stream fulfil.
	Where string
	// Counted, where not "", is a condition on the row: facts that fulfil it are
	// what is counted, and what first, last, distinct, min, max and days since
	// look at. Sums and averages add up all facts; an average divides by those
	// that are counted.
	Counted string
	// Source is the name under which writers tell of changes (column.Tell).
	Source string
	// Index begins with customer and day; for the notes of whoever reads plans.
	Measures   []Measure
	Dimensions []Dimension
}

// Measure is a number of a fact.
type Measure struct {
	Code, Label string
	// Type is money (conditions have 分; Expr gives thousandths of a 分), number, or
	// milli (thousandths, in conditions and by Expr). Averages of numbers are
	// compared with up to three decimals.
	Type string
	Expr string
	// Access hides it, beside the stream's.
	Access string
}

// Dimension is a word of a fact.
type Dimension struct {
	Code, Label string
	// Expr gives a text, or where Codes are there a small whole number that
	// stands for one of them.
	Expr  string
	Codes map[int64]string
	Words string // key prefix of the names of Codes
	// Via, where there is one, looks the text up: Expr is the id then.
	Via *Lookup
}

// Lookup is a table of few rows that facts point to: products.
type Lookup struct{ Table, ID, Expr, Source string }

// Past tells a figure of the customer as of a past day that is no aggregate of
// one stream.
type Past struct {
	Code string
	// Expr is the figure as SQL, a number or a text; NULL where the customer has
	// none. customer is an expression of the customer's id.
	Expr func(asOf clock.Day, customer string) string
}

// Streams are those that were registered, in their order.
type Streams struct {
	list []*Stream
	past []Past
}

// RegisterPast adds a figure. It panics where the code is taken.
func (s *Streams) RegisterPast(p Past) {
	if s.Past(p.Code) != nil {
		panic(fmt.Sprintf("rule: past of %s is there already", p.Code))
	}
	s.past = append(s.past, p)
}

// Past gives a figure by its code, nil where there is none.
func (s *Streams) Past(code string) *Past {
	if s == nil {
		return nil
	}
	i := slices.IndexFunc(s.past, func(p Past) bool { return p.Code == code })
	if i < 0 {
		return nil
	}
	return &s.past[i]
}

// Register adds a stream. It panics where the code is taken: a mistake in the
// program's wiring.
func (s *Streams) Register(st Stream) {
	if s.Get(st.Code) != nil {
		panic(fmt.Sprintf("rule: stream %s is there already", st.Code))
	}
	s.list = append(s.list, &st)
}

// All gives the streams; nil has none.
func (s *Streams) All() []*Stream {
	if s == nil {
		return nil
	}
	return s.list
}

// Get gives a stream by its code, nil where there is none.
func (s *Streams) Get(code string) *Stream {
	i := slices.IndexFunc(s.All(), func(o *Stream) bool { return o.Code == code })
	if i < 0 {
		return nil
	}
	return s.list[i]
}

// Measure and Dimension give what facts tell, nil where there is no such code.
func (st *Stream) Measure(code string) *Measure {
	i := slices.IndexFunc(st.Measures, func(m Measure) bool { return m.Code == code })
	if i < 0 {
		return nil
	}
	return &st.Measures[i]
}

func (st *Stream) Dimension(code string) *Dimension {
	i := slices.IndexFunc(st.Dimensions, func(d Dimension) bool { return d.Code == code })
	if i < 0 {
		return nil
	}
	return &st.Dimensions[i]
}

// series is a column of the stream in memory: one number per fact. Days come
// first in the order, because indexes of facts begin with customer and day.
func (st *Stream) series(kind column.Kind, expr string) column.Col {
	return column.Col{Table: st.Table, ID: st.Customer, Expr: expr, Where: st.Where, Kind: kind,
		Order: st.Day + ", " + st.Instant + ", " + st.ID, Source: st.Source}
}

// DayCol and MeasureCol are the days of the facts and one of their measures as
// columns in memory, for whoever adds up facts in a way of their own.
func (st *Stream) DayCol() column.Col { return st.series(column.Series, st.Day) }

// CountedCol is 1 for the facts that are counted and 0 for others, and CodeCol the
// number of a dimension with Codes.
func (st *Stream) CountedCol() column.Col {
	return st.series(column.Series, "CASE WHEN "+st.Counted+" THEN 1 ELSE 0 END")
}

func (st *Stream) CodeCol(code string) (column.Col, bool) {
	d := st.Dimension(code)
	if d == nil || d.Codes == nil {
		return column.Col{}, false
	}
	return st.series(column.Series, d.Expr), true
}

func (st *Stream) MeasureCol(code string) (column.Col, bool) {
	m := st.Measure(code)
	if m == nil {
		return column.Col{}, false
	}
	return st.series(column.Series, m.Expr), true
}
