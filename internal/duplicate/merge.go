package duplicate

import (
	"context"
	"slices"
	"strconv"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
)

// packed is how many rows one row of merge_rows holds.
const packed = 400

// maxRows bounds what one merge moves: a record with more is no person's.
const maxRows = 200_000

// MergeInput says what to merge and how.
type MergeInput struct {
	WinnerID int64 `json:"winner_id" minimum:"1" doc:"The customer that stays"`
	LoserID  int64 `json:"loser_id" minimum:"1" doc:"The customer that goes into the other"`
	// Choices: group → whose value stays; a group that is missing keeps the
	// winner's value, unless it is empty.
	Choices map[string]Side `json:"choices,omitempty" doc:"Field → winner or loser; without one the winner's, or where that is empty the loser's"`
	// Versions as the preview told them; 0 = whatever they are.
	WinnerVersion int64 `json:"winner_version,omitempty" minimum:"0"`
	LoserVersion  int64 `json:"loser_version,omitempty" minimum:"0"`
}

// Merge folds one customer into another in one transaction: the fields as
// chosen, everything that points to the loser, both histories. The loser's row
// goes; Undo brings it back. Errors: customer.not_found also for customers
// outside the actor's scope, duplicate.same_customer, duplicate.changed where a
// version is no longer the one that was seen, duplicate.too_large.
func (s *Service) Merge(ctx context.Context, in MergeInput, origin string) (Merged, error) {
	return s.merge(ctx, in, origin, 0)
}

// merge is Merge as part of a batch; 0 is none.
func (s *Service) merge(ctx context.Context, in MergeInput, origin string, batch int64) (Merged, error) {
	if err := auth.Require(ctx, PermMerge); err != nil {
		return Merged{}, err
	}
	if in.WinnerID == in.LoserID {
		return Merged{}, errs.New(errs.Invalid, "duplicate.same_customer")
	}
	if err := mayChoose(ctx, in.Choices); err != nil {
		return Merged{}, err
	}
	var m mergeRow
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		winner, loser, err := s.both(ctx, in)
		if err != nil {
			return err
		}
		set, _, err := plan(winner, loser, in.Choices)
		if err != nil {
			return err
		}
		id, err := s.DB.NextID(ctx, "merge")
		if err != nil {
			return err
		}
		m = mergeRow{ID: id, WinnerID: in.WinnerID, LoserID: in.LoserID, LoserName: text(loser["name"]), Status: statusDone,
			Origin: origin, MergedAt: s.now(), BatchID: batch}
		if a := auth.From(ctx); a != nil {
			m.MergedBy = a.StaffID
		}
		// What the program merged by score teaches it nothing.
		if batch == 0 {
			if err := s.note(ctx, in.WinnerID, in.LoserID, true); err != nil {
				return err
			}
		}
		before := row{}
		for c := range set {
			before[c] = winner[c]
		}
		if m.fields, err = s.seal().pack([]row{before, set}, &customersLink); err != nil {
			return err
		}
		p := parts{s: s, merge: id}
		for i := range s.Links {
			if err := p.take(ctx, &s.Links[i], in.LoserID, in.WinnerID); err != nil {
				return err
			}
		}
		if err := p.keep(ctx, &customersLink, actionDropped, []row{loser}); err != nil {
			return err
		}
		if err := s.store.remove(ctx, &customersLink, []row{loser}); err != nil {
			return err
		}
		if err := s.store.setCustomer(ctx, in.WinnerID, set); err != nil {
			return err
		}
		m.Moved = p.moved
		if err := s.store.insertMerge(ctx, &m); err != nil {
			return err
		}
		return s.tell(ctx, &m, before, set, customer.OriginMerge)
	})
	if err != nil {
		return Merged{}, err
	}
	return m.view(), nil
}

