package tiering

import (
	"encoding/binary"
	"slices"

	"zhike/internal/platform/clock"
)

// Move says how a customer stands against the run before. The numbers are
// stored and never change.
type Move int16

// The moves.
const (
	MoveNone    Move = 0 // the same level, or no run before
	MoveUp      Move = 1
	MoveDown    Move = 2
	MoveNew     Move = 3
	MoveChanged Move = 4 // from a level that the scheme no longer has
)

var moveCodes = map[string]Move{"up": MoveUp, "down": MoveDown, "new": MoveNew, "changed": MoveChanged, "same": MoveNone}

// MoveOf is the move of a code.
func MoveOf(code string) (Move, bool) {
	m, ok := moveCodes[code]
	return m, ok
}

// Code is the text of the move in the API.
func (m Move) Code() string {
	for code, v := range moveCodes {
		if v == m {
			return code
		}
	}
	return ""
}

// Numbers of lists beside moves.
const (
	listAll      = -1 // any level, any move
	listFell     = 10 // level -1: was in the best level and is not any more
	listOverdue  = 11 // best level, but silent for long
	listGone     = 12 // level -1: graded in the run before and not in this one
	overdueBit   = 62
	minSilence   = 14 // days; below it nobody is called silent
	minOwnOrders = 3  // from so many orders a customer has a rhythm
)

// overdue says whether a customer has been silent for more than twice the mean
// gap between the own purchases.
func (f *Facts) overdue(i int) bool {
	if f.OrdersAll[i] < minOwnOrders || f.LastDay[i] == NoDay {
		return false
	}
	span, gaps := f.LastDay[i]-f.FirstDay[i], f.OrdersAll[i]-1
	silent := f.AsOf - f.LastDay[i]
	return span > 0 && silent >= minSilence && int64(silent)*int64(gaps) > 2*int64(span)
}

// compared is a run set against the one before it.
type compared struct {
	was   earlier
	move  []Move
	moves *Moves // nil without a run before
	// fell are the customers who were in the best level of the run before.
	wasBest []bool
}

// compare sets levels against those of the run before, which may have had
// other levels: they are matched by code.
func compare(s *Scheme, g *Grades, was earlier, before *Scheme, beforeID int64, beforeDay clock.Day) compared {
	out := compared{was: was, move: make([]Move, len(g.Level))}
	if before == nil {
		return out
	}
	m := &Moves{PreviousRunID: beforeID, PreviousAsOf: beforeDay}
	for _, l := range s.Levels {
		m.Codes, m.Names = append(m.Codes, l.Code), append(m.Names, l.Name)
	}
	// now is the place of a level of before in Codes, known or only now added.
	now := make([]int, len(before.Levels))
	for k, l := range before.Levels {
		if now[k] = s.LevelIndex(l.Code); now[k] < 0 {
			now[k] = len(m.Codes)
			m.Codes, m.Names = append(m.Codes, l.Code), append(m.Names, l.Name)
		}
	}
	m.Matrix = make([][]int64, len(m.Codes))
	for i := range m.Matrix {
		m.Matrix[i] = make([]int64, len(m.Codes))
	}
	out.moves, out.wasBest = m, make([]bool, len(g.Level))
	for i, p := range was.level {
		if p == noLevel {
			m.New++
			out.move[i] = MoveNew
			continue
		}
		had, is := now[p], int(g.Level[i])
		out.wasBest[i] = p == 0
		m.Matrix[had][is]++
		switch {
		case had >= len(s.Levels):
			m.Changed++
			out.move[i] = MoveChanged
		case is < had:
			m.Up++
			out.move[i] = MoveUp
		case is > had:
			m.Down++
			out.move[i] = MoveDown
		default:
			m.Unchanged++
		}
	}
	m.Gone = int64(len(was.gone))
	return out
}

// listKey names a list of customers of a run.
type listKey struct{ level, move int16 }

// packedIDs is how many customers a row of tier_lists holds.
const packedIDs = 1024

// lists sorts the customers into the lists that pages show, by falling spend.
func lists(g *Grades, f *loaded, c compared) map[listKey][]int64 {
	out := map[listKey][]int64{}
	add := func(level, move int16, id int64) {
		k := listKey{level, move}
		out[k] = append(out[k], id)
	}
	for _, i := range f.bySpend() {
		id, level := f.CustomerID[i], int16(g.Level[i])
		add(listAll, listAll, id)
		add(level, listAll, id)
		if c.moves != nil && c.move[i] != MoveNone {
			add(listAll, int16(c.move[i]), id)
			add(level, int16(c.move[i]), id)
		}
		if c.wasBest != nil && c.wasBest[i] && level != 0 {
			add(listAll, listFell, id)
		}
		if level == 0 && f.overdue(int(i)) {
			add(0, listOverdue, id)
		}
	}
	if len(c.was.gone) > 0 {
		out[listKey{listAll, listGone}] = slices.Clone(c.was.gone)
	}
	return out
}

func packIDs(ids []int64) []byte {
	b := make([]byte, 0, len(ids)*4)
	for _, id := range ids {
		b = binary.AppendUvarint(b, uint64(id))
	}
	return b
}

func unpackIDs(b []byte) []int64 {
	out := make([]int64, 0, packedIDs)
	for len(b) > 0 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return out
		}
		out = append(out, int64(v))
		b = b[n:]
	}
	return out
}

// MoveBetween names the move to a level; kept is the level before in the numbers
// of the same scheme, -1 where it has none of that code.
func MoveBetween(had bool, kept, level int) Move {
	switch {
	case !had:
		return MoveNew
	case kept < 0:
		return MoveChanged
	case level < kept:
		return MoveUp
	case level > kept:
		return MoveDown
	}
	return MoveNone
}
