package duplicate

import (
	"context"
	"slices"

	"zhike/internal/customer"
	"zhike/internal/dedupe"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/web"
)

// States of a pair.
const (
	pairOpen      = "open"
	pairLater     = "later"
	pairDifferent = "different"
)

// PairSide is one of two customers that may be one. Of a customer outside the
// actor's scope only the name is told.
type PairSide struct {
	ID      int64          `json:"id"`
	Name    string         `json:"name"`
	Visible bool           `json:"visible" doc:"The actor may open and merge this customer"`
	Card    *customer.Item `json:"card" doc:"null where not visible"`
}

// Pair is an entry of the work list.
type Pair struct {
	ID        int64           `json:"id"`
	A         PairSide        `json:"a"`
	B         PairSide        `json:"b"`
	Score     float64         `json:"score" minimum:"0" maximum:"1"`
	Reasons   []dedupe.Reason `json:"reasons" doc:"What each field says, the weightiest first"`
	Status    string          `json:"status" enum:"open,later,different"`
	DecidedAt *int64          `json:"decided_at"`
}

// reasonKeys are the fields of the record that reasons are about.
var reasonKeys = map[dedupe.Field]string{
	dedupe.Birthday: "birthday", dedupe.Phone: "phone", dedupe.Email: "email", dedupe.Code: "code",
	dedupe.City: "region", dedupe.Region: "region", dedupe.AddressNumber: "address", dedupe.AddressLine1: "address",
	dedupe.AddressLine2: "address", dedupe.Postcode: "address", dedupe.IDNumber: "number",
}

// Redact leaves out what hidden fields say about a pair.
func (p *Pair) Redact(hides func(key string) bool) {
	p.Reasons = slices.DeleteFunc(slices.Clone(p.Reasons), func(r dedupe.Reason) bool { return hides(reasonKeys[r.Field]) })
}

// PairQuery says which pairs to list.
type PairQuery struct {
	Status   string  `query:"status" enum:"open,later,different" default:"open"`
	MinScore float64 `query:"min_score" minimum:"0" maximum:"1" default:"0.5"`
	Limit    int     `query:"limit" minimum:"1" maximum:"100" default:"20"`
	Cursor   string  `query:"cursor" maxLength:"2048"`
	Import   int64   `query:"import" minimum:"0" doc:"Only pairs with a customer that this import made"`
}

// read is how many pairs are looked at for one page at most: an actor who sees
// few customers gets shorter pages, never a scan of the whole list.
const read = 2000

// List gives a page of pairs of which the actor may see at least one side.
func (s *Service) List(ctx context.Context, q PairQuery) (web.Page[Pair], error) {
	var none web.Page[Pair]
	score, id := int64(2e6), int64(1)<<62
	if q.Cursor != "" {
		if err := web.DecodeCursor(q.Cursor, &score, &id); err != nil {
			return none, err
		}
	}
	var rows []pairRow
	more := true
	for looked := 0; len(rows) <= q.Limit && more && looked < read; looked += 200 {
		some, err := s.page(ctx, q, score, id, 200)
		if err != nil {
			return none, err
		}
		more = len(some) == 200
		if len(some) > 0 {
			score, id = some[len(some)-1].Score, some[len(some)-1].ID
		}
		if some, err = s.seen(ctx, some); err != nil {
			return none, err
		}
		rows = append(rows, some...)
	}
	next := ""
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		next = web.EncodeCursor(rows[q.Limit-1].Score, rows[q.Limit-1].ID)
	} else if more {
		next = web.EncodeCursor(score, id)
	}
	items, err := s.pairs(ctx, rows)
	if err != nil {
		return none, err
	}
	return web.NewPage(items, next, nil), nil
}

