package timeline

import (
	"context"
	"strconv"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

type store struct{ db *db.DB }

func dayOf(at int64, zone *time.Location) clock.Day { return clock.DayOf(time.UnixMilli(at), zone) }

// changeSet is what one write changed on a record. id is the least of its
// changes, so that everything of the set lies at or above (at, id).
type changeSet struct {
	id, at, set, actorID int64
	actorName, origin    string
	fields               []fieldChange
}

type fieldChange struct {
	field, before, after      string
	beforeCipher, afterCipher []byte
}

// changesRead is how many changes one query of changeSets reads.
const changesRead = 400

// changeSets reads up to n whole sets of changes of a customer below (at, id),
// newest first, without the changes of hidden fields.
func (s *store) changeSets(ctx context.Context, customerID, at, id int64, n int, hidden []string) ([]changeSet, error) {
	var out []changeSet
	shown, names := "", make([]any, len(hidden))
	for i := range hidden {
		shown += " AND field <> $" + strconv.Itoa(i+4)
		names[i] = hidden[i]
	}
	for {
		read := 0
		rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT id, at, change_set, actor_id, actor_name, origin, field, before_text, after_text, before_cipher, after_cipher
FROM customer_changes WHERE customer_id = $1 AND (at, id) < ($2, $3)`+shown+` ORDER BY at DESC, id DESC LIMIT `+strconv.Itoa(changesRead),
			append([]any{customerID, at, id}, names...)...)
		if err != nil {
			return nil, db.MapError(err)
		}
		for rows.Next() {
			var c changeSet
			var f fieldChange
			if err := rows.Scan(&c.id, &c.at, &c.set, &c.actorID, &c.actorName, &c.origin, &f.field, &f.before, &f.after, &f.beforeCipher, &f.afterCipher); err != nil {
				rows.Close()
				return nil, db.MapError(err)
			}
			read++
			at, id = c.at, c.id
			if k := len(out); k > 0 && out[k-1].set == c.set {
				out[k-1].id = c.id
				out[k-1].fields = append(out[k-1].fields, f)
				continue
			}
			if len(out) == n {
				rows.Close()
				return out, nil
			}
			c.fields = []fieldChange{f}
			out = append(out, c)
		}
		err = rows.Err()
		rows.Close()
		if err != nil {
			return nil, db.MapError(err)
		}
		if read < changesRead {
			return out, nil
		}
	}
}
