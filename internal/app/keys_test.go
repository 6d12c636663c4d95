package app

import (
	"strings"
	"testing"

	"zhike/internal/platform/db/dbtest"
)

// schema gives every column of every table of ours, with its type.
func schema(t *testing.T, each func(table, column, typ string)) {
	t.Helper()
	d := dbtest.SQLite(t)
	rows, err := d.Q(t.Context()).QueryContext(t.Context(), `SELECT m.name, p.name, p.type FROM sqlite_master m JOIN pragma_table_info(m.name) p
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'river_%' ORDER BY m.name, p.cid`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var table, column, typ string
		if err := rows.Scan(&table, &column, &typ); err != nil {
			t.Fatal(err)
		}
		n++
		each(table, column, typ)
	}
	if err := rows.Err(); err != nil || n < 200 {
		t.Fatalf("%d columns, %v", n, err)
	}
}

// A sealed column that a change of keys does not visit would be unreadable
// after it. By the house's rule their names end in "cipher".
func TestEverySealedColumnIsRotated(t *testing.T) {
	found := 0
	schema(t, func(table, column, _ string) {
		if !strings.HasSuffix(column, "cipher") {
			return
		}
		found++
		if !sealedIn(table, column) {
			t.Errorf("%s.%s is sealed; add it to sealedColumns", table, column)
		}
	})
	if found != len(sealedColumns()) {
		t.Errorf("%d sealed columns in the schema, %d listed", found, len(sealedColumns()))
	}
}
