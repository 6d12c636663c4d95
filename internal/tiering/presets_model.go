package tiering

// modelPresets go by the company's models alone: CLV for value, the probability
// of being alive, or of the company's own churn label, for loyalty. Bounds are
// examples to change. Whom a model does not cover gets the level that claims
// least, and is told so.
func modelPresets() []*Scheme {
	value := shippedRules()
	value.Code, value.Name = "value-clv", zh("scheme.value-clv")
	value.Model = &Bands{Figure: MetricCLV, Cuts: []float64{5000, 1000}, Uncovered: value.Levels[len(value.Levels)-1].Code}
	alive := shippedLoyalty()
	alive.Code, alive.Name = "loyalty-alive", zh("scheme.loyalty-alive")
	alive.Model = &Bands{Figure: MetricAlive, Cuts: []float64{0.8, 0.3}, Uncovered: "general"}
	churn := shippedLoyalty()
	churn.Code, churn.Name = "loyalty-churn", zh("scheme.loyalty-churn")
	churn.Model = &Bands{Figure: MetricChurn, Cuts: []float64{0.1, 0.5}, Uncovered: "general"}
	list := []*Scheme{value, alive, churn}
	for _, s := range list {
		s.Method, s.Rules, s.Horizon = MethodModel, nil, &Horizon{Months: 12, Discount: 0.1}
	}
	return list
}
