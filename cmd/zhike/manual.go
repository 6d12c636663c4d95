package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"zhike/internal/document"
	"zhike/internal/lifecycle"
	"zhike/internal/platform/errs"
)

// manualCmd writes a document from the configuration of the lifecycle.
func (c *cli) manualCmd(kind lifecycle.ManualKind, short string) *cobra.Command {
	var version int64
	var format, out string
	cmd := &cobra.Command{
		Use: string(kind), Short: short, Long: c.t("cli.lifecycle.manual.long"), Args: args(cobra.NoArgs),
		Example: "  zhike lifecycle " + string(kind) + " --format docx --out " + string(kind) + ".docx\n  zhike lifecycle " + string(kind) + " --format html > " + string(kind) + ".html",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.json && !cmd.Flags().Changed("format") {
				format = "json"
			}
			render, ok := manualRenderers[format]
			if !ok {
				return errs.New(errs.Invalid, "cli.manual_format", "value", format)
			}
			ctx, a, err := c.openTold(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			m, err := a.Lifecycle.Manual(ctx, kind, version)
			if err != nil {
				return err
			}
			if out == "" && (format == "xlsx" || format == "docx") {
				out = fmt.Sprintf("lifecycle-%s-v%d.%s", kind, m.Version, format)
			}
			if out == "" || out == "-" {
				return render(c.out, &m)
			}
			if err := writeFile(out, func(w io.Writer) error { return render(w, &m) }); err != nil {
				return err
			}
			return c.print(map[string]any{"path": out, "version": m.Version, "approved": m.Approval != nil},
				func(w writer) { fmt.Fprintln(w, c.t("cli.report.written", "path", out)) })
		},
	}
	cmd.Flags().Int64Var(&version, "version", 0, c.t("cli.lifecycle.flag.version"))
	cmd.Flags().StringVar(&format, "format", "docx", c.t("cli.lifecycle.flag.format"))
	cmd.Flags().StringVarP(&out, "out", "o", "", c.t("cli.lifecycle.flag.out"))
	return cmd
}

var manualRenderers = map[string]func(io.Writer, *lifecycle.Manual) error{
	"json": func(w io.Writer, m *lifecycle.Manual) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(m)
	},
	"docx": func(w io.Writer, m *lifecycle.Manual) error { return document.WriteDOCX(w, m.Document()) },
	"html": func(w io.Writer, m *lifecycle.Manual) error { return document.WriteHTML(w, m.Document()) },
	"xlsx": func(w io.Writer, m *lifecycle.Manual) error { return document.WriteXLSX(w, m.Document()) },
}
