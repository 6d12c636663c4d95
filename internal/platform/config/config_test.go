package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"pgregory.net/rapid"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

const goodKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

// load runs Load in a folder of its own with the given file, variables and flags.
func load(t *testing.T, yaml string, environ []string, args ...string) (*Config, error) {
	t.Helper()
	dir := t.TempDir()
	if yaml != "" {
		write(t, filepath.Join(dir, FileName), yaml)
	}
	return loadIn(t, dir, environ, args...)
}

func loadIn(t *testing.T, dir string, environ []string, args ...string) (*Config, error) {
	t.Helper()
	fs := pflag.NewFlagSet("zhike", pflag.ContinueOnError)
	RegisterFlags(fs, func(key string, _ ...any) string { return key })
	fs.Bool("json", false, "another command's flag")
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	if environ == nil {
		environ = []string{}
	}
	return Load(Options{Flags: fs, Environ: environ, Dir: dir})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, c *Config, err error) *Config {
	t.Helper()
	if err != nil {
		t.Fatal(i18n.ErrorText(i18n.En, err))
	}
	return c
}

func TestDefaults(t *testing.T) {
	dir := t.TempDir()
	c, err := loadIn(t, dir, nil)
	must(t, c, err)
	if c.Data != filepath.Join(dir, "data") || c.Addr != "127.0.0.1:8780" || !c.DB.Empty() || c.Locale != "zh-CN" ||
		c.Location().String() != "Asia/Shanghai" || c.LogFormat != "text" || c.Level() != slog.LevelInfo ||
		c.UploadMaxBytes != 2<<30 || c.SessionLifetime != 7*24*time.Hour || c.SessionIdle != 12*time.Hour ||
		c.BaseURL() != "http://127.0.0.1:8780" || c.File != "" || len(c.Warnings) != 0 {
		t.Errorf("unexpected defaults: %+v", c)
	}
	if c.MasterKeyFile() != filepath.Join(dir, "data", "master.key") {
		t.Errorf("MasterKeyFile = %s", c.MasterKeyFile())
	}
}

func TestPrecedence(t *testing.T) {
	env := []string{"ZHIKE_LOG_LEVEL=warn", "ZHIKE_LOCALE=en", "ZHIKE_ADDR=", "PATH=/bin", "ZHIKE_TEST_PG=x"}
	c, err := load(t, "log_level: debug\nlocale: zh-CN\naddr: 127.0.0.1:1\ntime_zone: UTC\ntrusted_proxies: [10.0.0.0/8, 192.0.2.7]\njob_workers: 8\nsession_idle: 90m\ntls_cert:\n",
		env, "--log-level=error", "--json")
	must(t, c, err)
	got := map[string]string{}
	for _, s := range c.Describe() {
		if s.Source != "default" {
			got[s.Key] = s.Value + " < " + s.Source
		}
	}
	want := map[string]string{
		"log_level": "error < --log-level", "locale": "en < ZHIKE_LOCALE", "addr": "127.0.0.1:1 < zhike.yaml",
		"time_zone": "UTC < zhike.yaml", "trusted_proxies": "10.0.0.0/8,192.0.2.7/32 < zhike.yaml",
		"job_workers": "8 < zhike.yaml", "session_idle": "1h30m < zhike.yaml",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestChosenFile(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.yaml"), "locale: en")
	write(t, filepath.Join(dir, "b.yaml"), "log_level: debug")
	c, err := loadIn(t, dir, []string{"ZHIKE_CONFIG=a.yaml"})
	if must(t, c, err); c.Locale != "en" || c.File != "a.yaml" {
		t.Errorf("ZHIKE_CONFIG was not read: %+v", c)
	}
	c, err = loadIn(t, dir, []string{"ZHIKE_CONFIG=a.yaml"}, "--config", "b.yaml")
	if must(t, c, err); c.Locale != "zh-CN" || c.LogLevel != "debug" {
		t.Errorf("--config does not win: %+v", c)
	}
	if _, err := loadIn(t, dir, nil, "--config=none.yaml"); !errs.Is(err, "config.file") {
		t.Errorf("missing file: %v", err)
	}
}

func TestSecretsFromFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "db.txt"), "postgres://u:pw@h/zhike\n")
	write(t, filepath.Join(dir, "key.txt"), goodKey+"\n")
	c, err := loadIn(t, dir, []string{"ZHIKE_DB_FILE=db.txt", "ZHIKE_MASTER_KEY_FILE=" + filepath.Join(dir, "key.txt")})
	must(t, c, err)
	if c.DB.Reveal() != "postgres://u:pw@h/zhike" || c.MasterKey.Reveal() != goodKey {
		t.Error("secrets were not read")
	}
	// A plain value of a higher source beats a file of a lower one, and the reverse.
	c, err = loadIn(t, dir, []string{"ZHIKE_DB_FILE=db.txt"}, "--db=postgres://u@other/zhike")
	if must(t, c, err); c.DB.Reveal() != "postgres://u@other/zhike" {
		t.Error("flag does not beat ZHIKE_DB_FILE")
	}
	write(t, filepath.Join(dir, FileName), "db: postgres://u@yaml/zhike\n")
	c, err = loadIn(t, dir, []string{"ZHIKE_DB_FILE=db.txt"})
	if must(t, c, err); c.DB.Reveal() != "postgres://u:pw@h/zhike" || c.from("db") != "ZHIKE_DB_FILE" {
		t.Errorf("ZHIKE_DB_FILE does not beat the file: %s", c.from("db"))
	}
}

