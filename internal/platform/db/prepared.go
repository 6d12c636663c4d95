package db

import (
	"context"
	"database/sql"
	"sync"
)

// maxPrepared bounds the statements kept compiled per connection.
const maxPrepared = 96

// prepared keeps the statements of hot reads compiled on SQLite's readers.
// Reading and planning a join costs there as much as running it. The driver of
// PostgreSQL keeps statements itself.
type prepared struct {
	db    *sql.DB
	mu    sync.RWMutex
	stmts map[string]*sql.Stmt
}

// Prepared is [DB.Q] for reads that run thousands of times a second under few
// texts. A text that varies without bound (lists of ids are padded by
// [InArgs]) does not belong here: once full, the cache takes no further ones.
func (d *DB) Prepared(ctx context.Context) Querier {
	q := d.Q(ctx) // also for the tests that watch the pool
	switch {
	case txFrom(ctx) != nil:
		return q
	case d.engine == Postgres:
		return d.hotDB
	}
	return &d.hot
}

func (p *prepared) stmt(ctx context.Context, query string) *sql.Stmt {
	p.mu.RLock()
	s, full := p.stmts[query], len(p.stmts) >= maxPrepared
	p.mu.RUnlock()
	if s != nil || full {
		return s
	}
	// Prepared without the caller's context: its end must not end the statement.
	s, err := p.db.PrepareContext(context.WithoutCancel(ctx), unnamed(query))
	if err != nil {
		return nil // the plain query will say what is wrong
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if other := p.stmts[query]; other != nil {
		_ = s.Close()
		return other
	}
	if p.stmts == nil {
		p.stmts = map[string]*sql.Stmt{}
	}
	p.stmts[query] = s
	return s
}

// ExecContext is there for the interface; readers cannot write.
func (p *prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return p.db.ExecContext(ctx, query, args...)
}

// QueryContext runs the compiled statement.
func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := p.stmt(ctx, query); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return p.db.QueryContext(ctx, query, args...)
}

// QueryRowContext runs the compiled statement for one row.
func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if s := p.stmt(ctx, query); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return p.db.QueryRowContext(ctx, query, args...)
}
