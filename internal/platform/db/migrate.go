package db

import (
	"bytes"
	"context"
	"io/fs"
	"regexp"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"zhike/internal/platform/errs"
	"zhike/migrations"
)

// Migrate brings the schema, the job queue's tables included, to the newest
// version and returns how many steps it took. Several processes may call it
// at once. It refuses a database that is newer than the program (db.newer_schema).
func (d *DB) Migrate(ctx context.Context) (steps int, err error) {
	p, err := d.goose()
	if err != nil {
		return 0, err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return 0, MapError(err)
	}
	if current > target {
		return 0, errs.New(errs.Conflict, "db.newer_schema", "database", current, "program", target)
	}
	if current > 0 && current < target {
		// Steps of the schema know the indexes that a base has, also of one in the
		// middle of a first large import, which then goes on with them.
		if err := d.RestoreIndexes(ctx, func(string) bool { return true }); err != nil {
			return 0, errs.Wrap(err, errs.Internal, "db.migration_failed")
		}
	}
	results, err := p.Up(ctx)
	if err != nil {
		return 0, errs.Wrap(err, errs.Internal, "db.migration_failed")
	}
	n, err := d.migrateRiver(ctx)
	if err != nil {
		return 0, errs.Wrap(err, errs.Internal, "db.migration_failed")
	}
	return len(results) + n, nil
}

// Pending says how many schema steps are still to be taken, and whether the
// database is fresh: no step was ever taken.
func (d *DB) Pending(ctx context.Context) (steps int, fresh bool, err error) {
	p, err := d.goose()
	if err != nil {
		return 0, false, err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return 0, false, MapError(err)
	}
	if current > target {
		return 0, false, errs.New(errs.Conflict, "db.newer_schema", "database", current, "program", target)
	}
	for _, s := range p.ListSources() {
		if s.Version > current {
			steps++
		}
	}
	return steps, current <= 0, nil
}

func (d *DB) goose() (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	var opts []goose.ProviderOption
	if d.engine == Postgres {
		dialect = goose.DialectPostgres
		l, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
		if err != nil {
			return nil, errs.Wrap(err, errs.Internal, "db.migration_failed")
		}
		opts = append(opts, goose.WithSessionLocker(l))
	}
	p, err := goose.NewProvider(dialect, d.writer, dialectFS{migrations.FS, d.engine}, opts...)
	if err != nil {
		return nil, errs.Wrap(err, errs.Internal, "db.migration_failed")
	}
	return p, nil
}

func (d *DB) migrateRiver(ctx context.Context) (int, error) {
	up := func(res *rivermigrate.MigrateResult, err error) (int, error) {
		if err != nil {
			return 0, err
		}
		return len(res.Versions), nil
	}
	if d.engine == Postgres {
		m, err := rivermigrate.New(riverpgxv5.New(d.pool), nil)
		if err != nil {
			return 0, err
		}
		return up(m.Migrate(ctx, rivermigrate.DirectionUp, nil))
	}
	m, err := rivermigrate.New(riversqlite.New(d.writer), nil)
	if err != nil {
		return 0, err
	}
	return up(m.Migrate(ctx, rivermigrate.DirectionUp, nil))
}

// dialectFS serves the one stream of migrations with the few words in which
// the engines differ. On SQLite only "INTEGER PRIMARY KEY" is the row's own
// key (BIGINT would cost a second tree), a table marked "clustered" is kept in
// the order of its key, and text is compared byte by byte without being told. A
// statement of one line marked "postgres" is about what SQLite does not have.
type dialectFS struct {
	fs.FS
	engine Engine
}

var onlyPostgres = regexp.MustCompile(`(?m)^.* /\* postgres \*/;$`)

func (f dialectFS) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil || f.engine == Postgres {
		return file, err
	}
	if st, err := file.Stat(); err != nil || st.IsDir() {
		return file, err
	}
	_ = file.Close()
	b, err := f.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return &memFile{Reader: bytes.NewReader(b), name: name, size: int64(len(b))}, nil
}

// ReadFile is what goose reads through where the file system offers it.
func (f dialectFS) ReadFile(name string) ([]byte, error) {
	b, err := fs.ReadFile(f.FS, name)
	if err != nil || f.engine == Postgres {
		return b, err
	}
	b = bytes.ReplaceAll(b, []byte("BIGINT PRIMARY KEY"), []byte("INTEGER PRIMARY KEY"))
	b = bytes.ReplaceAll(b, []byte(` COLLATE "C"`), nil)
	b = onlyPostgres.ReplaceAll(b, nil)
	return bytes.ReplaceAll(b, []byte(") /* clustered */;"), []byte(") WITHOUT ROWID;")), nil
}

// ReadDir and Glob pass through, so that goose finds the files.
func (f dialectFS) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(f.FS, name) }

type memFile struct {
	*bytes.Reader
	name string
	size int64
}

func (m *memFile) Stat() (fs.FileInfo, error) { return m, nil }
func (m *memFile) Close() error               { return nil }
func (m *memFile) Name() string               { return m.name }
func (m *memFile) Size() int64                { return m.size }
func (m *memFile) Mode() fs.FileMode          { return 0o444 }
func (m *memFile) ModTime() time.Time         { return time.Time{} }
func (m *memFile) IsDir() bool                { return false }
func (m *memFile) Sys() any                   { return nil }
