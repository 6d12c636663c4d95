package customer_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/order"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
	"zhike/internal/rule/ruletest"
)

// fakeRules stands in for package audience: streams over the real tables, and
// audiences by hand.
type fakeRules struct {
	streams   rule.Streams
	audiences map[int64]*rule.Audience
}

func (f *fakeRules) Streams() *rule.Streams { return &f.streams }

func (f *fakeRules) Audience(_ context.Context, id int64) (*rule.Audience, error) {
	if a := f.audiences[id]; a != nil {
		return a, nil
	}
	return nil, errs.New(errs.Invalid, "rule.unknown_audience")
}

// newRules has the streams of package order, and two of another make: facts
// counted one by one, and a table without an alias.
func newRules(engine db.Engine) *fakeRules {
	f := &fakeRules{audiences: map[int64]*rule.Audience{}}
	for _, st := range order.Streams() {
		f.streams.Register(st)
	}
	for _, p := range order.PastFigures(engine) {
		f.streams.RegisterPast(p)
	}
	product := &rule.Lookup{Table: "products", ID: "id", Expr: "category", Source: "products"}
	f.streams.Register(rule.Stream{
		Code: "parts", Label: "x", Table: "orders o JOIN order_lines l ON l.order_id = o.id", Customer: "o.customer_id", Day: "o.day", Instant: "o.paid_at",
		ID: "l.order_id * 1000 + l.line_no", Where: "o.status <> 3", Counted: "l.amount_fen > 0", Source: "orders",
		Measures:   []rule.Measure{{Code: "amount", Type: "money", Expr: "l.amount_fen * 1000 + l.amount_sub"}, {Code: "pieces", Type: "milli", Expr: "l.quantity_milli"}},
		Dimensions: []rule.Dimension{{Code: "category", Expr: "l.product_id", Via: product}, {Code: "store", Expr: "o.store"}},
	})
	f.streams.Register(rule.Stream{
		Code: "acts", Label: "x", Table: "behaviours", Customer: "customer_id", Day: "day", Instant: "at", ID: "id", Source: "behaviours",
		Measures: []rule.Measure{{Code: "rating", Type: "number", Expr: "rating"}},
		Dimensions: []rule.Dimension{
			{Code: "kind", Expr: "kind", Codes: map[int64]string{1: "see", 2: "want", 3: "like", 4: "say"}},
			{Code: "product", Expr: "product_id", Via: product},
		},
	})
	return f
}

var (
	channels   = []string{"", "天猫", "京东", "门店 'A'"}
	places     = []string{"", "浙江省", "江苏省"}
	categories = []string{"", "咖啡", "咖啡", "茶", "女装"} // of the products 1 to 5
	brands     = []string{"甲", "甲", "", "乙", "乙"}
	sources    = []string{"", "天猫店", "门店"}
	acts       = []string{"", "see", "want", "like", "say"}
)

