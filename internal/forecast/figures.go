package forecast

import (
	"context"
	"math"

	"zhike/internal/model"
	"zhike/internal/platform/errs"
	"zhike/internal/tiering"
)

// Forecasts is what schemes go by: the figures of customers (ascending ids) as
// of a day, by the models in use. Purchases and fields are those of the day and
// of now; the parameters are those of the model whatever the day. Error:
// tier.no_model (param kind) where one is asked for that there is not.
func (s *Service) Forecasts(ctx context.Context, q tiering.ForecastQuery) (*tiering.Forecasts, error) {
	out := &tiering.Forecasts{}
	if q.Purchases {
		r, err := s.needed(ctx, Purchases)
		if err != nil {
			return nil, err
		}
		out.Models = append(out.Models, r.use())
		if err := s.forecastPurchases(ctx, q, r, out); err != nil {
			return nil, err
		}
	}
	if q.Churn {
		r, err := s.needed(ctx, Churn)
		if err != nil {
			return nil, err
		}
		out.Models = append(out.Models, r.use())
		if err := s.forecastChurn(ctx, q, r, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Ready fails with tier.no_model where a model is asked for that there is not.
func (s *Service) Ready(ctx context.Context, purchases, churn bool) error {
	for _, k := range Kinds {
		if k == Purchases && purchases || k == Churn && churn {
			if _, err := s.needed(ctx, k); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) needed(ctx context.Context, k Kind) (*row, error) {
	r, err := s.current(ctx, k)
	if errs.Is(err, "forecast.no_such_model") {
		return nil, errs.New(errs.Conflict, "tier.no_model_"+string(k))
	}
	return r, err
}

func (r *row) use() tiering.ModelUse {
	return tiering.ModelUse{Kind: string(r.Kind), ID: r.ID, Version: r.Version, AsOf: r.AsOf}
}

func unknown(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

func (s *Service) forecastPurchases(ctx context.Context, q tiering.ForecastQuery, r *row, out *tiering.Forecasts) error {
	st := *r.Body.Whole
	st.Period = model.Period{End: q.AsOf, Until: q.AsOf, Unit: unit}
	smp, err := s.histories(ctx, q.AsOf, []model.Period{st.Period}, func(int, int) error { return ctx.Err() })
	if err != nil {
		return err
	}
	list, err := st.Forecasts(ctx, smp.histories[0], q.Horizon)
	if err != nil {
		return err
	}
	n := len(q.IDs)
	out.Alive, out.Orders, out.CLV = unknown(n), unknown(n), unknown(n)
	at := 0
	for i, id := range smp.ids {
		for at < n && q.IDs[at] < id {
			at++
		}
		if at == n {
			break
		}
		if q.IDs[at] != id {
			continue
		}
		take(out, &st, at, &smp.histories[0][i], &list[i])
	}
	return nil
}

// take puts what a model says of a history at a place.
func take(out *tiering.Forecasts, st *model.Study, at int, h *model.History, f *model.Forecast) {
	// The model takes a customer with one purchase to be alive for certain.
	if h.Repeat > 0 {
		out.Alive[at] = f.Alive
	}
	out.Orders[at] = f.Orders
	if st.Values != nil {
		out.CLV[at] = float64(f.CLV)
	}
}

func (s *Service) forecastChurn(ctx context.Context, q tiering.ForecastQuery, r *row, out *tiering.Forecasts) error {
	out.Churn = unknown(len(q.IDs))
	defs, err := s.Fields.Definitions(ctx)
	if err != nil {
		return err
	}
	m := r.Body.Learned
	var fields []string
	for _, f := range m.Fields {
		fields = append(fields, f.Name)
	}
	b := newFrame(defs, fields)
	if len(b.defs) == 0 {
		return nil
	}
	var places []int
	at := 0
	err = s.eachRecord(ctx, b.ids(), func(int64, int64) {}, func(id int64, values map[int64]cellValue) {
		for at < len(q.IDs) && q.IDs[at] < id {
			at++
		}
		if at < len(q.IDs) && q.IDs[at] == id {
			b.add(id, values)
			places = append(places, at)
		}
	})
	if err != nil {
		return err
	}
	for i, p := range m.Predict(b.frame()) {
		out.Churn[places[i]] = p
	}
	return nil
}
