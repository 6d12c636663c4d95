package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"zhike/internal/customer"
	"zhike/internal/importer"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

func (c *cli) importCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "import", Short: c.t("cli.import.short"), Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	for _, k := range []struct {
		kind  importer.Kind
		short string
	}{
		{importer.KindOrders, c.t("cli.import.orders.short")},
		{importer.KindCustomers, c.t("cli.import.customers.short")},
		{importer.KindBehaviours, c.t("cli.import.behaviours.short")},
	} {
		cmd.AddCommand(c.importKindCmd(k.kind, k.short))
	}
	return cmd
}

func (c *cli) importKindCmd(kind importer.Kind, short string) *cobra.Command {
	var mapFile, source, layout, saved, errorFile string
	var dryRun bool
	cmd := &cobra.Command{
		Use: string(kind) + " FILE", Short: short, Long: short + "\n\n" + c.t("cli.import.long"), Args: args(cobra.ExactArgs(1)),
		Example: fmt.Sprintf("  zhike import %[1]s 文件.xlsx --source tmall\n  zhike import %[1]s export.csv.gz --map map.yaml --dry-run\n  zhike import %[1]s export.csv --json", kind),
		RunE: func(cmd *cobra.Command, a []string) error {
			in := importer.RunInput{Kind: kind, Path: a[0], Source: source, DryRun: dryRun, Errors: errorFile, Locale: c.locale}
			// Before a data folder is made for a name that was mistyped.
			if _, err := os.Stat(a[0]); err != nil {
				return fileFault(err, a[0])
			}
			if mapFile != "" {
				m, err := readMapping(mapFile)
				if err != nil {
					return err
				}
				in.Mapping = m
			}
			if layout != "" {
				if mapFile != "" {
					return errs.New(errs.Invalid, "cli.layout_and_map")
				}
				in.Mapping = &importer.Mapping{Kind: kind, Layout: layout}
				if err := in.Mapping.Validate(); err != nil {
					return err
				}
			}
			if saved != "" && in.Mapping != nil {
				return errs.New(errs.Invalid, "cli.mapping_once")
			}
			ctx, app, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer app.Close()
			if saved != "" {
				if in.Mapping, err = app.Importer.MappingNamed(ctx, saved); err != nil {
					return err
				}
			}
			b := c.newBar(c.t("cli.import.progress"))
			in.Progress = func(_ importer.Phase, done, total int64) { b.set(done, total) }
			res, err := app.Importer.Run(ctx, in)
			b.end()
			if err != nil {
				return err
			}
			if err := c.print(res, func(w writer) { c.printImport(w, res) }); err != nil {
				return err
			}
			if res.Rejected > 0 {
				return errRefused
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&mapFile, "map", "", c.t("cli.import.flag.map"))
	cmd.Flags().StringVar(&source, "source", "", c.t("cli.import.flag.source"))
	cmd.Flags().StringVar(&saved, "mapping", "", c.t("cli.import.flag.mapping"))
	cmd.Flags().StringVar(&errorFile, "errors", "", c.t("cli.import.flag.errors"))
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, c.t("cli.import.flag.dry_run"))
	if kind == importer.KindCustomers {
		cmd.Flags().StringVar(&layout, "layout", "", c.t("cli.import.flag.layout", "layouts", customer.LayoutNames()))
	}
	return cmd
}

func readMapping(path string) (*importer.Mapping, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fileFault(err, path)
	}
	defer f.Close()
	m, err := importer.ReadMapping(f)
	return &m, err
}

func (c *cli) printImport(w writer, r importer.Result) {
	n := i18n.Number
	if r.DryRun {
		fmt.Fprintln(w, c.t("cli.import.dry_run"))
	}
	fmt.Fprintln(w, c.t("cli.import.read", "rows", n(r.RowsRead), "accepted", n(r.Accepted), "unchanged", n(r.Unchanged), "rejected", n(r.Rejected)))
	fmt.Fprintln(w, c.t("cli.import.customers", "created", n(r.CustomersCreated), "matched", n(r.CustomersMatched)))
	if r.Kind == importer.KindOrders {
		fmt.Fprintln(w, c.t("cli.import.orders", "created", n(r.OrdersCreated), "updated", n(r.OrdersUpdated)))
	}
	// i18n-keys: cli.import.counts.*
	for _, k := range []struct {
		name  string
		count int64
	}{
		{"returns", r.Counts.Returns}, {"refunded", r.Counts.Refunded}, {"part_refunded", r.Counts.PartRefunded},
		{"cancelled", r.Counts.Cancelled}, {"unpaid", r.Counts.Unpaid}, {"exact_duplicates", r.Counts.ExactDuplicates},
		{"without_buyer", r.Counts.WithoutBuyer}, {"zero_price", r.Counts.ZeroPrice},
		{"columns_ignored", r.Counts.ColumnsIgnored}, {"links_open", r.Counts.LinksOpen},
		{"owners_left_out", r.Counts.OwnersLeftOut}, {"stages_left_out", r.Counts.StagesLeftOut},
		{"tags_made", r.Counts.TagsMade}, {"tags_left_out", r.Counts.TagsLeftOut}, {"alike", r.Counts.Alike},
	} {
		if k.count > 0 {
			fmt.Fprintln(w, c.t("cli.import.count", "name", i18n.T(c.locale, "cli.import.counts."+k.name, nil), "count", n(k.count)))
		}
	}
	if r.Rounding.Amounts > 0 {
		fmt.Fprintln(w, c.t("cli.import.rounding", "count", n(r.Rounding.Amounts), "difference", r.Rounding.Difference))
	}
	if r.Rejected == 0 {
		return
	}
	codes := make([]string, 0, len(r.Reasons))
	for code := range r.Reasons {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(a, b string) int { return int(r.Reasons[b] - r.Reasons[a]) })
	for _, code := range codes {
		fmt.Fprintln(w, c.t("cli.import.reason", "count", n(r.Reasons[code]), "reason", i18n.T(c.locale, importer.ReasonKey(code), nil)))
	}
	if r.ErrorFile == "" {
		fmt.Fprintln(w, c.t("cli.import.errors_unasked"))
		return
	}
	fmt.Fprintln(w, c.t("cli.import.errors", "path", r.ErrorFile))
}
