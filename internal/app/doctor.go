package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/config"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/log"
	"zhike/internal/platform/vault"
)

// Status is the outcome of one check.
type Status string

// The outcomes: fine, worth a look, broken.
const (
	StatusOK      Status = "ok"
	StatusWarning Status = "warning"
	StatusFailed  Status = "failed"
)

// Check is one thing looked at. Texts are "system.check.<code>" for its name,
// Detail for what was found and Fix for what to do.
type Check struct {
	Code   string `json:"code"`
	Status Status `json:"status" enum:"ok,warning,failed"`
	Detail string `json:"detail"`
	Fix    string `json:"fix"`
}

const (
	lowDisk  = 5 << 30 // bytes free below which a person should act
	fullDisk = 512 << 20
	// maxSkew is how far the database's clock may be from ours.
	maxSkew = 5 * time.Second
)

// doctor collects checks in one language. i18n-keys: doctor.*
type doctor struct {
	locale string
	checks []Check
}

func (d *doctor) add(code string, s Status, detail, fix string, kv ...any) {
	p := i18n.Params{}
	for i := 0; i+1 < len(kv); i += 2 {
		p[kv[i].(string)] = kv[i+1]
	}
	c := Check{Code: code, Status: s, Detail: i18n.T(d.locale, detail, p)}
	if fix != "" {
		c.Fix = i18n.T(d.locale, fix, p)
	}
	d.checks = append(d.checks, c)
}

func (d *doctor) failed(code string, err error, fix string, kv ...any) {
	d.add(code, StatusFailed, "doctor.error", fix, append(kv, "error", i18n.ErrorText(d.locale, err))...)
}

// Diagnose checks configuration, folder, disk, clock, database and keys, in
// the given language, without changing anything but a missing data folder. It
// goes as far as it can: a database that does not open leaves the rest.
func Diagnose(ctx context.Context, cfg *config.Config, locale string) []Check {
	d := &doctor{locale: locale}
	d.configuration(cfg)
	d.folder(cfg)
	d.clock()
	base, err := db.Open(ctx, db.Config{URL: cfg.DB.Reveal(), Dir: cfg.Data, MaxConns: 2})
	if err != nil {
		d.failed("database", err, "doctor.database.fix")
		return d.checks
	}
	defer base.Close()
	if d.database(ctx, base) {
		d.keys(ctx, cfg, base)
		d.records(ctx, base)
		d.jobs(ctx, base)
	}
	return d.checks
}

func (d *doctor) configuration(cfg *config.Config) {
	file := cfg.File
	if file == "" {
		file = "–"
	}
	if len(cfg.Warnings) > 0 {
		w := cfg.Warnings[0]
		d.add("config", StatusWarning, "doctor.config.warning", "doctor.config.fix",
			"text", i18n.T(d.locale, "errors."+w.Code, w.Params), "count", len(cfg.Warnings))
		return
	}
	d.add("config", StatusOK, "doctor.config.ok", "", "file", file, "zone", cfg.TimeZone)
}

func (d *doctor) folder(cfg *config.Config) {
	st, err := os.Stat(cfg.Data)
	if errors.Is(err, os.ErrNotExist) {
		err = os.MkdirAll(cfg.Data, 0o700)
		if err == nil {
			st, err = os.Stat(cfg.Data)
		}
	}
	if err != nil {
		d.failed("disk", errs.Wrap(err, errs.Unavailable, "db.cannot_open", "path", cfg.Data), "doctor.folder.fix", "path", cfg.Data)
		return
	}
	probe := filepath.Join(cfg.Data, ".doctor")
	if err := os.WriteFile(probe, []byte("probe"), 0o600); err != nil {
		d.failed("disk", errs.Wrap(err, errs.Unavailable, "db.cannot_open", "path", cfg.Data), "doctor.folder.fix", "path", cfg.Data)
		return
	}
	_ = os.Remove(probe)
	free, known := freeBytes(cfg.Data)
	gib := i18n.Decimal(float64(free)/(1<<30), 1)
	switch {
	case known && free < fullDisk:
		d.add("disk", StatusFailed, "doctor.disk.free", "doctor.disk.fix", "gib", gib, "path", cfg.Data)
	case known && free < lowDisk:
		d.add("disk", StatusWarning, "doctor.disk.free", "doctor.disk.fix", "gib", gib, "path", cfg.Data)
	case st.Mode().Perm()&0o077 != 0:
		d.add("disk", StatusWarning, "doctor.folder.open", "doctor.folder.close", "path", cfg.Data)
	case known:
		d.add("disk", StatusOK, "doctor.disk.free", "", "gib", gib, "path", cfg.Data)
	default:
		d.add("disk", StatusOK, "doctor.disk.writable", "", "path", cfg.Data)
	}
}

