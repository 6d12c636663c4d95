package lifecycle_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"zhike/internal/app"
	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/duplicate"
	"zhike/internal/lifecycle"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/config"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// firm is the whole program with an engine of its own.
type firm struct {
	t     testing.TB
	a     *app.App
	ctx   context.Context
	clock *clock.Fixed
	rnd   *rand.Rand
	e     *lifecycle.Engine
	pace  lifecycle.Pace
	nodes int
	n     int
	ids   []int64
	day   clock.Day
}

var engines = []string{"sqlite", "postgres"}

func newFirm(t testing.TB, engine string, seed uint64, columns int64) *firm {
	t.Helper()
	w := &firm{t: t, clock: clock.NewFixed(time.Date(2023, 1, 1, 4, 0, 0, 0, time.UTC)), rnd: rand.New(rand.NewPCG(seed, 7)),
		ctx: auth.With(t.Context(), auth.System("test"))}
	cfg := &config.Config{Data: t.TempDir(), TimeZone: "Asia/Shanghai", Locale: "zh-CN", DBConns: 8, ColumnsMaxBytes: columns}
	if engine == "postgres" {
		cfg.DB = config.NewSecret(dbtest.PostgresURL(t.(*testing.T)))
	}
	var err error
	w.a, err = app.Open(t.Context(), cfg, app.Options{Stderr: io.Discard, Clock: w.clock})
	w.must(err)
	t.Cleanup(w.a.Close)
	w.day = w.today()
	w.must(w.a.Metrics.RefreshAll(w.ctx, w.day, nil))
	w.restart()
	return w
}

func (w *firm) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%v (%s) %+v", err, errs.CodeOf(err), errs.From(err).Fields)
	}
}

func (w *firm) today() clock.Day { return clock.DayOf(w.clock.Now(), w.a.Org.Zone()) }

// restart makes another engine without a word to the one before: on the same
// node at once, elsewhere when the lease has run out.
func (w *firm) restart() {
	if w.rnd.IntN(2) == 0 {
		w.nodes++
		w.clock.Advance(time.Minute)
	}
	w.e = lifecycle.NewEngine(w.a.Lifecycle, fmt.Sprint("node", w.nodes))
	w.e.Tune(w.pace)
}

// round runs rounds until the columns, where there are some, could answer.
func (w *firm) round() {
	w.t.Helper()
	for range 50 {
		err := w.e.Round(w.ctx)
		if err != nil && !errs.Is(err, "db.busy") {
			w.must(err)
		}
		if !w.e.Soon() {
			return
		}
		w.must(w.a.Columns.Settle(w.ctx))
	}
	w.t.Fatal("rounds do not settle")
}

// kill runs a round that dies somewhere, and gives the place.
func (w *firm) kill() (place string) {
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	left := w.rnd.IntN(5)
	w.e.At(func(at string) {
		if left--; left < 0 && place == "" {
			place = at
			cancel()
		}
	})
	if err := w.e.Round(ctx); err != nil && place == "" && !errors.Is(err, context.Canceled) {
		w.must(err)
	}
	w.e.At(func(string) {})
	return place
}

// nextDays moves the clock, and the figures with it.
func (w *firm) nextDays(n int) {
	w.clock.Advance(time.Duration(n) * 24 * time.Hour)
	from := w.day
	w.day = w.today()
	w.must(w.a.Metrics.RefreshDaily(w.ctx, from, w.day, nil))
	w.clock.Advance(2 * time.Second) // the day of figures is kept for a second
}

func (w *firm) create(city string) int64 {
	w.n++
	name, kind := fmt.Sprint("客户", w.n), customer.KindPerson
	r, err := w.a.Customer.Create(w.ctx, customer.New{Patch: customer.Patch{Name: &name, Kind: &kind, City: &city}}, customer.WriteOptions{})
	w.must(err)
	w.ids = append(w.ids, r.ID)
	return r.ID
}

func (w *firm) any() int64 { return w.ids[w.rnd.IntN(len(w.ids))] }

