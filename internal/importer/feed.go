package importer

import (
	"context"
	"maps"
	"slices"

	"zhike/internal/customer"
)

// tell makes known which customers a batch wrote. New ones have ids without a
// gap and cost one row together.
func (r *resolver) tell(ctx context.Context) error {
	w := r.w
	in := customer.Imported{At: w.nowMS, ActorID: w.rec.CreatedBy, Created: make([]int64, len(r.made)), Touched: r.touched}
	for i := range r.made {
		in.Created[i] = r.made[i].ID
	}
	for _, id := range slices.Sorted(maps.Keys(r.changed)) {
		in.Before, in.After = append(in.Before, r.people[id]), append(in.After, *r.changed[id])
	}
	for i := range r.addContacts {
		if c := &r.addContacts[i]; c.id > 0 {
			in.Added = append(in.Added, customer.ImportedContact{CustomerID: c.id, Kind: c.kind, Text: c.text})
		}
	}
	return w.customers.Imported(ctx, in)
}
