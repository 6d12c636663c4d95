package dedupe

import (
	"slices"
	"sync"

	"zhike/internal/platform/errs"
)

// MaxRecords bounds an index.
const MaxRecords = 50_000_000

// Index holds the records of a base, or of two that are to be linked, as
// numbers into dictionaries: about 60 bytes a record and 60 a distinct text.
// Add, then Finish, then Learn and Pairs; it is used by one goroutine.
type Index struct {
	fields   []Field // those that the index has
	column   [numFields]int
	dict     [numFields]*dictionary
	ids      []int64
	sets     []uint8 // empty where all records are of one set
	cells    []uint32
	more     []overflow // values beyond the first
	count    [2]int64
	finished bool
	stats    Stats
	pool     sync.Pool
}

// overflow is a further value of a record; cells has the first.
type overflow struct {
	rec, entry uint32
	column     uint8
}

const hasMore = 1 << 31 // in a cell: there are overflows

// NewIndex makes an index for records with these fields; values of others are
// ignored. No fields stands for all.
func NewIndex(fields ...Field) *Index {
	x := &Index{}
	for f := Field(0); f < numFields; f++ {
		x.column[f] = -1
		if len(fields) == 0 || slices.Contains(fields, f) {
			x.column[f] = len(x.fields)
			x.fields = append(x.fields, f)
			x.dict[f] = &dictionary{named: f <= FullName || f == AddressLine1 || f == AddressLine2}
		}
	}
	x.pool.New = func() any { return new(viewer) }
	return x
}

// Len is how many records were added.
func (x *Index) Len() int { return len(x.ids) }

// Add takes a record in; nothing of it is kept but its values.
// Error: dedupe.too_many_records.
func (x *Index) Add(r *Record) error {
	if x.finished || len(x.ids) >= MaxRecords {
		return errs.New(errs.TooLarge, "dedupe.too_many_records", "max", MaxRecords)
	}
	rec := uint32(len(x.ids))
	x.ids = append(x.ids, r.ID)
	set := min(r.Set, 1)
	if set == 1 && x.sets == nil {
		x.sets = make([]uint8, rec, max(int(rec)+1, cap(x.ids)))
	}
	if x.sets != nil {
		x.sets = append(x.sets, set)
	}
	x.count[set]++
	from := len(x.cells)
	for range x.fields {
		x.cells = append(x.cells, 0)
	}
	for i := range min(len(r.Values), maxValues) {
		if f := r.Values[i].Field; f < numFields && x.column[f] >= 0 {
			x.addValue(rec, from, r.Values[i])
		}
	}
	x.completeName(rec, from)
	return nil
}

func (x *Index) addValue(rec uint32, from int, v Value) {
	n, ok := normalise(v)
	if !ok {
		return
	}
	c := x.column[v.Field]
	cell := &x.cells[from+c]
	if *cell == 0 {
		*cell = x.dict[v.Field].add(&n)
		return
	}
	// Further values; the same one twice is one.
	first := *cell &^ hasMore
	d := x.dict[v.Field]
	if d.ids[first-1] == n.id {
		return
	}
	if *cell&hasMore != 0 {
		for i := len(x.more) - 1; i >= 0 && x.more[i].rec == rec; i-- {
			if x.more[i].column == uint8(c) && d.ids[x.more[i].entry-1] == n.id {
				return
			}
		}
	}
	*cell |= hasMore
	x.more = append(x.more, overflow{rec: rec, entry: d.add(&n), column: uint8(c)})
}

// completeName makes a full name of given and family name where the index has
// all three, as view.complete does.
func (x *Index) completeName(rec uint32, from int) {
	full, given, family := x.column[FullName], x.column[GivenName], x.column[FamilyName]
	if full < 0 || given < 0 || family < 0 || x.cells[from+full] != 0 || x.cells[from+given] == 0 || x.cells[from+family] == 0 {
		return
	}
	g := x.dict[GivenName].texts[x.cells[from+given]&^hasMore-1]
	f := x.dict[FamilyName].texts[x.cells[from+family]&^hasMore-1]
	x.addValue(rec, from, Value{Field: FullName, Text: joinName(g, f)})
}

// Finish ends adding.
func (x *Index) Finish() {
	x.finished = true
	for _, d := range x.dict {
		if d != nil {
			d.done()
		}
	}
}

// linked says whether two sets are compared with each other; then pairs within
// a set are not looked for.
func (x *Index) linked() bool { return x.sets != nil }

// total is how many pairs there are.
func (x *Index) total() float64 {
	if x.linked() {
		return float64(x.count[0]) * float64(x.count[1])
	}
	n := float64(len(x.ids))
	return n * (n - 1) / 2
}

// owners is how many records may have a duplicate: of two sets the smaller.
func (x *Index) owners() float64 {
	if x.linked() {
		return float64(min(x.count[0], x.count[1]))
	}
	return float64(len(x.ids))
}

// entries calls fn for the dictionary numbers of a field of a record.
func (x *Index) entries(rec uint32, f Field, fn func(entry uint32)) {
	c := x.column[f]
	if c < 0 {
		return
	}
	cell := x.cells[int(rec)*len(x.fields)+c]
	if cell == 0 {
		return
	}
	fn(cell &^ hasMore)
	if cell&hasMore == 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(x.more, rec, func(o overflow, r uint32) int { return int(int64(o.rec) - int64(r)) })
	for ; i < len(x.more) && x.more[i].rec == rec; i++ {
		if x.more[i].column == uint8(c) {
			fn(x.more[i].entry)
		}
	}
}

// first is the dictionary number of the first value of a field, 0 for none.
func (x *Index) first(rec uint32, f Field) uint32 {
	c := x.column[f]
	if c < 0 {
		return 0
	}
	return x.cells[int(rec)*len(x.fields)+c] &^ hasMore
}

// viewer makes views of the records of a block and reuses their memory.
type viewer struct {
	views []view
	vals  []value
}

// load makes the views of recs.
func (w *viewer) load(x *Index, recs []uint32) {
	w.views = slices.Grow(w.views[:0], len(recs))[:len(recs)]
	w.vals = w.vals[:0]
	// Slices into vals stay valid when it grows: they keep the old memory.
	for i, rec := range recs {
		w.views[i] = view{}
		for _, f := range x.fields {
			from := len(w.vals)
			x.entries(rec, f, func(n uint32) { w.vals = append(w.vals, x.dict[f].value(n)) })
			if to := len(w.vals); to > from {
				w.views[i].vals[f] = w.vals[from:to:to]
			}
		}
	}
}
