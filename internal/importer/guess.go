package importer

import (
	"slices"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/platform/sheet"
)

// Column is what was found out about one column.
type Column struct {
	Key        string  `json:"key" doc:"how mappings name the column"`
	Title      string  `json:"title"`
	Meaning    Meaning `json:"meaning" doc:"\"ignore\" where the column says nothing that is kept"`
	Confidence float64 `json:"confidence" doc:"0 … 1; 0 for an ignored column"`
	Example    string  `json:"example" doc:"the first value that is there"`
}

// Guess is a mapping made of titles and values.
type Guess struct {
	Mapping Mapping
	Columns []Column
	// Warnings are codes of catalogue texts ("import.warn.…").
	Warnings []string
}

// sampleRows is how many rows a guess looks at.
const sampleRows = 300

// sample reads the first rows of a file, at most sampleRows.
func sample(f *sheet.File) ([][]string, error) {
	var out [][]string
	for len(out) < sampleRows {
		r, err := f.Next()
		if err != nil {
			if len(out) > 0 {
				break // the first pass will say what is wrong further down
			}
			return nil, err
		}
		out = append(out, slices.Clone(r.Cells))
	}
	return out, nil
}

// GuessKind says what a file most likely holds.
func GuessKind(header []string, rows [][]string) Kind {
	g := guesser{header: header, keys: ColumnKeys(header), rows: rows}
	has := func(as map[Meaning]choice, of ...Meaning) bool {
		return slices.ContainsFunc(of, func(m Meaning) bool { _, ok := as[m]; return ok })
	}
	ev := g.assign(KindBehaviours)
	or := g.assign(KindOrders)
	if has(ev, EventKind) && has(ev, EventAt) && !has(or, Amount, UnitPrice) {
		return KindBehaviours
	}
	if has(or, Amount, ListAmount, UnitPrice) && has(or, OrderID, PaidAt, OrderedAt) {
		return KindOrders
	}
	if has(or, OrderID) && has(or, PaidAt, OrderedAt) {
		return KindOrders
	}
	return KindCustomers
}

// GuessMapping gives each column the meaning that its title and its values
// suggest. kind "" is guessed as well. The mapping may lack what is required;
// Validate says so.
func GuessMapping(header []string, rows [][]string, kind Kind) Guess {
	g := guesser{header: header, keys: ColumnKeys(header), rows: rows}
	if l := layoutOf(header); l != nil && (kind == "" || kind == KindCustomers) {
		return g.laidOut(l)
	}
	if kind == "" {
		kind = GuessKind(header, rows)
	}
	as := g.assign(kind)
	out := Guess{Mapping: Mapping{Kind: kind, Columns: map[string]Meaning{}}, Columns: make([]Column, len(header))}
	for i := range header {
		out.Columns[i] = Column{Key: g.keys[i], Title: strings.TrimSpace(header[i]), Meaning: Ignore, Example: g.example(i)}
	}
	for m, c := range as {
		out.Mapping.Columns[g.keys[c.col]] = m
		out.Columns[c.col].Meaning, out.Columns[c.col].Confidence = m, c.confidence
	}
	g.rules(&out, as)
	return out
}

type guesser struct {
	header []string
	keys   []string
	rows   [][]string
}

type choice struct {
	col        int
	rank       int
	confidence float64
}

func (g *guesser) example(col int) string {
	for _, r := range g.rows {
		if col < len(r) && !clean.IsBlank(r[col]) {
			return cutText(strings.TrimSpace(r[col]), 120)
		}
	}
	return ""
}

// values are up to 100 cells of a column that say something.
func (g *guesser) values(col int) []string {
	var out []string
	for _, r := range g.rows {
		if col < len(r) && !clean.IsBlank(r[col]) {
			if out = append(out, r[col]); len(out) == 100 {
				break
			}
		}
	}
	return out
}

