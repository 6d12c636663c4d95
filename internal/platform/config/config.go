// Package config reads what an operator sets, from four places: flags, then
// environment ZHIKE_*, then one YAML file, then defaults; the first that says
// something wins.
//
// Every setting has one name in three spellings: log_level in the file,
// ZHIKE_LOG_LEVEL in the environment, --log-level as a flag. A secret X can also
// be read from a file named by X_file (ZHIKE_X_FILE, --x-file). The file is the
// one of --config or ZHIKE_CONFIG, or else ./zhike.yaml where there is one.
package config

import (
	"log/slog"
	"net/netip"
	"path/filepath"
	"time"
	_ "time/tzdata" // time zones on machines that have no zone files

	"zhike/internal/platform/errs"
)

// Config is the effective configuration. Load fills it.
type Config struct {
	Data      string // folder of database, files and master key, absolute
	DB        Secret // "" = SQLite in Data, else postgres://…
	DBConns   int    // connections to PostgreSQL, 0 = chosen by the number of CPUs
	Addr      string // listen address, host:port
	PublicURL string // what people type, without trailing slash; "" = http://Addr
	TimeZone  string // company time, an IANA name
	Locale    string // language of the server's own texts where nobody said otherwise
	LogLevel  string // debug, info, warn, error
	LogFormat string // text, json
	MasterKey Secret // base64 of 32 bytes; "" = file master.key in Data

	TLSCert        string // PEM files; both or neither
	TLSKey         string
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed

	RequestMaxBytes  int64 // body of an ordinary request
	UploadMaxBytes   int64 // one uploaded file as it arrives
	UnpackedMaxBytes int64 // the same file unpacked
	UploadMaxRows    int64 // rows of one imported file
	// AttachmentMaxBytes bounds a file of a note.
	AttachmentMaxBytes int64

	// ColumnsMaxBytes bounds the values of customers kept in memory for lists; 0 keeps none.
	ColumnsMaxBytes int64

	SessionLifetime time.Duration // after it everybody signs in again
	SessionIdle     time.Duration // unused for so long, a session ends
	ShutdownTimeout time.Duration // how long a stop waits for requests and jobs

	JobWorkers    int // background jobs at a time
	ImportWorkers int // goroutines that clean rows, 0 = number of CPUs

	// File is the configuration file that was read, "" for none.
	File string
	// Warnings are worth telling but stop nothing; texts are "errors.<code>".
	Warnings []errs.Field

	location *time.Location
	origin   map[string]string // key → where its value came from
}

// Location is the company's time zone.
func (c *Config) Location() *time.Location {
	if c.location == nil {
		if l, err := time.LoadLocation(c.TimeZone); err == nil {
			return l
		}
		return time.UTC
	}
	return c.location
}

// MasterKeyFile is where the master key lives when none is configured.
func (c *Config) MasterKeyFile() string { return filepath.Join(c.Data, "master.key") }

// FilesDir is the folder of uploaded and made files.
func (c *Config) FilesDir() string { return filepath.Join(c.Data, "files") }

// ColumnsFile is where the columns in memory are written down for the next start;
// it may be removed at any time.
func (c *Config) ColumnsFile() string { return filepath.Join(c.Data, "columns.snapshot") }

// Level is LogLevel for log/slog; info where it is not valid.
func (c *Config) Level() slog.Level {
	var l slog.Level
	if l.UnmarshalText([]byte(c.LogLevel)) != nil {
		return slog.LevelInfo
	}
	return l
}

// BaseURL is the address people use, without trailing slash.
func (c *Config) BaseURL() string {
	if c.PublicURL != "" {
		return c.PublicURL
	}
	if c.TLSCert != "" {
		return "https://" + c.Addr
	}
	return "http://" + c.Addr
}

// Source says where the value of a setting came from: "default", the file, a
// variable such as ZHIKE_DB or a flag such as --db.
func (c *Config) Source(key string) string { return c.from(key) }

// problem is the error that collects every wrong setting.
type problem struct{ err *errs.Error }

func newProblem() *problem { return &problem{errs.New(errs.Invalid, "config.invalid")} }

// i18n-keys: errors.config.*
func (p *problem) add(key, code string, kv ...any) { p.err.WithField(key, code, kv...) }

func (p *problem) orNil() error {
	if len(p.err.Fields) == 0 {
		return nil
	}
	return p.err
}

// Validate checks the settings against each other and against the world (zone,
// files). The error has the code config.invalid and one field for each wrong
// setting, never the value of a secret.
func (c *Config) Validate() error {
	p := newProblem()
	c.check(p)
	return p.orNil()
}
