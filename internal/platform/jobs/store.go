package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"zhike/internal/platform/db"
)

// store reads and writes River's tables and ours beside them. River keeps
// instants and JSON in each engine's own types, so this file is one of the few
// with two dialects.
type store struct {
	d *db.DB
	q dialect
}

type dialect struct {
	now    string // the database's clock in unix ms: the one all processes share
	ms     string // a timestamp in unix ms; @ stands for the column
	json   string // a JSON column as text
	errs   string // river_job.errors as a JSON text
	staff  string // staff_id of the metadata
	lastBy string // the node that made the latest attempt
	lock   string // takes the rows, leaving out those that others take
}

var dialects = map[db.Engine]dialect{
	db.SQLite: {
		now:    "CAST(round(unixepoch('now', 'subsec') * 1000) AS INTEGER)",
		ms:     "CAST(round(unixepoch(@, 'subsec') * 1000) AS INTEGER)",
		json:   "json(@)",
		errs:   "coalesce(json(j.errors), '[]')",
		staff:  "json_extract(j.metadata, '$.staff_id')",
		lastBy: "json_extract(j.attempted_by, '$[#-1]')",
	},
	db.Postgres: {
		now:    "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint",
		ms:     "floor(extract(epoch FROM @) * 1000)::bigint",
		json:   "@::text",
		errs:   "coalesce(array_to_json(j.errors)::text, '[]')",
		staff:  "(j.metadata ->> 'staff_id')::bigint",
		lastBy: "j.attempted_by[cardinality(j.attempted_by)]",
		lock:   " FOR UPDATE OF j SKIP LOCKED",
	},
}

func newStore(d *db.DB) store { return store{d, dialects[d.Engine()]} }

func (q dialect) at(column string) string   { return strings.ReplaceAll(q.ms, "@", column) }
func (q dialect) text(column string) string { return strings.ReplaceAll(q.json, "@", column) }

// anyAvailable says whether a queue may have work.
func (s store) anyAvailable(ctx context.Context, queue string) (yes bool, err error) {
	err = s.d.Prepared(ctx).QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM river_job WHERE state = 'available' AND queue = $1)`, queue).Scan(&yes)
	return yes, db.MapError(err)
}

func (s store) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := s.d.Q(ctx).ExecContext(ctx, query, args...)
	if err != nil {
		return 0, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n, db.MapError(err)
}

// each runs a query and hands every row to fn.
func (s store) each(ctx context.Context, fn func(r db.Scanner) error, query string, args ...any) error {
	return db.Each(ctx, s.d.Q(ctx), query, fn, args...)
}

// runningAttempts gives the start (unix ms) of the running attempts among ids.
func (s store) runningAttempts(ctx context.Context, ids []int64) (map[int64]int64, error) {
	tokens := map[int64]int64{}
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		return s.each(ctx, func(row db.Scanner) error {
			var id, token int64
			err := row.Scan(&id, &token)
			tokens[id] = token
			return err
		}, "SELECT j.id, "+s.q.at("j.attempted_at")+" FROM river_job j WHERE j.state = 'running' AND j.id IN ("+in+")", args...)
	})
	return tokens, err
}

func (s store) renewLeases(ctx context.Context, node string, ids []int64, ttl time.Duration) error {
	for _, id := range ids {
		if _, err := s.exec(ctx, `INSERT INTO job_leases (job_id, node, expires_at) VALUES ($1, $2, `+s.q.now+` + $3)
