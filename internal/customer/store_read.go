package customer

import (
	"context"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

func notFound(id int64) error { return errs.New(errs.NotFound, "customer.not_found", "id", id) }

// get reads a customer within the actor's scope; customer.not_found outside it.
func (s *Store) get(ctx context.Context, a *auth.Actor, id int64) (*Customer, error) {
	var q query
	q.add(`SELECT `+customerColumns+` FROM customers c WHERE id = ?`, id)
	q.scope(a)
	var c Customer
	err := s.db.Prepared(ctx).QueryRowContext(ctx, q.text(), q.args...).Scan(c.scanInto()...)
	if db.IsNoRow(err) {
		return nil, notFound(id)
	}
	return &c, db.MapError(err)
}

// row reads one customer as lists show it; customer.not_found outside the scope.
func (s *Store) row(ctx context.Context, a *auth.Actor, run, id int64) (*listRow, error) {
	f := Filter{ids: []int64{id}, levelRun: run, pool: true}
	so := sorts["id"]
	rows, err := s.list(ctx, a, &f, so, so.start(), 1, false)
	if err == nil && len(rows) == 0 {
		err = notFound(id)
	}
	if err != nil {
		return nil, err
	}
	return &rows[0], nil
}

// contacts reads all contacts of a customer, oldest first. The caller has
// checked the scope.
func (s *Store) contacts(ctx context.Context, id int64) ([]Contact, error) {
	rows, err := s.db.Prepared(ctx).QueryContext(ctx,
		`SELECT id, customer_id, kind, cipher, source_id, created_at, label, is_primary, validity, verified_at, region_code
FROM contacts WHERE customer_id = $1 ORDER BY id LIMIT 500`, id)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []Contact
	for rows.Next() {
		var c Contact
		if err := rows.Scan(&c.ID, &c.CustomerID, &c.Kind, &c.Cipher, &c.SourceID, &c.CreatedAt,
			&c.Label, &c.Primary, &c.Validity, &c.VerifiedAt, &c.RegionCode); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, c)
	}
	return out, db.MapError(rows.Err())
}

// sealedKey is the number of a customer in a source.
type sealedKey struct {
	sourceID   int64
	code, name string
	cipher     []byte
}

func (s *Store) keys(ctx context.Context, id int64) ([]sealedKey, error) {
	rows, err := s.db.Prepared(ctx).QueryContext(ctx, `SELECT k.source_id, s.code, s.name, k.external_cipher
FROM customer_keys k JOIN sources s ON s.id = k.source_id WHERE k.customer_id = $1 ORDER BY k.source_id, k.external_blind LIMIT 100`, id)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []sealedKey
	for rows.Next() {
		var k sealedKey
		if err := rows.Scan(&k.sourceID, &k.code, &k.name, &k.cipher); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, k)
	}
	return out, db.MapError(rows.Err())
}

// sourceName gives code and name of a source.
func (s *Store) sourceName(ctx context.Context, id int64) (code, name string, err error) {
	err = s.db.Prepared(ctx).QueryRowContext(ctx, `SELECT code, name FROM sources WHERE id = $1`, id).Scan(&code, &name)
	if db.IsNoRow(err) {
		return "", "", nil
	}
	return code, name, db.MapError(err)
}

// sources lists all sources by name.
func (s *Store) sources(ctx context.Context) ([]Source, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT id, code, name FROM sources ORDER BY id LIMIT 1000`)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []Source
	for rows.Next() {
		var v Source
		if err := rows.Scan(&v.ID, &v.Code, &v.Name); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, v)
	}
	return out, db.MapError(rows.Err())
}

// ownerName gives the name of a member of staff; "" for nobody.
func (s *Store) ownerName(ctx context.Context, id int64) (name string, err error) {
	err = s.db.Prepared(ctx).QueryRowContext(ctx, `SELECT name FROM staff WHERE id = $1`, id).Scan(&name)
	if db.IsNoRow(err) {
		return "", nil
	}
	return name, db.MapError(err)
}

// exactMax bounds how many customers one whole number may lead to: four last
// digits are shared by one in ten thousand.
const exactMax = 1000

// A limit stands in the text: see query.limit.
const limitExact = ` LIMIT 1000`

// byContact finds customers by the blind index of a whole contact.
func (s *Store) byContact(ctx context.Context, blind []byte) ([]int64, error) {
	return s.idList(ctx, `SELECT DISTINCT x.customer_id FROM `+InEveryPart("contacts")+`x.blind = $1 ORDER BY x.customer_id`+limitExact, blind)
}

// tailSQL asks all parts of the index of last digits: there is one for each
// 65,536 customers, so that a write of many new ones stays within the newest.
// Without the + 0 SQLite takes the number for one of another kind than the
// index has, and reads all of it.
const tailSQL = `WITH RECURSIVE parts (n) AS (SELECT CAST(0 AS BIGINT) UNION ALL
  SELECT n + 1 FROM parts WHERE n < (SELECT MAX(customer_id) >> 16 FROM contacts))
SELECT DISTINCT k.customer_id FROM parts p CROSS JOIN contacts k
WHERE k.customer_id >> 16 = p.n + 0 AND k.tail_blind = $1 ORDER BY k.customer_id` + limitExact

// byTail finds customers by the blind index of the last four digits.
func (s *Store) byTail(ctx context.Context, blind []byte) ([]int64, error) {
	return s.idList(ctx, tailSQL, blind)
}

// byExternal finds customers by the blind index of their number in any source.
func (s *Store) byExternal(ctx context.Context, blind []byte) ([]int64, error) {
	// CROSS JOIN: SQLite keeps the order, and so probes the key of each source.
	return s.idList(ctx, `SELECT k.customer_id FROM sources s CROSS JOIN customer_keys k
WHERE k.source_id = s.id AND k.external_blind = $1`+limitExact, blind)
}

func (s *Store) idList(ctx context.Context, text string, args ...any) ([]int64, error) {
	rows, err := s.db.Prepared(ctx).QueryContext(ctx, text, args...)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, id)
	}
	return out, db.MapError(rows.Err())
}

// nextRegion gives the pair of city and province behind another in the order
// of the index: from pair to pair, not from customer to customer.
func (s *Store) nextRegion(ctx context.Context, city, province string) (nextCity, nextProvince string, ok bool, err error) {
	err = s.db.Prepared(ctx).QueryRowContext(ctx,
		`SELECT city, province FROM customers WHERE (city, province) > ($1, $2) ORDER BY city, province LIMIT 1`,
		city, province).Scan(&nextCity, &nextProvince)
	if db.IsNoRow(err) {
		return "", "", false, nil
	}
	return nextCity, nextProvince, err == nil, db.MapError(err)
}

// contact reads one contact of a customer.
func (s *Store) contact(ctx context.Context, customerID, id int64) (*Contact, error) {
	c := Contact{ID: id, CustomerID: customerID}
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT kind, cipher FROM contacts WHERE customer_id = $1 AND id = $2`, customerID, id).Scan(&c.Kind, &c.Cipher)
	if db.IsNoRow(err) {
		return nil, errs.New(errs.NotFound, "customer.contact_not_found", "id", id)
	}
	return &c, db.MapError(err)
}