// factsFor writes random facts and gives them the plain way.
func factsFor(t testing.TB, d *db.DB, r *rand.Rand, ids []int64) []*ruletest.Customer {
	t.Helper()
	var orders, lines, behaviours []string
	nextOrder, nextAct := int64(1), int64(1)
	number := func(list ...int64) int64 { return list[r.IntN(len(list))] }
	text := func(list []string) string { return list[r.IntN(len(list))] }
	quoted := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	when := func() (clock.Day, int64) {
		days := []clock.Day{today - clock.Day(r.IntN(12)), today - clock.Day(r.IntN(500)), clock.DateDay(2024, 2, 27) + clock.Day(r.IntN(5)),
			clock.DateDay(2023, 2, 27) + clock.Day(r.IntN(4)), today + clock.Day(r.IntN(3))}
		day := days[r.IntN(len(days))]
		// The first and the last moment of the day, and ties.
		return day, clock.Millis(day.Start(time.UTC)) + number(0, 0, 3_600_000, 86_399_999)
	}
	// product draws one: none (0), one of five, or one that is not there, and
	// gives the words that tell of it.
	product := func() (id int64, words map[string]string) {
		id, words = number(0, 1, 2, 3, 4, 5, 99), map[string]string{}
		if id < 1 || id > 5 {
			return id, words
		}
		put(words, "category", categories[id-1])
		put(words, "brand", brands[id-1])
		words["product_code"], words["product"] = fmt.Sprintf("p%d", id), fmt.Sprintf("货%d", id)
		if id == 3 { // has no name
			words["product"] = "p3"
		}
		return id, words
	}
	sql := func(id int64) string {
		if id == 0 {
			return "NULL"
		}
		return fmt.Sprint(id)
	}
	money := func() (fen, sub int64) {
		return number(-2500, -1, 0, 0, 1, 99, 1000, 1000, 2500, 100_000), number(0, 0, 0, 1, 499, 500, 501, 999)
	}
	var out []*ruletest.Customer
	for _, id := range ids {
		c := &ruletest.Customer{ID: id, Facts: map[string][]ruletest.Fact{}}
		out = append(out, c)
		for range []int{0, 1, 2, 4, 9}[r.IntN(5)] {
			day, at := when()
			net, netSub := money()
			sales, salesSub := money()
			gross, grossSub := money()
			freight, quantity, count := number(0, 10), number(0, 500, 1000, 2500), number(0, 1, 2)
			kind, status, source := order.Kind(number(1, 2)), order.Status(number(1, 2, 3, 4)), number(1, 2)
			channel, store, province, city := text(channels), text(channels), text(places), text(places)
			words := map[string]string{"kind": kind.Code(), "status": status.Code(), "source": sources[source]}
			put(words, "channel", channel)
			put(words, "store", store)
			put(words, "province", province)
			put(words, "city", city)
			purchase := net*1000+netSub > 0 && net >= 0
			c.Facts["orders"] = append(c.Facts["orders"], ruletest.Fact{Day: day, At: at, ID: nextOrder, Counted: purchase, Words: words,
				Numbers: map[string]int64{"net": net*1000 + netSub, "sales": sales*1000 + salesSub, "gross": gross*1000 + grossSub,
					"freight": freight * 1000, "quantity": quantity, "lines": count}})
			off := "NULL"
			if r.IntN(4) > 0 {
				v := number(0, 1, 5, 53, 500)
				off, c.Facts["orders"][len(c.Facts["orders"])-1].Numbers["discount"] = fmt.Sprint(v), v
				words["price"] = "list"
				if list := (v+sales)*1000 + salesSub; v > 0 && v*1000*20 >= list {
					words["price"] = "reduced"
				}
			}
			lone := "NULL"
			ofOrder := func(more map[string]string) map[string]string {
				maps.Copy(more, words)
				return more
			}
			if r.IntN(2) == 0 {
				p, of := product()
				if lone = sql(p); p == 0 {
					lone = "-1"
				}
				c.Facts["lines"] = append(c.Facts["lines"], ruletest.Fact{Day: day, At: at, ID: nextOrder * 1_000_000, Counted: purchase, Words: ofOrder(of),
					Numbers: map[string]int64{"amount": net*1000 + netSub, "quantity": quantity}})
			}
			orders = append(orders, fmt.Sprintf("(%d, %d, 'o%d', %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %s, %s, %s, %s, %s, %s, 0, 0, 0, 0)", nextOrder, source, nextOrder, id,
				kind, status, at, day, gross, grossSub, sales, salesSub, net, netSub, freight, quantity, count, quoted(channel), quoted(store), quoted(province), quoted(city), lone, off))
			for k := range r.Int64N(4) {
				p, of := product()
				fen, sub, q := number(-100, 0, 50, 1000, 2500), number(0, 500, 999), number(0, 1000, 1500)
				lines = append(lines, fmt.Sprintf("(%d, %d, %s, %d, %d, %d)", nextOrder, k, sql(p), q, fen, sub))
				if lone == "NULL" {
					c.Facts["lines"] = append(c.Facts["lines"], ruletest.Fact{Day: day, At: at, ID: nextOrder*1_000_000 + k, Counted: purchase,
						Words: ofOrder(maps.Clone(of)), Numbers: map[string]int64{"amount": fen*1000 + sub, "quantity": q}})
				}
				if status != 3 {
					put(of, "store", store)
					c.Facts["parts"] = append(c.Facts["parts"], ruletest.Fact{Day: day, At: at, ID: nextOrder*1000 + k, Counted: fen > 0, Words: of,
						Numbers: map[string]int64{"amount": fen*1000 + sub, "pieces": q}})
				}
			}
			nextOrder++
		}
		for range r.IntN(6) {
			day, at := when()
			kind, source, quantity := number(1, 2, 3, 4), number(1, 2), number(0, 1000)
			p, of := product()
			x := ruletest.Fact{Day: day, At: at, ID: nextAct, Counted: true, Numbers: map[string]int64{"quantity": quantity}, Words: of}
			rating := "NULL"
			if kind == 4 {
				v := number(1, 3, 5)
				rating, x.Numbers["rating"] = fmt.Sprint(v), v
			}
			behaviours = append(behaviours, fmt.Sprintf("(%d, %d, 'b%d', %d, %d, %d, %d, %s, %d, %s, 0, 0, 0)", nextAct, source, nextAct, id, kind, at, day, sql(p), quantity, rating))
			own := x
			own.Words = map[string]string{"kind": acts[kind]}
			put(own.Words, "product", of["category"])
			c.Facts["acts"] = append(c.Facts["acts"], own)
			of["kind"], of["source"] = order.BehaviourKind(kind).Code(), sources[source]
			c.Facts["behaviours"] = append(c.Facts["behaviours"], x)
			nextAct++
		}
	}
	must(t, d.InTx(t.Context(), func(ctx context.Context) error {
		insert := func(into string, rows []string) {
			for len(rows) > 0 {
				n := min(len(rows), 100)
				_, err := d.Q(ctx).ExecContext(ctx, "INSERT INTO "+into+" VALUES "+strings.Join(rows[:n], ", "))
				must(t, err)
				rows = rows[n:]
			}
		}
		var products []string
		for i, c := range categories {
			name := fmt.Sprintf("货%d", i+1)
			if i == 2 {
				name = ""
			}
			products = append(products, fmt.Sprintf("(%d, 1, 'p%d', '%s', '%s', '%s', 0, 0)", i+1, i+1, name, c, brands[i]))
		}
		insert("products (id, source_id, code, name, category, brand, created_at, updated_at)", products)
		insert(`orders (id, source_id, external_id, customer_id, kind, status, paid_at, day, gross_fen, gross_sub, sales_fen, sales_sub, net_fen, net_sub,
 freight_fen, quantity_milli, line_count, channel, store, province, city, lone_product_id, discount_fen, content_hash, import_id, created_at, updated_at)`, orders)
		insert("order_lines (order_id, line_no, product_id, quantity_milli, amount_fen, amount_sub)", lines)
		insert(`behaviours (id, source_id, external_id, customer_id, kind, at, day, product_id, quantity_milli, rating, content_hash, import_id, created_at)`, behaviours)
		return nil
	}))
	return out
}

