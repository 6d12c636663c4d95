package column

// Facts chooses facts of a stream: rows of its series.
type Facts struct {
	Day      Col   // the day of each fact
	From, To int64 // the first and the last day that count
	// Counted is 1 for facts that are counted and 0 for others, which only sums
	// add up; nil counts all.
	Counted *Col
	Tests   []FactTest // all of them
}

// FactTest is a condition on a fact: its number lies from From to To (Range),
// or it is one of Keys or Words. Not is the opposite, which holds of a fact
// without a value, too.
type FactTest struct {
	Col Col
	// Via, where not nil, is a column of Words of what the numbers of Col point to.
	Via      *Col
	Range    bool
	From, To int64
	Keys     []int64
	Words    []string
	Not      bool
}

// Agg says what to make of facts.
type Agg int

// The aggregates. Of facts that are not there Count, Sum and Distinct are 0;
// the others have no value, and no comparison with them holds.
const (
	Count   Agg = iota
	Sum         // of all facts
	Average     // sum of all ÷ number of those that are counted
	Min         // of those that are counted, as all that follow
	Max
	Distinct // different values of Of
	First    // the day of the first
	Last
)

// Value is a number of a customer: an aggregate over facts or, where Facts is
// nil, the column Of.
type Value struct {
	Facts *Facts
	Agg   Agg
	Of    Col
	Via   *Col // of Distinct, see FactTest
}

// Compare holds where a value lies from from to to. It is nil, like the
// conditions below, while columns do not keep streams.
func Compare(v Value, from, to int64) *Cond { return nil }

// CompareAverage holds where fn does of the sum and the number of facts, which
// is not 0.
func CompareAverage(v Value, fn func(sum, count int64) bool) *Cond { return nil }

// Ends holds where the first fact, with last set the last one, passes a test.
func Ends(f Facts, last bool, t FactTest) *Cond { return nil }

// Follows holds where a fact of a is followed by one of b: at a later instant,
// or at the same one and behind it where both are of one stream, and at most
// within days after its day. With without set it holds where some fact of a is
// not followed. at are the instants of both streams.
func Follows(a, b Facts, atA, atB Col, within int64, without bool) *Cond { return nil }

// Stat says how a value is compared with those of others.
type Stat int

// The comparisons: with the first N of all by falling or by rising value, those
// who equal the last of them included; with Percent, N is in hundredths of a
// percent of all, rounded up.
const (
	Top Stat = iota
	Bottom
	TopPercent
	BottomPercent
)

// Ranked holds where a value is among the greatest or smallest of those that
// customers in population have; nil is everybody. Whoever is not in the
// population is compared with the same bound.
func Ranked(population *Cond, v Value, s Stat, n int64) *Cond { return nil }

// Averaged holds where fn does of a customer's value and of sum and number of
// the values that customers in population have; of an Average value is sum ÷
// count, of others count is 1.
func Averaged(population *Cond, v Value, fn func(value, count int64, sum float64, customers int64) bool) *Cond {
	return nil
}
