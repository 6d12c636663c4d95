package review

import (
	"context"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"zhike/internal/tiering"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// cpu is how much processor time the process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkReview measures a review with ZHIKE_TIER_BENCH_MOVES moves (200,000 in
// the requirements) step by step, in processor and clock time; the database's own
// on PostgreSQL is not in the former.
func BenchmarkReview(b *testing.B) {
	moves := int64(20_000)
	if n, err := strconv.ParseInt(os.Getenv("ZHIKE_TIER_BENCH_MOVES"), 10, 64); err == nil {
		moves = n
	}
	for _, engine := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		if engine.name == "postgres" && os.Getenv("ZHIKE_TEST_PG") == "" {
			continue
		}
		b.Run(engine.name, func(b *testing.B) {
			d := engine.open(b)
			r := newReviewed(b, d, moves*4/3)
			// Whoever bought was in the last level before, so that they all move.
			r.sql(b, `UPDATE tier_assignments SET level = 3 WHERE run_id = $1 AND level < 3`, r.first)
			run := r.run(b)
			ctx := person(3)
			step := func(name string, fn func() error) {
				b.Helper()
				start, used := time.Now(), cpu()
				if err := fn(); err != nil {
					b.Fatal(name, err)
				}
				b.ReportMetric(ms(cpu()-used), name+"_cpu_ms")
				b.ReportMetric(ms(time.Since(start)), name+"_ms")
			}
			var v ReviewView
			step("gather", func() (err error) {
				v, err = r.OpenReview(ctx, OpenReviewInput{RunID: run})
				return err
			})
			// Another process, whose memory is empty.
			s := NewService(r.Service.Deps)
			var f MoveFacets
			step("open_the_page", func() (err error) {
				if _, err = s.Review(ctx, v.ID); err == nil {
					if _, err = s.Moves(ctx, v.ID, MoveFilter{}, "", 50); err == nil {
						f, err = s.Facets(ctx, v.ID, MoveFilter{})
					}
				}
				return err
			})
			b.ReportMetric(float64(f.Total), "moves")
			for name, filter := range map[string]MoveFilter{
				"margin_and_step": {Steps: 1, MarginMin: 30}, "department": {Department: 10}, "owner": {Owner: 101}, "sample": {Sample: 5, Seed: 3},
				"mine": {Mine: true, Direction: "up"}, "nobody": {State: MoveDisputed},
			} {
				step("click_"+name, func() error {
					_, err := s.Moves(ctx, v.ID, filter, "", 50)
					if err == nil {
						_, err = s.Facets(ctx, v.ID, filter)
					}
					return err
				})
			}
			step("dossier", func() error {
				p, err := s.Moves(ctx, v.ID, MoveFilter{}, "", 1)
				if err == nil {
					_, err = s.Dossier(ctx, v.ID, p.Items[0].CustomerID)
				}
				return err
			})
			in := MoveDecision{Act: "agree", Filter: &MoveFilter{Steps: 1}, Preview: true}
			step("preview_in_bulk", func() error {
				out, err := s.DecideMoves(ctx, v.ID, in)
				in.Preview, in.Token = false, out.Token
				return err
			})
			step("agree_in_bulk", func() error { return second(s.DecideMoves(ctx, v.ID, in)) })
			all := MoveDecision{Act: "overrule", Filter: &MoveFilter{}, Reason: "先不动"}
			f, err := s.Facets(ctx, v.ID, MoveFilter{})
			if err != nil {
				b.Fatal(err)
			}
			all.Token = f.Token
			step("overrule_all", func() error { return second(s.DecideMoves(ctx, v.ID, all)) })
			// Readers while it is being published.
			stop, slow := make(chan struct{}), make(chan time.Duration, 1)
			go func() {
				var worst time.Duration
				for {
					select {
					case <-stop:
						slow <- worst
						return
					default:
						start := time.Now()
						_, _ = r.LevelIn(context.Background(), r.first, 2)
						worst = max(worst, time.Since(start))
						time.Sleep(10 * time.Millisecond)
					}
				}
			}()
			step("publish", func() error { return second(s.PublishReview(ctx, v.ID, PublishInput{})) })
			close(stop)
			b.ReportMetric(ms(<-slow), "slowest_read_ms")
			step("note_changes", func() error { return r.NoteChanges(ctx, v.ID, r.first) })
		})
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func TestSamplesAreStableAndFair(t *testing.T) {
	var n, both int
	of := uint64(1<<32) / 20
	for id := int64(1); id <= 100_000; id++ {
		if sampled(1, id, of) {
			n++
			if sampled(2, id, of) {
				both++
			}
		}
	}
	if n < 4700 || n > 5300 || both > 350 {
		t.Errorf("%d of 100,000, %d of them with another seed", n, both)
	}
}

func TestPackedMovesComeBack(t *testing.T) {
	list := []proposal{{customer: 1 << 40, before: -1, proposed: 7, move: tiering.MoveNew, steps: 3, margin: 100, owner: 5, department: 0, spendFen: -12}, {customer: 3, spendFen: 1 << 45}}
	got, err := unpackMoves(packMoves(list), nil)
	if err != nil || len(got) != 2 || got[0] != list[0] || got[1] != list[1] {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := unpackMoves(packMoves(list)[:9], nil); err == nil {
		t.Error("damaged moves are read")
	}
}
