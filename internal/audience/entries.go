package audience

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
	"zhike/internal/rule"
)

// entriesStep is how many customers one transaction puts into a list; of more
// the rest goes on in the background.
const entriesStep = 10_000

// entriesArgs are a task whose customers stand in audience_parts.
type entriesArgs struct {
	Task int64 `json:"task"`
}

// Kind names the job.
func (entriesArgs) Kind() string { return "audience.entries" }

// Register puts the jobs of lists into the registry, and what is to happen when
// a customer is deleted.
func (s *Service) Register(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, j jobs.Job[entriesArgs]) error { return s.runEntries(ctx, j.Args.Task) }, jobs.Timeout(time.Hour))
	s.Customers.OnDelete("audience", s.forget)
}

// forget takes a customer that is deleted out of all lists.
func (s *Service) forget(ctx context.Context, customerID int64) error {
	lists, err := s.store.listsOf(ctx, customerID)
	if err != nil {
		return err
	}
	for _, id := range lists {
		if err := s.store.dropEntries(ctx, id, []int64{customerID}); err != nil {
			return err
		}
		if _, err := s.store.sized(ctx, id, s.now()); err != nil {
			return err
		}
	}
	return nil
}

// put puts customers, ascending, into a list or takes them out, and gives how
// many that changed; inside InTx, under the lock of audiences. Customers that
// are not there any more are left out.
func (s *Service) put(ctx context.Context, id int64, customers []int64, adding bool) (changed int64, err error) {
	for chunk := range slices.Chunk(customers, entriesStep) {
		in, err := s.store.listed(ctx, id, chunk)
		if err != nil {
			return changed, err
		}
		todo := slices.DeleteFunc(slices.Clone(chunk), func(c int64) bool { return in[c] == adding })
		if adding {
			if todo, err = s.store.existing(ctx, todo); err == nil {
				err = s.store.addEntries(ctx, id, todo, auth.StaffID(ctx), s.now())
			}
		} else {
			err = s.store.dropEntries(ctx, id, todo)
		}
		if err != nil {
			return changed, err
		}
		if err := column.Tell(ctx, s.DB, entries.Table, s.now(), todo...); err != nil {
			return changed, err
		}
		changed += int64(len(todo))
	}
	n, err := s.store.sized(ctx, id, s.now())
	if err == nil && adding && n > maxListed {
		err = errs.New(errs.TooLarge, "audience.list_too_long", "max", maxListed)
	}
	return changed, err
}

// forgetList takes everybody out of a list that is deleted, so that columns hear of it.
func (s *Service) forgetList(ctx context.Context, r *row) error {
	if r.kind != Static {
		return nil
	}
	for {
		ids, err := s.store.entriesAfter(ctx, r.id, 0, entriesStep)
		if err != nil || len(ids) == 0 {
			return err
		}
		if _, err := s.put(ctx, r.id, ids, false); err != nil {
			return err
		}
	}
}

// list reads a static list. Errors: audience.not_found, audience.not_a_list.
func (s *Service) list(ctx context.Context, id int64) (*row, error) {
	r, _, err := s.open(ctx, id)
	if err == nil && r.kind != Static {
		err = errs.New(errs.Conflict, "audience.not_a_list")
	}
	return r, err
}

// chosen gives the customers that entries name, ascending, and how many of them
// are not there or not within the actor's scope.
func (s *Service) chosen(ctx context.Context, in EntriesIn) (ids []int64, missing int64, err error) {
	if len(in.CustomerIDs) > 0 {
		if len(in.CustomerIDs) > maxEntries || given(in.Filter) || in.Text != "" {
			return nil, 0, rule.Bad("customer_ids", "audience.too_many_ids", "max", maxEntries)
		}
		names, err := s.Customers.Seen(ctx, in.CustomerIDs)
		if err != nil {
			return nil, 0, err
		}
		asked := slices.Compact(slices.Sorted(slices.Values(in.CustomerIDs)))
		ids = slices.DeleteFunc(slices.Clone(asked), func(id int64) bool { _, ok := names[id]; return !ok })
		return ids, int64(len(asked) - len(ids)), nil
	}
	ids, err = s.Customers.Selected(ctx, customer.Selection{Text: in.Text, Filter: in.Filter, All: string(bytes.TrimSpace(in.Filter)) == "{}" && strings.TrimSpace(in.Text) == ""})
	return ids, 0, err
}

