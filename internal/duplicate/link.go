package duplicate

import "strconv"

// Link is a column that points to a customer. The tables belong to the
// domains; the composition root lists them all, and a test compares the list
// with the schema.
type Link struct {
	Table  string
	Column string
	// Key is the primary key. It may hold Column, whose value then changes with
	// a move.
	Key []string
	// Same names the columns that make a row of the loser and one of the winner
	// say the same: of the two only the winner's stays.
	Same []string
	// Clash is a condition on a row t of the loser that must not move either,
	// with {to} for the winner; "" for none.
	Clash string
	// First is a column that marks one row among those of a customer with the
	// same Per: where the winner has such a row, the loser's lose the mark.
	First, Per string
	// Other is a column that points to a customer too: a row that would point
	// from the winner to itself goes.
	Other string
	// Where narrows the link to some rows of the table, "" for all.
	Where string
	// Derived rows are made from others: the loser's go with it and come back
	// with it, none moves.
	Derived bool
	// Sealed maps columns with sealed values to what seals them.
	Sealed map[string]Sealed
}

// Sealed says as what a column is sealed: Kind, or what KindColumn of the row says.
type Sealed struct{ Kind, KindColumn string }

// name is what merge_rows calls the link.
func (l *Link) name() string { return l.Table + "." + l.Column }

// points is the condition that a row points to the customer in $at; alias
// stands before the column.
func (l *Link) points(alias string, at int) string {
	return l.pointsTo(alias, "$"+strconv.Itoa(at))
}

// pointsTo is the condition that a row points to the customer of an expression.
func (l *Link) pointsTo(alias, to string) string {
	text := alias + l.Column + " = " + to
	if l.Where != "" {
		text += " AND " + l.Where
	}
	return text
}

// rest is the key without the column that points to the customer.
func (l *Link) rest() []string {
	out := make([]string, 0, len(l.Key))
	for _, k := range l.Key {
		if k != l.Column {
			out = append(out, k)
		}
	}
	return out
}
