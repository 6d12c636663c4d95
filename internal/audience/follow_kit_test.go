package audience_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"zhike/internal/app"
	"zhike/internal/audience"
	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/duplicate"
	"zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/config"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/tag"
	"zhike/internal/tiering"
)

// firm is the whole program with a follower beside it and a reader of changes.
type firm struct {
	t     *testing.T
	a     *app.App
	ctx   context.Context
	clock *clock.Fixed
	rnd   *rand.Rand
	f     *audience.Follower
	pace  audience.Pace
	nodes int

	ids    []int64
	merged []duplicate.Merged
	tags   []int64
	score  string
	day    clock.Day
	n      int

	audiences []int64
	lists     []int64 // of them
	rules     map[int64]string
	off       map[int64]bool // not followed
	// The reader: what it knows of members, and how far it has read.
	known  map[int64]map[int64]bool
	cursor int64
	// Evaluations, and those of them that looked at changed customers only.
	evaluated, partly int
}

func newFirm(t *testing.T, engine string, seed uint64, columns int64) *firm {
	t.Helper()
	w := &firm{
		t: t, clock: clock.NewFixed(time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)), rnd: rand.New(rand.NewPCG(seed, 7)),
		ctx: auth.With(t.Context(), auth.System("test")), rules: map[int64]string{}, off: map[int64]bool{},
		known: map[int64]map[int64]bool{},
	}
	cfg := &config.Config{Data: t.TempDir(), TimeZone: "Asia/Shanghai", Locale: "zh-CN", DBConns: 8, ColumnsMaxBytes: columns}
	if engine == "postgres" {
		cfg.DB = config.NewSecret(dbtest.PostgresURL(t))
	}
	var err error
	w.a, err = app.Open(t.Context(), cfg, app.Options{Stderr: io.Discard, Clock: w.clock})
	w.must(err)
	t.Cleanup(w.a.Close)
	def, err := w.a.Fields.Create(w.ctx, field.In{Code: "score", Kind: field.Number, Name: field.Label{ZH: "评分"}})
	w.must(err)
	w.score = def.Code
	for _, name := range []string{"甲", "乙"} {
		tg, err := w.a.Tags.Create(w.ctx, tag.In{GroupID: 1, Name: name})
		w.must(err)
		w.tags = append(w.tags, tg.ID)
	}
	w.day = w.today()
	w.must(w.a.Metrics.RefreshAll(w.ctx, w.day, func(int64, int64) {}))
	return w
}

func (w *firm) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%v (%s)", err, errs.CodeOf(err))
	}
}

func (w *firm) today() clock.Day { return clock.DayOf(w.clock.Now(), w.a.Org.Zone()) }

func (w *firm) exec(text string, args ...any) {
	w.t.Helper()
	w.must(w.a.DB.InTx(w.ctx, func(ctx context.Context) error {
		_, err := w.a.DB.Q(ctx).ExecContext(ctx, text, args...)
		return err
	}))
}

// follower makes a new one, as a new process has it.
func (w *firm) follower(node string) *audience.Follower {
	f := audience.NewFollower(audience.FollowDeps{DB: w.a.DB, Clock: w.clock, Zone: w.a.Org.Zone, Log: w.a.Log, Customers: w.a.Customer, Node: node})
	f.Tune(w.pace)
	return f
}

// restart ends the follower without a word and makes another one: on the same
// node at once, elsewhere when the lease has run out.
func (w *firm) restart() {
	if w.rnd.IntN(2) == 0 {
		w.nodes++
		w.clock.Advance(2 * time.Minute)
	}
	w.f = w.follower(fmt.Sprint("node", w.nodes))
}

func (w *firm) audience(text string) int64 {
	full, err := w.a.Audiences.Create(w.ctx, audience.In{Name: fmt.Sprint("人群", len(w.audiences)), Kind: audience.Dynamic, Rule: json.RawMessage(text)})
	w.must(err)
	w.audiences, w.rules[full.ID] = append(w.audiences, full.ID), text
	return full.ID
}

