package main

import (
	"fmt"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/jobs"
	"zhike/internal/tiering"
)

func (c *cli) tierCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "tier", Short: c.t("cli.tier.short"), Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(c.tierRunCmd(), c.tierSchemeCmd())
	return cmd
}

// tierOutcome is what `zhike tier run --json` prints, with --dimensions a list of it;
// other programs rely on it.
type tierOutcome struct {
	Scheme    string      `json:"scheme"`
	Dimension string      `json:"dimension"`
	AsOf      clock.Day   `json:"as_of"`
	Customers int64       `json:"customers"`
	Levels    []tierLevel `json:"levels"`
	RunID     int64       `json:"run_id"`
	Version   int         `json:"version"`
	Revenue   int64       `json:"revenue_fen"`
}

type tierLevel struct {
	Code      string  `json:"code"`
	Name      string  `json:"name"`
	Customers int64   `json:"customers"`
	Revenue   int64   `json:"revenue_fen"`
	Share     float64 `json:"share"`
}

func (c *cli) tierRunCmd() *cobra.Command {
	var scheme, asOf string
	var dimensions []string
	cmd := &cobra.Command{
		Use: "run", Short: c.t("cli.tier.run.short"), Long: c.t("cli.tier.run.long"), Args: args(cobra.NoArgs),
		Example: "  zhike tier run --scheme value-rules\n  zhike tier run --scheme rfm --as-of 2026-09-30 --json\n  zhike tier run --dimensions value,need,loyalty",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(dimensions) > 0 && cmd.Flags().Changed("scheme") {
				return errs.New(errs.Invalid, "cli.tier.run.which")
			}
			day, err := readDay(asOf)
			if err != nil {
				return err
			}
			ctx, a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			b := c.newBar(c.t("cli.tier.progress"))
			ctx = jobs.WithReporter(ctx, func(done, total int64, _, _ string) { b.set(done, total) })
			if len(dimensions) == 0 {
				run, err := a.Tiering.RunNow(ctx, tiering.RunInput{Scheme: scheme, AsOf: day})
				b.end()
				if err != nil {
					return err
				}
				return c.print(c.tierOutcome(run), func(w writer) { c.printRun(w, run) })
			}
			if slices.Equal(dimensions, []string{"all"}) {
				dimensions = nil
			}
			runs, err := a.Tiering.RunDimensions(ctx, tiering.DimensionsInput{Dimensions: dimensions, AsOf: day})
			b.end()
			if err != nil {
				return err
			}
			out := make([]tierOutcome, len(runs))
			for i, r := range runs {
				out[i] = c.tierOutcome(r)
			}
			return c.print(out, func(w writer) {
				for _, r := range runs {
					c.printRun(w, r)
				}
			})
		},
	}
	cmd.Flags().StringVar(&scheme, "scheme", tiering.DefaultScheme, c.t("cli.tier.flag.scheme"))
	cmd.Flags().StringVar(&asOf, "as-of", "", c.t("cli.tier.flag.as_of"))
	cmd.Flags().StringSliceVar(&dimensions, "dimensions", nil, c.t("cli.tier.flag.dimensions"))
	return cmd
}

func (c *cli) tierOutcome(run tiering.RunDetail) tierOutcome {
	run = run.Localized(c.locale)
	out := tierOutcome{Scheme: run.Scheme, Dimension: run.Dimension, AsOf: run.AsOf, Customers: run.Customers, RunID: run.ID,
		Version: run.SchemeVersion, Revenue: run.Summary.RevenueFen, Levels: []tierLevel{}}
	for _, l := range run.Summary.Levels {
		out.Levels = append(out.Levels, tierLevel{l.Code, l.Name, l.Customers, l.RevenueFen, l.Share})
	}
	return out
}

func (c *cli) printRun(w writer, run tiering.RunDetail) {
	run = run.Localized(c.locale)
	fmt.Fprintln(w, c.t("cli.tier.run.head", "scheme", run.SchemeName, "as_of", run.AsOf.String(), "customers", i18n.Number(run.Customers), "run", run.ID))
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, l := range run.Summary.Levels {
		fmt.Fprintln(tw, c.t("cli.tier.run.level", "name", l.Name, "customers", i18n.Number(l.Customers), "revenue", i18n.Money(l.RevenueFen), "share", i18n.Percent(l.Share, 1)))
	}
	_ = tw.Flush()
}

func (c *cli) tierSchemeCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "scheme", Short: c.t("cli.tier.scheme.short"), Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	list := &cobra.Command{
		Use: "list", Short: c.t("cli.tier.scheme.list.short"), Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			schemes, err := a.Tiering.Schemes(ctx)
			if err != nil {
				return err
			}
			for i := range schemes {
				schemes[i] = schemes[i].Localized(c.locale)
			}
			return c.print(schemes, func(w writer) {
				tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
				for _, s := range schemes {
					fmt.Fprintf(tw, "%s\tv%d\t%s\t%s\n", s.Scheme.Code, s.Version, s.Scheme.Method, s.Scheme.Name)
				}
				_ = tw.Flush()
			})
		},
	}
	var version int
	export := &cobra.Command{
		Use: "export CODE", Short: c.t("cli.tier.scheme.export.short"), Args: args(cobra.ExactArgs(1)),
		Example: "  zhike tier scheme export value-rules > scheme.yaml",
		RunE: func(cmd *cobra.Command, arg []string) error {
			ctx, a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			if c.json {
				s, err := a.Tiering.Scheme(ctx, arg[0], version)
				if err != nil {
					return err
				}
				return c.print(s.Scheme, nil)
			}
			return a.Tiering.ExportScheme(ctx, arg[0], version, c.out)
		},
	}
	export.Flags().IntVar(&version, "version-number", 0, c.t("cli.tier.flag.version"))
	load := &cobra.Command{
		Use: "import FILE", Short: c.t("cli.tier.scheme.import.short"), Args: args(cobra.ExactArgs(1)),
		Example: "  zhike tier scheme import scheme.yaml\n  zhike tier scheme import - < scheme.yaml",
		RunE:    c.importScheme,
	}
	cmd.AddCommand(list, export, load, c.tierPresetCmd())
	return cmd
}

func (c *cli) importScheme(cmd *cobra.Command, arg []string) error {
	in := c.in
	if arg[0] != "-" {
		f, err := os.Open(arg[0])
		if err != nil {
			return fileFault(err, arg[0])
		}
		defer f.Close()
		in = f
	}
	ctx, a, err := c.open(cmd)
	if err != nil {
		return err
	}
	defer a.Close()
	s, err := a.Tiering.ImportScheme(ctx, in)
	if err != nil {
		return err
	}
	return c.print(map[string]any{"code": s.Scheme.Code, "version": s.Version}, func(w writer) {
		fmt.Fprintln(w, c.t("cli.tier.scheme.imported", "code", s.Scheme.Code, "version", s.Version))
	})
}
