package customer

import (
	"context"
	"errors"
	"unicode/utf8"

	"zhike/internal/clean"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// Edit is what one customer's row is to become.
type Edit struct {
	ID int64
	// Version is the one the editor saw; 0 takes what is there.
	Version int64
	// Merge applies the patch to a newer version where none of its fields was
	// changed meanwhile.
	Merge bool
	Patch Patch
	// Own is what goes with it of custom fields and tags.
	Own Own
}

// EditResult is what became of an Edit.
type EditResult struct {
	ID      int64
	Version int64 // after the write
	Changed []string
	Err     error // nothing was written then
}

// Change edits one customer and gives the record after it. Without a change of
// anything the version stays. Errors: forbidden without customer.edit (and
// customer.assign for owner, adviser and department), customer.not_found,
// customer.claim_first for a customer of the pool, customer.version_conflict
// with the differences (see Conflict), and invalid with the fields that are wrong.
func (s *Service) Change(ctx context.Context, e Edit, o WriteOptions) (*Record, error) {
	if err := auth.Require(ctx, PermEdit); err != nil {
		return nil, err
	}
	results, _, err := s.ChangeMany(ctx, []Edit{e}, o)
	if err != nil {
		return nil, err
	}
	if results[0].Err != nil {
		return nil, results[0].Err
	}
	return s.Read(ctx, e.ID)
}

// ChangeMany edits customers in one transaction, each as Change does; its
// caller has checked that the actor may edit at all. What is wrong with one is
// in its result and does not keep back the others. Each id at most once. Of
// many, some thousand a call, with one WriteOptions.ChangeSet.
func (s *Service) ChangeMany(ctx context.Context, edits []Edit, o WriteOptions) (results []EditResult, w Written, err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		b := &editBatch{service: s, edits: edits}
		if err := b.run(ctx); err != nil {
			return err
		}
		results = b.results
		w, err = s.finish(ctx, o, b.written, b.versions, b.changes)
		return err
	})
	if err != nil {
		return nil, w, err
	}
	return results, w, nil
}

// TermsOf gives the words by which a customer is found: those of the name and
// of the company beside it.
func TermsOf(c *Customer) Terms {
	t := clean.FoldSearch(c.Name)
	if c.Company != "" && c.Company != c.Name {
		t = clean.AppendSearch(t, c.Company)
	}
	return Terms{CustomerID: c.ID, Terms: t}
}

// whyNot says why a customer cannot be written: it is not there for the actor,
// or only in the pool.
func (s *Service) whyNot(ctx context.Context, id int64) (fault, err error) {
	rows, err := s.store.stored(ctx, auth.From(ctx), []int64{id}, toRead)
	if err != nil {
		return nil, err
	}
	if rows[id] != nil {
		return errs.New(errs.Forbidden, "customer.claim_first"), nil
	}
	return notFound(id), nil
}

// writable reads a customer that the actor may change.
func (s *Service) writable(ctx context.Context, id int64) (*Stored, error) {
	rows, err := s.store.stored(ctx, auth.From(ctx), []int64{id}, toWrite)
	if err != nil {
		return nil, err
	}
	if r := rows[id]; r != nil {
		return r, nil
	}
	fault, err := s.whyNot(ctx, id)
	return nil, cmpErr(fault, err)
}

func cmpErr(fault, err error) error {
	if err != nil {
		return err
	}
	return fault
}

// Writable fails unless the actor may change the customer: with
// customer.not_found outside the scope, with customer.claim_first where only
// the pool shows it.
func (s *Service) Writable(ctx context.Context, id int64) error {
	_, err := s.writable(ctx, id)
	return err
}

// errUnchanged ends an edit that has nothing to write.
var errUnchanged = errors.New("customer: nothing to write")

// editOne runs fn on one customer whose row is locked and whose version is
// raised, and makes known what fn changed; errUnchanged of fn takes it back.
// version 0 takes what is there.
func (s *Service) editOne(ctx context.Context, id, version int64, o WriteOptions, fn func(ctx context.Context, r *Stored) ([]Change, error)) error {
	joined := db.InTransaction(ctx)
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		r, err := s.lock(ctx, id, version)
		if err != nil {
			return err
		}
		changes, err := fn(ctx, r)
		if joined && errors.Is(err, errUnchanged) {
			// The outer transaction goes on: nothing rolls the version back.
			return s.store.lower(ctx, id)
		}
		if err != nil {
			return err
		}
		_, err = s.finish(ctx, o, []int64{id}, map[int64]int64{id: r.Version}, changes)
		return err
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

// lock raises the version of a customer that the actor may change and reads the
// row behind the lock: Version is the new one.
func (s *Service) lock(ctx context.Context, id, version int64) (*Stored, error) {
	if _, err := s.writable(ctx, id); err != nil {
		return nil, err
	}
	if _, err := s.store.raise(ctx, []int64{id}, s.now()); err != nil {
		return nil, err
	}
	// Again: it may have left the scope while this waited.
	r, err := s.writable(ctx, id)
	if err != nil {
		return nil, err
	}
	if version != 0 && r.Version != version+1 {
		return nil, s.staleOf(ctx, id, version, r.Version-1)
	}
	return r, nil
}

// tooLong says whether a text has more than limit characters.
func tooLong(text string, limit int) bool { return utf8.RuneCountInString(text) > limit }
