package review

import (
	"encoding/binary"
	"slices"

	"zhike/internal/tiering"

	"zhike/internal/platform/errs"
)

// proposal is one proposed move as a review keeps it.
type proposal struct {
	customer          int64
	before            int8 // number in the scheme of the run in force, -1 for none
	proposed          int8 // number in the scheme of the run
	move              tiering.Move
	steps, margin     uint8
	owner, department int64 // 0 for none
	spendFen          int64
}

// packMoves writes moves one after the other; unpackMoves reads them.
func packMoves(list []proposal) []byte {
	b := make([]byte, 0, len(list)*16)
	for i := range list {
		p := &list[i]
		b = binary.AppendUvarint(b, uint64(p.customer))
		b = append(b, byte(p.before+1), byte(p.proposed), byte(p.move), p.steps, p.margin)
		b = binary.AppendUvarint(b, uint64(p.owner))
		b = binary.AppendUvarint(b, uint64(p.department))
		b = binary.AppendVarint(b, p.spendFen)
	}
	return b
}

var errPacked = errs.New(errs.Internal, "internal", "detail", "packed moves are damaged")

func unpackMoves(b []byte, out []proposal) ([]proposal, error) {
	bad := false
	number := func() int64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			bad = true
			return 0
		}
		b = b[n:]
		return int64(v)
	}
	for len(b) > 0 {
		var p proposal
		p.customer = number()
		if len(b) < 5 {
			return out, errPacked
		}
		p.before, p.proposed, p.move, p.steps, p.margin = int8(b[0])-1, int8(b[1]), tiering.Move(b[2]), b[3], b[4]
		b = b[5:]
		p.owner, p.department = number(), number()
		v, n := binary.Varint(b)
		if n <= 0 || bad {
			return out, errPacked
		}
		p.spendFen, b = v, b[n:]
		out = append(out, p)
	}
	return out, nil
}

// packPlaces writes ascending places as the gaps between them.
func packPlaces(places []int32) []byte {
	b := make([]byte, 0, len(places)+8)
	last := int32(0)
	for _, p := range places {
		b = binary.AppendUvarint(b, uint64(p-last))
		last = p
	}
	return b
}

func unpackPlaces(b []byte) []int32 {
	out := make([]int32, 0, len(b))
	last := int32(0)
	for len(b) > 0 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return out
		}
		last += int32(v)
		out, b = append(out, last), b[n:]
	}
	return out
}

// byCustomer is the places of moves in the order of customers.
func byCustomer(moves []proposal) []int32 {
	out := make([]int32, len(moves))
	for i := range out {
		out[i] = int32(i)
	}
	slices.SortFunc(out, func(a, b int32) int { return int(moves[a].customer - moves[b].customer) })
	return out
}
