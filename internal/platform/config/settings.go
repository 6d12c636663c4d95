package config

import (
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// kind is the form of a setting's value: examples, which the operator is shown
// in any language.
type kind string

const (
	kindText     kind = "abc"
	kindInt      kind = "0, 1, 2"
	kindSize     kind = "64KiB, 512MiB, 2GiB"
	kindDuration kind = "90s, 12h, 7d"
	kindNetworks kind = "10.0.0.5, 10.1.0.0/16"
)

// maxValue bounds a value, in bytes.
const maxValue = 4096

// setting is one thing that can be set. The table below is the only list.
type setting struct {
	key      string
	kind     kind
	def      string
	min, max int64 // of int, bytes of size, seconds of duration
	choices  []string
	secret   bool
	noFlag   bool // too secret for a command line
	noFile   bool // too secret for the configuration file
	text     func(c *Config) *string
	hidden   func(c *Config) *Secret
	number   func(c *Config) *int64
	count    func(c *Config) *int
	duration func(c *Config) *time.Duration
}

func (s *setting) env() string  { return "ZHIKE_" + strings.ToUpper(s.key) }
func (s *setting) flag() string { return strings.ReplaceAll(s.key, "_", "-") }

const (
	day  = 24 * 60 * 60 // seconds
	mib  = 1 << 20
	gib  = 1 << 30
	many = math.MaxInt64
)

var settings = []setting{
	{key: "data", kind: kindText, def: "./data",
		text: func(c *Config) *string { return &c.Data }},
	{key: "db", kind: kindText, secret: true,
		hidden: func(c *Config) *Secret { return &c.DB }},
	{key: "db_conns", kind: kindInt, def: "0", min: 0, max: 1000,
		count: func(c *Config) *int { return &c.DBConns }},
	{key: "addr", kind: kindText, def: "127.0.0.1:8780",
		text: func(c *Config) *string { return &c.Addr }},
	{key: "public_url", kind: kindText,
		text: func(c *Config) *string { return &c.PublicURL }},
	{key: "time_zone", kind: kindText, def: "Asia/Shanghai",
		text: func(c *Config) *string { return &c.TimeZone }},
	{key: "locale", kind: kindText, def: "zh-CN", choices: []string{"zh-CN", "en"},
		text: func(c *Config) *string { return &c.Locale }},
	{key: "log_level", kind: kindText, def: "info", choices: []string{"debug", "info", "warn", "error"},
		text: func(c *Config) *string { return &c.LogLevel }},
	{key: "log_format", kind: kindText, def: "text", choices: []string{"text", "json"},
		text: func(c *Config) *string { return &c.LogFormat }},
	{key: "master_key", kind: kindText, secret: true, noFlag: true, noFile: true,
		hidden: func(c *Config) *Secret { return &c.MasterKey }},
	{key: "tls_cert", kind: kindText,
		text: func(c *Config) *string { return &c.TLSCert }},
	{key: "tls_key", kind: kindText,
		text: func(c *Config) *string { return &c.TLSKey }},
	{key: "trusted_proxies", kind: kindNetworks},
	{key: "request_max_bytes", kind: kindSize, def: "1MiB", min: 64 << 10, max: 64 * mib,
		number: func(c *Config) *int64 { return &c.RequestMaxBytes }},
	{key: "upload_max_bytes", kind: kindSize, def: "2GiB", min: mib, max: 64 * gib,
		number: func(c *Config) *int64 { return &c.UploadMaxBytes }},
	{key: "unpacked_max_bytes", kind: kindSize, def: "16GiB", min: mib, max: 1024 * gib,
		number: func(c *Config) *int64 { return &c.UnpackedMaxBytes }},
	{key: "upload_max_rows", kind: kindInt, def: "20000000", min: 1000, max: 1_000_000_000,
		number: func(c *Config) *int64 { return &c.UploadMaxRows }},
	{key: "attachment_max_bytes", kind: kindSize, def: "20MiB", min: 64 << 10, max: gib,
		number: func(c *Config) *int64 { return &c.AttachmentMaxBytes }},
	{key: "columns_max_bytes", kind: kindSize, def: "248MiB", min: 0, max: 64 * gib,
		number: func(c *Config) *int64 { return &c.ColumnsMaxBytes }},
	{key: "session_lifetime", kind: kindDuration, def: "7d", min: 5 * 60, max: 90 * day,
		duration: func(c *Config) *time.Duration { return &c.SessionLifetime }},
	{key: "session_idle", kind: kindDuration, def: "12h", min: 60, max: 90 * day,
		duration: func(c *Config) *time.Duration { return &c.SessionIdle }},
	{key: "shutdown_timeout", kind: kindDuration, def: "25s", min: 1, max: 600,
		duration: func(c *Config) *time.Duration { return &c.ShutdownTimeout }},
	{key: "job_workers", kind: kindInt, def: "4", min: 1, max: 256,
		count: func(c *Config) *int { return &c.JobWorkers }},
	{key: "import_workers", kind: kindInt, def: "0", min: 0, max: 64,
		count: func(c *Config) *int { return &c.ImportWorkers }},
}

func find(key string) *setting {
	for i := range settings {
		if settings[i].key == key {
			return &settings[i]
		}
	}
	return nil
}

// fileSuffix marks the setting that names a file with a secret in it.
const fileSuffix = "_file"

// known lists every name that a source may say.
func known() []string {
	var out []string
	for i := range settings {
		out = append(out, settings[i].key)
		if settings[i].secret {
			out = append(out, settings[i].key+fileSuffix)
		}
	}
	return out
}

// assign parses value into the field of the setting; source is for the message.
func (s *setting) assign(c *Config, value, source string, p *problem) {
	if len(value) > maxValue {
		p.add(s.key, "config.too_long", "source", source, "max", maxValue)
		return
	}
	switch s.kind {
	case kindText:
		if len(s.choices) > 0 && !contains(s.choices, value) {
			p.add(s.key, "config.choice", "value", value, "source", source, "choices", strings.Join(s.choices, ", "))
			return
		}
		if s.secret {
			*s.hidden(c) = NewSecret(value)
		} else {
			*s.text(c) = value
		}
	case kindInt, kindSize:
		n, err := strconv.ParseInt(value, 10, 64)
		if s.kind == kindSize {
			n, err = parseSize(value)
		}
		if err != nil {
			p.add(s.key, "config.type", "source", source, "want", string(s.kind))
			return
		}
		if n < s.min || n > s.max {
			p.add(s.key, "config.range", "value", value, "source", source, "min", s.show(s.min), "max", s.show(s.max))
			return
		}
		if s.count != nil {
			*s.count(c) = int(n)
		} else {
			*s.number(c) = n
		}
	case kindDuration:
		d, err := parseDuration(value)
		if err != nil {
			p.add(s.key, "config.type", "source", source, "want", string(s.kind))
			return
		}
		if d < time.Duration(s.min)*time.Second || d > time.Duration(s.max)*time.Second {
			p.add(s.key, "config.range", "value", value, "source", source, "min", s.show(s.min), "max", s.show(s.max))
			return
		}
		*s.duration(c) = d
	case kindNetworks:
		c.TrustedProxies = parseNetworks(s.key, value, source, p)
	}
}

// show writes a bound in the form an operator would write it.
func (s *setting) show(n int64) string {
	switch s.kind {
	case kindSize:
		return showSize(n)
	case kindDuration:
		return showDuration(time.Duration(n) * time.Second)
	}
	return strconv.FormatInt(n, 10)
}

// value is the effective value as text, secrets hidden.
func (s *setting) value(c *Config) string {
	switch {
	case s.key == "db":
		return describeDB(c.DB)
	case s.secret:
		return s.hidden(c).String()
	case s.kind == kindNetworks:
		var out []string
		for _, n := range c.TrustedProxies {
			out = append(out, n.String())
		}
		return strings.Join(out, ",")
	case s.text != nil:
		return *s.text(c)
	case s.count != nil:
		return strconv.Itoa(*s.count(c))
	case s.number != nil && s.kind == kindSize:
		return showSize(*s.number(c))
	case s.number != nil:
		return strconv.FormatInt(*s.number(c), 10)
	}
	return showDuration(*s.duration(c))
}

var sizeUnits = []struct {
	name string
	n    int64
}{
	{"kib", 1 << 10}, {"mib", mib}, {"gib", gib}, {"tib", 1 << 40},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12}, {"b", 1},
}

