package order

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"zhike/internal/column"
	"zhike/internal/platform/db"
)

// SetDiscounts writes the discounts of orders that are there, by their ids, and
// nothing else of them, inside InTx. The figures of the customers are the
// caller's.
func (s *Store) SetDiscounts(ctx context.Context, fen map[int64]int64, now int64) error {
	ids := slices.Sorted(maps.Keys(fen))
	var owners []int64
	for chunk := range slices.Chunk(ids, db.MaxIn) {
		var rows strings.Builder
		for i, id := range chunk {
			if i > 0 {
				rows.WriteByte(',')
			}
			rows.WriteString("(" + strconv.FormatInt(id, 10) + "," + strconv.FormatInt(fen[id], 10) + ")")
		}
		// Both engines call the columns of VALUES so.
		err := db.Each(ctx, s.db.Q(ctx), `UPDATE orders SET discount_fen = v.column2 FROM (VALUES `+rows.String()+`) AS v WHERE orders.id = v.column1 RETURNING orders.customer_id`, func(r db.Scanner) error {
			var owner int64
			err := r.Scan(&owner)
			owners = append(owners, owner)
			return err
		})
		if err != nil {
			return err
		}
	}
	return column.Tell(ctx, s.db, toldOrders, now, owners...)
}
