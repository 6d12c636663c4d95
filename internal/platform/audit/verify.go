package audit

import (
	"context"
	"errors"
	"math"

	"zhike/internal/platform/errs"
)

// Reasons why a chain does not hold.
const (
	ReasonChanged   = "changed"    // the fields do not give the hash
	ReasonMissing   = "missing"    // a number is left out
	ReasonTruncated = "truncated"  // the end is cut off
	ReasonExtra     = "extra"      // an entry that was never appended
	ReasonHead      = "head"       // the head does not name the last entry's hash
	ReasonUnreadble = "unreadable" // a field holds what it cannot hold
)

// Verification is the outcome of a walk along the chain.
type Verification struct {
	OK         bool   `json:"ok"`
	Checked    int64  `json:"checked" doc:"Entries whose hash was computed"`
	HeadHash   string `json:"head_hash" doc:"Hash of the last entry; kept elsewhere, it proves that the chain was not rewritten"`
	FirstBadID *int64 `json:"first_bad_id" doc:"The first entry that does not hold"`
	Reason     string `json:"reason" enum:",changed,missing,truncated,extra,head,unreadable"`
}

// verifyBatch is how many entries are read at a time: entries may hold up to
// 128 KiB, mostly they are far smaller.
const verifyBatch = 500

// Verify walks the chain from its first entry to the head as it stood at the
// start, in batches, so that appending goes on meanwhile. progress, where not
// nil, hears of each batch. A broken chain is an outcome, not an error.
func (l *Log) Verify(ctx context.Context, progress func(done, total int64)) (Verification, error) {
	seq, head, err := l.head(ctx)
	if err != nil {
		return Verification{}, err
	}
	v := Verification{HeadHash: head}
	bad := func(id int64, reason string) (Verification, error) {
		v.FirstBadID, v.Reason = &id, reason
		return v, nil
	}
	prev, last := "", int64(math.MinInt64)
	next := int64(1)
	for next <= seq {
		if err := ctx.Err(); err != nil {
			return v, errs.From(err)
		}
		batch, err := l.after(ctx, last, verifyBatch)
		if errors.As(err, new(*unreadable)) {
			return bad(next, ReasonUnreadble)
		}
		if err != nil {
			return v, err
		}
		for i := range batch {
			r := &batch[i]
			switch {
			case r.ID < next:
				return bad(r.ID, ReasonExtra)
			case next > seq:
				// Appended since the start, or put there by hand: looked at below.
			case r.ID > next:
				return bad(next, ReasonMissing)
			case r.chain(prev) != r.Hash:
				return bad(r.ID, ReasonChanged)
			}
			if next > seq {
				break
			}
			prev, last = r.Hash, r.ID
			next++
			v.Checked++
		}
		if len(batch) == 0 {
			return bad(next, ReasonTruncated)
		}
		if progress != nil {
			progress(v.Checked, seq)
		}
	}
	if prev != head {
		return bad(seq, ReasonHead)
	}
	return l.verifyEnd(ctx, v)
}

// verifyEnd looks for entries beyond the head, on one snapshot.
func (l *Log) verifyEnd(ctx context.Context, v Verification) (Verification, error) {
	err := l.db.InReadTx(ctx, func(ctx context.Context) error {
		seq, _, err := l.head(ctx)
		if err != nil {
			return err
		}
		low, high, err := l.span(ctx)
		if err != nil {
			return err
		}
		switch {
		case high > seq:
			first, err := l.after(ctx, seq, 1)
			if err != nil {
				return err
			}
			v.FirstBadID, v.Reason = &first[0].ID, ReasonExtra
		case low < 1 && seq == 0 && low != 0:
			v.FirstBadID, v.Reason = &low, ReasonExtra
		case high < seq:
			n := high + 1
			v.FirstBadID, v.Reason = &n, ReasonTruncated
		default:
			v.OK = true
		}
		return nil
	})
	return v, err
}