// list makes a static list.
func (w *firm) list() {
	full, err := w.a.Audiences.Create(w.ctx, audience.In{Name: "名单", Kind: audience.Static})
	w.must(err)
	w.lists = append(w.lists, full.ID)
	w.audiences, w.rules[full.ID] = append(w.audiences, full.ID), fmt.Sprintf(`{"field":"audience","op":"any","value":[%d]}`, full.ID)
}

// rule changes a rule, which makes a version; one that would close a circle is
// left.
func (w *firm) rule(id int64, text string) {
	if slices.Contains(w.lists, id) {
		return
	}
	full, err := w.a.Audiences.Get(w.ctx, id)
	w.must(err)
	_, err = w.a.Audiences.Update(w.ctx, id, full.Version, audience.Patch{Rule: json.RawMessage(text)})
	if err != nil && errs.From(err).Fields != nil && errs.From(err).Fields[0].Code == "rule.cycle" {
		return
	}
	w.must(err)
	w.rules[id] = text
}

func (w *firm) follow(id int64, yes bool) {
	full, err := w.a.Audiences.Get(w.ctx, id)
	w.must(err)
	_, err = w.a.Audiences.Update(w.ctx, id, full.Version, audience.Patch{Followed: &yes})
	w.must(err)
	w.off[id] = !yes
}

// someRule draws a rule.
func (w *firm) someRule() string {
	day := func(n int) string { return (w.day - clock.Day(w.rnd.IntN(n))).String() }
	switch w.rnd.IntN(17) {
	case 0:
		return fmt.Sprintf(`{"field":"stage","op":"in","value":["%s"]}`, w.stage())
	case 1:
		return fmt.Sprintf(`{"field":"tags","op":"any","value":[%d]}`, w.tags[w.rnd.IntN(2)])
	case 2:
		return fmt.Sprintf(`{"field":"f.score","op":"gte","value":%d}`, w.rnd.IntN(10))
	case 3:
		return fmt.Sprintf(`{"field":"net_90","op":"gte","value":%d}`, w.rnd.IntN(2000))
	case 4:
		return fmt.Sprintf(`{"any":[{"field":"tags","op":"none","value":[%d]},{"not":{"field":"city","op":"eq","value":"杭州市"}}]}`, w.tags[0])
	case 5:
		return fmt.Sprintf(`{"all":[{"field":"days_since","op":"lte","value":%d},{"sample":{"percent":60,"seed":"%s"}}]}`, w.rnd.IntN(60), day(5))
	case 6:
		return fmt.Sprintf(`{"field":"birthday","op":"within_days","value":%d}`, w.rnd.IntN(20))
	case 7:
		return `{"not":{"field":"relation","op":"any","value":["household"]}}`
	case 8:
		return fmt.Sprintf(`{"field":"name","op":"contains","value":"%d"}`, w.rnd.IntN(10)) // by SQL only
	case 9, 10:
		if len(w.audiences) == 0 {
			return w.someRule()
		}
		other := fmt.Sprintf(`{"field":"audience","op":"any","value":[%d]}`, w.audiences[w.rnd.IntN(len(w.audiences))])
		return fmt.Sprintf(`{"any":[%s,{"not":%s}]}`, w.someRule(), other)
	case 12:
		return fmt.Sprintf(`{"relative":{"field":"net_90"},"op":"top","value":%d}`, 1+w.rnd.IntN(4))
	case 13:
		return fmt.Sprintf(`{"not":{"relative":{"facts":{"stream":"orders","agg":"sum","of":"net","window":{"last":90}}},"op":"gte","value":1.%d}}`, w.rnd.IntN(9))
	case 14:
		return fmt.Sprintf(`{"facts":{"stream":"orders","agg":"count","window":{"last":%d}},"op":"gte","value":%d}`, 1+w.rnd.IntN(60), 1+w.rnd.IntN(3))
	case 11:
		return `{"field":"level","op":"not_empty"}`
	case 15:
		return fmt.Sprintf(`{"field":"f.score","op":"%s","value":{"by":%d,"days":%d}}`, []string{"fell", "rose"}[w.rnd.IntN(2)], 1+w.rnd.IntN(3), 1+w.rnd.IntN(3))
	}
	return fmt.Sprintf(`{"field":"created","op":"last_days","value":%d}`, 1+w.rnd.IntN(5))
}

