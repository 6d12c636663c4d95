package timeline

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// The kinds of notes.
const (
	KindCall         = "call"
	KindVisit        = "visit"
	KindConsultation = "consultation"
	KindComplaint    = "complaint"
	KindMessage      = "message"
	KindNote         = "note"
)

var noteKinds = []string{KindCall, KindVisit, KindConsultation, KindComplaint, KindMessage, KindNote}

// outcomeNoAnswer is the outcome of a try that reached nobody.
const outcomeNoAnswer = "no_answer"

// contacts says whether a note tells of speaking with the customer: a complaint
// may come from elsewhere, a plain note is none, and an unanswered call is a try.
func contacts(kind, outcome string) bool {
	switch kind {
	case KindCall, KindVisit, KindConsultation, KindMessage:
		return outcome != outcomeNoAnswer
	}
	return false
}

// Bounds of a note, in characters, days and pieces.
const (
	maxSubject    = 120
	maxText       = 10_000
	maxStep       = 300
	maxColleagues = 20
	maxFiles      = 20
	// editDays is for how long its author may still edit a note.
	editDays = 30
	// oldestNote is how far back a note may be dated, latestDue how far ahead a
	// step may be due.
	oldestNote = 20 * 366
	latestDue  = 5 * 366
)

// StepInput is a next step as it is promised.
type StepInput struct {
	Text    string `json:"text" minLength:"1" maxLength:"300"`
	Due     string `json:"due" minLength:"10" maxLength:"10" doc:"Day until when, 2026-09-25"`
	StaffID int64  `json:"staff_id,omitempty" minimum:"0" doc:"Who does it; left out or 0: whoever writes"`
}

// NoteInput is a note as it is written. Subject or text must say something.
type NoteInput struct {
	Kind       string     `json:"kind" enum:"call,visit,consultation,complaint,message,note"`
	At         int64      `json:"at,omitempty" minimum:"0" doc:"When it was, unix ms; left out or 0: now"`
	Direction  string     `json:"direction,omitempty" enum:"in,out," doc:"in: the customer came to us"`
	Subject    string     `json:"subject,omitempty" maxLength:"120"`
	Text       string     `json:"text,omitempty" maxLength:"10000"`
	Outcome    string     `json:"outcome,omitempty" enum:"reached,no_answer,agreed,refused,solved,open,"`
	Colleagues []int64    `json:"colleagues,omitempty" maxItems:"20" doc:"Ids of staff who were there too"`
	NextStep   *StepInput `json:"next_step,omitempty"`
}

// Step is a next step as it is shown.
type Step struct {
	Text   string    `json:"text"`
	Due    clock.Day `json:"due"`
	Person Person    `json:"person"`
	DoneAt *int64    `json:"done_at" doc:"unix ms; null while open"`
	DoneBy *Person   `json:"done_by"`
	// CanFinish: the reader may mark it as done, or as open again.
	CanFinish bool `json:"can_finish"`
}

// Attachment is a file of a note.
type Attachment struct {
	ID        int64  `json:"id"`
	Name      string `json:"name"`
	Size      int64  `json:"size" doc:"bytes"`
	MediaType string `json:"media_type" doc:"Told from the content"`
	SHA256    string `json:"sha256"`
	CreatedAt int64  `json:"created_at" doc:"unix ms"`
}

