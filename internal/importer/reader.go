package importer

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"

	"github.com/cespare/xxhash/v2"

	"zhike/internal/platform/errs"
)

const (
	// defaultBatch is after how many rows a batch ends, at the next edge of a unit.
	defaultBatch = 5_000
	// maxUnitRows bounds the rows of one order: more is a wrong column.
	maxUnitRows = 50_000
	// inFlight batches are between reader and writer, the two in work included.
	inFlight = 2
)

// numbered says whether units are known by a number in the file, before any
// other cell is read. Other units are single rows, known by their content.
func (p *parser) numbered() bool { return p.kind == KindOrders && p.at.orderID >= 0 }

// orderHash is the key of an order number.
func (p *parser) orderHash(id string) uint64 { return xxhash.Sum64String(id) }

// reader turns rows into batches of documents.
type reader struct {
	p       *parser
	feed    rowFeed
	repeats *repeats // nil in the last phase, where all rows of a unit come together
	limit   int      // rows of a batch
	b       *batch
	unit    struct {
		from   int
		id     string
		key    uint64
		open   bool
		broken *fault // the first row has no usable number
	}
}

// run reads the feed to its end and hands batches to send, which gives back an
// empty one. skip rows are passed over: they were done before.
func (r *reader) run(ctx context.Context, b *batch, skip int64, send func(*batch) (*batch, error)) error {
	r.b = b
	last := skip
	for {
		in, err := r.feed.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		last = in.no
		if in.no <= skip {
			continue
		}
		if in.no&0xff == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if r.p.numbered() {
			err = r.numberedRow(in, send)
		} else {
			err = r.singleRow(in, send)
		}
		if err != nil {
			return err
		}
	}
	if err := r.closeUnit(); err != nil {
		return err
	}
	r.b.cursor = last
	_, err := send(r.b)
	return err
}

