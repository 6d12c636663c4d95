package column

import "testing"

// Where memory is short some blocks lose what is kept of them in the order of days, not
// all: what counts next need not make everything anew.
func TestShortMemoryKeepsMostOrder(t *testing.T) {
	const blocks = 12
	d := &series{}
	for id := range int64(blocks * blockRows) {
		if err := d.addNumber(id, id%700); err != nil {
			t.Fatal(err)
		}
	}
	d.tidy()
	for _, k := range d.blocks {
		if k.calendar(nil) == nil {
			t.Fatal("no calendar")
		}
	}
	whole := d.size()
	s := New(Options{MaxBytes: whole - 1})
	col := Col{Table: "t", Expr: "day", Kind: Series}
	s.cols[col] = &held{data: d}
	bound := s.o.MaxBytes
	if sum := s.shrink(func(Col) bool { return true }); sum > bound-bound/leafShare || sum != d.size() || s.cols[col].bytes != sum {
		t.Errorf("%d of %d bytes, %d in the column, which says %d", sum, bound, d.size(), s.cols[col].bytes)
	}
	left := 0
	for _, k := range d.blocks {
		if k.cal.Load() != nil {
			left++
		}
	}
	if left == 0 || left == blocks {
		t.Errorf("%d of %d blocks are in the order of days", left, blocks)
	}
	if s.shrink(func(Col) bool { return true }); s.cols[col] == nil || d.blocks[blocks-1].cal.Load() == nil {
		t.Error("the second time, with room enough, something was dropped")
	}
}
