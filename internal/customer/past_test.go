package customer_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/calendar"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
)

// pastDays are the as-of days of the runs of fakeLevels: 5, 6 and 7. Run 5 is the
// first one; between 5 and 6 the scheme got another order of levels.
var pastDays = map[int64]clock.Day{5: today - 60, 6: today - 20, 7: today}

var runLevels = map[int64]map[int64]customer.Level{
	5: {0: {Code: "mid", Name: "中价值", Rank: 1}, 1: {Code: "old", Name: "旧", Rank: 2}, 2: {Code: "high", Name: "高价值", Rank: 3}},
	6: {1: {Code: "high", Name: "高价值", Rank: 1}, 2: {Code: "mid", Name: "中价值", Rank: 2}},
	7: {1: {Code: "high", Name: "高价值", Rank: 1}, 2: {Code: "mid", Name: "中价值", Rank: 2}},
}

func pastRun(id int64) customer.PastRun {
	r := customer.PastRun{LevelRun: customer.LevelRun{RunID: id, Levels: runLevels[id]}}
	if before, ok := runLevels[id-1]; ok {
		r.Before = map[int64]string{}
		for no, l := range before {
			r.Before[no] = l.Code
		}
	}
	return r
}

func (f fakeLevels) RunAsOf(ctx context.Context, dimension string, day clock.Day) (*customer.PastRun, error) {
	list, err := f.RunsBetween(ctx, dimension, 0, day, 1)
	if len(list) == 0 {
		return nil, err
	}
	if list[0].RunID == 6 { // whose levels people changed
		list[0].Changed = &day
	}
	return &list[0], err
}

func (fakeLevels) RunsBetween(_ context.Context, _ string, from, to clock.Day, limit int) (out []customer.PastRun, _ error) {
	for _, id := range []int64{7, 6, 5} {
		if d := pastDays[id]; d >= from && d <= to && len(out) < limit {
			out = append(out, pastRun(id))
		}
	}
	return out, nil
}

func (fakeLevels) LevelCodes(context.Context, string) ([]string, error) {
	return []string{"high", "mid", "old"}, nil
}

// history is what a customer was, for the plain reading of the test.
type history struct {
	levels   map[int64]string // run → level
	hand     []byHand         // in run 6, in order
	stages   []string         // from the first one on
	at       []int64          // when they changed
	birthday calendar.Birthday
	born     bool
	ends     clock.Day
	first    clock.Day
	created  int64
}

// byHand is a level that people changed, from a day on.
type byHand struct {
	from   clock.Day
	before string
}

func (h *history) levelOn(d clock.Day) string {
	for _, id := range []int64{7, 6, 5} {
		if pastDays[id] <= d {
			for _, c := range h.hand {
				if id == 6 && c.from > d {
					return c.before
				}
			}
			return h.levels[id]
		}
	}
	return ""
}

func (h *history) stageOn(d clock.Day) string {
	for i, at := range h.at {
		if at >= clock.Millis((d + 1).Start(time.UTC)) {
			return h.stages[i]
		}
	}
	return h.stages[len(h.stages)-1]
}

// keptOn says that the anniversary of a day is kept from a day on within n more.
func keptOn(d, from clock.Day, n int) bool {
	_, month, day := d.Date()
	for on := from; on <= from+clock.Day(n); on++ {
		year, _, _ := on.Date()
		if kept, _ := (calendar.Birthday{Month: int(month), Day: day}).In(year); kept == on && d < from {
			return true
		}
	}
	return false
}