// runHeld reads what was put aside and hands it on in whole units. page gives
// rows in the order of hash and row number, behind a place.
func (r *reader) runHeld(ctx context.Context, b *batch, page func(hash, no int64) ([]pendingRow, error), send func(*batch) (*batch, error)) error {
	r.b = b
	hash, no := int64(math.MinInt64), int64(-1)
	from, open := 0, false
	for {
		rows, err := page(hash, no)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		for _, pr := range rows {
			if open && pr.Hash != hash {
				r.group(from)
				open = false
				if len(r.b.rows) >= r.limit {
					r.b.held, r.b.upTo = true, hash
					if r.b, err = send(r.b); err != nil {
						return err
					}
				}
			}
			if !open {
				from, open = len(r.b.rows), true
			}
			h, err := openRow(r.p.vault, pr.Row)
			if err != nil {
				return err
			}
			r.b.add(row{no: pr.No, line: h.Line, cells: h.Cells, kinds: h.Kinds, extra: h.Extra})
			hash, no = pr.Hash, pr.No
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	if !open {
		return nil
	}
	r.group(from)
	r.b.held, r.b.upTo = true, hash
	_, err := send(r.b)
	return err
}

// flush sends the batch if it is full; the next row begins a unit.
func (r *reader) flush(before row, send func(*batch) (*batch, error)) (err error) {
	if len(r.b.rows) < r.limit {
		return nil
	}
	r.b.cursor = before.no - 1
	r.b, err = send(r.b)
	return err
}

// numberedRow adds a row of an order with a number.
func (r *reader) numberedRow(in row, send func(*batch) (*batch, error)) error {
	id, more, f := r.p.orderKey(&in, 0)
	u := &r.unit
	if u.open && (more || f == nil && u.broken == nil && id == u.id) {
		if len(r.b.rows)-u.from >= maxUnitRows {
			return errs.New(errs.Invalid, "import.unit_too_large", "line", in.line, "max", maxUnitRows)
		}
		r.b.add(in)
		return nil
	}
	if err := r.closeUnit(); err != nil {
		return err
	}
	if err := r.flush(in, send); err != nil {
		return err
	}
	u.from, u.id, u.open, u.broken = len(r.b.rows), id, true, nil
	if more { // nothing above it to go on with
		f = &fault{col: r.p.at.orderID, code: "import.no_order_id"}
	}
	if f != nil {
		f.row = u.from
		u.broken = f
	} else {
		u.key = r.p.orderHash(id)
	}
	r.b.add(in)
	return nil
}

// closeUnit makes a document of the rows gathered, or puts them aside.
func (r *reader) closeUnit() error {
	u := &r.unit
	if !u.open {
		return nil
	}
	u.open = false
	from, to := u.from, len(r.b.rows)
	switch {
	case u.broken != nil:
		r.b.refuse(from, to, []fault{*u.broken})
	case r.repeats != nil && r.repeats.has(u.key):
		return r.stage(from, to, u.key)
	default:
		r.p.orderUnit(r.b, from, to, u.id)
	}
	return nil
}

// stage seals rows for import_pending.
func (r *reader) stage(from, to int, key uint64) error {
	for i := from; i < to; i++ {
		sealed, err := r.b.rows[i].seal(r.p.vault)
		if err != nil {
			return err
		}
		r.b.staged = append(r.b.staged, pendingRow{Hash: int64(key), No: r.b.rows[i].no, Row: sealed})
	}
	r.b.farApart += int64(to - from)
	return nil
}

// singleRow adds a row that is a unit by itself, unless its key comes again.
func (r *reader) singleRow(in row, send func(*batch) (*batch, error)) error {
	if err := r.flush(in, send); err != nil {
		return err
	}
	b := r.b
	from := len(b.rows)
	b.add(in)
	docs, withoutBuyer := len(b.docs), b.withoutBuyer
	orders, events, lines, products := len(b.orders), len(b.events), len(b.lines), len(b.products)
	r.p.single(b, from, from+1)
	if len(b.docs) == docs {
		return nil // refused
	}
	k := r.p.contentOf(b, &b.docs[docs])
	if r.repeats == nil || !r.repeats.has(k.hash()) {
		r.p.number(b, &b.docs[docs], k, 0)
		return nil
	}
	b.docs, b.withoutBuyer = b.docs[:docs], withoutBuyer
	b.orders, b.events, b.lines, b.products = b.orders[:orders], b.events[:events], b.lines[:lines], b.products[:products]
	return r.stage(from, from+1, k.hash())
}

// single makes a document of rows that are one unit by their content.
func (p *parser) single(b *batch, from, to int) {
	switch p.kind {
	case KindOrders:
		p.orderUnit(b, from, to, "")
	case KindCustomers:
		p.customerUnit(b, from, to)
	default:
		p.eventUnit(b, from, to, "")
	}
}

// contentOf is the key by which a document is told from others of its file.
func (p *parser) contentOf(b *batch, d *doc) blind {
	switch p.kind {
	case KindOrders:
		return p.contentKey(b, d)
	case KindCustomers:
		return d.buyer.identity
	}
	if id := b.events[d.order].ExternalID; id != "" {
		return p.numberKey(id)
	}
	return p.eventKey(b, d)
}

// number gives a document its number, unless the file gave it one.
func (p *parser) number(b *batch, d *doc, k blind, occurrence int) {
	switch p.kind {
	case KindOrders:
		b.orders[d.order].ExternalID = contentID(k, occurrence)
	case KindBehaviours:
		if e := &b.events[d.order]; e.ExternalID == "" {
			e.ExternalID = contentID(k, occurrence)
		}
	}
}

// hash shortens a key to the 64 bits that are kept for all rows of a file.
func (b blind) hash() uint64 { return binary.LittleEndian.Uint64(b[:8]) }

// group makes documents of held rows with one hash, which all lie in the batch
// behind from, in file order.
func (r *reader) group(from int) {
	b, p := r.b, r.p
	if p.numbered() {
		r.groupOrders(from)
		return
	}
	// Each row is read alone to learn its key. Rows with a fault are refused by
	// that; the others come together by key.
	type member struct {
		key blind
		at  int
	}
	var members []member
	scratch := &batch{}
	for i := from; i < len(b.rows); i++ {
		scratch.reset()
		scratch.rows = append(scratch.rows, b.rows[i])
		p.single(scratch, 0, 1)
		if len(scratch.docs) == 0 {
			b.withoutBuyer += scratch.withoutBuyer
			for _, f := range scratch.faults {
				f.row = i
				b.faults = append(b.faults, f)
			}
			continue
		}
		members = append(members, member{p.contentOf(scratch, &scratch.docs[0]), i})
	}
	slices.SortStableFunc(members, func(a, c member) int { return slices.Compare(a.key[:], c.key[:]) })
	for len(members) > 0 {
		n := 1
		for n < len(members) && members[n].key == members[0].key {
			n++
		}
		at := make([]int, n)
		for i := range n {
			at[i] = members[i].at
		}
		r.sameContent(members[0].key, at)
		members = members[n:]
	}
}

// sameContent makes documents of rows with one key. Customers and numbered
// behaviours are one document, of which later rows say the latest; rows of
// other kinds that say the same are as many facts.
func (r *reader) sameContent(k blind, at []int) {
	b, p := r.b, r.p
	from := len(b.rows)
	for _, i := range at {
		b.rows = append(b.rows, b.rows[i]) // together, as units are
	}
	to := len(b.rows)
	one := p.kind == KindCustomers || p.kind == KindBehaviours && p.at.eventID >= 0 && cell(&b.rows[from], p.at.eventID) != ""
	if one {
		docs := len(b.docs)
		p.single(b, from, to)
		if len(b.docs) > docs {
			p.number(b, &b.docs[docs], k, 0)
		}
		return
	}
	p.duplicates(b, from, to)
	for n := range at {
		docs := len(b.docs)
		p.single(b, from+n, from+n+1)
		if len(b.docs) > docs {
			p.number(b, &b.docs[docs], k, n)
		}
	}
}

// groupOrders makes orders of held rows by their numbers.
func (r *reader) groupOrders(from int) {
	b, p := r.b, r.p
	units := map[string][]int{}
	var ids []string
	last := ""
	for i := from; i < len(b.rows); i++ {
		id, more, f := p.orderKey(&b.rows[i], i)
		if more {
			id = last
		}
		if f != nil || id == "" { // cannot be: it had a number when it was put aside
			b.faults = append(b.faults, fault{row: i, col: p.at.orderID, code: "import.no_order_id"})
			continue
		}
		if units[id] == nil {
			ids = append(ids, id)
		}
		units[id] = append(units[id], i)
		last = id
	}
	for _, id := range ids {
		at := units[id]
		first := len(b.rows)
		for _, i := range at {
			b.rows = append(b.rows, b.rows[i])
		}
		if len(at) > maxUnitRows {
			b.refuseAll(first, len(b.rows), fault{col: p.at.orderID, code: "import.unit_too_large", params: map[string]any{"line": b.rows[first].line, "max": maxUnitRows}})
		} else {
			p.orderUnit(b, first, len(b.rows), id)
		}
	}
}
