package quality

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/web"
)

// Store reads records for the rules and keeps what they say.
type Store struct{ db *db.DB }

const recordColumns = `c.id, c.version, c.kind, c.stage, c.name, c.gender, c.birthday, c.birthday_lunar, c.province, c.city, c.region_code,
  COALESCE(c.owner_id, 0), COALESCE(c.department_id, 0), c.source_id, c.last_contact_at, c.created_at, COALESCE(m.last_day, 0)`

// stored is a record with what was found at the last look; score -1 = never.
type stored struct {
	Record
	contactAt, createdAt int64
	was                  int64
	score, version       int64
}

func (s *Store) records(ctx context.Context, where string, args ...any) ([]stored, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT `+recordColumns+`, COALESCE(q.issues, 0), COALESCE(q.score, -1), COALESCE(q.version, 0)
FROM customers c LEFT JOIN customer_metrics m ON m.customer_id = c.id LEFT JOIN customer_quality q ON q.customer_id = c.id `+where,
		func(v *stored, r db.Scanner) error {
			return r.Scan(&v.ID, &v.Version, &v.Kind, &v.Stage, &v.Name, &v.Gender, &v.Birthday, &v.Lunar, &v.Province, &v.City, &v.RegionCode,
				&v.OwnerID, &v.DepartmentID, &v.SourceID, &v.contactAt, &v.createdAt, &v.LastBuy, &v.was, &v.score, &v.version)
		}, args...)
}

func (s *Store) after(ctx context.Context, id int64, n int) ([]stored, error) {
	return s.records(ctx, `WHERE c.id > $1 ORDER BY c.id LIMIT $2`, id, n)
}

// between reads the records from one id to another, both included.
func (s *Store) between(ctx context.Context, first, last int64) ([]stored, error) {
	return s.records(ctx, `WHERE c.id >= $1 AND c.id <= $2 ORDER BY c.id`, first, last)
}

func (s *Store) byIDs(ctx context.Context, ids []int64) ([]stored, error) {
	in, args := db.InArgs(1, ids)
	return s.records(ctx, `WHERE c.id IN (`+in+`) ORDER BY c.id`, args...)
}

// span is a row of the feed: the customers from one id to another.
type span struct{ seq, from, to int64 }

// written gives up to n rows of the feed behind a number and up to another.
func (s *Store) written(ctx context.Context, after, last int64, n int) ([]span, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT seq, customer_id, CASE WHEN other_id > customer_id THEN other_id ELSE customer_id END
FROM customer_feed WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3`,
		func(v *span, r db.Scanner) error { return r.Scan(&v.seq, &v.from, &v.to) }, after, last, n)
}

// contactRow is a sealed contact of a customer.
type contactRow struct {
	customerID             int64
	kind, validity, region string
	cipher                 []byte
}

// contacts reads those of records in the order of ids.
func (s *Store) contacts(ctx context.Context, rows []stored) ([]contactRow, error) {
	where, args := ofRows(rows)
	return db.Select(ctx, s.db.Q(ctx), `SELECT customer_id, kind, validity, region_code, cipher FROM contacts
WHERE `+where+` ORDER BY customer_id, id`,
		func(v *contactRow, r db.Scanner) error {
			return r.Scan(&v.customerID, &v.kind, &v.validity, &v.region, &v.cipher)
		}, args...)
}

// markOutside notes at records, in the order of ids, which of them have a number
// of a custom field in use that lies outside of the bounds of the field.
func (s *Store) markOutside(ctx context.Context, rows []stored) error {
	var bounded bool
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM field_defs
WHERE retired = FALSE AND (least_num IS NOT NULL OR greatest_num IS NOT NULL))`).Scan(&bounded)
	if err != nil || !bounded {
		return db.MapError(err)
	}
	where, args := ofRows(rows)
	out, err := db.Select(ctx, s.db.Q(ctx), `SELECT DISTINCT v.customer_id FROM customer_values v WHERE v.`+where+` AND v.num IS NOT NULL
