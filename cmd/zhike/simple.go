package main

import (
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"zhike/internal/app"
	"zhike/internal/platform/db"
	"zhike/internal/platform/i18n"
)

func (c *cli) versionCmd() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: c.t("cli.version.short"), Args: args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			v := map[string]string{"version": app.Version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}
			return c.print(v, func(w io.Writer) { fmt.Fprintf(w, "zhike %s (%s, %s)\n", v["version"], v["go"], v["platform"]) })
		},
	}
}

func (c *cli) migrateCmd() *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: c.t("cli.migrate.short"), Long: c.t("cli.migrate.long"),
		Example: "  zhike migrate\n  ZHIKE_DB=postgres://zhike@127.0.0.1/zhike zhike migrate --json",
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.config(cmd)
			if err != nil {
				return err
			}
			d, err := db.Open(cmd.Context(), db.Config{URL: cfg.DB.Reveal(), Dir: cfg.Data, MaxConns: cfg.DBConns})
			if err != nil {
				return err
			}
			defer d.Close()
			n, err := d.Migrate(cmd.Context())
			if err != nil {
				return err
			}
			return c.print(map[string]any{"engine": d.Engine(), "steps": n}, func(w io.Writer) {
				if n == 0 {
					fmt.Fprintln(w, c.t("cli.migrate.current", "engine", string(d.Engine())))
					return
				}
				fmt.Fprintln(w, c.t("cli.migrate.done", "engine", string(d.Engine()), "steps", n))
			})
		},
	}
}

func (c *cli) backupCmd() *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: c.t("cli.backup.short"), Long: c.t("cli.backup.long"),
		Example: "  zhike backup /var/backups/zhike-2026-09-25.db",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, a []string) error {
			cfg, err := c.config(cmd)
			if err != nil {
				return err
			}
			d, err := db.Open(cmd.Context(), db.Config{URL: cfg.DB.Reveal(), Dir: cfg.Data})
			if err != nil {
				return err
			}
			defer d.Close()
			res, err := d.Backup(cmd.Context(), a[0])
			if err != nil {
				return err
			}
			return c.print(res, func(w io.Writer) {
				fmt.Fprintln(w, c.t("cli.backup.done", "path", res.Path, "size", i18n.Number(res.Bytes), "tables", res.Tables))
				fmt.Fprintln(w, c.t("cli.backup.key", "path", cfg.MasterKeyFile()))
			})
		},
	}
}

func (c *cli) openapiCmd() *cobra.Command {
	return &cobra.Command{
		Use: "openapi", Short: c.t("cli.openapi.short"), Args: args(cobra.NoArgs),
		Example: "  zhike openapi > api/openapi.json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			b, err := app.OpenAPI(cmd.Context())
			if err != nil {
				return err
			}
			_, err = c.out.Write(append(b, '\n'))
			return err
		},
	}
}
