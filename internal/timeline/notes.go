package timeline

import (
	"context"
	"encoding/json"
	"strconv"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
)

// CreateNote writes a note about a customer. Errors: customer.not_found,
// customer.claim_first, and those of the fields.
func (s *Service) CreateNote(ctx context.Context, customerID int64, in NoteInput) (Note, error) {
	who, now, zone := me(ctx), s.Clock.Now(), s.Zone()
	r := noteRow{customerID: customerID, author: who, version: 1, createdAt: clock.Millis(now), updatedAt: clock.Millis(now)}
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		if err := mayWrite(ctx); err != nil {
			return err
		}
		if err := s.Customers.Writable(ctx, customerID); err != nil {
			return err
		}
		var err error
		if r.day, err = in.normal(now, clock.DayOf(now, zone), zone, who.ID, nil, nil); err != nil {
			return err
		}
		if err := s.fill(&r, &in); err != nil {
			return err
		}
		if err := s.checkPeople(ctx, &in, nil, nil); err != nil {
			return err
		}
		if err := s.st.insertNote(ctx, &r); err != nil {
			return err
		}
		if err := s.writeAround(ctx, &r, &in, nil); err != nil {
			return err
		}
		return s.told(ctx, &r, "created", nil)
	})
	if err != nil {
		return Note{}, err
	}
	return s.oneNote(ctx, &r)
}

// UpdateNote edits a note: its author may for 30 days. What it said before is
// kept. version is the one the writer has seen. Errors: note.not_found,
// note.not_author, note.edit_over, note.changed, and those of the fields.
func (s *Service) UpdateNote(ctx context.Context, id, version int64, in NoteInput) (Note, error) {
	var now noteRow
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		before, err := s.ownNote(ctx, id)
		if err != nil {
			return err
		}
		if before.version != version {
			return errs.New(errs.Conflict, "note.changed", "version", before.version)
		}
		step, err := s.stepOf(ctx, id)
		if err != nil {
			return err
		}
		t, zone := s.Clock.Now(), s.Zone()
		now = *before
		if now.day, err = in.normal(t, clock.DayOf(t, zone), zone, me(ctx).ID, before, step); err != nil {
			return err
		}
		now.version, now.updatedAt = before.version+1, clock.Millis(t)
		if err := s.fill(&now, &in); err != nil {
			return err
		}
		if err := s.checkPeople(ctx, &in, before, step); err != nil {
			return err
		}
		ok, err := s.st.replaceNote(ctx, before, &now)
		if err != nil {
			return err
		}
		if !ok {
			return errs.New(errs.Conflict, "note.changed", "version", before.version+1)
		}
		if err := s.writeAround(ctx, &now, &in, step); err != nil {
			return err
		}
		return s.told(ctx, &now, "updated", before)
	})
	if err != nil {
		return Note{}, err
	}
	return s.oneNote(ctx, &now)
}

// DeleteNote removes a note with its files. Errors: note.not_found.
func (s *Service) DeleteNote(ctx context.Context, id int64) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		r, err := s.seenNote(ctx, id)
		if err != nil {
			return err
		}
		if err := mayWrite(ctx); err != nil {
			return err
		}
		if err := s.Customers.Writable(ctx, r.customerID); err != nil {
			return err
		}
		files, err := s.st.deleteNotes(ctx, []int64{id})
		if err != nil {
			return err
		}
		s.dropFiles(ctx, files)
		return s.told(ctx, r, "deleted", nil)
	})
}

// Note reads one. Errors: note.not_found, also where the actor may not see the
// customer.
func (s *Service) Note(ctx context.Context, id int64) (Note, error) {
	r, err := s.seenNote(ctx, id)
	if err != nil {
		return Note{}, err
	}
	return s.oneNote(ctx, r)
}

// Revisions tells what a note said before each edit, the latest first.
func (s *Service) Revisions(ctx context.Context, id int64) ([]Revision, error) {
	if _, err := s.seenNote(ctx, id); err != nil {
		return nil, err
	}
	rows, err := s.st.revisions(ctx, id)
	if err != nil {
		return nil, err
	}
	out := make([]Revision, len(rows))
	for i := range rows {
		b, err := s.open(rows[i].cipher)
		if err != nil {
			return nil, err
		}
		out[i] = rows[i].Revision
		out[i].Subject, out[i].Text = b.Subject, b.Text
	}
	return out, nil
}

