package column

// Kind says how the values of a column are kept.
type Kind int

// The kinds.
const (
	// Keys are whole numbers that stand for something: ids, levels, rules. A
	// customer may have several.
	Keys Kind = iota
	// Words are texts of which there are few different ones; "" is none.
	Words
	// Number is at most one number, to be compared and sorted by.
	Number
	// Small is a Number of 32 bits.
	Small
	// Text is at most one text, to be compared and sorted by, byte by byte; ""
	// is none.
	Text
	// Series is any number of numbers, in the order of Col.Order: one for each
	// fact of a stream. All series of one stream have the facts at the same places.
	Series
	// SeriesWords is a Series of texts of which there are few different ones.
	SeriesWords
)

// Col names the values of one column: Expr of the rows of Table for which
// Where holds. ID is the column with the customer's id. All are texts of the
// program, never of a person. Two equal Cols are the same column.
type Col struct {
	Table, ID, Expr, Where string
	Kind                   Kind
	// Order sorts the values of a customer, of a Series; it ends in what is unique.
	Order string
	// Source is the name under which writers tell of changes; "" is Table.
	Source string
	// Apart says that ID names something else than a customer, which facts point
	// to: only changes that writers tell of concern it.
	Apart bool
}

// numeric says that the database gives numbers.
func (c Col) numeric() bool { return c.Kind != Words && c.Kind != Text && c.Kind != SeriesWords }

// series says that a customer may have many values, in order.
func (c Col) series() bool { return c.Kind == Series || c.Kind == SeriesWords }

// recorded says that a write of a customer's record may change the values: those
// of facts, and of what facts point to, change by writers who tell of them.
func (c Col) recorded() bool { return !c.series() && !c.Apart }

// source is the name that writers give when they tell of changes.
func (c Col) source() string {
	if c.Source != "" {
		return c.Source
	}
	return c.Table
}

// stream is what series that have their facts at the same places have in common.
func (c Col) stream() Col {
	return Col{Table: c.Table, ID: c.ID, Where: c.Where, Order: c.Order, Source: c.Source, Apart: c.Apart, Kind: Series}
}
