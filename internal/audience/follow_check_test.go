package audience_test

import (
	"slices"

	"zhike/internal/audience"
	"zhike/internal/column"
	"zhike/internal/rule"
)

// check compares what is kept with a fresh evaluation by SQL, what the reader
// of changes knows with what is kept, and the sizes with both.
func (w *firm) check() {
	w.t.Helper()
	plans, err := w.a.Customer.Planner(w.ctx)
	w.must(err)
	stored := map[int64]map[int64]bool{}
	for _, id := range w.audiences {
		m, err := w.f.Stored(w.ctx, id)
		w.must(err)
		stored[id] = members(m)
		var size int64
		w.must(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, `SELECT size FROM audiences WHERE id = $1`, id).Scan(&size))
		if w.off[id] {
			if len(stored[id]) > 0 {
				w.t.Errorf("audience %d is not followed and keeps %d members", id, len(stored[id]))
			}
			continue
		}
		n, err := rule.Parse([]byte(w.rules[id]), "rule", rule.RuleLimits)
		w.must(err)
		plan, err := plans.Plan(n)
		w.must(err)
		fresh, err := plan.BySQL(w.ctx)
		w.must(err)
		if want := members(fresh); !equal(want, stored[id]) {
			w.t.Errorf("audience %d keeps %v, it has %v: %s", id, keys(stored[id]), keys(want), w.rules[id])
		}
		if size != int64(len(stored[id])) {
			w.t.Errorf("audience %d: size %d, kept %d", id, size, len(stored[id]))
		}
		days, err := w.f.Sizes(w.ctx, id, 3)
		w.must(err)
		if len(days) == 0 || days[len(days)-1].Size != size || days[len(days)-1].Day != w.today() {
			w.t.Errorf("audience %d: sizes %v of today (%s), want %d", id, days, w.today(), size)
		}
	}
	w.read(stored)
}

// read reads all new changes and demands that every one is a change, and that
// they lead to what is kept.
func (w *firm) read(stored map[int64]map[int64]bool) {
	w.t.Helper()
	news := map[int64][]audience.Change{}
	for {
		p, err := w.f.Changes(w.ctx, w.cursor, nil, 7)
		w.must(err)
		for _, c := range p.Items {
			if c.Seq <= w.cursor {
				w.t.Fatalf("change %d behind cursor %d", c.Seq, w.cursor)
			}
			w.cursor = c.Seq
			news[c.AudienceID] = append(news[c.AudienceID], c)
		}
		w.cursor = p.NextCursor
		if !p.More {
			break
		}
	}
	for _, id := range w.audiences {
		list := news[id]
		at := -1
		for i, c := range list {
			if c.CustomerID == 0 {
				at = i
			}
		}
		if at >= 0 { // following began or ended in between: go back from what is kept
			now := map[int64]bool{}
			for k := range stored[id] {
				now[k] = true
			}
			for i := len(list) - 1; i > at; i-- {
				if now[list[i].CustomerID] != list[i].Entered {
					w.t.Errorf("audience %d: %+v is no change, read backwards", id, list[i])
				}
				now[list[i].CustomerID] = !list[i].Entered
			}
			if !list[at].Entered && len(list) > at+1 {
				w.t.Errorf("audience %d: changes behind its end", id)
			}
		} else {
			if w.known[id] == nil {
				w.known[id] = map[int64]bool{}
			}
			for _, c := range list {
				if w.known[id][c.CustomerID] == c.Entered {
					w.t.Errorf("audience %d: %+v is no change", id, c)
				}
				if w.known[id][c.CustomerID] = c.Entered; !c.Entered {
					delete(w.known[id], c.CustomerID)
				}
			}
			if !equal(w.known[id], stored[id]) {
				w.t.Errorf("audience %d: changes lead to %v, kept are %v", id, keys(w.known[id]), keys(stored[id]))
			}
		}
		w.known[id] = stored[id]
	}
}

func members(m *column.Matches) map[int64]bool {
	out := map[int64]bool{}
	m.After(-1, func(id int64) bool { out[id] = true; return true })
	return out
}

func equal(a, b map[int64]bool) bool { return slices.Equal(keys(a), keys(b)) }

func keys(m map[int64]bool) []int64 {
	out := make([]int64, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