ON CONFLICT (job_id) DO UPDATE SET node = excluded.node, expires_at = excluded.expires_at`, id, node, ttl.Milliseconds()); err != nil {
			return err
		}
	}
	return nil
}

// deleteLeases removes the leases of jobs, those of one node only unless node is "".
func (s store) deleteLeases(ctx context.Context, node string, ids []int64) error {
	for _, id := range ids {
		if _, err := s.exec(ctx, "DELETE FROM job_leases WHERE job_id = $1 AND (node = $2 OR $3 = 1)", id, node, flag(node == "")); err != nil {
			return err
		}
	}
	return nil
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (s store) dropLeases(ctx context.Context, node string) error {
	_, err := s.exec(ctx, "DELETE FROM job_leases WHERE node = $1", node)
	return err
}

// liveLease says whether another node than node holds the job.
func (s store) liveLease(ctx context.Context, id int64, node string) (held bool, err error) {
	err = s.d.Q(ctx).QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM job_leases WHERE job_id = $1 AND node <> $2 AND expires_at > "+s.q.now+")",
		id, node).Scan(&held)
	return held, db.MapError(err)
}

func (s store) orphans(ctx context.Context, where string, args ...any) (list []orphan, err error) {
	err = s.each(ctx, func(row db.Scanner) error {
		var o orphan
		var text string
		if err := row.Scan(&o.id, &o.queue, &o.attempt, &o.maxAttempts, &text); err != nil {
			return err
		}
		var meta metadata
		_ = json.Unmarshal([]byte(text), &meta)
		o.cancelled = meta.CancelAttempted != ""
		list = append(list, o)
		return nil
	}, "SELECT j.id, j.queue, j.attempt, j.max_attempts, "+s.q.text("j.metadata")+" FROM river_job j WHERE j.state = 'running' AND "+where, args...)
	return list, err
}

// expired gives running jobs that no live lease covers. The start of an
// attempt covers it for ttl, because the first lease comes with a heartbeat.
func (s store) expired(ctx context.Context, ttl time.Duration, lock bool) ([]orphan, error) {
	where := s.q.at("j.attempted_at") + " < " + s.q.now + ` - $1
