package customer

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strings"

	mem "zhike/internal/column"
	custom "zhike/internal/field"
	"zhike/internal/platform/db"
)

// What numbers of custom fields were, from customer_value_changes.

// valueShifted finds whose number of a field is less, or more, by so much than it
// was at the end of a day before. Without a change in between it is the same, so
// that whoever is meant has one; the first one says what was there before. The
// customer is asked for as a value: SQLite would look for customers by created_at.
func valueShifted(c *compiler, d *custom.Definition, n *Node) (expr, error) {
	v, err := readShift(d, n)
	if err != nil {
		return expr{}, err
	}
	then, now := num(c.endOf(c.asOf-v.days)), num(c.endOf(c.asOf))
	of := "field_id = " + num(d.ID)
	first := "{x}." + of + " AND {x}.at >= " + then + " AND {x}.at < " + now + ` AND NOT EXISTS (SELECT 1 FROM customer_value_changes y
 WHERE y.customer_id = {x}.customer_id AND y.` + of + " AND y.at >= " + then + ` AND (y.at, y.id) < ({x}.at, {x}.id))
 AND (SELECT k.created_at FROM customers k WHERE k.id = {x}.customer_id) < ` + then
	more := numberThen(d.ID, "{x}.customer_id", now) + " - {x}.before_num"
	is, least, most := " >= "+num(v.by), v.by, int64(math.MaxInt64)
	if n.Op == opFell {
		is, least, most = " <= "+num(-v.by), math.MinInt64, -v.by
	}
	col := memSet(mem.Number, "customer_value_changes", aliased(more, "customer_value_changes"), aliased(first, "customer_value_changes"))
	return member("customer_value_changes", "customer_id", aliased(first+" AND "+more+is, "x"), false).
		inMemory(mem.Between(col, least, most)), nil
}

// numberThen is the number of a field that the customer of the text id had before
// an instant, null for none: what the first change from then on says, and without
// one the present number.
func numberThen(field int64, id, before string) string {
	later := " FROM customer_value_changes z WHERE z.customer_id = " + id + " AND z.field_id = " + num(field) + " AND z.at >= " + before
	return "(CASE WHEN EXISTS (SELECT 1" + later + ") THEN (SELECT z.before_num" + later + " ORDER BY z.at, z.id LIMIT 1)" +
		" ELSE (SELECT v.num FROM customer_values v WHERE v.customer_id = " + id + " AND v.field_id = " + num(field) + ") END)"
}

// valueThen gives the number of a field that a customer had before an instant;
// known is false where there was none, or no such customer.
func (s *Store) valueThen(ctx context.Context, field, id, before int64) (v int64, known bool, err error) {
	var n sql.NullInt64
	err = s.db.Q(ctx).QueryRowContext(ctx, "SELECT "+numberThen(field, "k.id", num(before))+" FROM customers k WHERE k.id = $1 AND k.created_at < $2", id, before).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return n.Int64, n.Valid, db.MapError(err)
}

// insertValueChanges keeps what changes of numbers and amounts say, as numbers:
// the texts of the history are for reading, and cannot be compared.
func (s *Store) insertValueChanges(ctx context.Context, rows []changeRow) error {
	var own []*changeRow
	for i := range rows {
		if strings.HasPrefix(rows[i].field, custom.Prefix) && rows[i].before != rows[i].after && !rows[i].fresh {
			own = append(own, &rows[i])
		}
	}
	if len(own) == 0 {
		return nil
	}
	defs, err := s.numberFields(ctx)
	if err != nil {
		return err
	}
	list := own[:0]
	for _, r := range own {
		if defs[r.field] != nil {
			list = append(list, r)
		}
	}
	return s.db.BulkInsert(ctx, "customer_value_changes", []string{"customer_id", "field_id", "at", "id", "before_num"}, len(list), func(i int, v []any) {
		r, d := list[i], defs[list[i].field]
		v[0], v[1], v[2], v[3], v[4] = r.customerID, d.ID, r.at, r.id, nil
		if was, err := d.ParsePlain(r.before); err == nil && was.Set {
			v[4] = was.Num
		}
	})
}

// numberFields gives the fields of numbers and amounts, retired ones too, as the
// history names them, with what reading their values takes.
func (s *Store) numberFields(ctx context.Context) (map[string]*custom.Definition, error) {
	out := map[string]*custom.Definition{}
	err := db.Each(ctx, s.db.Q(ctx), `SELECT id, code, kind, scale FROM field_defs WHERE kind IN ('number', 'money')`, func(r db.Scanner) error {
		var d custom.Definition
		err := r.Scan(&d.ID, &d.Code, &d.Kind, &d.Scale)
		out[custom.Prefix+d.Code] = &d
		return err
	})
	return out, err
}
