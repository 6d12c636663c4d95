package importer

import (
	"context"
	"slices"

	"zhike/internal/clean"
	"zhike/internal/customer"
)

// resolver finds the customer of each document of a batch, or plans a new one.
// Who a buyer is: the number in the source, else the phone, else the e-mail
// address, else the registered code. A number that is new belongs to the
// customer who has the phone or address; a phone that is somebody else's is
// refused, and so is one that several have unless it is sure who of them is
// meant (shared).
type resolver struct {
	w *writer

	// What the database knows of the batch's buyers.
	keys   map[string]int64
	owners map[string][]int64
	people map[int64]customer.Customer
	// works are the companies whose contact persons the owners of shared contacts are.
	works map[int64][]int64
	// numbered have a number in the source; known only where it is asked for.
	numbered map[int64]bool

	// What the batch adds; ids below zero are places in made.
	newKeys     map[blind]int64
	newContacts map[blind]int64
	added       map[ownContact]bool
	made        []customer.Customer
	addKeys     []plannedKey
	addContacts []plannedContact
	changed     map[int64]*customer.Customer
	renamed     map[int64]bool
	open        map[int64]bool // customers that a row of the batch may have changed
	met         []metBuyer
	madeDry     []int64 // ids that a dry run invented
	touched     []int64 // customers of whom the record changed beside customer.Customer
	looked      []bool  // by doc: the buyer was not known to have said the same before
	extras      *extras // nil where the file has neither custom fields nor tags
}

type ownContact struct {
	blind blind
	id    int64
}

type plannedKey struct {
	text  string
	blind blind
	id    int64
}

type plannedContact struct {
	contact
	id     int64
	region string // of an address
}

// metBuyer is what to remember once the batch is written.
type metBuyer struct {
	identity blind
	id       int64
	said     uint64
}

func newResolver(w *writer) *resolver {
	return &resolver{
		w: w, newKeys: map[blind]int64{}, newContacts: map[blind]int64{}, added: map[ownContact]bool{},
		changed: map[int64]*customer.Customer{}, renamed: map[int64]bool{}, open: map[int64]bool{},
	}
}

// resolve sets customer of the documents for which want is true, or refused.
// novel says, by place in docs, whether anything of the buyer was new.
func (r *resolver) resolve(ctx context.Context, docs []doc, want func(i int) bool) (novel []bool, err error) {
	var need []int
	for i := range docs {
		if !want(i) {
			continue
		}
		bu := &docs[i].buyer
		if id := r.w.cache.id(bu.identity); id != 0 && r.w.cache.same(id, bu.said) {
			docs[i].customer = id
		} else {
			need = append(need, i)
		}
	}
	novel, r.looked = make([]bool, len(docs)), make([]bool, len(docs))
	if len(need) == 0 {
		return novel, nil
	}
	if err := r.lookup(ctx, docs, need); err != nil {
		return nil, err
	}
	for i := range docs {
		d := &docs[i]
		switch {
		case len(need) > 0 && need[0] == i:
			need = need[1:]
			novel[i], r.looked[i] = r.one(d), true
			if d.refused == nil {
				r.extras.want(i, d)
			}
		case d.customer != 0 && r.open[d.customer] && want(i):
			// The cache knows only what was said before this batch, and a row of
			// the batch has said another thing since.
			novel[i], r.looked[i] = r.update(&d.buyer, d.customer), true
			r.extras.want(i, d)
			r.met = append(r.met, metBuyer{d.buyer.identity, d.customer, d.buyer.said})
		}
	}
	r.extras.news(docs, novel)
	return novel, nil
}

