package importer

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/platform/vault"
)

// candidates are those of whom a contact of the buyer's may say that they are
// the buyer; id is the customer found so far. In a file whose kind is known a
// switchboard's number makes no person of a company, and none of two companies
// with numbers of their own.
func (r *resolver) candidates(bu *buyer, id int64, b blind) []int64 {
	owners := r.ownersOf(b)
	if bu.defaultKind == "" || len(owners) == 0 {
		return owners
	}
	person := (bu.kind == customer.KindPerson) || bu.kind == "" && bu.defaultKind == customer.KindPerson
	var out []int64
	for _, o := range owners {
		switch {
		case o == id:
			return []int64{o}
		case id != 0, bu.key != "" && r.numbered[o]:
		case r.kindOf(o) == "", (r.kindOf(o) == customer.KindPerson) != person:
		default:
			out = append(out, o)
		}
	}
	return out
}

// exported is the customer whose number was made by an export of this base; 0
// for none, and where the customer is gone.
func (r *resolver) exported(bu *buyer) int64 {
	id, ok := customer.OwnNumber(r.w.vault, bu.key)
	if _, there := r.people[id]; !ok || !there {
		return 0
	}
	return id
}

// kindOf is the kind of a customer of the batch; "" for a dry run's own.
func (r *resolver) kindOf(id int64) customer.Kind {
	if id < 0 {
		return r.made[-id-1].Kind
	}
	if c := r.changed[id]; c != nil {
		return c.Kind
	}
	return r.people[id].Kind
}

// lookupNumbered asks who has a number in the source, where it matters.
func (r *resolver) lookupNumbered(ctx context.Context, ids []int64) (err error) {
	if r.w.rec.Kind == KindCustomers && r.w.rec.Mapping.Rules.DefaultKind != "" {
		r.numbered, err = r.w.customers.NumberedIn(ctx, r.w.rec.SourceID, ids)
	}
	return err
}

// writeMore stores what rows say beside the buyers, and keeps the links for the
// end: who they lead to may come further down. The orders and behaviours of one
// buyer repeat what the first of them said, so those whom the import knows to have
// said the same are passed over.
func (w *writer) writeMore(ctx context.Context, b *batch, pl *plan, made []int64) error {
	var records []customer.ImportedRecord
	var links []heldLink
	fresh := make(map[int64]bool, len(made))
	for _, id := range made {
		fresh[id] = true
	}
	for i := range b.docs {
		d := &b.docs[i]
		m := d.buyer.more
		if m == nil || d.refused != nil || d.customer == 0 || w.rec.Kind != KindCustomers && !pl.r.looked[i] {
			continue
		}
		rec := m.record
		if rec != (customer.ImportedRecord{}) {
			rec.CustomerID, rec.New = d.customer, fresh[d.customer]
			records = append(records, rec)
		}
		for _, l := range m.links {
			links = append(links, heldLink{link: l, from: d.customer})
		}
	}
	if len(records) > 0 {
		changed, err := w.customers.ImportRecords(ctx, w.nowMS, w.rec.CreatedBy,
			func(text string) ([]byte, error) { return w.vault.Seal(vault.KindRow, text) }, records)
		if err != nil {
			return err
		}
		for i := range records {
			if records[i].OwnerUnknown {
				w.rec.Counts.OwnersLeftOut++
			}
		}
		w.tellMore(b, pl, changed, fresh)
	}
	return w.st.holdLinks(ctx, w.rec.SourceID, links)
}

// tellMore counts the customers of whom something beside the buyer changed.
func (w *writer) tellMore(b *batch, pl *plan, changed []int64, fresh map[int64]bool) {
	is := make(map[int64]bool, len(changed))
	for _, id := range changed {
		is[id] = true
		if fresh[id] {
			continue
		}
		pl.r.touched = append(pl.r.touched, id)
		if !w.met.sets[metCreated].has(id) && w.met.add(metUpdated, id) {
			w.rec.Counts.CustomersUpdated++
		}
	}
	for i := range b.docs {
		if d := &b.docs[i]; d.refused == nil && is[d.customer] {
			pl.novel[i] = true
		}
	}
}

// heldLink is a link that waits for the end of the import.
type heldLink struct {
	link
	from int64
}

// linkChunk is how many links are tried in one transaction.
const linkChunk = 500

// link tries the links of the source: those of this file, and those of earlier
// ones whose other end was not there. What leads nowhere yet stays.
func (s *Service) link(ctx context.Context, rec *Record) error {
	if rec.Kind != KindCustomers {
		return nil
	}
	rec.Counts.LinksOpen = 0
	var from int64
	var kind customer.RelationKind
	for {
		n := 0
		err := s.db.InTx(ctx, func(ctx context.Context) error {
			links, err := s.st.heldLinks(ctx, rec.SourceID, from, kind, linkChunk)
			if n = len(links); err != nil || n == 0 {
				return err
			}
			from, kind = links[n-1].from, links[n-1].kind
			return s.linkChunk(ctx, rec, links)
		})
		if err != nil || n < linkChunk {
			return err
		}
	}
}

func (s *Service) linkChunk(ctx context.Context, rec *Record, links []heldLink) error {
	var blinds [][]byte
	var names []string
	for i := range links {
		if !links[i].number.none() {
			blinds = append(blinds, links[i].number[:])
		}
		if links[i].name != "" {
			names = append(names, links[i].name)
		}
	}
	byNumber, err := s.customers.KeysByExternal(ctx, rec.SourceID, blinds)
	if err != nil {
		return err
	}
	byName, err := s.customers.CompaniesNamed(ctx, rec.SourceID, names)
	if err != nil {
		return err
	}
	var found []customer.ImportedRelation
	var done []heldLink
	for i := range links {
		l := &links[i]
		to := byNumber[string(l.number[:])]
		if to == 0 {
			to = byName[l.name]
		}
		if to == 0 {
			rec.Counts.LinksOpen++
			continue
		}
		found = append(found, customer.ImportedRelation{From: l.from, To: to, Kind: l.kind, Title: l.title, Primary: l.primary})
		done = append(done, *l)
	}
	if _, err := s.customers.ImportRelations(ctx, s.now(), rec.CreatedBy, found); err != nil {
		return err
	}
	return s.st.dropLinks(ctx, rec.SourceID, done)
}
