package review

import (
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"zhike/internal/tiering"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// After any sequence of runs, reviews, corrections and switches the levels in
// force are those of a plain replay, and so are those of every day before.
func TestLevelsAreAReplayOfDecisions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const n = 12
		for seed := range uint64(3) {
			rnd := rand.New(rand.NewPCG(seed, 7))
			d := d
			if seed > 0 {
				if d.Engine() != db.SQLite {
					continue
				}
				d = dbtest.SQLite(t)
			}
			r := newReviewed(t, d, n)
			ctx := person(3)
			orders, now, hand := map[int64]int{}, map[int64]int{}, map[int64]bool{}
			machine := func(id int64) int { return 3 - min(3, orders[id]) }
			for id := int64(1); id <= n; id++ {
				orders[id] = int(id % 4)
				now[id] = machine(id)
			}
			var ahead map[int64]int
			var aheadDay clock.Day
			days := map[clock.Day]map[int64]int{mustDay(reviewDay): maps.Clone(now)}
			names := []string{"aa", "bb", "cc", "dd"}
			log := ""
			for range 40 {
				id, level := 1+rnd.Int64N(n), rnd.IntN(4)
				switch rnd.IntN(7) {
				case 0, 1:
					log += fmt.Sprintf("hand %d %s; ", id, names[level])
					_, err := r.GradeByHand(ctx, tiering.DimensionValue, tiering.HandInput{CustomerID: id, Level: names[level], Reason: "看过了"})
					if (err == nil) != (now[id] != level) {
						t.Fatal(log, err)
					}
					if err == nil {
						now[id] = level
						if ahead != nil {
							ahead[id] = level
						}
					}
				case 2:
					on := rnd.IntN(2) == 0
					log += fmt.Sprintf("only %d %v; ", id, on)
					if _, err := r.SetHandOnly(ctx, id, on, "本人要求"); err != nil {
						t.Fatal(log, err)
					}
					if on && !hand[id] && ahead != nil {
						ahead[id] = now[id]
					}
					hand[id] = on
				case 3:
					orders[id]++
					r.buy(t, 1, id)
				case 4:
					days[r.today()] = maps.Clone(now)
					r.clk.Advance(24 * time.Hour)
					if ahead != nil && aheadDay <= r.today() {
						now, ahead = ahead, nil
					}
					log += "next day; "
				default:
					if ahead != nil {
						continue
					}
					run := r.run(t)
					v := r.open(t, run)
					next := map[int64]int{}
					for id := int64(1); id <= n; id++ {
						if next[id] = machine(id); hand[id] {
							next[id] = now[id]
						}
					}
					for _, m := range r.moves(t, v.ID, MoveFilter{}) {
						if hand[m.CustomerID] || next[m.CustomerID] == now[m.CustomerID] {
							t.Fatal(log, m)
						}
						to := rnd.IntN(4)
						switch {
						case rnd.IntN(3) == 0: // left to the end
							next[m.CustomerID] = now[m.CustomerID]
						case to != next[m.CustomerID] && rnd.IntN(2) == 0:
							if err := r.decide(3, v.ID, m.CustomerID, "overrule", names[to], "另定"); err != nil {
								t.Fatal(log, err)
							}
							next[m.CustomerID] = to
						default:
							if err := r.decide(3, v.ID, m.CustomerID, "agree", "", ""); err != nil {
								t.Fatal(log, err)
							}
						}
					}
					from := r.today() + clock.Day(rnd.IntN(2)*2)
					if _, err := r.PublishReview(ctx, v.ID, PublishInput{FromDay: &from, Rest: "keep"}); err != nil {
						t.Fatal(log, err)
					}
					log += fmt.Sprintf("publish %d for %s; ", run, from)
					if from == r.today() {
						now = next
					} else {
						ahead, aheadDay = next, from
					}
				}
				run := r.inForce(t)
				if got := r.levels(t, run); !maps.Equal(got, now) {
					t.Fatalf("%s\nin force %v\nreplayed %v", log, got, now)
				}
			}
			past := r.Levels().(customer.PastLevels)
			for day, want := range days {
				run, err := past.RunAsOf(ctx, tiering.DimensionValue, day)
				if err != nil || run == nil {
					t.Fatal(day, err)
				}
				for id, level := range want {
					var got sql.NullInt64
					if err := d.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE((SELECT before_level FROM tier_decision_items WHERE run_id = $1 AND customer_id = $2 AND from_day > $3
 ORDER BY from_day, decision_id LIMIT 1), (SELECT level FROM tier_assignments WHERE run_id = $4 AND customer_id = $5))`, run.RunID, id, int64(day), run.RunID, id).Scan(&got); err != nil {
						t.Fatal(err)
					}
					if got.Int64 != int64(level) {
						t.Errorf("customer %d on %s: %v, want %d\n%s", id, day, got, level, log)
					}
				}
			}
			days[r.today()] = now
			lists := customer.NewService(customer.Deps{DB: d, Clock: r.clk, Zone: r.Service.Zone, Vault: r.Service.Vault, Levels: r.Levels()})
			first := slices.Min(slices.Collect(maps.Keys(days)))
			for range 15 {
				from, to, n := rnd.IntN(4), rnd.IntN(4), 1+rnd.IntN(12)
				rule := customer.Node{Field: "level", Op: "changed", Value: fmt.Appendf(nil, `{"from":[%q],"to":[%q],"days":%d}`, names[from], names[to], n)}
				found, err := lists.Find(ctx, customer.Who{Rule: &rule})
				if err != nil {
					t.Fatal(err)
				}
				for id := int64(1); id <= 12; id++ {
					want := false
					for day := max(first, r.today()-clock.Day(n)) + 1; day <= r.today(); day++ {
						want = want || from != to && days[day-1][id] == from && days[day][id] == to
					}
					if got := found.Members.Has(id); got != want {
						t.Errorf("customer %d changed from %s to %s within %d days: %v, want %v\n%s", id, names[from], names[to], n, got, want, log)
					}
				}
			}
		}
	})
}
