package timeline

import (
	"cmp"
	"context"
	"slices"
	"time"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// Person is a member of staff as others see one.
type Person struct {
	ID   int64  `json:"id" doc:"0 for the program itself"`
	Name string `json:"name"`
}

// Text is a sentence of the catalogue with its values.
type Text struct {
	Key    string            `json:"key"`
	Params map[string]string `json:"params"`
}

// The types of a fact: how its value is read.
const (
	FactText   = "text"   // text
	FactKey    = "key"    // text is a key of the catalogue
	FactMoney  = "money"  // number is 分
	FactCount  = "count"  // number
	FactChange = "change" // from before to text; either may be empty
)

// Fact is one value of an entry.
type Fact struct {
	Key    string `json:"key" doc:"Catalogue key of the label, or the label itself where there is none"`
	Type   string `json:"type" enum:"text,key,money,count,change"`
	Text   string `json:"text"`
	Before string `json:"before" doc:"What was there, of a change"`
	Number int64  `json:"number" doc:"分 of money, else a number"`
	// Of a change: its field in words, and the values as the history has them.
	Label      string `json:"label,omitempty" doc:"Title of a custom field in the reader's language; else empty"`
	BeforeCode string `json:"before_code,omitempty" doc:"Before as the record has it: a code or an id"`
	TextCode   string `json:"text_code,omitempty" doc:"Text as the record has it"`
}

// Entry is one thing that happened to a customer.
type Entry struct {
	Source string    `json:"source" doc:"Names the entry together with id"`
	ID     int64     `json:"id"`
	Kind   string    `json:"kind"`
	At     int64     `json:"at" doc:"unix ms"`
	Day    clock.Day `json:"day" doc:"Of at, in company time"`
	Actor  *Person   `json:"actor" doc:"Who did it, where that is a member of staff"`
	Text   Text      `json:"text" doc:"What it is, as a key of the catalogue with values"`
	Facts  []Fact    `json:"facts"`
	Note   *Note     `json:"note" doc:"The note, where the entry is one"`
}

// Redact leaves out the facts that are amounts to whom spend is hidden.
func (e *Entry) Redact(hides func(key string) bool) {
	if hides(customer.AccessSpend) {
		e.Facts = slices.DeleteFunc(slices.Clone(e.Facts), func(f Fact) bool { return f.Type == FactMoney })
	}
}

// Position is the place behind which entries are wanted: those of a source
// with (day, at, id) below it.
type Position struct {
	Day clock.Day
	At  int64
	ID  int64
}

// Instant is the position for a source whose days follow from its instants:
// entries with (at, id) below it.
func (p Position) Instant(zone *time.Location) (at, id int64) {
	if end := clock.Millis(p.Day.End(zone)); p.At >= end {
		return end, 0
	}
	if start := clock.Millis(p.Day.Start(zone)); p.At < start {
		return start, 0
	}
	return p.At, p.ID
}

// Source knows entries of some kinds.
type Source interface {
	// Name is stable: it is part of cursors.
	Name() string
	// Kinds are those it has entries of; each kind has one source.
	Kinds() []string
	// Entries gives up to limit entries of a customer below a position, of some
	// of its kinds, in falling (day, at, id). The caller has checked the scope.
	Entries(ctx context.Context, customerID int64, before Position, limit int, kinds []string) ([]Entry, error)
}

// cursor is a position among the entries of all sources.
type cursor struct {
	day    int64
	at     int64
	source string
	id     int64
}

const maxID = 1<<63 - 1

// newest is before everything that can have happened. The day is the last that
// time.Date handles without thought, year 9999.
var newest = cursor{day: int64(clock.DateDay(9999, 12, 31)), at: 1 << 60, source: "\U0010ffff", id: maxID}

func parseCursor(text string) (cursor, error) {
	c := newest
	if err := web.DecodeCursor(text, &c.day, &c.at, &c.source, &c.id); err != nil {
		return c, err
	}
	if c.day < 0 || c.day > newest.day || len(c.source) > 64 {
		return c, errs.New(errs.Invalid, "invalid").WithField("cursor", "web.bad_cursor")
	}
	return c, nil
}

func cursorOf(e *Entry) string { return web.EncodeCursor(int64(e.Day), e.At, e.Source, e.ID) }

// below is the cursor as one source sees it: among entries of one day and
// instant the sources follow each other by name.
func (c cursor) below(source string) Position {
	p := Position{Day: clock.Day(c.day), At: c.at}
	switch cmp.Compare(source, c.source) {
	case -1:
		p.ID = maxID
	case 0:
		p.ID = c.id
	}
	return p
}

// newer orders entries as they are shown.
func newer(a, b *Entry) int {
	return cmp.Or(cmp.Compare(b.Day, a.Day), cmp.Compare(b.At, a.At), cmp.Compare(b.Source, a.Source), cmp.Compare(b.ID, a.ID))
}
