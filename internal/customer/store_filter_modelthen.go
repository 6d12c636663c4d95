package customer

import (
	"context"

	"zhike/internal/platform/clock"
)

// PastForecastTable has what models say as of past days, in sets: past_id is a day
// by a model. Writers tell of changes under this name.
const PastForecastTable = "customer_forecasts_past"

// PastModels works out what the company's models say of customers as of past days;
// package forecast gives it.
type PastModels interface {
	// PastFigures gives the number of the set of a day in PastForecastTable, 0 where
	// no model is in use. Where it is not there and much work it begins to be made,
	// with wait before the answer. Errors (Invalid): rule.model_working,
	// rule.model_stopped.
	PastFigures(ctx context.Context, day clock.Day, wait bool) (set int64, err error)
}

type patientKey struct{}

// Patient gives a context in which questions wait for figures of a past day that
// have to be worked out, however long that takes: for jobs and the command line.
func Patient(ctx context.Context) context.Context {
	return context.WithValue(ctx, patientKey{}, true)
}

// modelThen compiles a condition on what a model says for a past as-of day.
func (c *compiler) modelThen(m *modelFigure, n *Node, path string) (expr, error) {
	of, err := c.modelRows(m, path+".field")
	if err != nil {
		return expr{}, err
	}
	e, err := m.condition(of, n)
	if err != nil {
		err = at(path+".value", err)
	}
	return e, err
}

// modelRows are the rows of the as-of day. Errors stand at path: rule.not_as_of
// where nobody knows them, rule.churn_not_as_of, rule.model_closes where the rule
// closes days, and those of [PastModels].
func (c *compiler) modelRows(m *modelFigure, path string) (modelRows, error) {
	switch {
	case !c.past:
		return presentModels, nil
	case !m.past:
		return modelRows{}, badFilter(path, "rule.churn_not_as_of")
	case c.s.PastModels == nil:
		return modelRows{}, badFilter(path, "rule.not_as_of")
	case c.closes:
		return modelRows{}, badFilter(path, "rule.model_closes")
	}
	if c.models == nil {
		wait, _ := c.ctx.Value(patientKey{}).(bool)
		set, err := c.s.PastModels.PastFigures(c.ctx, c.asOf, wait)
		if err != nil {
			return modelRows{}, at(path, err)
		}
		c.models = &modelRows{PastForecastTable, "past_id = " + num(set)}
	}
	return *c.models, nil
}
