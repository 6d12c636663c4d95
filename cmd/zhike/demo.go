package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"zhike/internal/demo"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

func (c *cli) demoCmd() *cobra.Command {
	var seed uint64
	var asOf string
	generate := &cobra.Command{
		Use: "generate DIR", Short: c.t("cli.demo.generate.short"), Args: args(cobra.ExactArgs(1)),
		Example: "  zhike demo generate ./sample\n  zhike import orders ./sample/orders-pos.csv --source member",
		RunE: func(cmd *cobra.Command, a []string) error {
			day := clock.DayOf(clock.System{}.Now(), time.Local) - 1
			if asOf != "" {
				d, err := clock.ParseDay(asOf)
				if err != nil {
					return errs.Wrap(err, errs.Invalid, "cli.as_of", "value", asOf)
				}
				day = d
			}
			m, err := demo.Generate(cmd.Context(), a[0], demo.Options{Seed: seed, AsOf: day})
			if errors.Is(err, demo.ErrOptions) {
				return errs.Wrap(err, errs.Invalid, "demo.options", "detail", err.Error())
			}
			if err != nil {
				return err
			}
			return c.print(m, func(w io.Writer) {
				fmt.Fprintln(w, c.t("cli.demo.generated", "company", demo.CompanyName,
					"customers", i18n.Number(int64(m.Customers)), "orders", i18n.Number(int64(m.Orders))))
				tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
				for _, f := range m.Files {
					fmt.Fprintln(tw, c.t("cli.demo.file", "file", f.Name, "kind", string(f.Kind), "source", f.Source, "rows", i18n.Number(int64(f.Rows))))
				}
				_ = tw.Flush()
			})
		},
	}
	generate.Flags().Uint64Var(&seed, "seed", 1, c.t("cli.demo.flag.seed"))
	generate.Flags().StringVar(&asOf, "as-of", "", c.t("cli.demo.flag.as_of"))
	demoCmd := &cobra.Command{Use: "demo", Short: c.t("cli.demo.short"), Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	demoCmd.AddCommand(generate, c.demoFurnishCmd())
	return demoCmd
}

// demoFurnishCmd gives the imported sample company what its files do not have.
func (c *cli) demoFurnishCmd() *cobra.Command {
	return &cobra.Command{
		Use: "furnish DIR", Short: c.t("cli.demo.furnish.short"), Args: args(cobra.ExactArgs(1)),
		Example: "  zhike demo furnish ./sample",
		RunE: func(cmd *cobra.Command, a []string) error {
			ctx, app, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer app.Close()
			out, err := app.FurnishDemo(ctx, a[0])
			if err != nil {
				return err
			}
			return c.print(out, func(w io.Writer) {
				fmt.Fprintln(w, c.t("cli.demo.furnished", "fields", out.Fields, "rows", out.Fair.Accepted, "tags", out.Fair.Counts.TagsMade, "notes", out.Notes, "audiences", out.Audiences))
				if out.Password != "" {
					fmt.Fprintln(w, c.t("cli.demo.admin", "login", out.Login, "password", out.Password))
				}
			})
		},
	}
}