AND EXISTS (SELECT 1 FROM field_defs d WHERE d.id = v.field_id AND d.retired = FALSE AND (v.num < d.least_num OR v.num > d.greatest_num))
ORDER BY v.customer_id`, db.Column[int64], args...)
	if err != nil {
		return err
	}
	at := 0
	for i := range rows {
		for at < len(out) && out[at] < rows[i].ID {
			at++
		}
		rows[i].Outside = at < len(out) && out[at] == rows[i].ID
	}
	return nil
}

// ofRows is a condition for customer_id of records in the order of ids; other
// records may fulfil it, too.
func ofRows(rows []stored) (where string, args []any) {
	if rows[len(rows)-1].ID-rows[0].ID < 2*int64(len(rows)) {
		return `customer_id BETWEEN $1 AND $2`, []any{rows[0].ID, rows[len(rows)-1].ID}
	}
	// Far apart.
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	in, args := db.InArgs(1, ids)
	return `customer_id IN (` + in + `)`, args
}

// finding is what a look at a record gave.
type finding struct {
	id, version, was, is int64
	score                int
}

// write keeps findings, each of another record, and brings the work lists in
// line, inside InTx.
func (s *Store) write(ctx context.Context, found []finding, now int64) error {
	type issue struct{ rule, id int64 }
	var moved []int64
	var broken []issue
	mended := map[int64][]int64{} // by rule
	for _, f := range found {
		if f.was == f.is {
			continue
		}
		moved = append(moved, f.id)
		for i := range Rules {
			bit := Rules[i].Bit
			switch was, is := f.was>>bit&1, f.is>>bit&1; {
			case is == 1 && was == 0:
				broken = append(broken, issue{int64(bit), f.id})
			case is == 0 && was == 1:
				mended[int64(bit)] = append(mended[int64(bit)], f.id)
			}
		}
	}
	// Rows are locked in the order of their keys by all who write them.
	slices.SortFunc(found, func(a, b finding) int { return cmp.Compare(a.id, b.id) })
	slices.SortFunc(broken, func(a, b issue) int { return cmp.Or(cmp.Compare(a.rule, b.rule), cmp.Compare(a.id, b.id)) })
	err := s.db.BulkUpsert(ctx, "customer_quality", []string{"customer_id", "score", "issues", "version", "checked_at"}, 1, len(found),
		func(i int, v []any) {
			f := &found[i]
			v[0], v[1], v[2], v[3], v[4] = f.id, int64(f.score), f.is, f.version, now
		})
	if err != nil {
		return err
	}
	err = s.db.BulkUpsert(ctx, "quality_issues", []string{"rule", "customer_id"}, 2, len(broken),
		func(i int, v []any) { v[0], v[1] = broken[i].rule, broken[i].id })
	if err != nil {
		return err
	}
	for i := range Rules {
		bit := int64(Rules[i].Bit)
		err := db.InChunks(mended[bit], func(ids []int64) error {
			in, args := db.InArgs(2, ids)
			_, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM quality_issues WHERE rule = $1 AND customer_id IN (`+in+`)`, append([]any{bit}, args...)...)
			return db.MapError(err)
		})
		if err != nil {
			return err
		}
	}
	return column.Tell(ctx, s.db, "quality_issues", now, moved...)
}

