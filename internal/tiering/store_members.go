package tiering

import (
	"context"
	"strings"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
)

// proposedLevel is the level that a run found for a customer of it, a: what was
// there before the first decision.
const proposedLevel = `COALESCE((SELECT i.before_level FROM tier_decision_items i WHERE i.run_id = a.run_id AND i.customer_id = a.customer_id
 ORDER BY i.decision_id LIMIT 1), a.level)`

// byPeople are the customers of a run, $1 and $2, about whom people decided: in its
// review, by hand, or because only people graded them when it came into force. The
// number is reasonHand, written out so that both engines take the index of these few.
const byPeople = `SELECT customer_id FROM tier_decision_items WHERE run_id = $1
UNION SELECT customer_id FROM tier_assignments WHERE run_id = $2 AND reason = -2`

// decidedAmong are those of some customers of a run about whom people decided.
func (s *store) decidedAmong(ctx context.Context, run int64, ids []int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(3, chunk)
		return db.Each(ctx, s.db.Q(ctx), `SELECT d.customer_id FROM (`+byPeople+`) d WHERE d.customer_id IN (`+in+`) ORDER BY d.customer_id`, func(r db.Scanner) error {
			var id int64
			err := r.Scan(&id)
			out[id] = true
			return err
		}, append([]any{run, run}, args...)...)
	})
	return out, err
}

// decidedAssignments reads the customers of a list about whom people decided, as
// they are now, by falling spend behind (spend, id), of those an actor may see.
func (s *store) decidedAssignments(ctx context.Context, actor *auth.Actor, run int64, k listKey, spend, id int64, n int) ([]assignment, error) {
	var q strings.Builder
	args := []any{run, run}
	arg := func(v any) string {
		args = append(args, v)
		return db.Placeholders(len(args), 1)
	}
	q.WriteString(`SELECT ` + assignmentColumns + ` FROM (` + byPeople + `) d CROSS JOIN tier_assignments a CROSS JOIN customers c
WHERE a.run_id = ` + arg(run) + ` AND a.customer_id = d.customer_id AND c.id = d.customer_id`)
	if k.level >= 0 {
		q.WriteString(` AND a.level = ` + arg(int64(k.level)))
	}
	if k.move >= 0 {
		q.WriteString(` AND a.move = ` + arg(int64(k.move)))
	}
	q.WriteString(` AND (a.spend_fen < ` + arg(spend) + ` OR (a.spend_fen = ` + arg(spend) + ` AND a.customer_id > ` + arg(id) + `))`)
	where, more := ScopeOf(actor, len(args)+1)
	q.WriteString(where)
	args = append(args, more...)
	q.WriteString(` ORDER BY a.spend_fen DESC, a.customer_id LIMIT ` + arg(n))
	var out []assignment
	err := s.assignments(ctx, q.String(), args, func(a assignment) { out = append(out, a) })
	return out, err
}
