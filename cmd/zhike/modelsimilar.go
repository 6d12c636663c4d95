package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"zhike/internal/platform/i18n"
	"zhike/internal/platform/jobs"
)

func (c *cli) modelSimilarCmd() *cobra.Command {
	return &cobra.Command{
		Use: "similar", Short: c.t("cli.model.similar.short"), Long: c.t("cli.model.similar.long"), Args: args(cobra.NoArgs),
		Example: "  zhike model similar\n  zhike model similar --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, a, err := c.openTold(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			b := c.newBar(c.t("cli.model.progress.similar"))
			ctx = jobs.WithReporter(ctx, func(done, total int64, _, _ string) { b.set(done, total) })
			out, err := a.Affinity.Refresh(ctx)
			b.end()
			if err != nil {
				return err
			}
			return c.print(out, func(w writer) {
				if out == nil {
					fmt.Fprintln(w, c.t("cli.model.similar.none"))
					return
				}
				fmt.Fprintln(w, c.t("cli.model.similar.done", "from", out.From.String(), "to", out.AsOf.String(), "rules", i18n.Number(int64(out.Rules)),
					"customers", i18n.Number(out.Customers), "suggested", i18n.Number(out.Suggested)))
			})
		},
	}
}
