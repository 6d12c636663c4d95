package customer

import (
	"context"
	"strings"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// What every write of a customer changes is in no index: PostgreSQL would write
// each write into all indexes of the table.
func TestNoIndexOfWhatEveryWriteChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		columns := `SELECT c.name FROM pragma_index_list('customers') i, pragma_index_info(i.name) c WHERE c.name IS NOT NULL`
		if d.Engine() == db.Postgres {
			columns = `SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indexrelid WHERE i.indrelid = 'customers'::regclass`
			room, err := db.Select(ctx, d.Q(ctx), `SELECT COALESCE(array_to_string(reloptions, ','), '') FROM pg_class WHERE oid = 'customers'::regclass`, db.Column[string])
			if err != nil || len(room) != 1 || room[0] != "fillfactor=80" {
				t.Errorf("pages of customers keep no room: %q, %v", room, err)
			}
		}
		names, err := db.Select(ctx, d.Q(ctx), columns, db.Column[string])
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		for _, name := range names {
			if name == "updated_at" || name == "version" {
				t.Errorf("an index holds %s", name)
			}
		}
	})
}

// Indexes of customers compare texts byte by byte on both engines: PostgreSQL
// would else compare by the rules of whatever language its database was made with.
func TestIndexesCompareBytes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if d.Engine() != db.Postgres {
			return // SQLite does not otherwise
		}
		ctx := context.Background()
		names, err := db.Select(ctx, d.Q(ctx), `SELECT i.indexrelid::regclass || '.' || a.attname || ' ' || co.collname FROM pg_index i
JOIN pg_attribute a ON a.attrelid = i.indexrelid JOIN pg_collation co ON co.oid = a.attcollation WHERE i.indrelid = 'customers'::regclass`, db.Column[string])
		if err != nil || len(names) < 4 {
			t.Fatal(names, err)
		}
		for _, name := range names {
			if !strings.HasSuffix(name, " C") {
				t.Error(name)
			}
		}
	})
}