func (w *firm) stage() string { return []string{"prospect", "customer"}[w.rnd.IntN(2)] }

func (w *firm) any() int64 { return w.ids[w.rnd.IntN(len(w.ids))] }

// write does something through the services.
func (w *firm) write() {
	w.t.Helper()
	w.n++
	if len(w.ids) < 8 {
		w.create()
		return
	}
	id := w.any()
	text := func(s string) *string { return &s }
	switch w.rnd.IntN(15) {
	case 0, 1:
		w.create()
	case 2:
		w.patch(id, customer.Patch{City: text([]string{"杭州市", "宁波市"}[w.rnd.IntN(2)]), Province: text("浙江省")})
	case 3:
		w.patch(id, customer.Patch{Stage: new(customer.Stage(w.stage()))})
	case 4:
		w.patch(id, customer.Patch{Birthday: text((w.day - 10_000 + clock.Day(w.rnd.IntN(20))).String())})
	case 5:
		w.value(id, w.rnd.IntN(12))
	case 6:
		w.part(id, func(ctx context.Context) error {
			_, err := w.a.Tags.AddMany(ctx, []int64{id}, []int64{w.tags[w.rnd.IntN(2)]})
			return err
		})
	case 7, 8:
		w.order(id)
	case 9:
		w.relate(id)
	case 10:
		w.merge(id)
	case 11:
		w.gone(id)
	case 12:
		w.nextDay()
	case 13:
		if len(w.lists) > 0 {
			_, err := w.a.Audiences.ChangeEntries(w.ctx, w.lists[0], audience.EntriesIn{CustomerIDs: []int64{id, w.any()}}, w.rnd.IntN(3) > 0)
			w.must(err)
		}
	case 14:
		_, err := w.a.Tiering.RunNow(w.ctx, tiering.RunInput{Scheme: "value-rules"})
		w.must(err)
	}
}

func (w *firm) create() {
	name, kind := fmt.Sprint("客户", w.n), customer.KindPerson
	r, err := w.a.Customer.Create(w.ctx, customer.New{Patch: customer.Patch{Name: &name, Kind: &kind}}, customer.WriteOptions{})
	w.must(err)
	w.ids = append(w.ids, r.ID)
}

func (w *firm) patch(id int64, p customer.Patch) {
	_, err := w.a.Customer.Change(w.ctx, customer.Edit{ID: id, Patch: p}, customer.WriteOptions{})
	w.must(err)
}

// value changes the score.
func (w *firm) value(id int64, score int) {
	w.t.Helper()
	_, err := w.a.Fields.SetCustomerValues(w.ctx, id, 0, map[string]any{w.score: score})
	w.must(err)
}

func (w *firm) part(id int64, fn func(ctx context.Context) error) {
	_, err := w.a.Customer.EditPart(w.ctx, id, 0, customer.WriteOptions{}, func(ctx context.Context) ([]customer.Change, error) {
		return []customer.Change{{CustomerID: id, Field: "x"}}, fn(ctx)
	})
	w.must(err)
}

