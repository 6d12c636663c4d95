package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"zhike/internal/app"
	"zhike/internal/audience"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
)

// cliPatience bounds a question that a command asks.
const cliPatience = 30 * time.Minute

func (c *cli) audienceCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "audience", Short: c.t("cli.audience.short"), Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(c.audienceCountCmd(), c.audienceMembersCmd(), c.audienceExplainCmd(), c.audienceListCmd())
	return cmd
}

// asked is what the flags of a command mean.
type asked struct{ rule, asOf string }

func (q *asked) flags(c *cli, cmd *cobra.Command) {
	cmd.Flags().StringVar(&q.rule, "rule", "", c.t("cli.audience.flag.rule"))
	cmd.Flags().StringVar(&q.asOf, "as-of", "", c.t("cli.audience.flag.as_of"))
}

// question reads the audience or the rule that is asked for.
func (q *asked) question(c *cli, arg []string) (in audience.CountIn, err error) {
	in.AsOf = q.asOf
	if (len(arg) == 1) == (q.rule != "") {
		return in, errs.New(errs.Invalid, "cli.audience")
	}
	if q.rule == "" {
		if in.AudienceID, err = strconv.ParseInt(arg[0], 10, 64); err != nil || in.AudienceID < 1 {
			return in, errs.New(errs.Invalid, "cli.audience")
		}
		return in, nil
	}
	file := io.Reader(c.in)
	if q.rule != "-" {
		f, err := os.Open(q.rule)
		if err != nil {
			return in, errs.Wrap(err, errs.Invalid, "cli.file", "path", q.rule)
		}
		defer f.Close()
		file = f
	}
	// One byte more than a rule may have, so that it is refused as too large.
	text, err := io.ReadAll(io.LimitReader(file, 256<<10+1))
	if err != nil {
		return in, errs.Wrap(err, errs.Invalid, "cli.file", "path", q.rule)
	}
	if in.Rule = text; strings.TrimSpace(string(text)) == "" {
		in.Rule = []byte("{}")
	}
	return in, nil
}

// openAudiences opens the program for a question in the operator's language.
func (c *cli) openAudiences(cmd *cobra.Command) (context.Context, *app.App, error) {
	ctx, a, err := c.open(cmd)
	if err != nil {
		return nil, nil, err
	}
	a.Audiences.Patience(cliPatience)
	return web.WithLocale(ctx, c.locale), a, nil
}

