package column

import (
	"context"
	"testing"
	"time"

	"zhike/internal/platform/db/dbtest"
)

// TestBeside: while columns are read a few answers of the database run, others
// wait, and those who waited until the end are told to ask the columns again.
func TestBeside(t *testing.T) {
	s, _ := streamSet(t, dbtest.SQLite(t))
	hold := make(chan struct{})
	s.onLoaded = func() { <-hold }
	s.want([]Col{everybody, orderDay})
	for range cap(s.beside) {
		if _, again, err := s.Beside(t.Context()); again || err != nil {
			t.Fatalf("a turn that is free: %v, %v", again, err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Beside(gone); err != context.Canceled {
		t.Errorf("nobody waits any more: %v", err)
	}
	told := make(chan bool)
	go func() {
		_, again, _ := s.Beside(t.Context())
		told <- again
	}()
	select {
	case <-told:
		t.Fatal("more turns than there are")
	case <-time.After(20 * time.Millisecond):
	}
	close(hold)
	if !<-told {
		t.Error("the columns are there, and nobody says so")
	}
	if err := s.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, again, err := s.Beside(t.Context()); again || err != nil {
		t.Errorf("nothing is read: %v, %v", again, err)
	}
}
