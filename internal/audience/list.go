package audience

import (
	"context"

	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// items gives rows of heads as a list shows them, for the whole page at once:
// how many statements it takes does not grow with the rows.
func (s *Service) items(ctx context.Context, rows []row) ([]Item, error) {
	ctx = told(ctx)
	ids, owners := make([]int64, len(rows)), make([]int64, len(rows))
	for i := range rows {
		ids[i], owners[i] = rows[i].id, rows[i].ownerID
	}
	names, err := s.people(ctx, owners)
	if err != nil {
		return nil, err
	}
	known, err := s.know(ctx, ids)
	if err != nil {
		return nil, err
	}
	nodes, bad := make([]*rule.Node, len(rows)), make([]error, len(rows))
	for i := range rows {
		if r := known[rows[i].id]; r != nil { // else deleted meanwhile
			nodes[i], bad[i] = r.read()
		}
		if bad[i] != nil && errs.KindOf(bad[i]) != errs.Invalid {
			return nil, bad[i]
		}
	}
	planner, err := s.Customers.Planner(ctx)
	if err != nil {
		return nil, err
	}
	words, err := s.teller(ctx, nodes...)
	if err != nil {
		return nil, err
	}
	uses, err := s.uses(ctx, ids)
	if err != nil {
		return nil, err
	}
	changes, err := s.changesOf(ctx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Item, len(rows))
	for i := range rows {
		r := &rows[i]
		it := r.item(ctx, names)
		it.Conditions, it.UsedBy, it.Change = nodes[i].Count(), len(uses[r.id]), changes[r.id]
		if nodes[i] != nil {
			it.Sentence = shortened(words.sentence(nodes[i]), maxListedWords)
		}
		var list []Problem
		if bad[i] != nil {
			list = s.told(ctx, bad[i])
		} else if list, err = s.problems(ctx, planner, r, nodes[i]); err != nil {
			return nil, err
		}
		if len(list) > 0 {
			it.Problem = &list[0]
		}
		out[i] = it
	}
	return out, nil
}

// changesOf gives by how much sizes differ from those at the end of yesterday:
// of audiences that are followed, for readers who see all customers.
func (s *Service) changesOf(ctx context.Context, rows []row) (map[int64]*int64, error) {
	var ids []int64
	for i := range rows {
		if r := &rows[i]; r.followed && r.archivedAt == 0 && r.evaluatedAt != 0 && r.size >= 0 {
			ids = append(ids, r.id)
		}
	}
	if len(ids) == 0 || !seesAll(ctx) {
		return nil, nil
	}
	before, err := s.store.sizesBefore(ctx, ids, s.Zone.Today(s.Clock))
	if err != nil {
		return nil, err
	}
	out := make(map[int64]*int64, len(before))
	for i := range rows {
		if size, ok := before[rows[i].id]; ok {
			by := rows[i].size - size
			out[rows[i].id] = &by
		}
	}
	return out, nil
}

// know reads audiences with their rules, and those that these name, a statement
// for each step down, so that compiling them for this answer asks no more.
func (s *Service) know(ctx context.Context, ids []int64) (map[int64]*row, error) {
	known := map[int64]*row{}
	for next := ids; len(next) > 0; {
		found, err := s.store.some(ctx, next)
		if err != nil {
			return nil, err
		}
		for _, id := range next {
			known[id] = found[id] // nil: there is none
		}
		next = nil
		for _, r := range found {
			n, _ := r.read() // whoever needs it meets the error
			for _, id := range used(n) {
				if _, ok := known[id]; !ok {
					known[id] = nil
					next = append(next, id)
				}
			}
		}
	}
	if k, _ := ctx.Value(toldKey{}).(*knownFields); k != nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.audiences = known
	}
	return known, nil
}

// lookUp reads an audience, nil where there is none; one that this answer knows
// already is not read again.
func (s *Service) lookUp(ctx context.Context, id int64) (*row, error) {
	if k, _ := ctx.Value(toldKey{}).(*knownFields); k != nil {
		k.mu.Lock()
		r, ok := k.audiences[id]
		k.mu.Unlock()
		if ok {
			return r, nil
		}
	}
	return s.store.get(ctx, id)
}

// shortened cuts a text to so many characters, the dots included.
func shortened(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}
