package audience

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"strings"
	"time"

	"zhike/internal/platform/clock"
)

// lead says whether this process follows, and takes the lease where it is free.
func (f *Follower) lead(ctx context.Context) (bool, error) {
	now := f.Clock.Now()
	if f.token != "" && now.Sub(f.renewed) < f.lease/3 {
		return true, nil
	}
	if f.token != "" {
		return f.renew(ctx)
	}
	h, err := f.store.head(ctx)
	if err != nil {
		return false, err
	}
	// A predecessor on this node is dead: only one server runs on it.
	mine := f.Node != "" && strings.HasPrefix(h.node, f.Node+"#")
	if h.node != "" && !mine && h.until > clock.Millis(now) {
		f.setLeader(false)
		return false, nil
	}
	token, ok := f.Node+"#"+newToken(), false
	err = f.DB.InTx(ctx, func(ctx context.Context) (err error) {
		ok, err = f.store.takeLease(ctx, h, token, clock.Millis(now.Add(f.lease)))
		return err
	})
	if err != nil || !ok {
		return false, err
	}
	f.forget()
	f.token, f.renewed, f.left = token, now, h.settledAt
	f.setLeader(true)
	return true, nil
}

// newToken makes a name that no other turn of a follower has had.
func newToken() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

func (f *Follower) renew(ctx context.Context) (ok bool, err error) {
	now := f.Clock.Now()
	err = f.DB.InTx(ctx, func(ctx context.Context) (err error) {
		if ok, err = f.store.renewLease(ctx, f.token, clock.Millis(now.Add(f.lease)), f.settled()); err != nil || !ok {
			return err
		}
		for at, ids := range f.byInstant() {
			if err := f.store.looked(ctx, ids, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	if !ok {
		f.forget()
		return false, nil
	}
	f.renewed = now
	clear(f.looked)
	return true, nil
}

// byInstant turns looked around.
func (f *Follower) byInstant() map[int64][]int64 {
	out := map[int64][]int64{}
	for id, at := range f.looked {
		out[at] = append(out[at], id)
	}
	return out
}

// keep renews the lease where it is time.
func (f *Follower) keep(ctx context.Context) error {
	if f.Clock.Now().Sub(f.renewed) < f.lease/3 {
		return nil
	}
	if ok, err := f.renew(ctx); err != nil || ok {
		return err
	}
	return errLeaseLost
}

// forget drops what only the holder of the lease may rely on.
func (f *Follower) forget() {
	f.token = ""
	clear(f.state)
	clear(f.looked)
	f.cached = 0
	f.setLeader(false)
}

// release gives the lease back.
func (f *Follower) release(ctx context.Context) {
	if f.token == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	err := f.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := f.store.renewLease(ctx, f.token, 0, f.settled())
		return err
	})
	if err != nil {
		f.Log.WarnContext(ctx, "the lease of following was not given back", slog.Any("error", err))
	}
	f.forget()
}

// settledAt is as of when all audiences are right but those of which the
// database says that they are not.
func (f *Follower) settledAt() time.Time {
	var at time.Time
	for _, st := range f.state {
		right := st.freshAt
		if !st.dueSince.IsZero() {
			right = st.dueSince
		}
		if !st.shown && (at.IsZero() || right.Before(at)) {
			at = right
		}
	}
	return at
}

// settled is settledAt as the database keeps it; 0 where nothing is.
func (f *Follower) settled() int64 {
	if at := f.settledAt(); !at.IsZero() {
		return clock.Millis(at)
	}
	return 0
}
