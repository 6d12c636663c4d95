package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"zhike/internal/dedupe"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

// shownPairs bounds the table for people; --json has all.
const shownPairs = 200

// dedupeOutcome is what `zhike dedupe --json` prints; other programs rely on it.
type dedupeOutcome struct {
	Pairs []dedupe.Pair `json:"pairs"`
}

func (c *cli) dedupeCmd() *cobra.Command {
	var mapFile string
	var threshold float64
	cmd := &cobra.Command{
		Use: "dedupe FILE [FILE2]", Short: c.t("cli.dedupe.short"),
		Long: c.t("cli.dedupe.long", "meanings", strings.Join(dedupe.FieldNames(), ", "), "threshold", dedupe.DefaultThreshold),
		Args: args(cobra.RangeArgs(1, 2)),
		Example: "  zhike dedupe 客户.xlsx --map map.yaml\n  zhike dedupe crm.csv.gz shop.csv --map map.yaml --json\n\n" +
			"  # map.yaml\n  columns:\n    姓名: name.full\n    手机: phone\n    生日: birthday\n    城市: address.city",
		RunE: func(cmd *cobra.Command, a []string) error {
			if mapFile == "" {
				return errs.New(errs.Invalid, "dedupe.no_map")
			}
			if !(threshold > 0 && threshold <= 1) {
				return errs.New(errs.Invalid, "dedupe.bad_threshold")
			}
			columns, err := readColumns(mapFile)
			if err != nil {
				return err
			}
			return c.dedupeFiles(cmd.Context(), a, columns, threshold)
		},
	}
	cmd.Flags().StringVar(&mapFile, "map", "", c.t("cli.dedupe.flag.map"))
	cmd.Flags().Float64Var(&threshold, "threshold", dedupe.DefaultThreshold, c.t("cli.dedupe.flag.threshold"))
	return cmd
}

func readColumns(path string) (map[string]dedupe.Field, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fileFault(err, path)
	}
	defer f.Close()
	return dedupe.ReadColumns(f)
}

func (c *cli) dedupeFiles(ctx context.Context, paths []string, columns map[string]dedupe.Field, threshold float64) error {
	x, rows, err := c.readRecords(ctx, paths, columns)
	if err != nil {
		return err
	}
	b := c.newBar(c.t("cli.dedupe.progress.learn"))
	w, err := x.Learn(ctx, dedupe.Shipped(), b.set)
	b.end()
	if err != nil {
		return err
	}
	out := dedupeOutcome{Pairs: []dedupe.Pair{}}
	b = c.newBar(c.t("cli.dedupe.progress.compare"))
	err = x.Pairs(ctx, w, threshold, b.set, func(p dedupe.Pair) error {
		p.Score = math.Max(threshold, math.Round(p.Score*1e6)/1e6)
		out.Pairs = append(out.Pairs, p)
		return nil
	})
	b.end()
	if err != nil {
		return err
	}
	slices.SortFunc(out.Pairs, func(p, q dedupe.Pair) int { return cmp.Or(cmp.Compare(p.A, q.A), cmp.Compare(p.B, q.B)) })
	return c.print(out, func(tw writer) { c.printPairs(tw, x, w, rows, out.Pairs) })
}

// printPairs shows the likeliest pairs with the reasons that weigh most.
func (c *cli) printPairs(w writer, x *dedupe.Index, weights dedupe.Weights, rows []int64, pairs []dedupe.Pair) {
	n := i18n.Number
	st := x.Stats()
	fmt.Fprintln(w, c.t("cli.dedupe.summary", "records", n(st.Records), "compared", n(st.Compared), "pairs", n(int64(len(pairs)))))
	if st.SkippedBlocks > 0 {
		fmt.Fprintln(w, c.t("cli.dedupe.skipped", "blocks", n(st.SkippedBlocks), "records", n(st.SkippedRecords)))
	}
	if len(pairs) == 0 {
		return
	}
	shown := slices.Clone(pairs)
	slices.SortStableFunc(shown, func(p, q dedupe.Pair) int { return cmp.Compare(q.Score, p.Score) })
	shown = shown[:min(len(shown), shownPairs)]
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, c.t("cli.dedupe.table.a")+"\t"+c.t("cli.dedupe.table.b")+"\t"+c.t("cli.dedupe.table.score")+"\t"+c.t("cli.dedupe.table.reasons"))
	for _, p := range shown {
		b := p.B - 1
		if len(rows) == 2 {
			b += rows[0]
		}
		_, reasons, _ := x.Explain(weights, int(p.A-1), int(b))
		fmt.Fprintf(tw, "%d\t%d\t%.3f\t%s\n", p.A, p.B, p.Score, c.reasonText(reasons))
	}
	_ = tw.Flush()
	if more := len(pairs) - len(shown); more > 0 {
		fmt.Fprintln(w, c.t("cli.dedupe.more", "count", n(int64(more))))
	}
}

// reasonText names the four fields that weigh most.
func (c *cli) reasonText(reasons []dedupe.Reason) string {
	var parts []string
	for _, r := range reasons[:min(len(reasons), 4)] {
		// i18n-keys: dedupe.field.* dedupe.level.* dedupe.household*
		if r.Field == dedupe.NoField {
			parts = append(parts, fmt.Sprintf("%s %+.1f", c.t(r.Code), r.Bits))
			continue
		}
		field := c.t("dedupe.field." + strings.ReplaceAll(r.Field.String(), ".", "_"))
		parts = append(parts, fmt.Sprintf("%s %s %+.1f", field, c.t(r.Code), r.Bits))
	}
	return strings.Join(parts, " · ")
}