// order writes an order with some 分 left, or taken off.
func (w *firm) order(id int64, day clock.Day, fen int64) int {
	w.n++
	n := w.n
	w.must(w.a.DB.InTx(w.ctx, func(ctx context.Context) error {
		if err := column.Tell(ctx, w.a.DB, "orders", 1, id); err != nil {
			return err
		}
		_, err := w.a.DB.Q(ctx).ExecContext(ctx, `INSERT INTO orders (id, source_id, external_id, customer_id, kind, status, paid_at, day, gross_fen, gross_sub,
sales_fen, sales_sub, net_fen, net_sub, freight_fen, quantity_milli, line_count, channel, store, province, city, content_hash, import_id, created_at, updated_at)
VALUES ($1, 1, $2, $3, 0, 0, $4, $5, $6, 0, $7, 0, $8, 0, 0, 1000, 1, '', '', '', '', 0, 0, 0, 0)`,
			n, fmt.Sprint(n), id, int64(day)*86_400_000, int64(day), fen, fen, fen)
		return err
	}))
	w.must(w.a.Metrics.RefreshMetrics(w.ctx, w.day, []int64{id}))
	return n
}

// cancel leaves nothing of an order.
func (w *firm) cancel(id int64, order int) {
	w.must(w.a.DB.InTx(w.ctx, func(ctx context.Context) error {
		if err := column.Tell(ctx, w.a.DB, "orders", 1, id); err != nil {
			return err
		}
		_, err := w.a.DB.Q(ctx).ExecContext(ctx, `UPDATE orders SET net_fen = 0, sales_fen = 0 WHERE id = $1`, order)
		return err
	}))
	w.must(w.a.Metrics.RefreshMetrics(w.ctx, w.day, []int64{id}))
}

// past is a row of the history as tests compare it.
type past struct {
	id     int64
	day    clock.Day
	before string
	stage  string
	cause  lifecycle.Cause
	move   string
}

func (p past) String() string {
	return fmt.Sprintf("%d %s %q→%q %s %s", p.id, p.day, p.before, p.stage, p.cause, p.move)
}

// history reads what is stored, by day and customer.
func (w *firm) history() []past {
	w.t.Helper()
	list, err := db.Select(w.ctx, w.a.DB.Q(w.ctx), `SELECT customer_id, day, before_stage, stage, cause, move FROM lifecycle_history ORDER BY day, customer_id`,
		func(p *past, r db.Scanner) error {
			return r.Scan(&p.id, &p.day, &p.before, &p.stage, &p.cause, &p.move)
		})
	w.must(err)
	return list
}

// states reads what is stored, by customer.
func (w *firm) states() map[int64]lifecycle.State {
	w.t.Helper()
	out := map[int64]lifecycle.State{}
	w.must(db.Each(w.ctx, w.a.DB.Q(w.ctx), `SELECT customer_id, stage, since_day FROM lifecycle_states`, func(r db.Scanner) error {
		var id int64
		var s lifecycle.State
		err := r.Scan(&id, &s.Stage, &s.Since)
		out[id] = s
		return err
	}))
	return out
}

func (w *firm) patchCity(id int64, city string) {
	_, err := w.a.Customer.Change(w.ctx, customer.Edit{ID: id, Patch: customer.Patch{City: &city}}, customer.WriteOptions{})
	w.must(err)
}

func (w *firm) rule(text string) *rule.Node {
	n, err := rule.Parse([]byte(text), "rule", rule.RuleLimits)
	w.must(err)
	return n
}

func (w *firm) merge(winner, loser int64) int64 {
	m, err := w.a.Duplicates.Merge(w.ctx, duplicate.MergeInput{WinnerID: winner, LoserID: loser}, "page")
	w.must(err)
	return m.ID
}

func (w *firm) undo(merge int64) {
	_, err := w.a.Duplicates.Undo(w.ctx, merge, duplicate.UndoInput{})
	w.must(err)
}
