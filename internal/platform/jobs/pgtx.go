package jobs

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// pgTx presents a connection that is already inside a transaction of
// database/sql as the pgx.Tx that River's driver wants. The transaction itself
// belongs to db.InTx: Commit and Rollback of the outer pgTx do nothing.
type pgTx struct {
	conn   *pgx.Conn
	depth  int // 0 is the outer transaction, then one savepoint each
	closed bool
}

func (t *pgTx) savepoint() string { return fmt.Sprintf("jobs_%d", t.depth) }

// Begin opens a savepoint.
func (t *pgTx) Begin(ctx context.Context) (pgx.Tx, error) {
	sub := &pgTx{conn: t.conn, depth: t.depth + 1}
	if _, err := t.conn.Exec(ctx, "SAVEPOINT "+sub.savepoint()); err != nil {
		return nil, err
	}
	return sub, nil
}

// Commit releases the savepoint.
func (t *pgTx) Commit(ctx context.Context) error { return t.end(ctx, "RELEASE SAVEPOINT ") }

// Rollback goes back to the savepoint.
func (t *pgTx) Rollback(ctx context.Context) error {
	return t.end(ctx, "ROLLBACK TO SAVEPOINT ")
}

func (t *pgTx) end(ctx context.Context, statement string) error {
	if t.closed {
		return pgx.ErrTxClosed
	}
	t.closed = true
	if t.depth == 0 {
		return nil
	}
	_, err := t.conn.Exec(ctx, statement+t.savepoint())
	return err
}

func (t *pgTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, src pgx.CopyFromSource) (int64, error) {
	return t.conn.CopyFrom(ctx, table, columns, src)
}

func (t *pgTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return t.conn.SendBatch(ctx, b)
}

// LargeObjects is not available: pgx ties them to its own transactions.
func (t *pgTx) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

func (t *pgTx) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	return t.conn.Prepare(ctx, name, sql)
}

func (t *pgTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return t.conn.Exec(ctx, sql, args...)
}

func (t *pgTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return t.conn.Query(ctx, sql, args...)
}

func (t *pgTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return t.conn.QueryRow(ctx, sql, args...)
}

func (t *pgTx) Conn() *pgx.Conn { return t.conn }
