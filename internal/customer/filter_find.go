package customer

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// finder finds the customers of pages.
type finder struct {
	s        *Service
	search   *search
	name     string // of the order
	by       *order
	desc     bool
	segments []segment
	all      []hit // sorted, where they are few
	gathered bool
	whole    bool // all are wanted, and no index gives them in order
	total    *int64
	capped   bool
}

func (fd *finder) compare(a, b hit) int {
	k, id := cmp.Or(cmp.Compare(a.num, b.num), strings.Compare(a.text, b.text)), cmp.Compare(a.id, b.id)
	if fd.desc {
		k, id = -k, -id
	}
	return cmp.Or(cmp.Compare(a.seg, b.seg), k, fd.by.then.compare(a, b), id)
}

// count gathers the matches up to countCap, unless it is known that they are
// more or that it takes too long.
func (fd *finder) count(ctx context.Context) error {
	if fd.gathered {
		return nil
	}
	fd.gathered = true
	s, se := fd.s, fd.search
	if fd.whole {
		return fd.gather(ctx)
	}
	if len(se.parts) == 0 {
		n, err := s.counts.get("everybody", func() (int64, error) { return s.store.countAll(ctx) })
		fd.total = &n
		return err
	}
	plain, err := se.key(auth.From(ctx))
	if err != nil {
		return err
	}
	many, err := s.many.get(plain, func() (int64, error) { return 0, nil })
	if err != nil {
		return err
	}
	if many != 0 {
		fd.know(many)
		return nil
	}
	head, err := s.store.feedHead(ctx)
	if err != nil {
		return err
	}
	key := fmt.Sprint(plain, " ", fd.name, " ", head)
	if fd.by.levels != nil {
		key += fmt.Sprint(" run ", fd.by.levels.run)
	}
	if hits, ok := s.found.peek(key); ok {
		fd.few(hits)
		return nil
	}
	driver := se.driver
	if se.fewest > driveMax && fd.s.store.plansItself() {
		driver = -1
	}
	budget := fd.s.countTime
	if se.fewest > estimateMax {
		budget = fd.s.broadTime // no index leads to them; the walk meets enough soon
	}
	limited, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	hits, err := s.store.gather(limited, se.parts, driver, fd.by, countCap+1)
	switch {
	case err != nil && ctx.Err() == nil && errors.Is(limited.Err(), context.DeadlineExceeded):
		many = -1
	case err != nil:
		return err
	case len(hits) > countCap:
		many = countCap + 1
	default:
		fd.sort(hits)
		if len(hits) <= foundMax {
			s.found.put(key, hits)
		}
		fd.few(hits)
		return nil
	}
	s.many.put(plain, many)
	fd.know(many)
	return nil
}

// sort puts what was gathered into the order of the list.
func (fd *finder) sort(hits []hit) {
	if fd.desc && fd.by.choices() {
		last := len(fd.segments) - 1 // those without a value stay behind
		for i := range hits {
			if hits[i].seg < last {
				hits[i].seg = last - 1 - hits[i].seg
			}
		}
	}
	slices.SortFunc(hits, fd.compare)
}

// gather reads all matches: some 40 bytes each.
func (fd *finder) gather(ctx context.Context) error {
	driver := fd.search.driver
	if fd.search.fewest > driveMax && fd.s.store.plansItself() {
		driver = -1
	}
	hits, err := fd.s.store.gather(ctx, fd.search.parts, driver, fd.by, math.MaxInt32)
	if err == nil {
		fd.sort(hits)
		fd.few(hits)
	}
	return err
}

// foundMax: so many hits of one search are kept for the pages that follow.
const foundMax = 3000

// few takes the sorted hits of a search.
func (fd *finder) few(hits []hit) {
	n := int64(len(hits))
	if fd.all, fd.total = hits, &n; hits == nil {
		fd.all = []hit{}
	}
}

func (fd *finder) know(many int64) {
	if many > 0 {
		n := int64(countCap)
		fd.total, fd.capped = &n, true
	}
}

// key names a search in a cache.
func (se *search) key(a *auth.Actor) (string, error) {
	b, err := json.Marshal(se.filter)
	if err != nil {
		return "", errs.Wrap(err, errs.Internal, "internal")
	}
	return fmt.Sprint(scopeKey(a), " ", se.filter.pool, " ", se.filter.levelRun, " ", string(b)), nil
}

// page gives up to n hits behind a place, or before it, in the order of the
// list; more says that there are further ones in that direction.
func (fd *finder) page(ctx context.Context, place *hit, backward bool, n int) (hits []hit, more bool, err error) {
	if err := fd.count(ctx); err != nil {
		return nil, false, err
	}
	if fd.all != nil {
		from, to := 0, len(fd.all)
		if place != nil {
			i, found := slices.BinarySearchFunc(fd.all, *place, fd.compare)
			if backward {
				to = i
			} else if from = i; found {
				from++
			}
		}
		list := fd.all[from:to]
		if more = len(list) > n; more && backward {
			list = list[len(list)-n:]
		} else if more {
			list = list[:n]
		}
		return list, more, nil
	}
	seg, step := 0, 1
	if backward {
		step = -1
	}
	if place != nil {
		seg = place.seg
	}
	for ; seg >= 0 && seg < len(fd.segments) && len(hits) <= n; seg += step {
		part, err := fd.s.store.walk(ctx, fd.search.parts, &fd.segments[seg], fd.by.then, seg, place, fd.desc != backward, backward, n+1-len(hits))
		if err != nil {
			return nil, false, err
		}
		hits, place = append(hits, part...), nil
	}
	if more = len(hits) > n; more {
		hits = hits[:n]
	}
	if backward {
		slices.Reverse(hits)
	}
	return hits, more, nil
}
