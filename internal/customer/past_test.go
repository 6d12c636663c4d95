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

// pastDays are the days from which the runs of fakeLevels count: 5 to 8. Run 5 is
// the first one; between 5 and 6 the scheme got another order of levels.
var (
	pastDays = map[int64]clock.Day{5: today - 60, 6: today - 30, 7: today - 12, 8: today}
	pastRuns = []int64{8, 7, 6, 5}
)

var runLevels = map[int64]map[int64]customer.Level{
	5: {0: {Code: "mid", Name: "中价值", Rank: 1}, 1: {Code: "old", Name: "旧", Rank: 2}, 2: {Code: "high", Name: "高价值", Rank: 3}},
	6: {1: {Code: "high", Name: "高价值", Rank: 1}, 2: {Code: "mid", Name: "中价值", Rank: 2}},
	7: {1: {Code: "high", Name: "高价值", Rank: 1}, 2: {Code: "mid", Name: "中价值", Rank: 2}},
	8: {1: {Code: "high", Name: "高价值", Rank: 1}, 2: {Code: "mid", Name: "中价值", Rank: 2}},
}

func pastRun(id int64) customer.PastRun {
	// Run 7 was compared with another one than what was in force before it.
	return customer.PastRun{LevelRun: customer.LevelRun{RunID: id, Levels: runLevels[id]}, From: pastDays[id],
		Previous: map[int64]int64{6: 5, 7: 4, 8: 7}[id], ByHand: id != 8}
}

func (f fakeLevels) RunAsOf(ctx context.Context, dimension string, day clock.Day) (*customer.PastRun, error) {
	list, err := f.RunsBetween(ctx, dimension, 0, day, 1)
	if len(list) == 0 {
		return nil, err
	}
	if list[0].ByHand {
		list[0].Changed = &day
	}
	return &list[0], err
}

func (fakeLevels) RunsBetween(_ context.Context, _ string, from, to clock.Day, limit int) (out []customer.PastRun, _ error) {
	for _, id := range pastRuns {
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
	levels   map[int64]string   // run → level
	hand     map[int64][]byHand // by run, in order
	stages   []string           // from the first one on
	at       []int64            // when they changed
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
	for _, id := range pastRuns {
		if pastDays[id] <= d {
			for _, c := range h.hand[id] {
				if c.from > d {
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
			h := &history{levels: map[int64]string{}, hand: map[int64][]byHand{}}
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
			was := int64(-1) // in the run before, when this one was made
			for _, run := range []int64{5, 6, 7, 8} {
				numbers := []int64{-1}
				for no := range runLevels[run] {
					numbers = append(numbers, no)
				}
				slices.Sort(numbers)
				no := numbers[r.IntN(len(numbers))]
				// What the row says of the move is what the run found.
				move, prev := 0, any(nil)
				switch {
				case run == 5 || no < 0:
				case was < 0:
					move = 3
				case runLevels[run-1][was].Code != runLevels[run][no].Code:
					move, prev = 1, was
				default:
					prev = was
				}
				if run == 7 { // of a run that was never in force
					move, prev = r.IntN(3), r.Int64N(3)
				}
				was = no
				ends := pastDays[run] + 40
				for next, day := range pastDays {
					if next == run+1 {
						ends = day
					}
				}
				// From the day of the run itself, by its review, to some behind its end.
				for from := pastDays[run] - 1; run < 8 && r.IntN(2) == 0 && from < ends; {
					from = max(pastDays[run], from+clock.Day(r.IntN(9)))
					c, after := byHand{from: from}, numbers[1+r.IntN(len(numbers)-1)]
					if no >= 0 {
						c.before = runLevels[run][no].Code
					}
					h.hand[run] = append(h.hand[run], c)
					exec(`INSERT INTO tier_decision_items (run_id, customer_id, decision_id, from_day, before_level, after_level, reason, decided_by, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, '', 1, 1)`, run, id, len(h.hand[run]), int64(from), no, after)
					no = after
					if r.IntN(2) == 0 { // before the next run was made
						was = no
					}
				}
				if no >= 0 {
					h.levels[run] = runLevels[run][no].Code
					exec(`INSERT INTO tier_assignments (run_id, customer_id, level, move, prev_level) VALUES ($1, $2, $3, $4, $5)`, run, id, no, move, prev)
				}
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
			switch r.IntN(9) {
			case 0, 1:
				list := codes[r.IntN(3)]
				n = node("level", []string{"in", "not_in"}[r.IntN(2)], list)
				if n.At = day.String(); r.IntN(3) == 0 && asOf < today {
					n.At, day = "", asOf
				}
				holds = func(h *history) bool { return slices.Contains(list, h.levelOn(day)) == (n.Op == "in") }
			case 2, 8:
				from, to := codes[r.IntN(4)], codes[r.IntN(4)]
				n = customer.Node{Field: "level", Op: "changed", Value: wording(from, to)}
				holds = func(h *history) bool {
					for d := max(asOf-clock.Day(days), pastDays[5]) + 1; d <= asOf; d++ {
						was, is := h.levelOn(d-1), h.levelOn(d)
						if is != "" && was != is && (to == nil || slices.Contains(to, is)) && (from == nil || slices.Contains(from, was)) {
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
		n := node("model_orders", "gte", 1)
		_, err := s.service.Find(ctx, customer.Who{Rule: &n, AsOf: &past})
		if got := fieldErrors(err); got != "rule.not_as_of at rule.field" {
			t.Errorf("what a model says, on a past day: %s", got)
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
