package jobs

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// engine is River without the type of its transaction. All methods but start
// and stop run in the transaction of ctx.
type engine interface {
	insert(ctx context.Context, args rivertype.JobArgs, o *river.InsertOpts) (*rivertype.JobInsertResult, error)
	cancel(ctx context.Context, id int64) (*rivertype.JobRow, error)
	retry(ctx context.Context, id int64) (*rivertype.JobRow, error)
	rescue(ctx context.Context, p *riverdriver.JobRescueManyParams) error
	// start begins to work with cfg; stop ends it, cancelling what runs.
	start(ctx context.Context, cfg *river.Config) error
	stop(ctx context.Context) error
}

func newEngine(d *db.DB, b *bell, cfg *river.Config) (engine, error) {
	if d.Engine() == db.SQLite {
		return newRiver(liteDriver{riversqlite.New(d.Writer()), b, newStore(d)}, cfg, func(ctx context.Context, fn func(*sql.Tx) error) error {
			return d.Driver(ctx, fn, nil)
		})
	}
	return newRiver(riverpgxv5.New(d.Pool()), cfg, func(ctx context.Context, fn func(pgx.Tx) error) error {
		return d.Driver(ctx, nil, func(c *pgx.Conn) error { return fn(&pgTx{conn: c}) })
	})
}

type riverEngine[T any] struct {
	driver riverdriver.Driver[T]
	in     func(ctx context.Context, fn func(T) error) error
	writer *river.Client[T] // inserts only
	worker *river.Client[T] // nil before start
}

func newRiver[T any](driver riverdriver.Driver[T], cfg *river.Config, in func(context.Context, func(T) error) error) (engine, error) {
	w, err := river.NewClient(driver, cfg)
	if err != nil {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	return &riverEngine[T]{driver: driver, in: in, writer: w}, nil
}

func (e *riverEngine[T]) insert(ctx context.Context, args rivertype.JobArgs, o *river.InsertOpts) (res *rivertype.JobInsertResult, err error) {
	err = e.in(ctx, func(tx T) (err error) {
		res, err = e.writer.InsertTx(ctx, tx, args, o)
		return err
	})
	return res, mapRiver(err)
}

func (e *riverEngine[T]) cancel(ctx context.Context, id int64) (row *rivertype.JobRow, err error) {
	err = e.in(ctx, func(tx T) (err error) {
		row, err = e.writer.JobCancelTx(ctx, tx, id)
		return err
	})
	return row, mapRiver(err)
}

func (e *riverEngine[T]) retry(ctx context.Context, id int64) (row *rivertype.JobRow, err error) {
	err = e.in(ctx, func(tx T) (err error) {
		row, err = e.writer.JobRetryTx(ctx, tx, id)
		return err
	})
	return row, mapRiver(err)
}

func (e *riverEngine[T]) rescue(ctx context.Context, p *riverdriver.JobRescueManyParams) error {
	return mapRiver(e.in(ctx, func(tx T) error {
		_, err := e.driver.UnwrapExecutor(tx).JobRescueMany(ctx, p)
		return err
	}))
}

func (e *riverEngine[T]) start(ctx context.Context, cfg *river.Config) error {
	w, err := river.NewClient(e.driver, cfg)
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	// Only Stop ends the work: a context that ends with a signal would cancel
	// all jobs before the web server has drained.
	if err := w.Start(context.WithoutCancel(ctx)); err != nil {
		return mapRiver(err)
	}
	e.worker = w
	return nil
}

func (e *riverEngine[T]) stop(ctx context.Context) error {
	if e.worker == nil {
		return nil
	}
	if err := e.worker.StopAndCancel(ctx); err != nil {
		return err
	}
	e.worker = nil
	return nil
}

func mapRiver(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, rivertype.ErrNotFound) {
		return errs.New(errs.NotFound, "jobs.not_found")
	}
	return db.MapError(err)
}