// both reads and locks the two rows in the order of their ids, within the
// actor's scope.
func (s *Service) both(ctx context.Context, in MergeInput) (winner, loser row, err error) {
	ids := []int64{in.WinnerID, in.LoserID}
	seen, err := s.Customers.Seen(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	slices.Sort(ids)
	rows := map[int64]row{}
	for _, id := range ids {
		r, err := s.store.customer(ctx, id)
		if err != nil {
			return nil, nil, err
		}
		if _, visible := seen[id]; r == nil || !visible {
			return nil, nil, errs.New(errs.NotFound, "customer.not_found", "id", id)
		}
		rows[id] = r
	}
	winner, loser = rows[in.WinnerID], rows[in.LoserID]
	for _, v := range []struct {
		r    row
		want int64
	}{{winner, in.WinnerVersion}, {loser, in.LoserVersion}} {
		if v.want != 0 && number(v.r["version"]) != v.want {
			return nil, nil, errs.New(errs.Conflict, "duplicate.changed", "name", text(v.r["name"]))
		}
	}
	return winner, loser, nil
}

// tell writes history, audit, event and feed of a merge or its undo, and makes
// anew what is derived from the winner.
func (s *Service) tell(ctx context.Context, m *mergeRow, before, after row, origin customer.Origin) error {
	if err := s.Customers.Reindex(ctx, m.WinnerID); err != nil {
		return err
	}
	refresh := []int64{m.WinnerID}
	if origin == customer.OriginUndo {
		refresh = append(refresh, m.LoserID)
	}
	if err := s.Refresh(ctx, refresh); err != nil {
		return err
	}
	changes := s.changes(m.WinnerID, before, after)
	id := strconv.FormatInt(m.ID, 10)
	action := "customer.merge"
	if origin == customer.OriginUndo {
		action = "customer.unmerge"
	}
	if err := s.Audit.Append(ctx, audit.Entry{Action: action, ObjectType: "merge", ObjectID: id,
		After: map[string]any{"winner_id": m.WinnerID, "loser_id": m.LoserID, "moved": m.Moved, "origin": m.Origin}}); err != nil {
		return err
	}
	changes = append(changes, customer.Change{CustomerID: m.WinnerID, Field: "merge", Before: "", After: id})
	if origin == customer.OriginUndo {
		changes[len(changes)-1].Before, changes[len(changes)-1].After = id, ""
		if _, err := s.Customers.Record(ctx, customer.WriteOptions{Origin: origin, Kind: customer.FeedRestored, NoAudit: true},
			[]int64{m.LoserID}, nil); err != nil {
			return err
		}
		// The winner loses facts, and the feed tells of the record alone.
		if err := column.Tell(ctx, s.DB, "", s.now(), m.WinnerID); err != nil {
			return err
		}
	}
	if _, err := s.Customers.Record(ctx, customer.WriteOptions{Origin: origin, NoAudit: true}, []int64{m.WinnerID}, changes); err != nil {
		return err
	}
	if origin == customer.OriginMerge {
		_, err := s.Customers.Record(ctx, customer.WriteOptions{Origin: origin, Kind: customer.FeedMerged, OtherID: m.WinnerID, NoAudit: true},
			[]int64{m.LoserID}, nil)
		return err
	}
	return nil
}

// changes are the entries of the history for columns that changed.
func (s *Service) changes(id int64, before, after row) []customer.Change {
	var out []customer.Change
	for i := range groups {
		for _, c := range groups[i].columns {
			v, changed := after[c]
			if !changed || c == "owned_at" {
				continue
			}
			ch := customer.Change{CustomerID: id, Field: c, Before: said(c, before[c]), After: said(c, v)}
			if c == "invoice_cipher" {
				ch.Field = "invoice"
				ch.BeforeClear, ch.AfterClear = s.open(before[c]), s.open(v)
			}
			out = append(out, ch)
		}
	}
	return out
}

func (s *Service) open(v any) string {
	b, _ := v.([]byte)
	clear, err := s.Vault.Open(vault.KindInvoice, b)
	if err != nil {
		return ""
	}
	return clear
}

// parts writes merge_rows.
type parts struct {
	s     *Service
	merge int64
	n     int64
	moved int64
}

// take moves what points to from by one link to to, and keeps what cannot move.
func (p *parts) take(ctx context.Context, l *Link, from, to int64) error {
	clash, err := p.s.store.clashing(ctx, l, from, to)
	if err != nil {
		return err
	}
	if err := p.keep(ctx, l, actionDropped, clash); err != nil {
		return err
	}
	if err := p.s.store.remove(ctx, l, clash); err != nil {
		return err
	}
	if l.Derived {
		return nil
	}
	n, err := p.s.store.count(ctx, l, from)
	if err != nil || n == 0 {
		return err
	}
	if l.First != "" {
		second, err := p.s.store.seconds(ctx, l, from, to)
		if err != nil {
			return err
		}
		if err := p.keep(ctx, l, actionSecond, second); err != nil {
			return err
		}
		if err := p.s.store.mark(ctx, l, second, from, false); err != nil {
			return err
		}
	}
	if n > maxRows {
		return errs.New(errs.TooLarge, "duplicate.too_large", "max", maxRows)
	}
	keys, err := p.s.store.keysOf(ctx, l, from)
	if err != nil {
		return err
	}
	if err := p.keep(ctx, l, actionMoved, keys); err != nil {
		return err
	}
	p.moved += int64(len(keys))
	return p.s.store.pointAll(ctx, l, from, to)
}

func (p *parts) keep(ctx context.Context, l *Link, action string, rows []row) error {
	for chunk := range slices.Chunk(rows, packed) {
		cipher, err := p.s.seal().pack(chunk, l)
		if err != nil {
			return err
		}
		if err := p.s.store.insertPart(ctx, p.merge, p.n, l.name(), action, cipher); err != nil {
			return err
		}
		p.n++
	}
	return nil
}
