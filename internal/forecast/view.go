package forecast

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"

	"zhike/internal/field"
	"zhike/internal/model"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
)

// Model is one fit of a kind as pages and commands show it.
type Model struct {
	ID          int64     `json:"id"`
	Kind        Kind      `json:"kind" enum:"purchases,churn"`
	Version     int       `json:"version"`
	Status      Status    `json:"status" enum:"waiting,running,in_use,retired,held,discarded,failed,cancelled"`
	AsOf        clock.Day `json:"as_of" doc:"Last day of the facts; 1970-01-01 until fitted"`
	Customers   int64     `json:"customers" doc:"It was fitted on; 0 until fitted"`
	Doubts      []string  `json:"doubts" doc:"Why it is held, in words"`
	ErrorCode   string    `json:"error_code" doc:"Why it failed"`
	Error       string    `json:"error" doc:"The same in words"`
	JobID       *int64    `json:"job_id" doc:"null where a command fitted it"`
	CreatedBy   int64     `json:"created_by" doc:"Staff id; 0 for the program"`
	CreatedName string    `json:"created_by_name" doc:"\"\" where nobody of that id is known"`
	CreatedAt   int64     `json:"created_at" doc:"Unix milliseconds"`
	FinishedAt  int64     `json:"finished_at" doc:"Unix milliseconds; 0 before"`
	DecidedName string    `json:"decided_by_name" doc:"Who put a held one in use or discarded it"`
	DecidedAt   int64     `json:"decided_at" doc:"Unix milliseconds; 0 where nobody did"`
	Quality     *Quality  `json:"quality" doc:"What it is worth on what it has not seen; null until fitted, and where there was too little to test it on"`
}

// Quality is what a model is worth on days or customers that it has not seen.
type Quality struct {
	// Of purchases.
	Actual      *int64   `json:"actual" doc:"Of purchases: orders in the holdout"`
	Expected    *float64 `json:"expected" doc:"Of purchases: orders that were forecast for it"`
	Correlation *float64 `json:"correlation" doc:"Of purchases: between the two, over customers"`
	Deviance    *float64 `json:"deviance" doc:"Of purchases: mean Poisson deviance of a customer's orders; the less the better"`
	// Of churn.
	AUC       *float64 `json:"auc" doc:"Of churn: how often somebody who left is put before somebody who did not"`
	AUCLow    *float64 `json:"auc_low" doc:"Lower bound of 95 %"`
	AUCHigh   *float64 `json:"auc_high"`
	Brier     *float64 `json:"brier" doc:"Of churn: mean squared error of the probability; the less the better"`
	BrierBase *float64 `json:"brier_base" doc:"That of saying the share of those who left for everybody"`
	ECE       *float64 `json:"ece" doc:"Of churn: mean distance of predicted and actual share over deciles"`
	Before    *float64 `json:"before" doc:"Of purchases: deviance of the model that was in use, on the same days; null where there was none"`
}

// Detail is a model with everything that it found.
type Detail struct {
	Model
	Settings Settings `json:"settings" doc:"As they were when it was fitted"`
	// From and Until bound the holdout.
	HoldoutFrom  *clock.Day  `json:"holdout_from" doc:"First day of the holdout; null without one"`
	HoldoutUntil *clock.Day  `json:"holdout_until"`
	Words        []string    `json:"words" doc:"What the parameters or coefficients mean, in words"`
	Notes        []string    `json:"notes" doc:"What speaks against trusting it, in words"`
	Deciles      []Decile    `json:"deciles" doc:"Tenths of the customers by what was forecast, lowest first"`
	Parameters   []Parameter `json:"parameters" doc:"Of purchases: as the literature writes them, times in weeks, money in yuan"`
	Starts       *Starts     `json:"starts" doc:"Of purchases: how the fit on everything was found"`
	Positives    int         `json:"positives" doc:"Of churn: customers who left"`
	LeftOut      int64       `json:"left_out" doc:"Of churn: customers without a label"`
	Fields       []UsedField `json:"fields" doc:"Of churn: what was learned from"`
}

// Decile is a tenth of the customers.
type Decile struct {
	Customers int64   `json:"customers"`
	Expected  float64 `json:"expected" doc:"Orders of a customer, or share that leaves"`
	Actual    float64 `json:"actual"`
}

// Parameter is one number of a model.
type Parameter struct {
	Name   string   `json:"name"`
	Value  float64  `json:"value"`
	StdErr *float64 `json:"std_err" doc:"null where the likelihood is flat"`
}

