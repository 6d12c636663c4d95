package importer

import (
	"encoding/json"
	"hash/maphash"

	"zhike/internal/order"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/vault"
)

// row is one row of a file.
type row struct {
	no    int64 // 1 for the first row of data
	line  int64 // where it stands in the file
	cells []string
	kinds []sheet.Kind // nil for a CSV
	extra bool         // there were more cells than titles
}

// kind is what cell i was in a spreadsheet.
func (r *row) kind(i int) sheet.Kind {
	if i < len(r.kinds) {
		return r.kinds[i]
	}
	return sheet.KindText
}

// heldRow is a row as it waits in import_pending and in import_rejects.
type heldRow struct {
	Line  int64        `json:"l"`
	Cells []string     `json:"c"`
	Kinds []sheet.Kind `json:"k,omitempty"`
	Extra bool         `json:"x,omitempty"`
}

func (r *row) seal(v *vault.Vault) ([]byte, error) {
	h := heldRow{Line: r.line, Cells: r.cells, Extra: r.extra}
	for _, k := range r.kinds {
		if k != sheet.KindText {
			h.Kinds = r.kinds
			break
		}
	}
	b, err := json.Marshal(h)
	if err != nil {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	return v.Seal(vault.KindRow, string(b))
}

func openRow(v *vault.Vault, cipher []byte) (heldRow, error) {
	var h heldRow
	text, err := v.Open(vault.KindRow, cipher)
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		return h, errs.Wrap(err, errs.Internal, "internal")
	}
	return h, nil
}

// fault is why a row is refused.
type fault struct {
	row    int // index into batch.rows
	col    int // column, −1 where it is not one cell
	code   string
	params map[string]any
	value  string
}

// faultOf makes a fault of a parser's error.
func faultOf(row, col int, value string, err error) *fault {
	e := errs.From(err)
	return &fault{row: row, col: col, code: e.Code, params: e.Params, value: value}
}

// doc is what a unit says, ready to be written.
type doc struct {
	from, to int // its rows in batch.rows
	buyer    buyer
	customer int64 // resolved by the writer; negative: new in this batch
	order    int   // index into batch.orders or batch.events
	lineFrom int
	lineTo   int
	rounded  int64 // amounts with more than two decimals
	zero     int64 // lines without an amount
	refused  *fault
}

// batch is a piece of a file on its way from the reader to the writer.
type batch struct {
	rows     []row
	docs     []doc
	orders   []order.Order // of kind orders, one a doc
	events   []order.Behaviour
	lines    []order.Line
	products []order.Product // one a line, or one a behaviour
	staged   []pendingRow
	faults   []fault // of units that became no doc

	duplicates, dropped, farApart, withoutBuyer int64

	number int64 // of the batch in this import
	cursor int64 // rows of the file done with once the batch is written
	held   bool  // of the last phase, which takes rows of import_pending
	upTo   int64 // then: held rows up to this hash are done with

	cells []string // where the cells of rows lie
}

// reset empties a batch for its next use and lets go of all text.
func (b *batch) reset() {
	clear(b.rows)
	clear(b.docs)
	clear(b.orders)
	clear(b.products)
	clear(b.staged)
	clear(b.faults)
	clear(b.events)
	clear(b.cells[:cap(b.cells)])
	*b = batch{
		rows: b.rows[:0], docs: b.docs[:0], orders: b.orders[:0], events: b.events[:0], lines: b.lines[:0],
		products: b.products[:0], staged: b.staged[:0], faults: b.faults[:0], cells: b.cells[:0],
	}
}

// add copies a row of the file into the batch.
func (b *batch) add(r row) *row {
	n := len(r.cells)
	if cap(b.cells)-len(b.cells) < n {
		// The rows that are there keep the old memory.
		b.cells = make([]string, 0, max(4096, n, min(2*cap(b.cells), 1<<18)))
	}
	at := len(b.cells)
	b.cells = append(b.cells, r.cells...)
	r.cells = b.cells[at : at+n : at+n]
	if r.kinds != nil {
		r.kinds = append([]sheet.Kind(nil), r.kinds...)
	}
	b.rows = append(b.rows, r)
	return &b.rows[len(b.rows)-1]
}

// refuse refuses the rows of a unit: those with a fault of their own by it, the
// others because they stand with them.
func (b *batch) refuse(from, to int, own []fault) {
	k := 0
	for i := from; i < to; i++ {
		if k < len(own) && own[k].row == i {
			b.faults = append(b.faults, own[k])
			k++
			continue
		}
		b.faults = append(b.faults, fault{
			row: i, col: -1, code: "import.with_order",
			params: map[string]any{"line": b.rows[own[0].row].line},
		})
	}
}

// refuseAll refuses all rows of a unit for one reason.
func (b *batch) refuseAll(from, to int, f fault) {
	for i := from; i < to; i++ {
		f.row = i
		b.faults = append(b.faults, f)
	}
}

var rowSeed = maphash.MakeSeed()

// sameRows counts rows of [from, to) that repeat an earlier one of them in
// every cell; fn hears of each.
func (b *batch) sameRows(from, to int, fn func(i int)) {
	if to-from < 2 {
		return
	}
	var h maphash.Hash
	h.SetSeed(rowSeed)
	seen := make(map[uint64]int, to-from)
	for i := from; i < to; i++ {
		h.Reset()
		for _, c := range b.rows[i].cells {
			h.WriteString(c)
			h.WriteByte(0)
		}
		k := h.Sum64()
		if j, ok := seen[k]; ok && equalCells(b.rows[i].cells, b.rows[j].cells) {
			fn(i)
			continue
		}
		seen[k] = i
	}
}

func equalCells(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// rowFeed gives the rows of a file, or of import_pending, one by one; io.EOF
// after the last. The row is valid until the next call.
type rowFeed interface {
	next() (row, error)
}

// fileFeed numbers the rows of a table.
type fileFeed struct {
	f  *sheet.File
	no int64
}

func (f *fileFeed) next() (row, error) {
	r, err := f.f.Next()
	if err != nil {
		return row{}, err
	}
	f.no++
	return row{no: f.no, line: r.Line, cells: r.Cells, kinds: r.Kinds, extra: len(r.Extra) > 0}, nil
}
