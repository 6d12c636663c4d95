package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"zhike/internal/platform/clock"
)

func hashes(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range []string{TmallFile, POSFile, EnterpriseFile, CustomersFile, BehaviourFile, ManifestFile} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(raw)
		out[name] = hex.EncodeToString(sum[:])
	}
	return out
}

func TestSameSeedSameBytes(t *testing.T) {
	run := func(seed uint64) map[string]string {
		dir := t.TempDir()
		if _, err := Generate(t.Context(), dir, Options{Seed: seed, AsOf: asOf, Customers: 400, Companies: 20}); err != nil {
			t.Fatal(err)
		}
		return hashes(t, dir)
	}
	first, again, other := run(3), run(3), run(4)
	for name, sum := range first {
		if again[name] != sum {
			t.Errorf("%s differs between two runs with one seed", name)
		}
		if other[name] == sum {
			t.Errorf("%s does not depend on the seed", name)
		}
	}
}

func TestOptionsAreBounded(t *testing.T) {
	for name, opt := range map[string]Options{
		"no last day":          {},
		"before the festivals": {AsOf: clock.DateDay(2015, 1, 1)},
		"after the festivals":  {AsOf: clock.DateDay(2037, 1, 1)},
		"too many customers":   {AsOf: asOf, Customers: maxCustomers + 1},
		"negative customers":   {AsOf: asOf, Customers: -1},
		"too many companies":   {AsOf: asOf, Companies: maxCompanies + 1},
		"too many years":       {AsOf: asOf, Years: maxYears + 1},
	} {
		if _, err := Generate(t.Context(), t.TempDir(), opt); !errors.Is(err, ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGenerateStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Generate(ctx, t.TempDir(), Options{AsOf: asOf}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Generate(t.Context(), filepath.Join(file, "dir"), Options{AsOf: asOf, Customers: 5, Companies: -1}); err == nil {
		t.Error("a folder below a file was made")
	}
}

// TestEdges makes the smallest company and one whose last day is 29 February.
func TestEdges(t *testing.T) {
	for name, opt := range map[string]Options{
		"one customer": {AsOf: asOf, Customers: 1, Companies: -1, Years: 1},
		"leap day":     {AsOf: clock.DateDay(2028, 2, 29), Customers: 60, Companies: 3},
		"first year":   {AsOf: clock.DateDay(2018, 1, 10), Customers: 60, Companies: 3},
		"last year":    {AsOf: clock.DateDay(2036, 12, 31), Customers: 60, Companies: 3, Years: 10},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := Generate(t.Context(), t.TempDir(), opt)
			if err != nil {
				t.Fatal(err)
			}
			if m.AsOf != opt.AsOf || len(m.Files) != 5 {
				t.Errorf("%+v", m)
			}
		})
	}
}

// TestCompany looks at the company of the default size, in memory.
func TestCompany(t *testing.T) {
	g, err := generate(t.Context(), Options{Seed: 1, AsOf: asOf})
	if err != nil {
		t.Fatal(err)
	}
	m := g.manifest()
	if m.Persons != DefaultCustomers || m.Companies != DefaultCompanies || m.Members+m.Guests != m.Persons {
		t.Errorf("customers: %+v", m)
	}
	if m.OrderLines < 150_000 || m.OrderLines > 250_000 {
		t.Errorf("%d order lines", m.OrderLines)
	}
	for name, share := range map[string]float64{"three years": m.Top20Share, "365 days": m.Top20Share365} {
		if share < 0.60 || share > 0.80 {
			t.Errorf("top 20 %% of %s bring %.3f", name, share)
		}
	}
	for _, state := range stateKeys {
		if m.OrdersByState[state] == 0 {
			t.Errorf("no order is %s", state)
		}
	}
	if m.Returns == 0 {
		t.Error("no returns")
	}
	for kind, name := range eventKeys {
		if m.EventsByKind[name] == 0 {
			t.Errorf("no event of kind %s (%s)", name, eventNames[kind])
		}
	}
	t.Run("orders", func(t *testing.T) { checkOrders(t, g) })
	t.Run("people", func(t *testing.T) { checkPeople(t, g) })
	t.Run("baskets", func(t *testing.T) { checkAffinity(t, g) })
	t.Run("seasons", func(t *testing.T) { checkSeasons(t, g) })
	t.Run("potential", func(t *testing.T) { checkCarts(t, g) })
}

func checkOrders(t *testing.T, g *generator) {
	from, to := int64(g.first)*secondsPerDay, int64(g.last+1)*secondsPerDay
	for i := range g.orders {
		o := &g.orders[i]
		quantity, list, discount, paid, refund := o.totals()
		switch {
		case o.at < from || o.at+int64(o.payDelay) >= to:
			t.Fatalf("%s lies outside the window", o.id)
		case len(o.lines) == 0:
			t.Fatalf("%s is empty", o.id)
		case o.state == stateCancelled && (paid != 0 || discount != 0 || o.freight != 0):
			t.Fatalf("%s is cancelled and paid", o.id)
		case o.state != stateCancelled && list-discount != paid:
			t.Fatalf("%s: %d − %d ≠ %d", o.id, list, discount, paid)
		case o.state == stateRefunded && refund != paid:
			t.Fatalf("%s: refunded %d of %d", o.id, refund, paid)
		case o.state == statePartRefunded && (refund <= 0 || refund > paid):
			t.Fatalf("%s: part refund %d of %d", o.id, refund, paid)
		case (o.origin >= 0) != (quantity < 0):
			t.Fatalf("%s: quantity %d", o.id, quantity)
		}
		if o.origin >= 0 {
			sold := &g.orders[o.origin]
			if sold.at >= o.at || sold.who != o.who || -o.net() > sold.net() {
				t.Fatalf("%s takes back more than %s", o.id, sold.id)
			}
		}
		if o.channel != channelEnterprise && g.people[o.who].joined > o.at {
			t.Fatalf("%s comes before its buyer joined", o.id)
		}
	}
}

func checkPeople(t *testing.T, g *generator) {
	var men, women, compound, guests int
	for i := range g.people {
		p := &g.people[i]
		if n := len([]rune(p.name)); n < 2 || n > 4 {
			t.Fatalf("name of %d characters", n)
		}
		if slices.ContainsFunc([]string{"欧阳", "司马", "诸葛", "上官", "皇甫"}, func(s string) bool {
			return len(p.name) > len(s) && p.name[:len(s)] == s
		}) {
			compound++
		}
		switch p.sex {
		case 0:
			men++
		case 1:
			women++
		}
		if p.guest {
			guests++
			if p.number != "" || p.orders == 0 && g.count(func(o *order) bool {
				return o.channel != channelEnterprise && int(o.who) == i
			}) == 0 {
				t.Fatalf("guest %d is a member or has no order", i)
			}
		}
	}
	if compound == 0 || men < 7000 || women < 10000 {
		t.Errorf("%d men, %d women, %d compound surnames", men, women, compound)
	}
	if guests < 1500 || guests > 2500 {
		t.Errorf("%d guests", guests)
	}
}

// checkAffinity: who buys beans or gear with something else takes a cup more
// often than who buys scents with something else.
func checkAffinity(t *testing.T, g *generator) {
	share := func(with, want int) float64 {
		baskets, hits := 0, 0
		for i := range g.orders {
			o := &g.orders[i]
			if len(o.lines) < 2 || o.channel == channelEnterprise {
				continue
			}
			has := func(category int) bool {
				return slices.ContainsFunc(o.lines, func(l line) bool { return g.catalogue.products[l.product].kind == category })
			}
			if has(with) {
				baskets++
				if has(want) {
					hits++
				}
			}
		}
		return float64(hits) / float64(baskets)
	}
	if a, b := share(catGear, catBeans), share(catTea, catBeans); a < 1.5*b {
		t.Errorf("beans go with gear in %.3f, with tea in %.3f of the baskets", a, b)
	}
	if a, b := share(catDrip, catCup), share(catGift, catCup); a < 1.3*b {
		t.Errorf("cups go with drip bags in %.3f, with gift boxes in %.3f of the baskets", a, b)
	}
}

func checkSeasons(t *testing.T, g *generator) {
	perDay := map[clock.Day]float64{}
	gifts, all := map[string]float64{}, map[string]float64{}
	for i := range g.orders {
		o := &g.orders[i]
		if o.origin >= 0 {
			continue
		}
		perDay[o.day()]++
		month := o.day().String()[:7]
		for _, l := range o.lines {
			all[month]++
			if g.catalogue.products[l.product].kind == catGift {
				gifts[month]++
			}
		}
	}
	// mean of the days around a date, against the month before it.
	mean := func(from, to clock.Day) float64 {
		sum := 0.0
		for d := from; d <= to; d++ {
			sum += perDay[d]
		}
		return sum / float64(to-from+1)
	}
	for _, c := range []struct {
		name     string
		day      clock.Day
		span     clock.Day
		low, top float64
	}{
		{"双11", clock.DateDay(2025, 11, 11), 0, 2.2, 5},
		{"618", clock.DateDay(2025, 6, 18), 0, 1.8, 4.5},
		{"双12", clock.DateDay(2025, 12, 12), 0, 1.3, 4},
		{"春节 2026", clock.DateDay(2026, 2, 17), 4, 0.1, 0.5},
		{"春节 2025", clock.DateDay(2025, 1, 29), 4, 0.1, 0.5},
	} {
		ratio := mean(c.day, c.day+c.span) / mean(c.day-45, c.day-15)
		if ratio < c.low || ratio > c.top {
			t.Errorf("%s: %.2f times an ordinary day, want %.1f to %.1f", c.name, ratio, c.low, c.top)
		}
	}
	september, july := gifts["2025-09"]/all["2025-09"], gifts["2025-07"]/all["2025-07"]
	if september < 2*july {
		t.Errorf("gift boxes: %.3f of the lines before 中秋, %.3f in July", september, july)
	}
}

// checkCarts: there are members without any order who put one product into the
// cart at least twice in the last 120 days.
func checkCarts(t *testing.T, g *generator) {
	type key struct{ who, product int32 }
	carts := map[key]int{}
	for _, e := range g.behave.events {
		if e.kind == eventCart && e.at >= int64(g.last-120)*secondsPerDay {
			carts[key{e.who, e.product}]++
		}
	}
	eager := 0
	for k, n := range carts {
		if n >= 2 && g.people[k.who].orders == 0 {
			eager++
		}
	}
	if eager < 50 {
		t.Errorf("%d members without an order fill carts again and again", eager)
	}
}
