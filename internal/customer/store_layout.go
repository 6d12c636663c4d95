package customer

import (
	"context"
	"database/sql"

	"zhike/internal/clean"
	"zhike/internal/platform/db"
)

// each runs a query for chunks of values, $1 … being the values, and scan for
// each row of the answer.
func each[T any](ctx context.Context, s *Store, head, tail string, vals []T, scan func(rows *sql.Rows) error) error {
	return db.InChunks(vals, func(chunk []T) error {
		in, args := db.InArgs(1, chunk)
		rows, err := s.db.Q(ctx).QueryContext(ctx, head+` (`+in+`) `+tail, args...)
		if err != nil {
			return db.MapError(err)
		}
		defer rows.Close()
		for rows.Next() {
			if err := scan(rows); err != nil {
				return db.MapError(err)
			}
		}
		return db.MapError(rows.Err())
	})
}

// staffNamed finds members of staff by name, without names that several have
// and those who left.
func (s *Store) staffNamed(ctx context.Context, names []string) (map[string]person, error) {
	out, twice := map[string]person{}, map[string]bool{}
	err := each(ctx, s, `SELECT id, name, COALESCE(department_id, 0) FROM staff WHERE name IN`, `AND NOT disabled ORDER BY id`, names, func(rows *sql.Rows) error {
		var p person
		if err := rows.Scan(&p.id, &p.name, &p.departmentID); err != nil {
			return err
		}
		_, there := out[p.name]
		twice[p.name] = twice[p.name] || there
		out[p.name] = p
		return nil
	})
	for name, several := range twice {
		if several {
			delete(out, name)
		}
	}
	return out, err
}

