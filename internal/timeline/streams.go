package timeline

import (
	"strconv"
	"strings"

	"zhike/internal/customer"
	"zhike/internal/rule"
)

// toldNotes is the name under which writers tell of notes.
const toldNotes = "customer_notes"

// Streams are the notes as facts that rules can ask for: who complained, whom
// nobody reached, who asked for advice, and how often. What a note says is sealed
// and no part of it.
//
// i18n-keys: timeline.kind.* note.direction.* note.outcome.*
func Streams() []rule.Stream {
	word := func(code, label, column, words string, list ...string) rule.Dimension {
		d := rule.Dimension{Code: code, Label: label, Words: words, Codes: map[int64]string{}}
		var b strings.Builder
		b.WriteString("CASE " + column)
		for i, w := range list {
			d.Codes[int64(i+1)] = w
			b.WriteString(" WHEN '" + w + "' THEN " + strconv.Itoa(i+1))
		}
		b.WriteString(" ELSE 0 END")
		d.Expr = b.String()
		return d
	}
	return []rule.Stream{{
		Code: "notes", Label: "stream.notes", Access: customer.AccessNotes, Source: toldNotes,
		Table: "customer_notes n", Customer: "n.customer_id", Day: "n.day", Instant: "n.at", ID: "n.id",
		Dimensions: []rule.Dimension{
			word("kind", "note.kind", "n.kind", "timeline.kind.", noteKinds...),
			word("direction", "note.direction", "n.direction", "note.direction.", "in", "out"),
			word("outcome", "note.outcome", "n.outcome", "note.outcome.", "reached", outcomeNoAnswer, "agreed", "refused", "solved", "open"),
		},
	}}
}