// Starts is how a maximum was found.
type Starts struct {
	Count         int     `json:"count"`
	Converged     int     `json:"converged"`
	Spread        float64 `json:"spread" doc:"Of the log-likelihood between those that converged"`
	LogLikelihood float64 `json:"log_likelihood"`
	Evaluations   int     `json:"evaluations"`
}

// UsedField is a field that a churn model was offered.
type UsedField struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Missing int    `json:"missing" doc:"Customers without a value"`
	Ignored string `json:"ignored" enum:",constant,unique,empty" doc:"Why it says nothing"`
}

// view names the people of a model.
func (s *Service) view(ctx context.Context, r *row) (Model, error) {
	list, err := s.views(ctx, []*row{r})
	if err != nil {
		return Model{}, err
	}
	return list[0], nil
}

func (s *Service) views(ctx context.Context, rows []*row) ([]Model, error) {
	locale := web.Locale(ctx)
	names := map[int64]string{}
	if s.Names != nil && len(rows) > 0 {
		var ids []int64
		for _, r := range rows {
			ids = append(ids, r.CreatedBy, r.DecidedBy)
		}
		var err error
		if names, err = s.Names(ctx, ids); err != nil {
			return nil, err
		}
	}
	out := make([]Model, len(rows))
	for i, r := range rows {
		m := Model{
			ID: r.ID, Kind: r.Kind, Version: r.Version, Status: r.Status, AsOf: r.AsOf, Customers: r.Customers, Doubts: []string{},
			ErrorCode: r.ErrorCode, CreatedBy: r.CreatedBy, CreatedName: names[r.CreatedBy], CreatedAt: r.CreatedAt, FinishedAt: r.FinishedAt,
			DecidedName: names[r.DecidedBy], DecidedAt: r.DecidedAt, Quality: r.quality(),
		}
		if r.JobID != 0 {
			m.JobID = &r.JobID
		}
		if r.ErrorCode != "" { // i18n-keys: errors.*
			m.Error = i18n.T(locale, "errors."+r.ErrorCode, nil)
		}
		for _, n := range r.Doubts { // i18n-keys: forecast.doubt.*
			m.Doubts = append(m.Doubts, i18n.T(locale, "forecast.doubt."+n.Code, decimals(n.Params)))
		}
		out[i] = m
	}
	return out, nil
}

func (r *row) quality() *Quality {
	if r.Body == nil {
		return nil
	}
	q := &Quality{}
	if h := r.Body.holdout(); h != nil {
		q.Actual, q.Expected, q.Correlation, q.Deviance, q.Before = &h.Actual, &h.Expected, &h.Correlation, &r.Body.Deviance, r.Body.Before
		return q
	}
	if v := r.Body.Validation; v != nil {
		q.AUC, q.AUCLow, q.AUCHigh, q.Brier, q.BrierBase, q.ECE = &v.AUC, &v.AUCLow, &v.AUCHigh, &v.Brier, &v.BrierBase, &v.ECE
		return q
	}
	return nil
}

// decimals writes numbers of a note as people read them.
func decimals(params map[string]any) i18n.Params {
	out := i18n.Params{}
	for k, v := range params {
		out[k] = v
		if f, ok := v.(float64); ok {
			if f == math.Trunc(f) && math.Abs(f) < 1e15 {
				out[k] = i18n.Number(int64(f))
			} else {
				out[k] = i18n.Decimal(f, 3)
			}
		}
	}
	return out
}

// Detail reads a model with everything. Error: forecast.no_such_model.
func (s *Service) Detail(ctx context.Context, id int64) (Detail, error) {
	r, err := s.store.model(ctx, id)
	if err != nil {
		return Detail{}, err
	}
	m, err := s.view(ctx, r)
	out := Detail{Model: m, Settings: r.Settings, Words: []string{}, Notes: []string{}, Deciles: []Decile{}, Parameters: []Parameter{}, Fields: []UsedField{}}
	if err != nil || r.Body == nil {
		return out, err
	}
	locale := web.Locale(ctx)
	for _, n := range r.Body.notes() { // i18n-keys: model.note.*
		out.Notes = append(out.Notes, i18n.T(locale, "model.note."+n.Code, decimals(n.Params)))
	}
	if r.Kind == Churn {
		return out, s.tellChurn(ctx, r.Body, locale, &out)
	}
	r.Body.tellPurchases(locale, &out)
	return out, nil
}

