package review

import (
	"context"

	"zhike/internal/platform/db"
)

// insertComment adds one and says how many the move has then.
func (s *store) insertComment(ctx context.Context, id, customer int64, c *Comment) (n int64, err error) {
	if c.ID, err = s.db.NextID(ctx, "tier_comment"); err != nil {
		return 0, err
	}
	body, err := s.seal(c.Text)
	if err != nil {
		return 0, err
	}
	if _, err = s.exec(ctx, `INSERT INTO tier_review_comments (id, decision_id, customer_id, staff_id, body, body_cipher, at) VALUES ($1, $2, $3, $4, '', $5, $6)`,
		c.ID, id, customer, c.StaffID, body, c.At); err != nil {
		return 0, err
	}
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM tier_review_comments WHERE decision_id = $1 AND customer_id = $2`, id, customer).Scan(&n)
	return n, db.MapError(err)
}

func (s *store) comments(ctx context.Context, id, customer int64) ([]Comment, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT id, staff_id, body_cipher, at FROM tier_review_comments
WHERE decision_id = $1 AND customer_id = $2 ORDER BY id LIMIT 1000`, func(c *Comment, r db.Scanner) error {
		return r.Scan(&c.ID, &c.StaffID, s.opened(&c.Text), &c.At)
	}, id, customer)
}

// voteRow is a vote as it is stored; level is a number of the run's scheme.
type voteRow struct {
	customer, member, staff, at int64
	level                       int16
}

func (s *store) saveVote(ctx context.Context, id, customer, member, staff int64, level int16, now int64) error {
	_, err := s.exec(ctx, `INSERT INTO tier_review_votes (decision_id, customer_id, member_id, staff_id, level, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (decision_id, customer_id, member_id) DO UPDATE SET staff_id = excluded.staff_id, level = excluded.level, at = excluded.at`,
		id, customer, member, staff, int64(level), now)
	return err
}

// votes are those of a review by customer.
func (s *store) votes(ctx context.Context, id int64) (map[int64][]voteRow, error) {
	out := map[int64][]voteRow{}
	err := db.Each(ctx, s.db.Q(ctx), `SELECT customer_id, member_id, staff_id, level, at FROM tier_review_votes WHERE decision_id = $1
ORDER BY customer_id, member_id`, func(r db.Scanner) error {
		var v voteRow
		err := r.Scan(&v.customer, &v.member, &v.staff, &v.level, &v.at)
		out[v.customer] = append(out[v.customer], v)
		return err
	}, id)
	return out, err
}

// dropVotes removes those on some customers.
func (s *store) dropVotes(ctx context.Context, id int64, customers []int64) error {
	return db.InChunks(customers, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		_, err := s.exec(ctx, `DELETE FROM tier_review_votes WHERE decision_id = $1 AND customer_id IN (`+in+`)`, append([]any{id}, args...)...)
		return err
	})
}
