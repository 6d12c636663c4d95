package customer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// Last digits are found in every part of their index, and through it.
func TestTailsOfAllParts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), NewStore(d)
		ids := []int64{1, 1<<16 - 1, 1 << 16, 3<<16 + 7, 3<<16 + 7, 9 << 16}
		mine, other := []byte("the last digits!"), []byte("some other ones!")
		if got, err := s.byTail(ctx, mine); err != nil || len(got) != 0 {
			t.Fatalf("of nobody: %v, %v", got, err)
		}
		var list []Contact
		for _, id := range ids {
			list = append(list,
				Contact{CustomerID: id, Kind: ContactPhone, Cipher: []byte{1}, Blind: []byte{2}, TailBlind: mine, SourceID: 1},
				Contact{CustomerID: id + 1, Kind: ContactPhone, Cipher: []byte{1}, Blind: []byte{2}, TailBlind: other, SourceID: 1},
				Contact{CustomerID: id + 2, Kind: ContactEmail, Cipher: []byte{1}, Blind: []byte{2}, SourceID: 1})
		}
		if err := d.InTx(ctx, func(ctx context.Context) error { return s.InsertContacts(ctx, list) }); err != nil {
			t.Fatal(err)
		}
		got, err := s.byTail(ctx, mine)
		if err != nil || !slices.Equal(got, slices.Compact(ids)) {
			t.Errorf("%v, %v", got, err)
		}
		if d.Engine() != db.SQLite {
			return
		}
		type step struct {
			id, parent, unused int64
			detail             string
		}
		plan, err := db.Select(ctx, d.Q(ctx), `EXPLAIN QUERY PLAN `+tailSQL, func(v *step, r db.Scanner) error {
			return r.Scan(&v.id, &v.parent, &v.unused, &v.detail)
		}, mine)
		if err != nil || !strings.Contains(fmt.Sprint(plan), "SEARCH k USING COVERING INDEX contacts_tail (<expr>=? AND tail_blind=?)") {
			t.Errorf("%+v, %v", plan, err)
		}
	})
}

// Numbers are found within their source, however many are asked for at once.
func TestKeysByExternal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), NewStore(d)
		blind := func(i int) []byte { return fmt.Appendf(nil, "number %09d", i) }
		var keys []Key
		for i := range 700 {
			keys = append(keys, Key{SourceID: int64(1 + i%2), Blind: blind(i), Cipher: []byte{1}, CustomerID: int64(1000 + i)})
		}
		keys = append(keys, Key{SourceID: 2, Blind: blind(0), Cipher: []byte{1}, CustomerID: 7})
		if err := d.InTx(ctx, func(ctx context.Context) error { return s.InsertKeys(ctx, keys) }); err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 1, 5, 256, 257, 700, 900} { // some that are not there
			var asked [][]byte
			want := map[string]int64{}
			for i := range n {
				asked = append(asked, blind(i))
				if i < 700 && i%2 == 0 {
					want[string(blind(i))] = int64(1000 + i)
				}
			}
			got, err := s.KeysByExternal(ctx, 1, asked)
			if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("of %d: %d found, want %d (%v)", n, len(got), len(want), err)
			}
		}
	})
}
