package duplicate

import (
	"context"
	"strings"

	"zhike/internal/dedupe"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/memory"
)

// ScanArgs looks through the whole base for duplicates.
type ScanArgs struct {
	// Change is when the weights were changed that the scan is to use, 0 for a
	// scan for its own sake: it keeps the two apart in the queue.
	Change int64 `json:"change,omitempty"`
}

// Kind names the job.
func (ScanArgs) Kind() string { return "duplicate.scan" }

const (
	// scanPage is how many customers a scan reads at once.
	scanPage = 20_000
	// maxPairs bounds what a scan writes: whoever has more has a rule to make,
	// not a list to work through. The likeliest are found first in no order, so
	// the bound is far above what people do in a year.
	maxPairs = 500_000
	// reviewFrom is the score from which a pair is shown to people; from
	// dedupe.DefaultThreshold on the program itself is sure.
	reviewFrom = 0.5
	// writePairs is how many pairs one transaction writes, dropPairs how many it
	// removes.
	writePairs = 500
	dropPairs  = 2000
)

// scanFields are what customers are compared by.
var scanFields = []dedupe.Field{dedupe.FullName, dedupe.City, dedupe.Region, dedupe.Birthday, dedupe.Phone, dedupe.Email, dedupe.Code, dedupe.AddressLine1}

var contactFields = map[string]dedupe.Field{
	"phone": dedupe.Phone, "email": dedupe.Email, "code": dedupe.Code, "address": dedupe.AddressLine1,
}

// record is what the engine knows of a customer: contacts as keyed hashes only.
func (p *person) record(hashes []hashRow) dedupe.Record {
	r := dedupe.Record{ID: p.id, Values: make([]dedupe.Value, 0, 6+len(hashes))}
	add := func(f dedupe.Field, text string) {
		if text != "" {
			r.Values = append(r.Values, dedupe.Value{Field: f, Text: text})
		}
	}
	add(dedupe.FullName, p.name)
	if p.company != "" && p.company != p.name && p.kind != "person" {
		add(dedupe.FullName, p.company)
	}
	add(dedupe.City, p.city)
	add(dedupe.Region, p.province)
	// Without the year a birthday is shared by one in 365.
	if strings.Count(p.birthday, "-") == 2 {
		add(dedupe.Birthday, p.birthday)
	}
	for _, h := range hashes {
		if f, ok := contactFields[h.kind]; ok {
			r.Values = append(r.Values, dedupe.Value{Field: f, Opaque: h.blind})
		}
	}
	return r
}

// records reads customers for the engine.
func (s *Service) records(ctx context.Context, ids []int64) (map[int64]dedupe.Record, error) {
	people, err := s.store.peopleByIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	hashes, err := s.store.hashesOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	by := map[int64][]hashRow{}
	for _, h := range hashes {
		by[h.customerID] = append(by[h.customerID], h)
	}
	out := make(map[int64]dedupe.Record, len(people))
	for i := range people {
		out[people[i].id] = people[i].record(by[people[i].id])
	}
	return out, nil
}

// The shares of a scan's time, for its progress: reading, learning, comparing.
const (
	shareRead  = 0.15
	shareLearn = 0.2
)

// Scan looks for duplicates in the whole base and writes the pairs that
// people should see. What was decided stays decided; open pairs that are
// found no more go. Killed in the middle it begins anew; nothing is counted twice.
// progress is told how many of how many customers are done.
func (s *Service) Scan(ctx context.Context, progress func(done, total int64, step string)) error {
	began := s.now()
	total, err := s.store.customers(ctx)
	if err != nil {
		return err
	}
	share := func(from, width float64) func(done, all int64) {
		return func(done, all int64) {
			progress(int64(float64(total)*(from+width*float64(done)/float64(max(all, done, 1)))), total, "")
		}
	}
	index, err := s.index(ctx, share(0, shareRead), total)
	if err != nil {
		return err
	}
	// From the shipped weights and not from the last ones: the same base gives
	// the same weights, however often it is looked through.
	w, err := index.Learn(ctx, dedupe.Shipped(), share(shareRead, shareLearn))
	if err != nil {
		return err
	}
	lesson, err := s.store.lessonOf(ctx, lessonActive)
	if err != nil {
		return err
	}
	used, err := taught(w, lesson.Tally)
	if err != nil {
		return err
	}
	if err := s.find(ctx, index, used, began, share(shareRead+shareLearn, 1-shareRead-shareLearn)); err != nil {
		return err
	}
	if err := s.saveWeights(ctx, w, used, &lesson); err != nil {
		return err
	}
	for {
		var n int64
		err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
			n, err = s.store.dropStale(ctx, began, dropPairs)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// index reads the whole base.
func (s *Service) index(ctx context.Context, progress func(done, all int64), total int64) (*dedupe.Index, error) {
	index := dedupe.NewIndex(scanFields...)
	for after := int64(0); ; {
		people, err := s.store.people(ctx, after, scanPage)
		if err != nil {
			return nil, err
		}
		if len(people) == 0 {
			index.Finish()
			return index, nil
		}
		from, to := people[0].id, people[len(people)-1].id
		hashes, err := s.store.hashes(ctx, from, to)
		if err != nil {
			return nil, err
		}
		for i, h := 0, 0; i < len(people); i++ {
			for h < len(hashes) && hashes[h].customerID < people[i].id {
				h++
			}
			end := h
			for end < len(hashes) && hashes[end].customerID == people[i].id {
				end++
			}
			r := people[i].record(hashes[h:end])
			if err := index.Add(&r); err != nil {
				return nil, err
			}
			h = end
		}
		after = to
		progress(int64(index.Len()), total)
	}
}

// find writes the pairs that people should see, some hundred a transaction, so
// that others write between them.
func (s *Service) find(ctx context.Context, index *dedupe.Index, w dedupe.Weights, began int64, progress func(done, all int64)) error {
	var found []dedupe.Pair
	wrote := 0
	flush := func() error {
		if len(found) == 0 {
			return nil
		}
		err := s.DB.InTx(ctx, func(ctx context.Context) error { return s.store.upsertPairs(ctx, found, began) })
		wrote += len(found)
		found = found[:0]
		return err
	}
	err := index.Pairs(ctx, w, reviewFrom, progress, func(p dedupe.Pair) error {
		if wrote+len(found) >= maxPairs {
			return nil
		}
		if found = append(found, p); len(found) == writePairs {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// Register registers the jobs.
func (s *Service) Register(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[ScanArgs]) error {
		defer memory.Frugal()()
		return s.Scan(ctx, func(done, total int64, note string) { jobs.Report(ctx, done, total, "customers", note) })
	}, jobs.Unique(), jobs.Timeout(0), jobs.Queue("long", 1))
	jobs.Handle(r, s.learn, jobs.Unique(), jobs.Queue("long", 1))
	jobs.Handle(r, s.undoAll, jobs.Unique(), jobs.Timeout(0), jobs.Queue("long", 1))
	jobs.Handle(r, s.bulk, jobs.Unique(), jobs.Timeout(0), jobs.Queue("long", 1))
}
