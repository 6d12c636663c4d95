package column

import (
	"fmt"
	"testing"
)

// TestLeavesRoom: what is asked for once makes room for what is asked for again,
// and never the other way round while that is in use.
func TestLeavesRoom(t *testing.T) {
	none := func(func(Col)) {}
	l := newLeaves(10 * 3 * (2*blockRows/8 + blockRows)) // ten of them
	get := func(key string) *leaf { return l.get(key, none, 2, 1) }
	for i := range 3 {
		get(fmt.Sprint("used ", i))
	}
	used := []*leaf{get("used 0"), get("used 1"), get("used 2")}
	for i := range 50 {
		if get(fmt.Sprint("once ", i)) == nil {
			t.Fatalf("no room for number %d of those that are asked for once", i)
		}
	}
	for i, k := range used {
		if get(fmt.Sprint("used ", i)) != k {
			t.Errorf("number %d of those in use was forgotten", i)
		}
	}
	for range 2 { // more in use than fits
		for i := range 20 {
			get(fmt.Sprint("many ", i))
			get(fmt.Sprint("many ", i))
		}
	}
	if get("used 0") != used[0] || get("one more") != nil {
		t.Error("what is in use was forgotten for what is not")
	}
	if l.size() > l.most {
		t.Errorf("%d bytes of %d", l.size(), l.most)
	}
	for range lately {
		get("many 0")
	}
	if get("one more") == nil {
		t.Error("what was in use long ago makes no room")
	}
	// The order of days takes what is asked for once, and nothing that is in use.
	l = newLeaves(10 * 3 * (2*blockRows/8 + blockRows))
	get("used")
	k, of := get("used"), l.bytes
	for i := range 9 {
		get(fmt.Sprint("once ", i))
	}
	if most := l.most; !l.yield(4*of, of) || l.size() > most-4*of || get("used") != k {
		t.Errorf("%d bytes are left of %d", l.size(), most)
	}
	if l.yield(6*of, of) || !l.yield(5*of, of) || get("used") != k {
		t.Error("more than may go was given up, or less")
	}
	most := l.most
	if l.yield(of, 0) || l.most != most || get("used") != k {
		t.Error("what is in use was given up")
	}
	// A great one that had to go is not made again at once.
	l = newLeaves(10 * 3 * (2*blockRows/8 + blockRows))
	great := func() *leaf { return l.get("great", none, 2, 3) }
	if great() == nil {
		t.Error("no room for a great one")
	}
	for i := range 12 {
		get(fmt.Sprint("once ", i))
	}
	if l.list["great"] != nil || great() != nil {
		t.Error("a great one is made again and again")
	}
	for range lately {
		get("once 11")
	}
	if great() == nil {
		t.Error("a great one is never made again")
	}
	l.limit(0)
	if l.size() != 0 || len(l.list) != 0 {
		t.Errorf("%d bytes are left", l.size())
	}
}
