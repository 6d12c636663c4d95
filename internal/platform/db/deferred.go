package db

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"zhike/internal/platform/errs"
)

// deferredSetting keeps the statements that bring indexes back which were taken
// away while many rows are written.
const deferredSetting = "import.deferred_indexes"

// DeferIndexes takes indexes away and notes how they were made, in one transaction.
// Rows that come in no order cost most of their time there; one sort at the end
// costs a tenth of it. [DB.RestoreIndexes] brings them back. One that is away
// already stays as it is.
func (d *DB) DeferIndexes(ctx context.Context, names []string) error {
	return d.InTx(ctx, func(ctx context.Context) error {
		noted, err := d.DeferredIndexes(ctx)
		if err != nil {
			return err
		}
		for _, name := range names {
			how, err := d.IndexStatement(ctx, name)
			if err != nil {
				return err
			}
			if how == "" {
				continue // away already
			}
			noted = append(noted, how)
			if _, err := d.Q(ctx).ExecContext(ctx, `DROP INDEX `+name); err != nil {
				return MapError(err)
			}
		}
		return d.noteIndexes(ctx, noted)
	})
}

// IndexStatement is the statement by which an index was made; "" for none.
func (d *DB) IndexStatement(ctx context.Context, name string) (how string, err error) {
	q := `SELECT sql FROM sqlite_master WHERE type = 'index' AND name = $1`
	if d.engine == Postgres {
		q = `SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname = $1`
	}
	err = MapError(d.Q(ctx).QueryRowContext(ctx, q, name).Scan(&how))
	if IsNoRow(err) {
		return "", nil
	}
	return how, err
}

// DeferredIndexes lists the statements by which indexes come back that were taken away.
func (d *DB) DeferredIndexes(ctx context.Context) ([]string, error) {
	var text string
	err := MapError(d.Q(ctx).QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, deferredSetting).Scan(&text))
	if IsNoRow(err) || err == nil && text == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	return out, nil
}

func (d *DB) noteIndexes(ctx context.Context, statements []string) error {
	text := ""
	if len(statements) > 0 {
		b, err := json.Marshal(statements)
		if err != nil {
			return errs.Wrap(err, errs.Internal, "internal")
		}
		text = string(b)
	}
	_, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, 0)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, deferredSetting, text)
	return MapError(err)
}

// frugalSort lets the writer of SQLite sort in pieces of 8 MiB on disk; back
// undoes it.
func (d *DB) frugalSort(ctx context.Context) (back func(), err error) {
	var cache, temp int64
	if err := d.writer.QueryRowContext(ctx, `PRAGMA cache_size`).Scan(&cache); err != nil {
		return nil, MapError(err)
	}
	if err := d.writer.QueryRowContext(ctx, `PRAGMA temp_store`).Scan(&temp); err != nil {
		return nil, MapError(err)
	}
	set := func(ctx context.Context, cache, temp int64) error {
		_, err := d.writer.ExecContext(ctx, fmt.Sprintf(`PRAGMA cache_size = %d; PRAGMA temp_store = %d`, cache, temp))
		return MapError(err)
	}
	const file, pieces = 1, -8 << 10
	if err := set(ctx, pieces, file); err != nil {
		return nil, err
	}
	return func() { _ = set(context.WithoutCancel(ctx), cache, temp) }, nil
}

// RestoreIndexes makes the indexes that are noted, where want does not say
// otherwise, each in a transaction of its own that also crosses it off: whoever
// is killed in between leaves the rest noted. The sort of SQLite goes to a temporary
// file, or it would take memory without bound.
func (d *DB) RestoreIndexes(ctx context.Context, want func(statement string) bool) error {
	if todo, err := d.DeferredIndexes(ctx); err != nil || !slices.ContainsFunc(todo, want) {
		return err
	}
	if d.engine == SQLite {
		back, err := d.frugalSort(ctx)
		if err != nil {
			return err
		}
		defer back()
	}
	for {
		left := false
		err := d.InTx(ctx, func(ctx context.Context) error {
			// The row is the lock: two processes do not make one index twice.
			if _, err := d.Q(ctx).ExecContext(ctx, `UPDATE settings SET updated_at = updated_at WHERE name = $1`, deferredSetting); err != nil {
				return MapError(err)
			}
			todo, err := d.DeferredIndexes(ctx)
			if err != nil {
				return err
			}
			at := slices.IndexFunc(todo, want)
			if at < 0 {
				return nil
			}
			if _, err := d.Q(ctx).ExecContext(ctx, todo[at]); err != nil {
				return MapError(err)
			}
			todo = slices.Delete(todo, at, at+1)
			left = slices.ContainsFunc(todo, want)
			return d.noteIndexes(ctx, todo)
		})
		if err != nil || !left {
			return err
		}
	}
}
