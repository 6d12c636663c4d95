package timeline

import (
	"context"
	"strconv"

	"zhike/internal/customer"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
)

// StepItem is a next step in the list of whoever has to do it.
type StepItem struct {
	Step
	NoteID       int64  `json:"note_id"`
	CustomerID   int64  `json:"customer_id"`
	CustomerName string `json:"customer_name"`
	Kind         string `json:"kind" doc:"Of the note"`
	Subject      string `json:"subject" doc:"Of the note"`
	Overdue      bool   `json:"overdue" doc:"Open, and due before today"`
}

// Steps is a page of next steps. The counts are of all open ones, up to 500.
type Steps struct {
	Items      []StepItem `json:"items"`
	NextCursor *string    `json:"next_cursor"`
	Today      clock.Day  `json:"today"`
	Overdue    int        `json:"overdue" doc:"Open and due before today"`
	DueToday   int        `json:"due_today"`
}

// maxCounted bounds how many due steps are counted.
const maxCounted = 500

// farDay is after every day a step can be due.
const farDay = clock.Day(1 << 30)

// MySteps lists the next steps of the actor: state "due" those due today or
// before, "open" all open ones, "done" what was done. Steps of customers that
// the actor may no longer see are left out. Error: web.bad_cursor.
func (s *Service) MySteps(ctx context.Context, state string, limit int, text string) (Steps, error) {
	who, today := me(ctx).ID, s.today()
	out := Steps{Items: []StepItem{}, Today: today}
	if auth.Hides(ctx, customer.AccessNotes) {
		return out, nil
	}
	due, err := s.st.openSteps(ctx, who, today, -farDay, 0, maxCounted)
	if err != nil {
		return out, err
	}
	if due, err = s.seenSteps(ctx, due); err != nil {
		return out, err
	}
	for i := range due {
		if due[i].due < today {
			out.Overdue++
		} else {
			out.DueToday++
		}
	}
	next, err := stepReader(s, who, today, state, text)
	if err != nil {
		return out, err
	}
	// One more than shown says whether there is a next page.
	var rows []stepRow
	for len(rows) <= limit {
		chunk, err := next(ctx, limit+1)
		if err != nil {
			return out, err
		}
		if len(chunk) == 0 {
			break
		}
		seen, err := s.seenSteps(ctx, chunk)
		if err != nil {
			return out, err
		}
		rows = append(rows, seen...)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		last := &rows[limit-1]
		key := int64(last.due)
		if state == "done" {
			key = last.doneAt
		}
		c := web.EncodeCursor(key, last.noteID)
		out.NextCursor = &c
	}
	out.Items, err = s.stepItems(ctx, rows, today)
	return out, err
}

// stepReader reads on from a cursor, chunk after chunk.
func stepReader(s *Service, who int64, today clock.Day, state, text string) (func(context.Context, int) ([]stepRow, error), error) {
	key, note := int64(-farDay), int64(0)
	if state == "done" {
		key, note = maxID, maxID
	}
	if err := web.DecodeCursor(text, &key, &note); err != nil {
		return nil, err
	}
	if narrow := int64(int32(key)); state != "done" && narrow != key {
		return nil, errs.New(errs.Invalid, "invalid").WithField("cursor", "web.bad_cursor")
	}
	return func(ctx context.Context, n int) (rows []stepRow, err error) {
		switch state {
		case "done":
			rows, err = s.st.doneSteps(ctx, who, key, note, n)
		case "open":
			rows, err = s.st.openSteps(ctx, who, farDay, clock.Day(key), note, n)
		default:
			rows, err = s.st.openSteps(ctx, who, today, clock.Day(key), note, n)
		}
		if len(rows) > 0 {
			last := &rows[len(rows)-1]
			if key, note = int64(last.due), last.noteID; state == "done" {
				key = last.doneAt
			}
		}
		return rows, err
	}, nil
}

// seenSteps keeps the steps of customers that the actor may see.
func (s *Service) seenSteps(ctx context.Context, rows []stepRow) ([]stepRow, error) {
	names, err := s.Customers.Seen(ctx, customersOf(rows))
	if err != nil {
		return nil, err
	}
	var out []stepRow
	for i := range rows {
		if _, ok := names[rows[i].customerID]; ok {
			out = append(out, rows[i])
		}
	}
	return out, nil
}

func customersOf(rows []stepRow) []int64 {
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].customerID
	}
	return ids
}

