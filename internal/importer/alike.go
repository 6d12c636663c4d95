package importer

import (
	"context"
	"slices"

	"zhike/internal/customer"
	"zhike/internal/dedupe"
	"zhike/internal/platform/auth"
)

// Newcomer is a customer that a dry run would make.
type Newcomer struct {
	Line     int64 // of the file
	Kind     string
	Name     string
	Company  string
	Birthday string
	Province string
	City     string
	Contacts []NewcomerContact
}

// NewcomerContact is a contact by its keyed hash.
type NewcomerContact struct {
	Kind  string
	Blind []byte
}

// Alike is a new customer of a file that looks like another: one that is there
// (OtherID), or one of the same file (OtherLine).
type Alike struct {
	Line      int64           `json:"line" doc:"line of the file"`
	Name      string          `json:"name"`
	OtherID   int64           `json:"other_id" doc:"0 for another line of the file"`
	OtherLine int64           `json:"other_line" doc:"0 for a customer that is there"`
	OtherName string          `json:"other_name"`
	Visible   bool            `json:"visible" doc:"the other one is a customer that the reader may open"`
	Score     float64         `json:"score" minimum:"0" maximum:"1"`
	Reasons   []dedupe.Reason `json:"reasons" doc:"what each field says, the weightiest first"`
}

// Lookalikes compares new customers with those that are there and with each
// other.
type Lookalikes interface {
	// Newcomers gives for each that looks like another the likest, in any order.
	Newcomers(ctx context.Context, list []Newcomer, progress func(done, total int64)) ([]Alike, error)
	// Made writes the pairs of customers that were just made.
	Made(ctx context.Context, ids []int64, progress func(done, total int64)) error
}

// maxCompared bounds how many new customers an import compares: more are for a
// scan of the whole base, which compares each pair once.
const maxCompared = 10_000

// collect keeps the customers that a batch of a dry run would make.
func (w *writer) collect(b *batch, pl *plan) {
	made := pl.r.madeDry
	if len(made) == 0 || len(w.newcomers) > maxCompared {
		return
	}
	line := make(map[int64]int64, len(made))
	for i := range b.docs {
		d := &b.docs[i]
		if _, there := line[d.customer]; !there {
			line[d.customer] = b.rows[d.from].line
		}
	}
	at := len(w.newcomers)
	for i := range pl.r.made {
		c := &pl.r.made[i]
		w.newcomers = append(w.newcomers, Newcomer{
			Line: line[made[i]], Kind: string(c.Kind), Name: c.Name, Company: c.Company,
			Birthday: c.Birthday, Province: c.Province, City: c.City,
		})
	}
	for i := range pl.r.addContacts {
		if c := &pl.r.addContacts[i]; c.id < 0 {
			n := &w.newcomers[at-int(c.id)-1]
			n.Contacts = append(n.Contacts, NewcomerContact{string(c.kind), slices.Clone(c.blind[:])})
		}
	}
}

// compareDry says which customers of a dry run look like others.
func (s *Service) compareDry(ctx context.Context, rec *Record, w *writer, progress Progress) error {
	n := len(w.newcomers)
	if !rec.DryRun || s.lookalikes == nil || n == 0 || n > maxCompared {
		return nil
	}
	found, err := s.lookalikes.Newcomers(ctx, w.newcomers, func(done, total int64) { progress(PhaseAlike, done, total) })
	if err != nil {
		return err
	}
	slices.SortStableFunc(found, func(a, b Alike) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return int(a.Line - b.Line)
	})
	rec.Counts.Compared, rec.Counts.Alike = int64(n), int64(len(found))
	w.notes.Alike, w.notes.changed = found[:min(len(found), maxAlike)], true
	return s.db.InTx(ctx, func(ctx context.Context) error {
		if err := w.saveNotes(ctx); err != nil {
			return err
		}
		return s.st.advance(ctx, rec)
	})
}

// compareMade looks for others that the customers of this import may be.
func (s *Service) compareMade(ctx context.Context, rec *Record, m *met, progress Progress) error {
	n := m.sets[metCreated].len()
	if s.lookalikes == nil || n == 0 || n > maxCompared {
		return nil
	}
	rec.Counts.Compared = n
	return s.lookalikes.Made(ctx, m.sets[metCreated].list(), func(done, total int64) { progress(PhaseAlike, done, total) })
}

// saveNotes writes the notes where there is anything new.
func (w *writer) saveNotes(ctx context.Context) error {
	if !w.notes.changed {
		return nil
	}
	cipher, err := w.notes.seal(w.vault)
	if err != nil {
		return err
	}
	w.notes.changed = false
	return w.st.setNotes(ctx, w.rec.ID, cipher)
}

// notesOf gives the notes of an import for the actor: of customers whom he or
// she may not open the name alone, and of those that are gone nothing.
func (s *Service) notesOf(ctx context.Context, r *Record) (tags []LeftTag, alike []Alike, err error) {
	tags, alike = []LeftTag{}, []Alike{}
	if len(r.Notes) == 0 || !auth.From(ctx).Can(PermRun) {
		return tags, alike, nil
	}
	n, err := openNotes(s.vault, r.Notes)
	if err != nil {
		return nil, nil, err
	}
	var ids []int64
	for i := range n.Alike {
		if id := n.Alike[i].OtherID; id != 0 && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	var seen map[int64]string
	var people map[int64]customer.Customer
	if len(ids) > 0 {
		slices.Sort(ids)
		if people, err = s.customers.ByIDs(ctx, ids); err != nil {
			return nil, nil, err
		}
		if s.seen != nil {
			if seen, err = s.seen(ctx, ids); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, a := range n.Alike {
		if a.OtherID != 0 {
			p, there := people[a.OtherID]
			if !there {
				continue
			}
			a.OtherName = p.Name
			_, a.Visible = seen[a.OtherID]
		}
		alike = append(alike, a)
	}
	return n.tags(), alike, nil
}
