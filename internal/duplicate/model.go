package duplicate

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"zhike/internal/dedupe"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// ModelLevel is what one degree of agreement is worth.
type ModelLevel struct {
	Level    dedupe.Level `json:"level"`
	M        float64      `json:"m" doc:"Share of pairs that are one customer that agree so"`
	U        float64      `json:"u" doc:"Share of pairs of two customers that agree so"`
	Bits     float64      `json:"bits" doc:"log2(m/u): above zero it speaks for one customer"`
	Shipped  float64      `json:"shipped_bits" doc:"As the program was shipped"`
	Base     float64      `json:"base_bits" doc:"As fitted to the base, without decisions"`
	Proposed *float64     `json:"proposed_bits" doc:"As the proposal would make it; null without one"`
	// Same and Different count the decisions that it was learned from.
	Same      int64 `json:"same" doc:"Decided pairs of one customer that agree so"`
	Different int64 `json:"different" doc:"Decided pairs of two customers that agree so"`
	// Two values that agree so.
	ExampleA string `json:"example_a"`
	ExampleB string `json:"example_b"`
}

// ModelField are the levels of a field, in order.
type ModelField struct {
	Field  dedupe.Field `json:"field"`
	Hashed bool         `json:"hashed" doc:"Compared by a keyed hash: equal or not"`
	Levels []ModelLevel `json:"levels"`
}

// ModelBand is the open pairs with a score of From up to To.
type ModelBand struct {
	From  float64 `json:"from"`
	To    float64 `json:"to"`
	Pairs int64   `json:"pairs"`
	Right int64   `json:"right" doc:"How many of them are one customer if the scores are true: their sum"`
}

// Lesson is a version of what was learned from decisions.
type Lesson struct {
	ID            int64  `json:"id"`
	Status        string `json:"status" enum:"proposed,active,former"`
	Same          int64  `json:"same"`
	Different     int64  `json:"different"`
	LearnedAt     int64  `json:"learned_at" doc:"unix ms"`
	LearnedByName string `json:"learned_by_name"`
	AppliedAt     *int64 `json:"applied_at" doc:"unix ms"`
	AppliedByName string `json:"applied_by_name"`
	Report        Report `json:"report"`
}

// Model is the weights by which pairs are scored, for reading.
type Model struct {
	Fields     []ModelField `json:"fields"`
	Threshold  float64      `json:"threshold" doc:"Score from which the program itself is sure"`
	Review     float64      `json:"review_from" doc:"Score from which a pair is shown to people"`
	Duplicates float64      `json:"duplicates" doc:"How many others each record has on average"`
	Households float64      `json:"households" doc:"How many others share home, phone or office with each record"`
	Records    int64        `json:"records" doc:"Records that the weights were fitted to; of the shipped ones an assumption"`
	FittedAt   *int64       `json:"fitted_at" doc:"unix ms; null before the first scan: the weights are the shipped ones"`
	Bands      []ModelBand  `json:"bands" doc:"Open pairs by score, the highest first"`
	// Decisions that there are to learn from, and how many are needed.
	Same      int64   `json:"same"`
	Different int64   `json:"different"`
	NeedAll   int64   `json:"need_all"`
	NeedEach  int64   `json:"need_each"`
	Active    *Lesson `json:"active"`
	Proposed  *Lesson `json:"proposed"`
	// Stale: what is in use is not what the pairs were scored by; a scan is due.
	Stale bool `json:"stale" doc:"The pairs were scored before the last change of the weights"`
}

// inUse are the weights of the last scan.
type inUse struct {
	base, used dedupe.Weights
	lessonID   int64
	at         int64
}

func (s *Service) newest(ctx context.Context) (inUse, error) {
	w := inUse{base: dedupe.Shipped(), used: dedupe.Shipped()}
	r, err := s.store.weights(ctx)
	if err != nil || r.body == "" {
		return w, err
	}
	base, err := dedupe.ReadWeights(strings.NewReader(r.body))
	if err != nil {
		return w, nil //nolint:nilerr // weights of an older program: the shipped ones serve
	}
	used, err := dedupe.ReadWeights(strings.NewReader(r.used))
	if err != nil {
		return w, nil //nolint:nilerr // as above
	}
	return inUse{base: base, used: used, lessonID: r.lessonID, at: r.at}, nil
}

// used are the weights by which the pairs were scored.
func (s *Service) used(ctx context.Context) (dedupe.Weights, error) {
	w, err := s.newest(ctx)
	return w.used, err
}

