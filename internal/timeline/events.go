package timeline

// NoteWritten says that a note was made, edited or deleted.
type NoteWritten struct {
	NoteID     int64  `json:"note_id"`
	CustomerID int64  `json:"customer_id"`
	Kind       string `json:"kind"`
	Change     string `json:"change"` // created, updated, deleted
}

// EventKind names the event.
func (NoteWritten) EventKind() string { return "note.written" }
