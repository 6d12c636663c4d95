package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"zhike/internal/platform/errs"
	"zhike/internal/tiering"
)

func (c *cli) reportCmd() *cobra.Command {
	var run int64
	var format, out string
	var dimensions []string // nil: all
	report := &cobra.Command{
		Use: "tiering", Short: c.t("cli.report.tiering.short"), Long: c.t("cli.report.tiering.long"), Args: args(cobra.NoArgs),
		Example: "  zhike report tiering\n  zhike report tiering --format xlsx --out 客户价值分层报告.xlsx\n  zhike report tiering --run 3 --format html > report.html",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.json && !cmd.Flags().Changed("format") {
				format = "json"
			}
			render, ok := renderers[format]
			if !ok {
				return errs.New(errs.Invalid, "cli.format", "value", format)
			}
			ctx, a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			codes := dimensions
			if len(codes) == 1 && codes[0] == "none" || format == "text" {
				codes = []string{}
			}
			r, err := a.Tiering.FullReport(ctx, run, codes, c.locale)
			if err != nil {
				return err
			}
			if out == "" && (format == "xlsx" || format == "docx") {
				out = fmt.Sprintf("tiering-report-%d.%s", r.RunID, format)
			}
			if out == "" || out == "-" {
				return render(c.out, r, a.Org.Zone())
			}
			if err := writeFile(out, func(w io.Writer) error { return render(w, r, a.Org.Zone()) }); err != nil {
				return err
			}
			return c.print(map[string]any{"path": out, "run_id": r.RunID}, func(w writer) { fmt.Fprintln(w, c.t("cli.report.written", "path", out)) })
		},
	}
	report.Flags().Int64Var(&run, "run", 0, c.t("cli.report.flag.run"))
	report.Flags().StringVar(&format, "format", "text", c.t("cli.report.flag.format"))
	report.Flags().StringSliceVar(&dimensions, "dimensions", nil, c.t("cli.report.flag.dimensions"))
	report.Flags().StringVarP(&out, "out", "o", "", c.t("cli.report.flag.out"))
	cmd := &cobra.Command{Use: "report", Short: c.t("cli.report.short"), Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(report)
	return cmd
}

var renderers = map[string]func(io.Writer, *tiering.Report, *time.Location) error{
	"json": func(w io.Writer, r *tiering.Report, _ *time.Location) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	},
	"text": tiering.WriteText,
	"html": tiering.WriteHTML,
	"docx": tiering.WriteDOCX,
	"xlsx": tiering.WriteXLSX,
}

// writeFile writes whole or not at all: a report that failed half-way leaves
// the old file as it was.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".zhike-*")
	if err != nil {
		return errs.Wrap(err, errs.Unavailable, "cli.file", "path", path)
	}
	defer os.Remove(f.Name())
	if err := write(f); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return errs.Wrap(err, errs.Unavailable, "cli.file", "path", path)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return errs.Wrap(err, errs.Unavailable, "cli.file", "path", path)
	}
	return nil
}
