package main

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"zhike/internal/platform/errs"
)

// usage marks an error of the call itself; fail says it in the operator's language.
func usage(err error) error { return errs.Wrap(err, errs.Invalid, "cli.usage", "detail", err.Error()) }

// errRefused ends a command that is done and has told what of its input it
// refused; nothing more is said of it.
var errRefused = errors.New("some of the input was refused")

// fileFault is what keeps a file that the call names from being read: the same
// exit code in every command. Errors that are no fault of the file system stay.
func fileFault(err error, path string) error {
	var of *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errs.Wrap(err, errs.NotFound, "cli.file_missing", "path", path)
	case errors.Is(err, fs.ErrPermission):
		return errs.Wrap(err, errs.Forbidden, "cli.file", "path", path)
	case errors.As(err, &of):
		return errs.Wrap(err, errs.Invalid, "cli.file", "path", path)
	}
	return err
}

// badArgs is a refusal of the arguments of a command.
type badArgs struct {
	error
	cmd   *cobra.Command
	given []string
}

// args wraps a cobra argument check, so that its refusal is a usage error.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, a []string) error {
		if err := check(cmd, a); err != nil {
			return usage(&badArgs{err, cmd, a})
		}
		return nil
	}
}

// usageDetail says what is wrong with the call; cobra and pflag know English only.
func (c *cli) usageDetail(err error) string {
	var (
		bad      *badArgs
		unknown  *pflag.NotExistError
		noValue  *pflag.ValueRequiredError
		badValue *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &bad) && bad.cmd.HasSubCommands():
		var names []string
		for _, sub := range bad.cmd.Commands() {
			if sub.IsAvailableCommand() {
				names = append(names, sub.Name())
			}
		}
		return c.t("cli.usage.no_command", "command", bad.cmd.CommandPath(), "name", bad.given[0], "known", strings.Join(names, ", "))
	case errors.As(err, &bad):
		return c.t("cli.usage.arguments", "given", len(bad.given), "line", bad.cmd.UseLine())
	case errors.As(err, &unknown):
		return c.t("cli.usage.no_flag", "flag", dashed(unknown.GetSpecifiedName()))
	case errors.As(err, &noValue):
		return c.t("cli.usage.no_value", "flag", dashed(noValue.GetSpecifiedName()))
	case errors.As(err, &badValue):
		return c.t("cli.usage.bad_value", "flag", dashed(badValue.GetFlag().Name), "value", badValue.GetValue(), "want", likeType(badValue.GetFlag().Value.Type()))
	}
	return err.Error()
}

// dashed is a flag as it is typed.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// likeType is an example of a value, which needs no language.
func likeType(name string) string {
	switch {
	case strings.HasPrefix(name, "float"):
		return "0.9"
	case name == "bool":
		return "true, false"
	case name == "duration":
		return "90s"
	}
	return "12"
}
