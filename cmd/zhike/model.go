package main

import (
	"fmt"
	"math"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"zhike/internal/model"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

func (c *cli) modelCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "model", Short: c.t("cli.model.short"), Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(c.modelFitCmd(), c.modelChurnCmd(), c.modelRefitCmd(), c.modelListCmd(), c.modelUseCmd(), c.modelSimilarCmd())
	return cmd
}

// modelOutcome is what `zhike model fit --json` prints; other programs rely on it.
type modelOutcome struct {
	Customers  int64          `json:"customers"`
	BGNBD      bgnbdOutcome   `json:"bgnbd"`
	GammaGamma *gammaOutcome  `json:"gamma_gamma"` // null where no repeat purchase was worth anything
	Holdout    holdoutOutcome `json:"holdout"`
	Warnings   []model.Note   `json:"warnings,omitempty"`
	Details    *modelDetails  `json:"details,omitempty"`
}

type bgnbdOutcome struct {
	model.BGNBD
	LogLikelihood float64 `json:"log_likelihood"`
}

type gammaOutcome struct {
	model.GammaGamma
	LogLikelihood float64 `json:"log_likelihood"`
}

type holdoutOutcome struct {
	Actual   int64   `json:"actual"`
	Expected float64 `json:"expected"`
}

// modelDetails is what --details adds.
type modelDetails struct {
	Rows    int64        `json:"rows"`
	Guests  int64        `json:"rows_without_customer"`
	Returns int64        `json:"rows_below_zero"`
	Study   *model.Study `json:"study"`
	Seconds modelSeconds `json:"seconds"`
}

// modelSeconds is the time that was needed, by the clock.
type modelSeconds struct {
	Read float64 `json:"read"` // the file, to histories
	Fit  float64 `json:"fit"`  // both models, and the holdout
}

func (c *cli) modelFitCmd() *cobra.Command {
	var in orderFile
	var until, unit string
	var details bool
	cmd := &cobra.Command{
		Use: "fit", Short: c.t("cli.model.fit.short"), Long: c.t("cli.model.fit.long"), Args: args(cobra.NoArgs),
		Example: "  zhike model fit --orders orders.csv --customer 买家 --date 付款时间 --amount 实付金额 --calibrate-until 2026-06-30\n" +
			"  zhike model fit --orders CDNOW_sample.txt --customer 1 --date 3 --amount 5 --calibrate-until 1997-09-30 --unit week --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			e := errs.New(errs.Invalid, "model.flags")
			for flag, value := range map[string]string{"orders": in.path, "customer": in.customer, "date": in.date, "amount": in.amount} {
				if value == "" {
					e.WithField("--"+flag, "model.flag_missing")
				}
			}
			if err := e.OrNil(); err != nil {
				return err
			}
			u, err := model.ParseUnit(unit)
			if err != nil {
				return err
			}
			var end clock.Day
			if until != "" {
				if end, err = clock.ParseDay(until); err != nil {
					return errs.Wrap(err, errs.Invalid, "cli.as_of", "value", until)
				}
			}
			return c.fitModel(cmd, in, end, u, details)
		},
	}
	cmd.Flags().StringVar(&in.path, "orders", "", c.t("cli.model.flag.orders"))
	cmd.Flags().StringVar(&in.customer, "customer", "", c.t("cli.model.flag.customer"))
	cmd.Flags().StringVar(&in.date, "date", "", c.t("cli.model.flag.date"))
	cmd.Flags().StringVar(&in.amount, "amount", "", c.t("cli.model.flag.amount"))
	cmd.Flags().StringVar(&until, "calibrate-until", "", c.t("cli.model.flag.until"))
	cmd.Flags().StringVar(&unit, "unit", string(model.Weekly), c.t("cli.model.flag.unit"))
	cmd.Flags().BoolVar(&details, "details", false, c.t("cli.model.flag.details"))
	return cmd
}

func (c *cli) fitModel(cmd *cobra.Command, in orderFile, end clock.Day, unit model.Unit, details bool) error {
	ctx := cmd.Context()
	started := clock.System{}.Now()
	b := c.newBar(c.t("cli.model.progress.read"))
	read, err := in.read(ctx, end, started, b.set)
	b.end()
	if err != nil {
		return err
	}
	period, err := read.ledger.Period(unit, 0)
	if err != nil {
		return err
	}
	histories := read.ledger.Histories(period)
	ready := clock.System{}.Now()
	study, err := model.NewStudy(ctx, histories, period)
	if err != nil {
		return err
	}
	d := modelDetails{Rows: read.rows, Guests: read.guests, Study: study}
	d.Returns, _ = read.ledger.Returns()
	d.Seconds = modelSeconds{ready.Sub(started).Seconds(), clock.System{}.Now().Sub(ready).Seconds()}
	out := modelOutcome{Customers: study.Customers, BGNBD: bgnbdOutcome{study.Orders, study.OrdersFit.LogLikelihood}, Warnings: study.Notes()}
	if study.Values != nil {
		out.GammaGamma = &gammaOutcome{*study.Values, study.ValuesFit.LogLikelihood}
	}
	if h := study.Holdout; h != nil {
		out.Holdout = holdoutOutcome{h.Actual, h.Expected}
	}
	if details {
		out.Details = &d
	}
	return c.print(out, func(w writer) { c.printModel(w, out, d) })
}

