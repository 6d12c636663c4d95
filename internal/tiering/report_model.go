package tiering

// modelLines tells the bands, and what becomes of those whom the model does not cover.
func (p *prose) modelLines() []string {
	b := p.scheme.Model
	if b == nil {
		return nil
	}
	name := p.metric(b.Figure)
	out := []string{p.t("model.figure."+string(b.Figure), "metric", name, "months", p.scheme.horizon().Months, "discount", trimPercent(p.scheme.horizon().Discount))}
	for k, l := range p.scheme.Levels {
		out = append(out, p.t("model.band", "level", l.Name, "metric", name,
			"band", p.scheme.bandText(k, func(v float64) string { return p.metricValue(b.Figure, v) })))
	}
	return append(out, p.t("model.uncovered", "level", p.LevelName(b.Uncovered)))
}
