package importer

import (
	"context"

	"zhike/internal/order"
)

// plan is what a batch comes to.
type plan struct {
	r        *resolver
	existing []order.Existing // by doc; ID 0 = new
	same     []bool           // by doc: nothing new, or the discount alone
	told     []bool           // by doc: the same order with a discount that was not known so
	novel    []bool           // by doc: something of the buyer was new
}

func (w *writer) plan(ctx context.Context, b *batch) (*plan, error) {
	pl := &plan{r: newResolver(w), same: make([]bool, len(b.docs)), told: make([]bool, len(b.docs)), existing: make([]order.Existing, len(b.docs))}
	if err := w.findExisting(ctx, b, pl); err != nil {
		return nil, err
	}
	if !w.dry() && w.unknown(b, pl) {
		if err := w.st.gate(ctx); err != nil {
			return nil, err
		}
	}
	var err error
	if pl.r.extras, err = w.newExtras(ctx, b); err != nil {
		return nil, err
	}
	pl.novel, err = pl.r.resolve(ctx, b.docs, func(i int) bool { return !pl.same[i] })
	return pl, err
}

// findExisting looks the documents up by their numbers.
func (w *writer) findExisting(ctx context.Context, b *batch, pl *plan) error {
	if w.rec.Kind == KindCustomers || w.rec.Fresh {
		return nil
	}
	ids := make([]string, len(b.docs))
	hash := func(i int) int64 { return b.orders[b.docs[i].order].ContentHash }
	find := w.orders.OrdersByExternal
	for i := range b.docs {
		if w.rec.Kind == KindOrders {
			ids[i] = b.orders[b.docs[i].order].ExternalID
		} else {
			ids[i] = b.events[b.docs[i].order].ExternalID
		}
	}
	if w.rec.Kind == KindBehaviours {
		find = w.orders.BehavioursByExternal
		hash = func(i int) int64 { return b.events[b.docs[i].order].ContentHash }
	}
	found, err := find(ctx, w.rec.SourceID, ids)
	if err != nil {
		return err
	}
	for i, id := range ids {
		if e, ok := found[id]; ok {
			pl.existing[i] = e
			pl.same[i] = e.ContentHash == hash(i)
			if pl.same[i] && w.rec.Kind == KindOrders {
				d := b.orders[b.docs[i].order].Discount
				pl.told[i] = d.Known && d != e.Discount
			}
		}
	}
	return nil
}
