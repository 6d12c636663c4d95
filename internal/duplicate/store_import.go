package duplicate

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/platform/db"
)

// beside finds customers who bear one of two words as a name or its reading and
// have the birthday or the city of p; of companies the name is enough.
func (s *Store) beside(ctx context.Context, written, read string, p *person, n int) ([]int64, error) {
	or := func(text string) string {
		if text == "" {
			return "-" // nobody's
		}
		return text
	}
	return db.Select(ctx, s.db.Q(ctx), `SELECT DISTINCT t.customer_id
FROM (SELECT x.customer_id FROM `+customer.InEveryPart("customer_terms")+`x.term IN ($1, $2)) t JOIN customers c ON c.id = t.customer_id
WHERE c.id <> $3 AND (c.birthday = $4 OR c.city = $5 OR c.kind <> 'person') ORDER BY t.customer_id LIMIT $6`,
		func(id *int64, r db.Scanner) error { return r.Scan(id) }, written, or(read), p.id, or(p.birthday), or(p.city), n)
}

// owners tells who has contacts.
func (s *Store) owners(ctx context.Context, blinds [][]byte, each func(blind []byte, id int64)) error {
	return db.InChunks(blinds, func(chunk [][]byte) error {
		in, args := db.InArgs(1, chunk)
		type owner struct {
			blind []byte
			id    int64
		}
		rows, err := db.Select(ctx, s.db.Q(ctx), `SELECT x.blind, x.customer_id FROM `+customer.InEveryPart("contacts")+`x.blind IN (`+in+`) ORDER BY x.customer_id, x.id`,
			func(o *owner, r db.Scanner) error { return r.Scan(&o.blind, &o.id) }, args...)
		for _, o := range rows {
			each(o.blind, o.id)
		}
		return err
	})
}

// ofImport are the ids of pairs with a customer that an import made; the
// import's id comes twice, at $1 and $2.
const ofImport = `(SELECT p.id FROM import_created m JOIN duplicate_pairs p ON p.a_id BETWEEN m.first_id AND m.last_id WHERE m.import_id = $1
UNION SELECT p.id FROM import_created m JOIN duplicate_pairs p ON p.b_id BETWEEN m.first_id AND m.last_id WHERE m.import_id = $2)`

// importPairs is pairs of customers that an import made.
func (s *Store) importPairs(ctx context.Context, importID int64, status string, least, afterScore, afterID int64, n int) ([]pairRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT `+pairColumns+` FROM duplicate_pairs WHERE id IN `+ofImport+`
AND status = $3 AND score >= $4 AND (score, id) < ($5, $6) ORDER BY score DESC, id DESC LIMIT $7`,
		func(p *pairRow, r db.Scanner) error { return r.Scan(p.into()...) }, importID, importID, status, least, afterScore, afterID, n)
}

// countOfImport counts the open pairs of an import, up to most.
func (s *Store) countOfImport(ctx context.Context, importID int64, most int) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT id FROM duplicate_pairs WHERE id IN `+ofImport+` AND status = 'open' LIMIT $3) AS few`,
		importID, importID, most).Scan(&n)
	return n, db.MapError(err)
}
