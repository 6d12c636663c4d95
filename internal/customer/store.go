package customer

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/platform/db"
)

// Store reads and writes customers. It is safe for concurrent use.
type Store struct {
	db *db.DB
}

// NewStore makes a store on d.
func NewStore(d *db.DB) *Store { return &Store{db: d} }

// KeysByExternal finds customers by their numbers in a source; the map goes
// from string(blind) to the customer's id. Any length of list.
func (s *Store) KeysByExternal(ctx context.Context, sourceID int64, blinds [][]byte) (map[string]int64, error) {
	found := make(map[string]int64, len(blinds))
	err := db.InChunks(blinds, func(chunk [][]byte) error {
		list, args := s.db.BytesRows(2, chunk)
		// Each by the whole key: given a list, PostgreSQL reads all of a source
		// that it believes to be small, which a new one is not for long.
		rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT v.b, (SELECT k.customer_id FROM customer_keys k
  WHERE k.source_id = $1 AND k.external_blind = v.b) AS customer_id FROM `+list+` v`, append([]any{sourceID}, args...)...)
		if err != nil {
			return db.MapError(err)
		}
		defer rows.Close()
		for rows.Next() {
			var blind []byte
			var id sql.NullInt64
			if err := rows.Scan(&blind, &id); err != nil {
				return db.MapError(err)
			}
			if id.Valid {
				found[string(blind)] = id.Int64
			}
		}
		return db.MapError(rows.Err())
	})
	return found, err
}

// ContactsByBlind finds the customers that have contacts; the map goes from
// string(blind) to their ids, ascending, each once. A blind index holds the
// kind of contact, so kinds do not mix.
func (s *Store) ContactsByBlind(ctx context.Context, blinds [][]byte) (map[string][]int64, error) {
	found := make(map[string][]int64, len(blinds))
	err := db.InChunks(blinds, func(chunk [][]byte) error {
		in, args := db.InArgs(1, chunk)
		rows, err := s.db.Q(ctx).QueryContext(ctx,
			`SELECT x.blind, x.customer_id FROM `+InEveryPart("contacts")+`x.blind IN (`+in+`)`, args...)
		if err != nil {
			return db.MapError(err)
		}
		defer rows.Close()
		for rows.Next() {
			var blind []byte
			var id int64
			if err := rows.Scan(&blind, &id); err != nil {
				return db.MapError(err)
			}
			found[string(blind)] = append(found[string(blind)], id)
		}
		return db.MapError(rows.Err())
	})
	for k, ids := range found {
		if len(ids) > 1 {
			slices.Sort(ids)
			found[k] = slices.Compact(ids)
		}
	}
	return found, err
}

const customerColumns = `id, kind, name, gender, birthday, company, province, city, district, region_code, source_id,
  COALESCE(owner_id, 0), COALESCE(department_id, 0), version, created_at, updated_at`

// scanInto lists the fields of c in the order of customerColumns.
func (c *Customer) scanInto() []any {
	return []any{&c.ID, &c.Kind, &c.Name, &c.Gender, &c.Birthday, &c.Company, &c.Province, &c.City, &c.District, &c.RegionCode, &c.SourceID,
		&c.OwnerID, &c.DepartmentID, &c.Version, &c.CreatedAt, &c.UpdatedAt}
}

// ByIDs reads customers whatever the row scope, for imports and jobs. An id
// that is not there is missing in the answer.
func (s *Store) ByIDs(ctx context.Context, ids []int64) (map[int64]Customer, error) {
	found := make(map[int64]Customer, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT `+customerColumns+` FROM customers WHERE id IN (`+in+`)`, args...)
		if err != nil {
			return db.MapError(err)
		}
		defer rows.Close()
		for rows.Next() {
			var c Customer
			if err := rows.Scan(c.scanInto()...); err != nil {
				return db.MapError(err)
			}
			found[c.ID] = c
		}
		return db.MapError(rows.Err())
	})
	return found, err
}

// InsertCustomers adds customers inside InTx. Those with ID 0 get ids, dense
// and ascending, which are set in the slice. Each gets an empty row of
// figures, so that lists show it before the figures are computed.
func (s *Store) InsertCustomers(ctx context.Context, customers []Customer) error {
	if err := s.db.AssignIDs(ctx, "customer", len(customers), func(i int) *int64 { return &customers[i].ID }); err != nil {
		return err
	}
	cols := []string{"id", "kind", "name", "gender", "birthday", "company", "province", "city", "source_id",
		"owner_id", "department_id", "version", "created_at", "updated_at", "sort_name", "district", "region_code"}
	err := s.db.BulkInsert(ctx, "customers", cols, len(customers), func(i int, v []any) {
		c := &customers[i]
		v[0], v[1], v[2], v[3], v[4] = c.ID, string(c.Kind), c.Name, string(c.Gender), c.Birthday
		v[5], v[6], v[7], v[8] = c.Company, c.Province, c.City, c.SourceID
		v[9], v[10], v[11] = orNull(c.OwnerID), orNull(c.DepartmentID), max(c.Version, 1)
		v[12], v[13], v[14] = c.CreatedAt, c.UpdatedAt, clean.SortKey(c.Name)
		v[15], v[16] = c.District, c.RegionCode
	})
	if err != nil {
		return err
	}
	return s.db.BulkInsert(ctx, "customer_metrics", []string{"customer_id", "as_of_day", "updated_at"}, len(customers),
		func(i int, v []any) { v[0], v[1], v[2] = customers[i].ID, int64(0), customers[i].UpdatedAt })
}

