package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

// What is wrong with a call is said in the operator's language, not in that of
// the libraries, and never as a fault of the program.
func TestWrongCalls(t *testing.T) {
	data := t.TempDir()
	for name, c := range map[string]struct {
		args []string
		zh   string
	}{
		"unknown command":     {[]string{"nonsense"}, "zhike 没有命令 nonsense，可用：audience, audit,"},
		"unknown subcommand":  {[]string{"import", "nonsense"}, "zhike import 没有命令 nonsense，可用：behaviours, customers, orders"},
		"too few arguments":   {[]string{"import", "customers"}, "给了 0 个参数，应写成 zhike import customers FILE"},
		"too many arguments":  {[]string{"dedupe", "a", "b", "c"}, "给了 3 个参数，应写成 zhike dedupe FILE [FILE2]"},
		"unknown flag":        {[]string{"dedupe", "a", "--mop", "b"}, "没有参数 --mop"},
		"unknown letter":      {[]string{"dedupe", "a", "-x"}, "没有参数 -x"},
		"flag without value":  {[]string{"dedupe", "a", "--map"}, "参数 --map 后面缺少值"},
		"no number":           {[]string{"dedupe", "a", "--threshold", "x"}, "参数 --threshold 的值“x”不能用，应形如 0.9"},
		"no customer":         {[]string{"audience", "explain", "1", "--data", data}, "--customer 48210"},
		"setting of its kind": {[]string{"audience", "list", "--data", data, "--db-conns", "x"}, "应形如 0, 1, 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("ZHIKE_LOCALE", "zh-CN")
			var out, errOut bytes.Buffer
			code := execute(context.Background(), c.args, console{in: os.Stdin, out: &out, err: &errOut})
			if code != exitUsage || out.Len() > 0 || !strings.Contains(errOut.String(), c.zh) {
				t.Errorf("exit %d, %q, %s; want %s", code, &out, &errOut, c.zh)
			}
		})
	}
}

func TestLocaleOfACall(t *testing.T) {
	t.Setenv("ZHIKE_LOCALE", "zh-CN")
	for _, x := range []struct {
		args []string
		want string
	}{
		{[]string{"dedupe"}, "zh-CN"},
		{[]string{"dedupe", "--locale", "en"}, "en"},
		{[]string{"--locale=en", "dedupe"}, "en"},
		{[]string{"dedupe", "--", "--locale=en"}, "zh-CN"},
		{[]string{"dedupe", "--locale"}, "zh-CN"},
	} {
		if got := cliLocale(x.args); got != x.want {
			t.Errorf("%q: %s, want %s", x.args, got, x.want)
		}
	}
}
