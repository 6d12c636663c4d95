package review

import (
	"context"
	"slices"
	"sync"

	"zhike/internal/platform/errs"
	"zhike/internal/tiering"
)

// MoveState is where a proposed move stands.
type MoveState string

// The states, and their numbers on a board.
const (
	MoveOpen      MoveState = "open"
	MoveAgreed    MoveState = "agreed"
	MoveOverruled MoveState = "overruled"
	MoveDisputed  MoveState = "disputed"

	stateOpen, stateAgreed, stateOverruled, stateDisputed = 0, 1, 2, 3
)

var moveStates = [...]MoveState{MoveOpen, MoveAgreed, MoveOverruled, MoveDisputed}

// The acts of a review. The numbers are stored and never change.
const (
	actAgree    = 1
	actOverrule = 2
	actDispute  = 3
	actTakeBack = 4
)

// keepBefore is the level of an act or a vote that means the level before.
const keepBefore = -1

// reviewAct is one decision about some moves.
type reviewAct struct {
	no, at, staff int64
	kind          int
	how           string // person, vote, deadline, rest
	level         int16  // of overruling: a number of the run's scheme, or keepBefore
	reason        string
	places        []int32
}

// board is a review in memory: its moves, which never change, by falling spend,
// and what the acts made of them. It follows the acts in the database, so that
// every process has the same.
type board struct {
	id    int64
	moves []proposal
	order []int32 // places in the order of customers
	keep  []int8  // by before+1: the level before in the numbers of the run's scheme, -1 where there is none

	mu    sync.RWMutex
	acts  []reviewAct
	state []uint8
	last  []int32 // index in acts of what decided, -1 for none
}

func newBoard(id int64, moves []proposal, keep []int8) *board {
	b := &board{id: id, moves: moves, order: byCustomer(moves), keep: keep, state: make([]uint8, len(moves)), last: make([]int32, len(moves))}
	for i := range moves {
		b.last[i] = -1
		if moves[i].before < 0 { // nothing to argue about one by one
			b.state[i] = stateAgreed
		}
	}
	return b
}

// place finds a customer.
func (b *board) place(customer int64) (int32, bool) {
	k, ok := slices.BinarySearchFunc(b.order, customer, func(at int32, id int64) int { return int(b.moves[at].customer - id) })
	if !ok {
		return 0, false
	}
	return b.order[k], true
}

// kept is the level before of a move in the numbers of the run's scheme, -1
// where there is none to keep.
func (b *board) kept(place int32) int8 { return b.keep[b.moves[place].before+1] }

// apply does an act to the states. The caller holds mu.
func (b *board) apply(a reviewAct) {
	b.acts = append(b.acts, a)
	at := int32(len(b.acts) - 1)
	for _, p := range a.places {
		switch a.kind {
		case actAgree:
			b.state[p] = stateAgreed
		case actOverrule:
			b.state[p] = stateOverruled
		case actDispute:
			b.state[p] = stateDisputed
		default:
			b.state[p] = stateOpen
		}
		b.last[p] = at
	}
}

// seq is the number of the last act that the board knows.
func (b *board) seq() int64 {
	if len(b.acts) == 0 {
		return 0
	}
	return b.acts[len(b.acts)-1].no
}

// decided is the level that a move ends with as it stands: what was decided, or
// what the run proposed.
func (b *board) decided(p int32) int8 {
	if b.state[p] != stateOverruled {
		return b.moves[p].proposed
	}
	if l := b.acts[b.last[p]].level; l != keepBefore {
		return int8(l)
	}
	return b.kept(p)
}

// counts counts the moves by state.
func (b *board) counts() tiering.StateCounts {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.tallyStates()
}

// tallyStates is counts for who holds mu.
func (b *board) tallyStates() tiering.StateCounts {
	var n [4]int64
	for _, st := range b.state {
		n[st]++
	}
	return tiering.StateCounts{Open: n[stateOpen], Agreed: n[stateAgreed], Overruled: n[stateOverruled], Disputed: n[stateDisputed]}
}

// boards keeps those of the last reviews.
type boards struct {
	mu   sync.Mutex
	list []*board
}

const maxBoards = 4

func (c *boards) get(id int64) *board {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, b := range c.list {
		if b.id == id {
			copy(c.list[1:i+1], c.list[:i])
			c.list[0] = b
			return b
		}
	}
	return nil
}

func (c *boards) put(b *board) *board {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, have := range c.list {
		if have.id == b.id {
			return have
		}
	}
	c.list = append([]*board{b}, c.list...)
	c.list = c.list[:min(len(c.list), maxBoards)]
	return b
}

// drop forgets a board whose moves are written anew.
func (c *boards) drop(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = slices.DeleteFunc(c.list, func(b *board) bool { return b.id == id })
}

// board gives that of a review, up to date with acts whose number is not above
// upTo. Errors: tier.review_opening while the moves are being gathered.
func (s *Service) board(ctx context.Context, r *review) (*board, error) {
	if r.Step == StepOpening || r.Step == StepFailed {
		return nil, errs.New(errs.Conflict, "tier.review_opening")
	}
	b := s.boards.get(r.DecisionID)
	if b == nil {
		moves, err := s.store.reviewMoves(ctx, r.DecisionID, r.Moves)
		if err != nil {
			return nil, err
		}
		keep, err := s.Grading.LevelMap(ctx, r.BaseRunID, r.RunID)
		if err != nil {
			return nil, err
		}
		b = s.boards.put(newBoard(r.DecisionID, moves, keep))
	}
	b.mu.RLock()
	behind := b.seq() < r.Acts
	b.mu.RUnlock()
	if !behind {
		return b, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	acts, err := s.store.actsAfter(ctx, r.DecisionID, b.seq(), r.Acts)
	if err != nil {
		return nil, err
	}
	for _, a := range acts {
		b.apply(a)
	}
	return b, nil
}

// actsOn are the acts about a move, oldest first. The caller holds mu for reading.
func (b *board) actsOn(p int32) []reviewAct {
	var out []reviewAct
	for _, a := range b.acts {
		if _, ok := slices.BinarySearch(a.places, p); ok {
			out = append(out, a)
		}
	}
	return out
}