func (c *cli) audienceCountCmd() *cobra.Command {
	var q asked
	cmd := &cobra.Command{
		Use: "count [AUDIENCE]", Short: c.t("cli.audience.count.short"), Args: args(cobra.MaximumNArgs(1)),
		Example: "  zhike audience count 12\n  zhike audience count --rule rule.json --as-of 2026-09-30 --json",
		RunE: func(cmd *cobra.Command, arg []string) error {
			in, err := q.question(c, arg)
			if err != nil {
				return err
			}
			ctx, a, err := c.openAudiences(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			n, err := a.Audiences.Count(ctx, in)
			if err != nil {
				return err
			}
			return c.print(n, func(w writer) {
				fresh := time.UnixMilli(n.FreshAt).In(a.Org.Zone()).Format(time.DateTime)
				if n.Sentence != "" {
					fmt.Fprintln(w, n.Sentence)
				}
				fmt.Fprintln(w, c.t("cli.audience.count.line", "count", i18n.Number(n.Count), "total", i18n.Number(n.Total), "as_of", n.AsOf.String(),
					"took", n.TookMillis, "fresh", fresh))
				for _, p := range n.Problems {
					fmt.Fprintln(w, p.Path+": "+p.Message)
				}
			})
		},
	}
	q.flags(c, cmd)
	return cmd
}

func (c *cli) audienceMembersCmd() *cobra.Command {
	var q asked
	var limit int
	var after int64
	cmd := &cobra.Command{
		Use: "members [AUDIENCE]", Short: c.t("cli.audience.members.short"), Long: c.t("cli.audience.members.long"), Args: args(cobra.MaximumNArgs(1)),
		Example: "  zhike audience members 12 > members.csv\n  zhike audience members 12 --limit 1000 --after 48210",
		RunE: func(cmd *cobra.Command, arg []string) error {
			in, err := q.question(c, arg)
			if err != nil {
				return err
			}
			ctx, a, err := c.openAudiences(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			return c.writeMembers(ctx, a, in, after, limit)
		},
	}
	q.flags(c, cmd)
	cmd.Flags().IntVar(&limit, "limit", 0, c.t("cli.audience.flag.limit"))
	cmd.Flags().Int64Var(&after, "after", 0, c.t("cli.audience.flag.after"))
	return cmd
}

// writeMembers writes CSV piece by piece, or with --json one document a piece
// (JSON lines when there are several).
func (c *cli) writeMembers(ctx context.Context, a *app.App, in audience.CountIn, after int64, limit int) error {
	w := csv.NewWriter(c.out)
	if !c.json {
		_ = w.Write([]string{"id", "name"})
	}
	var last audience.Members
	err := a.Audiences.Dump(ctx, in, after, limit, func(p audience.Members) error {
		last = p
		if c.json {
			return c.print(p, nil)
		}
		for _, m := range p.Items {
			if err := w.Write([]string{strconv.FormatInt(m.ID, 10), harmless(m.Name)}); err != nil {
				return err
			}
		}
		w.Flush()
		return w.Error()
	})
	if err == nil && !c.json {
		w.Flush()
		err = w.Error()
	}
	if errors.Is(err, io.ErrClosedPipe) {
		return nil
	}
	if n := len(last.Items); err == nil && !c.json && last.NextCursor != nil && n > 0 {
		fmt.Fprintln(c.err, c.t("cli.audience.members.more", "total", i18n.Number(last.Total), "after", last.Items[n-1].ID))
	}
	return err
}

// harmless keeps a spreadsheet from running a name as a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

func (c *cli) audienceExplainCmd() *cobra.Command {
	var q asked
	var id int64
	cmd := &cobra.Command{
		Use: "explain [AUDIENCE]", Short: c.t("cli.audience.explain.short"), Args: args(cobra.MaximumNArgs(1)),
		Example: "  zhike audience explain 12 --customer 48210\n  zhike audience explain --rule - --customer 48210 < rule.json",
		RunE: func(cmd *cobra.Command, arg []string) error {
			in, err := q.question(c, arg)
			if err != nil {
				return err
			}
			ctx, a, err := c.openAudiences(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			out, err := a.Audiences.Explain(ctx, audience.ExplainIn{Rule: in.Rule, AudienceID: in.AudienceID, CustomerID: id, AsOf: in.AsOf})
			if err != nil {
				return err
			}
			return c.print(out, func(w writer) {
				verdict := c.t("cli.audience.explain.out")
				if out.Holds {
					verdict = c.t("cli.audience.explain.in")
				}
				fmt.Fprintln(w, c.t("cli.audience.explain.head", "name", out.Name, "id", out.CustomerID, "as_of", out.AsOf.String(), "verdict", verdict))
				c.reason(w, &out.Tree, 1)
			})
		},
	}
	q.flags(c, cmd)
	cmd.Flags().Int64Var(&id, "customer", 0, c.t("cli.audience.flag.customer"))
	_ = cmd.MarkFlagRequired("customer")
	return cmd
}

// reason prints a part of a rule with what came of it.
func (c *cli) reason(w writer, r *audience.Reason, depth int) {
	mark := "✗"
	if r.Holds {
		mark = "✓"
	}
	text := r.Sentence
	switch r.Kind {
	case "audience", "list":
		text = c.t("cli.audience.explain."+r.Kind, "name", r.Audience.Name)
	case "all", "any", "not":
		text = c.t("cli.audience.explain." + r.Kind)
	}
	if r.Text != "" {
		text += "  " + c.t("cli.audience.explain.value", "value", r.Text)
	}
	fmt.Fprintf(w, "%s%s %s\n", strings.Repeat("  ", depth), mark, text)
	for i := range r.Children {
		c.reason(w, &r.Children[i], depth+1)
	}
}

func (c *cli) audienceListCmd() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: c.t("cli.audience.list.short"), Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, a, err := c.openAudiences(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			list, err := a.Audiences.InUse(ctx)
			if err != nil {
				return err
			}
			return c.print(web.NewList(list), func(w writer) {
				tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
				for _, it := range list {
					size := "–"
					if it.Size != nil {
						size = i18n.Number(*it.Size)
					}
					fmt.Fprintln(tw, c.t("cli.audience.list.row", "id", it.ID, "kind", c.t("cli.audience.list."+string(it.Kind)), "size", size, "name", it.Name))
					if it.Problem != nil {
						fmt.Fprintf(tw, "\t\t\t%s: %s\n", it.Problem.Path, it.Problem.Message)
					}
				}
				_ = tw.Flush()
			})
		},
	}
}
