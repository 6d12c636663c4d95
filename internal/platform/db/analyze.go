package db

import (
	"context"
	"strings"
)

// Analyze has PostgreSQL look at some columns of a table anew that grew by much at
// once. By itself it does so within minutes, or not at all where the table is large;
// until then it takes a new value of a column for one that hardly any row has, and
// reads a million rows one by one that it would otherwise join. A sample of some
// thousand rows is looked at, which takes a tenth of a second. Where somebody else
// holds or analyses the table, it is left to them. SQLite plans without.
func (d *DB) Analyze(ctx context.Context, table string, columns ...string) error {
	if d.engine != Postgres {
		return nil
	}
	return d.InTx(ctx, func(ctx context.Context) error {
		for _, text := range []string{
			`SET LOCAL default_statistics_target = 20`,
			`ANALYZE (SKIP_LOCKED) ` + table + ` (` + strings.Join(columns, ", ") + `)`,
		} {
			if _, err := d.Q(ctx).ExecContext(ctx, text); err != nil {
				return MapError(err)
			}
		}
		return nil
	})
}
