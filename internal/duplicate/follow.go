package duplicate

import (
	"context"

	"zhike/internal/column"
)

// followPasses bounds how often Follow looks again: what it moved to a winner
// may have to go on, as often as that one was merged itself.
const followPasses = 10

// Follow moves what was written to a merged customer after its merge — by an
// import that had looked it up before — to the one that stays, and lets the
// undo know. It looks at the merges since an instant (unix ms): each link is
// asked once for rows that were left behind, so that many merges without any
// cost next to nothing.
func (s *Service) Follow(ctx context.Context, since int64) error {
	for range followPasses {
		moved := false
		for i := range s.Links {
			l := &s.Links[i]
			merges, err := s.store.followers(ctx, l, since)
			if err != nil {
				return err
			}
			for j := range merges {
				if err := s.follow(ctx, l, &merges[j]); err != nil {
					return err
				}
				moved = true
			}
		}
		if !moved {
			return nil
		}
	}
	return nil
}

// follow moves what a link still points to the loser of a merge.
func (s *Service) follow(ctx context.Context, l *Link, m *mergeRow) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		// It may have been undone since: then the rows are where they belong.
		now, err := s.store.merge(ctx, m.ID)
		if err != nil || now.Status != statusDone {
			return err
		}
		n, err := s.store.partCount(ctx, m.ID)
		if err != nil {
			return err
		}
		p := parts{s: s, merge: m.ID, n: n}
		if err := p.take(ctx, l, m.LoserID, m.WinnerID); err != nil || p.n == n {
			return err
		}
		// Tags and values of the winner changed, and the feed does not say so.
		if err := column.Tell(ctx, s.DB, "", s.now(), m.WinnerID, m.LoserID); err != nil {
			return err
		}
		// Where the one that stays went on itself, the next pass reaches who is left.
		winner, err := s.store.customer(ctx, m.WinnerID)
		if err != nil || winner == nil {
			return err
		}
		return s.Refresh(ctx, []int64{m.WinnerID})
	})
}
