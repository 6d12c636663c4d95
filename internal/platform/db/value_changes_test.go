package db_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// What the history says of numbers and amounts of fields before the step that keeps
// them as numbers is read from it, as far as it is known whose it was.
func TestHistoryBecomesNumbers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, whole *db.DB) {
		ctx := context.Background()
		d := emptyBase(t, whole.Engine())
		if err := d.MigrateTo(ctx, 53); err != nil {
			t.Fatal(err)
		}
		exec := func(text string) {
			t.Helper()
			if _, err := d.Writer().ExecContext(ctx, text); err != nil {
				t.Fatal(err)
			}
		}
		for id, f := range []string{"'share', 'number', 1", "'budget', 'money', 0", "'note', 'text', 0"} {
			exec(fmt.Sprintf(`INSERT INTO field_defs (id, code, kind, scale, name_zh, name_en, required, used, retired, position, created_at, updated_at)
VALUES (%d, %s, '', '', FALSE, TRUE, FALSE, 1, 0, 0)`, id+1, f))
		}
		for id, h := range []string{
			"1, 100, 'f.share', '', '60.5'", "1, 200, 'f.share', '60.5', '-0.5'", "1, 300, 'f.share', '-0.5', ''",
			"1, 400, 'f.budget', '-1234.05', '0.00'", "1, 500, 'f.note', '12', '13'", "1, 600, 'share', '1', '2'",
			"2, 100, 'f.share', '10.0', '20.0'", "2, 900, 'f.share', '20.0', '30.0'", // became one with another in between
		} {
			exec(fmt.Sprintf(`INSERT INTO customer_changes (id, customer_id, at, field, before_text, after_text, actor_id, actor_name, origin, change_set, version)
VALUES (%d, %s, 0, '', 'edit', 1, 1)`, id+1, h))
		}
		cipher := map[db.Engine]string{db.SQLite: "x'00'", db.Postgres: `'\x00'`}[whole.Engine()]
		for id, m := range []string{"2, 3, 'done', 500", "1, 4, 'undone', 500"} {
			exec(fmt.Sprintf(`INSERT INTO merges (id, winner_id, loser_id, status, merged_at, loser_name, origin, fields_cipher, moved, merged_by)
VALUES (%d, %s, '', 'page', %s, 0, 0)`, id+1, m, cipher))
		}
		if _, err := d.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		var got []string
		err := db.Each(ctx, d.Q(ctx), `SELECT customer_id, field_id, at, id, COALESCE(CAST(before_num AS TEXT), 'none') FROM customer_value_changes
ORDER BY customer_id, at`, func(r db.Scanner) error {
			var customer, field, at, id int64
			var before string
			err := r.Scan(&customer, &field, &at, &id, &before)
			got = append(got, fmt.Sprint(customer, field, at, id, " ", before))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"1 1 100 1 none", "1 1 200 2 605", "1 1 300 3 -5", "1 2 400 4 -123405", "2 1 900 8 200"}
		if !slices.Equal(got, want) {
			t.Errorf("kept\n%q, want\n%q", got, want)
		}
	})
}
