package config

import (
	"encoding/base64"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// check adds every fault that a single value's form does not show.
func (c *Config) check(p *problem) {
	if !listenAddr(c.Addr) {
		p.add("addr", "config.addr", "value", c.Addr, "source", c.from("addr"))
	}
	if c.PublicURL != "" {
		if base, ok := baseURL(c.PublicURL); ok {
			c.PublicURL = base
		} else {
			p.add("public_url", "config.url", "value", withoutUser(c.PublicURL), "source", c.from("public_url"))
		}
	}
	// "Local" and "" would make business days depend on the machine.
	if l, err := time.LoadLocation(c.TimeZone); err != nil || c.TimeZone == "" || c.TimeZone == "Local" {
		p.add("time_zone", "config.time_zone", "value", c.TimeZone, "source", c.from("time_zone"))
	} else {
		c.location = l
	}
	c.checkDB(p)
	if !c.MasterKey.Empty() && !isKey(c.MasterKey.Reveal()) {
		p.add("master_key", "config.master_key", "source", c.from("master_key"))
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		p.add("tls_cert", "config.tls_pair")
	}
	for key, file := range map[string]string{"tls_cert": c.TLSCert, "tls_key": c.TLSKey} {
		if file == "" {
			continue
		}
		if st, err := os.Stat(file); err != nil || st.IsDir() {
			p.add(key, "config.missing_file", "value", file, "source", c.from(key))
		}
	}
	if c.SessionIdle > c.SessionLifetime {
		p.add("session_idle", "config.session_order")
	}
}

func (c *Config) checkDB(p *problem) {
	if c.DB.Empty() {
		return
	}
	u, err := url.Parse(c.DB.Reveal())
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || strings.Trim(u.Path, "/") == "" {
		p.add("db", "config.db", "source", c.from("db"))
		return
	}
	_, inUser := u.User.Password()
	if c.from("db") == flagSource("db") && (inUser || u.Query().Has("password")) {
		p.add("db", "config.db_password_flag")
	}
}

func (c *Config) from(key string) string {
	if s := c.origin[key]; s != "" {
		return s
	}
	return sourceDefault
}

func listenAddr(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n > 65535 {
		return false
	}
	if host == "" {
		return true
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return hostName(host)
}

func hostName(s string) bool {
	if len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(s, "."), ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-') {
				return false
			}
		}
	}
	return true
}

// baseURL accepts scheme and host only and cuts one trailing slash.
func baseURL(s string) (string, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "", false
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery {
		return "", false
	}
	return u.Scheme + "://" + u.Host, true
}

// withoutUser keeps a pasted password out of the message.
func withoutUser(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		scheme, rest = "", s
	} else {
		scheme += "://"
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	return scheme + rest
}

// isKey says whether s is 32 bytes in base64, standard or URL form, padded or not.
func isKey(s string) bool {
	s = strings.TrimRight(strings.TrimSpace(s), "=")
	for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if b, err := e.DecodeString(s); err == nil && len(b) == 32 {
			return true
		}
	}
	return false
}

// warn notes what works but should not stay so in production.
func (c *Config) warn() {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return
	}
	a, err := netip.ParseAddr(host)
	local := host == "localhost" || err == nil && a.IsLoopback()
	https := c.TLSCert != "" || strings.HasPrefix(c.PublicURL, "https://")
	if !local && !https {
		c.addWarning("addr", "config.plain_http", "value", c.Addr)
	}
}