AND NOT EXISTS (SELECT 1 FROM job_leases l WHERE l.job_id = j.id AND l.expires_at > ` + s.q.now + ") ORDER BY j.id LIMIT 1000"
	if lock {
		where += s.q.lock
	}
	return s.orphans(ctx, where, ttl.Milliseconds())
}

// runningOf gives the running jobs of a node, of all nodes for "".
func (s store) runningOf(ctx context.Context, node string) ([]orphan, error) {
	if node == "" {
		return s.orphans(ctx, "1 = 1 ORDER BY j.id")
	}
	return s.orphans(ctx, s.q.lastBy+" = $1 ORDER BY j.id", node)
}

// dropLeader ends the leadership of a node, of any for "".
func (s store) dropLeader(ctx context.Context, node string) error {
	_, err := s.exec(ctx, "DELETE FROM river_leader WHERE leader_id = $1 OR $2 = 1", node, flag(node == ""))
	return err
}

func (s store) saveProgress(ctx context.Context, ids []int64, list []Progress) error {
	for i, p := range list {
		if _, err := s.exec(ctx, `INSERT INTO job_progress (job_id, done, total, unit, note, started_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (job_id) DO UPDATE SET done = excluded.done, total = excluded.total, unit = excluded.unit,
note = excluded.note, started_at = excluded.started_at, updated_at = excluded.updated_at`,
			ids[i], p.Done, p.Total, p.Unit, p.Note, p.StartedAt, p.UpdatedAt); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes progress and leases of jobs that are no more.
func (s store) sweep(ctx context.Context) error {
	for _, table := range []string{"job_progress", "job_leases"} {
		if _, err := s.exec(ctx, "DELETE FROM "+table+" WHERE NOT EXISTS (SELECT 1 FROM river_job j WHERE j.id = "+table+".job_id)"); err != nil {
			return err
		}
	}
	return nil
}

func (s store) lastPeriod(ctx context.Context, name string) (last int64, found bool, err error) {
	err = s.d.Q(ctx).QueryRowContext(ctx, "SELECT last_at FROM job_periods WHERE name = $1", name).Scan(&last)
	if db.IsNoRow(err) {
		return 0, false, nil
	}
	return last, err == nil, db.MapError(err)
}

func (s store) startPeriod(ctx context.Context, name string, now int64) error {
	_, err := s.exec(ctx, "INSERT INTO job_periods (name, last_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, now)
	return err
}

// advancePeriod moves a periodic job on; false when another process did.
func (s store) advancePeriod(ctx context.Context, name string, from, to int64) (bool, error) {
	n, err := s.exec(ctx, "UPDATE job_periods SET last_at = $1 WHERE name = $2 AND last_at = $3", to, name, from)
	return n == 1, err
}

// record is a job as the database has it.
type record struct {
	id                                         int64
	kind, state, queue                         string
	priority, attempt, maxAttempts             int
	created, scheduled                         int64
	attempted, finalized                       *int64
	args, meta, errors                         string
	done, total, startedAt, updatedAt, hasProg sql.NullInt64
	unit, note                                 sql.NullString
}

// filter chooses records; zero fields choose all.
type filter struct {
	states []string // River's names, from our own tables, never from outside
	kind   string
	staff  int64
	before int64 // ids below
	id     int64
	limit  int
}

func (s store) where(f filter) (string, []any) {
	var b strings.Builder
	var args []any
	b.WriteString(" WHERE 1 = 1")
	and := func(cond string, arg any) {
		args = append(args, arg)
		b.WriteString(" AND " + cond + " $" + strconv.Itoa(len(args)))
	}
	if len(f.states) > 0 {
		b.WriteString(" AND j.state IN ('" + strings.Join(f.states, "', '") + "')")
	}
	if f.kind != "" {
		and("j.kind =", f.kind)
	}
	if f.staff != 0 {
		and(s.q.staff+" =", f.staff)
	}
	if f.before != 0 {
		and("j.id <", f.before)
	}
	if f.id != 0 {
		and("j.id =", f.id)
	}
	return b.String(), args
}

// records lists jobs, the newest first.
func (s store) records(ctx context.Context, f filter) (list []record, err error) {
	where, args := s.where(f)
	query := "SELECT j.id, j.kind, " + s.stateText() + ", j.queue, j.priority, j.attempt, j.max_attempts, " +
		s.q.at("j.created_at") + ", " + s.q.at("j.scheduled_at") + ", " + s.q.at("j.attempted_at") + ", " + s.q.at("j.finalized_at") + ", " +
		s.q.text("j.args") + ", " + s.q.text("j.metadata") + ", " + s.q.errs + ", " +
		"p.job_id, p.done, p.total, p.unit, p.note, p.started_at, p.updated_at " +
		"FROM river_job j LEFT JOIN job_progress p ON p.job_id = j.id" + where +
		" ORDER BY j.id DESC LIMIT " + strconv.Itoa(f.limit)
	err = s.each(ctx, func(row db.Scanner) error {
		var r record
		err := row.Scan(&r.id, &r.kind, &r.state, &r.queue, &r.priority, &r.attempt, &r.maxAttempts,
			&r.created, &r.scheduled, &r.attempted, &r.finalized, &r.args, &r.meta, &r.errors,
			&r.hasProg, &r.done, &r.total, &r.unit, &r.note, &r.startedAt, &r.updatedAt)
		list = append(list, r)
		return err
	}, query, args...)
	return list, err
}

func (s store) stateText() string {
	if s.d.Engine() == db.Postgres {
		return "j.state::text"
	}
	return "j.state"
}

// countBy counts jobs by River's state and kind.
func (s store) countBy(ctx context.Context, f filter, fn func(state, kind string, n int64)) error {
	where, args := s.where(f)
	return s.each(ctx, func(row db.Scanner) error {
		var state, kind string
		var n int64
		err := row.Scan(&state, &kind, &n)
		fn(state, kind, n)
		return err
	}, "SELECT "+s.stateText()+", j.kind, count(*) FROM river_job j"+where+" GROUP BY 1, 2", args...)
}