// page reads pairs of the list behind a place.
func (s *Service) page(ctx context.Context, q PairQuery, score, id int64, n int) ([]pairRow, error) {
	if q.Import != 0 {
		return s.store.importPairs(ctx, q.Import, q.Status, int64(q.MinScore*1e6), score, id, n)
	}
	return s.store.pairs(ctx, q.Status, int64(q.MinScore*1e6), score, id, n)
}

func ids(rows []pairRow) []int64 {
	out := make([]int64, 0, 2*len(rows))
	for _, r := range rows {
		out = append(out, r.A, r.B)
	}
	return out
}

func (s *Service) seen(ctx context.Context, rows []pairRow) ([]pairRow, error) {
	seen, err := s.Customers.Seen(ctx, ids(rows))
	if err != nil {
		return nil, err
	}
	out := rows[:0]
	for _, r := range rows {
		if seen[r.A] != "" || seen[r.B] != "" {
			out = append(out, r)
		}
	}
	return out, nil
}

// pairs makes the shown form.
func (s *Service) pairs(ctx context.Context, rows []pairRow) ([]Pair, error) {
	out := []Pair{}
	if len(rows) == 0 {
		return out, nil
	}
	all := ids(rows)
	seen, err := s.Customers.Seen(ctx, all)
	if err != nil {
		return nil, err
	}
	people, err := s.store.peopleByIDs(ctx, all)
	if err != nil {
		return nil, err
	}
	names := map[int64]string{}
	for _, p := range people {
		names[p.id] = p.name
	}
	records, err := s.records(ctx, all)
	if err != nil {
		return nil, err
	}
	w, err := s.used(ctx)
	if err != nil {
		return nil, err
	}
	scorer, err := dedupe.NewScorer(w)
	if err != nil {
		return nil, err
	}
	side := func(id int64) (PairSide, error) {
		p := PairSide{ID: id, Name: names[id]}
		if _, p.Visible = seen[id]; !p.Visible {
			return p, nil
		}
		card, err := s.Customers.Card(ctx, id)
		p.Card = &card
		return p, err
	}
	for _, r := range rows {
		a, okA := records[r.A]
		b, okB := records[r.B]
		if !okA || !okB {
			continue // merged or removed since; the next scan clears it
		}
		v := Pair{ID: r.ID, Score: float64(r.Score) / 1e6, Status: r.Status}
		if v.A, err = side(r.A); err != nil {
			return nil, err
		}
		if v.B, err = side(r.B); err != nil {
			return nil, err
		}
		if _, v.Reasons = scorer.Score(&a, &b); v.Reasons == nil {
			v.Reasons = []dedupe.Reason{}
		}
		if r.DecidedAt != 0 {
			v.DecidedAt = &r.DecidedAt
		}
		out = append(out, v)
	}
	return out, nil
}

// Of lists the undecided pairs of a customer, for its page.
func (s *Service) Of(ctx context.Context, id int64) (web.List[Pair], error) {
	none := web.NewList[Pair](nil)
	seen, err := s.Customers.Seen(ctx, []int64{id})
	if err != nil {
		return none, err
	}
	if _, ok := seen[id]; !ok {
		return none, errs.New(errs.NotFound, "customer.not_found", "id", id)
	}
	rows, err := s.store.pairsOf(ctx, id)
	if err != nil {
		return none, err
	}
	items, err := s.pairs(ctx, rows)
	return web.NewList(items), err
}

