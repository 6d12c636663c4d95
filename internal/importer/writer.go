package importer

import (
	"context"
	"encoding/json"

	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/order"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
	"zhike/internal/tag"
)

// CustomerStore is what an import needs of customers.
type CustomerStore interface {
	KeysByExternal(ctx context.Context, sourceID int64, blinds [][]byte) (map[string]int64, error)
	ContactsByBlind(ctx context.Context, blinds [][]byte) (map[string][]int64, error)
	ByIDs(ctx context.Context, ids []int64) (map[int64]customer.Customer, error)
	InsertCustomers(ctx context.Context, customers []customer.Customer) error
	InsertKeys(ctx context.Context, keys []customer.Key) error
	InsertContacts(ctx context.Context, contacts []customer.Contact) error
	InsertTerms(ctx context.Context, terms []customer.Terms) error
	ReplaceTerms(ctx context.Context, terms []customer.Terms) error
	UpdateCustomers(ctx context.Context, customers []customer.Customer) error
	Imported(ctx context.Context, in customer.Imported) error
	ImportRecords(ctx context.Context, at, actorID int64, seal func(string) ([]byte, error), in []customer.ImportedRecord) ([]int64, error)
	ImportParts(ctx context.Context, at, actorID int64, changes []customer.Change, fresh map[int64]bool) ([]int64, error)
	ImportRelations(ctx context.Context, at, actorID int64, in []customer.ImportedRelation) ([]int64, error)
	CompaniesNamed(ctx context.Context, sourceID int64, names []string) (map[string]int64, error)
	CompaniesOf(ctx context.Context, ids []int64) (map[int64][]int64, error)
	NumberedIn(ctx context.Context, sourceID int64, ids []int64) (map[int64]bool, error)
}

// OrderStore is what an import needs of orders and behaviours.
type OrderStore interface {
	OrdersByExternal(ctx context.Context, sourceID int64, externalIDs []string) (map[string]order.Existing, error)
	BehavioursByExternal(ctx context.Context, sourceID int64, externalIDs []string) (map[string]order.Existing, error)
	InsertOrders(ctx context.Context, orders []order.Order) error
	UpdateOrders(ctx context.Context, orders []order.Order) error
	SetDiscounts(ctx context.Context, fen map[int64]int64, now int64) error
	InsertLines(ctx context.Context, lines []order.Line) error
	ReplaceLines(ctx context.Context, orderIDs []int64, lines []order.Line) error
	InsertBehaviours(ctx context.Context, bs []order.Behaviour) error
	UpdateBehaviours(ctx context.Context, now int64, bs []order.Behaviour) error
	ProductCache(sourceID, now int64) *order.ProductCache
}

// errStopped ends a run whose import was taken over or is being cancelled.
var errStopped = errs.New(errs.Conflict, "import.stopped")

// writer applies batches. One goroutine uses it; after an error it is thrown
// away, and whoever goes on begins with what is in the database.
type writer struct {
	db        *db.DB
	st        *store
	vault     *vault.Vault
	customers CustomerStore
	orders    OrderStore
	fields    *field.Service
	tags      *tag.Service
	notes     notes
	tagsMade  map[string]bool
	newcomers []Newcomer  // of a dry run
	extra     *extraPlace // nil where the file has neither custom fields nor tags
	rec       *Record
	header    []string
	nowMS     int64
	now       func() int64 // unix ms

	met      met
	cache    *buyerCache
	products *order.ProductCache
	virgin   bool // no customer has a number in the source but those in the cache
	batches  int64

	// Room that is used again for each batch.
	fresh         []order.Order
	freshDocs     []int
	freshProducts []order.Product
	freshLines    []order.Line

	// A dry run keeps in memory what a real one would find in the database.
	dryKeys     map[blind]int64
	dryContacts map[blind]int64
	dryAdded    map[ownContact]bool
	nextDry     int64
}

// maxDry bounds what a dry run keeps, in keys: about 200 MB.
const maxDry = 4_000_000

func (w *writer) dry() bool { return w.rec.DryRun }

func (w *writer) noKeys() bool { return w.virgin && !w.cache.dropped }

// A commit writes pages that the next batch changes again, so batches that
// wait already go into one transaction, but not so many that others wait long
// for the only writer of SQLite.
const (
	groupBatches = 8
	groupMS      = 250
)

// applyGroup applies b and what next gives, nil for nothing, in one
// transaction. done takes each batch back.
func (w *writer) applyGroup(ctx context.Context, b *batch, next func() *batch, done func(*batch)) error {
	if w.dry() {
		defer done(b)
		return w.apply(ctx, b)
	}
	return w.db.InTx(ctx, func(ctx context.Context) error {
		until := w.now() + groupMS
		for n := 1; b != nil; n++ {
			if err := w.apply(ctx, b); err != nil {
				return err
			}
			done(b)
			if b = nil; n < groupBatches && w.now() < until {
				b = next()
			}
		}
		return nil
	})
}

// apply writes a batch in one transaction; errStopped where it is no longer
// ours to write. A dry run only counts.
func (w *writer) apply(ctx context.Context, b *batch) error {
	from := w.rec.Cursor
	if w.dry() {
		var pl *plan
		err := w.db.InReadTx(ctx, func(ctx context.Context) (err error) {
			pl, err = w.plan(ctx, b)
			return err
		})
		if err != nil {
			return err
		}
		w.pretend(pl)
		return w.db.InTx(ctx, func(ctx context.Context) error {
			if err := w.own(ctx, from); err != nil {
				return err
			}
			return w.finishBatch(ctx, b, pl)
		})
	}
	return w.db.InTx(ctx, func(ctx context.Context) error {
		if err := w.own(ctx, from); err != nil {
			return err
		}
		pl, err := w.plan(ctx, b)
		if err != nil {
			return err
		}
		if err := w.write(ctx, b, pl); err != nil {
			return err
		}
		if err := w.finishBatch(ctx, b, pl); err != nil {
			return err
		}
		return pl.r.tell(ctx)
	})
}

