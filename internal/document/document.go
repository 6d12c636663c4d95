package document

import (
	"html/template"
	"time"
)

// Document is something to read and hand out, in one language.
type Document struct {
	Locale string
	Zone   *time.Location // company time
	Title  string
	// Company is whose document it is; may be empty.
	Company string
	// Headline is the sentence to remember, clause by clause, so that a line breaks
	// between two.
	Headline []string
	// Facts stand below the title: version, who approved, which day.
	Facts    []Term
	Figures  []Figure
	Sections []Section
	Running  Running
	// Draft is the word across the head of each page of what nobody approved; empty
	// of what is final.
	Draft string
	// MadeAt is when it was made, unix ms.
	MadeAt int64
	// Long documents begin with a page of their own and have a table of contents
	// whose entries are numbered.
	Long bool
}

// Term is a word and what it means, or a fact and its name.
type Term struct {
	Term string `json:"term"`
	Text string `json:"text"`
}

// Figure is one number to remember, with what it means.
type Figure struct {
	Label string
	Kind  Kind
	Value any
	Note  string
}

// Running is the text in the margins of printed pages. Pages is the form of page
// numbers in workbooks, with &P and &N.
type Running struct{ Left, Right, Foot, Pages string }

// Section is a part under a heading of its own.
type Section struct {
	ID     string // letters and digits; the address within a page
	Title  string
	Sheet  string // name of its sheet in a workbook; the title where it is empty
	Blocks []Block
}

// Block is a piece of a section: [Lead], [Text], [Empty], [Heading], [List],
// [Callout], [Terms], [*Table], [*Pair] or [*People].
type Block interface{ kind() string }

// Lead says what a section shows.
type Lead string

// Text is a paragraph.
type Text string

// Empty says why there is nothing to show.
type Empty string

// Heading is a heading below that of the section.
type Heading struct{ ID, Text string }

// List is entries in a row, numbered where Ordered.
type List struct {
	Items   []string
	Ordered bool
}

// Callout is what must not be overlooked.
type Callout struct {
	Warn  bool
	Title string
	Text  string
}

// Terms are definitions, or facts with their names.
type Terms []Term

// Pair is a chart with what belongs beside it.
type Pair struct {
	Chart  *Chart
	Advice []Advice
	Side   []*Table
	Wide   bool // the chart takes the whole width; on a phone it may scroll
}

// Advice is what to do about a level.
type Advice struct {
	Level Level
	Text  string
}

// Chart is a figure in all the forms that it takes. A page draws SVG, or Plot
// where there is none; a file for Word has Plot as a chart of its own, or Grid as
// a table with shaded cells.
type Chart struct {
	Title string
	SVG   template.HTML
	Plot  *Plot
	Grid  *Table
}

// People are customers who are named, with why and what to do.
type People struct {
	Caption                                    string
	Who, Spend, Orders, Last, Reason, NextStep string // heads
	List                                       []Person
}

// Person is one of them.
type Person struct {
	Name          string
	Level, Before *Level // Before where it was another one
	SpendFen      int64
	Orders        int64
	Last, Since   string
	Reason, Next  string
}

func (Lead) kind() string    { return "lead" }
func (Text) kind() string    { return "text" }
func (Empty) kind() string   { return "empty" }
func (Heading) kind() string { return "heading" }
func (List) kind() string    { return "list" }
func (Callout) kind() string { return "callout" }
func (Terms) kind() string   { return "terms" }
func (*Table) kind() string  { return "table" }
func (*Pair) kind() string   { return "pair" }
func (*People) kind() string { return "people" }

// zone is company time, China Standard Time where nobody says.
func (d *Document) zone() *time.Location {
	if d.Zone == nil {
		return time.FixedZone("CST", 8*60*60)
	}
	return d.Zone
}

// full is the title behind whose document it is.
func (d *Document) full() string {
	if d.Company != "" {
		return d.Company + " · " + d.Title
	}
	return d.Title
}