// assign gives each meaning of a kind its best column: by the rank of the
// title, weighed by how many values fit; titles that say nothing are taken by
// their values alone.
func (g *guesser) assign(kind Kind) map[Meaning]choice {
	allowed := Meanings(kind)
	type candidate struct {
		m Meaning
		choice
	}
	var all []candidate
	for col, title := range withoutErrorColumns(g.header) {
		vals := g.values(col)
		for _, k := range g.known(title, kind) {
			if !slices.Contains(allowed, k.meaning) {
				continue
			}
			fit := fits(k.meaning, vals)
			if fit < 0.3 {
				continue
			}
			conf := (0.7 + 0.3*float64(k.rank)/100_000) * (0.4 + 0.6*fit)
			all = append(all, candidate{k.meaning, choice{col, int(float64(k.rank) * fit), conf}})
		}
		if len(g.known(title, kind)) == 0 {
			if m, conf := byValues(vals); m != "" && slices.Contains(allowed, m) {
				all = append(all, candidate{m, choice{col, 1, conf}})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return b.rank - a.rank })
	out := map[Meaning]choice{}
	taken := map[int]bool{}
	for _, c := range all {
		if _, ok := out[c.m]; ok || taken[c.col] {
			continue
		}
		out[c.m], taken[c.col] = c.choice, true
	}
	return out
}

// known lists what a title may mean, seen in its file.
func (g *guesser) known(title string, kind Kind) []known {
	f := foldHeader(title)
	out := slices.Clone(headerIndex[f])
	if kind == KindBehaviours {
		for _, k := range headerIndex[f] {
			if k.meaning == PaidAt || k.meaning == OrderedAt {
				out = append(out, known{EventAt, k.rank / 2})
			}
			if k.meaning == RegisteredAt && joinsAnything(f) {
				out = slices.DeleteFunc(out, func(o known) bool { return o == k })
			}
			if k.meaning == OrderID || k.meaning == ListAmount {
				out = append(out, known{EventID, k.rank / 4})
			}
		}
	}
	if g.shopify() && f == "name" {
		return []known{{OrderID, 100_000}}
	}
	if f == "state" {
		out = append(out, known{Province, 60_000})
	}
	return out
}

// joinsAnything says of a folded title that a day of joining is meant, but not
// what was joined: beside a behaviour it may be the basket.
func joinsAnything(f string) bool {
	switch f {
	case "加入时间", "加入日期", "joinedat", "joinedon":
		return true
	}
	return false
}

// shopify says whether the file is an order export of Shopify, where "Name" is
// the number of the order.
func (g *guesser) shopify() bool {
	n := 0
	for _, h := range g.header {
		switch foldHeader(h) {
		case "financialstatus", "lineitemquantity", "lineitemprice", "fulfillmentstatus":
			n++
		}
	}
	return n >= 2
}

// fits is the share of values that can be of a meaning; 1 where any text can,
// and where there are no values.
func fits(m Meaning, vals []string) float64 {
	test := testOf(m)
	if test == nil || len(vals) == 0 {
		return 1
	}
	n := 0
	for _, v := range vals {
		if test(v) {
			n++
		}
	}
	return float64(n) / float64(len(vals))
}

func testOf(m Meaning) func(string) bool {
	switch m {
	case PaidAt, OrderedAt, EventAt, RegisteredAt:
		return func(s string) bool { return clean.LooksLikeDate(s) || clean.LooksLikeDateSerial(s) }
	case Amount, ListAmount, Discount, UnitPrice, RefundAmount, Freight:
		return func(s string) bool { _, err := clean.Money(s); return err == nil }
	case Quantity:
		return func(s string) bool { _, err := clean.Quantity(s); return err == nil }
	case BuyerPhone, BuyerPhone2:
		return clean.LooksLikePhone
	case BuyerEmail:
		return clean.LooksLikeEmail
	case OrderStatus:
		return clean.LooksLikeStatus
	case BuyerGender:
		return func(s string) bool { _, err := clean.Gender(s); return err == nil }
	case BuyerCode:
		return func(s string) bool { _, err := clean.UnifiedSocialCreditCode(s); return err == nil }
	case EventKind:
		return func(s string) bool { return eventWords[foldHeader(s)] != 0 }
	case Rating:
		return func(s string) bool { _, ok := rating(s); return ok }
	case BuyerName, ProductName, Category, Brand, BuyerCompany, Address, Province, City:
		// A column of bare numbers is something else.
		return func(s string) bool { return !clean.LooksLikeNumber(s) && !clean.LooksLikeEmail(s) }
	}
	return nil
}

// byValues guesses a column whose title says nothing.
func byValues(vals []string) (Meaning, float64) {
	if len(vals) < 3 {
		return "", 0
	}
	for _, t := range []struct {
		m    Meaning
		test func(string) bool
		conf float64
	}{
		{BuyerPhone, clean.LooksLikeMobile, 0.6},
		{BuyerEmail, clean.LooksLikeEmail, 0.6},
		{OrderStatus, clean.LooksLikeStatus, 0.5},
		{BuyerGender, clean.LooksLikeGender, 0.5},
		{Province, clean.LooksLikeProvince, 0.5},
		{City, clean.LooksLikeCity, 0.5},
		{PaidAt, func(s string) bool { return clean.LooksLikeDate(s) && !clean.LooksLikeNumber(s) }, 0.4},
		{Address, clean.LooksLikeAddress, 0.4},
	} {
		n := 0
		for _, v := range vals {
			if t.test(v) {
				n++
			}
		}
		if n*10 >= len(vals)*9 {
			return t.m, t.conf
		}
	}
	return "", 0
}