func (b *body) tellPurchases(locale string, out *Detail) {
	if h := b.holdout(); h != nil {
		from, until := b.Tested.Period.End+1, b.Tested.Period.Until
		out.HoldoutFrom, out.HoldoutUntil = &from, &until
		for _, d := range h.ByDecile {
			out.Deciles = append(out.Deciles, Decile{d.Customers, d.Expected, d.Actual})
		}
	}
	st := b.Whole
	if st == nil {
		return
	}
	m := st.Orders
	add := func(f *model.Fit, name string, v float64) {
		p := Parameter{Name: name, Value: v}
		if e, ok := f.StdErr[name]; ok {
			p.StdErr = &e
		}
		out.Parameters = append(out.Parameters, p)
	}
	for _, p := range []struct {
		name string
		v    float64
	}{{"r", m.R}, {"alpha", m.Alpha}, {"a", m.A}, {"b", m.B}} {
		add(&st.OrdersFit, p.name, p.v)
	}
	if v := st.Values; v != nil {
		add(st.ValuesFit, "p", v.P)
		add(st.ValuesFit, "q", v.Q)
		add(st.ValuesFit, "v", v.V)
	}
	out.Starts = &Starts{len(st.OrdersFit.Starts), st.OrdersFit.Converged, st.OrdersFit.Spread, st.OrdersFit.LogLikelihood, st.OrdersFit.Evaluations}
	say := func(key string, p i18n.Params) { out.Words = append(out.Words, i18n.T(locale, key, p)) }
	// i18n-keys: forecast.word.*
	year := 365.25 / st.Period.Unit.Days()
	// The rates of customers are Gamma(r, alpha).
	rate := func(q float64) string { return i18n.Decimal(mathext.GammaIncRegInv(m.R, q)/m.Alpha*year, 1) }
	say("forecast.word.rate", i18n.Params{"orders": i18n.Decimal(m.R/m.Alpha*year, 1), "low": rate(0.25), "high": rate(0.75)})
	say("forecast.word.leave", i18n.Params{"share": i18n.Percent(m.A/(m.A+m.B), 1)})
	say("forecast.word.new", i18n.Params{"orders": i18n.Decimal(m.New(year), 2)})
	if v := st.Values; v != nil {
		mean := v.Mean()
		if math.IsInf(mean, 1) {
			mean = st.Average
		}
		say("forecast.word.value", i18n.Params{"mean": i18n.Money(int64(math.RoundToEven(mean * 100)))})
		say("forecast.word.shrink", i18n.Params{"weight": i18n.Percent(v.P*2/(v.P*2+max(0, v.Q-1)), 0)})
	}
}

func (s *Service) tellChurn(ctx context.Context, b *body, locale string, out *Detail) error {
	defs, err := s.Fields.Definitions(ctx)
	if err != nil {
		return err
	}
	name := func(code string) string {
		if d := defs.Code(code); d != nil {
			return d.Name.In(locale)
		}
		return code
	}
	if m := b.Learned; m != nil {
		out.Positives, out.LeftOut = m.Positives, b.LeftOut
		for _, f := range m.Fields {
			out.Fields = append(out.Fields, UsedField{f.Name, name(f.Name), f.Missing, f.Ignored})
		}
		for _, e := range m.Effects() {
			out.Words = append(out.Words, effectText(e, defs, locale))
		}
	}
	if v := b.Validation; v != nil {
		for _, d := range v.Calibration {
			out.Deciles = append(out.Deciles, Decile{int64(d.Customers), d.Predicted, d.Actual})
		}
	}
	return nil
}

// effectText tells a coefficient by the labels of the company.
func effectText(e model.Effect, defs *field.Set, locale string) string {
	d := defs.Code(e.Field)
	label := func(word string) string {
		if word == "" {
			return i18n.T(locale, "forecast.word.missing", nil)
		}
		if d != nil {
			if o := d.Option(word); o != nil {
				return o.Label.In(locale)
			}
		}
		return word
	}
	if d != nil {
		e.Field = d.Name.In(locale)
	}
	n := e.Phrase()
	p := i18n.Params{}
	for k, v := range n.Params {
		p[k] = v
		switch f, ok := v.(float64); {
		case k == "step":
			p[k] = fmt.Sprintf("%g", v)
		case ok:
			p[k] = i18n.Decimal(f, 2)
		case k == "word" || k == "base":
			p[k] = label(v.(string))
		}
	}
	// i18n-keys: model.effect.*
	return i18n.T(locale, "model.effect."+n.Code, p)
}
