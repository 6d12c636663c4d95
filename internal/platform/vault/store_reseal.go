package vault

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"zhike/internal/platform/db"
)

// keysChanged is a number that grows with every change of keys.
func keysChanged(ctx context.Context, d *db.DB) (n int64, err error) {
	err = d.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE(SUM(revision), 0) FROM vault_keys`).Scan(&n)
	return n, db.MapError(err)
}

// lockKeys reads the keysets and keeps others from changing them until the
// transaction ends.
func lockKeys(ctx context.Context, d *db.DB) (map[purpose][]byte, error) {
	if _, err := d.Q(ctx).ExecContext(ctx, `UPDATE vault_keys SET revision = revision + 1`); err != nil {
		return nil, db.MapError(err)
	}
	return loadKeys(ctx, d)
}

// sealedRow is a value with the key of its row.
type sealedRow struct {
	key    []any
	kind   Kind
	cipher []byte
}

// reseal seals the values of a column anew that another key than the present
// one has sealed; told hears how many after each batch.
func (v *Vault) reseal(ctx context.Context, c Column, told func(n int64)) error {
	var after []any
	for {
		rows, err := v.sealedRows(ctx, c, after)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return nil
		}
		after = rows[len(rows)-1].key
		n, err := v.resealRows(ctx, c, rows)
		if err != nil {
			return err
		}
		if n > 0 {
			told(n)
		}
	}
}

func (v *Vault) sealedRows(ctx context.Context, c Column, after []any) ([]sealedRow, error) {
	key := strings.Join(c.Key, ", ")
	kind := "''"
	if c.KindColumn != "" {
		kind = c.KindColumn
	}
	where := c.Name + ` IS NOT NULL`
	if after != nil {
		where += ` AND (` + key + `) > (` + db.Placeholders(1, len(c.Key)) + `)`
	}
	text := fmt.Sprintf(`SELECT %s, %s, %s FROM %s WHERE %s ORDER BY %s LIMIT %d`, key, kind, c.Name, c.Table, where, key, batch)
	return db.Select(ctx, v.opts.DB.Q(ctx), text, func(s *sealedRow, r db.Scanner) error {
		s.key, s.kind = make([]any, len(c.Key)), c.Kind
		var named string
		into := make([]any, 0, len(c.Key)+2)
		for i := range s.key {
			into = append(into, &s.key[i])
		}
		err := r.Scan(append(into, &named, &s.cipher)...)
		if c.KindColumn != "" {
			s.kind = Kind(named)
		}
		return err
	}, after...)
}

// resealRows writes a value only where it is still the one that was read, so
// that an edit in between stays.
func (v *Vault) resealRows(ctx context.Context, c Column, rows []sealedRow) (n int64, err error) {
	present := v.primary()
	where := make([]string, len(c.Key))
	for i, k := range c.Key {
		where[i] = fmt.Sprintf("%s = $%d", k, i+2)
	}
	text := fmt.Sprintf(`UPDATE %s SET %s = $1 WHERE %s AND %s = $%d`, c.Table, c.Name, strings.Join(where, " AND "), c.Name, len(c.Key)+2)
	type change struct {
		row  sealedRow
		seal []byte
	}
	var changes []change
	for _, r := range rows {
		// Tink's output begins with 1 and the key's id.
		if len(r.cipher) < 5 || binary.BigEndian.Uint32(r.cipher[1:5]) == present {
			continue
		}
		plain, err := v.Open(r.kind, r.cipher)
		if err != nil {
			return 0, err
		}
		seal, err := v.Seal(r.kind, plain)
		if err != nil {
			return 0, err
		}
		changes = append(changes, change{r, seal})
	}
	if len(changes) == 0 {
		return 0, nil
	}
	err = v.opts.DB.InTx(ctx, func(ctx context.Context) error {
		for _, ch := range changes {
			args := append(append([]any{ch.seal}, ch.row.key...), ch.row.cipher)
			res, err := v.opts.DB.Q(ctx).ExecContext(ctx, text, args...)
			if err != nil {
				return db.MapError(err)
			}
			k, err := res.RowsAffected()
			if err != nil {
				return db.MapError(err)
			}
			n += k
		}
		return nil
	})
	return n, err
}
