package customer

import (
	"context"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// deletion cleans up what a package keeps about a customer.
type deletion struct {
	name string
	fn   func(ctx context.Context, id int64) error
}

// OnDelete registers what a package keeps about customers: fn removes it, in
// the transaction of the deletion. It is called while the program is put
// together. What lies outside of the database it removes by db.AfterCommit.
func (s *Service) OnDelete(name string, fn func(ctx context.Context, id int64) error) {
	for _, d := range s.deletions {
		if d.name == name {
			panic("customer: " + name + " is registered already")
		}
	}
	s.deletions = append(s.deletions, deletion{name, fn})
}

// Delete removes a customer for good: contacts, numbers, history and all that
// other packages keep about it. The audit log tells that it was done. A
// customer with orders cannot be deleted by anybody, because the figures of the
// company stand on the orders: merge it instead. Errors: forbidden without
// customer.delete, customer.has_orders, and those of Change.
func (s *Service) Delete(ctx context.Context, id, version int64) error {
	if err := auth.Require(ctx, PermDelete); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		r, err := s.lock(ctx, id, version)
		if err != nil {
			return err
		}
		has, err := s.store.hasOrders(ctx, id)
		if err != nil {
			return err
		}
		if has {
			return errs.New(errs.Conflict, "customer.has_orders")
		}
		for _, d := range s.deletions {
			if err := d.fn(ctx, id); err != nil {
				return err
			}
		}
		others, err := s.store.relatedTo(ctx, id)
		if err != nil {
			return err
		}
		if err := s.store.erase(ctx, id); err != nil {
			return err
		}
		// Rows first, then the locks of the whole company: audit, feed.
		versions, err := s.store.raise(ctx, others, s.now())
		if err != nil {
			return err
		}
		entry := audit.Entry{Action: "customer.delete", ObjectType: "customer", ObjectID: idText(id), Before: map[string]any{"kind": r.Kind, "version": r.Version}}
		if err := s.Audit.Append(ctx, entry); err != nil {
			return err
		}
		if len(others) > 0 {
			changes := make([]Change, len(others))
			for i, other := range others {
				changes[i] = Change{CustomerID: other, Field: fieldRelation, Before: "deleted:" + idText(id)}
			}
			if _, err := s.finish(ctx, WriteOptions{NoAudit: true}, others, versions, changes); err != nil {
				return err
			}
		}
		_, err = s.finish(ctx, WriteOptions{Kind: FeedDeleted, NoAudit: true}, []int64{id}, nil, nil)
		return err
	})
}