// printModel tells what was found, how sure that is, and what it was worth.
func (c *cli) printModel(w writer, out modelOutcome, d modelDetails) {
	n := i18n.Number
	s := d.Study
	fmt.Fprintln(w, c.t("cli.model.fit.head", "customers", n(out.Customers), "repeaters", n(s.Repeaters), "rows", n(d.Rows), "end", s.Period.End.String(), "until", s.Period.Until.String()))
	if d.Guests > 0 {
		fmt.Fprintln(w, c.t("cli.model.fit.guests", "rows", n(d.Guests)))
	}
	if d.Returns > 0 {
		fmt.Fprintln(w, c.t("cli.model.fit.returns", "rows", n(d.Returns)))
	}
	fmt.Fprintln(w)
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	row := func(name string, value float64, fit *model.Fit) {
		text := fmt.Sprintf("  %s\t%.4g", name, value)
		if e, ok := fit.StdErr[name]; ok {
			text += fmt.Sprintf("\t± %.2g", e)
		}
		fmt.Fprintln(tw, text)
	}
	// i18n-keys: cli.model.unit.*
	fmt.Fprintln(tw, c.t("cli.model.fit.bgnbd", "unit", c.t("cli.model.unit."+string(s.Period.Unit)), "likelihood", fmt.Sprintf("%.1f", out.BGNBD.LogLikelihood)))
	row("r", s.Orders.R, &s.OrdersFit)
	row("alpha", s.Orders.Alpha, &s.OrdersFit)
	row("a", s.Orders.A, &s.OrdersFit)
	row("b", s.Orders.B, &s.OrdersFit)
	fmt.Fprintln(tw, c.found(&s.OrdersFit))
	if g := s.Values; g != nil {
		fmt.Fprintln(tw, c.t("cli.model.fit.gamma", "likelihood", fmt.Sprintf("%.1f", s.ValuesFit.LogLikelihood)))
		row("p", g.P, s.ValuesFit)
		row("q", g.Q, s.ValuesFit)
		row("v", g.V, s.ValuesFit)
		fmt.Fprintln(tw, c.found(s.ValuesFit))
		if mean := g.Mean(); !math.IsInf(mean, 1) {
			fmt.Fprintln(tw, c.t("cli.model.fit.mean", "mean", i18n.Decimal(mean, 2), "observed", i18n.Decimal(s.Average, 2), "correlation", i18n.Decimal(s.Independence, 2)))
		}
	}
	_ = tw.Flush()
	if s.Holdout != nil {
		c.printHoldout(w, s)
	}
	c.printNotes(w, out.Warnings)
}

func (c *cli) found(f *model.Fit) string {
	return c.t("cli.model.fit.found", "converged", f.Converged, "starts", len(f.Starts), "evaluations", f.Evaluations)
}

func (c *cli) printHoldout(w writer, s *model.Study) {
	h := s.Holdout
	fmt.Fprintln(w)
	fmt.Fprintln(w, c.t("cli.model.fit.holdout", "actual", i18n.Number(h.Actual), "expected", i18n.Decimal(h.Expected, 1), "until", s.Period.Until.String(),
		"buyers", i18n.Number(h.Buyers), "correlation", i18n.Decimal(h.Correlation, 2), "mae", i18n.Decimal(h.MAE, 2)))
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	line := func(name string, b model.Bin) {
		fmt.Fprintf(tw, "  %s\t%s\t%.3f\t%.3f\t\n", name, i18n.Number(b.Customers), b.Actual, b.Expected)
	}
	fmt.Fprintln(tw, "  "+c.t("cli.model.fit.decile")+"\t"+c.t("cli.model.fit.customers")+"\t"+c.t("cli.model.fit.actual")+"\t"+c.t("cli.model.fit.expected")+"\t")
	for i, b := range h.ByDecile {
		line(fmt.Sprint(i+1), b)
	}
	_ = tw.Flush()
	tw = tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "  "+c.t("cli.model.fit.repeats")+"\t"+c.t("cli.model.fit.customers")+"\t"+c.t("cli.model.fit.actual")+"\t"+c.t("cli.model.fit.expected")+"\t")
	for _, b := range h.ByRepeat {
		name := fmt.Sprint(b.From)
		if b.To > b.From {
			name = fmt.Sprintf("%v–%v", b.From, b.To)
		}
		line(name, b)
	}
	_ = tw.Flush()
}

// printNotes says what speaks against trusting the result.
func (c *cli) printNotes(w writer, notes []model.Note) {
	for i, n := range notes {
		if i == 0 {
			fmt.Fprintln(w)
		}
		// i18n-keys: model.note.*
		params := i18n.Params{}
		for k, v := range n.Params {
			if f, ok := v.(float64); ok {
				v = i18n.Decimal(f, 2)
			}
			params[k] = v
		}
		fmt.Fprintln(w, i18n.T(c.locale, "model.note."+n.Code, params))
	}
}