func (w *writer) own(ctx context.Context, cursor int64) error {
	ok, err := w.st.fence(ctx, w.rec, cursor, w.now()+leaseFor.Milliseconds())
	if err == nil && !ok {
		err = errStopped
	}
	return err
}

// unknown says whether a buyer of the batch is not in the cache.
func (w *writer) unknown(b *batch, pl *plan) bool {
	for i := range b.docs {
		bu := &b.docs[i].buyer
		if pl.same[i] {
			continue
		}
		if id := w.cache.id(bu.identity); id == 0 || !w.cache.same(id, bu.said) {
			return true
		}
	}
	return false
}

// write stores buyers and facts of a batch.
func (w *writer) write(ctx context.Context, b *batch, pl *plan) error {
	made, err := pl.r.write(ctx)
	if err != nil {
		return err
	}
	w.name(b, made)
	switch w.rec.Kind {
	case KindOrders:
		err = w.writeOrders(ctx, b, pl)
	case KindBehaviours:
		err = w.writeEvents(ctx, b, pl)
	}
	if err == nil {
		err = w.writeMore(ctx, b, pl, made)
	}
	if err == nil {
		err = w.writeExtra(ctx, pl, made)
	}
	if err != nil {
		return err
	}
	w.remember(pl, made)
	return nil
}

// name puts the ids of new customers where their places were.
func (w *writer) name(b *batch, made []int64) {
	for i := range b.docs {
		d := &b.docs[i]
		d.customer = real(d.customer, made)
		if d.refused != nil {
			for k, v := range d.refused.params {
				if id, ok := v.(int64); ok {
					d.refused.params[k] = real(id, made)
				}
			}
		}
	}
	for _, id := range made {
		w.met.add(metCreated, id)
	}
}

func (w *writer) remember(pl *plan, made []int64) {
	for _, m := range pl.r.met {
		w.cache.put(m.identity, real(m.id, made), m.said)
	}
	for id := range pl.r.changed {
		if !w.met.sets[metCreated].has(id) && w.met.add(metUpdated, id) {
			w.rec.Counts.CustomersUpdated++
		}
	}
	w.rec.Counts.ContactsAdded += int64(len(pl.r.addContacts))
}

// pretend does for a dry run what write does: it invents ids and keeps the
// buyers in memory.
func (w *writer) pretend(pl *plan) {
	made := make([]int64, len(pl.r.made))
	for i := range made {
		w.nextDry++
		made[i] = w.nextDry
	}
	if len(w.dryKeys)+len(w.dryContacts) < maxDry {
		for _, k := range pl.r.addKeys {
			w.dryKeys[k.blind] = real(k.id, made)
		}
		for i := range pl.r.addContacts {
			c := &pl.r.addContacts[i]
			if c.kind == customer.ContactAddress {
				w.dryAdded[ownContact{c.blind, real(c.id, made)}] = true
			} else {
				w.dryContacts[c.blind] = real(c.id, made)
			}
		}
	} else {
		w.rec.Counts.Approximate = true
	}
	for _, id := range made {
		w.met.add(metCreated, id)
	}
	pl.r.madeDry = made
	w.remember(pl, made)
}

// finishBatch counts, stores refusals and held rows, and moves the cursor.
func (w *writer) finishBatch(ctx context.Context, b *batch, pl *plan) error {
	if w.dry() {
		w.name(b, pl.r.madeDry)
		w.collect(b, pl)
	}
	w.count(b, pl)
	rejects, err := w.sealFaults(b)
	if err != nil {
		return err
	}
	if err := w.st.insertRejects(ctx, w.rec.ID, rejects); err != nil {
		return err
	}
	if err := w.st.insertPending(ctx, w.rec.ID, b.staged); err != nil {
		return err
	}
	if b.held {
		if err := w.st.deletePending(ctx, w.rec.ID, b.upTo); err != nil {
			return err
		}
	}
	if ids := w.met.pack(); ids != nil && !w.dry() {
		if err := w.st.insertMet(ctx, w.rec.ID, w.batches, ids); err != nil {
			return err
		}
	}
	w.batches++
	if err := w.saveNotes(ctx); err != nil {
		return err
	}
	return w.st.advance(ctx, w.rec)
}

// sealFaults makes the refused rows of a batch ready to be stored.
func (w *writer) sealFaults(b *batch) ([]rejectRow, error) {
	out := make([]rejectRow, 0, len(b.faults))
	for i := range b.faults {
		f := &b.faults[i]
		r := &b.rows[f.row]
		rr := rejectRow{No: r.no, Line: r.line, Code: f.code}
		if f.col >= 0 && f.col < len(w.header) {
			rr.Column = cutText(w.header[f.col], maxLabel)
		}
		if len(f.params) > 0 {
			p, err := json.Marshal(f.params)
			if err != nil {
				return nil, errs.Wrap(err, errs.Internal, "internal")
			}
			rr.Params = string(p)
		}
		var err error
		if f.value == "" {
			f.value = cell(r, f.col)
		}
		if f.value != "" {
			if rr.Value, err = w.vault.Seal(vault.KindCell, cutText(f.value, maxRejectValue)); err != nil {
				return nil, err
			}
		}
		if rr.Row, err = r.seal(w.vault); err != nil {
			return nil, err
		}
		out = append(out, rr)
	}
	return out, nil
}

// maxRejectValue bounds the value shown beside a reason; the row has it whole.
const maxRejectValue = 1000
