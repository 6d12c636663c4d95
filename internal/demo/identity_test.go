package demo

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestCreditCodeCheck uses the code given as valid in GB 32100 material.
func TestCreditCodeCheck(t *testing.T) {
	for _, c := range []struct {
		body string
		want byte
	}{
		{"91110000600037341", 'L'},
		{"9111000060003734", 0},
		{"9111000060003734I", 0},
	} {
		if got := CreditCodeCheck(c.body); got != c.want {
			t.Errorf("%s: %q, want %q", c.body, got, c.want)
		}
	}
}

func TestOrganisationCheck(t *testing.T) {
	// The organisation part of 91110000600037341L is 600037341.
	if got := organisationCheck("60003734"); got != '1' {
		t.Errorf("%q", got)
	}
}

func TestCompaniesAreValidAndDiffer(t *testing.T) {
	g, err := generate(t.Context(), Options{Seed: 9, AsOf: asOf, Customers: 1, Companies: maxCompanies, Years: 1})
	if err != nil {
		t.Fatal(err)
	}
	codes, names, phones := map[string]bool{}, map[string]bool{}, map[string]bool{g.people[0].phone: true}
	for i := range g.companies {
		c := &g.companies[i]
		code := c.creditCode
		if len(code) != 18 || CreditCodeCheck(code[:17]) != code[17] || organisationCheck(code[8:16]) != code[16] {
			t.Fatalf("%s is not valid", code)
		}
		if !strings.HasPrefix(code[2:], c.city.region+"YY") {
			t.Fatalf("%s is not of region %s in the invented series", code, c.city.region)
		}
		if codes[code] || names[c.name] || phones[c.phone] {
			t.Fatalf("company %d repeats a code (%v), a name (%v: %s) or a phone (%v)", i, codes[code], names[c.name], c.name, phones[c.phone])
		}
		codes[code], names[c.name], phones[c.phone] = true, true, true
	}
}

func TestPhoneNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.IntRange(0, len(unassigned)*phoneSpace-1)
		a, b := numbers.Draw(t, "a"), numbers.Draw(t, "b")
		p, q := phoneNumber(a), phoneNumber(b)
		if !mobile.MatchString(p) {
			t.Fatalf("%s has the wrong form", p)
		}
		if (a == b) != (p == q) {
			t.Fatalf("%d and %d give %s and %s", a, b, p, q)
		}
	})
	// Numbers that differ by a multiple of the prefix space meet in their digits.
	seen := map[string]bool{}
	for k := range len(unassigned) {
		for n := range 50 {
			p := phoneNumber(k*phoneSpace + n)
			if seen[p] {
				t.Fatalf("%s is given twice", p)
			}
			seen[p] = true
		}
	}
}

func TestCells(t *testing.T) {
	for _, c := range []struct {
		cell cell
		want string
	}{
		{fen(128050), "1280.50"},
		{fen(-5), "-0.05"},
		{whole(-3), "-3"},
		{calendarDay(asOf), "2026-06-30"},
		{instant(int64(asOf)*secondsPerDay + 3*3600 + 4*60 + 5), "2026-06-30 03:04:05"},
		{text(`a,"b"`), `"a,""b"""`},
		{text("王芳"), "王芳"},
	} {
		if got := string(appendField(nil, c.cell)); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
	for n, want := range map[int64]string{0: "¥0.00", 99999: "¥999.99", 128000: "¥1,280.00", -123456789: "-¥1,234,567.89"} {
		if got := currency(n); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestWeightedFollowsWeights(t *testing.T) {
	r := newRandom(1, streamPerson, 1)
	w := newWeighted([]float64{0, 3, 0, 1, 0})
	var count [5]int
	for range 40_000 {
		count[w.pick(r)]++
	}
	if count[0]+count[2]+count[4] != 0 {
		t.Errorf("an index without weight was drawn: %v", count)
	}
	if ratio := float64(count[1]) / float64(count[3]); ratio < 2.8 || ratio > 3.2 {
		t.Errorf("ratio %.2f, want 3", ratio)
	}
}

// TestDistributions compares means with the formulae: gamma(k) has k, beta(a, b)
// has a/(a+b).
func TestDistributions(t *testing.T) {
	r := newRandom(2, streamPerson, 2)
	const n = 60_000
	for _, shape := range []float64{0.4, 1, 3.2} {
		sum := 0.0
		for range n {
			sum += r.gamma(shape)
		}
		if mean := sum / n; mean < shape*0.97 || mean > shape*1.03 {
			t.Errorf("gamma(%.1f): mean %.3f", shape, mean)
		}
	}
	sum := 0.0
	for range n {
		sum += r.beta(0.8, 4.4)
	}
	if mean := sum / n; mean < 0.149 || mean > 0.159 {
		t.Errorf("beta(0.8, 4.4): mean %.4f, want 0.1538", mean)
	}
}