// clock refuses a machine whose clock was never set.
func (d *doctor) clock() {
	now := clock.System{}.Now()
	if now.Year() < 2025 {
		d.add("clock", StatusFailed, "doctor.clock.past", "doctor.clock.fix", "now", now.Format(time.RFC3339))
		return
	}
	d.add("clock", StatusOK, "doctor.clock.ok", "", "now", now.Format(time.RFC3339))
}

// database says whether the schema is usable.
func (d *doctor) database(ctx context.Context, base *db.DB) bool {
	info, err := serverInfo(ctx, base)
	if err != nil {
		d.failed("database", err, "doctor.database.fix")
		return false
	}
	if damage, err := quickCheck(ctx, base); err != nil || damage != "" {
		d.add("database", StatusFailed, "doctor.database.damaged", "doctor.database.restore", "detail", damage)
		return false
	}
	if skew := info.now.Sub(clock.System{}.Now()).Abs(); skew > maxSkew {
		d.add("clock", StatusWarning, "doctor.clock.skew", "doctor.clock.fix", "seconds", int64(skew.Seconds()))
	}
	pending, fresh, err := base.Pending(ctx)
	switch {
	case err != nil:
		d.failed("database", err, "doctor.database.newer")
		return false
	case fresh:
		d.add("database", StatusWarning, "doctor.database.empty", "doctor.database.migrate", "engine", info.Name, "version", info.Version)
		return false
	case pending > 0:
		d.add("database", StatusFailed, "doctor.database.pending", "doctor.database.migrate", "steps", pending)
		return false
	}
	d.add("database", StatusOK, "doctor.database.ok", "", "engine", info.Name, "version", info.Version, "mib", i18n.Number(info.SizeBytes>>20))
	return true
}

func (d *doctor) keys(ctx context.Context, cfg *config.Config, base *db.DB) {
	used, err := keysInUse(ctx, base)
	if err != nil {
		d.failed("keys", err, "doctor.database.fix")
		return
	}
	if !used {
		d.add("keys", StatusOK, "doctor.keys.none", "")
		return
	}
	if _, err := vault.New(ctx, vault.Options{
		DB: base, Clock: clock.System{}, MasterKey: cfg.MasterKey.Reveal(), KeyFile: cfg.MasterKeyFile(), Log: log.Discard(),
	}); err != nil {
		d.failed("keys", err, "doctor.keys.fix", "path", cfg.MasterKeyFile())
		return
	}
	d.add("keys", StatusOK, "doctor.keys.ok", "", "path", cfg.MasterKeyFile())
}

// records looks for rows that lost what they hang on, or cannot be read.
func (d *doctor) records(ctx context.Context, base *db.DB) {
	orphans, err := orphans(ctx, base)
	var unread int64
	if err == nil {
		unread, err = unreadAddresses(ctx, base)
	}
	switch {
	case err != nil:
		d.failed("records", err, "doctor.database.fix")
	case orphans > 0:
		d.add("records", StatusFailed, "doctor.records.orphans", "doctor.records.fix", "count", orphans)
	case unread > 0:
		d.add("records", StatusWarning, "doctor.records.unread", "doctor.records.read", "count", unread)
	default:
		d.add("records", StatusOK, "doctor.records.ok", "")
	}
}

func (d *doctor) jobs(ctx context.Context, base *db.DB) {
	failed, err := failedJobs(ctx, base)
	switch {
	case err != nil:
		d.failed("jobs", err, "doctor.database.fix")
	case failed > 0:
		d.add("jobs", StatusWarning, "doctor.jobs.failed", "doctor.jobs.fix", "count", failed)
	default:
		d.add("jobs", StatusOK, "doctor.jobs.ok", "")
	}
}
