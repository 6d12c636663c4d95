package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"zhike/internal/app"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

func (c *cli) doctorCmd() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: c.t("cli.doctor.short"), Args: args(cobra.NoArgs),
		Example: "  zhike doctor\n  zhike doctor --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.config(cmd)
			if err != nil {
				return err
			}
			checks := app.Diagnose(cmd.Context(), cfg, c.locale)
			failed := 0
			for _, k := range checks {
				if k.Status == app.StatusFailed {
					failed++
				}
			}
			words := map[app.Status]string{
				app.StatusOK: c.t("cli.doctor.ok"), app.StatusWarning: c.t("cli.doctor.warn"), app.StatusFailed: c.t("cli.doctor.fail"),
			}
			if err := c.print(map[string]any{"checks": checks, "failed": failed}, func(w writer) {
				for _, k := range checks {
					// i18n-keys: system.check.*
					fmt.Fprintf(w, "[%s] %s: %s\n", words[k.Status], i18n.T(c.locale, "system.check."+k.Code, nil), k.Detail)
					if k.Fix != "" && k.Status != app.StatusOK {
						fmt.Fprintf(w, "    → %s\n", k.Fix)
					}
				}
			}); err != nil {
				return err
			}
			if failed > 0 {
				return errs.New(errs.Unavailable, "cli.doctor_failed", "count", failed)
			}
			return nil
		},
	}
}

func (c *cli) auditCmd() *cobra.Command {
	verify := &cobra.Command{
		Use: "verify", Short: c.t("cli.audit.verify.short"), Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			b := c.newBar(c.t("cli.audit.verify.short"))
			v, err := a.Audit.Verify(ctx, b.set)
			b.end()
			if err != nil {
				return err
			}
			if err := c.print(v, func(w writer) {
				if v.OK {
					fmt.Fprintln(w, c.t("cli.audit.verified", "entries", i18n.Number(v.Checked), "hash", v.HeadHash))
				}
			}); err != nil {
				return err
			}
			if !v.OK {
				return errs.New(errs.Conflict, "cli.audit_broken", "entry", *v.FirstBadID)
			}
			return nil
		},
	}
	cmd := &cobra.Command{Use: "audit", Short: c.t("cli.audit.short"), Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(verify)
	return cmd
}
