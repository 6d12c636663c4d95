package column

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// logged is what a Set says.
type logged struct{ bytes.Buffer }

// wakeSet begins to read a snapshot.
func wakeSet(d *db.DB, file string) (*Set, *logged) {
	out := &logged{}
	s := New(Options{DB: d, Clock: clock.NewFixed(time.Unix(1_700_000_000, 0)), MaxBytes: 64 << 20, File: file,
		Log: slog.New(slog.NewTextHandler(out, nil))})
	s.Restore()
	return s, out
}

func startSet(t *testing.T, d *db.DB, file string) (*Set, *logged) {
	t.Helper()
	s, out := wakeSet(d, file)
	if err := s.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, out
}

// TestSnapshot: columns come back from their file as they were, with what was
// committed while the program was down; a file that is damaged, of something
// else or too old is not used, and one line says so.
func TestSnapshot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		file := filepath.Join(t.TempDir(), "columns")
		var rows, orders []string
		ids := []int64{}
		for id := int64(1); id <= 60; id++ {
			at := id
			if id > 50 {
				at = blockRows + id
			}
			ids = append(ids, at)
			rows = append(rows, fmt.Sprintf(`(%d, '%s', 'name %d', 1, 1, 5, 5)`, at, []string{"person", "company"}[id%2], id))
			for k := range id % 5 {
				orders = append(orders, newOrder(100*id+k, at, 100+k*id, 10*id, []string{"", "店"}[k%2]))
			}
		}
		exec(t, d, "", ids, append([]string{newCustomer + strings.Join(rows, ", ")}, orders...)...)
		all := Facts{Day: orderDay, From: FirstDay, To: LastDay}
		kind := Col{Table: "customers", ID: "id", Expr: "kind", Kind: Words}
		// The SQL of a column may be long.
		name := Col{Table: "customers", ID: "id", Expr: "CASE name WHEN '" + strings.Repeat("x", 40_000) + "' THEN '' ELSE name END", Kind: Text}
		when := Col{Table: "customers", ID: "id", Expr: "created_at", Kind: Small}
		cond := All(HasWord(kind, "person"), Has(name), Between(when, 5, 5), Compare(Value{Facts: &all, Agg: Sum, Of: orderNet, Per: 1000}, 100, LastDay),
			Not(Ends(all, true, FactTest{Col: orderShop, Words: []string{"none"}})))
		answer := func(s *Set, loads bool) []int64 {
			t.Helper()
			ask := asker(t, s)
			got, ok := ask(cond)
			if !ok && loads {
				if err := s.Settle(t.Context()); err != nil {
					t.Fatal(err)
				}
				got, ok = ask(cond)
			}
			if !ok {
				t.Fatalf("no answer: %+v", s.Stats())
			}
			if same, sure, err := s.Verify(t.Context()); !same || !sure || err != nil {
				t.Fatalf("verified: %v, %v, %v", same, sure, err)
			}
			return got
		}
		s, out := startSet(t, d, file)
		want := answer(s, true)
		if len(want) == 0 || out.Len() > 0 {
			t.Fatalf("%v, %s", want, out)
		}
		exec(t, d, "bought", []int64{ids[1]}, newOrder(9000, ids[1], 300, 1, "店")) // stands in an overlay
		want = answer(s, false)
		s.Close()
		good, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}

		// Back again, also with changes that nobody followed, and with what a
		// program that was killed left of its next file.
		exec(t, d, "bought", []int64{ids[3], ids[55]}, newOrder(9001, ids[3], 90, -1_000_000, "店"), newOrder(9002, ids[55], 500, 1_000_000, ""))
		exec(t, d, "", []int64{ids[57]}, fmt.Sprintf(`UPDATE customers SET kind = 'company' WHERE id = %d`, ids[57]))
		if err := os.WriteFile(file+".part", good[:len(good)/2], 0o600); err != nil {
			t.Fatal(err)
		}
		s, out = startSet(t, d, file)
		if st := s.Stats(); st.FromSnapshotMs == 0 || st.SnapshotBytes != int64(len(good)) || st.Columns < 7 {
			t.Errorf("%+v, %s", st, out)
		}
		if got := answer(s, false); reflect.DeepEqual(got, want) {
			t.Error("what was written while the program was down is not seen")
		} else {
			want = got
		}
		s.Close()

		// Who asks while the file is being read waits for it.
		s, _ = wakeSet(d, file)
		if got := answer(s, false); !reflect.DeepEqual(got, want) {
			t.Errorf("asked at once: %v, not %v", got, want)
		}
		s.Close()
		if good, err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}

		refused := func(what, reason string, content []byte) {
			t.Helper()
			if err := os.WriteFile(file, content, 0o600); err != nil {
				t.Fatal(err)
			}
			s, out := startSet(t, d, file)
			defer s.Close()
			if st := s.Stats(); st.FromSnapshotMs != 0 || st.Columns != 0 || strings.Count(out.String(), "\n") != 1 || !strings.Contains(out.String(), reason) {
				t.Errorf("%s: %+v\n%s", what, st, out)
			}
			if _, err := os.Stat(file); err == nil {
				t.Errorf("%s: the file is still there", what)
			}
			if got := answer(s, true); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
		r := rand.New(rand.NewPCG(rand.Uint64(), 5))
		for range 6 {
			bad := bytes.Clone(good)
			at := r.IntN(len(bad))
			for bad[at] == ' ' && at > 24 && at < 4096 { // room of the header: seen as well, but let it be more than that
				at = r.IntN(len(bad))
			}
			bad[at] ^= 1 << r.IntN(8)
			refused(fmt.Sprintf("byte %d of %d", at, len(bad)), "reason", bad)
		}
		refused("cut", "as long as its header", good[:len(good)-1])
		refused("cut in the header", "cut off", good[:len(snapshotMark)+100])
		refused("empty", "cut off", nil)
		refused("longer", "as long as its header", append(bytes.Clone(good), 0))
		refused("older", "another version", append([]byte("zhike columns 0\n"), good[len(snapshotMark):]...))
		refused("something else", "no snapshot", bytes.Repeat([]byte("SQLite format 3\x00"), 1000))

		// A file that nothing is wrong with, but not of this database.
		s, _ = startSet(t, d, file)
		answer(s, true)
		s.Close()
		if good, err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
		set := func(text string) {
			t.Helper()
			if err := d.InTx(t.Context(), func(ctx context.Context) error {
				_, err := d.Q(ctx).ExecContext(ctx, text)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		set(`UPDATE settings SET value = value || 'x' WHERE name = 'columns.database'`)
		refused("foreign", "another database", good)
		set(`UPDATE settings SET value = substr(value, 1, length(value) - 1) WHERE name = 'columns.database'`)
		set(`UPDATE column_marks SET first_id = first_id + 1, last_id = last_id + 1 WHERE seq = (SELECT MAX(seq) FROM column_marks)`)
		refused("another history", "another history", good)
		set(`UPDATE column_marks SET first_id = first_id - 1, last_id = last_id - 1 WHERE seq = (SELECT MAX(seq) FROM column_marks)`)
		set(`UPDATE column_head SET seq = seq - 1`)
		refused("older database", "the database is older", good)
		set(`UPDATE column_head SET seq = seq + 1`)
		set(`UPDATE column_head SET seq = seq + 1000000`)
		refused("too old", "too old", good)
		set(`UPDATE column_head SET seq = seq - 1000000`)

		// A silent change while it was down is found by the check after the load.
		if err := os.WriteFile(file, good, 0o600); err != nil {
			t.Fatal(err)
		}
		set(fmt.Sprintf(`UPDATE customers SET kind = 'org' WHERE id = %d`, ids[1]))
		s, out = startSet(t, d, file)
		defer s.Close()
		for range 2000 {
			if st := s.Stats(); st.Rebuilt > 0 && st.Columns > 0 {
				break // it was found, and what was dropped is there again
			}
			time.Sleep(5 * time.Millisecond)
		}
		if !strings.Contains(out.String(), "differ from the database") {
			t.Errorf("the check after the load did not see it: %s", out)
		}
		answer(s, true)

		// Nobody asks any more: nothing is kept, in the file neither.
		if err := s.save(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.o.Clock.(*clock.Fixed).Advance(idleAfter + time.Second)
		if _, err := os.Stat(file); s.tend() || err != nil {
			t.Errorf("kept: %v", err)
		}
		if _, err := os.Stat(file); !os.IsNotExist(err) {
			t.Errorf("the file of idle columns: %v", err)
		}
	})
}

// TestDecodeDamaged: bytes that are no column give an error or a column, never
// a panic or memory without end.
func TestDecodeDamaged(t *testing.T) {
	b := newStreamBench(t, true)
	r := rand.New(rand.NewPCG(rand.Uint64(), 6))
	for id := int64(blockRows - 200); id < blockRows+200; id++ {
		b.who[id] = true
		_ = b.cols[everybody].addNumber(id, 1)
		b.facts["buys"][id] = b.draw(r)
	}
	text := newData(Text)
	_ = text.addText(77, []byte("杭州"))
	b.build(t, b.cols)
	b.set(t, r, []int64{blockRows - 5, blockRows + 5})
	for _, c := range []Col{everybody, lookupCol, scoreCol, buysCols.day, buysCols.money, buysCols.channel, textCol} {
		d := b.cols[c]
		if c == textCol {
			d = text
		}
		var e encoder
		encodeData(&e, d)
		back, err := decodeData(c.Kind, e.b)
		if err != nil {
			t.Fatalf("%s: %v", c.Expr, err)
		}
		if d, ok := d.(*series); ok {
			for block := range d.blocks {
				if x, y := d.block(block), back.(*series).block(block); x != nil && x.asc != y.asc {
					t.Errorf("%s: block %d: ascending %v, came back %v", c.Expr, block, x.asc, y.asc)
				}
			}
		}
		for block := range 3 {
			if !d.equal(back, block, &everyRow) || !back.equal(d, block, &everyRow) {
				t.Errorf("%s: block %d came back otherwise", c.Expr, block)
			}
		}
		for range 300 {
			bad := bytes.Clone(e.b)
			for range 1 + r.IntN(3) {
				bad[r.IntN(min(len(bad), []int{40, 400, len(bad)}[r.IntN(3)]))] = byte(r.IntN(256))
			}
			if r.IntN(3) == 0 {
				bad = bad[:r.IntN(len(bad))]
			}
			if _, err := decodeData(c.Kind, bad); err != nil && err != errDamaged {
				t.Errorf("%s: %v", c.Expr, err)
			}
		}
	}
	if _, err := json.Marshal(snapshotHead{Columns: []savedColumn{{Col: buysCols.day}}}); err != nil {
		t.Error(err)
	}
}
