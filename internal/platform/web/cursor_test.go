package web_test

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

func TestCursorRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-1<<53, 1<<53).Draw(t, "n")
		s := rapid.StringN(0, 100, 400).Draw(t, "s")
		var gotN int64
		var gotS string
		if err := web.DecodeCursor(web.EncodeCursor(n, s), &gotN, &gotS); err != nil {
			if containsNUL(s) {
				return
			}
			t.Fatal(err)
		}
		if gotN != n || gotS != s {
			t.Fatalf("%d %q, want %d %q", gotN, gotS, n, s)
		}
	})
}

func containsNUL(s string) bool {
	for i := range len(s) {
		if s[i] == 0 {
			return true
		}
	}
	return false
}

func FuzzDecodeCursor(f *testing.F) {
	f.Add(web.EncodeCursor(int64(1), "a"))
	f.Add("")
	f.Add("W251bGwsbnVsbF0")
	f.Fuzz(func(t *testing.T, s string) {
		var n int64
		var text string
		if err := web.DecodeCursor(s, &n, &text); err != nil && errs.KindOf(err) != errs.Invalid {
			t.Fatal(err)
		}
	})
}

func TestCursorOfAnotherList(t *testing.T) {
	var n int64
	for _, c := range []string{web.EncodeCursor("text"), web.EncodeCursor(int64(1), int64(2)), web.EncodeCursor(nil), "%%%"} {
		if err := web.DecodeCursor(c, &n); err == nil {
			t.Errorf("%q was taken", c)
		}
	}
}

func TestLimiter(t *testing.T) {
	l := web.NewLimiter(3, 1, time.Second)
	now := time.Unix(1000, 0)
	for i := range 3 {
		if ok, _ := l.Allow("a", now); !ok {
			t.Fatalf("refused at %d", i)
		}
	}
	ok, wait := l.Allow("a", now)
	if ok || wait <= 0 || wait > time.Second {
		t.Fatalf("ok %v wait %v", ok, wait)
	}
	if ok, _ := l.Allow("b", now); !ok {
		t.Fatal("another key was refused")
	}
	if ok, _ := l.Allow("a", now.Add(time.Second)); !ok {
		t.Fatal("refused after the wait")
	}
	if ok, _ := l.Allow("a", now.Add(-time.Hour)); ok {
		t.Fatal("a clock that went back gave tokens")
	}
}

// Whose tokens are used up does not use up those of others: a stranger who
// guesses keeps nobody else out.
func TestLimiterOfMany(t *testing.T) {
	l := web.NewLimiter(1, 1, time.Minute)
	now := time.Unix(1000, 0)
	for i := range 600 {
		if ok, _ := l.Allow("key "+strconv.Itoa(i), now); !ok {
			t.Fatalf("key %d was refused its first", i)
		}
	}
	for i := range 600 {
		if ok, _ := l.Allow("key "+strconv.Itoa(i), now); ok {
			t.Fatalf("key %d had a second", i)
		}
	}
	// More keys than there are places: nobody has more than what is allowed.
	for i := range 100_000 {
		l.Allow("other "+strconv.Itoa(i), now)
	}
	for i := range 600 {
		if ok, _ := l.Allow("key "+strconv.Itoa(i), now); ok {
			t.Fatalf("key %d had a second once the places were used up", i)
		}
	}
}
