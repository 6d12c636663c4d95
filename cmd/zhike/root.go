package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"zhike/internal/app"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/config"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
)

// Exit codes, documented in the help of the program.
const (
	exitOK          = 0
	exitInternal    = 1 // a fault of ours; the log says more
	exitUsage       = 2 // the call or the input is wrong
	exitNotFound    = 3
	exitConflict    = 4 // it clashes with what is there
	exitUnavailable = 5 // database or disk not usable now
	exitForbidden   = 6
	exitRefused     = 7 // done, but some of the input was refused
	exitInterrupted = 130
)

// writer is where a command writes for people.
type writer = io.Writer

type console struct {
	in       *os.File
	out, err io.Writer
}

// cli is what every command gets: the console, the language and how to print.
type cli struct {
	console
	locale string
	json   bool
}

func execute(ctx context.Context, args []string, con console) int {
	c := &cli{console: con, locale: cliLocale(args)}
	root := c.root()
	root.SetArgs(args)
	root.SetIn(con.in)
	root.SetOut(con.out)
	root.SetErr(con.err)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errRefused):
		return exitRefused
	}
	return c.fail(ctx, err)
}

// cliLocale is the operator's language: --locale, else ZHIKE_LOCALE, else that of
// the shell, else Chinese. A shell without a language (C, POSIX) says nothing.
func cliLocale(args []string) string {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if v, ok := strings.CutPrefix(arg, "--locale="); ok {
			return i18n.Match(v)
		}
		if arg == "--locale" && i+1 < len(args) {
			return i18n.Match(args[i+1])
		}
	}
	for _, name := range []string{"ZHIKE_LOCALE", "LC_ALL", "LC_MESSAGES", "LANG"} {
		v := os.Getenv(name)
		if v != "" && v != "C" && v != "POSIX" && !strings.HasPrefix(v, "C.") {
			return i18n.Match(v)
		}
	}
	return i18n.Match("")
}

// t gives a text in the operator's language. i18n-keys: cli.*
func (c *cli) t(key string, params ...any) string {
	p := i18n.Params{}
	for i := 0; i+1 < len(params); i += 2 {
		p[params[i].(string)] = params[i+1]
	}
	return i18n.T(c.locale, key, p)
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "zhike",
		Short:         c.t("cli.root.short"),
		Long:          c.t("cli.root.long"),
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       app.Version,
		Args:          args(cobra.NoArgs),
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentFlags().BoolP("help", "h", false, c.t("cli.flag.help"))
	root.Flags().BoolP("version", "v", false, c.t("cli.flag.version"))
	root.PersistentFlags().BoolVar(&c.json, "json", false, c.t("cli.flag.json"))
	config.RegisterFlags(root.PersistentFlags(), c.t)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetUsageTemplate(c.usageTemplate(root.UsageTemplate()))
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.AddCommand(
		c.serveCmd(), c.migrateCmd(), c.userCmd(), c.importCmd(), c.exportCmd(), c.tierCmd(), c.audienceCmd(), c.lifecycleCmd(), c.reportCmd(),
		c.backupCmd(), c.keysCmd(), c.openapiCmd(), c.doctorCmd(), c.auditCmd(), c.dedupeCmd(), c.modelCmd(), c.demoCmd(), c.versionCmd(),
	)
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "help" {
			cmd.Short, cmd.Long = c.t("cli.help.short"), ""
		}
	}
	return root
}

// usageTemplate is the library's own in the operator's language.
func (c *cli) usageTemplate(text string) string {
	return strings.NewReplacer(
		"Usage:", c.t("cli.usage.usage"), "Aliases:", c.t("cli.usage.aliases"), "Examples:", c.t("cli.usage.examples"),
		"Available Commands:", c.t("cli.usage.commands"), "Additional Commands:", c.t("cli.usage.more_commands"),
		"Global Flags:", c.t("cli.usage.global_flags"), "Flags:", c.t("cli.usage.flags"),
		"Additional help topics:", c.t("cli.usage.topics"),
		`Use "{{.CommandPath}} [command] --help" for more information about a command.`,
		c.t("cli.usage.command_help", "command", "{{.CommandPath}}"),
	).Replace(text)
}

