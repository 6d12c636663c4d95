package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"zhike/internal/platform/errs"
)

// tierPresetCmd lists the schemes to begin with, that of the company's own fields
// among them, or writes one of them: what `tier scheme import -` reads.
func (c *cli) tierPresetCmd() *cobra.Command {
	return &cobra.Command{
		Use: "preset [CODE]", Short: c.t("cli.tier.preset.short"), Args: args(cobra.MaximumNArgs(1)),
		Example: "  zhike tier scheme preset\n  zhike tier scheme preset loyalty-hotel | zhike tier scheme import -",
		RunE: func(cmd *cobra.Command, arg []string) error {
			ctx, a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			list, err := a.Tiering.PresetsHere(ctx, c.locale)
			if err != nil {
				return err
			}
			if len(arg) == 0 {
				return c.print(list, func(w writer) {
					tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
					for _, p := range list {
						fmt.Fprintf(tw, "%s\t%s\t%s\n", p.Scheme.Code, p.IndustryName, p.Scheme.Name)
					}
					_ = tw.Flush()
				})
			}
			for _, p := range list {
				if p.Scheme.Code == arg[0] {
					if c.json {
						return c.print(p.Scheme, nil)
					}
					return p.Scheme.WriteYAML(c.out)
				}
			}
			return errs.New(errs.NotFound, "tier.no_such_preset", "code", arg[0])
		},
	}
}
