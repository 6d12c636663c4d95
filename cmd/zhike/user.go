package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"zhike/internal/org"
	"zhike/internal/platform/errs"
)

func (c *cli) userCmd() *cobra.Command {
	var in org.AddStaffIn
	var passwordFile string
	add := &cobra.Command{
		Use: "add LOGIN", Short: c.t("cli.user.add.short"), Long: c.t("cli.user.add.long"), Args: args(cobra.ExactArgs(1)),
		Example: "  zhike user add li.na --name 李娜 --role operations\n  zhike user add api --role marketer --password-file /run/secrets/api",
		RunE: func(cmd *cobra.Command, a []string) error {
			in.Login = a[0]
			if in.Name == "" {
				in.Name = in.Login
			}
			var err error
			if in.Password, err = c.password(passwordFile); err != nil {
				return err
			}
			ctx, app, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer app.Close()
			res, err := app.Org.AddStaff(ctx, in)
			if err != nil {
				return err
			}
			out := map[string]any{"id": res.ID, "login": in.Login, "role": in.RoleCode, "password": res.Password}
			return c.print(out, func(w writer) {
				fmt.Fprintln(w, c.t("cli.user.added", "login", in.Login, "role", in.RoleCode))
				if res.Password != "" {
					fmt.Fprintln(w, c.t("cli.user.password", "password", res.Password))
				}
			})
		},
	}
	add.Flags().StringVar(&in.Name, "name", "", c.t("cli.user.flag.name"))
	add.Flags().StringVar(&in.RoleCode, "role", "operations", c.t("cli.user.flag.role"))
	add.Flags().StringVar(&in.Department, "department", "", c.t("cli.user.flag.department"))
	add.Flags().StringVar(&passwordFile, "password-file", "", c.t("cli.user.flag.password_file"))
	cmd := &cobra.Command{Use: "user", Short: c.t("cli.user.short"), Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(add, c.resetPasswordCmd())
	return cmd
}

func (c *cli) resetPasswordCmd() *cobra.Command {
	return &cobra.Command{
		Use: "reset-password LOGIN", Short: c.t("cli.user.reset.short"), Long: c.t("cli.user.reset.long"), Args: args(cobra.ExactArgs(1)),
		Example: "  zhike user reset-password admin\n  zhike user reset-password li.na --json",
		RunE: func(cmd *cobra.Command, a []string) error {
			ctx, app, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer app.Close()
			password, err := app.Org.ResetPasswordOf(ctx, a[0])
			if err != nil {
				return err
			}
			out := map[string]any{"login": a[0], "password": password, "must_change_password": true}
			return c.print(out, func(w writer) {
				fmt.Fprintln(w, c.t("cli.user.reset.done", "login", a[0]))
				fmt.Fprintln(w, c.t("cli.user.password", "password", password))
			})
		},
	}
}

// password reads it from a file, or from the terminal without showing it; ""
// asks for a generated one.
func (c *cli) password(file string) (string, error) {
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			return "", fileFault(err, file)
		}
		defer f.Close()
		b, err := io.ReadAll(io.LimitReader(f, 4096))
		p := strings.TrimRight(string(b), "\r\n")
		if err != nil || p == "" {
			return "", errs.New(errs.Invalid, "cli.password_input")
		}
		return p, nil
	}
	if c.json || !term.IsTerminal(int(c.in.Fd())) {
		return "", nil
	}
	fmt.Fprint(c.err, c.t("cli.user.ask"))
	b, err := term.ReadPassword(int(c.in.Fd()))
	fmt.Fprintln(c.err)
	if err != nil {
		return "", errs.Wrap(err, errs.Invalid, "cli.password_input")
	}
	return string(b), nil
}
