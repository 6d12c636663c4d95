package customer

import (
	"context"
	"slices"

	"zhike/internal/platform/db"
)

// placeFields are the fields of the row that say where a customer lives.
var placeFields = func() []field {
	names := []string{"region_code", "province", "city", "district"}
	return slices.DeleteFunc(slices.Clone(recordFields), func(f field) bool { return !slices.Contains(names, f.name) })
}()

// placeFill is how far FillPlaces has come and where it ends.
func (s *Store) placeFill(ctx context.Context) (after, until int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT after_id, until_id FROM customer_place_fill WHERE id = 1`).Scan(&after, &until)
	return after, until, db.MapError(err)
}

func (s *Store) setPlaceFill(ctx context.Context, after int64) error {
	return s.exec(ctx, `UPDATE customer_place_fill SET after_id = $1 WHERE id = 1`, after)
}

// addUnreadPlaces notes customers with an address that cannot be opened, and
// gives those that were not noted before.
func (s *Store) addUnreadPlaces(ctx context.Context, ids []int64, at int64) (fresh []int64, err error) {
	for _, id := range ids {
		res, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO customer_place_unread (customer_id, tried_at) VALUES ($1, $2) ON CONFLICT (customer_id) DO NOTHING`, id, at)
		if err != nil {
			return nil, db.MapError(err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return nil, db.MapError(err)
		}
		if n > 0 {
			fresh = append(fresh, id)
		}
	}
	return fresh, nil
}

// unreadPlaces gives up to n customers who were noted, the longest untried first.
func (s *Store) unreadPlaces(ctx context.Context, n int) ([]int64, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT customer_id FROM customer_place_unread ORDER BY tried_at, customer_id LIMIT $1`,
		func(id *int64, r db.Scanner) error { return r.Scan(id) }, n)
}

// triedPlaces forgets those of ids that are not still unread, and notes when the
// others were tried.
func (s *Store) triedPlaces(ctx context.Context, ids, unread []int64, at int64) error {
	done := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return slices.Contains(unread, id) })
	err := db.InChunks(done, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		return s.exec(ctx, `DELETE FROM customer_place_unread WHERE customer_id IN (`+in+`)`, args...)
	})
	if err != nil {
		return err
	}
	return db.InChunks(unread, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		return s.exec(ctx, `UPDATE customer_place_unread SET tried_at = $1 WHERE customer_id IN (`+in+`)`, append([]any{at}, args...)...)
	})
}

// idsBetween gives up to n ids of customers behind after, until included.
func (s *Store) idsBetween(ctx context.Context, after, until int64, n int) ([]int64, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT id FROM customers WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3`,
		func(id *int64, r db.Scanner) error { return r.Scan(id) }, after, until, n)
}

// placesChosen tells of which customers people said where they live, or that it
// is unknown: those made by hand, and those whose place was edited.
func (s *Store) placesChosen(ctx context.Context, ids []int64, manual string) (map[int64]bool, error) {
	chosen := map[int64]bool{}
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		list, err := db.Select(ctx, s.db.Q(ctx), `SELECT DISTINCT customer_id FROM customer_changes
WHERE customer_id IN (`+in+`) AND field IN ('region_code', 'province', 'city', 'district') AND origin NOT IN ('import', 'merge')`,
			func(id *int64, r db.Scanner) error { return r.Scan(id) }, args...)
		if err != nil {
			return err
		}
		in, args = db.InArgs(2, chunk)
		made, err := db.Select(ctx, s.db.Q(ctx), `SELECT c.id FROM sources s JOIN customers c ON c.source_id = s.id WHERE s.code = $1 AND c.id IN (`+in+`)`,
			func(id *int64, r db.Scanner) error { return r.Scan(id) }, append([]any{manual}, args...)...)
		for _, id := range append(list, made...) {
			chosen[id] = true
		}
		return err
	})
	return chosen, err
}

// addressesOf reads the addresses of customers, the primary ones first.
func (s *Store) addressesOf(ctx context.Context, ids []int64) (map[int64][]Contact, error) {
	out := map[int64][]Contact{}
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		list, err := db.Select(ctx, s.db.Q(ctx), `SELECT id, customer_id, cipher, region_code FROM contacts
WHERE customer_id IN (`+in+`) AND kind = 'address' ORDER BY customer_id, is_primary DESC, id`,
			func(c *Contact, r db.Scanner) error { return r.Scan(&c.ID, &c.CustomerID, &c.Cipher, &c.RegionCode) }, args...)
		for _, c := range list {
			out[c.CustomerID] = append(out[c.CustomerID], c)
		}
		return err
	})
	return out, err
}

// codeAddress gives an address without a code its own.
func (s *Store) codeAddress(ctx context.Context, c *Contact) error {
	return s.exec(ctx, `UPDATE contacts SET region_code = $1 WHERE id = $2 AND region_code = ''`, c.RegionCode, c.ID)
}