// CompaniesNamed finds the companies and organisations of a source by their
// exact names: those that were first seen in it or have a number in it. A name
// that several have is not in the answer.
func (s *Store) CompaniesNamed(ctx context.Context, sourceID int64, names []string) (map[string]int64, error) {
	keys, wanted := make([]string, len(names)), make(map[string]bool, len(names))
	for i, n := range names {
		keys[i], wanted[n] = clean.SortKey(n), true
	}
	out, twice := map[string]int64{}, map[string]bool{}
	err := db.InChunks(keys, func(chunk []string) error {
		in, args := db.InArgs(3, chunk)
		rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT c.id, c.name FROM customers c WHERE (c.source_id = $1
 OR EXISTS (SELECT 1 FROM customer_keys k WHERE k.customer_id = c.id AND k.source_id = $2))
 AND c.kind <> 'person' AND c.sort_name IN (`+in+`) ORDER BY c.id`, append([]any{sourceID, sourceID}, args...)...)
		if err != nil {
			return db.MapError(err)
		}
		defer rows.Close()
		for rows.Next() {
			var id int64
			var name string
			if err := rows.Scan(&id, &name); err != nil {
				return db.MapError(err)
			}
			if !wanted[name] {
				continue
			}
			if other, there := out[name]; there && other != id {
				twice[name] = true
			}
			out[name] = id
		}
		return db.MapError(rows.Err())
	})
	for name := range twice {
		delete(out, name)
	}
	return out, err
}

// NumberedIn says which of the customers have a number in a source.
func (s *Store) NumberedIn(ctx context.Context, sourceID int64, ids []int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := each(ctx, s, `SELECT customer_id, source_id FROM customer_keys WHERE customer_id IN`, `ORDER BY customer_id, source_id, external_blind`,
		ids, func(rows *sql.Rows) error {
			var id, source int64
			err := rows.Scan(&id, &source)
			if source == sourceID {
				out[id] = true
			}
			return err
		})
	return out, err
}

// CompaniesOf says of which companies the customers are contact persons.
func (s *Store) CompaniesOf(ctx context.Context, ids []int64) (map[int64][]int64, error) {
	out := map[int64][]int64{}
	err := each(ctx, s, `SELECT from_id, to_id FROM customer_relations WHERE kind = 'contact' AND from_id IN`, `ORDER BY from_id, to_id`,
		ids, func(rows *sql.Rows) error {
			var from, to int64
			err := rows.Scan(&from, &to)
			out[from] = append(out[from], to)
			return err
		})
	return out, err
}

// contactsOf reads the contacts of customers, for each the primary ones first.
func (s *Store) contactsOf(ctx context.Context, ids []int64) (map[int64][]Contact, error) {
	out := make(map[int64][]Contact, len(ids))
	err := each(ctx, s, `SELECT id, customer_id, kind, cipher FROM contacts WHERE customer_id IN`,
		`ORDER BY customer_id, CASE WHEN is_primary THEN 0 ELSE 1 END, id`, ids, func(rows *sql.Rows) error {
			var c Contact
			err := rows.Scan(&c.ID, &c.CustomerID, &c.Kind, &c.Cipher)
			out[c.CustomerID] = append(out[c.CustomerID], c)
			return err
		})
	return out, err
}

// numberRow is the number of a customer in a source.
type numberRow struct {
	customerID, sourceID int64
	source               string // code
	blind, cipher        []byte
	shared               bool // another source has it for somebody else
}

// numbersOf reads one number of each customer that has any: that of the source
// in which the customer was first seen, else the oldest source's.
func (s *Store) numbersOf(ctx context.Context, ids []int64) (map[int64]*numberRow, error) {
	out := make(map[int64]*numberRow, len(ids))
	err := each(ctx, s, `SELECT k.customer_id, k.source_id, s.code, k.external_blind, k.external_cipher FROM customer_keys k
 JOIN sources s ON s.id = k.source_id JOIN customers c ON c.id = k.customer_id WHERE k.customer_id IN`,
		`ORDER BY k.customer_id, CASE WHEN k.source_id = c.source_id THEN 0 ELSE 1 END, k.source_id, k.external_blind`, ids, func(rows *sql.Rows) error {
			n := &numberRow{}
			err := rows.Scan(&n.customerID, &n.sourceID, &n.source, &n.blind, &n.cipher)
			if out[n.customerID] == nil {
				out[n.customerID] = n
			}
			return err
		})
	if err != nil {
		return nil, err
	}
	blinds, owner := make([][]byte, 0, len(out)), make(map[string][]*numberRow, len(out))
	for _, n := range out {
		blinds, owner[string(n.blind)] = append(blinds, n.blind), append(owner[string(n.blind)], n)
	}
	err = each(ctx, s, `SELECT external_blind, customer_id FROM customer_keys WHERE source_id IN (SELECT id FROM sources) AND external_blind IN`,
		`ORDER BY source_id, external_blind`, blinds, func(rows *sql.Rows) error {
			var blind []byte
			var id int64
			err := rows.Scan(&blind, &id)
			for _, n := range owner[string(blind)] {
				n.shared = n.shared || n.customerID != id
			}
			return err
		})
	return out, err
}

// aboveRow is the company to which a customer belongs, as parent or as a contact's.
type aboveRow struct {
	from, to int64
	kind     RelationKind
	title    string
	primary  bool
	name     string // of to
}

// aboveOf reads parents and companies of customers, one of a kind each.
func (s *Store) aboveOf(ctx context.Context, ids []int64) (map[int64]map[RelationKind]aboveRow, error) {
	out := make(map[int64]map[RelationKind]aboveRow, len(ids))
	err := each(ctx, s, `SELECT r.from_id, r.to_id, r.kind, r.title, r.is_primary, c.name FROM customer_relations r
 JOIN customers c ON c.id = r.to_id WHERE r.kind IN ('contact', 'parent') AND r.from_id IN`,
		`ORDER BY r.from_id, CASE WHEN r.is_primary THEN 0 ELSE 1 END, r.id`, ids, func(rows *sql.Rows) error {
			var a aboveRow
			err := rows.Scan(&a.from, &a.to, &a.kind, &a.title, &a.primary, &a.name)
			if out[a.from] == nil {
				out[a.from] = map[RelationKind]aboveRow{}
			}
			if _, there := out[a.from][a.kind]; !there {
				out[a.from][a.kind] = a
			}
			return err
		})
	return out, err
}
