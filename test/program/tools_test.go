package program

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhike/internal/platform/db"
)

// The server is killed again and again while customers come to stages whose tools
// begin by themselves, by rules and by hand. In the end whoever came to a stage has
// its tool once, with what is owed of it, and nobody has one of a stage that was
// left.
func TestKilledServerBeginsToolsOnce(t *testing.T) {
	const lives = 5
	onBoth(t, func(t *testing.T, in *install) {
		// The two zones are 25 hours apart: the day on which the lifecycle began,
		// when nothing begins by itself, is over as soon as the zone is another one.
		in.env = append(in.env, "ZHIKE_TIME_ZONE=Pacific/Pago_Pago")
		s := in.serve()
		p := s.signIn(s.login, s.secret)
		p.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
		w := &tooledWorld{in: in, p: p, rnd: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))}
		w.begin()
		for life := range lives {
			ended := w.write(life)
			if life%2 == 0 {
				time.Sleep(time.Duration(200+w.rnd.IntN(3000)) * time.Millisecond)
			} else {
				w.untilRound() // others of the same round are being written
			}
			s.kill()
			ended()
			s = in.serve()
			w.p = s.signIn("admin", password)
		}
		// However soon they all died, somebody comes now.
		ended := w.write(lives)
		w.untilRound()
		w.stop.Store(true)
		ended()
		w.settle()
		s.stop()
		w.check()
	})
}

// tooledWorld is an installation whose stages have tools that begin by themselves:
// the stage of the first half follows their trade, the others are moved by hand.
type tooledWorld struct {
	in   *install
	p    *person
	rnd  *rand.Rand
	ids  []int64
	stop atomic.Bool
}

const tooledPeople = 300

// tooledStages are the stages by trade, and the tool of each; the first one has none.
var tooledStages = []struct{ code, trade, tool string }{{"potential", "制造", ""}, {"new", "零售", "welcome"}, {"mature", "餐饮", "survey"}}

func (w *tooledWorld) begin() {
	w.overview("the first day", func(o tooledOverview) bool { return o.Day != "" })
	var have struct {
		Version int64 `json:"version"`
	}
	w.p.must("GET", "/lifecycle/config", nil, &have)
	var stages, begin, moves, tools []any
	for _, x := range tooledStages {
		rule := map[string]any{"field": "industry", "op": "eq", "value": x.trade}
		stages = append(stages, map[string]any{"code": x.code, "name": x.code, "advice": "", "tone": 1})
		moves = append(moves, map[string]any{"code": "to_" + x.code, "name": x.code, "from": []string{}, "to": x.code, "rule": rule, "min_stay_days": 0, "hold_days": 1})
		begin = append(begin, map[string]any{"to": x.code, "rule": rule})
		if x.tool != "" {
			tools = append(tools, map[string]any{"code": x.tool, "name": x.tool, "about": "", "kind": "steps", "stages": []string{x.code}, "measures": []any{},
				"items": []any{map[string]any{"code": "a", "text": "a", "field": "", "choices": []any{}, "due_days": 1}, map[string]any{"code": "b", "text": "b", "field": "", "choices": []any{}, "due_hours": 4}},
				"auto":  map[string]any{"from": []string{}, "most": 5000}})
		}
	}
	w.p.must("PUT", "/lifecycle/config", map[string]any{"base": have.Version, "config": map[string]any{"stages": stages, "begin": begin, "moves": moves, "tools": tools}}, nil)
	w.p.must("PUT", "/settings", map[string]string{"time_zone": "Pacific/Kiritimati"}, nil)
	w.overview("the next day", func(o tooledOverview) bool { return o.Day > o.Begun })
	w.order()
	for cursor := ""; ; {
		var page struct {
			Items []struct{ ID int64 }
			Next  *string `json:"next_cursor"`
		}
		w.p.must("GET", "/customers?limit=100&sort=id&cursor="+cursor, nil, &page)
		for _, c := range page.Items {
			w.ids = append(w.ids, c.ID)
		}
		if page.Next == nil {
			break
		}
		cursor = *page.Next
	}
	if len(w.ids) != tooledPeople {
		w.in.t.Fatalf("%d customers", len(w.ids))
	}
	w.overview("everybody in the first stage", func(o tooledOverview) bool { return o.Stages[0].Customers == tooledPeople })
}

