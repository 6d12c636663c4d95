// Package db opens SQLite or PostgreSQL and hides what differs between them.
//
// Stores write one SQL text for both engines (placeholders $1… in order of
// appearance) and run it through [DB.Q], which is the transaction of the
// context where there is one. The engine seams are here and nowhere else:
// opening, ids, bulk loads, backup, error codes and the job queue's handle.
package db

import (
	"context"
	"database/sql"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/memory"
)

// Engine says which database is behind.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Querier is what stores need of a connection, pooled or in a transaction.
type Querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// DB is an open database. SQLite has a pool of readers and one writer;
// PostgreSQL one pool for both.
type DB struct {
	engine Engine
	path   string // SQLite file
	reader *sql.DB
	writer *sql.DB
	log    *checkpointer // SQLite only
	turn   chan struct{} // SQLite only; see inTurn
	pool   *pgxpool.Pool // PostgreSQL only
	idPool *pgxpool.Pool // PostgreSQL only
	// For [DB.Prepared] on PostgreSQL.
	hotPool *pgxpool.Pool
	hotDB   *sql.DB

	ids idCache
	hot prepared
	// narrow gives the memory of a wide cache back; see WideCache.
	narrow *time.Timer
	wideMu sync.Mutex
	// givenBack counts whose work leaves the writer few pages; see GiveBack.
	givenBack atomic.Int64
	// copyTypes are the types of columns by the query that gives them.
	copyTypes sync.Map
	openTx    atomic.Int64
	// onPool, set by tests, hears of each use of the pool while a
	// transaction is open: a store call that lost its context.
	onPool func()
}

// Engine says which database is behind.
func (d *DB) Engine() Engine { return d.engine }

// Path is the file of a SQLite database, "" on PostgreSQL.
func (d *DB) Path() string { return d.path }

// Writer is the writing side for libraries that bring their own SQL (migrations, job queue).
func (d *DB) Writer() *sql.DB { return d.writer }

// Pool is the native pool on PostgreSQL, nil on SQLite.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

type tx struct {
	db   *DB
	conn *sql.Conn
	tx   *sql.Tx
	// before run when the transaction is about to commit.
	before []func(ctx context.Context) error
	after  []func()
	rows   int  // inserted in bulk
	wide   bool // the cache is
	bulk   bool // the cache is that for many rows
}

type txKey struct{}

func txFrom(ctx context.Context) *tx {
	t, _ := ctx.Value(txKey{}).(*tx)
	return t
}

// Q gives the transaction of ctx, else the pool of readers. Writes outside
// [DB.InTx] fail on SQLite, whose readers are read-only.
func (d *DB) Q(ctx context.Context) Querier {
	if t := txFrom(ctx); t != nil {
		return t.tx
	}
	if d.onPool != nil && d.openTx.Load() > 0 {
		d.onPool()
	}
	return d.reader
}

// InTx runs fn in a writing transaction: commit when fn returns nil, else
// rollback (also on panic). A call inside another InTx joins the outer
// transaction. No network in fn: on SQLite it holds the only writer.
func (d *DB) InTx(ctx context.Context, fn func(ctx context.Context) error) (err error) {
	if txFrom(ctx) != nil {
		return fn(ctx)
	}
	next, err := d.inTurn(ctx)
	if err != nil {
		return MapError(err)
	}
	defer next() // once the connection is free
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return MapError(err)
	}
	defer conn.Close()
	sqlTx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return MapError(err)
	}
	d.openTx.Add(1)
	t := &tx{db: d, conn: conn, tx: sqlTx}
	done := false
	defer func() {
		d.openTx.Add(-1)
		if !done {
			_ = sqlTx.Rollback()
		}
		if t.wide || t.bulk {
			d.narrowLater()
		}
	}()
	inside := context.WithValue(ctx, txKey{}, t)
	if err := fn(inside); err != nil {
		return err
	}
	for _, f := range t.before {
		if err := f(inside); err != nil {
			return err
		}
	}
	if err := sqlTx.Commit(); err != nil {
		return MapError(err)
	}
	done = true
	if d.log != nil {
		d.log.committed(t.rows)
	}
	for _, f := range t.after {
		f()
	}
	return nil
}

