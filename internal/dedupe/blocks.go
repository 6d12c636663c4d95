package dedupe

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
)

// Stats are what a run of Pairs or Learn did.
type Stats struct {
	Records        int64 `json:"records"`
	Blocks         int64 `json:"blocks"`
	Compared       int64 `json:"compared"`        // pairs looked at
	Found          int64 `json:"found"`           // pairs at or above the threshold
	SkippedBlocks  int64 `json:"skipped_blocks"`  // still too large when every part of the key was used
	SkippedRecords int64 `json:"skipped_records"` // records in them, each as often as it was skipped
	LargestBlock   int64 `json:"largest_block"`
}

// slot is a record under a hash.
type slot struct {
	hash uint64
	rec  uint32
}

// blockLimit is how many records of a block may be compared with each other: a
// small base may have large blocks, a large one may not, so that the pairs stay
// in the order of the records.
func (x *Index) blockLimit() int {
	return min(max(8_000_000/max(len(x.ids), 1), 50), 2000)
}

// blocks calls fn for every block of a key, from several goroutines; recs is
// fn's own until it returns. It reports the blocks left out in x.stats.
func (x *Index) blocks(ctx context.Context, key *blockKey, scratch []slot, fn func(recs []uint32)) ([]slot, error) {
	var buf []uint64
	scratch = scratch[:0]
	for rec := range uint32(len(x.ids)) {
		buf = key.parts[0](x, rec, buf[:0])
		for _, h := range buf {
			scratch = append(scratch, slot{h, rec})
		}
	}
	if len(scratch) == 0 {
		return scratch, nil
	}
	sortSlots(scratch)
	const workers = 2
	var at atomic.Int64
	var lock sync.Mutex
	next := func() (lo, hi int) { // a few thousand slots, cut between blocks
		lock.Lock()
		defer lock.Unlock()
		lo = int(at.Load())
		hi = min(lo+4096, len(scratch))
		for hi > lo && hi < len(scratch) && scratch[hi].hash == scratch[hi-1].hash {
			hi++
		}
		at.Store(int64(hi))
		return lo, hi
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			d := divider{x: x, key: key, limit: x.blockLimit(), fn: fn}
			for ctx.Err() == nil {
				lo, hi := next()
				if lo == hi {
					break
				}
				d.runs(scratch[lo:hi], 1)
			}
			lock.Lock()
			defer lock.Unlock()
			x.stats.add(&d.stats)
		})
	}
	wg.Wait()
	return scratch, ctx.Err()
}

func sortSlots(s []slot) {
	slices.SortFunc(s, func(a, b slot) int {
		if c := cmp.Compare(a.hash, b.hash); c != 0 {
			return c
		}
		return cmp.Compare(a.rec, b.rec)
	})
}

// divider cuts sorted slots into blocks and divides those that are too large.
type divider struct {
	x     *Index
	key   *blockKey
	limit int
	fn    func(recs []uint32)
	recs  []uint32
	stats Stats
}

func (d *divider) runs(s []slot, depth int) {
	for lo := 0; lo < len(s); {
		hi := lo + 1
		for hi < len(s) && s[hi].hash == s[lo].hash {
			hi++
		}
		if hi-lo > 1 {
			d.block(s[lo:hi], depth)
		}
		lo = hi
	}
}

func (d *divider) block(s []slot, depth int) {
	if len(s) <= d.limit {
		d.recs = d.recs[:0]
		for _, e := range s {
			if n := len(d.recs); n == 0 || d.recs[n-1] != e.rec {
				d.recs = append(d.recs, e.rec)
			}
		}
		if len(d.recs) > 1 {
			d.stats.Blocks++
			d.stats.LargestBlock = max(d.stats.LargestBlock, int64(len(d.recs)))
			d.fn(d.recs)
		}
		return
	}
	if depth == len(d.key.parts) {
		d.stats.SkippedBlocks++
		d.stats.SkippedRecords += int64(len(s))
		return
	}
	next := make([]slot, 0, len(s))
	var buf []uint64
	for _, e := range s {
		buf = d.key.parts[depth](d.x, e.rec, buf[:0])
		for _, h := range buf {
			next = append(next, slot{h, e.rec})
		}
	}
	sortSlots(next)
	d.runs(next, depth+1)
}

func (s *Stats) add(o *Stats) {
	s.Blocks += o.Blocks
	s.Compared += o.Compared
	s.SkippedBlocks += o.SkippedBlocks
	s.SkippedRecords += o.SkippedRecords
	s.LargestBlock = max(s.LargestBlock, o.LargestBlock)
}
