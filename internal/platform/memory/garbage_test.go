package memory

import "testing"

// What lasts does not let garbage pile up beside it, and neither does it make
// the collector run for nothing.
func TestGarbagePercent(t *testing.T) {
	for _, c := range []struct {
		usual, users int
		lasting      int64
		want         int
	}{
		{300, 0, 0, 300},
		{300, 0, 96 << 20, 75},
		{300, 0, 8 << 30, 20},
		{300, 1, 0, 40},
		{300, 2, 32 << 20, 20},
		{300, 1, 8 << 30, 10},
		{100, 1, 0, 40},
		{25, 1, 0, 25},
		{15, 0, 1 << 30, 15},
		{5, 1, 1 << 30, 5},
		{-1, 0, 1 << 30, -1},
		{-1, 1, 0, 40},
	} {
		g := heap{known: true, usual: c.usual, users: c.users, lasting: c.lasting}
		if got := g.percent(); got != c.want {
			t.Errorf("%+v: %d %%, want %d", c, got, c.want)
		}
	}
}