// inTurn waits until those are through who wanted SQLite's writer before. The
// pool of database/sql draws who comes next by lot, so that beside a few who
// write without a pause somebody waits many times as long as one transaction
// takes. Who asks the pool itself, as the job queue does for its short writes,
// waits for the one transaction that runs.
func (d *DB) inTurn(ctx context.Context) (next func(), err error) {
	if d.turn == nil {
		return func() {}, nil
	}
	select { // a channel serves in the order in which it was asked
	case d.turn <- struct{}{}:
		return func() { <-d.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// InReadTx runs fn on one snapshot of the data, so that several queries agree
// with each other. Inside InTx it joins that transaction.
func (d *DB) InReadTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if txFrom(ctx) != nil {
		return fn(ctx)
	}
	conn, err := d.reader.Conn(ctx)
	if err != nil {
		return MapError(err)
	}
	defer conn.Close()
	opts := &sql.TxOptions{ReadOnly: true}
	if d.engine == Postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	sqlTx, err := conn.BeginTx(ctx, opts)
	if err != nil {
		return MapError(err)
	}
	defer func() { _ = sqlTx.Rollback() }()
	return fn(context.WithValue(ctx, txKey{}, &tx{db: d, conn: conn, tx: sqlTx}))
}

// WideCache lets the transaction of ctx keep wideCache of pages in memory on
// SQLite instead of writerCache: for one whose rows go all over the indexes of a
// large table, where pages would otherwise be written, read and written again.
// They stay for a moment after its end, as such transactions often follow each
// other; then all of the writer's pages are given back, and what garbage such
// work left with them.
func (d *DB) WideCache(ctx context.Context) {
	if t := txFrom(ctx); t != nil && d.engine == SQLite && !t.wide {
		t.wide = true
		cacheSize(ctx, t.conn, wideCache)
	}
}

// wideFor is how long a wide cache outlives its last transaction.
const wideFor = 2 * time.Second

// manyRows: a transaction that inserts so many lives on its page cache.
const manyRows = 1000

// inserts counts the rows of a transaction, and lets one of many keep more pages;
// these are given back as those of a wide cache are.
func (d *DB) inserts(ctx context.Context, t *tx, n int) {
	t.rows += n
	if d.engine != SQLite || t.rows < manyRows || t.wide || t.bulk || d.givenBack.Load() > 0 {
		return
	}
	t.bulk = true
	cacheSize(ctx, t.conn, bulkCache)
}

// narrowLater gives the memory of the writer's pages back once nobody has filled
// them for wideFor.
func (d *DB) narrowLater() {
	d.wideMu.Lock()
	defer d.wideMu.Unlock()
	if d.narrow == nil {
		d.narrow = time.AfterFunc(wideFor, func() {
			d.setWriter(context.Background())
			memory.FreeSoon()
		})
		return
	}
	d.narrow.Reset(wideFor)
}

// Relax gives back at once what work that wrote much has left: the pages of
// SQLite's writer and idle readers, and garbage. It is for the end of jobs,
// behind which often an export or another job comes that must stay within its
// memory.
func (d *DB) Relax(ctx context.Context) {
	d.GiveBack(context.WithoutCancel(ctx))()
	debug.FreeOSMemory()
}

// GiveBack gives the memory of pages back that SQLite's writer and idle readers
// keep, for long reading work that must stay within its memory, and leaves the
// writer few until back is called. They read them again.
func (d *DB) GiveBack(ctx context.Context) (back func()) {
	if d.engine != SQLite || txFrom(ctx) != nil {
		return func() {}
	}
	n := d.reader.Stats().MaxOpenConnections
	d.reader.SetMaxIdleConns(1)
	d.reader.SetMaxIdleConns(n)
	d.givenBack.Add(1)
	d.setWriter(ctx)
	return sync.OnceFunc(func() {
		d.givenBack.Add(-1)
		d.setWriter(context.WithoutCancel(ctx))
	})
}

// setWriter gives the writer its usual cache, empty.
func (d *DB) setWriter(ctx context.Context) {
	size := writerCache
	if d.givenBack.Load() > 0 {
		size = smallCache
	}
	if conn, err := d.writer.Conn(ctx); err == nil { // else it is closed
		cacheSize(ctx, conn, size)
		_, _ = conn.ExecContext(ctx, "PRAGMA shrink_memory") // about memory alone
		_ = conn.Close()
	}
}

// cacheSize sets how many KiB of pages a connection keeps. It is about speed
// alone: where it fails, the size stays what it is.
func cacheSize(ctx context.Context, conn *sql.Conn, kib int) {
	_, _ = conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA cache_size = -"+strconv.Itoa(kib))
}

// BeforeCommit runs f inside the transaction of ctx when it is about to
// commit: for numbers that all writers take from one row, which stays locked
// until the commit. Its error undoes the transaction.
func (d *DB) BeforeCommit(ctx context.Context, f func(ctx context.Context) error) error {
	t := txFrom(ctx)
	if t == nil {
		return errs.New(errs.Internal, "internal", "detail", "BeforeCommit outside a transaction")
	}
	t.before = append(t.before, f)
	return nil
}

// AfterCommit runs f once the transaction of ctx has committed; at once where
// there is none. For waking workers, never for what must not be lost.
func AfterCommit(ctx context.Context, f func()) {
	if t := txFrom(ctx); t != nil {
		t.after = append(t.after, f)
		return
	}
	f()
}

// InTransaction says whether ctx carries a transaction.
func InTransaction(ctx context.Context) bool { return txFrom(ctx) != nil }

// Driver gives the running transaction in its driver's own form, for the job
// queue: *sql.Tx on SQLite, the pgx connection (already inside the
// transaction) on PostgreSQL. It fails outside InTx.
func (d *DB) Driver(ctx context.Context, onSQLite func(*sql.Tx) error, onPostgres func(*pgx.Conn) error) error {
	t := txFrom(ctx)
	if t == nil {
		return errs.New(errs.Internal, "internal", "detail", "Driver outside a transaction")
	}
	if d.engine == SQLite {
		return onSQLite(t.tx)
	}
	return t.conn.Raw(func(dc any) error { return onPostgres(dc.(*stdlib.Conn).Conn()) })
}

// Stats are those of the pool that reads.
func (d *DB) Stats() sql.DBStats { return d.reader.Stats() }

// Ping checks that the database answers.
func (d *DB) Ping(ctx context.Context) error { return MapError(d.reader.PingContext(ctx)) }

// Close ends all connections; on SQLite the log file is folded in first.
func (d *DB) Close() error {
	if d.engine == SQLite {
		d.log.close()
		d.wideMu.Lock()
		if d.narrow != nil {
			d.narrow.Stop()
		}
		d.wideMu.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_, _ = d.writer.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	err := d.reader.Close()
	if d.writer != d.reader {
		if e := d.writer.Close(); err == nil {
			err = e
		}
	}
	if d.pool != nil {
		d.pool.Close()
		d.idPool.Close()
		_ = d.hotDB.Close()
		d.hotPool.Close()
	}
	return err
}

// OnPoolInTx is for tests: f hears of each pool use while a transaction is open.
func (d *DB) OnPoolInTx(f func()) { d.onPool = f }

// idCache keeps leased blocks of ids in memory on PostgreSQL.
type idCache struct {
	mu     sync.Mutex
	blocks map[string]idBlock
}

type idBlock struct{ next, end int64 }
