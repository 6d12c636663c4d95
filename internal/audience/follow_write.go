package audience

import (
	"context"
	"errors"

	"zhike/internal/column"
	"zhike/internal/platform/clock"
)

// write brings the kept membership to what was found, in transactions of some
// thousand changes each.
func (r *round) write(ctx context.Context, a *followedRow, st *followed, e *evaluation) error {
	f := r.f
	if !a.kept {
		if err := r.begin(ctx, a, st, e); err != nil {
			return err
		}
		f.cache(st, e.members)
		return nil
	}
	now := e.old
	moved := e.members.Less(e.old).Or(e.old.Less(e.members))
	left := moved.Count()
	if left == 0 && a.problem == "" && a.dueSince == 0 && st.day == r.day && a.size == now.Count() {
		f.looked[a.id] = clock.Millis(r.began)
		f.cache(st, e.members)
		return nil
	}
	for last, first := int64(-1), true; left > 0 || first; first = false {
		var list []Change
		moved.After(last, func(id int64) bool {
			last = id
			list = append(list, Change{AudienceID: a.id, CustomerID: id, Entered: e.members.Has(id), Version: a.version})
			return len(list) < f.batch
		})
		left -= int64(len(list))
		in, out := column.NewMatches(), column.NewMatches()
		for i := range list {
			if list[i].Entered {
				in.Add(list[i].CustomerID)
			} else {
				out.Add(list[i].CustomerID)
			}
		}
		after := now.Less(out).Or(in)
		if err := r.batch(ctx, a, e, list, in, out, after, left == 0); err != nil {
			return err
		}
		now = after
		st.day = r.day
		f.at("between")
	}
	f.cache(st, e.members)
	return nil
}

// batch commits some changes with the blocks that they are in.
func (r *round) batch(ctx context.Context, a *followedRow, e *evaluation, list []Change, in, out, after *column.Matches, done bool) error {
	f := r.f
	at := clock.Millis(f.Clock.Now())
	entered, left := in.Count(), out.Count()
	size := after.Count()
	err := f.DB.InTx(ctx, func(ctx context.Context) error {
		first, err := f.store.fence(ctx, f.token, int64(len(list)), clock.Millis(f.Clock.Now().Add(f.lease)))
		if err != nil {
			return err
		}
		ok, err := f.store.sized(ctx, a, size, clock.Millis(r.began), f.Clock.Now().Sub(e.began).Milliseconds(), done)
		if err != nil {
			return err
		}
		if !ok {
			return errMoved
		}
		if err := f.store.sizeOf(ctx, a.id, r.day, size, entered, left); err != nil {
			return err
		}
		for i := range list {
			list[i].Seq, list[i].At = first+int64(i), at
		}
		if err := f.store.insertChanges(ctx, list); err != nil {
			return err
		}
		if err := f.store.putBlocks(ctx, a.id, in.Or(out).Blocks(), after); err != nil {
			return err
		}
		f.at("commit")
		return nil
	})
	if err != nil {
		return err
	}
	a.size = size
	r.entered, r.left = r.entered+entered, r.left+left
	f.committed(entered, left)
	return nil
}

// begin writes the members that an audience has when following begins.
func (r *round) begin(ctx context.Context, a *followedRow, st *followed, e *evaluation) error {
	f := r.f
	size := e.members.Count()
	err := f.DB.InTx(ctx, func(ctx context.Context) error {
		now := clock.Millis(f.Clock.Now())
		seq, err := f.store.fence(ctx, f.token, 1, now+f.lease.Milliseconds())
		if err != nil {
			return err
		}
		ok, err := f.store.sized(ctx, a, size, clock.Millis(r.began), f.Clock.Now().Sub(e.began).Milliseconds(), true)
		if err != nil {
			return err
		}
		if !ok {
			return errMoved
		}
		if err := f.store.dropBlocks(ctx, a.id); err != nil {
			return err
		}
		if err := f.store.insertChanges(ctx, []Change{{Seq: seq, AudienceID: a.id, Entered: true, Version: a.version, At: now}}); err != nil {
			return err
		}
		if err := f.store.sizeOf(ctx, a.id, r.day, size, 0, 0); err != nil {
			return err
		}
		if err := f.store.putBlocks(ctx, a.id, e.members.Blocks(), e.members); err != nil {
			return err
		}
		f.at("commit")
		return nil
	})
	if err != nil {
		return err
	}
	a.size, a.kept, st.day = size, true, r.day
	f.committed(0, 0)
	return nil
}

// end drops the membership of an audience that is no longer followed.
func (f *Follower) end(ctx context.Context, a *followedRow) error {
	if st := f.state[a.id]; st != nil {
		f.uncache(st)
		delete(f.state, a.id)
		delete(f.looked, a.id)
	}
	err := f.DB.InTx(ctx, func(ctx context.Context) error {
		now := clock.Millis(f.Clock.Now())
		seq, err := f.store.fence(ctx, f.token, 1, now+f.lease.Milliseconds())
		if err != nil {
			return err
		}
		ok, err := f.store.ended(ctx, a.id)
		if err != nil {
			return err
		}
		if !ok { // followed again
			return errMoved
		}
		if err := f.store.dropBlocks(ctx, a.id); err != nil {
			return err
		}
		return f.store.insertChanges(ctx, []Change{{Seq: seq, AudienceID: a.id, Version: a.version, At: now}})
	})
	if errors.Is(err, errMoved) {
		return nil
	}
	if err == nil {
		f.committed(0, 0)
	}
	return err
}
