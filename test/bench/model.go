package main

import (
	"encoding/json"

	"zhike/internal/demo"
)

// measureModels fits the models on the file of orders, calibrated up to half a
// year before its end. No database is in it; it runs once for each engine.
func (p *program) measureModels(m measuring, file string) error {
	end := (demo.BenchAsOf - 182).String()
	r, err := p.run("model", "fit", "--orders", file, "--customer", "会员编号", "--date", "付款时间", "--amount", "实付金额",
		"--calibrate-until", end, "--unit", "day", "--json", "--details")
	if err != nil {
		return err
	}
	var out struct {
		Details struct {
			Seconds struct{ Read, Fit float64 }
		}
	}
	if err := json.Unmarshal(r.out, &out); err != nil {
		return err
	}
	m.add("models: orders file to (x, t_x, T), s", "%.1f", out.Details.Seconds.Read)
	m.add("models: BG/NBD and Gamma-Gamma fitted and tested, s (≤ 30)", "%.1f", out.Details.Seconds.Fit)
	m.add("models: peak memory, MiB", "%.0f", r.peakMiB)
	return nil
}

// refitModels fits the company's own models on the orders of the database, twice
// each: for the test on the holdout and on everything.
func (p *program) refitModels(m measuring) error {
	r, err := p.run("model", "refit", "--as-of", demo.BenchAsOf.String(), "--json")
	if err != nil {
		return err
	}
	m.add("models: the company's own refitted from the database, s", "%.1f", r.wall.Seconds())
	m.add("models: the same, peak memory, MiB", "%.0f", r.peakMiB)
	return nil
}
