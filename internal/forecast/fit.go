package forecast

import (
	"context"

	"zhike/internal/model"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

const (
	// minSpan is of how many days with orders there must be so that some can be
	// kept for a test.
	minSpan = 60
	// mostHoldout is what is kept where nobody says how much.
	mostHoldout = 182
	// worse is by what share a fit may lose against the model in use on the same
	// holdout: two fits of the same data differ by less, a broken one by more.
	worse = 0.02
)

// found is what a fit came to.
type found struct {
	body      body
	doubts    []model.Note
	asOf      clock.Day
	customers int64
}

// fitPurchases fits BG/NBD and Gamma-Gamma on the orders up to a day, or to the
// last one with an order before it: days that have not been imported yet would
// pass for silence. before is the model in use, nil without one. Errors:
// forecast.no_orders, forecast.no_repeaters, forecast.holdout_long.
func (s *Service) fitPurchases(ctx context.Context, in Settings, upTo clock.Day, before *row) (*found, error) {
	first, last, ok, err := s.store.orderDays(ctx, upTo)
	if err != nil {
		return nil, err
	}
	if !ok || last < first {
		return nil, errs.New(errs.Invalid, "forecast.no_orders")
	}
	holdout := clock.Day(in.HoldoutDays)
	if holdout >= last-first && holdout > 0 {
		return nil, errs.New(errs.Invalid, "forecast.holdout_long", "days", int(holdout), "span", int(last-first))
	}
	if holdout == 0 && last-first >= minSpan {
		holdout = min(mostHoldout, (last-first)/4)
	}
	periods := []model.Period{{End: last, Until: last, Unit: unit}}
	if holdout > 0 {
		periods = append(periods, model.Period{End: last - holdout, Until: last, Unit: unit})
	}
	smp, err := s.histories(ctx, last, periods, func(done, parts int) error {
		// Reading is the first half of the bar.
		jobs.Report(ctx, int64(done), int64(2*parts), "items", "forecast.step.read")
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	n := int64(len(smp.ids))
	jobs.Report(ctx, n/2, n, "customers", "forecast.step.fit")
	out := &found{asOf: last, customers: n}
	if out.body.Whole, err = model.NewStudy(ctx, smp.histories[0], periods[0]); err != nil {
		return nil, told(err)
	}
	if holdout > 0 {
		jobs.Report(ctx, 3*n/4, n, "customers", "forecast.step.test")
		out.body.Tested, err = model.NewStudy(ctx, smp.histories[1], periods[1])
		switch {
		case errs.Is(err, "model.no_orders"), errs.Is(err, "model.no_repeaters"):
			out.body.Tested = nil // nothing to learn from before the holdout
		case err != nil:
			return nil, err
		default:
			out.body.Deviance = model.Deviance(smp.histories[1], periods[1], out.body.Tested.Orders)
			// Its fit on everything has seen days of this holdout, and would win by
			// that alone; its fit on calibration has not.
			if before != nil && before.Body != nil && before.Body.Tested != nil {
				d := model.Deviance(smp.histories[1], periods[1], before.Body.Tested.Orders)
				out.body.Before = &d
			}
		}
	}
	out.doubts = out.body.doubts()
	return out, nil
}

// told puts errors about a sample into words of the company's data.
func told(err error) error {
	for _, code := range []string{"no_orders", "no_repeaters"} {
		if errs.Is(err, "model."+code) {
			return errs.Wrap(err, errs.Invalid, "forecast."+code)
		}
	}
	return err
}

// doubts are what keeps a fit from coming into use by itself.
func (b *body) doubts() []model.Note {
	var out []model.Note
	add := func(where string, f *model.Fit) {
		if f == nil {
			return
		}
		for _, w := range f.Warnings {
			if w.Code == "not_converged" || w.Code == "starts_disagree" {
				out = append(out, model.Note{Code: w.Code + "_" + where, Params: w.Params})
			}
		}
	}
	for _, st := range []*model.Study{b.Whole, b.Tested} {
		if st != nil && len(out) == 0 {
			add("orders", &st.OrdersFit)
			add("values", st.ValuesFit)
		}
	}
	if h := b.holdout(); h != nil && b.Before != nil && h.Actual >= minTested && b.Deviance > *b.Before*(1+worse) {
		out = append(out, model.Note{Code: "worse", Params: map[string]any{"now": b.Deviance, "before": *b.Before}})
	}
	if b.Learned != nil && !b.Learned.Converged {
		out = append(out, model.Note{Code: "not_converged_churn"})
	}
	if v := b.Validation; v != nil {
		if v.AUCLow < 0.5 {
			out = append(out, model.Note{Code: "blind", Params: map[string]any{"auc": v.AUC}})
		}
		if b.SkillBefore != nil && skill(v) < *b.SkillBefore-worse {
			out = append(out, model.Note{Code: "worse_churn", Params: map[string]any{"now": skill(v), "before": *b.SkillBefore}})
		}
	}
	return out
}

// skill is by what share the Brier score is better than that of saying the
// share of those who left for everybody, on customers the fit has not seen. It
// can be compared where the customers are others.
func skill(v *model.Validation) float64 {
	if v.BrierBase == 0 {
		return 0
	}
	return 1 - v.Brier/v.BrierBase
}

// minTested is from how many purchases in a holdout two models can be compared.
const minTested = 100

func (b *body) holdout() *model.Holdout {
	if b.Tested == nil {
		return nil
	}
	return b.Tested.Holdout
}