// InsertKeys adds numbers in sources inside InTx; one that is there already
// fails the whole call (db.unique).
func (s *Store) InsertKeys(ctx context.Context, keys []Key) error {
	cols := []string{"source_id", "external_blind", "external_cipher", "customer_id"}
	return s.db.BulkInsert(ctx, "customer_keys", cols, len(keys), func(i int, v []any) {
		k := &keys[i]
		v[0], v[1], v[2], v[3] = k.SourceID, k.Blind, k.Cipher, k.CustomerID
	})
}

// InsertContacts adds contacts inside InTx; ids as in InsertCustomers. Whether
// a customer has the contact already is for the caller to know (ContactsByBlind).
func (s *Store) InsertContacts(ctx context.Context, contacts []Contact) error {
	if err := s.db.AssignIDs(ctx, "contact", len(contacts), func(i int) *int64 { return &contacts[i].ID }); err != nil {
		return err
	}
	cols := []string{"id", "customer_id", "kind", "cipher", "blind", "tail_blind", "source_id", "created_at", "region_code"}
	return s.db.BulkInsert(ctx, "contacts", cols, len(contacts), func(i int, v []any) {
		c := &contacts[i]
		v[0], v[1], v[2], v[3], v[4] = c.ID, c.CustomerID, string(c.Kind), c.Cipher, c.Blind
		v[5], v[6], v[7], v[8] = nil, c.SourceID, c.CreatedAt, c.RegionCode
		if len(c.TailBlind) > 0 {
			v[5] = c.TailBlind
		}
	})
}

// termRow is one term of one customer.
type termRow struct {
	term string
	id   int64
}

// termRows spells terms out into rows; a term twice at one customer counts once.
func termRows(terms []Terms) []termRow {
	var rows []termRow
	for _, t := range terms {
		for i, term := range t.Terms {
			if term != "" && !slices.Contains(t.Terms[:i], term) {
				rows = append(rows, termRow{term, t.CustomerID})
			}
		}
	}
	return rows
}

// InsertTerms adds the search terms of new customers inside InTx.
func (s *Store) InsertTerms(ctx context.Context, terms []Terms) error {
	rows := termRows(terms)
	// In the order of the key: neighbours go to the same page of the tree.
	slices.SortFunc(rows, func(a, b termRow) int { return cmp.Or(cmp.Compare(a.id, b.id), strings.Compare(a.term, b.term)) })
	return s.insertTermRows(ctx, rows)
}

// insertTermsByTerm is InsertTerms for thousands of new customers in a base
// that is full: in the order of the index, which lies all over the base, while
// in the table they are all neighbours anyway.
func (s *Store) insertTermsByTerm(ctx context.Context, terms []Terms) error {
	rows := termRows(terms)
	slices.SortFunc(rows, func(a, b termRow) int { return cmp.Or(strings.Compare(a.term, b.term), cmp.Compare(a.id, b.id)) })
	return s.insertTermRows(ctx, rows)
}

func (s *Store) insertTermRows(ctx context.Context, rows []termRow) error {
	return s.db.BulkInsert(ctx, "customer_terms", []string{"term", "customer_id"}, len(rows), func(i int, v []any) {
		v[0], v[1] = rows[i].term, rows[i].id
	})
}

// ReplaceTerms puts new terms in the place of all terms the customers had,
// inside InTx: after a change of names.
func (s *Store) ReplaceTerms(ctx context.Context, terms []Terms) error {
	ids := make([]int64, len(terms))
	for i, t := range terms {
		ids[i] = t.CustomerID
	}
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		_, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM customer_terms WHERE customer_id IN (`+in+`)`, args...)
		return db.MapError(err)
	})
	if err != nil {
		return err
	}
	return s.InsertTerms(ctx, terms)
}

// updateRows is how many customers one UPDATE carries, updateCols how many
// values UpdateCustomers writes of each.
const (
	updateRows = 64
	updateCols = 12
)

// UpdateCustomers writes kind, name, gender, birthday, company and place of
// customers that are there (read with ByIDs, then changed) and
// UpdatedAt, and raises version by 1, inside InTx. Each id at most once.
func (s *Store) UpdateCustomers(ctx context.Context, customers []Customer) error {
	for part := range slices.Chunk(customers, updateRows) {
		args := make([]any, 0, len(part)*updateCols)
		for _, c := range part {
			args = append(args, c.ID, string(c.Kind), c.Name, string(c.Gender), c.Birthday, c.Company, c.Province, c.City, c.UpdatedAt, clean.SortKey(c.Name),
				c.District, c.RegionCode)
		}
		if _, err := s.db.Q(ctx).ExecContext(ctx, updateSQL(len(part)), args...); err != nil {
			return db.MapError(err)
		}
	}
	return nil
}

func updateSQL(rows int) string {
	q := `UPDATE customers SET kind = v.column2, name = v.column3, gender = v.column4, birthday = v.column5,
  company = v.column6, province = v.column7, city = v.column8, updated_at = v.column9, sort_name = v.column10,
  district = v.column11, region_code = v.column12, version = version + 1
FROM (VALUES (CAST($1 AS BIGINT), $2, $3, $4, $5, $6, $7, $8, CAST($9 AS BIGINT), $10, $11, $12)`
	for r := 1; r < rows; r++ {
		q += `, (` + db.Placeholders(r*updateCols+1, updateCols) + `)`
	}
	return q + `) AS v WHERE customers.id = v.column1`
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