func TestEveryFaultAtOnce(t *testing.T) {
	yaml := `
adr: 1.2.3.4:80
log: {level: info}
time_zone: Mars/Olympus
log_level: loud
job_workers: 0
upload_max_bytes: a lot
session_idle: 30d
trusted_proxies: [10.0.0.0/8, proxy]
public_url: https://u:pw@crm.example.com/path
master_key: abc
quite_something_else: 1
request_max_bytes: [1]
`
	_, err := load(t, yaml, []string{"ZHIKE_DB=mysql://u:pw@h/x", "ZHIKE_ADDR=8780", "ZHIKE_TLS_CERT=/no/such.pem", "ZHIKE_MASTER_KEY=short"})
	e := errs.From(err)
	if e.Code != "config.invalid" {
		t.Fatalf("code %s: %v", e.Code, err)
	}
	got := []string{}
	for _, f := range e.Fields {
		got = append(got, f.Path+" "+f.Code)
	}
	want := []string{
		"addr config.addr", "adr config.unknown_near", "db config.db", "job_workers config.range",
		"log.level config.unknown_near", "log_level config.choice", "master_key config.master_key_yaml", "master_key config.master_key",
		"public_url config.url", "quite_something_else config.unknown", "request_max_bytes config.type",
		"session_idle config.session_order", "time_zone config.time_zone", "tls_cert config.tls_pair", "tls_cert config.missing_file",
		"trusted_proxies config.proxy", "upload_max_bytes config.type",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, locale := range []string{i18n.ZhCN, i18n.En} {
		text := i18n.ErrorText(locale, err)
		if strings.Contains(text, "{{") || strings.Contains(text, "errors.") {
			t.Errorf("unfinished text: %s", text)
		}
		if strings.Contains(text, "pw") || strings.Contains(text, "short") {
			t.Errorf("a secret came out: %s", text)
		}
	}
	if text := i18n.ErrorText(i18n.En, err); !strings.Contains(text, "adr: There is no such setting (from zhike.yaml). Did you mean addr") {
		t.Errorf("no hint in: %s", text)
	}
}

func TestRefused(t *testing.T) {
	cases := []struct {
		name, yaml string
		env, args  []string
		code       string // of the error itself or of its first field
	}{
		{name: "not yaml", yaml: "a: [1", code: "config.yaml"},
		{name: "a list", yaml: "- a\n- b\n", code: "config.yaml"},
		{name: "just a word", yaml: "s3cret", code: "config.yaml"},
		{name: "twice in the file", yaml: "addr: a:1\naddr: b:1\n", code: "config.yaml"},
		{name: "password on the command line", args: []string{"--db=postgres://u:pw@h/x"}, code: "config.db_password_flag"},
		{name: "password as parameter", args: []string{"--db=postgres://u@h/x?password=pw"}, code: "config.db_password_flag"},
		{name: "no database name", env: []string{"ZHIKE_DB=postgres://u@h/"}, code: "config.db"},
		{name: "both", env: []string{"ZHIKE_DB=postgres://u@h/x", "ZHIKE_DB_FILE=x"}, code: "config.secret_twice"},
		{name: "no secret file", env: []string{"ZHIKE_DB_FILE=/no/such"}, code: "config.secret_file"},
		{name: "secret file is a folder", env: []string{"ZHIKE_DB_FILE=."}, code: "config.secret_file"},
		{name: "long", env: []string{"ZHIKE_DATA=" + strings.Repeat("x", 5000)}, code: "config.too_long"},
		{name: "port", env: []string{"ZHIKE_ADDR=127.0.0.1:70000"}, code: "config.addr"},
		{name: "host", env: []string{"ZHIKE_ADDR=a_b:80"}, code: "config.addr"},
		{name: "local zone", env: []string{"ZHIKE_TIME_ZONE=Local"}, code: "config.time_zone"},
		{name: "path in zone", env: []string{"ZHIKE_TIME_ZONE=../../etc/passwd"}, code: "config.time_zone"},
		{name: "overflow", env: []string{"ZHIKE_UPLOAD_MAX_BYTES=99999999999GiB"}, code: "config.type"},
		{name: "negative", env: []string{"ZHIKE_UPLOAD_MAX_BYTES=-1"}, code: "config.type"},
		{name: "url with path", env: []string{"ZHIKE_PUBLIC_URL=https://h/p"}, code: "config.url"},
		{name: "url of files", env: []string{"ZHIKE_PUBLIC_URL=file:///etc"}, code: "config.url"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := load(t, c.yaml, c.env, c.args...)
			e := errs.From(err)
			if e == nil {
				t.Fatal("it was taken")
			}
			code := e.Code
			if len(e.Fields) > 0 {
				code = e.Fields[0].Code
			}
			if code != c.code {
				t.Errorf("code %s, want %s (%v)", code, c.code, err)
			}
			if text := i18n.ErrorText(i18n.En, err) + err.Error(); strings.Contains(text, "s3cret") || strings.Contains(text, "{{") {
				t.Errorf("text: %s", text)
			}
		})
	}
}

