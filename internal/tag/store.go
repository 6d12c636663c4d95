package tag

import (
	"context"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

func (s *Service) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.DB.Q(ctx).ExecContext(ctx, query, args...)
	return db.MapError(err)
}

func (s *Service) count(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = s.DB.Q(ctx).QueryRowContext(ctx, query, args...).Scan(&n)
	return n, db.MapError(err)
}

func (s *Service) version(ctx context.Context) (v int64, err error) {
	err = s.DB.Prepared(ctx).QueryRowContext(ctx, "SELECT version FROM tag_state WHERE id = 1").Scan(&v)
	return v, db.MapError(err)
}

func (s *Service) raiseVersion(ctx context.Context) error {
	return s.exec(ctx, "UPDATE tag_state SET version = version + 1 WHERE id = 1")
}

func (s *Service) allGroups(ctx context.Context) ([]Group, error) {
	return db.Select(ctx, s.DB.Q(ctx), "SELECT id, name_zh, name_en, is_exclusive, position, created_at, updated_at FROM tag_groups ORDER BY position, id",
		func(g *Group, r db.Scanner) error {
			return r.Scan(&g.ID, &g.Name.ZH, &g.Name.EN, &g.Exclusive, &g.Position, &g.CreatedAt, &g.UpdatedAt)
		})
}

func (s *Service) allTags(ctx context.Context) ([]Tag, error) {
	return db.Select(ctx, s.DB.Q(ctx), "SELECT id, group_id, name, tone, retired, merged_into, created_at, updated_at FROM tags ORDER BY group_id, fold, id",
		func(t *Tag, r db.Scanner) error {
			err := r.Scan(&t.ID, &t.GroupID, &t.Name, &t.Tone, &t.Retired, &t.MergedInto, &t.CreatedAt, &t.UpdatedAt)
			t.index()
			return err
		})
}

func (s *Service) insertGroup(ctx context.Context, g *Group) error {
	return s.exec(ctx, "INSERT INTO tag_groups (id, name_zh, name_en, is_exclusive, position, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		g.ID, g.Name.ZH, g.Name.EN, g.Exclusive, g.Position, g.CreatedAt, g.UpdatedAt)
}

func (s *Service) updateGroup(ctx context.Context, g *Group) error {
	return s.exec(ctx, "UPDATE tag_groups SET name_zh = $1, name_en = $2, is_exclusive = $3, position = $4, updated_at = $5 WHERE id = $6",
		g.Name.ZH, g.Name.EN, g.Exclusive, g.Position, g.UpdatedAt, g.ID)
}

func (s *Service) deleteGroup(ctx context.Context, id int64) error {
	return s.exec(ctx, "DELETE FROM tag_groups WHERE id = $1", id)
}

func (s *Service) insertTag(ctx context.Context, t *Tag) error {
	return s.exec(ctx, "INSERT INTO tags (id, group_id, name, fold, tone, retired, merged_into, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		t.ID, t.GroupID, t.Name, t.fold, t.Tone, t.Retired, t.MergedInto, t.CreatedAt, t.UpdatedAt)
}

func (s *Service) updateTag(ctx context.Context, t *Tag) error {
	return s.exec(ctx, "UPDATE tags SET group_id = $1, name = $2, fold = $3, tone = $4, retired = $5, merged_into = $6, updated_at = $7 WHERE id = $8",
		t.GroupID, t.Name, t.fold, t.Tone, t.Retired, t.MergedInto, t.UpdatedAt, t.ID)
}

func (s *Service) deleteTag(ctx context.Context, id int64) error {
	return s.exec(ctx, "DELETE FROM tags WHERE id = $1", id)
}

// memberCount counts the members of a tag up to most.
func (s *Service) memberCount(ctx context.Context, id int64, most int) (int64, error) {
	return s.count(ctx, "SELECT count(*) FROM (SELECT 1 FROM customer_tags WHERE tag_id = $1 LIMIT $2) part", id, most)
}

// memberCounts counts the members of every tag.
func (s *Service) memberCounts(ctx context.Context) (map[int64]int64, error) {
	type pair struct{ id, n int64 }
	list, err := db.Select(ctx, s.DB.Q(ctx), "SELECT tag_id, count(*) FROM customer_tags GROUP BY tag_id ORDER BY tag_id",
		func(p *pair, r db.Scanner) error { return r.Scan(&p.id, &p.n) })
	out := make(map[int64]int64, len(list))
	for _, p := range list {
		out[p.id] = p.n
	}
	return out, err
}

// members gives up to n members of a tag behind a customer's id, in their order.
func (s *Service) members(ctx context.Context, id, after int64, n int) ([]int64, error) {
	return db.Select(ctx, s.DB.Q(ctx), "SELECT customer_id FROM customer_tags WHERE tag_id = $1 AND customer_id > $2 ORDER BY customer_id LIMIT $3",
		func(v *int64, r db.Scanner) error { return r.Scan(v) }, id, after, n)
}

// held is one tag of one customer.
type held struct {
	customerID, tagID int64
	addedAt, addedBy  int64
}

// tagsOf reads the tags of customers, in the order they were given.
func (s *Service) tagsOf(ctx context.Context, ids []int64) (out []held, err error) {
	err = db.InChunks(ids, func(chunk []int64) error {
		is, args := s.DB.OneOf(1, chunk)
		list, err := db.Select(ctx, s.DB.Prepared(ctx), "SELECT customer_id, tag_id, added_at, added_by FROM customer_tags WHERE customer_id "+is+" ORDER BY customer_id, added_at, tag_id",
			func(h *held, r db.Scanner) error {
				return r.Scan(&h.customerID, &h.tagID, &h.addedAt, &h.addedBy)
			}, args...)
		out = append(out, list...)
		return err
	})
	return out, err
}

var heldColumns = []string{"customer_id", "tag_id", "added_at", "added_by"}

func (s *Service) insertHeld(ctx context.Context, rows []held) error {
	return s.DB.BulkInsert(ctx, "customer_tags", heldColumns, len(rows), func(i int, v []any) {
		r := &rows[i]
		v[0], v[1], v[2], v[3] = r.customerID, r.tagID, r.addedAt, r.addedBy
	})
}

func (s *Service) deleteHeld(ctx context.Context, tagID int64, ids []int64) error {
	return db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		return s.exec(ctx, "DELETE FROM customer_tags WHERE tag_id = $1 AND customer_id IN ("+in+")", append([]any{tagID}, args...)...)
	})
}

func (s *Service) deleteAllHeld(ctx context.Context, ids []int64) error {
	return db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		return s.exec(ctx, "DELETE FROM customer_tags WHERE customer_id IN ("+in+")", args...)
	})
}

// lockTag takes the row of a tag: of two merges of one tag the second waits
// and sees what the first did.
func (s *Service) lockTag(ctx context.Context, id int64) error {
	res, err := s.DB.Q(ctx).ExecContext(ctx, "UPDATE tags SET updated_at = updated_at WHERE id = $1", id)
	if err != nil {
		return db.MapError(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errs.New(errs.NotFound, "tag.not_found")
	}
	return nil
}