// order has everybody buy for the first time: tools begin for customers who come
// new with a first order of these days.
func (w *tooledWorld) order() {
	zone, err := time.LoadLocation("Pacific/Kiritimati")
	if err != nil {
		w.in.t.Fatal(err)
	}
	var csv strings.Builder
	csv.WriteString("订单编号,会员编号,付款时间,实付金额,商品名称\n")
	for k := range tooledPeople {
		fmt.Fprintf(&csv, "T%03d,P%03d,%s,100.00,商品\n", k, k, time.Now().In(zone).Add(-time.Minute).Format(time.DateTime))
	}
	var imp struct {
		ID     int64  `json:"id"`
		Status string `json:"status"`
	}
	w.p.startImport(w.p.upload("first.csv", []byte(csv.String())), &imp)
	for deadline := time.Now().Add(time.Minute); imp.Status != "finished" && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		w.p.must("GET", fmt.Sprintf("/imports/%d", imp.ID), nil, &imp)
	}
}

func (w *tooledWorld) person(k, stage int) map[string]any {
	return map[string]any{"number": fmt.Sprintf("P%03d", k), "name": fmt.Sprintf("客户%d", k), "industry": tooledStages[stage].trade}
}

type tooledOverview struct {
	Day, Begun  string
	EvaluatedAt int64 `json:"evaluated_at"`
	Stages      []struct {
		Code      string
		Customers int64
	}
}

// overview waits until the lifecycle is as it should be.
func (w *tooledWorld) overview(what string, done func(o tooledOverview) bool) {
	w.in.t.Helper()
	var o tooledOverview
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		o = tooledOverview{}
		if w.p.must("GET", "/lifecycle", nil, &o); done(o) {
			return
		}
	}
	w.in.t.Fatalf("waiting for %s: %+v", what, o)
}

// write has two callers write trades and decide by hand until the server is gone;
// the function that it gives waits for them.
func (w *tooledWorld) write(life int) (ended func()) {
	var wait sync.WaitGroup
	call := func(fn func(p *person, r *rand.Rand) error) {
		r, p := rand.New(rand.NewPCG(w.rnd.Uint64(), uint64(life))), w.p
		wait.Go(func() {
			for !w.stop.Load() && fn(p, r) == nil {
				time.Sleep(time.Duration(r.IntN(20)) * time.Millisecond)
			}
		})
	}
	call(func(p *person, r *rand.Rand) error {
		var items []map[string]any
		for _, k := range r.Perm(tooledPeople / 2)[:1+r.IntN(20)] {
			items = append(items, w.person(k, r.IntN(len(tooledStages))))
		}
		return p.try("POST", "/customers/upsert", map[string]any{"source": "shop", "items": items})
	})
	call(func(p *person, r *rand.Rand) error {
		id := w.ids[tooledPeople/2+r.IntN(tooledPeople/2)]
		return p.try("POST", fmt.Sprintf("/customers/%d/lifecycle/decisions", id), map[string]any{"stage": tooledStages[r.IntN(len(tooledStages))].code, "by_hand_only": true, "reason": "测试"})
	})
	return wait.Wait
}

// untilRound waits until the rules moved customers another time.
func (w *tooledWorld) untilRound() {
	w.in.t.Helper()
	var before int64
	w.overview("another round", func(o tooledOverview) bool {
		if before == 0 {
			before = o.EvaluatedAt
		}
		return o.EvaluatedAt > before
	})
}

// settle waits until stages are right as of a moment after the call.
func (w *tooledWorld) settle() {
	since := time.Now().UnixMilli()
	w.overview("the stages", func(o tooledOverview) bool { return o.EvaluatedAt > since })
}