func TestAccepted(t *testing.T) {
	for _, env := range []string{
		"ZHIKE_ADDR=:8780", "ZHIKE_ADDR=[::1]:0", "ZHIKE_ADDR=localhost:80", "ZHIKE_DB=postgresql://u@/x?host=/run/pg",
		"ZHIKE_MASTER_KEY=" + goodKey, "ZHIKE_MASTER_KEY=" + strings.TrimRight(goodKey, "="),
		"ZHIKE_PUBLIC_URL=https://crm.example.com/", "ZHIKE_TRUSTED_PROXIES=10.0.0.1, ::1", "ZHIKE_UPLOAD_MAX_BYTES=500MB",
		"ZHIKE_SESSION_LIFETIME=24h0m",
	} {
		if c, err := load(t, "", []string{env}); err != nil {
			t.Errorf("%s: %s", env, i18n.ErrorText(i18n.En, err))
		} else if err := c.Validate(); err != nil {
			t.Errorf("%s: Validate after Load: %v", env, err)
		}
	}
	c, err := load(t, "", []string{"ZHIKE_PUBLIC_URL=https://crm.example.com/"})
	if must(t, c, err); c.BaseURL() != "https://crm.example.com" {
		t.Errorf("BaseURL = %s", c.BaseURL())
	}
}

