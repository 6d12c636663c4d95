package program

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	columns "zhike/internal/column"
	"zhike/internal/platform/db"
)

// The server is killed again and again while it follows audiences and others
// write. In the end the kept members are those of a fresh evaluation, and the
// changes lead to them from the beginning: each customer enters and leaves by
// turns, every change is told once.
func TestKilledServerFollowsExactlyOnce(t *testing.T) {
	const lives = 5
	onBoth(t, func(t *testing.T, in *install) {
		s := in.serve()
		p := s.signIn(s.login, s.secret)
		p.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
		w := &followedWorld{in: in, p: p, rnd: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))}
		w.makeAudiences()
		w.settle() // nobody is there: the baseline is empty
		for life := range lives {
			ended := w.write(life)
			if life%2 == 0 {
				time.Sleep(time.Duration(500+w.rnd.IntN(2500)) * time.Millisecond)
			} else {
				w.untilChange() // the others of the same round are being written
			}
			s.kill()
			ended()
			s = in.serve()
			w.p = s.signIn("admin", password)
		}
		w.settle()
		w.check()
	})
}

// followedWorld is an installation with followed audiences.
type followedWorld struct {
	in     *install
	p      *person
	rnd    *rand.Rand
	ids    []int64 // audiences
	list   int64   // of them, one kept by hand
	cursor int64
}

const (
	followedPeople = 400
	peopleStages   = "prospect customer"
	peopleTrades   = "零售 制造 餐饮"
)

func (w *followedWorld) makeAudiences() {
	make := func(kind, rule string) int64 {
		body := map[string]any{"name": fmt.Sprint("人群", len(w.ids)), "kind": kind, "followed": true}
		if rule != "" {
			body["rule"] = json.RawMessage(rule)
		}
		var a struct{ ID int64 }
		w.p.must("POST", "/audiences", body, &a)
		w.ids = append(w.ids, a.ID)
		return a.ID
	}
	w.list = make("static", "")
	for i, trade := range strings.Fields(peopleTrades) {
		is := make("dynamic", fmt.Sprintf(`{"field":"industry","op":"eq","value":%q}`, trade))
		make("dynamic", fmt.Sprintf(`{"all":[{"field":"stage","op":"in","value":["customer"]},{"not":{"field":"industry","op":"eq","value":%q}}]}`, trade))
		make("dynamic", fmt.Sprintf(`{"any":[{"field":"audience","op":"any","value":[%d]},{"field":"audience","op":"any","value":[%d]}]}`, is, w.list))
		make("dynamic", fmt.Sprintf(`{"all":[{"sample":{"percent":%d}},{"not":{"field":"audience","op":"any","value":[%d]}}]}`, 30+20*i, is))
		make("dynamic", fmt.Sprintf(`{"field":"created","op":"last_days","value":%d}`, 1+i))
	}
}

// write has two callers write customers and the list until the server is gone;
// the function that it gives waits for them.
func (w *followedWorld) write(life int) (ended func()) {
	var wait sync.WaitGroup
	for k := range 2 {
		r := rand.New(rand.NewPCG(w.rnd.Uint64(), uint64(life)))
		p := w.p
		wait.Go(func() {
			for p.try("POST", "/customers/upsert", map[string]any{"source": "shop", "items": somePeople(r)}) == nil {
				way := []string{"/entries", "/entries/remove"}[r.IntN(2)]
				if k == 0 && p.try("POST", fmt.Sprintf("/audiences/%d%s", w.list, way), map[string]any{"customer_ids": []int{1 + r.IntN(followedPeople), 1 + r.IntN(followedPeople)}}) != nil {
					return
				}
				time.Sleep(time.Duration(r.IntN(30)) * time.Millisecond)
			}
		})
	}
	return wait.Wait
}

func somePeople(r *rand.Rand) (items []map[string]any) {
	pick := func(words string) string {
		list := strings.Fields(words)
		return list[r.IntN(len(list))]
	}
	for _, k := range r.Perm(followedPeople)[:1+r.IntN(40)] {
		items = append(items, map[string]any{"number": fmt.Sprintf("P%03d", k), "name": fmt.Sprintf("客户%d", r.IntN(100)),
			"stage": pick(peopleStages), "industry": pick(peopleTrades)})
	}
	return items
}

// try is do where the server may be gone. It may be too busy, and of two who
// write the same customer one may come second; any other answer that refuses
// the request is the test's mistake.
func (p *person) try(method, path string, in any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, p.s.url+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 400 && resp.StatusCode != http.StatusServiceUnavailable && resp.StatusCode != http.StatusConflict {
		p.s.t.Errorf("%s %s answered %d %s", method, path, resp.StatusCode, text)
	}
	return err
}

type toldChanges struct {
	Items []struct {
		Seq        int64 `json:"seq"`
		AudienceID int64 `json:"audience_id"`
		CustomerID int64 `json:"customer_id"`
		Entered    bool  `json:"entered"`
	}
	NextCursor int64 `json:"next_cursor"`
	More       bool
}

