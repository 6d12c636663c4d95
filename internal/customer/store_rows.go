package customer

import (
	"context"
	"database/sql"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
)

// rowColumns are what a list shows beside contacts.
const rowColumns = `SELECT c.id, c.kind, c.name, c.gender, c.province, c.city, COALESCE(c.owner_id, 0), COALESCE(s.name, ''),
  m.net_365_fen, m.net_all_fen, m.orders_365, m.orders_all, m.last_day, m.favourite_category, COALESCE(a.level, -1), `

func (r *listRow) scanInto(last *sql.NullInt64) []any {
	return []any{
		&r.ID, &r.Kind, &r.Name, &r.Gender, &r.Province, &r.City, &r.OwnerID, &r.OwnerName,
		&r.Net365, &r.NetAll, &r.Orders365, &r.OrdersAll, last, &r.Category, &r.LevelNo,
	}
}

// rowsOf reads what a list shows of customers whose ids are known, by id and as
// far as the actor may see them. Their contacts come with them in one walk of
// the key, a row for each, and the one to show is chosen here: to look for a
// phone and for an e-mail of each customer took twice as many looks and a sort
// for each.
func (s *Store) rowsOf(ctx context.Context, a *auth.Actor, run int64, ids []int64) (map[int64]*listRow, error) {
	out := make(map[int64]*listRow, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		var q query
		q.add(rowColumns+`COALESCE(k.kind, ''), k.cipher, COALESCE(k.is_primary, FALSE), COALESCE(k.id, 0)
 FROM customers c CROSS JOIN customer_metrics m`+listJoins+`
 LEFT JOIN contacts k ON k.customer_id = c.id AND k.kind IN ('phone', 'email') WHERE m.customer_id = c.id AND c.id `, run)
		is, args := s.db.OneOf(len(q.args)+1, chunk)
		q.b.WriteString(is)
		q.args = append(q.args, args...)
		q.scope(a)
		var r listRow
		var last sql.NullInt64
		var kind ContactKind
		var cipher []byte
		var primary bool
		var contact int64
		into := append(r.scanInto(&last), &kind, &cipher, &primary, &contact)
		chosen := map[int64]*choice{}
		return db.Each(ctx, s.db.Prepared(ctx), q.text(), func(sc db.Scanner) error {
			if err := sc.Scan(into...); err != nil {
				return err
			}
			row := out[r.ID]
			if row == nil {
				row = &listRow{}
				*row = r
				row.LastDay = nullDay(last)
				out[r.ID], chosen[r.ID] = row, &choice{}
			}
			switch c := chosen[r.ID]; kind {
			case ContactPhone:
				c.phone.take(&row.phone, cipher, primary, contact)
			case ContactEmail:
				c.email.take(&row.email, cipher, primary, contact)
			}
			return nil
		}, q.args...)
	})
	return out, err
}

// choice is which of the contacts of a customer are shown so far.
type choice struct{ phone, email shownContact }

type shownContact struct {
	id      int64 // 0 for none
	primary bool
}

// take shows a contact instead of what is shown so far, where it is the primary
// one and that is not, or else the older one.
func (c *shownContact) take(show *[]byte, cipher []byte, primary bool, id int64) {
	if c.id == 0 || primary && !c.primary || primary == c.primary && id < c.id {
		*c = shownContact{id, primary}
		*show = cipher
	}
}
