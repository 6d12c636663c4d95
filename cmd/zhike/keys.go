package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"zhike/internal/platform/i18n"
)

func (c *cli) keysCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: c.t("cli.keys.short")}
	cmd.AddCommand(c.keysRotateCmd())
	return cmd
}

func (c *cli) keysRotateCmd() *cobra.Command {
	var master, alone bool
	cmd := &cobra.Command{
		Use: "rotate", Short: c.t("cli.keys.rotate.short"), Long: c.t("cli.keys.rotate.long"),
		Example: "  zhike keys rotate\n  zhike keys rotate --alone --json\n  zhike keys rotate --master",
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			if master {
				if err := a.RotateMaster(ctx); err != nil {
					return err
				}
				return c.print(map[string]any{"master_key_file": a.Config.MasterKeyFile()}, func(w io.Writer) {
					fmt.Fprintln(w, c.t("cli.keys.rotate.master_done", "path", a.Config.MasterKeyFile()))
				})
			}
			last := ""
			done, err := a.RotateKeys(ctx, alone, func(step string, values int64) {
				if c.terminal() && step != last {
					// i18n-keys: cli.keys.step.*
					fmt.Fprintln(c.err, c.t("cli.keys.step."+step))
				}
				last = step
			})
			if err != nil {
				return err
			}
			return c.print(done, func(w io.Writer) {
				fmt.Fprintln(w, c.t("cli.keys.rotate.done", "values", i18n.Number(done.Values), "keys", done.Retired))
			})
		},
	}
	cmd.Flags().BoolVar(&master, "master", false, c.t("cli.keys.rotate.master"))
	cmd.Flags().BoolVar(&alone, "alone", false, c.t("cli.keys.rotate.alone"))
	return cmd
}
