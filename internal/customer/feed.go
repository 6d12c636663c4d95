package customer

import (
	"context"
	"slices"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// FeedKind says what happened to a customer.
type FeedKind string

// The kinds of the feed.
const (
	FeedCreated  FeedKind = "created"
	FeedUpdated  FeedKind = "updated"
	FeedDeleted  FeedKind = "deleted"
	FeedMerged   FeedKind = "merged"
	FeedRestored FeedKind = "restored"
)

// feedDays is how long the feed is kept.
const feedDays = 90

// FeedEntry is one customer that was written.
type FeedEntry struct {
	Seq        int64    `json:"seq" doc:"Number of the entry, growing in the order of commits"`
	Kind       FeedKind `json:"kind" enum:"created,updated,deleted,merged,restored"`
	CustomerID int64    `json:"customer_id"`
	OtherID    *int64   `json:"other_id" doc:"With merged: the customer that stays"`
	At         int64    `json:"at" doc:"unix ms"`
}

// FeedPage is a piece of the feed.
type FeedPage struct {
	Items []FeedEntry `json:"items"`
	// NextCursor is where to go on, also when nothing was new.
	NextCursor int64 `json:"next_cursor" doc:"Give it as cursor the next time; kept by the reader"`
	More       bool  `json:"more" doc:"There are further entries already"`
}

// Feed gives up to limit entries behind cursor, 0 for the beginning of what is
// kept, which is 90 days. A customer that was written twice is there twice; a
// reader asks for the record itself. Entries come in the order of commits: none
// appears later before a cursor that was given out.
// Errors: customer.feed_scope for actors who do not see all customers, invalid
// (customer.cursor_ahead) behind the end,
// customer.cursor_expired where entries behind the cursor are gone.
func (s *Service) Feed(ctx context.Context, cursor int64, limit int) (FeedPage, error) {
	p := FeedPage{Items: []FeedEntry{}, NextCursor: cursor}
	if !seesAll(auth.From(ctx)) {
		return p, errs.New(errs.Forbidden, "customer.feed_scope")
	}
	var head int64
	var rows []feedRow
	err := s.DB.InReadTx(ctx, func(ctx context.Context) (err error) {
		if head, err = s.store.feedHead(ctx); err != nil {
			return err
		}
		if cursor > head {
			return errs.New(errs.Invalid, "invalid").WithField("cursor", "customer.cursor_ahead", "head", head)
		}
		oldest, err := s.store.feedOldest(ctx)
		if err != nil {
			return err
		}
		if cursor > 0 && cursor < head && (oldest == 0 || cursor < oldest-1) {
			return errs.New(errs.Conflict, "customer.cursor_expired", "days", feedDays)
		}
		rows, err = s.store.feedAfter(ctx, cursor, limit+1)
		return err
	})
	if err != nil {
		return p, err
	}
	for _, r := range rows {
		for e := range r.entries(cursor) {
			if len(p.Items) == limit {
				p.More = true
				return p, nil
			}
			p.Items = append(p.Items, e)
			p.NextCursor = e.Seq
		}
	}
	return p, nil
}

// entries spells a row out into the entries behind a cursor.
func (r *feedRow) entries(cursor int64) func(func(FeedEntry) bool) {
	return func(yield func(FeedEntry) bool) {
		e := FeedEntry{Seq: r.seq, Kind: r.kind, CustomerID: r.customerID, At: r.at}
		if r.kind == FeedMerged {
			e.OtherID = &r.otherID
		}
		if r.kind == FeedMerged || r.otherID <= r.customerID {
			yield(e)
			return
		}
		first := r.seq - (r.otherID - r.customerID)
		for seq := max(first, cursor+1); seq <= r.seq; seq++ {
			e.Seq, e.CustomerID = seq, r.customerID+seq-first
			if !yield(e) {
				return
			}
		}
	}
}

// run is a stretch of ids without a gap.
type run struct{ first, last int64 }

// runsOf sorts ids, drops repeats and joins neighbours.
func runsOf(ids []int64) (runs []run, n int64) {
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	for _, id := range slices.Compact(sorted) {
		n++
		if k := len(runs); k > 0 && runs[k-1].last+1 == id {
			runs[k-1].last = id
			continue
		}
		runs = append(runs, run{id, id})
	}
	return runs, n
}