// TestWhatCustomersWere: levels and stages of a day and their changes,
// anniversaries and ages, now and as of a past day, by columns, by SQL and by a
// plain reading of what was written.
func TestWhatCustomersWere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 0)
		ctx := s.as("boss")
		r := rand.New(rand.NewPCG(3, 9))
		stages := []string{"prospect", "customer"}
		all := map[int64]*history{}
		for range 120 {
			h := &history{levels: map[int64]string{}}
			p := person{c: customer.Customer{Name: "某人", Kind: customer.KindPerson}}
			// Around leap days, ends of years, and today.
			year, _, _ := today.Date()
			near := func(low int) clock.Day {
				base := []clock.Day{today, clock.DateDay(2024, 2, 28), clock.DateDay(2024, 12, 31)}[r.IntN(3)]
				_, month, day := (base + clock.Day(r.IntN(80)-20)).Date()
				return clock.DateDay(low+r.IntN(year-low+2), month, day)
			}
			h.created = clock.Millis(near(2000).Start(time.UTC)) + r.Int64N(86_400_000)
			p.c.CreatedAt = h.created
			s.add(t, []person{p})
			id := s.ids[len(s.ids)-1]
			all[id] = h
			exec := func(text string, args ...any) {
				t.Helper()
				must(t, d.InTx(ctx, func(ctx context.Context) error {
					_, err := d.Q(ctx).ExecContext(ctx, text, args...)
					return err
				}))
			}
			if r.IntN(4) > 0 {
				h.first = near(2015)
				exec(`UPDATE customer_metrics SET first_day = $1 WHERE customer_id = $2`, int64(h.first), id)
			}
			if r.IntN(4) > 0 {
				h.ends = near(1901)
				exec(`INSERT INTO customer_values (customer_id, field_id, item, num) VALUES ($1, $2, 0, $3)`, id, s.defs["ends"].ID, int64(h.ends))
			}
			if r.IntN(5) > 0 {
				b := calendar.Birthday{Year: 1930 + r.IntN(year-1928), Lunar: r.IntN(2) == 0}
				_, month, day := near(2000).Date()
				b.Month, b.Day = int(month), day
				if _, err := calendar.ParseBirthday(b.String(), b.Lunar); err == nil {
					if r.IntN(6) == 0 {
						b.Year = 0
					}
					h.birthday, h.born = b, true
					exec(`UPDATE customers SET birthday = $1, birthday_lunar = $2 WHERE id = $3`, b.String(), b.Lunar, id)
				}
			}
			exec(`DELETE FROM tier_assignments WHERE customer_id = $1`, id)
			was := int64(-1)
			for _, run := range []int64{5, 6, 7} {
				numbers := []int64{-1}
				for no := range runLevels[run] {
					numbers = append(numbers, no)
				}
				slices.Sort(numbers)
				no := numbers[r.IntN(len(numbers))]
				for from := today - 19; run == 6 && r.IntN(2) == 0 && from < today; {
					from += clock.Day(r.IntN(9))
					c, after := byHand{from: from}, 1+r.Int64N(2)
					if no >= 0 {
						c.before = runLevels[run][no].Code
					}
					h.hand = append(h.hand, c)
					exec(`INSERT INTO tier_decision_items (run_id, customer_id, decision_id, from_day, before_level, after_level, reason, decided_by, decided_at)
VALUES (6, $1, $2, $3, $4, $5, '', 1, 1)`, id, len(h.hand), int64(from), no, after)
					no = after
				}
				if no >= 0 {
					h.levels[run] = runLevels[run][no].Code
					var prev any
					move := 0
					if run > 5 {
						switch {
						case was < 0:
							move = 3
						case h.levels[run-1] != h.levels[run]:
							move, prev = 1, was
						default:
							prev = was
						}
					}
					exec(`INSERT INTO tier_assignments (run_id, customer_id, level, move, prev_level) VALUES ($1, $2, $3, $4, $5)`, run, id, no, move, prev)
				}
				was = no
			}
			// Stages change by the one door, at different days.
			stage := stages[r.IntN(2)]
			exec(`UPDATE customers SET stage = $1 WHERE id = $2`, stage, id)
			h.stages = []string{stage}
			for range r.IntN(3) {
				stage = stages[r.IntN(2)]
				if stage == h.stages[len(h.stages)-1] {
					continue
				}
				last := clock.Millis((today - 40).Start(time.UTC))
				if n := len(h.at); n > 0 {
					last = h.at[n-1]
				}
				when := last + r.Int64N(20*86_400_000)
				now := s.clock.Now()
				s.clock.Set(time.UnixMilli(when))
				e := customer.Edit{ID: id}
				must(t, e.Patch.Set("stage", stage))
				_, err := s.service.Change(ctx, e, customer.WriteOptions{})
				must(t, err)
				s.clock.Set(now)
				h.stages, h.at = append(h.stages, stage), append(h.at, when)
			}
		}
		deps := s.service.Deps
		deps.Columns = column.New(column.Options{DB: d, Clock: s.clock, MaxBytes: 64 << 20, ByDay: true})
		t.Cleanup(deps.Columns.Close)
		mem := customer.NewService(deps)

		codes := [][]string{{"high"}, {"mid"}, {"old", "mid"}, nil}
		stageSets := [][]string{{"prospect"}, {"customer"}, nil}
		fromMemory := 0
		for range 150 {
			asOf := today
			if r.IntN(2) == 0 {
				asOf = today - clock.Day(r.IntN(90))
				if r.IntN(3) == 0 {
					asOf = clock.DateDay(2024, 2, 25) + clock.Day(r.IntN(8))
				}
			}
			var n customer.Node
			var holds func(h *history) bool
			day := asOf - clock.Day(r.IntN(70))
			days := 1 + r.IntN(70)
			wording := func(from, to []string) json.RawMessage {
				v := map[string]any{"days": days}
				if from != nil {
					v["from"] = from
				}
				if to != nil {
					v["to"] = to
				}
				b, _ := json.Marshal(v)
				return b
			}
			switch r.IntN(8) {
			case 0, 1:
				list := codes[r.IntN(3)]
				n = node("level", []string{"in", "not_in"}[r.IntN(2)], list)
				if n.At = day.String(); r.IntN(3) == 0 && asOf < today {
					n.At, day = "", asOf
				}
				holds = func(h *history) bool { return slices.Contains(list, h.levelOn(day)) == (n.Op == "in") }
			case 2:
				from, to := codes[r.IntN(4)], codes[r.IntN(4)]
				n = customer.Node{Field: "level", Op: "changed", Value: wording(from, to)}
				holds = func(h *history) bool {
					for run := int64(6); run <= 7; run++ {
						was, is := h.levels[run-1], h.levels[run]
						if d := pastDays[run]; d <= asOf && d > asOf-clock.Day(days) && is != "" && was != is &&
							(to == nil || slices.Contains(to, is)) && (from == nil || slices.Contains(from, was)) {
							return true
						}
					}
					return false
				}
			case 3:
				list := stageSets[r.IntN(2)]
				n = node("stage", []string{"in", "not_in"}[r.IntN(2)], list)
				n.At = day.String()
				holds = func(h *history) bool { return slices.Contains(list, h.stageOn(day)) == (n.Op == "in") }
			case 4:
				from, to := stageSets[r.IntN(3)], stageSets[r.IntN(3)]
				n = customer.Node{Field: "stage", Op: "changed", Value: wording(from, to)}
				low, high := clock.Millis((asOf - clock.Day(days) + 1).Start(time.UTC)), clock.Millis((asOf + 1).Start(time.UTC))
				holds = func(h *history) bool {
					for i, at := range h.at {
						if at >= low && at < high && (from == nil || slices.Contains(from, h.stages[i])) && (to == nil || slices.Contains(to, h.stages[i+1])) {
							return true
						}
					}
					return false
				}
			case 5, 6:
				within := r.IntN(61)
				f := []string{"created", "f.ends", "first_day"}[r.IntN(3)]
				if f == "first_day" {
					asOf = today
				}
				n = node(f, "anniversary_days", within)
				holds = func(h *history) bool {
					switch f {
					case "created":
						return keptOn(clock.DayOf(time.UnixMilli(h.created), time.UTC), asOf, within)
					case "f.ends":
						return h.ends != 0 && keptOn(h.ends, asOf, within)
					}
					return h.first != 0 && keptOn(h.first, asOf, within)
				}
			default:
				op, age := []string{"eq", "ne", "gt", "gte", "lt", "lte", "between", "empty"}[r.IntN(8)], r.IntN(95)
				n = node("age", op, age)
				if op == "between" {
					n = node("age", op, []int{age, age + 10})
				} else if op == "empty" {
					n = node("age", op, nil)
				}
				holds = func(h *history) bool {
					is, ok := h.birthday.Age(asOf)
					if !h.born {
						ok = false
					}
					return map[string]bool{"eq": ok && is == age, "ne": !ok || is != age, "gt": ok && is > age, "gte": ok && is >= age, "lt": ok && is < age,
						"lte": ok && is <= age, "between": ok && is >= age && is <= age+10, "empty": !ok}[op]
				}
			}
			who := customer.Who{Rule: &n, AsOf: &asOf}
			sql, err := s.service.Find(ctx, who)
			must(t, err)
			quick, err := mem.Find(ctx, who)
			must(t, err)
			for range 20 {
				if quick.Engine == "columns" {
					fromMemory++
					break
				}
				must(t, deps.Columns.Settle(ctx))
				quick, err = mem.Find(ctx, who)
				must(t, err)
			}
			for id, h := range all {
				if want, got, also := holds(h), sql.Members.Has(id), quick.Members.Has(id); want != got || want != also {
					b, _ := json.Marshal(n)
					t.Fatalf("%s as of %s of %d: plain %v, SQL %v, %s %v: %+v", b, asOf, id, want, got, quick.Engine, also, *h)
				}
			}
		}
		if fromMemory < 150 {
			t.Errorf("%d of 150 came from columns", fromMemory)
		}
		for text, want := range map[string]string{
			`{"field":"level","op":"in","value":["gone"],"at":"2024-01-01"}`:         "customer.unknown_level at filter.value",
			`{"field":"level","op":"in","value":["high"],"at":"2024-13-01"}`:         "customer.bad_day at filter.at",
			`{"field":"level","op":"in","value":["high"],"at":"2044-01-01"}`:         "rule.future_day at filter.at",
			`{"field":"level","op":"changed","value":{"days":30},"at":"2024-01-01"}`: "rule.at_and_changed at filter.at",
			`{"field":"level","op":"changed","value":{"from":["x"],"days":30}}`:      "list.unknown_option at filter.value",
			`{"field":"level","op":"changed","value":{"from":["high"],"days":0}}`:    "list.bad_days at filter.value",
			`{"field":"stage","op":"changed","value":["customer"]}`:                  "list.bad_value at filter.value",
			`{"field":"city","op":"in","value":["x"],"at":"2024-01-01"}`:             "rule.no_history at filter.at",
			`{"field":"created","op":"anniversary_days","value":61}`:                 "list.bad_days at filter.value",
			`{"field":"age","op":"gte","value":400}`:                                 "list.bad_number at filter.value",
		} {
			n, err := customer.ParseFilter([]byte(text))
			must(t, err)
			_, err = s.service.Query(ctx, customer.ListQuery{Filter: customer.Filter{Tree: n}, Limit: 1})
			if got := fieldErrors(err); got != want {
				t.Errorf("%s: %s, not %s", text, got, want)
			}
		}
		past := today - 3
		for _, f := range []string{"favourite_category", "carts_90"} {
			n := node(f, "in", []string{"x"})
			if f == "carts_90" {
				n = node(f, "gte", 1)
			}
			_, err := s.service.Find(ctx, customer.Who{Rule: &n, AsOf: &past})
			if got := fieldErrors(err); got != "rule.not_as_of at rule.field" {
				t.Errorf("%s on a past day: %s", f, got)
			}
		}
	})
}

// fieldErrors are the codes of an error with their places.
func fieldErrors(err error) string {
	var out []string
	for _, f := range errs.From(err).Fields {
		out = append(out, f.Code+" at "+f.Path)
	}
	return strings.Join(out, ", ")
}
