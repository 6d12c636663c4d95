package review

import (
	"encoding/binary"
	"hash/fnv"
	"slices"

	"zhike/internal/tiering"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// MoveFilter narrows the moves of a review; a field at zero does not.
type MoveFilter struct {
	State      MoveState `query:"state" json:"state,omitempty" enum:"open,agreed,overruled,disputed,"`
	From       string    `query:"from" json:"from,omitempty" maxLength:"40" doc:"Code of the level before; none for who had none"`
	To         string    `query:"to" json:"to,omitempty" maxLength:"40" doc:"Code of the level proposed"`
	Direction  string    `query:"direction" json:"direction,omitempty" enum:"up,down,new,changed,"`
	Steps      int       `query:"steps" json:"steps,omitempty" minimum:"0" maximum:"20" doc:"Ranks moved"`
	MarginMin  int       `query:"margin_min" json:"margin_min,omitempty" minimum:"0" maximum:"100"`
	MarginMax  int       `query:"margin_max" json:"margin_max,omitempty" minimum:"0" maximum:"100" doc:"0 is no bound"`
	Department int64     `query:"department_id" json:"department_id,omitempty" minimum:"-1" doc:"-1 for who belongs to none"`
	Owner      int64     `query:"owner_id" json:"owner_id,omitempty" minimum:"-1" doc:"-1 for who belongs to nobody"`
	Text       string    `query:"q" json:"q,omitempty" maxLength:"200" doc:"Name and what else customers are searched by"`
	Sample     float64   `query:"sample" json:"sample,omitempty" minimum:"0" maximum:"100" doc:"Percent at random; the same ones for the same seed"`
	Seed       int64     `query:"seed" json:"seed,omitempty" minimum:"0"`
	Mine       bool      `query:"mine" json:"mine,omitempty" doc:"Only those that the caller decides about"`
}

// The facets of a board: a filter of each.
const (
	facetState = iota
	facetFrom
	facetTo
	facetDirection
	facetSteps
	facetMargin
	facetDepartment
	facetOwner
	facets
)

// moveQuery is a filter in the numbers of a board.
type moveQuery struct {
	state, from, to, steps int // -1 any; from -2 for who had none
	move                   tiering.Move
	marginMin, marginMax   int
	department, owner      int64          // 0 any, -1 none
	customers              map[int64]bool // nil any
	sample                 uint64         // of 2³²; 0 any
	seed                   uint64
	see                    func(p *proposal) bool // row scope, nil for everybody
	mine                   func(p *proposal) bool // whom the caller decides about; nil any
}

// sampled says whether a customer is in a sample: by a hash of seed and id, so
// that it is the same on every page and for everybody.
func sampled(seed uint64, customer int64, of uint64) bool {
	x := uint64(customer)*0x9E3779B97F4A7C15 ^ (seed+1)*0xD1B54A32D192ED03
	x ^= x >> 32
	x *= 0xD6E8FEB86659FD93
	x ^= x >> 32
	x *= 0xD6E8FEB86659FD93
	x ^= x >> 32
	return x&(1<<32-1) < of
}

// passes says whether a move passes everything but the facets, and which facets
// it fails: fails is their number, which the last of them.
func (q *moveQuery) passes(p *proposal, state uint8) (ok bool, fails, which int) {
	if q.see != nil && !q.see(p) || q.mine != nil && !q.mine(p) ||
		q.customers != nil && !q.customers[p.customer] || q.sample > 0 && !sampled(q.seed, p.customer, q.sample) {
		return false, 0, 0
	}
	fail := func(facet int) {
		fails++
		which = facet
	}
	if q.state >= 0 && int(state) != q.state {
		fail(facetState)
	}
	if q.from != -1 && int(p.before) != q.from && !(q.from == -2 && p.before < 0) {
		fail(facetFrom)
	}
	if q.to >= 0 && int(p.proposed) != q.to {
		fail(facetTo)
	}
	if q.move != tiering.MoveNone && p.move != q.move {
		fail(facetDirection)
	}
	if q.steps > 0 && int(p.steps) != q.steps {
		fail(facetSteps)
	}
	if int(p.margin) < q.marginMin || int(p.margin) > q.marginMax {
		fail(facetMargin)
	}
	if q.department != 0 && p.department != max(0, q.department) {
		fail(facetDepartment)
	}
	if q.owner != 0 && p.owner != max(0, q.owner) {
		fail(facetOwner)
	}
	return true, fails, which
}

// find gives the places that pass from a place on, at most n of them (n < 0:
// all). The caller holds mu for reading.
func (b *board) find(q *moveQuery, from int32, n int) []int32 {
	out := []int32{}
	for p := from; int(p) < len(b.moves) && len(out) != n; p++ {
		if ok, fails, _ := q.passes(&b.moves[p], b.state[p]); ok && fails == 0 {
			out = append(out, p)
		}
	}
	return out
}

// marginBounds are the lower bounds of the buckets that margins are counted in.
var marginBounds = []int{0, 10, 20, 30, 50, 75}

// tallies are counts of moves by facet. Each facet is counted over what passes
// all other filters, so that it says what choosing another value would give.
type tallies struct {
	total  int64
	counts [facets]map[int64]int64
}

// tally counts in one pass. The caller holds mu for reading.
func (b *board) tally(q *moveQuery) tallies {
	var t tallies
	for i := range t.counts {
		t.counts[i] = map[int64]int64{}
	}
	var small [facets][256]int64
	for i := range b.moves {
		p := &b.moves[i]
		ok, fails, which := q.passes(p, b.state[i])
		if !ok || fails > 1 {
			continue
		}
		add := func(facet int, v int64) {
			if fails == 0 || which == facet {
				t.counts[facet][v]++
			}
		}
		few := func(facet int, v uint8) {
			if fails == 0 || which == facet {
				small[facet][v]++
			}
		}
		if fails == 0 {
			t.total++
		}
		few(facetState, b.state[i])
		few(facetFrom, uint8(p.before+1))
		few(facetTo, uint8(p.proposed))
		few(facetDirection, uint8(p.move))
		few(facetSteps, p.steps)
		few(facetMargin, p.margin)
		add(facetDepartment, p.department)
		add(facetOwner, p.owner)
	}
	for facet := facetState; facet <= facetMargin; facet++ {
		for v, n := range small[facet] {
			key := int64(v)
			switch facet {
			case facetFrom:
				key--
			case facetMargin:
				k, exact := slices.BinarySearch(marginBounds, v)
				if !exact {
					k--
				}
				key = int64(marginBounds[k])
			}
			if n > 0 {
				t.counts[facet][key] += n
			}
		}
	}
	return t
}

// fingerprint tells a set of moves with their states from another: what a
// preview showed is what is carried out, or nothing is.
func (b *board) fingerprint(places []int32) uint64 {
	h := fnv.New64a()
	var buf [5]byte
	for _, p := range places {
		binary.LittleEndian.PutUint32(buf[:], uint32(p))
		buf[4] = b.state[p]
		_, _ = h.Write(buf[:])
	}
	return h.Sum64() >> 11 // 53 bits: a JSON number
}

// seenBy is the row scope of an actor over moves as they were when the review
// was opened, nil where everybody is seen.
func seenBy(a *auth.Actor) func(p *proposal) bool {
	switch {
	case a == nil:
		return func(*proposal) bool { return false }
	case a.Scope == auth.ScopeAll:
		return nil
	case a.Scope == auth.ScopeDepartment:
		return func(p *proposal) bool {
			return p.owner == a.StaffID && p.owner != 0 || p.department != 0 && slices.Contains(a.DepartmentIDs, p.department)
		}
	}
	return func(p *proposal) bool { return p.owner == a.StaffID && p.owner != 0 }
}

// query turns a filter into numbers; levels are those of the schemes before and
// after. Errors: tier.no_such_level, tier.bad_move, tier.bad_choice at the field.
//
// i18n-keys: errors.tier.*
func (f *MoveFilter) query(before, after *tiering.Scheme) (*moveQuery, error) {
	q := &moveQuery{state: -1, from: -1, to: -1, steps: f.Steps, marginMin: f.MarginMin, marginMax: 100,
		department: f.Department, owner: f.Owner, seed: uint64(f.Seed)}
	bad := func(path, code, value string) error {
		return errs.New(errs.Invalid, "invalid").WithField(path, code, "value", errs.Clip(value))
	}
	if f.MarginMax > 0 {
		q.marginMax = f.MarginMax
	}
	if f.State != "" {
		if q.state = slices.Index(moveStates[:], f.State); q.state < 0 {
			return nil, bad("state", "tier.bad_choice", string(f.State))
		}
	}
	switch {
	case f.From == "none":
		q.from = -2
	case f.From != "":
		q.from = -3
		if before != nil {
			q.from = before.LevelIndex(f.From)
		}
		if q.from < 0 {
			return nil, bad("from", "tier.no_such_level", f.From)
		}
	}
	if f.To != "" {
		if q.to = after.LevelIndex(f.To); q.to < 0 {
			return nil, bad("to", "tier.no_such_level", f.To)
		}
	}
	if f.Direction != "" {
		m, ok := tiering.MoveOf(f.Direction)
		if !ok || m == tiering.MoveNone {
			return nil, bad("direction", "tier.bad_move", f.Direction)
		}
		q.move = m
	}
	if f.Sample > 0 {
		q.sample = max(1, uint64(f.Sample/100*(1<<32)))
	}
	return q, nil
}
