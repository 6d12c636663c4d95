package duplicate

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// UndoInput says which merge to undo.
type UndoInput struct {
	// KeepEdited leaves fields that were edited since as they are now, instead
	// of refusing.
	KeepEdited bool `json:"keep_edited,omitempty" doc:"Leave fields that were edited since as they are"`
}

// Undo makes two customers of one again: both rows, what pointed to the loser,
// both histories. What came to the winner after the merge stays with it.
// Errors: duplicate.no_merge, duplicate.already_undone, duplicate.winner_merged
// where the winner itself went into another customer since (that merge is to
// be undone first), duplicate.edited_since with the fields that were edited.
func (s *Service) Undo(ctx context.Context, id int64, in UndoInput) (Merged, error) {
	if err := auth.Require(ctx, PermMerge); err != nil {
		return Merged{}, err
	}
	var m mergeRow
	err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
		if m, err = s.holding(ctx, id); err != nil {
			return err
		}
		winner, err := s.store.customer(ctx, m.WinnerID)
		if err != nil {
			return err
		}
		set, err := s.before(&m, winner, in.KeepEdited)
		if err != nil {
			return err
		}
		if err := s.restore(ctx, &m); err != nil {
			return err
		}
		now := row{}
		for c := range set {
			now[c] = winner[c]
		}
		if err := s.store.setCustomer(ctx, m.WinnerID, set); err != nil {
			return err
		}
		m.Status, m.UndoneAt = statusUndone, s.now()
		if a := auth.From(ctx); a != nil {
			m.UndoneBy = a.StaffID
		}
		if err := s.store.endMerge(ctx, &m); err != nil {
			return err
		}
		if m.BatchID == 0 {
			if err := s.store.takeDecision(ctx, m.WinnerID, m.LoserID); err != nil {
				return err
			}
		}
		return s.tell(ctx, &m, now, set, customer.OriginUndo)
	})
	if err != nil {
		return Merged{}, err
	}
	return m.view(), nil
}

// holding reads a merge that can be undone by the actor.
func (s *Service) holding(ctx context.Context, id int64) (mergeRow, error) {
	m, err := s.store.merge(ctx, id)
	if err != nil {
		return m, err
	}
	if m.Status != statusDone {
		return m, errs.New(errs.Conflict, "duplicate.already_undone")
	}
	later, err := s.store.mergeOfLoser(ctx, m.WinnerID)
	if err != nil {
		return m, err
	}
	if later != 0 {
		return m, errs.New(errs.Conflict, "duplicate.winner_merged", "merge_id", later)
	}
	seen, err := s.Customers.Seen(ctx, []int64{m.WinnerID})
	if err != nil {
		return m, err
	}
	if _, visible := seen[m.WinnerID]; !visible {
		return m, errs.New(errs.NotFound, "duplicate.no_merge", "id", id)
	}
	return m, nil
}

// before gives the columns of the winner that go back to what they were. What
// is chosen as one is kept as one: an edited city keeps its province.
func (s *Service) before(m *mergeRow, winner row, keepEdited bool) (row, error) {
	two, err := s.seal().unpack(m.fields, &customersLink)
	if err != nil {
		return nil, err
	}
	was, became := two[0], two[1]
	edited := map[string]bool{}
	for c := range became {
		if !s.same(c, winner[c], became[c]) {
			edited[groupOf(c)] = true
		}
	}
	conflict := errs.New(errs.Conflict, "duplicate.edited_since")
	for _, name := range slices.Sorted(maps.Keys(edited)) {
		if name != "last_contact_at" {
			_ = conflict.WithField(name, "duplicate.edited_field", "field", name)
		}
	}
	if len(conflict.Fields) > 0 && !keepEdited {
		return nil, conflict
	}
	maps.DeleteFunc(was, func(c string, _ any) bool { return edited[groupOf(c)] })
	return was, nil
}

func (s *Service) same(column string, a, b any) bool {
	if column == "invoice_cipher" {
		return s.open(a) == s.open(b)
	}
	return fmt.Sprint(a) == fmt.Sprint(b)
}

// restore puts every row back that the merge moved or took away, the loser's
// own first.
func (s *Service) restore(ctx context.Context, m *mergeRow) error {
	list, err := s.store.parts(ctx, m.ID)
	if err != nil {
		return err
	}
	slices.Reverse(list)
	for _, p := range list {
		l := s.link(p.link)
		if l == nil {
			return errs.New(errs.Internal, "internal", "detail", "a merge knows a link that is gone: "+p.link)
		}
		rows, err := s.seal().unpack(p.cipher, l)
		if err != nil {
			return err
		}
		if p.action == actionSecond { // moved back already
			if err := s.store.mark(ctx, l, rows, m.LoserID, true); err != nil {
				return err
			}
			continue
		}
		if p.action == actionMoved {
			if _, err := s.store.pointBack(ctx, l, rows, m.WinnerID, m.LoserID); err != nil {
				return err
			}
			continue
		}
		if _, err := s.store.putBack(ctx, l.Table, rows); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) link(name string) *Link {
	if name == customersLink.name() {
		return &customersLink
	}
	for i := range s.Links {
		if s.Links[i].name() == name {
			return &s.Links[i]
		}
	}
	return nil
}

// Forget removes what is kept of a customer that is deleted for good, with
// those that were merged into it; their merges cannot be undone then. It joins
// the transaction of the deletion.
func (s *Service) Forget(ctx context.Context, id int64) error { return s.store.forget(ctx, id) }
