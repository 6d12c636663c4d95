package main

import (
	"fmt"
	"os"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"zhike/internal/lifecycle"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
)

func (c *cli) lifecycleCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "lifecycle", Short: c.t("cli.lifecycle.short"), Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(c.lifecycleRunCmd(), c.lifecycleShowCmd(), c.lifecycleHistoryCmd(), c.lifecycleCohortsCmd(), c.lifecycleExportCmd(), c.lifecycleImportCmd(),
		c.manualCmd(lifecycle.Handbook, c.t("cli.lifecycle.handbook.short")), c.manualCmd(lifecycle.SOP, c.t("cli.lifecycle.sop.short")))
	return cmd
}

func (c *cli) lifecycleRunCmd() *cobra.Command {
	var from string
	var rebuild bool
	cmd := &cobra.Command{
		Use: "run", Short: c.t("cli.lifecycle.run.short"), Long: c.t("cli.lifecycle.run.long"), Args: args(cobra.NoArgs),
		Example: "  zhike lifecycle run\n  zhike lifecycle run --from 2025-01-01 --rebuild",
		RunE: func(cmd *cobra.Command, _ []string) error {
			day, err := readDay(from)
			if err != nil {
				return err
			}
			if day == nil && rebuild {
				return errs.New(errs.Invalid, "cli.lifecycle.rebuild_from")
			}
			ctx, a, err := c.openTold(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			// Figures first: the open day is theirs.
			if err := a.Metrics.Refresh(ctx, clock.Zone(a.Org.Zone).Today(a.Clock), func(int64, int64) {}); err != nil {
				return err
			}
			b := c.newBar(c.t("cli.lifecycle.progress"))
			err = a.Stages.Now(ctx, lifecycle.NowIn{From: day, Rebuild: rebuild, Progress: b.set})
			b.end()
			if err != nil {
				return err
			}
			o, err := a.Lifecycle.Overview(ctx)
			if err != nil {
				return err
			}
			return c.print(o, func(w writer) { c.printStages(w, &o) })
		},
	}
	cmd.Flags().StringVar(&from, "from", "", c.t("cli.lifecycle.flag.from"))
	cmd.Flags().BoolVar(&rebuild, "rebuild", false, c.t("cli.lifecycle.flag.rebuild"))
	return cmd
}

func (c *cli) printStages(w writer, o *lifecycle.Overview) {
	if o.Day == "" {
		fmt.Fprintln(w, c.t("cli.lifecycle.not_begun"))
		return
	}
	fmt.Fprintln(w, c.t("cli.lifecycle.head", "day", o.Day, "begun", o.Begun, "version", o.Version))
	if o.Problem != "" {
		fmt.Fprintln(w, c.t("cli.lifecycle.problem", "at", o.ProblemAt, "problem", o.Problem))
	}
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, s := range o.Stages {
		fmt.Fprintf(tw, "%s\t%s\n", s.Name, i18n.Number(s.Customers))
	}
	_ = tw.Flush()
}

func (c *cli) lifecycleShowCmd() *cobra.Command {
	return &cobra.Command{
		Use: "show", Short: c.t("cli.lifecycle.show.short"), Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, a, err := c.openTold(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			o, err := a.Lifecycle.Overview(ctx)
			if err != nil {
				return err
			}
			return c.print(o, func(w writer) { c.printStages(w, &o) })
		},
	}
}

func (c *cli) lifecycleHistoryCmd() *cobra.Command {
	return &cobra.Command{
		Use: "history CUSTOMER", Short: c.t("cli.lifecycle.history.short"), Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, arg []string) error {
			id, err := strconv.ParseInt(arg[0], 10, 64)
			if err != nil || id < 1 {
				return errs.New(errs.Invalid, "cli.lifecycle.customer")
			}
			ctx, a, err := c.openTold(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			list, err := a.Lifecycle.History(ctx, id, 1<<30, 10_000)
			if err != nil {
				return err
			}
			return c.print(web.NewList(list), func(w writer) {
				for _, p := range list {
					fmt.Fprintln(w, p.Day.String()+"  "+p.Text)
				}
			})
		},
	}
}

func (c *cli) lifecycleCohortsCmd() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use: "cohorts", Short: c.t("cli.lifecycle.cohorts.short"), Long: c.t("cli.lifecycle.cohorts.long"), Args: args(cobra.NoArgs),
		Example: "  zhike lifecycle cohorts --from 2025-01 --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, a, err := c.openTold(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			last := clock.Zone(a.Org.Zone).Today(a.Clock).Month()
			first := last - lifecycle.MaxMonths + 1
			if from != "" {
				if first, err = lifecycle.ReadMonth(from, "from"); err != nil {
					return err
				}
			}
			if to != "" {
				if last, err = lifecycle.ReadMonth(to, "to"); err != nil {
					return err
				}
			}
			r, err := a.Lifecycle.Retention(ctx, first, last)
			if err != nil {
				return err
			}
			return c.print(r, func(w writer) {
				tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
				for _, k := range r.Cohorts {
					fmt.Fprint(tw, k.Month+"\t")
					for _, n := range k.Active {
						fmt.Fprint(tw, i18n.Number(n)+"\t")
					}
					fmt.Fprintln(tw)
				}
				_ = tw.Flush()
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", c.t("cli.lifecycle.flag.first_month"))
	cmd.Flags().StringVar(&to, "to", "", c.t("cli.lifecycle.flag.last_month"))
	return cmd
}

func (c *cli) lifecycleExportCmd() *cobra.Command {
	var version int64
	cmd := &cobra.Command{
		Use: "export", Short: c.t("cli.lifecycle.export.short"), Args: args(cobra.NoArgs), Example: "  zhike lifecycle export > lifecycle.yaml",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, a, err := c.openTold(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			return a.Lifecycle.Export(ctx, version, c.out)
		},
	}
	cmd.Flags().Int64Var(&version, "version", 0, c.t("cli.lifecycle.flag.version"))
	return cmd
}

func (c *cli) lifecycleImportCmd() *cobra.Command {
	var note string
	cmd := &cobra.Command{
		Use: "import FILE", Short: c.t("cli.lifecycle.import.short"), Args: args(cobra.ExactArgs(1)), Example: "  zhike lifecycle import lifecycle.yaml --note 2026Q1",
		RunE: func(cmd *cobra.Command, arg []string) error {
			f, err := os.Open(arg[0])
			if err != nil {
				return fileFault(err, arg[0])
			}
			defer f.Close()
			cfg, err := lifecycle.ParseYAML(f)
			if err != nil {
				return err
			}
			ctx, a, err := c.openTold(cmd)
			if err != nil {
				return err
			}
			defer a.Close()
			now, err := a.Lifecycle.Current(ctx, 0)
			if err != nil {
				return err
			}
			v, err := a.Lifecycle.Save(ctx, *cfg, now.Version, note)
			if err != nil {
				return err
			}
			return c.print(v, func(w writer) { fmt.Fprintln(w, c.t("cli.lifecycle.import.done", "version", v.Version)) })
		},
	}
	cmd.Flags().StringVar(&note, "note", "", c.t("cli.lifecycle.flag.note"))
	return cmd
}
