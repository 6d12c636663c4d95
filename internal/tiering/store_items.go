package tiering

import (
	"context"

	"zhike/internal/column"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// itemRow is what a person decided about a customer: a row of tier_decision_items.
type itemRow struct {
	run, customer, decision int64
	from                    clock.Day
	before, after           int // -1 for none
	reason                  string
	by, at                  int64
	kind                    DecisionKind // of the decision, where it is read
	how                     string
}

func (s *store) insertItems(ctx context.Context, list []itemRow) error {
	// Thousands have the reason of one act.
	sealed := map[string]any{"": nil}
	for i := range list {
		if _, ok := sealed[list[i].reason]; !ok {
			cipher, err := s.seal(list[i].reason)
			if err != nil {
				return err
			}
			sealed[list[i].reason] = cipher
		}
	}
	return s.db.BulkInsert(ctx, "tier_decision_items", []string{"run_id", "customer_id", "decision_id", "from_day", "before_level", "after_level",
		"reason", "reason_cipher", "decided_by", "decided_at"}, len(list), func(i int, v []any) {
		r := &list[i]
		v[0], v[1], v[2], v[3], v[4], v[5] = r.run, r.customer, r.decision, int64(r.from), int64(r.before), int64(r.after)
		v[6], v[7], v[8], v[9] = "", sealed[r.reason], r.by, r.at
	})
}

// itemsOf are the items of customers in a run, in the order of decisions.
func (s *store) itemsOf(ctx context.Context, run int64, ids []int64) (map[int64][]itemRow, error) {
	out := map[int64][]itemRow{}
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		return db.Each(ctx, s.db.Q(ctx), `SELECT i.customer_id, i.decision_id, i.from_day, i.before_level, i.after_level, i.reason_cipher, i.decided_by, i.decided_at, d.kind
FROM tier_decision_items i JOIN tier_decisions d ON d.id = i.decision_id WHERE i.run_id = $1 AND i.customer_id IN (`+in+`)
ORDER BY i.customer_id, i.decision_id`, func(r db.Scanner) error {
			it := itemRow{run: run}
			err := r.Scan(&it.customer, &it.decision, &it.from, &it.before, &it.after, s.opened(&it.reason), &it.by, &it.at, &it.kind)
			out[it.customer] = append(out[it.customer], it)
			return err
		}, append([]any{run}, args...)...)
	})
	return out, err
}

// customerItems are the items of a customer over all decisions, newest first.
func (s *store) customerItems(ctx context.Context, customer int64, n int) ([]itemRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT i.run_id, i.customer_id, i.decision_id, i.from_day, i.before_level, i.after_level, i.reason_cipher, i.decided_by, i.decided_at, d.kind
FROM tier_decisions d CROSS JOIN tier_decision_items i WHERE i.run_id = d.run_id AND i.customer_id = $1 AND i.decision_id = d.id AND d.status = 'published'
ORDER BY i.decision_id DESC LIMIT $2`, func(it *itemRow, r db.Scanner) error {
		return r.Scan(&it.run, &it.customer, &it.decision, &it.from, &it.before, &it.after, s.opened(&it.reason), &it.by, &it.at, &it.kind)
	}, customer, n)
}

// changedBehind says whether people changed levels of a run from a later day on.
func (s *store) changedBehind(ctx context.Context, run int64, day clock.Day) (changed bool, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM tier_decision_items WHERE run_id = $1 AND from_day > $2)`, run, int64(day)).Scan(&changed)
	return changed, db.MapError(err)
}

// levelsIn are the levels of some customers in a run.
func (s *store) levelsIn(ctx context.Context, run int64, ids []int64) (map[int64]int, error) {
	out := make(map[int64]int, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		return db.Each(ctx, s.db.Q(ctx), `SELECT customer_id, level FROM tier_assignments WHERE run_id = $1 AND customer_id IN (`+in+`)`, func(r db.Scanner) error {
			var id int64
			var level int
			err := r.Scan(&id, &level)
			out[id] = level
			return err
		}, append([]any{run}, args...)...)
	})
	return out, err
}

// decidedIn counts the customers of a run about whom people decided otherwise.
func (s *store) decidedIn(ctx context.Context, run int64) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM (`+byPeople+`) d`, run, run).Scan(&n)
	return n, db.MapError(err)
}

// levelCounts counts the customers of a run by the number of their level.
func (s *store) levelCounts(ctx context.Context, run int64) (map[int]int64, error) {
	out := map[int]int64{}
	err := db.Each(ctx, s.db.Q(ctx), `SELECT level, COUNT(*) FROM tier_assignments WHERE run_id = $1 GROUP BY level ORDER BY level`, func(r db.Scanner) error {
		var level int
		var n int64
		err := r.Scan(&level, &n)
		out[level] = n
		return err
	}, run)
	return out, err
}

// levelSet is what a row of tier_assignments is set to.
type levelSet struct {
	level int
	move  Move
}

func (s *store) setLevels(ctx context.Context, run int64, to levelSet, ids []int64) error {
	return db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(4, chunk)
		_, err := s.exec(ctx, `UPDATE tier_assignments SET level = $1, move = $2 WHERE run_id = $3 AND customer_id IN (`+in+`)`,
			append([]any{to.level, int64(to.move), run}, args...)...)
		return err
	})
}

// tellLevels says that levels, or decisions about them, were written.
func (s *Service) tellLevels(ctx context.Context, ids ...int64) error {
	if err := column.Tell(ctx, s.DB, "tier_assignments", s.now(), ids...); err != nil {
		return err
	}
	return column.Tell(ctx, s.DB, "tier_decision_items", s.now(), ids...)
}
