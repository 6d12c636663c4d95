package importer

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhike/internal/customer"
	"zhike/internal/order"
	"zhike/internal/platform/i18n"
)

// The first and last test vectors of the reference implementation of SipHash-2-4.
func TestSipHash(t *testing.T) {
	key := make([]byte, 16)
	msg := make([]byte, 63)
	for i := range key {
		key[i] = byte(i)
	}
	for i := range msg {
		msg[i] = byte(i)
	}
	k := newSipKey(key)
	for n, want := range map[int]string{0: "310e0edd47db6f72", 1: "fd67dc93c539f874", 8: "6224939a79f5f593", 15: "e545be4961ca29a1", 63: "724506eb4c328a95"} {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], k.sum(msg[:n]))
		if got := fmt.Sprintf("%x", b); got != want {
			t.Errorf("%d bytes: %s, want %s", n, got, want)
		}
	}
}

// The filter never misses a key that came before.
func TestRepeatsAreAlwaysFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOf(rapid.Uint64Range(0, 2000)).Draw(t, "keys")
		r := newRepeats(int64(rapid.IntRange(0, 100).Draw(t, "estimate")))
		r.max = rapid.SampledFrom([]int{4, 2000, maxSuspects}).Draw(t, "max")
		count := map[uint64]int{}
		for _, k := range keys {
			count[k]++
			if r.see(k) != (count[k] > 1) && count[k] > 1 {
				t.Fatalf("key %d came before and was not known", k)
			}
		}
		r.finish()
		for k, n := range count {
			if n > 1 && !r.has(k) {
				t.Fatalf("key %d came %d times and is no suspect", k, n)
			}
		}
	})
}

// Of many keys that come once, hardly any is suspected.
func TestFewFalseSuspects(t *testing.T) {
	const n = 500_000
	r := newRepeats(n)
	for i := range uint64(n) {
		r.see(mix(i) ^ 0x5555)
	}
	r.finish()
	if len(r.suspects) > n/200 {
		t.Errorf("%d of %d keys are suspected", len(r.suspects), n)
	}
}

func TestMetComesBackFromItsPack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a, b met
		for range rapid.IntRange(1, 4).Draw(t, "batches") {
			for range rapid.IntRange(0, 30).Draw(t, "adds") {
				a.add(rapid.IntRange(0, metSets-1).Draw(t, "set"), rapid.Int64Range(0, 5000).Draw(t, "id"))
			}
			if p := a.pack(); p != nil {
				if err := b.unpack(p); err != nil {
					t.Fatal(err)
				}
			}
		}
		for k := range a.sets {
			if !slices.Equal(a.sets[k].list(), b.sets[k].list()) || a.sets[k].len() != int64(len(a.sets[k].list())) {
				t.Fatalf("set %d: %v, want %v", k, b.sets[k].list(), a.sets[k].list())
			}
		}
	})
	var m met
	for _, bad := range [][]byte{nil, {5}, {1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}} {
		if err := m.unpack(bad); err == nil {
			t.Errorf("damaged list %v was taken", bad)
		}
	}
}

// Whatever is forgotten, what is remembered is true.
func TestBuyerCacheForgetsButNeverLies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newBuyerCache()
		c.max = rapid.IntRange(1, 8).Draw(t, "max")
		ids, said := map[blind]int64{}, map[int64]uint64{}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			k := blind{byte(rapid.IntRange(1, 12).Draw(t, "key"))}
			if rapid.Bool().Draw(t, "put") {
				id, s := int64(k[0]%7)+1, rapid.Uint64Range(1, 3).Draw(t, "said")
				c.put(k, id, s)
				ids[k], said[id] = id, s
			}
			if got := c.id(k); got != 0 && got != ids[k] {
				t.Fatalf("identity %v is %d, want %d", k[0], got, ids[k])
			}
			for id, s := range said {
				for probe := range uint64(4) {
					if c.same(id, probe) && probe != s {
						t.Fatalf("customer %d said %d last, not %d", id, s, probe)
					}
				}
			}
		}
	})
}

func TestMilliText(t *testing.T) {
	for m, want := range map[int64]string{0: "0.00", 150187378500: "1501873.785", -215: "-0.00215", 100_000: "1.00", 1: "0.00001", -21_500: "-0.215", 12_340: "0.1234"} {
		if got := milliText(m); got != want {
			t.Errorf("milliText(%d) = %s, want %s", m, got, want)
		}
	}
}

// Lines of an order add up to what it brought, however a total is shared out.
func TestSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(-1_000_000_000, 1_000_000_000_000).Draw(t, "total")
		ws := rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), 1, 30).Draw(t, "weights")
		sum := int64(0)
		for _, w := range ws {
			sum += w
		}
		left := total
		for _, w := range ws[:len(ws)-1] {
			left -= share(total, w, sum, len(ws))
		}
		if sum > 0 && ws[len(ws)-1] > 0 {
			want := float64(total) * float64(ws[len(ws)-1]) / float64(sum)
			if d := float64(left) - want; d > float64(len(ws))+1 || d < -float64(len(ws))-1 {
				t.Fatalf("the last share is %d, want about %.0f", left, want)
			}
		}
	})
}

