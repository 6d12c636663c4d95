package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/cespare/xxhash/v2"
	"github.com/spf13/cobra"

	"zhike/internal/clean"
	"zhike/internal/model"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

// churnOutcome is what `zhike model churn --json` prints; other programs rely
// on it.
type churnOutcome struct {
	Customers  int               `json:"customers"`
	Positives  int               `json:"positives"`
	LeftOut    int               `json:"left_out"` // rows without a label
	Label      string            `json:"label"`
	Positive   string            `json:"positive"`
	Ridge      float64           `json:"ridge"`
	Validation *model.Validation `json:"validation"`
	Fields     []churnField      `json:"fields"`
	Effects    []churnEffect     `json:"effects"`
}

type churnField struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"` // number or word
	Missing int    `json:"missing"`
	Ignored string `json:"ignored,omitempty"`
}

type churnEffect struct {
	model.Effect
	Direction string `json:"direction"`
	Text      string `json:"text"`
}

type churnFlags struct {
	file, label, id, positive string
	ignore                    []string
	folds                     int
	seed                      uint64
	ridge                     float64
}

func (c *cli) modelChurnCmd() *cobra.Command {
	var in churnFlags
	cmd := &cobra.Command{
		Use: "churn", Short: c.t("cli.model.churn.short"), Long: c.t("cli.model.churn.long"), Args: args(cobra.NoArgs),
		Example: "  zhike model churn --file members.csv --label 是否流失 --id 会员编号\n" +
			"  zhike model churn --file Telco-Customer-Churn.csv --label Churn --id customerID --positive Yes --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			e := errs.New(errs.Invalid, "model.flags")
			for flag, value := range map[string]string{"file": in.file, "label": in.label} {
				if value == "" {
					e.WithField("--"+flag, "model.flag_missing")
				}
			}
			if in.folds < 2 || in.folds > 20 {
				e.WithField("--folds", "model.folds", "min", 2, "max", 20)
			}
			if !(in.ridge > 0 && in.ridge <= 1e6) {
				e.WithField("--ridge", "model.ridge")
			}
			if err := e.OrNil(); err != nil {
				return err
			}
			return c.learnChurn(cmd.Context(), in)
		},
	}
	cmd.Flags().StringVar(&in.file, "file", "", c.t("cli.model.flag.file"))
	cmd.Flags().StringVar(&in.label, "label", "", c.t("cli.model.flag.label"))
	cmd.Flags().StringVar(&in.id, "id", "", c.t("cli.model.flag.id"))
	cmd.Flags().StringVar(&in.positive, "positive", "", c.t("cli.model.flag.positive"))
	cmd.Flags().StringSliceVar(&in.ignore, "ignore", nil, c.t("cli.model.flag.ignore"))
	cmd.Flags().IntVar(&in.folds, "folds", 10, c.t("cli.model.flag.folds"))
	cmd.Flags().Uint64Var(&in.seed, "seed", 1, c.t("cli.model.flag.seed"))
	cmd.Flags().Float64Var(&in.ridge, "ridge", model.DefaultRidge, c.t("cli.model.flag.ridge"))
	return cmd
}

func (c *cli) learnChurn(ctx context.Context, in churnFlags) error {
	b := c.newBar(c.t("cli.model.progress.read"))
	frame, labels, leftOut, err := in.read(ctx, b.set)
	b.end()
	if err != nil {
		return err
	}
	positive, word, err := whichLabel(labels, in)
	if err != nil {
		return err
	}
	v, err := model.Validate(ctx, frame, in.label, positive, in.ridge, in.folds, in.seed)
	if err != nil {
		return err
	}
	m, err := model.Learn(ctx, frame, in.label, positive, in.ridge)
	if err != nil {
		return err
	}
	out := churnOutcome{
		Customers: m.Customers, Positives: m.Positives, LeftOut: leftOut, Label: in.label, Positive: word, Ridge: m.Ridge,
		Validation: v, Fields: []churnField{}, Effects: []churnEffect{},
	}
	for _, f := range m.Fields {
		kind := "word"
		if f.Number {
			kind = "number"
		}
		out.Fields = append(out.Fields, churnField{f.Name, kind, f.Missing, f.Ignored})
	}
	for _, e := range m.Effects() {
		out.Effects = append(out.Effects, churnEffect{e, e.Direction(), c.effectText(e)})
	}
	return c.print(out, func(w writer) { c.printChurn(w, out) })
}