// Decide notes what somebody found out about a pair: different people, later,
// or open again. Errors: duplicate.no_pair also where both are outside the
// actor's scope.
func (s *Service) Decide(ctx context.Context, id int64, decision string) (Pair, error) {
	if err := auth.Require(ctx, PermMerge); err != nil {
		return Pair{}, err
	}
	var out []Pair
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		p, err := s.store.pair(ctx, id)
		if err != nil {
			return err
		}
		visible, err := s.seen(ctx, []pairRow{p})
		if err != nil {
			return err
		}
		if len(visible) == 0 {
			return errs.New(errs.NotFound, "duplicate.no_pair", "id", id)
		}
		if p.Status != decision {
			var by any
			at := s.now()
			if a := auth.From(ctx); a != nil && decision != pairOpen {
				by = a.StaffID
			}
			if decision == pairOpen {
				at = 0
			}
			ok, err := s.store.decide(ctx, id, p.Status, decision, by, at)
			if err != nil {
				return err
			}
			if !ok {
				return errs.New(errs.Conflict, "duplicate.decided_meanwhile")
			}
			if err := s.Audit.Append(ctx, audit.Entry{Action: "duplicate.decide", ObjectType: "duplicate", ObjectID: itoa(id),
				Before: map[string]any{"status": p.Status}, After: map[string]any{"status": decision, "a_id": p.A, "b_id": p.B}}); err != nil {
				return err
			}
			// Only "different" can be learned from: "later" says nothing, and what is
			// open again is taken back.
			if decision == pairDifferent {
				err = s.note(ctx, p.A, p.B, false)
			} else {
				err = s.store.takeDecision(ctx, p.A, p.B)
			}
			if err != nil {
				return err
			}
			p.Status, p.DecidedAt = decision, at
		}
		out, err = s.pairs(ctx, []pairRow{p})
		return err
	})
	if err != nil {
		return Pair{}, err
	}
	if len(out) == 0 {
		return Pair{}, errs.New(errs.NotFound, "duplicate.no_pair", "id", id)
	}
	return out[0], nil
}

// Summary says how much work waits.
type Summary struct {
	Open      int64  `json:"open"`
	Sure      int64  `json:"sure" doc:"Open with a score of at least 0.9"`
	Certain   int64  `json:"certain" doc:"Open with a score of at least 0.99"`
	Later     int64  `json:"later"`
	ScannedAt *int64 `json:"scanned_at" doc:"unix ms; null before the first scan"`
}

// Overview counts the pairs of the whole base.
func (s *Service) Overview(ctx context.Context) (Summary, error) {
	var v Summary
	open, err := s.store.bands(ctx, pairOpen, []int64{0, 900_000, 990_000})
	if err != nil {
		return v, err
	}
	later, err := s.store.bands(ctx, pairLater, []int64{0})
	if err != nil {
		return v, err
	}
	v.Open, v.Sure, v.Certain, v.Later = open[0], open[1], open[2], later[0]
	w, err := s.store.weights(ctx)
	if w.at != 0 {
		v.ScannedAt = &w.at
	}
	return v, err
}

// StartScan starts a scan of the whole base, unless one is under way.
func (s *Service) StartScan(ctx context.Context) (JobStarted, error) {
	if err := auth.Require(ctx, PermMerge); err != nil {
		return JobStarted{}, err
	}
	var v JobStarted
	err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
		if v.JobID, err = s.Jobs.Enqueue(ctx, ScanArgs{}, jobs.EnqueueOpts{}); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "duplicate.scan", ObjectType: "duplicate", ObjectID: "all"})
	})
	return v, err
}

// JobStarted is a job that works in the background.
type JobStarted struct {
	JobID int64 `json:"job_id"`
}

// keptWeights is of how many scans the weights are kept; only the last are used,
// the others tell how the base changed.
const keptWeights = 100

// saveWeights keeps the weights of a scan, with which the pairs can be told.
func (s *Service) saveWeights(ctx context.Context, base, used dedupe.Weights, l *lessonRow) (err error) {
	w := weightsRow{lessonID: l.ID, at: s.now()}
	if w.body, err = asJSON(base); err != nil {
		return err
	}
	if w.used, err = asJSON(used); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		id, err := s.DB.NextID(ctx, "duplicate_weights")
		if err != nil {
			return err
		}
		if err := s.store.insertWeights(ctx, id, &w, l.Same+l.Different); err != nil {
			return err
		}
		return s.store.dropWeights(ctx, id-keptWeights)
	})
}
