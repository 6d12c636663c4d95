package column

import "math"

// Facts chooses facts of a stream: rows of its series. A fact without a day is
// never chosen.
type Facts struct {
	Day Col // the day of each fact
	// From and To are the first and the last day that count; FirstDay and LastDay
	// leave a side open.
	From, To int64
	// Counted is 1 for facts that are counted and 0 for others, which only sums
	// add up; nil counts all.
	Counted *Col
	Tests   []FactTest // all of them
}

// The days of windows that are open.
const (
	FirstDay int64 = math.MinInt64
	LastDay  int64 = math.MaxInt64
)

// FactTest is a condition on a fact: its number lies from From to To (Range),
// or it is one of Keys or Words. Not is the opposite, which holds of a fact
// without a value, too. Of texts "" is no value, as everywhere in columns.
type FactTest struct {
	Col Col
	// Via, where not nil, is a column of Words of what the numbers of Col point
	// to; Apart where those are no customers. Words are asked for then.
	Via      *Col
	Range    bool
	From, To int64
	Keys     []int64
	Words    []string
	Not      bool
}

// Agg says what to make of facts.
type Agg int

// The aggregates. A fact whose Of is missing (NULL) is left out by all that look
// at Of. Of facts that are not there Count, Sum and Distinct are 0; the others
// have no value, and no comparison with them holds.
const (
	Count   Agg = iota // of those that are counted
	Sum                // of all facts
	Average            // sum of all ÷ number of those that are counted and have a value
	Min                // of those that are counted, as all that follow
	Max
	Distinct // different values of Of; with Via, different words
	First    // the day of the first
	Last
	// Next is the day on which the next one comes by the own rhythm: the last day
	// and the mean gap of days behind it, rounded, from the third fact on and
	// where they are not all of one day.
	Next
)

// Value is a number of a customer: an aggregate over facts or, where Facts is
// nil, the column Of (Number or Small).
type Value struct {
	Facts *Facts
	Agg   Agg
	Of    Col
	Via   *Col // of Distinct, see FactTest
	// Per, where above 1, divides the number, which is rounded to a whole one,
	// half to even, before anything looks at it: 1000 for sums of money in
	// thousandths of 分. It must be even. Averages are not rounded.
	Per int64
}