func (w *firm) order(id int64) {
	fen := 100 * (1 + w.rnd.IntN(10))
	day := w.day - clock.Day(w.rnd.IntN(120))
	w.must(w.a.DB.InTx(w.ctx, func(ctx context.Context) error {
		if err := column.Tell(ctx, w.a.DB, "orders", 1, id); err != nil {
			return err
		}
		_, err := w.a.DB.Q(ctx).ExecContext(ctx, `INSERT INTO orders (id, source_id, external_id, customer_id, kind, status, paid_at, day, gross_fen, gross_sub,
sales_fen, sales_sub, net_fen, net_sub, freight_fen, quantity_milli, line_count, channel, store, province, city, content_hash, import_id, created_at, updated_at)
VALUES ($1, 1, $2, $3, 0, 0, 0, $4, $5, 0, $6, 0, $7, 0, 0, 1000, 1, '', '', '', '', 0, 0, 0, 0)`, w.n, fmt.Sprint(w.n), id, int64(day), fen, fen, fen)
		return err
	}))
	w.must(w.a.Metrics.RefreshMetrics(w.ctx, w.day, []int64{id}))
}

func (w *firm) relate(id int64) {
	other := w.any()
	if other == id {
		return
	}
	v, err := w.a.Customer.Version(w.ctx, id)
	w.must(err)
	_, err = w.a.Customer.AddRelation(w.ctx, id, v, customer.RelationIn{Kind: "household", OtherID: other})
	if err != nil && errs.KindOf(err) != errs.Conflict && errs.KindOf(err) != errs.Invalid {
		w.must(err)
	}
}

func (w *firm) merge(id int64) {
	if len(w.merged) > 0 && w.rnd.IntN(2) == 0 {
		m := w.merged[len(w.merged)-1]
		w.merged = w.merged[:len(w.merged)-1]
		_, err := w.a.Duplicates.Undo(w.ctx, m.ID, duplicate.UndoInput{})
		if err == nil {
			w.ids = append(w.ids, m.LoserID)
		} else if errs.KindOf(err) != errs.Conflict && errs.KindOf(err) != errs.NotFound {
			w.must(err)
		}
		return
	}
	other := w.any()
	if other == id {
		return
	}
	w.mergeIDs(id, other)
	w.ids = slices.DeleteFunc(w.ids, func(x int64) bool { return x == other })
}

func (w *firm) mergeIDs(winner, loser int64) {
	w.t.Helper()
	m, err := w.a.Duplicates.Merge(w.ctx, duplicate.MergeInput{WinnerID: winner, LoserID: loser}, "page")
	w.must(err)
	w.merged = append(w.merged, m)
}

func (w *firm) gone(id int64) {
	v, err := w.a.Customer.Version(w.ctx, id)
	w.must(err)
	err = w.a.Customer.Delete(w.ctx, id, v)
	if err == nil {
		w.ids = slices.DeleteFunc(w.ids, func(x int64) bool { return x == id })
	} else if errs.KindOf(err) != errs.Conflict {
		w.must(err)
	}
}

func (w *firm) nextDay() {
	w.clock.Advance(24 * time.Hour)
	if w.rnd.IntN(2) == 0 {
		return // figures are of a day ago
	}
	w.day = w.today()
	w.must(w.a.Metrics.RefreshAll(w.ctx, w.day, func(int64, int64) {}))
}

// settle runs rounds until nothing waits.
func (w *firm) settle() {
	w.t.Helper()
	for range 50 {
		w.clock.Advance(3 * time.Second)
		w.must(w.f.Round(w.ctx))
		w.evaluated, w.partly = w.evaluated+w.f.Stats().Evaluated, w.partly+w.f.Stats().Partly
		if w.a.Columns != nil {
			w.must(w.a.Columns.Settle(w.ctx))
		}
		if s := w.f.Stats(); (s.Leads || s.Followed == 0) && s.Waiting == 0 && s.LagMS == 0 {
			return
		}
	}
	for _, id := range w.audiences {
		all, err := w.f.Fresh(w.ctx, []int64{id})
		w.must(err)
		w.t.Logf("%d %s: %+v", id, w.rules[id], all[id])
	}
	w.t.Fatalf("rounds do not settle: %+v", w.f.Stats())
}