// mayWrite refuses writes to whom notes are hidden or read-only.
func mayWrite(ctx context.Context) error { return customer.MayEdit(ctx, "", customer.AccessNotes) }

// seenNote reads a note of a customer that the actor may see. To whom notes are
// hidden there is none.
func (s *Service) seenNote(ctx context.Context, id int64) (*noteRow, error) {
	if auth.Hides(ctx, customer.AccessNotes) {
		return nil, noNote(id)
	}
	r, err := s.st.note(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := s.Customers.Visible(ctx, r.customerID); err != nil {
		if errs.KindOf(err) == errs.NotFound {
			return nil, noNote(id)
		}
		return nil, err
	}
	return r, nil
}

// ownNote is seenNote for its author, while it may be edited.
func (s *Service) ownNote(ctx context.Context, id int64) (*noteRow, error) {
	r, err := s.seenNote(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := mayWrite(ctx); err != nil {
		return nil, err
	}
	if r.author.ID != me(ctx).ID {
		return nil, errs.New(errs.Forbidden, "note.not_author", "name", r.author.Name)
	}
	if !s.editable(r) {
		return nil, errs.New(errs.Conflict, "note.edit_over", "days", editDays)
	}
	return r, s.Customers.Writable(ctx, r.customerID)
}

func (s *Service) editable(r *noteRow) bool {
	return s.now() < r.createdAt+editDays*24*3600*1000
}

// fill seals subject and text into the row and takes over the rest.
func (s *Service) fill(r *noteRow, in *NoteInput) error {
	r.kind, r.at, r.direction, r.outcome = in.Kind, in.At, in.Direction, in.Outcome
	plain, err := json.Marshal(body{in.Subject, in.Text})
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	r.cipher, err = s.Vault.Seal(vault.KindNote, string(plain))
	return err
}

func (s *Service) open(cipher []byte) (b body, err error) {
	plain, err := s.Vault.Open(vault.KindNote, cipher)
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal([]byte(plain), &b); err != nil {
		return b, errs.Wrap(err, errs.Internal, "internal")
	}
	return b, nil
}

// checkPeople makes sure that everybody named works here; who stood there
// before an edit may have left since.
func (s *Service) checkPeople(ctx context.Context, in *NoteInput, before *noteRow, step *stepRow) error {
	ask := append([]int64{}, in.Colleagues...)
	if in.NextStep != nil {
		ask = append(ask, in.NextStep.StaffID)
	}
	known, err := s.st.staffNames(ctx, ask, true)
	if err != nil {
		return err
	}
	had := map[int64]bool{}
	if before != nil {
		was, err := s.st.colleagues(ctx, []int64{before.id})
		if err != nil {
			return err
		}
		for _, p := range was[before.id] {
			had[p.ID] = true
		}
	}
	bad := errs.New(errs.Invalid, "invalid")
	for _, id := range in.Colleagues {
		if _, ok := known[id]; !ok && !had[id] {
			_ = bad.WithField("colleagues", "note.no_person", "id", id)
			break
		}
	}
	if st := in.NextStep; st != nil {
		if _, ok := known[st.StaffID]; !ok && (step == nil || step.staffID != st.StaffID) {
			_ = bad.WithField("next_step.staff_id", "note.no_person", "id", st.StaffID)
		}
	}
	return bad.OrNil()
}

// writeAround writes colleagues and next step, and raises the last contact.
func (s *Service) writeAround(ctx context.Context, r *noteRow, in *NoteInput, before *stepRow) error {
	if err := s.st.setColleagues(ctx, r.id, in.Colleagues); err != nil {
		return err
	}
	if err := s.writeStep(ctx, r, in.NextStep, before); err != nil {
		return err
	}
	if !contacts(r.kind, r.outcome) {
		return nil
	}
	return s.Customers.RaiseLastContact(ctx, r.customerID, r.at)
}

// told writes the audit entry and the event of a write, ids and codes only, and has
// rules about notes asked again.
func (s *Service) told(ctx context.Context, r *noteRow, change string, before *noteRow) error {
	about := func(r *noteRow) map[string]any {
		return map[string]any{"customer_id": r.customerID, "kind": r.kind, "at": r.at, "version": r.version}
	}
	e := audit.Entry{Action: "note." + change, ObjectType: "note", ObjectID: strconv.FormatInt(r.id, 10), After: about(r)}
	if before != nil {
		e.Before = about(before)
	}
	if change == "deleted" {
		e.Before, e.After = e.After, nil
	}
	if err := s.Audit.Append(ctx, e); err != nil {
		return err
	}
	if err := column.Tell(ctx, s.DB, toldNotes, s.now(), r.customerID); err != nil {
		return err
	}
	return s.Events.Publish(ctx, NoteWritten{NoteID: r.id, CustomerID: r.customerID, Kind: r.kind, Change: change})
}

func (s *Service) oneNote(ctx context.Context, r *noteRow) (Note, error) {
	list, err := s.shown(ctx, []noteRow{*r})
	if err != nil {
		return Note{}, err
	}
	return list[0], nil
}

// shown makes the shown form of notes in a few queries.
func (s *Service) shown(ctx context.Context, rows []noteRow) ([]Note, error) {
	out, ids, at := make([]Note, len(rows)), make([]int64, len(rows)), map[int64]int{}
	edits := mayWrite(ctx) == nil
	who, deletes, writes := me(ctx), edits && can(ctx, PermNoteDelete), edits && can(ctx, PermNoteWrite)
	for i := range rows {
		r := &rows[i]
		b, err := s.open(r.cipher)
		if err != nil {
			return nil, err
		}
		ids[i], at[r.id] = r.id, i
		out[i] = Note{
			ID: r.id, CustomerID: r.customerID, Kind: r.kind, At: r.at, Day: r.day, Direction: r.direction,
			Subject: b.Subject, Text: b.Text, Outcome: r.outcome, Author: r.author, Colleagues: []Person{}, Attachments: []Attachment{},
			Version: r.version, CreatedAt: r.createdAt, UpdatedAt: r.updatedAt,
			CanEdit: writes && r.author.ID == who.ID && s.editable(r), CanDelete: deletes,
		}
	}
	were, err := s.st.colleagues(ctx, ids)
	if err != nil {
		return nil, err
	}
	for id, people := range were {
		out[at[id]].Colleagues = people
	}
	steps, err := s.st.stepsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	names, err := s.stepNames(ctx, steps)
	if err != nil {
		return nil, err
	}
	for i := range steps {
		n := &out[at[steps[i].noteID]]
		if n.NextStep, err = s.stepView(&steps[i], names); err != nil {
			return nil, err
		}
		n.NextStep.CanFinish = s.mayFinish(ctx, &steps[i], n.Author.ID)
	}
	files, err := s.st.attachments(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range files {
		a, err := s.fileView(&files[i])
		if err != nil {
			return nil, err
		}
		n := &out[at[files[i].noteID]]
		n.Attachments = append(n.Attachments, a)
	}
	return out, nil
}

// noteSource tells what staff wrote down.
type noteSource struct{ s *Service }

// Name names the source.
func (noteSource) Name() string { return "note" }

// AccessKey is that of notes.
func (noteSource) AccessKey() string { return customer.AccessNotes }

// Kinds are those of notes.
func (noteSource) Kinds() []string { return noteKinds }

// Entries reads notes.
func (x noteSource) Entries(ctx context.Context, customerID int64, before Position, limit int, kinds []string) ([]Entry, error) {
	rows, err := x.s.st.notesBefore(ctx, customerID, kinds, before, limit)
	if err != nil {
		return nil, err
	}
	notes, err := x.s.shown(ctx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Entry, len(notes))
	for i := range notes {
		n := &notes[i]
		out[i] = Entry{
			Source: "note", ID: n.ID, Kind: n.Kind, At: n.At, Day: n.Day, Actor: &n.Author,
			Text: Text{Key: "timeline.kind." + n.Kind, Params: map[string]string{}}, Note: n,
		}
	}
	return out, nil
}