// read puts all columns but the label, the id and the ignored ones into a
// frame. Rows without a label are counted and left out.
func (in churnFlags) read(ctx context.Context, progress func(done, total int64)) (*model.Frame, []string, int, error) {
	t, err := openModelTable(ctx, in.file, append([]string{in.label, in.id}, in.ignore...))
	if err != nil {
		return nil, nil, 0, err
	}
	defer t.file.Close()
	var names []string
	var at []int
	for i, h := range t.header {
		if h = strings.TrimSpace(h); h == "" || slices.Contains(t.columns, i) {
			continue
		}
		if slices.Contains(names, h) {
			return nil, nil, 0, errs.New(errs.Invalid, "model.column_twice", "column", h)
		}
		names, at = append(names, h), append(at, i)
	}
	if len(names) == 0 {
		return nil, nil, 0, errs.New(errs.Invalid, "model.no_fields")
	}
	b := model.NewFrameBuilder(names)
	var labels []string
	var keys []uint64
	words := map[string]string{} // so that the lines of the file are not kept
	leftOut := 0
	cells := make([]string, len(at))
	for n := 0; ; n++ {
		row, err := t.nextRow()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, 0, err
		}
		if n%4096 == 0 {
			if ctx.Err() != nil {
				return nil, nil, 0, ctx.Err()
			}
			progress(t.file.Offset(), max(t.file.Info.Size, 0))
		}
		asked := t.pick(row)
		if clean.IsBlank(asked[0]) {
			leftOut++
			continue
		}
		for i, c := range at {
			cells[i] = ""
			if c < len(row) {
				cells[i] = row[c]
			}
		}
		if err := b.Add(cells); err != nil {
			return nil, nil, 0, err
		}
		label, known := words[asked[0]]
		if !known {
			if len(words) == 2 {
				return nil, nil, 0, errs.New(errs.Invalid, "model.label_values", "column", in.label, "line", t.line)
			}
			label = strings.Clone(asked[0])
			words[label] = label
		}
		labels = append(labels, label)
		if in.id != "" {
			keys = append(keys, xxhash.Sum64String(asked[1]))
		}
	}
	f := b.Frame()
	f.Keys = keys
	return f, labels, leftOut, nil
}

// yes are words that say that a customer left.
var yes = []string{"yes", "y", "true", "t", "1", "是", "有", "真", "流失", "已流失", "churn", "churned", "lost", "left"}

// whichLabel says of every row whether it has the label, and by which word.
func whichLabel(labels []string, in churnFlags) ([]bool, string, error) {
	var words []string
	for _, l := range labels {
		if !slices.Contains(words, l) {
			words = append(words, l)
		}
	}
	slices.Sort(words)
	if len(words) != 2 {
		return nil, "", errs.New(errs.Invalid, "model.label_single", "column", in.label)
	}
	word := in.positive
	if word == "" {
		for _, w := range words {
			if slices.Contains(yes, strings.ToLower(w)) {
				if word != "" {
					return nil, "", errs.New(errs.Invalid, "model.which_label", "column", in.label, "words", strings.Join(words, ", "))
				}
				word = w
			}
		}
	}
	if !slices.Contains(words, word) {
		return nil, "", errs.New(errs.Invalid, "model.which_label", "column", in.label, "words", strings.Join(words, ", "))
	}
	out := make([]bool, len(labels))
	for i, l := range labels {
		out[i] = l == word
	}
	return out, word, nil
}

// effectText tells an effect in the operator's language.
func (c *cli) effectText(e model.Effect) string {
	n := e.Phrase()
	params := i18n.Params{}
	for k, v := range n.Params {
		params[k] = v
		switch f, ok := v.(float64); {
		case k == "step":
			params[k] = fmt.Sprintf("%g", v)
		case ok:
			params[k] = i18n.Decimal(f, 2)
		case v == "":
			params[k] = c.t("cli.model.churn.missing")
		}
	}
	// i18n-keys: model.effect.*
	return i18n.T(c.locale, "model.effect."+n.Code, params)
}

// shownEffects bounds the list for people; --json has all.
const shownEffects = 20

func (c *cli) printChurn(w writer, out churnOutcome) {
	n := func(i int) string { return i18n.Number(int64(i)) }
	d := func(f float64) string { return i18n.Decimal(f, 3) }
	v := out.Validation
	fmt.Fprintln(w, c.t("cli.model.churn.head", "customers", n(out.Customers), "positives", n(out.Positives), "label", out.Label, "positive", out.Positive,
		"share", i18n.Percent(float64(out.Positives)/float64(out.Customers), 1)))
	if out.LeftOut > 0 {
		fmt.Fprintln(w, c.t("cli.model.churn.left_out", "rows", n(out.LeftOut)))
	}
	for _, f := range out.Fields {
		// i18n-keys: cli.model.churn.ignored.*
		if f.Ignored != "" {
			fmt.Fprintln(w, c.t("cli.model.churn.ignored."+f.Ignored, "field", f.Name))
		} else if f.Missing > 0 {
			fmt.Fprintln(w, c.t("cli.model.churn.filled."+f.Kind, "field", f.Name, "rows", n(f.Missing))) // i18n-keys: cli.model.churn.filled.*
		}
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, c.t("cli.model.churn.quality", "folds", v.Folds, "auc", d(v.AUC), "low", d(v.AUCLow), "high", d(v.AUCHigh),
		"brier", d(v.Brier), "base", d(v.BrierBase), "ece", d(v.ECE)))
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "  "+c.t("cli.model.fit.decile")+"\t"+c.t("cli.model.fit.customers")+"\t"+c.t("cli.model.churn.predicted")+"\t"+c.t("cli.model.churn.actual")+"\t")
	for i, b := range v.Calibration {
		fmt.Fprintf(tw, "  %d\t%s\t%s\t%s\t\n", i+1, n(b.Customers), i18n.Percent(b.Predicted, 1), i18n.Percent(b.Actual, 1))
	}
	_ = tw.Flush()
	fmt.Fprintln(w)
	fmt.Fprintln(w, c.t("cli.model.churn.effects"))
	for _, e := range out.Effects[:min(len(out.Effects), shownEffects)] {
		fmt.Fprintln(w, "  "+e.Text)
	}
	if more := len(out.Effects) - shownEffects; more > 0 {
		fmt.Fprintln(w, c.t("cli.model.churn.more", "count", more))
	}
}