// lookup reads what is known of the buyers in question.
func (r *resolver) lookup(ctx context.Context, docs []doc, need []int) error {
	var keys, contacts [][]byte
	var ids []int64
	seen := make(map[blind]bool, 2*len(need))
	for _, i := range need {
		bu := &docs[i].buyer
		if id := r.w.cache.id(bu.identity); id != 0 {
			ids = append(ids, id)
		} else if !bu.keyBlind.none() && !r.w.noKeys() && !seen[bu.keyBlind] {
			seen[bu.keyBlind] = true
			keys = append(keys, bu.keyBlind[:])
		}
		if own, ok := customer.OwnNumber(r.w.vault, bu.key); ok {
			ids = append(ids, own)
		}
		for c := range bu.n {
			if b := &bu.contacts[c].blind; !seen[*b] {
				seen[*b] = true
				contacts = append(contacts, b[:])
			}
		}
	}
	var err error
	if r.keys, err = r.w.customers.KeysByExternal(ctx, r.w.rec.SourceID, keys); err != nil {
		return err
	}
	if r.owners, err = r.w.customers.ContactsByBlind(ctx, contacts); err != nil {
		return err
	}
	for _, id := range r.keys {
		ids = append(ids, id)
	}
	for _, owners := range r.owners {
		ids = append(ids, owners...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if r.people, err = r.w.customers.ByIDs(ctx, ids); err != nil {
		return err
	}
	if err := r.lookupShared(ctx); err != nil {
		return err
	}
	if err := r.extras.lookup(ctx, r.w, ids); err != nil {
		return err
	}
	return r.lookupNumbered(ctx, ids)
}

// byKey is the customer with a number in the source; 0 for none.
func (r *resolver) byKey(k blind) int64 {
	if id, ok := r.newKeys[k]; ok {
		return id
	}
	if id, ok := r.w.dryKeys[k]; ok {
		return id
	}
	if id, ok := r.keys[string(k[:])]; ok {
		return id
	}
	return r.w.cache.id(k)
}

// ownersOf lists who has a contact.
func (r *resolver) ownersOf(b blind) []int64 {
	if id, ok := r.newContacts[b]; ok {
		return append([]int64{id}, r.owners[string(b[:])]...)
	}
	if id, ok := r.w.dryContacts[b]; ok {
		return append([]int64{id}, r.owners[string(b[:])]...)
	}
	return r.owners[string(b[:])]
}

// one finds or plans the customer of a document and says whether anything of
// the buyer was new.
func (r *resolver) one(d *doc) (novel bool) {
	bu := &d.buyer
	var id int64
	if !bu.keyBlind.none() {
		if id = r.byKey(bu.keyBlind); id == 0 {
			id = r.exported(bu)
		}
	} else {
		id = r.w.cache.id(bu.identity)
	}
	known, chosen := id != 0, false
	for _, kind := range []customer.ContactKind{customer.ContactPhone, customer.ContactEmail} {
		for c := range bu.n {
			ct := &bu.contacts[c]
			if ct.kind != kind {
				continue
			}
			owners := r.candidates(bu, id, ct.blind)
			switch {
			case len(owners) == 0 || slices.Contains(owners, id):
			case id == 0 && len(owners) == 1:
				id = owners[0]
			case id == 0:
				if id = r.shared(bu, owners); id == 0 {
					d.refused = r.claimed("import.contact_shared", ct, owners[0], owners[1])
					return false
				}
				chosen = true
			default:
				d.refused = r.claimed("import.contact_claimed", ct, id, owners[0])
				return false
			}
		}
	}
	if id == 0 {
		for c := range bu.n {
			if owners := r.candidates(bu, id, bu.contacts[c].blind); bu.contacts[c].kind == customer.ContactCode && len(owners) > 0 {
				id = owners[0]
			}
		}
	}
	if d.refused = r.extras.refused(d, id); d.refused != nil {
		return false
	}
	if id == 0 {
		id = r.create(bu)
		novel = true
	}
	if !bu.keyBlind.none() && !known {
		r.newKeys[bu.keyBlind] = id
		if r.numbered != nil {
			r.numbered[id] = true
		}
		r.addKeys = append(r.addKeys, plannedKey{bu.key, bu.keyBlind, id})
		novel = true
	}
	if r.addAll(bu, id) {
		novel = true
	}
	if r.update(bu, id) {
		novel = true
	}
	d.customer = id
	r.open[id] = true
	// What was chosen for this row says nothing of the next one with the phone.
	if !chosen || !bu.keyBlind.none() {
		r.met = append(r.met, metBuyer{bu.identity, id, bu.said})
	}
	return novel
}

func (r *resolver) claimed(code string, ct *contact, mine, other int64) *fault {
	return &fault{
		col: ct.col, code: code, value: ct.text,
		params: map[string]any{"customer": mine, "other": other},
	}
}

// create plans a new customer.
func (r *resolver) create(bu *buyer) int64 {
	kind := bu.kind
	if kind == "" {
		kind = bu.defaultKind
	}
	if kind == "" {
		kind = customer.KindPerson
		for c := range bu.n {
			if bu.contacts[c].kind == customer.ContactCode {
				kind = customer.KindCompany
			}
		}
	}
	c := customer.Customer{
		Kind: kind, Name: bu.name, Gender: bu.gender, Birthday: bu.birthday, Company: bu.company,
		Province: bu.province, City: bu.city, District: bu.district, SourceID: r.w.rec.SourceID, Version: 1,
		CreatedAt: r.w.nowMS, UpdatedAt: r.w.nowMS,
	}
	settleNew(&c, bu)
	r.made = append(r.made, c)
	return -int64(len(r.made))
}

// addAll plans the contacts that the customer does not have.
func (r *resolver) addAll(bu *buyer, id int64) (novel bool) {
	for c := range bu.n {
		ct := &bu.contacts[c]
		own := ownContact{ct.blind, id}
		if r.added[own] || slices.Contains(r.ownersOf(ct.blind), id) {
			continue
		}
		if r.w.dry() && r.w.dryAdded[own] {
			continue
		}
		r.added[own] = true
		if ct.kind != customer.ContactAddress {
			r.newContacts[ct.blind] = id
		}
		place := ""
		if ct.kind == customer.ContactAddress {
			place = placeOfAddress(ct.text, bu)
		}
		r.addContacts = append(r.addContacts, plannedContact{*ct, id, place})
		novel = true
	}
	return novel
}

// update brings a customer up to what the buyer's row says. Nothing said
// erases nothing.
func (r *resolver) update(bu *buyer, id int64) bool {
	if id < 0 {
		merge(&r.made[-id-1], bu)
		return false
	}
	cur, ok := r.changed[id]
	if !ok {
		p, known := r.people[id]
		if !known {
			return false // a dry run's own
		}
		cur = &p
	}
	renamed, changed := merge(cur, bu)
	if !changed {
		return false
	}
	r.changed[id] = cur
	if renamed {
		r.renamed[id] = true
	}
	return true
}

// merge writes what bu says into c.
func merge(c *customer.Customer, bu *buyer) (renamed, changed bool) {
	if bu.name != "" && bu.name != c.Name && (!bu.masked || c.Name == "") {
		c.Name = bu.name
		renamed, changed = true, true
	}
	set := func(to *string, v string) {
		if v != "" && v != *to {
			*to = v
			changed = true
		}
	}
	old := c.Company
	set(&c.Company, bu.company)
	renamed = renamed || old != c.Company
	set(&c.Birthday, bu.birthday)
	if bu.gender != "" && bu.gender != c.Gender {
		c.Gender, changed = bu.gender, true
	}
	if bu.kind != "" && bu.kind != c.Kind {
		c.Kind, changed = bu.kind, true
	}
	moved := move(c, bu)
	return renamed, changed || moved
}

// termsOf are the words a customer is searched by.
func termsOf(c *customer.Customer) customer.Terms {
	t := clean.FoldSearch(c.Name)
	if c.Company != "" && c.Company != c.Name {
		t = clean.AppendSearch(t, c.Company)
	}
	return customer.Terms{CustomerID: c.ID, Terms: t}
}
