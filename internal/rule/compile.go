package rule

import (
	"zhike/internal/column"
	"zhike/internal/platform/clock"
)

// Add adds text to a query; in it "?" stands for the next of args.
type Add func(text string, args ...any)

// Expr is a condition ready for both engines.
type Expr struct {
	// Write adds it as one term that is true or false, never unknown, about the
	// customer whose id the text id gives.
	Write func(add Add, id string)
	// Mem is the same for the columns; nil where they have no form for it.
	Mem *column.Cond
	// Value adds what the condition compares, as one term that may be null, for
	// explanations; nil where there is nothing to show. Type says how it reads:
	// money (分), number, milli (thousandths), day (days of package clock), text.
	Value func(add Add, id string)
	Type  string
}

// Env is what the conditions of this package are compiled with.
type Env struct {
	AsOf    clock.Day // the as-of day, in company time
	Streams *Streams
	// Rule compiles a rule of any form, and Audience the membership of an
	// audience, with cycles refused. The id that their terms are about must stand
	// under an alias other than c and m.
	Rule     func(n *Node, path string) (Expr, error)
	Audience func(id int64, path string) (Expr, error)
	// Number gives a field of the customer as a number, for comparisons with
	// others; Mem is its column. Error at path: rule.not_numeric.
	Number func(field, path string) (NumberField, error)
	// Hidden says that the field access of the actor hides a key; Label is the
	// name of a key, for the error that says so.
	Hidden func(key string) bool
	Label  func(key string) string
}

// Audience is what a rule needs to know of an audience.
type Audience struct {
	ID     int64
	Name   string
	Rule   *Node // nil where Static is not
	Static *Set
}

// Set is rows of a table that say who belongs to a list: Customer and Key are
// its columns.
type Set struct{ Table, Customer, Key string }

// NumberField is a number of the customer.
type NumberField struct {
	Write func(add Add, id string) // null where there is none
	Mem   *column.Col
	Type  string // money (分) or number
}

// Compile compiles a condition of a form that this package knows
// ([Node.Foreign]). Errors are at path and below, with codes rule.….
func (e *Env) Compile(n *Node, path string) (Expr, error) {
	switch {
	case n.Facts != nil:
		return e.facts(n, path)
	case n.Sequence != nil:
		return e.sequence(n, path)
	case n.Relative != nil:
		return e.relative(n, path)
	case n.Sample != nil:
		return sample(n, path)
	}
	return Expr{}, Bad(path, "list.bad_filter")
}
