package audit

import (
	"context"
	"strconv"
	"strings"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// next takes the next number under the lock of the head row and gives the hash
// of the entry before it.
func (l *Log) next(ctx context.Context, r *Record) (prev string, err error) {
	err = l.db.Q(ctx).QueryRowContext(ctx,
		"UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash").Scan(&r.ID, &prev)
	return prev, db.MapError(err)
}

func (l *Log) insert(ctx context.Context, r *Record) error {
	q := l.db.Q(ctx)
	_, err := q.ExecContext(ctx, `INSERT INTO audit_log
		(id, at, actor_id, actor_name, ip, action, object_type, object_id, before_data, after_data, request_id, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		r.ID, r.At, r.ActorID, r.ActorName, r.IP, r.Action, r.ObjectType, r.ObjectID, r.Before, r.After, r.RequestID, r.Hash)
	if err != nil {
		return db.MapError(err)
	}
	_, err = q.ExecContext(ctx, "UPDATE audit_head SET hash = $1 WHERE id = 1", r.Hash)
	return db.MapError(err)
}

func (l *Log) head(ctx context.Context) (seq int64, hash string, err error) {
	err = l.db.Q(ctx).QueryRowContext(ctx, "SELECT seq, hash FROM audit_head WHERE id = 1").Scan(&seq, &hash)
	if db.IsNoRow(err) {
		return 0, "", errs.Wrap(err, errs.Internal, "audit.no_head")
	}
	return seq, hash, db.MapError(err)
}

const columns = "id, at, actor_id, actor_name, ip, action, object_type, object_id, before_data, after_data, request_id, hash"

func scan(row db.Scanner, r *Record) error {
	return row.Scan(&r.ID, &r.At, &r.ActorID, &r.ActorName, &r.IP, &r.Action, &r.ObjectType, &r.ObjectID,
		&r.Before, &r.After, &r.RequestID, &r.Hash)
}

// after reads up to n records with a greater id, in order.
func (l *Log) after(ctx context.Context, id int64, n int) ([]Record, error) {
	return l.read(ctx, "SELECT "+columns+" FROM audit_log WHERE id > $1 ORDER BY id LIMIT $2", id, n)
}

func (l *Log) read(ctx context.Context, query string, args ...any) ([]Record, error) {
	var bad error
	out, err := db.Select(ctx, l.db.Q(ctx), query, func(v *Record, r db.Scanner) error {
		bad = scan(r, v)
		return bad
	}, args...)
	if bad != nil {
		return nil, &unreadable{err}
	}
	return out, err
}

// unreadable is a row whose fields cannot be read: only a hand can have put
// such a value there.
type unreadable struct{ error }

func (u *unreadable) Unwrap() error { return u.error }

// span gives the lowest and the highest id, 0 and 0 where there is none.
func (l *Log) span(ctx context.Context) (low, high int64, err error) {
	err = l.db.Q(ctx).QueryRowContext(ctx, "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM audit_log").Scan(&low, &high)
	return low, high, db.MapError(err)
}

// find reads up to n matching records with an id below before (0 = all), newest first.
func (l *Log) find(ctx context.Context, f search, before int64, n int) ([]Record, error) {
	var where []string
	var args []any
	add := func(cond string, v any) {
		args = append(args, v)
		where = append(where, cond+" $"+strconv.Itoa(len(args)))
	}
	if before != 0 {
		add("id <", before)
	}
	if f.Actor != "" {
		args = append(args, f.Actor)
		cond := "actor_name = $" + strconv.Itoa(len(args))
		if len(f.actors) > 0 {
			in, vals := db.InArgs(len(args)+1, f.actors)
			cond = "(" + cond + " OR actor_id IN (" + in + "))"
			args = append(args, vals...)
		}
		where = append(where, cond)
	}
	if strings.HasSuffix(f.Action, ".") {
		add(`action LIKE`, strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(f.Action)+"%")
		where[len(where)-1] += ` ESCAPE '\'`
	} else if f.Action != "" {
		add("action =", f.Action)
	}
	if f.ObjectType != "" {
		add("object_type =", f.ObjectType)
	}
	if f.ObjectID != "" {
		add("object_id =", f.ObjectID)
	}
	if f.from != 0 {
		add("at >=", f.from)
	}
	if f.to != 0 {
		add("at <", f.to)
	}
	query := "SELECT " + columns + " FROM audit_log"
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	args = append(args, n)
	return l.read(ctx, query+" ORDER BY id DESC LIMIT $"+strconv.Itoa(len(args)), args...)
}
