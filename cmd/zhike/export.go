package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"zhike/internal/customer"
	"zhike/internal/platform/errs"
)

func (c *cli) exportCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "export", Short: c.t("cli.export.short"), Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(c.exportCustomersCmd())
	return cmd
}

// exportCustomersCmd writes the customers as a table. Contacts are masked
// unless they are asked for in clear; both are in the audit log.
func (c *cli) exportCustomersCmd() *cobra.Command {
	var layout, format, out, filter, text, sort, columns string
	var clearText bool
	cmd := &cobra.Command{
		Use: "customers", Short: c.t("cli.export.customers.short"), Long: c.t("cli.export.customers.long"), Args: args(cobra.NoArgs),
		Example: "  zhike export customers --out 客户.xlsx\n  zhike export customers --layout zoho_contacts --clear --out contacts.csv\n" +
			`  zhike export customers --layout fxiaoke_accounts --filter '{"field":"city","op":"eq","value":"杭州市"}' --out 客户.csv`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format == "" {
				// The ending says it; another one is refused below.
				if format = strings.TrimPrefix(strings.ToLower(filepath.Ext(out)), "."); format == "" {
					format = "csv"
				}
			}
			if format != "csv" && format != "xlsx" || format == "xlsx" && (out == "" || out == "-") {
				return errs.New(errs.Invalid, "cli.export.format", "value", format)
			}
			if layout != "" && columns != "" {
				return errs.New(errs.Invalid, "cli.export.layout_and_columns")
			}
			tree, err := customer.ParseFilter([]byte(filter))
			if err != nil {
				return err
			}
			e := customer.Export{
				Filter: customer.Filter{Text: text, Tree: tree}, Sort: sort, Format: format, Layout: layout, Locale: c.locale, ByCodes: true, Masked: !clearText,
			}
			if columns != "" {
				e.Columns = strings.Split(columns, ",")
			}
			ctx, a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			if out == "" || out == "-" {
				return a.Customer.WriteExport(ctx, e, func(string) io.Writer { return c.out })
			}
			if err := writeFile(out, func(w io.Writer) error {
				return a.Customer.WriteExport(ctx, e, func(string) io.Writer { return w })
			}); err != nil {
				return err
			}
			return c.print(map[string]any{"path": out}, func(w writer) { fmt.Fprintln(w, c.t("cli.report.written", "path", out)) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&layout, "layout", "", c.t("cli.import.flag.layout", "layouts", customer.LayoutNames()))
	f.StringVar(&format, "format", "", c.t("cli.export.flag.format"))
	f.StringVarP(&out, "out", "o", "", c.t("cli.export.flag.out"))
	f.StringVar(&filter, "filter", "", c.t("cli.export.flag.filter"))
	f.StringVar(&text, "search", "", c.t("cli.export.flag.search"))
	f.StringVar(&sort, "sort", "id", c.t("cli.export.flag.sort"))
	f.StringVar(&columns, "columns", "", c.t("cli.export.flag.columns"))
	f.BoolVar(&clearText, "clear", false, c.t("cli.export.flag.clear"))
	return cmd
}
