package forecast

import (
	"context"
	"math"

	"zhike/internal/field"
	"zhike/internal/model"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

const (
	churnFolds = 10
	churnSeed  = 1
)

// fitChurn learns the company's label from the fields it chose, and validates
// that on customers that each fold has not seen. before is the model in use, nil
// without one. Errors: forecast.no_label, forecast.bad_label where the field is
// gone, forecast.few_labelled, those of package model.
func (s *Service) fitChurn(ctx context.Context, in Settings, today clock.Day, before *row) (*found, error) {
	if in.Label == "" {
		return nil, errs.New(errs.Conflict, "forecast.no_label")
	}
	defs, err := s.Fields.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	label := defs.Code(in.Label)
	if label == nil || label.Option(in.Positive) == nil {
		return nil, errs.New(errs.Conflict, "forecast.bad_label")
	}
	b := newFrame(defs, in.Fields)
	var positive []bool
	leftOut := int64(0)
	err = s.eachRecord(ctx, append(b.ids(), label.ID), func(done, total int64) {
		jobs.Report(ctx, done, 2*total, "customers", "forecast.step.read")
	}, func(id int64, values map[int64]cellValue) {
		said, ok := values[label.ID]
		if !ok {
			leftOut++
			return
		}
		b.add(id, values)
		positive = append(positive, said.text == in.Positive)
	})
	if err != nil {
		return nil, err
	}
	f := b.frame()
	n := int64(f.Rows())
	out := &found{asOf: today, customers: n, body: body{LeftOut: leftOut}}
	jobs.Report(ctx, n/2, n, "customers", "forecast.step.fit")
	if out.body.Learned, err = model.Learn(ctx, f, in.Label, positive, 0); err != nil {
		return nil, toldChurn(err)
	}
	jobs.Report(ctx, 3*n/4, n, "customers", "forecast.step.test")
	if out.body.Validation, err = model.Validate(ctx, f, in.Label, positive, 0, churnFolds, churnSeed); err != nil {
		return nil, toldChurn(err)
	}
	if before != nil && before.Body != nil && before.Body.Validation != nil && before.Body.Learned.Label == in.Label {
		v := skill(before.Body.Validation)
		out.body.SkillBefore = &v
	}
	out.doubts = out.body.doubts()
	return out, nil
}

func toldChurn(err error) error {
	if errs.Is(err, "model.few_labelled") {
		e := errs.From(err)
		return errs.Wrap(err, errs.Conflict, "forecast.few_labelled", "positives", e.Params["positives"], "others", e.Params["others"], "min", e.Params["min"])
	}
	return err
}

// cellValue is what a customer has of a field.
type cellValue struct {
	num  int64
	text string
}

// eachRecord calls fn with every customer that has a value of one of the fields,
// ascending; values are used again.
func (s *Service) eachRecord(ctx context.Context, fields []int64, progress func(done, total int64), fn func(id int64, values map[int64]cellValue)) error {
	lo, hi, err := s.store.idRange(ctx)
	if err != nil || hi == 0 {
		return err
	}
	for from := lo; from <= hi; from += pieceIDs {
		if err := s.records(ctx, from, min(hi, from+pieceIDs-1), fields, fn); err != nil {
			return err
		}
		progress(min(from+pieceIDs-lo, hi-lo+1), hi-lo+1)
	}
	return nil
}

// records is eachRecord for customers between two ids.
func (s *Service) records(ctx context.Context, from, to int64, fields []int64, fn func(id int64, values map[int64]cellValue)) error {
	values := map[int64]cellValue{}
	at := int64(-1)
	flush := func() {
		if len(values) > 0 {
			fn(at, values)
			clear(values)
		}
	}
	err := s.Fields.EachBetween(ctx, from, to, fields, func(customer, fd, num int64, text string) {
		if customer != at {
			flush()
			at = customer
		}
		values[fd] = cellValue{num, text}
	})
	flush()
	return err
}

// frameBuilder makes the frame of a churn model from records. Numbers are taken
// with their decimals, money in yuan, dates as days; a choice is its code.
type frameBuilder struct {
	defs    []*field.Definition
	numbers [][]float64
	words   [][]string
	keys    []uint64
}

// newFrame leaves out fields that are gone: they count as missing then.
func newFrame(defs *field.Set, codes []string) *frameBuilder {
	b := &frameBuilder{}
	for _, code := range codes {
		if d := defs.Code(code); d != nil {
			b.defs = append(b.defs, d)
		}
	}
	b.numbers, b.words = make([][]float64, len(b.defs)), make([][]string, len(b.defs))
	return b
}

func (b *frameBuilder) ids() []int64 {
	out := make([]int64, len(b.defs))
	for i, d := range b.defs {
		out[i] = d.ID
	}
	return out
}

func (b *frameBuilder) add(id int64, values map[int64]cellValue) {
	b.keys = append(b.keys, uint64(id))
	for i, d := range b.defs {
		v, ok := values[d.ID]
		if d.Kind == field.Choice {
			b.words[i] = append(b.words[i], v.text)
			continue
		}
		x := math.NaN()
		if ok {
			x = float64(v.num) / scaleOf(d)
		}
		b.numbers[i] = append(b.numbers[i], x)
	}
}

func scaleOf(d *field.Definition) float64 {
	switch d.Kind {
	case field.Number:
		return math.Pow10(d.Scale)
	case field.Money:
		return 100
	}
	return 1
}

func (b *frameBuilder) frame() *model.Frame {
	f := &model.Frame{Keys: b.keys}
	if len(b.keys) == 0 {
		return f
	}
	for i, d := range b.defs {
		if d.Kind == field.Choice {
			f.Columns = append(f.Columns, model.WordColumn(d.Code, b.words[i]))
		} else {
			f.Columns = append(f.Columns, model.NumberColumn(d.Code, b.numbers[i]))
		}
	}
	return f
}
