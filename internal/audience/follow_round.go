package audience

import (
	"context"
	"errors"
	"slices"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// maxCached bounds the memberships kept in memory beside the database, in
// blocks of 2 KiB.
const maxCached = 16_384

// A round waits for columns that follow so often, and so long each time.
const (
	maxLate = 20
	catchUp = time.Second
)

// evaluation is what a rule gave.
type evaluation struct {
	old, members *column.Matches
	// at is a place whose changes are all in it. Those that are looked at by
	// themselves have that of the round, so that one reading of what changed
	// serves all of them the next time.
	at     column.Place
	engine string
	began  time.Time
	whole  bool
}

// follow evaluates an audience that is due and writes the differences.
func (r *round) follow(ctx context.Context, a *followedRow, st *followed) error {
	if err := r.read(ctx, a, st); err != nil {
		return err
	}
	plan, err := r.plans.Plan(st.node)
	if err != nil {
		return err
	}
	e := evaluation{began: r.f.Clock.Now()}
	ready, err := r.look(ctx, a, st, plan, &e)
	// Where much is written in the middle of a round, the rest of it waits for
	// the columns, or it would be put off again and again.
	if err == nil && !ready && r.late < maxLate && r.f.Customers.Columns.CatchUp(ctx, catchUp) {
		r.late++
		ready, err = r.look(ctx, a, st, plan, &e)
	}
	if err != nil {
		return err
	}
	if !ready {
		return r.wait(ctx, a, st)
	}
	r.f.at("evaluated")
	if err := r.write(ctx, a, st, &e); err != nil {
		r.f.uncache(st)
		return err
	}
	r.evaluated++
	st.valid, st.key, st.print, st.at, st.engine = true, r.plans.Key, r.print, e.at, e.engine
	st.freshAt, st.dueSince, st.shown = r.began, time.Time{}, false
	if e.whole {
		st.wholeAt = r.began
	} else {
		r.partly++
	}
	return nil
}

// look evaluates an audience, for as few as will do.
func (r *round) look(ctx context.Context, a *followedRow, st *followed, plan *customer.Plan, e *evaluation) (ready bool, err error) {
	if ready, err = r.some(ctx, a, st, plan, e); err != nil || ready {
		return ready, err
	}
	return r.all(ctx, a, st, plan, e)
}

// read makes the rule of an audience known.
func (r *round) read(ctx context.Context, a *followedRow, st *followed) error {
	if st.version != a.version || st.node == nil && st.bad == nil {
		stored, err := r.f.store.ruleOf(ctx, a.id)
		if err != nil {
			return err
		}
		if stored.version != a.version {
			return errMoved
		}
		st.valid, st.version, st.bad = false, stored.version, nil
		if a.kind == string(Static) {
			st.node = members(a.id)
		} else {
			st.node, st.bad = stored.read()
		}
		if st.node == nil && st.bad == nil {
			st.node = &rule.Node{} // everybody
		}
		st.names = namesAudiences(st.node)
		st.alone = r.f.alone(ctx, st.node, nil)
	} else if st.names && st.print != r.print {
		st.valid, st.alone = false, r.f.alone(ctx, st.node, nil)
	}
	return st.bad
}

func namesAudiences(n *rule.Node) bool { return len(references(n)) > 0 }

// alone says whether a rule looks at nothing but the customer it is about: a
// place among others moves with the others.
func (f *Follower) alone(ctx context.Context, n *rule.Node, open []int64) bool {
	if n == nil {
		return true
	}
	err := n.Walk("", func(n *rule.Node, _ string) error {
		if n.Relative != nil {
			return errMoved
		}
		if n.Field != customer.AudienceField {
			return nil
		}
		ids, err := n.IDs(nil)
		if err != nil || f.Customers.Rules == nil {
			return errMoved
		}
		for _, id := range ids {
			a, err := f.Customers.Rules.Audience(ctx, id)
			if err != nil || slices.Contains(open, id) || len(open) > 10 || !f.alone(ctx, a.Rule, append(open, id)) {
				return errMoved
			}
		}
		return nil
	})
	return err == nil
}

// some looks at those customers only that were written to since the last
// evaluation, where they are few and nobody else can be concerned.
func (r *round) some(ctx context.Context, a *followedRow, st *followed, plan *customer.Plan, e *evaluation) (bool, error) {
	f := r.f
	if !st.valid || !a.kept || st.key != r.plans.Key || st.names && st.print != r.print || !st.alone || !plan.Columns() ||
		a.problem != "" || r.began.Sub(st.wholeAt) > f.whole {
		return false, nil
	}
	m, err := r.since(ctx, st.at)
	if err != nil || m == nil {
		return false, err
	}
	ids := slices.Clone(m.All)
	of, apart := plan.Sources()
	for source, list := range m.Of {
		if apart[source] {
			return false, nil
		}
		if of[source] {
			ids = append(ids, list...)
		}
	}
	e.at, e.engine = m.UpTo, "columns"
	if e.old, err = f.members(ctx, a, st); err != nil {
		return false, err
	}
	if len(ids) == 0 {
		e.members = e.old
		return true, nil
	}
	found, ok, err := plan.Among(ctx, ids)
	if err != nil || !ok {
		return false, err
	}
	these := column.NewMatches()
	for _, id := range ids {
		these.Add(id)
	}
	e.members = e.old.Less(these).Or(found)
	return true, nil
}

// since gives what was written since a place; nil where it was much.
func (r *round) since(ctx context.Context, from column.Place) (*column.Moved, error) {
	if m, ok := r.moved[from]; ok {
		return m, nil
	}
	m, ok, err := column.MovedSince(ctx, r.f.DB, from, r.plans.At, r.f.few)
	if err != nil {
		return nil, err
	}
	if r.moved == nil {
		r.moved = map[column.Place]*column.Moved{}
	}
	if r.moved[from] = nil; ok {
		r.moved[from] = &m
	}
	return r.moved[from], nil
}

// all looks at everybody: from columns, or now and then by SQL. It gives false
// where the audience has to wait.
func (r *round) all(ctx context.Context, a *followedRow, st *followed, plan *customer.Plan, e *evaluation) (ok bool, err error) {
	f := r.f
	e.whole, e.engine, e.at = true, "columns", r.plans.At
	if e.members, ok, err = plan.InMemory(ctx); err != nil {
		return false, err
	}
	if ok && !st.alone {
		e.at = e.members.At
	}
	if !ok {
		if r.patient(st, plan) || !st.sqlAt.IsZero() && r.began.Sub(st.sqlAt) < f.slow || r.sql >= f.budget {
			f.soon = f.soon || plan.Columns() && r.began.Sub(st.noticed) < waitShown
			return false, nil
		}
		e.engine = "sql"
		st.sqlAt = r.began
		limited, cancel := context.WithTimeout(ctx, f.limit)
		began := f.Clock.Now()
		e.members, err = plan.BySQL(limited)
		r.sql += f.Clock.Now().Sub(began)
		over := errors.Is(limited.Err(), context.DeadlineExceeded)
		cancel()
		if err != nil && over && ctx.Err() == nil {
			return false, errs.Wrap(err, errs.Unavailable, "audience.follow_slow", "seconds", int(f.limit/time.Second))
		}
		if err != nil {
			return false, err
		}
	}
	f.uncache(st)
	e.old = column.NewMatches()
	if a.kept {
		e.old, err = f.members(ctx, a, st)
	}
	return err == nil, err
}

// patient says whether an audience waits for columns. While they are being read
// that may take long: SQL beside it would take the time that reading needs.
func (r *round) patient(st *followed, plan *customer.Plan) bool {
	waits := r.began.Sub(st.noticed)
	return plan.Columns() && (waits < r.f.patience || waits < r.f.reading && r.f.reads())
}

// members gives the kept membership. What was read stays in memory while this
// process alone may change it.
func (f *Follower) members(ctx context.Context, a *followedRow, st *followed) (*column.Matches, error) {
	if st.members != nil {
		return st.members, nil
	}
	return f.store.members(ctx, a.id)
}

func (f *Follower) cache(st *followed, m *column.Matches) {
	f.uncache(st)
	if n := len(m.Blocks()); f.cached+n <= maxCached {
		st.members, f.cached = m, f.cached+n
	}
}

func (f *Follower) uncache(st *followed) {
	if st.members != nil {
		f.cached -= len(st.members.Blocks())
		st.members = nil
	}
}
