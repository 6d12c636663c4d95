package app

import (
	"context"
	"os"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// EngineInfo describes the database server.
type EngineInfo struct {
	Name      string `json:"name" enum:"sqlite,postgres"`
	Version   string `json:"version"`
	SizeBytes int64  `json:"size_bytes"`

	now time.Time
}

func serverInfo(ctx context.Context, d *db.DB) (EngineInfo, error) {
	i := EngineInfo{Name: string(d.Engine()), now: clock.System{}.Now()}
	q := d.Q(ctx)
	if d.Engine() == db.Postgres {
		var ms int64
		err := q.QueryRowContext(ctx, `SELECT current_setting('server_version'), pg_database_size(current_database()),
CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)`).Scan(&i.Version, &i.SizeBytes, &ms)
		i.now = time.UnixMilli(ms)
		return i, db.MapError(err)
	}
	if err := q.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&i.Version); err != nil {
		return i, db.MapError(err)
	}
	if st, err := os.Stat(d.Path()); err == nil {
		i.SizeBytes = st.Size()
	}
	return i, nil
}

// quickCheck reads the whole of a SQLite database and gives what is wrong with
// it, "" for nothing.
func quickCheck(ctx context.Context, d *db.DB) (string, error) {
	if d.Engine() != db.SQLite {
		return "", nil
	}
	var verdict string
	err := d.Q(ctx).QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict)
	if verdict == "ok" {
		verdict = ""
	}
	return verdict, db.MapError(err)
}

func keysInUse(ctx context.Context, d *db.DB) (bool, error) {
	var n int
	err := d.Q(ctx).QueryRowContext(ctx, "SELECT count(*) FROM vault_keys").Scan(&n)
	return n > 0, db.MapError(err)
}

// orphans counts orders, keys and contacts whose customer is not there: large
// tables declare no foreign keys.
func orphans(ctx context.Context, d *db.DB) (n int64, err error) {
	err = d.Q(ctx).QueryRowContext(ctx, `SELECT
  (SELECT count(*) FROM (SELECT DISTINCT customer_id FROM orders) o WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = o.customer_id))
+ (SELECT count(*) FROM customer_keys k WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = k.customer_id))
+ (SELECT count(*) FROM contacts k WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = k.customer_id))`).Scan(&n)
	return n, db.MapError(err)
}

// unreadAddresses counts customers who have no region because an address of
// theirs cannot be opened.
func unreadAddresses(ctx context.Context, d *db.DB) (n int64, err error) {
	err = d.Q(ctx).QueryRowContext(ctx, `SELECT count(*) FROM customer_place_unread`).Scan(&n)
	return n, db.MapError(err)
}

func failedJobs(ctx context.Context, d *db.DB) (n int64, err error) {
	err = d.Q(ctx).QueryRowContext(ctx, "SELECT count(*) FROM river_job WHERE state = 'discarded'").Scan(&n)
	return n, db.MapError(err)
}