// untilChange waits until another change of the second audience is told.
func (w *followedWorld) untilChange() {
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		var c toldChanges
		w.p.must("GET", fmt.Sprintf("/audiences/%d/changes?cursor=%d&limit=1000", w.ids[1], w.cursor), nil, &c)
		if w.cursor = c.NextCursor; len(c.Items) > 0 && !c.More {
			return
		}
	}
	w.in.t.Error("no change was told for 20 s")
}

// settle waits until all members are those of a moment after the call.
func (w *followedWorld) settle() {
	w.in.t.Helper()
	ids := strings.Trim(strings.ReplaceAll(fmt.Sprint(w.ids), " ", ","), "[]")
	since := time.Now()
	var last string
	for time.Since(since) < time.Minute {
		var f struct {
			Items []struct {
				FreshAt int64 `json:"fresh_at"`
				LagMS   int64 `json:"lag_ms"`
				Problem string
			}
		}
		w.p.must("GET", "/audiences/freshness?ids="+ids, nil, &f)
		behind := len(w.ids) - len(f.Items)
		for _, a := range f.Items {
			if a.FreshAt <= since.UnixMilli() || a.LagMS > 0 {
				behind++
			}
		}
		if behind == 0 {
			return
		}
		last = fmt.Sprintf("%d behind: %+v", behind, f.Items)
		time.Sleep(50 * time.Millisecond)
	}
	w.in.t.Fatal("the audiences do not come up to date: ", last)
}

// check compares the changes, the kept members and a fresh evaluation.
func (w *followedWorld) check() {
	t := w.in.t
	told, fresh, moves := map[int64]map[int64]bool{}, map[int64]map[int64]bool{}, 0
	for _, id := range w.ids {
		told[id], fresh[id] = map[int64]bool{}, map[int64]bool{}
		var seq, begun int64
		for c := (toldChanges{More: true}); c.More; {
			w.p.must("GET", fmt.Sprintf("/audiences/%d/changes?cursor=%d&limit=1000", id, c.NextCursor), nil, &c)
			for _, x := range c.Items {
				switch {
				case x.Seq <= seq || x.AudienceID != id:
					t.Fatalf("audience %d: %+v behind change %d", id, x, seq)
				case x.CustomerID == 0:
					if begun++; !x.Entered || begun > 1 {
						t.Errorf("audience %d: following began %d times: %+v", id, begun, x)
					}
				case x.Entered == told[id][x.CustomerID]:
					t.Errorf("audience %d: told twice: %+v", id, x)
				}
				if moves++; x.Entered && x.CustomerID > 0 {
					told[id][x.CustomerID] = true
				} else {
					delete(told[id], x.CustomerID)
				}
				seq = x.Seq
			}
		}
		var m struct {
			Items []struct{ ID int64 }
		}
		w.p.must("GET", fmt.Sprintf("/audiences/%d/members?limit=10000", id), nil, &m)
		for _, x := range m.Items {
			fresh[id][x.ID] = true
		}
	}
	w.p.s.stop()
	kept := w.kept()
	sum := 0
	for _, id := range w.ids {
		sum += len(fresh[id])
		if !sameKeys(fresh[id], told[id]) {
			t.Errorf("audience %d has %d members, changes lead to %d", id, len(fresh[id]), len(told[id]))
		}
		if !sameKeys(fresh[id], kept[id]) {
			t.Errorf("audience %d has %d members, %d are kept", id, len(fresh[id]), len(kept[id]))
		}
	}
	if sum == 0 || moves < sum+sum/4 {
		t.Errorf("too little happened: %d changes, %d members", moves, sum)
	}
	t.Logf("%d changes, %d members in the end", moves, sum)
}

// kept reads the memberships of the database; the server has stopped.
func (w *followedWorld) kept() map[int64]map[int64]bool {
	t, ctx := w.in.t, context.Background()
	d := w.in.open()
	defer d.Close()
	sets := map[int64]*columns.Matches{}
	err := db.Each(ctx, d.Q(ctx), `SELECT audience_id, block, bits FROM audience_blocks ORDER BY audience_id, block`, func(r db.Scanner) error {
		var id int64
		var block int
		var bits []byte
		if err := r.Scan(&id, &block, &bits); err != nil {
			return err
		}
		if sets[id] == nil {
			sets[id] = columns.NewMatches()
		}
		if !sets[id].SetBytes(block, bits) {
			t.Errorf("audience %d: block %d is damaged", id, block)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	out := map[int64]map[int64]bool{}
	for id, m := range sets {
		out[id] = map[int64]bool{}
		m.After(-1, func(customer int64) bool { out[id][customer] = true; return true })
	}
	return out
}

func sameKeys(a, b map[int64]bool) bool {
	for id := range a {
		if !b[id] {
			return false
		}
	}
	return len(a) == len(b)
}