// check reads the tasks of the database; the server has stopped.
func (w *tooledWorld) check() {
	t, ctx := w.in.t, context.Background()
	d := w.in.open()
	defer d.Close()
	type task struct {
		tool, outcome string
		from, owed    int64
	}
	tasks := map[int64][]task{}
	err := db.Each(ctx, d.Q(ctx), `SELECT t.customer_id, t.tool, t.outcome, t.from_day, (SELECT COUNT(*) FROM lifecycle_duties d WHERE d.task_id = t.id) FROM lifecycle_tasks t`, func(r db.Scanner) error {
		var id int64
		var x task
		err := r.Scan(&id, &x.tool, &x.outcome, &x.from, &x.owed)
		tasks[id] = append(tasks[id], x)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	at, seen, open := map[string]int{}, 0, 0
	err = db.Each(ctx, d.Q(ctx), `SELECT s.customer_id, s.stage, c.industry, s.hand_day FROM lifecycle_states s JOIN customers c ON c.id = s.customer_id`, func(r db.Scanner) error {
		var id, hand int64
		var stage, trade string
		if err := r.Scan(&id, &stage, &trade, &hand); err != nil {
			return err
		}
		seen++
		at[stage]++
		visits := map[string]int{}
		for _, x := range tooledStages {
			if x.code != stage && x.trade == trade && hand == 0 {
				t.Errorf("customer %d of trade %s is in %s", id, trade, stage)
			}
			n := 0
			for _, have := range tasks[id] {
				switch {
				case have.tool != x.tool:
					continue
				case have.outcome == "":
					n++
					if have.owed != 2 {
						t.Errorf("customer %d owes %d steps of %s", id, have.owed, x.tool)
					}
				case have.outcome != "withdrawn":
					t.Errorf("customer %d: %s ended with %s", id, x.tool, have.outcome)
				}
				if visits[fmt.Sprint(have.tool, have.from)]++; visits[fmt.Sprint(have.tool, have.from)] > 1 {
					t.Errorf("customer %d: %s began twice of one visit: %+v", id, x.tool, tasks[id])
				}
			}
			want := 0
			if x.code == stage && x.tool != "" {
				want = 1
			}
			if open += n; n != want {
				t.Errorf("customer %d in %s: %d tasks of %s are open, want %d: %+v", id, stage, n, x.tool, want, tasks[id])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// What the settings tell of the tools is what is there.
	var counted string
	err = db.Each(ctx, d.Q(ctx), `SELECT COALESCE(SUM(begun), 0), COALESCE(SUM(withdrawn), 0), COALESCE(SUM(left_out), 0) FROM lifecycle_begun`, func(r db.Scanner) error {
		var begun, withdrawn, out int64
		err := r.Scan(&begun, &withdrawn, &out)
		counted = fmt.Sprint(begun, " begun, ", withdrawn, " withdrawn, ", out, " left out")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	all := 0
	for _, list := range tasks {
		all += len(list)
	}
	if want := fmt.Sprint(all, " begun, ", all-open, " withdrawn, 0 left out"); counted != want {
		t.Errorf("%s are counted, %s are there", counted, want)
	}
	if seen != tooledPeople || at["new"] < 5 || at["mature"] < 5 || all == open {
		t.Errorf("too little happened: %d customers, %v, %d tasks, %d open", seen, at, all, open)
	}
	t.Logf("%v; %s", at, counted)
}

// open opens the database of an installation whose server has stopped.
func (in *install) open() *db.DB {
	in.t.Helper()
	config := db.Config{Dir: in.dir}
	for _, kv := range in.env {
		if url, ok := strings.CutPrefix(kv, "ZHIKE_DB="); ok && url != "" {
			config = db.Config{URL: url, MaxConns: 2}
		}
	}
	d, err := db.Open(context.Background(), config)
	if err != nil {
		in.t.Fatal(err)
	}
	return d
}