func (s *Service) stepItems(ctx context.Context, rows []stepRow, today clock.Day) ([]StepItem, error) {
	out := make([]StepItem, len(rows))
	ids, at := make([]int64, len(rows)), map[int64]int{}
	people, err := s.stepNames(ctx, rows)
	if err != nil {
		return nil, err
	}
	customers, err := s.Customers.Seen(ctx, customersOf(rows))
	if err != nil {
		return nil, err
	}
	for i := range rows {
		r := &rows[i]
		v, err := s.stepView(r, people)
		if err != nil {
			return nil, err
		}
		v.CanFinish = mayWrite(ctx) == nil
		ids[i], at[r.noteID] = r.noteID, i
		out[i] = StepItem{Step: *v, NoteID: r.noteID, CustomerID: r.customerID, CustomerName: customers[r.customerID], Overdue: r.doneAt == 0 && r.due < today}
	}
	notes, err := s.st.notesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range notes {
		b, err := s.open(notes[i].cipher)
		if err != nil {
			return nil, err
		}
		it := &out[at[notes[i].id]]
		it.Kind, it.Subject = notes[i].kind, b.Subject
	}
	return out, nil
}

// FinishStep marks the next step of a note as done, or as open again. Whoever
// has to do it may, its author, and who may delete notes. Doing it twice is
// once. Errors: note.not_found, note.no_step, note.step_not_yours.
func (s *Service) FinishStep(ctx context.Context, noteID int64, done bool) (Note, error) {
	var r *noteRow
	err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
		if r, err = s.seenNote(ctx, noteID); err != nil {
			return err
		}
		step, err := s.stepOf(ctx, noteID)
		if err != nil {
			return err
		}
		if step == nil {
			return errs.New(errs.NotFound, "note.no_step")
		}
		if err := mayWrite(ctx); err != nil {
			return err
		}
		if !s.mayFinish(ctx, step, r.author.ID) {
			return errs.New(errs.Forbidden, "note.step_not_yours")
		}
		if done == (step.doneAt > 0) {
			return nil
		}
		action := "note.step_reopened"
		step.doneAt, step.doneBy = 0, 0
		if done {
			action = "note.step_done"
			step.doneAt, step.doneBy = s.now(), me(ctx).ID
		}
		if err := s.st.putStep(ctx, step); err != nil {
			return err
		}
		if err := s.Audit.Append(ctx, audit.Entry{
			Action: action, ObjectType: "note", ObjectID: strconv.FormatInt(noteID, 10),
			After: map[string]any{"customer_id": r.customerID, "staff_id": step.staffID},
		}); err != nil {
			return err
		}
		return s.Events.Publish(ctx, NoteWritten{NoteID: noteID, CustomerID: r.customerID, Kind: r.kind, Change: "updated"})
	})
	if err != nil {
		return Note{}, err
	}
	return s.oneNote(ctx, r)
}

func (s *Service) mayFinish(ctx context.Context, step *stepRow, author int64) bool {
	who := me(ctx).ID
	return mayWrite(ctx) == nil && (step.staffID == who || (author == who && can(ctx, PermNoteWrite)) || can(ctx, PermNoteDelete))
}

// stepOf reads the next step of a note; nil without one.
func (s *Service) stepOf(ctx context.Context, noteID int64) (*stepRow, error) {
	rows, err := s.st.stepsOf(ctx, []int64{noteID})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// writeStep writes the next step of a note. One that stays the same stays done.
func (s *Service) writeStep(ctx context.Context, n *noteRow, in *StepInput, before *stepRow) error {
	if in == nil {
		if before == nil {
			return nil
		}
		return s.st.deleteStep(ctx, n.id)
	}
	due, err := clock.ParseDay(in.Due)
	if err != nil {
		return errs.New(errs.Invalid, "invalid").WithField("next_step.due", "note.bad_day")
	}
	row := stepRow{noteID: n.id, customerID: n.customerID, staffID: in.StaffID, due: due}
	if before != nil {
		text, err := s.Vault.Open(vault.KindNote, before.cipher)
		if err != nil {
			return err
		}
		if text == in.Text && before.due == due && before.staffID == in.StaffID {
			return nil
		}
	}
	if row.cipher, err = s.Vault.Seal(vault.KindNote, in.Text); err != nil {
		return err
	}
	return s.st.putStep(ctx, &row)
}

func (s *Service) stepNames(ctx context.Context, rows []stepRow) (map[int64]string, error) {
	var ids []int64
	for i := range rows {
		ids = append(ids, rows[i].staffID)
		if rows[i].doneBy != 0 {
			ids = append(ids, rows[i].doneBy)
		}
	}
	return s.st.staffNames(ctx, ids, false)
}

func (s *Service) stepView(r *stepRow, names map[int64]string) (*Step, error) {
	text, err := s.Vault.Open(vault.KindNote, r.cipher)
	if err != nil {
		return nil, err
	}
	out := &Step{Text: text, Due: r.due, Person: Person{r.staffID, names[r.staffID]}}
	if r.doneAt > 0 {
		at := r.doneAt
		out.DoneAt, out.DoneBy = &at, &Person{r.doneBy, names[r.doneBy]}
	}
	return out, nil
}