func parseSize(s string) (int64, error) {
	t := strings.ToLower(strings.TrimSpace(s))
	unit := int64(1)
	for _, u := range sizeUnits {
		if rest, ok := strings.CutSuffix(t, u.name); ok {
			t, unit = strings.TrimSpace(rest), u.n
			break
		}
	}
	n, err := strconv.ParseInt(t, 10, 64)
	if err != nil {
		return 0, err
	}
	if n < 0 || n > many/unit {
		return 0, strconv.ErrRange
	}
	return n * unit, nil
}

func showSize(n int64) string {
	for i := 3; i >= 0; i-- {
		if u := sizeUnits[i]; n >= u.n && n%u.n == 0 {
			return strconv.FormatInt(n/u.n, 10) + strings.ToUpper(u.name[:1]) + "iB"
		}
	}
	return strconv.FormatInt(n, 10)
}

// parseDuration reads Go's form and whole days, "7d".
func parseDuration(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 12)
		return time.Duration(n) * day * time.Second, err
	}
	return time.ParseDuration(s)
}

func showDuration(d time.Duration) string {
	if d >= day*time.Second && d%(day*time.Second) == 0 {
		return strconv.FormatInt(int64(d/(day*time.Second)), 10) + "d"
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

// maxNetworks bounds the list of proxies.
const maxNetworks = 64

func parseNetworks(key, value, source string, p *problem) []netip.Prefix {
	var out []netip.Prefix
	for part := range strings.SplitSeq(value, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		n, err := netip.ParsePrefix(part)
		if err != nil {
			a, errAddr := netip.ParseAddr(part)
			if errAddr != nil || a.Zone() != "" {
				p.add(key, "config.proxy", "value", part, "source", source)
				continue
			}
			n = netip.PrefixFrom(a, a.BitLen())
		}
		out = append(out, n.Masked())
	}
	if len(out) > maxNetworks {
		p.add(key, "config.range", "value", len(out), "source", source, "min", 0, "max", maxNetworks)
	}
	return out
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
