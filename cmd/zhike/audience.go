package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
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
	"zhike/internal/customer"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
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
			return in, fileFault(err, q.rule)
		}
		defer f.Close()
		file = f
	}
	// One byte more than is looked at, so that it is refused as too large.
	text, err := io.ReadAll(io.LimitReader(file, int64(rule.MaxTimes*rule.RuleLimits.Bytes+1)))
	if err != nil {
		return in, fileFault(err, q.rule)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		// Everybody is {}; an empty file is one that was not written.
		return in, rule.Bad("rule", "audience.rule_missing")
	}
	in.Rule = text
	return in, nil
}

// openAudiences opens the program for a question, which may take its time.
func (c *cli) openAudiences(cmd *cobra.Command) (context.Context, *app.App, error) {
	ctx, a, err := c.openTold(cmd)
	if err != nil {
		return nil, nil, err
	}
	a.Audiences.Patience(cliPatience)
	return customer.Patient(ctx), a, nil
}

// asking is the body of a command that asks about an audience or a rule.
func (c *cli) asking(q *asked, ask func(ctx context.Context, a *app.App, in audience.CountIn) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, arg []string) error {
		in, err := q.question(c, arg)
		if err != nil {
			return err
		}
		ctx, a, err := c.openAudiences(cmd)
		if err != nil {
			return err
		}
		defer a.Close()
		return ask(ctx, a, in)
	}
}

func (c *cli) audienceCountCmd() *cobra.Command {
	var q asked
	cmd := &cobra.Command{
		Use: "count [AUDIENCE]", Short: c.t("cli.audience.count.short"), Args: args(cobra.MaximumNArgs(1)),
		Example: "  zhike audience count 12\n  zhike audience count --rule rule.json --as-of 2026-09-30 --json",
		RunE: c.asking(&q, func(ctx context.Context, a *app.App, in audience.CountIn) error {
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
		}),
	}
	q.flags(c, cmd)
	return cmd
}

func (c *cli) audienceMembersCmd() *cobra.Command {
	var q asked
	var limit uint32
	var after int64
	cmd := &cobra.Command{
		Use: "members [AUDIENCE]", Short: c.t("cli.audience.members.short"), Long: c.t("cli.audience.members.long"), Args: args(cobra.MaximumNArgs(1)),
		Example: "  zhike audience members 12 > members.csv\n  zhike audience members 12 --limit 1000 --after 48210",
		RunE: c.asking(&q, func(ctx context.Context, a *app.App, in audience.CountIn) error {
			return c.writeMembers(ctx, a, in, after, limit)
		}),
	}
	q.flags(c, cmd)
	cmd.Flags().Uint32Var(&limit, "limit", 0, c.t("cli.audience.flag.limit"))
	cmd.Flags().Int64Var(&after, "after", 0, c.t("cli.audience.flag.after"))
	return cmd
}

// writeMembers writes CSV, or with --json one document, while members are read.
func (c *cli) writeMembers(ctx context.Context, a *app.App, in audience.CountIn, after int64, limit uint32) error {
	var out memberWriter
	if c.json {
		out = &jsonMembers{w: c.out}
	} else {
		w := csv.NewWriter(c.out)
		_ = w.Write([]string{"id", "name"})
		out = &csvMembers{w}
	}
	var last audience.Members
	err := a.Audiences.Dump(ctx, in, after, int(limit), func(p audience.Members) error {
		last = p
		return out.write(p.Items)
	})
	if err != nil {
		return err
	}
	var next *int64 // the last one, where a limit cut
	if last.NextCursor != nil {
		next = new(int64)
		if err := web.DecodeCursor(*last.NextCursor, next); err != nil {
			return err
		}
		fmt.Fprintln(c.err, c.t("cli.audience.members.more", "total", i18n.Number(last.Total), "after", *next))
	}
	return out.end(&last, next)
}

// memberWriter takes members in pieces.
type memberWriter interface {
	write(list []audience.Member) error
	end(last *audience.Members, after *int64) error
}

type csvMembers struct{ w *csv.Writer }

func (o *csvMembers) write(list []audience.Member) error {
	for _, m := range list {
		if err := o.w.Write([]string{strconv.FormatInt(m.ID, 10), sheet.Escape(m.Name)}); err != nil {
			return err
		}
	}
	o.w.Flush()
	return o.w.Error()
}

func (o *csvMembers) end(*audience.Members, *int64) error { return nil }

type jsonMembers struct {
	w io.Writer
	n int
}

func (o *jsonMembers) write(list []audience.Member) error {
	for _, m := range list {
		b, err := json.Marshal(m)
		if err != nil {
			return err
		}
		before := ",\n  "
		if o.n++; o.n == 1 {
			before = "{\"items\":[\n  "
		}
		if _, err = fmt.Fprint(o.w, before, string(b)); err != nil {
			return err
		}
	}
	return nil
}

func (o *jsonMembers) end(last *audience.Members, after *int64) error {
	rest, err := json.Marshal(struct {
		Total int64  `json:"total"`
		After *int64 `json:"after"`
		audience.Answer
	}{last.Total, after, last.Answer})
	if err != nil {
		return err
	}
	before := "\n],"
	if o.n == 0 {
		before = `{"items":[],`
	}
	_, err = fmt.Fprintln(o.w, before+strings.TrimPrefix(string(rest), "{"))
	return err
}

func (c *cli) audienceExplainCmd() *cobra.Command {
	var q asked
	var id int64
	cmd := &cobra.Command{
		Use: "explain [AUDIENCE]", Short: c.t("cli.audience.explain.short"), Args: args(cobra.MaximumNArgs(1)),
		Example: "  zhike audience explain 12 --customer 48210\n  zhike audience explain --rule - --customer 48210 < rule.json",
		RunE: c.asking(&q, func(ctx context.Context, a *app.App, in audience.CountIn) error {
			if id <= 0 {
				return errs.New(errs.Invalid, "cli.audience_customer")
			}
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
		}),
	}
	q.flags(c, cmd)
	cmd.Flags().Int64Var(&id, "customer", 0, c.t("cli.audience.flag.customer"))
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
