package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"zhike/internal/app"
)

func (c *cli) serveCmd() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: c.t("cli.serve.short"), Long: c.t("cli.serve.long"), Args: args(cobra.NoArgs),
		Example: "  zhike serve\n  ZHIKE_DATA=/srv/zhike zhike serve --addr 127.0.0.1:8780\n  ZHIKE_DB_FILE=/run/secrets/db zhike serve --public-url https://crm.example.com",
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.config(cmd)
			if err != nil {
				return err
			}
			a, err := app.OpenServer(cmd.Context(), cfg, app.Options{Stderr: c.err})
			if err != nil {
				return err
			}
			defer a.Close()
			return a.Serve(cmd.Context(), func(s app.Started) {
				_ = c.print(map[string]any{"url": s.URL, "admin_login": s.AdminLogin, "admin_password": s.AdminPassword}, func(w writer) {
					if !s.UI {
						fmt.Fprintln(w, c.t("cli.serve.no_ui"))
					}
					if s.AdminPassword != "" {
						fmt.Fprintln(w, c.t("cli.serve.first_admin", "login", s.AdminLogin, "password", s.AdminPassword))
					}
					fmt.Fprintln(w, c.t("cli.serve.listening", "url", s.URL))
				})
			})
		},
	}
}