// Model tells the weights in use field by field.
func (s *Service) Model(ctx context.Context) (v Model, err error) {
	w, err := s.newest(ctx)
	if err != nil {
		return v, err
	}
	active, err := s.store.lessonOf(ctx, lessonActive)
	if err != nil {
		return v, err
	}
	proposed, err := s.store.lessonOf(ctx, lessonProposed)
	if err != nil {
		return v, err
	}
	now, err := taught(w.base, active.Tally)
	if err != nil {
		return v, err
	}
	var then *dedupe.Weights
	if proposed.ID != 0 {
		t, err := taught(w.base, proposed.Tally)
		if err != nil {
			return v, err
		}
		then = &t
	}
	var t dedupe.Tally
	if active.ID != 0 {
		_ = json.Unmarshal([]byte(active.Tally), &t) // of another program: nothing to count
	}
	v = Model{Fields: modelFields(&now, &w.base, then, &t), Threshold: now.Threshold, Review: reviewFrom,
		Duplicates: now.Duplicates, Households: now.Households, Records: now.Records, NeedAll: needAll, NeedEach: needEach,
		Stale: w.lessonID != active.ID}
	if w.at != 0 {
		v.FittedAt = &w.at
	}
	if v.Same, v.Different, err = s.store.decided(ctx); err != nil {
		return v, err
	}
	if v.Bands, err = s.modelBands(ctx); err != nil {
		return v, err
	}
	var some []lessonRow
	for _, l := range []lessonRow{active, proposed} {
		if l.ID != 0 {
			some = append(some, l)
		}
	}
	views, err := s.lessons(ctx, some)
	for i := range views {
		if views[i].Status == lessonActive {
			v.Active = &views[i]
		} else {
			v.Proposed = &views[i]
		}
	}
	return v, err
}

// modelBands counts the open pairs from certain to doubtful.
func (s *Service) modelBands(ctx context.Context) ([]ModelBand, error) {
	bounds := []int64{990_000, 900_000, 700_000, 500_000}
	bands, err := s.store.scoreBands(ctx, bounds)
	if err != nil {
		return nil, err
	}
	out, above := make([]ModelBand, len(bands)), 1.0
	for i, b := range bands {
		from := float64(bounds[i]) / 1e6
		out[i] = ModelBand{From: from, To: above, Pairs: b.pairs, Right: int64(math.Round(float64(b.score) / 1e6))}
		above = from
	}
	return out, nil
}

// modelFields are the fields that customers are compared by.
func modelFields(now, base, then *dedupe.Weights, t *dedupe.Tally) []ModelField {
	shipped := dedupe.Shipped()
	hashed := map[dedupe.Field]bool{}
	for _, f := range contactFields {
		hashed[f] = true
	}
	bits := func(w *dedupe.Weights, f dedupe.Field, l dedupe.Level) float64 {
		for i := range w.Fields {
			if w.Fields[i].Field != f {
				continue
			}
			for _, at := range w.Fields[i].Levels {
				if at.Level == l {
					return at.Bits
				}
			}
		}
		return 0
	}
	out := make([]ModelField, 0, len(scanFields))
	for _, f := range scanFields {
		at := slices.IndexFunc(now.Fields, func(w dedupe.FieldWeights) bool { return w.Field == f })
		if at < 0 {
			continue
		}
		v := ModelField{Field: f, Hashed: hashed[f], Levels: []ModelLevel{}}
		for _, l := range now.Fields[at].Levels {
			if v.Hashed && l.Level != dedupe.Exact && l.Level != dedupe.Differ {
				continue
			}
			m := ModelLevel{Level: l.Level, M: l.M, U: l.U, Bits: l.Bits, Shipped: bits(&shipped, f, l.Level), Base: bits(base, f, l.Level),
				Same: t.Same.Levels[f][l.Level], Different: t.Different.Levels[f][l.Level]}
			m.ExampleA, m.ExampleB, _ = dedupe.Example(f, l.Level)
			if then != nil {
				b := bits(then, f, l.Level)
				m.Proposed = &b
			}
			v.Levels = append(v.Levels, m)
		}
		out = append(out, v)
	}
	return out
}

// Lessons lists what is or was in use, the latest first.
func (s *Service) Lessons(ctx context.Context) (web.List[Lesson], error) {
	rows, err := s.store.applied(ctx, 100)
	if err != nil {
		return web.NewList[Lesson](nil), err
	}
	items, err := s.lessons(ctx, rows)
	return web.NewList(items), err
}

func (s *Service) lessons(ctx context.Context, rows []lessonRow) ([]Lesson, error) {
	var staff []int64
	for i := range rows {
		staff = append(staff, rows[i].LearnedBy, rows[i].AppliedBy)
	}
	names, err := s.Names(ctx, staff)
	if err != nil {
		return nil, err
	}
	out := make([]Lesson, len(rows))
	for i := range rows {
		l := &rows[i]
		out[i] = Lesson{ID: l.ID, Status: l.Status, Same: l.Same, Different: l.Different, LearnedAt: l.LearnedAt,
			LearnedByName: names[l.LearnedBy], AppliedByName: names[l.AppliedBy]}
		if l.AppliedAt != 0 {
			out[i].AppliedAt = &l.AppliedAt
		}
		if err := json.Unmarshal([]byte(l.Report), &out[i].Report); err != nil {
			return nil, errs.Wrap(err, errs.Internal, "internal")
		}
	}
	return out, nil
}
