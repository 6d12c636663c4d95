package order

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"zhike/internal/platform/db"
)

// SetDiscounts writes the discounts of orders that are there, by their ids, and
// nothing else of them, inside InTx. Columns in memory have no discounts, so
// that nobody is told; the figures of the customers are the caller's.
func (s *Store) SetDiscounts(ctx context.Context, fen map[int64]int64) error {
	ids := make([]int64, 0, len(fen))
	for id := range fen {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for chunk := range slices.Chunk(ids, db.MaxIn) {
		var rows strings.Builder
		for i, id := range chunk {
			if i > 0 {
				rows.WriteByte(',')
			}
			rows.WriteString("(" + strconv.FormatInt(id, 10) + "," + strconv.FormatInt(fen[id], 10) + ")")
		}
		// Both engines call the columns of VALUES so.
		_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE orders SET discount_fen = v.column2 FROM (VALUES `+rows.String()+`) AS v WHERE orders.id = v.column1`)
		if err != nil {
			return db.MapError(err)
		}
	}
	return nil
}
