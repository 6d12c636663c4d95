package importer

import (
	"math"

	"zhike/internal/order"
)

// count adds what a batch came to, and turns documents that were refused while
// writing into faults of their rows.
func (w *writer) count(b *batch, pl *plan) {
	t := &w.rec.Tally
	for i := range b.docs {
		d := &b.docs[i]
		if d.refused != nil {
			own := *d.refused
			own.row = d.from
			b.refuse(d.from, d.to, []fault{own})
			continue
		}
		w.countTags(pl, d)
		if d.buyer.more != nil && d.buyer.more.oddStage {
			w.rec.Counts.StagesLeftOut++
		}
		rows := int64(d.to - d.from)
		id := d.customer
		if pl.same[i] {
			id = pl.existing[i].CustomerID
		}
		if w.met.add(metSeen, id) {
			if w.met.sets[metCreated].has(id) {
				t.CustomersCreated++
			} else {
				t.CustomersMatched++
			}
		}
		if pl.same[i] && !pl.told[i] || w.rec.Kind == KindCustomers && !pl.novel[i] {
			t.Unchanged += rows
		} else {
			t.Accepted += rows
		}
		switch w.rec.Kind {
		case KindOrders:
			w.countOrder(b, d, pl.same[i] && !pl.told[i], pl.existing[i].ID != 0)
		case KindBehaviours:
			switch {
			case pl.same[i]:
				t.Counts.BehavioursUnchanged++
			case pl.existing[i].ID != 0:
				t.Counts.BehavioursUpdated++
			default:
				t.Counts.BehavioursCreated++
			}
		}
	}
	t.Counts.ExactDuplicates += b.duplicates
	t.Counts.DuplicatesDropped += b.dropped
	t.Counts.WithoutBuyer += b.withoutBuyer
	t.Counts.FarApart += b.farApart
	t.Rejected += int64(len(b.faults))
	for i := range b.faults {
		t.Counts.reason(b.faults[i].code, 1)
	}
	if !b.held {
		t.RowsRead = b.cursor
		w.rec.Cursor = b.cursor
	}
}

func (w *writer) countOrder(b *batch, d *doc, same, known bool) {
	t := &w.rec.Tally
	c := &t.Counts
	switch {
	case same:
		c.OrdersUnchanged++
	case known:
		t.OrdersUpdated++
	default:
		t.OrdersCreated++
	}
	o := &b.orders[d.order]
	if o.Kind == order.KindReturn {
		c.Returns++
	} else {
		switch o.Status {
		case order.StatusRefunded:
			c.Refunded++
		case order.StatusPartRefunded:
			c.PartRefunded++
		case order.StatusCancelled:
			c.Cancelled++
		case order.StatusUnpaid:
			c.Unpaid++
		}
	}
	c.ZeroPrice += d.zero
	c.AmountsRounded += d.rounded
	plus(&c.GrossMilli, o.Gross.Milli())
	plus(&c.GrossFen, o.Gross.Fen)
	plus(&c.SalesMilli, o.Sales.Milli())
	plus(&c.SalesFen, o.Sales.Fen)
	plus(&c.NetMilli, o.Net.Milli())
	plus(&c.NetFen, o.Net.Fen)
}

// plus adds without running over: a file of absurd amounts ends in an absurd
// sum, not in one of the other sign.
func plus(to *int64, n int64) {
	s := *to + n
	switch {
	case n > 0 && s < *to:
		s = math.MaxInt64
	case n < 0 && s > *to:
		s = math.MinInt64
	}
	*to = s
}
