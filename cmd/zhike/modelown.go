package main

import (
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"zhike/internal/forecast"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/jobs"
)

func (c *cli) modelRefitCmd() *cobra.Command {
	var kind, asOf string
	cmd := &cobra.Command{
		Use: "refit", Short: c.t("cli.model.refit.short"), Long: c.t("cli.model.refit.long"), Args: args(cobra.NoArgs),
		Example: "  zhike model refit\n  zhike model refit --kind churn --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			day, err := readDay(asOf)
			if err != nil {
				return err
			}
			ctx, a, err := c.openTold(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			b := c.newBar(c.t("cli.model.progress.fit"))
			ctx = jobs.WithReporter(ctx, func(done, total int64, _, _ string) { b.set(done, total) })
			m, err := a.Forecast.FitNow(ctx, forecast.Kind(kind), day)
			b.end()
			if err != nil {
				return err
			}
			return c.print(m, func(w writer) { c.printOwnModel(w, m) })
		},
	}
	cmd.Flags().StringVar(&kind, "kind", string(forecast.Purchases), c.t("cli.model.flag.kind"))
	cmd.Flags().StringVar(&asOf, "as-of", "", c.t("cli.model.flag.as_of"))
	return cmd
}

// i18n-keys: forecast.kind.*, forecast.status.*, forecast.quality.*

func (c *cli) printOwnModel(w writer, m forecast.Detail) {
	fmt.Fprintln(w, c.modelLine("cli.model.refit.head", m.Model))
	for _, list := range [][]string{m.Doubts, m.Notes} {
		for _, text := range list {
			fmt.Fprintln(w, "! "+text)
		}
	}
	for _, text := range m.Words {
		fmt.Fprintln(w, "  "+text)
	}
	if len(m.Deciles) == 0 {
		return
	}
	fmt.Fprintln(w, c.quality(m.Model))
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "  "+c.t("cli.model.fit.decile")+"\t"+c.t("cli.model.fit.customers")+"\t"+c.t("cli.model.fit.expected")+"\t"+c.t("cli.model.fit.actual")+"\t")
	for i, d := range m.Deciles {
		fmt.Fprintf(tw, "  %d\t%s\t%s\t%s\t\n", i+1, i18n.Number(d.Customers), i18n.Decimal(d.Expected, 3), i18n.Decimal(d.Actual, 3))
	}
	_ = tw.Flush()
}

func (c *cli) modelLine(key string, m forecast.Model) string {
	return c.t(key, "kind", c.t("forecast.kind."+string(m.Kind)), "version", m.Version, "status", c.t("forecast.status."+string(m.Status)),
		"id", m.ID, "as_of", m.AsOf.String(), "customers", i18n.Number(m.Customers), "quality", c.quality(m))
}

func (c *cli) quality(m forecast.Model) string {
	switch q := m.Quality; {
	case q == nil:
		return m.Error
	case q.Actual != nil:
		return c.t("forecast.quality.purchases", "actual", i18n.Number(*q.Actual), "expected", i18n.Decimal(*q.Expected, 1))
	default:
		return c.t("forecast.quality.churn", "auc", i18n.Decimal(*q.AUC, 3), "brier", i18n.Decimal(*q.Brier, 3))
	}
}

// listedModels bounds the list of a kind.
const listedModels = 100

func (c *cli) modelListCmd() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: c.t("cli.model.list.short"), Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, a, err := c.openTold(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			out := []forecast.Model{}
			for _, k := range forecast.Kinds {
				list, err := a.Forecast.Versions(ctx, k, 0, listedModels)
				if err != nil {
					return err
				}
				out = append(out, list...)
			}
			return c.print(out, func(w writer) {
				if len(out) == 0 {
					fmt.Fprintln(w, c.t("cli.model.list.none"))
					return
				}
				tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
				for _, m := range out {
					fmt.Fprintln(tw, c.modelLine("cli.model.list.row", m))
				}
				_ = tw.Flush()
			})
		},
	}
}

func (c *cli) modelUseCmd() *cobra.Command {
	return &cobra.Command{
		Use: "use ID", Short: c.t("cli.model.use.short"), Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, a0 []string) error {
			id, err := strconv.ParseInt(a0[0], 10, 64)
			if err != nil || id < 1 {
				return errs.New(errs.NotFound, "forecast.no_such_model")
			}
			ctx, a, err := c.openTold(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			m, err := a.Forecast.Use(ctx, id)
			if err != nil {
				return err
			}
			return c.print(m, func(w writer) { fmt.Fprintln(w, c.modelLine("cli.model.refit.head", m)) })
		},
	}
}