func TestWarnings(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	write(t, path, "db: postgres://u:pw@h/x\n")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := loadIn(t, dir, []string{"ZHIKE_ADRR=x", "ZHIKE_ADDR=0.0.0.0:80"})
	must(t, c, err)
	var got []string
	for _, w := range c.Warnings {
		got = append(got, w.Path+" "+w.Code)
		if text := i18n.T(i18n.ZhCN, "errors."+w.Code, w.Params); strings.Contains(text, "{{") || strings.HasPrefix(text, "errors.") {
			t.Errorf("unfinished text %q", text)
		}
	}
	want := []string{"db config.file_open", "ZHIKE_ADRR config.unknown_near", "addr config.plain_http"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// No way of showing a configuration may show a secret.
func TestSecretsStayHidden(t *testing.T) {
	c, err := load(t, "", []string{"ZHIKE_DB=postgres://zk_login:s3cret@db.example:5432/zhike?sslpassword=s3cret", "ZHIKE_MASTER_KEY=" + goodKey})
	must(t, c, err)
	var out bytes.Buffer
	if err := c.Print(&out); err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`postgres://\[hidden\]@db.example:5432/zhike +ZHIKE_DB\n`).MatchString(out.String()) {
		t.Errorf("table lacks the database:\n%s", out.String())
	}
	for _, v := range []any{c, *c, c.DB, &c.DB, c.MasterKey, struct{ inner Secret }{c.DB}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		j, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(j)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "c", v)
	}
	j, err := json.Marshal(c.Describe())
	if err != nil {
		t.Fatal(err)
	}
	out.Write(j)
	for _, secret := range []string{"s3cret", "zk_login", goodKey, fmt.Sprintf("%x", goodKey)} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s came out of\n%s", secret, out.String())
		}
	}
}

func TestNearest(t *testing.T) {
	for in, want := range map[string]string{
		"adr": "addr", "log.level": "log_level", "LogLevel": "log_level", "timezone": "time_zone",
		"masterkey": "master_key", "sesion_idle": "session_idle", "colour": "", "": "", strings.Repeat("x", 100): "",
	} {
		if got := nearest(in, known()); got != want {
			t.Errorf("nearest(%.20q) = %q, want %q", in, got, want)
		}
	}
}

// What is shown can be read again.
func TestSizesAndDurationsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 1<<50).Draw(t, "n")
		if got, err := parseSize(showSize(n)); err != nil || got != n {
			t.Fatalf("%d → %s → %d, %v", n, showSize(n), got, err)
		}
		d := time.Duration(rapid.Int64Range(0, 90*day).Draw(t, "s")) * time.Second
		if got, err := parseDuration(showDuration(d)); err != nil || got != d {
			t.Fatalf("%v → %s → %v, %v", d, showDuration(d), got, err)
		}
	})
}

// Every setting has a flag, a variable and a sentence, and its default is valid.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for i := range settings {
		s := &settings[i]
		if seen[s.key] || i18n.T("zh-CN", "config.help."+s.key, nil) == "config.help."+s.key {
			t.Errorf("%s is there twice or has no help", s.key)
		}
		seen[s.key] = true
		p := newProblem()
		s.assign(&Config{}, s.def, sourceDefault, p)
		if err := p.orNil(); err != nil {
			t.Errorf("default of %s: %v", s.key, err)
		}
	}
}

func FuzzYAML(f *testing.F) {
	f.Add("addr: 127.0.0.1:1\nlog_level: [a]\n")
	f.Fuzz(func(t *testing.T, s string) {
		dir := t.TempDir()
		if os.WriteFile(filepath.Join(dir, FileName), []byte(s), 0o600) != nil {
			return
		}
		c, err := Load(Options{Environ: []string{}, Dir: dir})
		if err == nil && c.Validate() != nil {
			t.Fatal("Load took what Validate refuses")
		}
	})
}
