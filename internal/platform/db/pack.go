package db

import (
	"encoding/binary"

	"zhike/internal/platform/errs"
)

// PackIDs keeps ids as the difference of each to the one before: ascending ones
// take a byte or two.
func PackIDs(ids []int64) []byte {
	out, last := make([]byte, 0, 2*len(ids)+8), int64(0)
	for _, id := range ids {
		out, last = binary.AppendVarint(out, id-last), id
	}
	return out
}

// UnpackIDs reads what [PackIDs] wrote.
func UnpackIDs(b []byte) (ids []int64, err error) {
	last := int64(0)
	for len(b) > 0 {
		d, n := binary.Varint(b)
		if n <= 0 {
			return nil, errs.New(errs.Internal, "internal", "detail", "damaged list of ids")
		}
		last += d
		ids, b = append(ids, last), b[n:]
	}
	return ids, nil
}
