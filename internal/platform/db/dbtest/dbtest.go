// Package dbtest gives each test a fresh, migrated database on both engines.
//
// SQLite needs nothing. PostgreSQL is the server named by ZHIKE_TEST_PG (a
// superuser's URL, as `make test` sets it); without it the PostgreSQL half is
// skipped on a developer's machine and fails in CI.
package dbtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"zhike/internal/platform/db"
)

// Each runs fn as a subtest on SQLite and on PostgreSQL, each with a migrated,
// empty database that is gone afterwards. A pool use while a transaction is
// open fails the test: a store call lost its context.
func Each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, strict(t, SQLite(t))) })
	t.Run("postgres", func(t *testing.T) { fn(t, strict(t, Postgres(t))) })
}

// EachConcurrent is Each for tests with several goroutines, where a pool use
// beside an open transaction is nothing wrong.
func EachConcurrent(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t)) })
}

func strict(t *testing.T, d *db.DB) *db.DB {
	d.OnPoolInTx(func() {
		t.Helper()
		t.Error("a store call used the pool while a transaction was open: it lost its context")
	})
	return d
}

var lite struct {
	once sync.Once
	file []byte
	err  error
}

// SQLite opens a fresh SQLite database in the test's own folder.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	lite.once.Do(func() { lite.file, lite.err = templateFile() })
	if lite.err != nil {
		t.Fatalf("template database: %v", lite.err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, db.FileName), lite.file, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, db.Config{Dir: dir})
}

func templateFile() ([]byte, error) {
	dir, err := os.MkdirTemp("", "zhike-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	d, err := db.Open(ctx, db.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	if _, err := d.Migrate(ctx); err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, db.FileName))
}

var pg struct {
	once     sync.Once
	template string
	err      error
	n        atomic.Int64
}

// Postgres opens a fresh database on the server of ZHIKE_TEST_PG.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return open(t, db.Config{URL: PostgresURL(t), MaxConns: 16})
}

// PostgresURL makes a fresh, migrated database and gives its URL.
func PostgresURL(t testing.TB) string {
	t.Helper()
	server := os.Getenv("ZHIKE_TEST_PG")
	if server == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("ZHIKE_TEST_PG is not set: in CI a missing PostgreSQL is a failure")
		}
		t.Skip("ZHIKE_TEST_PG is not set; `make test` starts a PostgreSQL and sets it")
	}
	pg.once.Do(func() { pg.template, pg.err = templateDatabase(server) })
	if pg.err != nil {
		t.Fatalf("template database: %v", pg.err)
	}
	name := fmt.Sprintf("zhike_t_%d_%d", os.Getpid(), pg.n.Add(1))
	if err := onServer(server, "CREATE DATABASE "+name+" TEMPLATE "+pg.template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := onServer(server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Log(err)
		}
	})
	return withDatabase(server, name)
}

func templateDatabase(server string) (string, error) {
	name := fmt.Sprintf("zhike_tpl_%d", os.Getpid())
	if err := onServer(server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
		return "", err
	}
	if err := onServer(server, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	ctx := context.Background()
	d, err := db.Open(ctx, db.Config{URL: withDatabase(server, name)})
	if err != nil {
		return "", err
	}
	defer d.Close()
	_, err = d.Migrate(ctx)
	return name, err
}

func onServer(server, statement string) error {
	ctx := context.Background()
	c, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, statement)
	return err
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err)
	}
	u.Path = "/" + name
	return u.String()
}

func open(t testing.TB, c db.Config) *db.DB {
	t.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}