// put tells a word, unless there is none.
func put(words map[string]string, name, word string) {
	if word != "" {
		words[name] = word
	}
}

// ruleSite is a site with facts, and a second service that answers from columns.
type ruleSite struct {
	*columnSite
	rules *fakeRules
	world *ruletest.World
}

func newRuleSite(t testing.TB, d *db.DB, seed uint64, n int) *ruleSite {
	t.Helper()
	l := listSetup(t, d, 0)
	// The customers lie in two blocks of columns.
	must(t, d.InTx(t.Context(), func(ctx context.Context) error {
		_, err := d.Q(ctx).ExecContext(ctx, fmt.Sprintf(`INSERT INTO id_sequences (name, next) VALUES ('customer', %d)`, 16384-n/2))
		return err
	}))
	l.fill(t, l.as("boss"), n)
	l.score(t, rand.New(rand.NewPCG(seed, 6)))
	s := &ruleSite{rules: newRules(d.Engine())}
	deps := l.service.Deps
	deps.Rules = s.rules
	l.service = customer.NewService(deps)
	s.columnSite = withColumns(t, l, 64<<20)
	s.world = &ruletest.World{
		AsOf: today, Customers: factsFor(t, d, rand.New(rand.NewPCG(seed, 5)), l.ids), Audiences: map[int64]*rule.Node{}, Lists: map[int64][]int64{},
		Money: map[string]bool{"net": true, "sales": true, "gross": true, "freight": true, "amount": true},
		Field: s.field, Number: s.number,
	}
	return s
}

// score changes scores, by the one door and as the days go by. A third of the
// customers were there long before.
func (s *listSite) score(t testing.TB, r *rand.Rand) {
	t.Helper()
	ctx, now := s.as("boss"), s.clock.Now()
	for i := range s.people {
		p := &s.people[i]
		if i%3 == 0 {
			p.created = today - 900
			p.c.CreatedAt = clock.Millis(p.created.Start(time.UTC))
			must(t, s.db.InTx(ctx, func(ctx context.Context) error {
				_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE customers SET created_at = $1 WHERE id = $2`, p.c.CreatedAt, s.ids[i])
				return err
			}))
		}
		p.scores = []scored{{p.c.CreatedAt, p.score}}
		var at []int64
		for range r.IntN(6) {
			days := []clock.Day{today - clock.Day(r.IntN(5)), today - clock.Day(r.IntN(5)), today - clock.Day(25+r.IntN(40)), clock.DateDay(2024, 2, 27) + clock.Day(r.IntN(5))}
			// The first and the last moment of the day, and ties.
			at = append(at, clock.Millis(days[r.IntN(4)].Start(time.UTC))+[]int64{0, 0, 3_600_000, 86_399_999}[r.IntN(4)])
		}
		slices.Sort(at)
		for _, at := range at {
			if at < p.c.CreatedAt {
				continue
			}
			var value any
			if p.score = int64(r.IntN(6))*50 - 50; p.score >= 0 {
				value = fmt.Sprintf("%d.%02d", p.score/100, p.score%100)
			} else {
				p.score = -1
			}
			s.clock.Set(time.UnixMilli(at))
			_, err := s.service.Change(ctx, customer.Edit{ID: s.ids[i], Own: customer.Own{Fields: map[string]any{"score": value}}}, customer.WriteOptions{})
			must(t, err)
			p.scores = append(p.scores, scored{at, p.score})
		}
	}
	s.clock.Set(now)
}

// list makes the members of an audience by hand.
func (s *ruleSite) list(t testing.TB, id int64, ids []int64) {
	t.Helper()
	must(t, s.db.InTx(t.Context(), func(ctx context.Context) error {
		_, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM audience_entries WHERE audience_id = $1`, id)
		for _, c := range ids {
			if err == nil {
				_, err = s.db.Q(ctx).ExecContext(ctx, `INSERT INTO audience_entries (customer_id, audience_id, added_at, added_by) VALUES ($1, $2, 0, 0)`, c, id)
			}
		}
		if err != nil {
			return err
		}
		return column.Tell(ctx, s.db, "audience_entries", 1, s.ids...)
	}))
}
