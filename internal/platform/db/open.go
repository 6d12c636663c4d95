package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"zhike/internal/platform/errs"
)

// FileName is the SQLite database inside the data folder.
const FileName = "zhike.db"

// Config says which database to open.
type Config struct {
	// URL is "" for SQLite in Dir, or "postgres://…".
	URL string
	// Dir is the data folder; it is made with mode 0700 where missing.
	Dir string
	// MaxConns bounds the pool on PostgreSQL (default 4 × CPUs, at least 16).
	MaxConns int
}

// The page cache of SQLite's writer in KiB, that while transactions insert many
// rows, that of one which asked for a wide one, that of the writer beside work which must stay within its
// memory, and that of each reader. The memory is twice as much: a page
// with what stands beside it takes 4.3 KiB, and the allocator gives it eight.
const (
	writerCache = 20 << 10
	bulkCache   = 48 << 10
	wideCache   = 64 << 10
	smallCache  = 6 << 10
	readerCache = 8 << 10
)

// Open opens the database; the schema is the business of [DB.Migrate]. Errors
// carry the codes db.bad_url, db.cannot_open or db.unreachable, never the
// password of the URL.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.URL == "" {
		return openSQLite(ctx, c.Dir)
	}
	if !strings.HasPrefix(c.URL, "postgres://") && !strings.HasPrefix(c.URL, "postgresql://") {
		return nil, errs.New(errs.Invalid, "db.bad_url")
	}
	return openPostgres(ctx, c)
}

func openSQLite(ctx context.Context, dir string) (*DB, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "db.cannot_open", "path", dir)
	}
	path := filepath.Join(dir, FileName)
	// Made here first so that it is never readable by others, whatever the umask.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "db.cannot_open", "path", path)
	}
	_ = f.Close()

	// One writer: with more, transactions meet SQLITE_BUSY.
	writer, err := sql.Open("sqlite", sqliteDSN(path, writerCache))
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "db.cannot_open", "path", path)
	}
	writer.SetMaxOpenConns(1)
	writer.SetMaxIdleConns(1)
	readers := max(4, 2*runtime.NumCPU())
	reader, err := sql.Open("sqlite", sqliteDSN(path, readerCache)+"&_pragma=query_only(1)")
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "db.cannot_open", "path", path)
	}
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	// The writer first: it puts the file into WAL mode, which a reader cannot.
	for _, p := range []*sql.DB{writer, reader} {
		if err := p.PingContext(ctx); err != nil {
			return nil, errs.Wrap(err, errs.Unavailable, "db.cannot_open", "path", path)
		}
	}
	log, err := newCheckpointer(path)
	if err != nil {
		return nil, err
	}
	return &DB{engine: SQLite, path: path, reader: reader, writer: writer, hot: prepared{db: reader}, log: log, turn: make(chan struct{}, 1)}, nil
}

// sqliteDSN sets the pragmas in the DSN: one set by Exec reaches a single
// pooled connection. synchronous=FULL: what was answered survives a power cut.
func sqliteDSN(path string, cacheKiB int) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_txlock=immediate" +
		"&_pragma=busy_timeout(15000)" +
		"&_pragma=journal_mode(WAL)" +
		"&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)" +
		"&_pragma=temp_store(MEMORY)" +
		"&_pragma=journal_size_limit(134217728)" +
		fmt.Sprintf("&_pragma=wal_autocheckpoint(%d)&_pragma=cache_size(-%d)", walBound, cacheKiB)
}

func openPostgres(ctx context.Context, c Config) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		// The driver's text may repeat the password: it is not kept as a cause.
		return nil, errs.New(errs.Invalid, "db.bad_url")
	}
	if cfg.MaxConns = int32(c.MaxConns); cfg.MaxConns == 0 {
		cfg.MaxConns = int32(max(16, 4*runtime.NumCPU()))
	}
	if cfg.ConnConfig.RuntimeParams["application_name"] == "" {
		cfg.ConnConfig.RuntimeParams["application_name"] = "zhike"
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "db.unreachable", "host", cfg.ConnConfig.Host)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, errs.Wrap(err, errs.Unavailable, "db.unreachable", "host", cfg.ConnConfig.Host)
	}
	// Ids come from connections of their own: with all others held by
	// transactions that wait for an id, a shared pool would stand still.
	idCfg := cfg.Copy()
	idCfg.MaxConns, idCfg.MinConns = 2, 0
	ids, err := pgxpool.NewWithConfig(ctx, idCfg)
	if err != nil {
		pool.Close()
		return nil, errs.Wrap(err, errs.Unavailable, "db.unreachable", "host", cfg.ConnConfig.Host)
	}
	// Hot reads too have connections of their own: few, as more than the CPUs
	// can run only push each other aside, and with settings for short queries.
	hotCfg := cfg.Copy()
	hotCfg.MaxConns, hotCfg.MinConns = min(cfg.MaxConns, int32(max(4, 2*runtime.NumCPU()))), 0
	hotCfg.AfterConnect = shortQueries
	hot, err := pgxpool.NewWithConfig(ctx, hotCfg)
	if err != nil {
		pool.Close()
		ids.Close()
		return nil, errs.Wrap(err, errs.Unavailable, "db.unreachable", "host", cfg.ConnConfig.Host)
	}
	std, hotDB := stdlib.OpenDBFromPool(pool), stdlib.OpenDBFromPool(hot)
	// Held between queries: handing a connection back to the pool and fetching
	// it again costs a tenth of a read by key.
	hotDB.SetMaxOpenConns(int(hotCfg.MaxConns))
	hotDB.SetMaxIdleConns(int(hotCfg.MaxConns))
	hotDB.SetConnMaxIdleTime(5 * time.Minute)
	hotDB.SetConnMaxLifetime(time.Hour)
	return &DB{engine: Postgres, reader: std, writer: std, pool: pool, idPool: ids, hotPool: hot, hotDB: hotDB}, nil
}

// shortQueries makes PostgreSQL plan for reads of some milliseconds: neither
// compiling a query nor starting workers for it pays, and planning it anew for
// its arguments, as it would five times on each connection and for a LIMIT it
// does not know for ever, costs more than running it. So these queries are
// written to be planned once: limits stand in the text, and the order of a cut
// is that of the index that leads to it. Each goes from a few rows to others by
// key; the planner, which takes a limit for the number of rows, would rather
// read and hash whole tables. They cannot write.
func shortQueries(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, "SET jit = off; SET max_parallel_workers_per_gather = 0; "+
		"SET plan_cache_mode = force_generic_plan; SET enable_hashjoin = off; SET enable_mergejoin = off; "+
		"SET random_page_cost = 1.1; SET default_transaction_read_only = on")
	return err
}