// forget removes what is kept of customers that are gone, up to n, inside InTx.
func (s *Store) forget(ctx context.Context, n int, now int64) (int64, error) {
	gone, err := db.Select(ctx, s.db.Q(ctx), `SELECT q.customer_id FROM customer_quality q
WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = q.customer_id) ORDER BY q.customer_id LIMIT $1`, db.Column[int64], n)
	if err != nil || len(gone) == 0 {
		return 0, err
	}
	err = db.InChunks(gone, func(ids []int64) error {
		in, args := db.InArgs(1, ids)
		for _, table := range []string{"quality_issues", "customer_quality"} {
			if _, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM `+table+` WHERE customer_id IN (`+in+`)`, args...); err != nil {
				return db.MapError(err)
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return int64(len(gone)), column.Tell(ctx, s.db, "quality_issues", now, gone...)
}

// listed gives the customers that break a rule, behind an id.
func (s *Store) listed(ctx context.Context, bit int, after int64, n int) ([]int64, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT customer_id FROM quality_issues WHERE rule = $1 AND customer_id > $2 ORDER BY customer_id LIMIT $3`,
		db.Column[int64], bit, after, n)
}

// counts tells how many records break each rule now.
func (s *Store) counts(ctx context.Context) (map[int]int64, error) {
	type count struct {
		bit int
		n   int64
	}
	list, err := db.Select(ctx, s.db.Q(ctx), `SELECT rule, COUNT(*) FROM quality_issues GROUP BY rule ORDER BY rule`,
		func(c *count, r db.Scanner) error { return r.Scan(&c.bit, &c.n) })
	out := map[int]int64{}
	for _, c := range list {
		out[c.bit] = c.n
	}
	return out, err
}

// of gives what is kept of one customer.
func (s *Store) of(ctx context.Context, id int64) (issues, score, at int64, ok bool, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT issues, score, checked_at FROM customer_quality WHERE customer_id = $1`, id).Scan(&issues, &score, &at)
	if db.IsNoRow(err) {
		return 0, 0, 0, false, nil
	}
	return issues, score, at, err == nil, db.MapError(err)
}

// dayRow is a group on a day.
type dayRow struct {
	Day      clock.Day
	Grouping string
	GroupID  int64
	Records  int64
	ScoreSum int64
	Counts   []int64
}

func (s *Store) saveDay(ctx context.Context, day clock.Day, rows []dayRow) error {
	if _, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM quality_days WHERE day = $1`, int64(day)); err != nil {
		return db.MapError(err)
	}
	for _, r := range rows {
		counts, err := json.Marshal(r.Counts)
		if err != nil {
			return err
		}
		if _, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO quality_days (day, group_kind, group_id, records, score_sum, counts) VALUES ($1, $2, $3, $4, $5, $6)`,
			int64(day), r.Grouping, r.GroupID, r.Records, r.ScoreSum, string(counts)); err != nil {
			return db.MapError(err)
		}
	}
	return nil
}

func (s *Store) days(ctx context.Context, where string, args ...any) ([]dayRow, error) {
	type raw struct {
		dayRow
		counts string
	}
	list, err := db.Select(ctx, s.db.Q(ctx), `SELECT day, group_kind, group_id, records, score_sum, counts FROM quality_days WHERE `+where+
		` ORDER BY day, group_kind, group_id`,
		func(v *raw, r db.Scanner) error {
			return r.Scan(&v.Day, &v.Grouping, &v.GroupID, &v.Records, &v.ScoreSum, &v.counts)
		}, args...)
	if err != nil {
		return nil, err
	}
	out := make([]dayRow, len(list))
	for i, r := range list {
		out[i] = r.dayRow
		if err := json.Unmarshal([]byte(r.counts), &out[i].Counts); err != nil {
			return nil, db.MapError(err)
		}
	}
	return out, nil
}

// trend gives the whole base day by day since a day.
func (s *Store) trend(ctx context.Context, since clock.Day) ([]dayRow, error) {
	return s.days(ctx, `group_kind = 'all' AND day >= $1`, int64(since))
}

// newest gives all groups of the last day that was looked at.
func (s *Store) newest(ctx context.Context) ([]dayRow, error) {
	return s.days(ctx, `day = (SELECT MAX(day) FROM quality_days)`)
}

func (s *Store) total(ctx context.Context) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM customers`).Scan(&n)
	return n, db.MapError(err)
}

// sources gives the names of sources.
func (s *Store) sources(ctx context.Context) (map[int64]string, error) {
	type source struct {
		id         int64
		code, name string
	}
	list, err := db.Select(ctx, s.db.Q(ctx), `SELECT id, code, name FROM sources ORDER BY id`,
		func(v *source, r db.Scanner) error { return r.Scan(&v.id, &v.code, &v.name) })
	out := map[int64]string{}
	for _, v := range list {
		out[v.id] = customer.SourceName(web.Locale(ctx), v.code, v.name)
	}
	return out, err
}

func (s *Store) departments(ctx context.Context) (map[int64]string, error) {
	return s.names(ctx, `SELECT id, name FROM departments ORDER BY id`)
}

func (s *Store) names(ctx context.Context, text string) (map[int64]string, error) {
	type named struct {
		id   int64
		name string
	}
	list, err := db.Select(ctx, s.db.Q(ctx), text,
		func(n *named, r db.Scanner) error { return r.Scan(&n.id, &n.name) })
	out := map[int64]string{}
	for _, n := range list {
		out[n.id] = n.name
	}
	return out, err
}

func (s *Store) setting(ctx context.Context, name string) (v string, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, name).Scan(&v)
	if db.IsNoRow(err) {
		return "", nil
	}
	return v, db.MapError(err)
}

func (s *Store) putSetting(ctx context.Context, name, value string, now int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`, name, value, now)
	return db.MapError(err)
}
