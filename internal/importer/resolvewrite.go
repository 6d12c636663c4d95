package importer

import (
	"context"
	"slices"
	"strings"

	"zhike/internal/customer"
	"zhike/internal/platform/vault"
)

// write stores what was planned, inside InTx, and gives the real ids of the
// new customers by their places.
func (r *resolver) write(ctx context.Context) ([]int64, error) {
	w := r.w
	if err := w.customers.InsertCustomers(ctx, r.made); err != nil {
		return nil, err
	}
	ids := make([]int64, len(r.made))
	terms := make([]customer.Terms, 0, len(r.made))
	for i := range r.made {
		ids[i] = r.made[i].ID
		terms = append(terms, termsOf(&r.made[i]))
	}
	if err := w.customers.InsertTerms(ctx, terms); err != nil {
		return nil, err
	}
	keys := make([]customer.Key, len(r.addKeys))
	for i, k := range r.addKeys {
		cipher, err := w.vault.Seal(vault.KindExternalID, k.text)
		if err != nil {
			return nil, err
		}
		keys[i] = customer.Key{SourceID: w.rec.SourceID, Blind: k.blind[:], Cipher: cipher, CustomerID: real(k.id, ids)}
	}
	if err := w.customers.InsertKeys(ctx, keys); err != nil {
		return nil, err
	}
	contacts := make([]customer.Contact, len(r.addContacts))
	for i := range r.addContacts {
		c := &r.addContacts[i]
		cipher, err := w.vault.Seal(vault.Kind(c.kind), c.text)
		if err != nil {
			return nil, err
		}
		contacts[i] = customer.Contact{
			CustomerID: real(c.id, ids), Kind: c.kind, Cipher: cipher, Blind: c.blind[:],
			SourceID: w.rec.SourceID, CreatedAt: w.nowMS, RegionCode: c.region,
		}
		if c.kind == customer.ContactPhone {
			contacts[i].TailBlind = w.vault.BlindTail(vault.KindPhone, tail(c.text))
		}
	}
	if err := w.customers.InsertContacts(ctx, contacts); err != nil {
		return nil, err
	}
	if len(r.changed) == 0 {
		return ids, nil
	}
	var updates []customer.Customer
	terms = terms[:0]
	for _, c := range r.changed {
		c.UpdatedAt = w.nowMS
		updates = append(updates, *c)
		if r.renamed[c.ID] {
			terms = append(terms, termsOf(c))
		}
	}
	slices.SortFunc(updates, func(a, b customer.Customer) int { return int(a.ID - b.ID) })
	if err := w.customers.UpdateCustomers(ctx, updates); err != nil {
		return nil, err
	}
	return ids, w.customers.ReplaceTerms(ctx, terms)
}

// real turns the place of a new customer into its id.
func real(id int64, made []int64) int64 {
	if id < 0 {
		return made[-id-1]
	}
	return id
}

// tail is the last four digits of a phone, those of an extension left out.
func tail(phone string) string {
	parts := strings.Split(phone, "-")
	number := parts[0]
	if len(parts) > 1 && strings.HasPrefix(phone, "0") {
		number = parts[1]
	}
	return number[max(0, len(number)-4):]
}