// fail prints the error in the operator's language (or as JSON) and gives the
// exit code that belongs to it.
func (c *cli) fail(ctx context.Context, err error) int {
	e := errs.From(err)
	if ctx.Err() != nil && e.Kind == errs.Canceled {
		fmt.Fprintln(c.err, c.t("cli.interrupted"))
		return exitInterrupted
	}
	if e.Code == "cli.usage" && e.Cause != nil {
		e.Params["detail"] = c.usageDetail(e.Cause)
	}
	text := i18n.ErrorText(c.locale, e)
	if c.json {
		fields := make([]map[string]any, len(e.Fields))
		for i, f := range e.Fields {
			fields[i] = map[string]any{"path": f.Path, "code": f.Code, "message": i18n.T(c.locale, "errors."+f.Code, f.Params)}
		}
		b, _ := json.Marshal(map[string]any{"error": map[string]any{"code": e.Code, "message": text, "params": e.Params, "kind": e.Kind.String(), "fields": fields}})
		fmt.Fprintln(c.err, string(b))
	} else {
		fmt.Fprintln(c.err, text)
		if e.Kind == errs.Internal && e.Cause != nil {
			fmt.Fprintln(c.err, c.t("cli.cause", "detail", e.Cause.Error()))
		}
	}
	switch e.Kind {
	case errs.Invalid, errs.TooLarge:
		return exitUsage
	case errs.NotFound:
		return exitNotFound
	case errs.Conflict:
		return exitConflict
	case errs.Unavailable, errs.RateLimited:
		return exitUnavailable
	case errs.Forbidden, errs.Unauthenticated:
		return exitForbidden
	case errs.Canceled:
		return exitInterrupted
	}
	return exitInternal
}

// print writes v as one JSON document with --json, else calls human.
func (c *cli) print(v any, human func(w io.Writer)) error {
	if c.json {
		enc := json.NewEncoder(c.out)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	}
	human(c.out)
	return nil
}

// terminal says whether progress bars make sense.
func (c *cli) terminal() bool {
	f, ok := c.err.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && !c.json
}

// config reads the configuration of this call and says its warnings.
func (c *cli) config(cmd *cobra.Command) (*config.Config, error) {
	cfg, err := config.Load(config.Options{Flags: cmd.Flags()})
	if err != nil {
		return nil, err
	}
	for _, w := range cfg.Warnings {
		fmt.Fprintln(c.err, i18n.T(c.locale, "errors."+w.Code, w.Params))
	}
	return cfg, nil
}

// open wires the program for one command; the schema must be current, or is
// brought there on a fresh SQLite folder.
func (c *cli) open(cmd *cobra.Command) (context.Context, *app.App, error) {
	cfg, err := c.config(cmd)
	if err != nil {
		return nil, nil, err
	}
	a, err := app.Open(cmd.Context(), cfg, app.Options{Stderr: c.err})
	if err != nil {
		return nil, nil, err
	}
	actor := auth.System("cli")
	actor.IP = "cli"
	return auth.With(cmd.Context(), actor), a, nil
}

// openTold is open for what is told in the operator's language.
func (c *cli) openTold(cmd *cobra.Command) (context.Context, *app.App, error) {
	ctx, a, err := c.open(cmd)
	if err != nil {
		return nil, nil, err
	}
	return web.WithLocale(ctx, c.locale), a, nil
}

// readDay reads a day of company time; nil is none.
func readDay(text string) (*clock.Day, error) {
	if text == "" {
		return nil, nil
	}
	day, err := clock.ParseDay(text)
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "cli.as_of", "value", text)
	}
	return &day, nil
}
