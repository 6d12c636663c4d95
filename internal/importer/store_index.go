package importer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// deferredSetting keeps the statements that bring indexes back which a first
// large import has taken away.
const deferredSetting = "import.deferred_indexes"

// secondary are the indexes not needed to import a kind ("" for any), by the
// table that has to be empty for them to go. Those of customer_metrics come
// back last: the figures are written once more at the end.
var secondary = []struct {
	kind    Kind
	table   string
	indexes []string
}{
	{KindOrders, "orders", []string{"orders_customer", "orders_day"}},
	{KindBehaviours, "behaviours", []string{"behaviours_customer"}},
	{"", "customers", []string{
		"customers_city", "customers_province", "customer_terms_term", "contacts_tail",
		"customer_metrics_net365", "customer_metrics_netall", "customer_metrics_last",
	}},
}

// secondaryOf lists the secondary indexes of a kind.
func secondaryOf(kind Kind) (names []string) {
	for _, group := range secondary {
		if group.kind == kind || group.kind == "" {
			names = append(names, group.indexes...)
		}
	}
	return names
}

// ofFigures says whether a statement makes an index of the figures.
func ofFigures(statement string) bool { return strings.Contains(statement, "customer_metrics") }

// deferIndexes takes the secondary indexes of empty tables away and notes how
// they were made, in the same transaction. Rows that come in no order cost
// most of their time there; one sort at the end costs a tenth of it.
func (s *store) deferIndexes(ctx context.Context, kind Kind) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		noted, err := s.deferred(ctx)
		if err != nil {
			return err
		}
		for _, group := range secondary {
			if group.kind != kind && group.kind != "" {
				continue
			}
			var n int64
			err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM `+group.table+` LIMIT 1) AS one`).Scan(&n)
			if err != nil {
				return db.MapError(err)
			}
			if n > 0 {
				continue
			}
			for _, name := range group.indexes {
				how, err := s.indexStatement(ctx, name)
				if err != nil {
					return err
				}
				if how == "" {
					continue // away already
				}
				noted = append(noted, how)
				if err := s.exec(ctx, `DROP INDEX `+name); err != nil {
					return err
				}
			}
		}
		return s.note(ctx, noted)
	})
}

// indexStatement is the statement by which an index was made; "" for none.
func (s *store) indexStatement(ctx context.Context, name string) (how string, err error) {
	q := `SELECT sql FROM sqlite_master WHERE type = 'index' AND name = $1`
	if s.db.Engine() == db.Postgres {
		q = `SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname = $1`
	}
	err = db.MapError(s.db.Q(ctx).QueryRowContext(ctx, q, name).Scan(&how))
	if isNoRow(err) {
		return "", nil
	}
	return how, err
}

// deferred lists the statements noted.
func (s *store) deferred(ctx context.Context) ([]string, error) {
	var text string
	err := db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, deferredSetting).Scan(&text))
	if isNoRow(err) || err == nil && text == "" {
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

func (s *store) note(ctx context.Context, statements []string) error {
	text := ""
	if len(statements) > 0 {
		b, err := json.Marshal(statements)
		if err != nil {
			return errs.Wrap(err, errs.Internal, "internal")
		}
		text = string(b)
	}
	return s.exec(ctx, `INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, 0)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, deferredSetting, text)
}

// frugalSort lets the writer of SQLite sort in pieces of 8 MiB on disk; back
// undoes it.
func (s *store) frugalSort(ctx context.Context) (back func(), err error) {
	w := s.db.Writer()
	var cache, temp int64
	if err := w.QueryRowContext(ctx, `PRAGMA cache_size`).Scan(&cache); err != nil {
		return nil, db.MapError(err)
	}
	if err := w.QueryRowContext(ctx, `PRAGMA temp_store`).Scan(&temp); err != nil {
		return nil, db.MapError(err)
	}
	set := func(ctx context.Context, cache, temp int64) error {
		_, err := w.ExecContext(ctx, fmt.Sprintf(`PRAGMA cache_size = %d; PRAGMA temp_store = %d`, cache, temp))
		return db.MapError(err)
	}
	const file, pieces = 1, -8 << 10
	if err := set(ctx, pieces, file); err != nil {
		return nil, err
	}
	return func() { _ = set(context.WithoutCancel(ctx), cache, temp) }, nil
}

// restoreIndexes makes the indexes that are noted, where want does not say
// otherwise, each in a transaction of its own that also crosses it off: whoever
// is killed in between leaves the rest noted. The sort of SQLite goes to a temporary file, or it would take memory
// without bound.
func (s *store) restoreIndexes(ctx context.Context, want func(statement string) bool) error {
	if todo, err := s.deferred(ctx); err != nil || !slices.ContainsFunc(todo, want) {
		return err
	}
	if s.db.Engine() == db.SQLite {
		back, err := s.frugalSort(ctx)
		if err != nil {
			return err
		}
		defer back()
	}
	for {
		left := false
		err := s.db.InTx(ctx, func(ctx context.Context) error {
			// The row is the lock: two processes do not make one index twice.
			if err := s.exec(ctx, `UPDATE settings SET updated_at = updated_at WHERE name = $1`, deferredSetting); err != nil {
				return err
			}
			todo, err := s.deferred(ctx)
			if err != nil {
				return err
			}
			at := slices.IndexFunc(todo, want)
			if at < 0 {
				return nil
			}
			if err := s.exec(ctx, todo[at]); err != nil {
				return err
			}
			todo = slices.Delete(todo, at, at+1)
			left = slices.ContainsFunc(todo, want)
			return s.note(ctx, todo)
		})
		if err != nil || !left {
			return err
		}
	}
}