func TestTailLeavesExtensionsOut(t *testing.T) {
	for phone, want := range map[string]string{
		"13800138000": "8000", "010-88886666": "6666", "010-88886666-123": "6666", "4008889999": "9999", "4008889999-12": "9999", "+85291234567": "4567", "95588": "5588",
	} {
		if got := tail(phone); got != want {
			t.Errorf("tail(%s) = %s, want %s", phone, got, want)
		}
	}
}

func TestMergeErasesNothing(t *testing.T) {
	full := customer.Customer{Kind: customer.KindPerson, Name: "王芳", Gender: "female", Birthday: "1990-01-02", Company: "某公司", Province: "广东省", City: "深圳市"}
	c := full
	if _, changed := merge(&c, &buyer{}); changed || c != full {
		t.Errorf("a buyer of whom nothing is said changed %+v", c)
	}
	if _, changed := merge(&c, &buyer{name: "王*", masked: true}); changed {
		t.Error("a masked name took the place of a name")
	}
	if _, changed := merge(&c, &buyer{district: "南山区"}); !changed || c.District != "南山区" || c.RegionCode != "440305" {
		t.Errorf("a district: %+v", c)
	}
	if _, changed := merge(&c, &buyer{province: "广东省", city: "深圳市"}); changed {
		t.Errorf("the same city takes the district: %+v", c)
	}
	if _, changed := merge(&c, &buyer{province: "浙江省"}); !changed || c.City != "" || c.District != "" || c.RegionCode != "330000" {
		t.Errorf("another province with the old city: %+v", c)
	}
	if renamed, _ := merge(&c, &buyer{name: "王小芳"}); !renamed || c.Name != "王小芳" {
		t.Errorf("a new name: %+v", c)
	}
}

func TestStatusOfMixedRows(t *testing.T) {
	for _, c := range []struct {
		rows       []order.Status
		sales, net int64
		want       order.Status
	}{
		{[]order.Status{order.StatusPaid}, 10, 10, order.StatusPaid},
		{[]order.Status{order.StatusCompleted, order.StatusRefunded}, 20, 10, order.StatusPartRefunded},
		{[]order.Status{order.StatusRefunded, order.StatusRefunded}, 20, 0, order.StatusRefunded},
		{[]order.Status{order.StatusCancelled, order.StatusShipped}, 10, 10, order.StatusShipped},
		{[]order.Status{order.StatusCancelled}, 0, 0, order.StatusCancelled},
		{[]order.Status{order.StatusRefunded}, 10, 4, order.StatusPartRefunded},
		{[]order.Status{order.StatusCompleted}, 0, 0, order.StatusCompleted},
	} {
		var m statusMix
		for _, s := range c.rows {
			m.add(s)
		}
		if got := m.status(c.sales, c.net, order.KindSale); got != c.want {
			t.Errorf("%v with %d of %d: %s, want %s", c.rows, c.net, c.sales, got.Code(), c.want.Code())
		}
	}
}

// Every code a row can be refused with has a text without holes.
func TestReasonsHaveTexts(t *testing.T) {
	codes := map[string]string{
		"import.no_buyer": "", "import.several_buyers": "", "import.contact_claimed": `{"customer":1,"other":2}`, "import.contact_shared": `{"customer":1,"other":2}`, "import.no_order_id": "",
		"import.no_date": "", "import.no_amount": "", "import.amount_range": `{"max":10}`, "import.negative_amount": "", "import.negative_refused": "",
		"import.order_amounts_differ": "", "import.with_order": `{"line":3}`, "import.extra_cells": `{"columns":3}`, "import.formula_no_value": "",
		"import.bad_event": "", "import.bad_rating": "", "import.bad_channel": "", "import.favourite_too_long": `{"max":50}`, "import.too_many_favourites": `{"max":20}`, "clean.bad_education": "", "import.birthday_ahead": "", "import.unit_too_large": `{"line":1,"max":2}`,
		"clean.date_range": `{"min":"a","max":"b"}`,
	}
	for code, params := range codes {
		for _, l := range []string{"zh-CN", "en"} {
			if s := reason(l, code, params); strings.Contains(s, "errors.") || strings.Contains(s, "{{") {
				t.Errorf("%s in %s: %s", code, l, s)
			}
			if s := i18n.T(l, ReasonKey(code), nil); strings.Contains(s, "{{") || strings.HasPrefix(s, "errors.") {
				t.Errorf("short text of %s in %s: %s", code, l, s)
			}
		}
	}
}
