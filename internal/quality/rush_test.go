package quality

import (
	"testing"
	"time"

	"zhike/internal/column"
)

// A stretch waits while more is written behind it, not for itself, and not for
// what was heard two seconds ago.
func TestRush(t *testing.T) {
	var r rush
	at := time.UnixMilli(1)
	if r.on(0, at) {
		t.Error("there was nothing to wait for")
	}
	if r.heard(100, at) {
		t.Error("the first stretch comes behind another")
	}
	if r.on(100, at) {
		t.Error("the last stretch waits for itself")
	}
	if !r.on(50, at.Add(column.RushCalm-1)) || r.on(50, at.Add(column.RushCalm)) {
		t.Error("a stretch waits two seconds for what came behind it")
	}
	if !r.heard(101, at.Add(column.RushCalm-1)) {
		t.Error("a stretch right behind another is not seen to be")
	}
	r.heard(90, at.Add(time.Hour)) // told again, or late
	if r.on(50, at.Add(time.Hour)) {
		t.Error("what was heard before counts as new")
	}
	r.heard(300, at.Add(2*time.Hour))
	if !r.on(100, at.Add(2*time.Hour)) {
		t.Error("a later stretch is not waited for")
	}
}