// ChangeEntries puts customers into a static list or takes them out. More than
// 10,000 go on in the background. Errors: audience.not_found,
// audience.not_a_list, audience.list_too_long, those of a list's filter.
func (s *Service) ChangeEntries(ctx context.Context, id int64, in EntriesIn, adding bool) (out EntriesOut, err error) {
	if err := auth.Require(ctx, customer.PermView); err != nil {
		return out, err
	}
	if _, err := s.list(ctx, id); err != nil {
		return out, err
	}
	ids, missing, err := s.chosen(ctx, in)
	if err != nil {
		return out, err
	}
	out.NotFound = missing
	if out.Changed, out.JobID, err = s.enter(ctx, id, ids, adding); err != nil {
		return out, err
	}
	if out.JobID == nil {
		out.Unchanged = int64(len(ids)) - out.Changed
	}
	_, out.Size, _, err = s.Customers.After(ctx, customer.Who{Rule: members(id)}, 0, 0)
	return out, err
}

// enter is put with audit entry, in the background where they are many.
func (s *Service) enter(ctx context.Context, id int64, ids []int64, adding bool) (changed int64, job *int64, err error) {
	action := "remove_entries"
	if adding {
		action = "add_entries"
	}
	err = s.change(ctx, id, 0, func(ctx context.Context, _, r *row) (err error) {
		if r.kind != Static {
			return errs.New(errs.Conflict, "audience.not_a_list")
		}
		if changed, job, err = s.enterIn(ctx, r.id, ids, adding); err != nil {
			return err
		}
		return s.record(ctx, action, id, nil, map[string]any{"name": r.name, "customers": len(ids)})
	})
	return changed, job, err
}

// enterIn is enter inside InTx, under the lock.
func (s *Service) enterIn(ctx context.Context, id int64, ids []int64, adding bool) (changed int64, job *int64, err error) {
	if len(ids) <= entriesStep || s.Jobs == nil {
		changed, err = s.put(ctx, id, ids, adding)
		return changed, nil, err
	}
	if adding && len(ids) > maxListed {
		return 0, nil, errs.New(errs.TooLarge, "audience.list_too_long", "max", maxListed)
	}
	task, err := s.DB.NextID(ctx, "audience_task")
	if err != nil {
		return 0, nil, err
	}
	p := part{task: task, audience: id, staff: auth.StaffID(ctx), total: int64(len(ids)), adding: adding, ids: ids}
	if err := s.store.insertParts(ctx, p, entriesStep); err != nil {
		return 0, nil, err
	}
	n, err := s.Jobs.Enqueue(ctx, entriesArgs{task}, jobs.EnqueueOpts{})
	return 0, &n, err
}

// runEntries works a task off, a part in a transaction; it may be begun again
// after a kill at any place.
func (s *Service) runEntries(ctx context.Context, task int64) error {
	for {
		left := false
		err := s.DB.InTx(ctx, func(ctx context.Context) error {
			if err := s.store.lock(ctx); err != nil {
				return err
			}
			p, err := s.store.nextPart(ctx, task)
			if err != nil || p == nil {
				return err
			}
			left = true
			r, err := s.store.get(ctx, p.audience)
			if err != nil {
				return err
			}
			if r != nil {
				// Under the name of whoever asked.
				by := auth.With(ctx, &auth.Actor{StaffID: p.staff, Scope: auth.ScopeAll})
				if _, err := s.put(by, p.audience, p.ids, p.adding); err != nil {
					return err
				}
			}
			jobs.Report(ctx, min(int64(p.no+1)*entriesStep, p.total), p.total, "customers", "")
			return s.store.dropPart(ctx, p)
		})
		if err != nil || !left {
			return err
		}
	}
}