// Note is what somebody wrote down about a customer.
type Note struct {
	ID          int64        `json:"id"`
	CustomerID  int64        `json:"customer_id"`
	Kind        string       `json:"kind" enum:"call,visit,consultation,complaint,message,note"`
	At          int64        `json:"at" doc:"When it was, unix ms"`
	Day         clock.Day    `json:"day" doc:"Of at, in company time"`
	Direction   string       `json:"direction" doc:"in, out or empty"`
	Subject     string       `json:"subject"`
	Text        string       `json:"text"`
	Outcome     string       `json:"outcome" doc:"reached, no_answer, agreed, refused, solved, open or empty"`
	Author      Person       `json:"author"`
	Colleagues  []Person     `json:"colleagues"`
	NextStep    *Step        `json:"next_step"`
	Attachments []Attachment `json:"attachments"`
	Version     int64        `json:"version" doc:"1 when new, +1 with each edit"`
	CreatedAt   int64        `json:"created_at"`
	UpdatedAt   int64        `json:"updated_at"`
	CanEdit     bool         `json:"can_edit" doc:"The reader wrote it, and not long ago"`
	CanDelete   bool         `json:"can_delete"`
}

// Revision is what a note said before an edit.
type Revision struct {
	Version    int64  `json:"version"`
	Kind       string `json:"kind"`
	At         int64  `json:"at"`
	Direction  string `json:"direction"`
	Subject    string `json:"subject"`
	Text       string `json:"text"`
	Outcome    string `json:"outcome"`
	ReplacedAt int64  `json:"replaced_at" doc:"unix ms"`
}

// body is what is sealed of a note.
type body struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// noteRow is a note as it is stored.
type noteRow struct {
	id, customerID           int64
	kind, direction, outcome string
	at                       int64
	day                      clock.Day
	cipher                   []byte
	author                   Person
	version                  int64
	createdAt, updatedAt     int64
}

// stepRow is a next step as it is stored.
type stepRow struct {
	noteID, customerID, staffID int64
	due                         clock.Day
	cipher                      []byte
	doneAt, doneBy              int64
}

// tidy removes what no line of text holds, and spaces around it.
func tidy(text string, lines bool) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			if lines {
				return r
			}
			return ' '
		case r == utf8.RuneError, unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n"))
	return strings.TrimSpace(text)
}

// normal brings a note into its stored form and says what is wrong with it.
// before is the note that is edited, nil for a new one.
func (in *NoteInput) normal(now time.Time, today clock.Day, zone *time.Location, writer int64, before *noteRow, step *stepRow) (clock.Day, error) {
	bad := errs.New(errs.Invalid, "invalid")
	in.Subject, in.Text = tidy(in.Subject, false), tidy(in.Text, true)
	if in.Subject == "" && in.Text == "" {
		_ = bad.WithField("text", "note.empty")
	}
	if !slices.Contains(noteKinds, in.Kind) {
		_ = bad.WithField("kind", "note.unknown_kind")
	}
	if in.Kind == KindNote {
		in.Direction, in.Outcome = "", ""
	}
	if in.At == 0 {
		in.At = clock.Millis(now)
		if before != nil {
			in.At = before.at
		}
	}
	day := dayOf(in.At, zone)
	switch {
	case in.At > clock.Millis(now.Add(5*time.Minute)):
		_ = bad.WithField("at", "note.in_future")
	case day < today-oldestNote:
		_ = bad.WithField("at", "note.too_old")
	}
	slices.Sort(in.Colleagues)
	in.Colleagues = slices.DeleteFunc(slices.Compact(in.Colleagues), func(id int64) bool { return id <= 0 || id == writer })
	if in.NextStep != nil {
		in.NextStep.check(bad, today, writer, step)
	}
	return day, bad.OrNil()
}

func (in *StepInput) check(bad *errs.Error, today clock.Day, writer int64, before *stepRow) {
	if in.Text = tidy(in.Text, false); in.Text == "" {
		_ = bad.WithField("next_step.text", "note.step_empty")
	}
	if in.StaffID == 0 {
		in.StaffID = writer
	}
	due, err := clock.ParseDay(in.Due)
	switch {
	case err != nil:
		_ = bad.WithField("next_step.due", "note.bad_day")
	case before != nil && before.due == due: // it may have passed since it was promised
	case due < today:
		_ = bad.WithField("next_step.due", "note.due_past")
	case due > today+latestDue:
		_ = bad.WithField("next_step.due", "note.due_far")
	}
}
