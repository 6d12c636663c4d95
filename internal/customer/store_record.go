package customer

import (
	"context"

	"zhike/internal/clean"
	"zhike/internal/column"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
)

const storedColumns = `c.id, c.kind, c.name, c.gender, c.birthday, c.company, c.province, c.city, c.district, c.region_code, c.source_id,
  COALESCE(c.owner_id, 0), COALESCE(c.department_id, 0), c.version, c.created_at, c.updated_at,
  c.stage, c.education, c.birthday_lunar, c.industry, COALESCE(c.registered_at, 0), c.preferred_channel,
  c.favourite_categories, c.remark, COALESCE(c.adviser_id, 0), c.owned_at, c.last_contact_at, c.invoice_cipher`

func (r *Stored) scanInto() []any {
	return append(r.Customer.scanInto(), &r.Stage, &r.Education, &r.BirthdayLunar, &r.Industry, &r.RegisteredAt,
		&r.PreferredChannel, &r.Favourites, &r.Remark, &r.AdviserID, &r.OwnedAt, &r.LastContactAt, &r.InvoiceCipher)
}

// access says what somebody wants of a row.
type access uint8

const (
	toRead  access = iota // all that the actor may see, the pool included
	toWrite               // what the actor may change
	toAny                 // whatever the scope, for work of the program
)

// stored reads the rows of customers that the actor may reach; others are
// missing in the answer.
func (s *Store) stored(ctx context.Context, a *auth.Actor, ids []int64, want access) (map[int64]*Stored, error) {
	out := make(map[int64]*Stored, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		var q query
		q.add(`SELECT ` + storedColumns + ` FROM customers c WHERE `)
		q.in("c.id", chunk)
		switch want {
		case toRead:
			q.scope(a)
		case toWrite:
			q.writeScope(a)
		case toAny:
		}
		rows, err := s.db.Prepared(ctx).QueryContext(ctx, q.text(), q.args...)
		if err != nil {
			return db.MapError(err)
		}
		defer rows.Close()
		for rows.Next() {
			r := &Stored{}
			if err := rows.Scan(r.scanInto()...); err != nil {
				return db.MapError(err)
			}
			out[r.ID] = r
		}
		return db.MapError(rows.Err())
	})
	return out, err
}

// insertStored adds whole rows inside InTx, with an empty row of figures each;
// ids as in InsertCustomers.
func (s *Store) insertStored(ctx context.Context, rows []*Stored) error {
	if err := s.db.AssignIDs(ctx, "customer", len(rows), func(i int) *int64 { return &rows[i].ID }); err != nil {
		return err
	}
	cols := []string{"id", "source_id", "version", "created_at", "updated_at", "owned_at", "last_contact_at", "invoice_cipher", "sort_name"}
	for i := range recordFields {
		cols = append(cols, recordFields[i].column)
	}
	err := s.db.BulkInsert(ctx, "customers", cols, len(rows), func(i int, v []any) {
		r := rows[i]
		v[0], v[1], v[2], v[3], v[4] = r.ID, r.SourceID, r.Version, r.CreatedAt, r.UpdatedAt
		v[5], v[6], v[7], v[8] = r.OwnedAt, r.LastContactAt, bytesOrNull(r.InvoiceCipher), clean.SortKey(r.Name)
		for k := range recordFields {
			v[9+k] = recordFields[k].value(r)
		}
	})
	if err != nil {
		return err
	}
	return s.db.BulkInsert(ctx, "customer_metrics", []string{"customer_id", "as_of_day", "updated_at"}, len(rows),
		func(i int, v []any) { v[0], v[1], v[2] = rows[i].ID, int64(0), rows[i].UpdatedAt })
}

// setInvoice writes the sealed invoice data.
func (s *Store) setInvoice(ctx context.Context, id int64, cipher []byte) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE customers SET invoice_cipher = $1 WHERE id = $2`, bytesOrNull(cipher), id)
	return db.MapError(err)
}

// person is a member of staff as records need one.
type person struct {
	id, departmentID int64
	name             string
	disabled         bool
}

// people reads members of staff.
func (s *Store) people(ctx context.Context, ids []int64) (map[int64]person, error) {
	out := make(map[int64]person, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		rows, err := s.db.Prepared(ctx).QueryContext(ctx, `SELECT id, name, COALESCE(department_id, 0), disabled FROM staff WHERE id IN (`+in+`)`, args...)
		if err != nil {
			return db.MapError(err)
		}
		defer rows.Close()
		for rows.Next() {
			var p person
			if err := rows.Scan(&p.id, &p.name, &p.departmentID, &p.disabled); err != nil {
				return db.MapError(err)
			}
			out[p.id] = p
		}
		return db.MapError(rows.Err())
	})
	return out, err
}

// departmentNames reads the names of departments; one that is not there is missing.
func (s *Store) departmentNames(ctx context.Context, ids []int64) (map[int64]string, error) {
	return s.idNames(ctx, `SELECT id, name FROM departments WHERE id IN (`, ids)
}

// customerNames reads the names of customers whatever the scope.
func (s *Store) customerNames(ctx context.Context, ids []int64) (map[int64]string, error) {
	return s.idNames(ctx, `SELECT id, name FROM customers WHERE id IN (`, ids)
}

func (s *Store) idNames(ctx context.Context, head string, ids []int64) (map[int64]string, error) {
	return namesIn(ids, func(chunk []int64) ([]idName, error) {
		in, args := db.InArgs(1, chunk)
		return db.Select(ctx, s.db.Prepared(ctx), head+in+`)`, scanIDName, args...)
	})
}

// idName is a thing by its id and name.
type idName struct {
	id   int64
	name string
}

func scanIDName(v *idName, r db.Scanner) error { return r.Scan(&v.id, &v.name) }

// namesIn reads the names of a list, piece by piece.
func namesIn(ids []int64, read func(chunk []int64) ([]idName, error)) (map[int64]string, error) {
	out := make(map[int64]string, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		list, err := read(chunk)
		for _, v := range list {
			out[v.id] = v.name
		}
		return err
	})
	return out, err
}

// sourceID gives the id of a source by its code, 0 where there is none.
func (s *Store) sourceID(ctx context.Context, code string) (id int64, err error) {
	err = s.db.Prepared(ctx).QueryRowContext(ctx, `SELECT id FROM sources WHERE code = $1`, code).Scan(&id)
	if db.IsNoRow(err) {
		return 0, nil
	}
	return id, db.MapError(err)
}

// ensureSource gives the id of a source by its code, and makes it where it is
// not there yet, inside InTx.
func (s *Store) ensureSource(ctx context.Context, code, name string, now int64) (id int64, err error) {
	if id, err = s.sourceID(ctx, code); id != 0 || err != nil {
		return id, err
	}
	if id, err = s.db.NextID(ctx, "source"); err != nil {
		return 0, err
	}
	err = s.exec(ctx, `INSERT INTO sources (id, code, name, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (code) DO NOTHING`, id, code, name, now)
	if err != nil {
		return 0, err
	}
	if id, err = s.sourceID(ctx, code); err != nil {
		return 0, err
	}
	return id, column.Tell(ctx, s.db, "sources", now, id)
}
