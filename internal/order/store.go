package order

import (
	"context"
	"database/sql"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// Store reads and writes the facts. It is safe for concurrent use.
type Store struct {
	db *db.DB
}

// NewStore makes a store on d.
func NewStore(d *db.DB) *Store { return &Store{db: d} }

// OrdersByExternal finds the orders of a source by their numbers; a number
// that is not there is missing in the answer. Any length of list.
func (s *Store) OrdersByExternal(ctx context.Context, sourceID int64, externalIDs []string) (map[string]Existing, error) {
	return s.byExternal(ctx, "orders", "discount_fen", sourceID, externalIDs)
}

// BehavioursByExternal is OrdersByExternal for behaviours.
func (s *Store) BehavioursByExternal(ctx context.Context, sourceID int64, externalIDs []string) (map[string]Existing, error) {
	return s.byExternal(ctx, "behaviours", "CAST(NULL AS BIGINT)", sourceID, externalIDs)
}

func (s *Store) byExternal(ctx context.Context, table, discount string, sourceID int64, externalIDs []string) (map[string]Existing, error) {
	found := map[string]Existing{}
	err := db.InChunks(externalIDs, func(chunk []string) error {
		in, args := db.InArgs(2, chunk)
		return db.Each(ctx, s.db.Q(ctx), `SELECT external_id, id, customer_id, content_hash, import_id, day, created_at, `+discount+` FROM `+table+
			` WHERE source_id = $1 AND external_id IN (`+in+`)`, func(r db.Scanner) error {
			var id string
			var e Existing
			var off sql.NullInt64
			err := r.Scan(&id, &e.ID, &e.CustomerID, &e.ContentHash, &e.ImportID, &e.Day, &e.CreatedAt, &off)
			e.Discount = Discount{off.Int64, off.Valid}
			found[id] = e
			return err
		}, append([]any{sourceID}, args...)...)
	})
	return found, err
}

var orderColumns = []string{
	"id", "source_id", "external_id", "customer_id", "kind", "status", "paid_at", "day",
	"gross_fen", "gross_sub", "sales_fen", "sales_sub", "net_fen", "net_sub",
	"freight_fen", "quantity_milli", "line_count", "channel", "store", "province", "city", "lone_product_id",
	"content_hash", "import_id", "created_at", "updated_at", "discount_fen",
}

// InsertOrders adds orders inside InTx. Those with ID 0 get ids, dense and
// ascending, which are set in the slice. An order that is there already fails
// the whole call (db.unique).
func (s *Store) InsertOrders(ctx context.Context, orders []Order) error {
	if len(orders) == 0 {
		return nil
	}
	err := s.db.AssignIDs(ctx, "order", len(orders), func(i int) *int64 { return &orders[i].ID })
	if err != nil {
		return err
	}
	err = s.tell(ctx, toldOrders, orders[0].UpdatedAt, len(orders), func(i int) int64 { return orders[i].CustomerID })
	if err != nil {
		return err
	}
	return s.db.BulkInsert(ctx, "orders", orderColumns, len(orders), func(i int, v []any) {
		o := &orders[i]
		v[0], v[1], v[2], v[3] = o.ID, o.SourceID, o.ExternalID, o.CustomerID
		v[4], v[5], v[6], v[7] = int64(o.Kind), int64(o.Status), o.PaidAt, int64(o.Day)
		v[8], v[9], v[10], v[11] = o.Gross.Fen, o.Gross.Sub, o.Sales.Fen, o.Sales.Sub
		v[12], v[13], v[14], v[15] = o.Net.Fen, o.Net.Sub, o.FreightFen, o.QuantityMilli
		v[16], v[17], v[18], v[19], v[20] = int64(o.LineCount), o.Channel, o.Store, o.Province, o.City
		v[21], v[22], v[23], v[24], v[25] = orNull(o.Lone), o.ContentHash, o.ImportID, o.CreatedAt, o.UpdatedAt
		v[26] = o.Discount.orNull()
	})
}

// UpdateOrders replaces orders that are there, inside InTx; each carries its
// ID and CreatedAt (from OrdersByExternal). Lines are the business of
// ReplaceLines.
func (s *Store) UpdateOrders(ctx context.Context, orders []Order) error {
	if len(orders) == 0 {
		return nil
	}
	// Deleted and inserted again: 2 statements for a thousand rows instead of a
	// thousand updates.
	ids := make([]int64, len(orders))
	for i := range orders {
		ids[i] = orders[i].ID
	}
	if err := s.takeOut(ctx, "orders", toldOrders, orders[0].UpdatedAt, ids); err != nil {
		return err
	}
	return s.InsertOrders(ctx, orders)
}

// InsertLines adds the lines of new orders inside InTx. (OrderID, No) is
// unique; lines sorted by it insert fastest. Columns in memory follow lines with
// their orders, so both are written in one transaction.
func (s *Store) InsertLines(ctx context.Context, lines []Line) error {
	cols := []string{"order_id", "line_no", "product_id", "quantity_milli", "amount_fen", "amount_sub"}
	return s.db.BulkInsert(ctx, "order_lines", cols, len(lines), func(i int, v []any) {
		l := &lines[i]
		v[0], v[1], v[2], v[3], v[4], v[5] = l.OrderID, int64(l.No), orNull(l.ProductID), l.QuantityMilli, l.Amount.Fen, l.Amount.Sub
	})
}

// ReplaceLines puts lines in the place of all lines that the orders orderIDs
// had, inside InTx.
func (s *Store) ReplaceLines(ctx context.Context, orderIDs []int64, lines []Line) error {
	if err := s.deleteIn(ctx, `DELETE FROM order_lines WHERE order_id IN (`, orderIDs); err != nil {
		return err
	}
	return s.InsertLines(ctx, lines)
}

var behaviourColumns = []string{
	"id", "source_id", "external_id", "customer_id", "kind", "at", "day", "product_id",
	"quantity_milli", "rating", "content_hash", "import_id", "created_at",
}

// InsertBehaviours adds behaviours inside InTx; ids as in InsertOrders.
func (s *Store) InsertBehaviours(ctx context.Context, bs []Behaviour) error {
	if len(bs) == 0 {
		return nil
	}
	return s.insertBehaviours(ctx, bs[0].CreatedAt, bs)
}

func (s *Store) insertBehaviours(ctx context.Context, now int64, bs []Behaviour) error {
	err := s.db.AssignIDs(ctx, "behaviour", len(bs), func(i int) *int64 { return &bs[i].ID })
	if err != nil {
		return err
	}
	err = s.tell(ctx, toldBehaviours, now, len(bs), func(i int) int64 { return bs[i].CustomerID })
	if err != nil {
		return err
	}
	return s.db.BulkInsert(ctx, "behaviours", behaviourColumns, len(bs), func(i int, v []any) {
		b := &bs[i]
		v[0], v[1], v[2], v[3] = b.ID, b.SourceID, b.ExternalID, b.CustomerID
		v[4], v[5], v[6], v[7] = int64(b.Kind), b.At, int64(b.Day), orNull(b.ProductID)
		v[8], v[9], v[10], v[11], v[12] = b.QuantityMilli, orNull(int64(b.Rating)), b.ContentHash, b.ImportID, b.CreatedAt
	})
}

// UpdateBehaviours replaces behaviours that are there, inside InTx; each
// carries its ID and CreatedAt. now is unix ms.
func (s *Store) UpdateBehaviours(ctx context.Context, now int64, bs []Behaviour) error {
	if len(bs) == 0 {
		return nil
	}
	ids := make([]int64, len(bs))
	for i := range bs {
		ids[i] = bs[i].ID
	}
	if err := s.takeOut(ctx, "behaviours", toldBehaviours, now, ids); err != nil {
		return err
	}
	return s.insertBehaviours(ctx, now, bs)
}

// deleteIn runs `head … )` with the ids as the IN list, in chunks.
func (s *Store) deleteIn(ctx context.Context, head string, ids []int64) error {
	return db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		_, err := s.db.Q(ctx).ExecContext(ctx, head+in+`)`, args...)
		return db.MapError(err)
	})
}

// orNull is the amount as it is stored.
func (d Discount) orNull() any {
	if !d.Known {
		return nil
	}
	return d.Fen
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func nullDay(n sql.NullInt64) *clock.Day {
	if !n.Valid {
		return nil
	}
	d := clock.Day(n.Int64)
	return &d
}
