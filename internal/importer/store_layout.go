package importer

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/platform/db"
)

// holdLinks keeps links inside InTx; a later one takes the place of an earlier
// one of the same customer and kind.
func (s *store) holdLinks(ctx context.Context, sourceID int64, links []heldLink) error {
	type place struct {
		from int64
		kind customer.RelationKind
	}
	at := map[place]int{}
	var keep []heldLink
	for _, l := range links {
		k := place{l.from, l.kind}
		if i, there := at[k]; there {
			keep[i] = l
			continue
		}
		at[k] = len(keep)
		keep = append(keep, l)
	}
	if err := s.dropLinks(ctx, sourceID, keep); err != nil {
		return err
	}
	cols := []string{"source_id", "from_id", "kind", "to_blind", "to_name", "title", "is_primary"}
	return s.db.BulkInsert(ctx, "import_links", cols, len(keep), func(i int, v []any) {
		l := &keep[i]
		v[0], v[1], v[2], v[3] = sourceID, l.from, string(l.kind), nil
		if !l.number.none() {
			v[3] = append([]byte(nil), l.number[:]...)
		}
		v[4], v[5], v[6] = l.name, l.title, l.primary
	})
}

// dropLinks forgets links inside InTx.
func (s *store) dropLinks(ctx context.Context, sourceID int64, links []heldLink) error {
	by := map[customer.RelationKind][]int64{}
	for i := range links {
		by[links[i].kind] = append(by[links[i].kind], links[i].from)
	}
	for kind, ids := range by {
		err := db.InChunks(ids, func(chunk []int64) error {
			in, args := db.InArgs(3, chunk)
			_, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM import_links WHERE source_id = $1 AND kind = $2 AND from_id IN (`+in+`)`,
				append([]any{sourceID, string(kind)}, args...)...)
			return db.MapError(err)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// heldLinks reads up to n links of a source behind a place, in the order of
// customers and kinds.
func (s *store) heldLinks(ctx context.Context, sourceID, from int64, kind customer.RelationKind, n int) ([]heldLink, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT l.from_id, l.kind, l.to_blind, l.to_name, l.title, l.is_primary
FROM import_links l WHERE l.source_id = $1 AND (l.from_id > $2 OR (l.from_id = $3 AND l.kind > $4)) ORDER BY l.from_id, l.kind LIMIT $5`,
		sourceID, from, from, string(kind), n)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []heldLink
	for rows.Next() {
		var l heldLink
		var number []byte
		if err := rows.Scan(&l.from, &l.kind, &number, &l.name, &l.title, &l.primary); err != nil {
			return nil, db.MapError(err)
		}
		copy(l.number[:], number)
		out = append(out, l)
	}
	return out, db.MapError(rows.Err())
}
