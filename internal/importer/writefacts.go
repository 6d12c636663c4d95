package importer

import (
	"context"

	"zhike/internal/order"
)

// writeOrders adds and replaces the orders of a batch.
func (w *writer) writeOrders(ctx context.Context, b *batch, pl *plan) error {
	fresh, old := w.fresh[:0], []order.Order(nil)
	freshDocs, oldDocs := w.freshDocs[:0], []int(nil)
	products := w.freshProducts[:0]
	defer func() {
		clear(fresh)
		clear(products)
		w.fresh, w.freshDocs, w.freshProducts = fresh, freshDocs, products
	}()
	for i := range b.docs {
		if d := &b.docs[i]; !pl.same[i] && d.refused == nil {
			products = append(products, b.products[d.lineFrom:d.lineTo]...)
		}
	}
	ids, err := w.products.IDs(ctx, products)
	if err != nil {
		return err
	}
	for i := range b.docs {
		d := &b.docs[i]
		if pl.same[i] || d.refused != nil {
			continue
		}
		lines := b.lines[d.lineFrom:d.lineTo]
		for k := range lines {
			lines[k].ProductID = ids[k]
		}
		ids = ids[len(lines):]
		o := b.orders[d.order]
		o.SourceID, o.CustomerID, o.ImportID = w.rec.SourceID, d.customer, w.rec.ID
		o.CreatedAt, o.UpdatedAt = w.nowMS, w.nowMS
		o.SetLone(lines)
		w.met.add(metTouched, d.customer)
		if e := pl.existing[i]; e.ID != 0 {
			o.ID, o.CreatedAt = e.ID, e.CreatedAt
			if !o.Discount.Known {
				o.Discount = e.Discount // a file without it takes nothing away
			}
			w.met.add(metTouched, e.CustomerID)
			old, oldDocs = append(old, o), append(oldDocs, i)
		} else {
			fresh, freshDocs = append(fresh, o), append(freshDocs, i)
		}
	}
	if err := w.writeDiscounts(ctx, b, pl); err != nil {
		return err
	}
	if err := w.orders.InsertOrders(ctx, fresh); err != nil {
		return err
	}
	w.freshLines = linesOf(w.freshLines[:0], b, fresh, freshDocs)
	if err := w.orders.InsertLines(ctx, w.freshLines); err != nil {
		return err
	}
	if len(old) == 0 {
		return nil
	}
	if err := w.orders.UpdateOrders(ctx, old); err != nil {
		return err
	}
	oldIDs := make([]int64, len(old))
	for i := range old {
		oldIDs[i] = old[i].ID
	}
	return w.orders.ReplaceLines(ctx, oldIDs, linesOf(nil, b, old, oldDocs))
}

// writeDiscounts fills in what the file tells of orders that are there and
// otherwise as it has them. One number twice in a batch: the later row counts.
func (w *writer) writeDiscounts(ctx context.Context, b *batch, pl *plan) error {
	fen := map[int64]int64{}
	for i, told := range pl.told {
		if told {
			fen[pl.existing[i].ID] = b.orders[b.docs[i].order].Discount.Fen
			w.met.add(metTouched, pl.existing[i].CustomerID)
		}
	}
	return w.orders.SetDiscounts(ctx, fen, w.nowMS)
}

// linesOf appends the lines of orders that have their ids.
func linesOf(out []order.Line, b *batch, orders []order.Order, docs []int) []order.Line {
	for k, i := range docs {
		d := &b.docs[i]
		for _, l := range b.lines[d.lineFrom:d.lineTo] {
			l.OrderID = orders[k].ID
			out = append(out, l)
		}
	}
	return out
}

// writeEvents adds and replaces the behaviours of a batch.
func (w *writer) writeEvents(ctx context.Context, b *batch, pl *plan) error {
	var fresh, old []order.Behaviour
	var products []order.Product
	var places []*order.Behaviour
	for i := range b.docs {
		d := &b.docs[i]
		if pl.same[i] || d.refused != nil {
			continue
		}
		products = append(products, b.products[d.order])
		places = append(places, &b.events[d.order])
	}
	ids, err := w.products.IDs(ctx, products)
	if err != nil {
		return err
	}
	for k, e := range places {
		e.ProductID = ids[k]
	}
	for i := range b.docs {
		d := &b.docs[i]
		if pl.same[i] || d.refused != nil {
			continue
		}
		e := b.events[d.order]
		e.SourceID, e.CustomerID, e.ImportID, e.CreatedAt = w.rec.SourceID, d.customer, w.rec.ID, w.nowMS
		w.met.add(metTouched, d.customer)
		if x := pl.existing[i]; x.ID != 0 {
			e.ID, e.CreatedAt = x.ID, x.CreatedAt
			w.met.add(metTouched, x.CustomerID)
			old = append(old, e)
		} else {
			fresh = append(fresh, e)
		}
	}
	if err := w.orders.InsertBehaviours(ctx, fresh); err != nil {
		return err
	}
	return w.orders.UpdateBehaviours(ctx, w.nowMS, old)
}
