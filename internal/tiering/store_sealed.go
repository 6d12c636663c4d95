package tiering

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"zhike/internal/platform/db"
	"zhike/internal/platform/vault"
)

// Reasons, comments and evidence are about a person, so that they are sealed as
// notes are: column reason is written to reason_cipher, NULL for "".

// seal gives what to write for a text.
func (s *store) seal(text string) (any, error) { return s.vault.Column(vault.KindNote, text) }

// opened scans a sealed column into a text.
func (s *store) opened(to *string) sql.Scanner { return s.vault.Into(vault.KindNote, to) }

// oncePlain are columns that were written in the clear before they were sealed,
// with the keys of their tables, those of package review among them.
var oncePlain = []struct {
	table, column string
	keys          []string
}{
	{"tier_decision_items", "reason", []string{"run_id", "customer_id", "decision_id"}},
	{"tier_review_acts", "reason", []string{"decision_id", "no"}},
	{"tier_review_comments", "body", []string{"id"}},
	{"tier_appeals", "evidence", []string{"id"}},
	{"tier_appeals", "answer", []string{"id"}},
	{"tier_hand_only", "reason", []string{"customer_id"}},
}

// sealChunk is how many texts one transaction seals.
const sealChunk = 2000

// sealOld seals what an older version wrote in the clear. It may run at every start
// and in several processes at once.
func (s *store) sealOld(ctx context.Context) error {
	for _, c := range oncePlain {
		at, where := strings.Join(c.keys, ", "), ""
		for i, k := range c.keys {
			where += fmt.Sprintf(" AND %s = $%d", k, i+2)
		}
		update := `UPDATE ` + c.table + ` SET ` + c.column + ` = '', ` + c.column + `_cipher = $1 WHERE ` + c.column + ` <> ''` + where
		read := `SELECT ` + c.column + `, ` + at + ` FROM ` + c.table + ` WHERE ` + c.column + ` <> '' ORDER BY ` + at + ` LIMIT ` + fmt.Sprint(sealChunk)
		for more := true; more; {
			err := s.db.InTx(ctx, func(ctx context.Context) error {
				n, err := s.sealSome(ctx, read, update, len(c.keys))
				more = n == sealChunk
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *store) sealSome(ctx context.Context, read, update string, keys int) (int, error) {
	type plain struct {
		text string
		keys []int64
	}
	list, err := db.Select(ctx, s.db.Q(ctx), read, func(p *plain, r db.Scanner) error {
		p.keys = make([]int64, keys)
		to := []any{&p.text}
		for i := range p.keys {
			to = append(to, &p.keys[i])
		}
		return r.Scan(to...)
	})
	if err != nil {
		return 0, err
	}
	for _, p := range list {
		cipher, err := s.seal(p.text)
		if err != nil {
			return 0, err
		}
		args := []any{cipher}
		for _, k := range p.keys {
			args = append(args, k)
		}
		if _, err := s.exec(ctx, update, args...); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}
