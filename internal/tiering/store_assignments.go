package tiering

import (
	"context"
	"database/sql"
	"strings"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/money"
)

// assignment is a customer's level in a run with what its reason is told from.
type assignment struct {
	CustomerID int64
	Name       string
	Level      int
	Move       Move
	PrevLevel  *int64
	Reason     int
	Score      int64
	LastDay    *clock.Day
	Orders     int64
	SpendFen   int64
	Signals    int64
	Details    string
	// items are what people decided about the customer in the run, in order.
	items []itemRow
}

const assignmentColumns = `a.customer_id, c.name, a.level, a.move, a.prev_level, a.reason, a.score, a.last_day,
  a.orders, a.spend_fen, a.signals, a.details`

func scanAssignment(r db.Scanner) (assignment, error) {
	var a assignment
	var prev, last sql.NullInt64
	err := r.Scan(&a.CustomerID, &a.Name, &a.Level, &a.Move, &prev, &a.Reason, &a.Score, &last, &a.Orders, &a.SpendFen, &a.Signals, &a.Details)
	a.PrevLevel = nullInt(prev)
	if last.Valid {
		d := clock.Day(last.Int64)
		a.LastDay = &d
	}
	return a, db.MapError(err)
}

// assignment reads one customer of a run whatever the row scope; db.no_row
// where the run does not have it.
func (s *store) assignment(ctx context.Context, run, customer int64) (assignment, error) {
	return scanAssignment(s.db.Q(ctx).QueryRowContext(ctx, `SELECT `+assignmentColumns+`
FROM tier_assignments a JOIN customers c ON c.id = a.customer_id WHERE a.run_id = $1 AND a.customer_id = $2`, run, customer))
}

// visible says whether an actor may see a customer.
func (s *store) visible(ctx context.Context, a *auth.Actor, customer int64) (bool, error) {
	where, args := ScopeOf(a, 2)
	var one int
	err := db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `SELECT 1 FROM customers c WHERE c.id = $1`+where,
		append([]any{customer}, args...)...).Scan(&one))
	if db.IsNoRow(err) {
		return false, nil
	}
	return err == nil, err
}

// ScopeOf writes " AND …" for what the actor may see of customers c, with
// placeholders from $first.
func ScopeOf(a *auth.Actor, first int) (where string, args []any) {
	switch {
	case a == nil:
		return ` AND 1 = 0`, nil
	case a.Scope == auth.ScopeAll:
		return ``, nil
	case a.Scope == auth.ScopeDepartment && len(a.DepartmentIDs) > 0:
		in, ids := db.InArgs(first+1, a.DepartmentIDs[:min(len(a.DepartmentIDs), db.MaxIn)])
		return ` AND (c.owner_id = ` + db.Placeholders(first, 1) + ` OR c.department_id IN (` + in + `))`, append([]any{a.StaffID}, ids...)
	}
	return ` AND c.owner_id = ` + db.Placeholders(first, 1), []any{a.StaffID}
}

// assignmentsOf reads customers of a run by their ids, of those the actor may
// see; the order is that of ids.
func (s *store) assignmentsOf(ctx context.Context, actor *auth.Actor, run int64, ids []int64) ([]assignment, error) {
	found := make(map[int64]assignment, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		where, more := ScopeOf(actor, 2+len(args))
		return s.assignments(ctx, `SELECT `+assignmentColumns+` FROM tier_assignments a JOIN customers c ON c.id = a.customer_id
WHERE a.run_id = $1 AND a.customer_id IN (`+in+`)`+where, append(append([]any{run}, args...), more...), func(a assignment) {
			found[a.CustomerID] = a
		})
	})
	out := make([]assignment, 0, len(found))
	for _, id := range ids {
		if a, ok := found[id]; ok {
			out = append(out, a)
		}
	}
	return out, err
}

// assignmentFilter narrows the customers of a run; -1 is any.
type assignmentFilter struct {
	level, move int16
	ids         []int64 // nil is anybody
	proposed    bool    // the level is what the run found, not what people decided
}

// scopedAssignments reads customers of a run that a narrow scope sees, or of a
// list of ids, by falling spend behind (spend, id). It starts from the
// customers, of whom there are few.
func (s *store) scopedAssignments(ctx context.Context, actor *auth.Actor, run int64, f assignmentFilter, spend, id int64, n int) ([]assignment, error) {
	var q strings.Builder
	args := []any{run}
	arg := func(v any) string {
		args = append(args, v)
		return db.Placeholders(len(args), 1)
	}
	// CROSS JOIN because SQLite then keeps the order of the tables.
	q.WriteString(`SELECT ` + assignmentColumns + ` FROM customers c CROSS JOIN tier_assignments a WHERE a.run_id = $1 AND a.customer_id = c.id`)
	where, more := ScopeOf(actor, len(args)+1)
	q.WriteString(where)
	args = append(args, more...)
	if f.ids != nil {
		in, ids := db.InArgs(len(args)+1, f.ids)
		q.WriteString(` AND c.id IN (` + in + `)`)
		args = append(args, ids...)
	}
	if f.level >= 0 {
		level := `a.level`
		if f.proposed {
			level = proposedLevel
		}
		q.WriteString(` AND ` + level + ` = ` + arg(int64(f.level)))
	}
	if f.move >= 0 {
		q.WriteString(` AND a.move = ` + arg(int64(f.move)))
	}
	q.WriteString(` AND (a.spend_fen < ` + arg(spend) + ` OR (a.spend_fen = ` + arg(spend) + ` AND a.customer_id > ` + arg(id) + `))`)
	q.WriteString(` ORDER BY a.spend_fen DESC, a.customer_id LIMIT ` + arg(n))
	var out []assignment
	err := s.assignments(ctx, q.String(), args, func(a assignment) { out = append(out, a) })
	return out, err
}

func (s *store) assignments(ctx context.Context, query string, args []any, fn func(assignment)) error {
	return db.Each(ctx, s.db.Q(ctx), query, func(r db.Scanner) error {
		a, err := scanAssignment(r)
		if err == nil {
			fn(a)
		}
		return err
	}, args...)
}

// insertAssignments writes customers from ≤ i < to of a run inside InTx. The
// columns a method does not use keep their defaults: each costs time.
func (s *store) insertAssignments(ctx context.Context, m *making, from, to int) error {
	run, sch, f, g, c := m.row.ID, m.sch.Scheme, m.f, m.g, m.c
	cols := []string{"run_id", "customer_id", "level", "reason", "last_day", "orders", "spend_fen", "signals"}
	d := sch.detailer()
	withScore, withMove := sch.Method != MethodRules, c.moves != nil
	withDetails := len(d.keys)+len(d.fields) > 0 || len(g.PartScores) > 0
	if withScore {
		cols = append(cols, "score")
	}
	if withMove {
		cols = append(cols, "move", "prev_level")
	}
	if withDetails {
		cols = append(cols, "details")
	}
	var buf []byte
	return s.db.BulkInsert(ctx, "tier_assignments", cols, to-from, func(i int, v []any) {
		i += from
		v[0], v[1], v[2], v[3] = run, f.CustomerID[i], int64(g.Level[i]), int64(g.Reason[i])
		v[4] = nil
		if f.LastDay[i] != NoDay {
			v[4] = int64(f.LastDay[i])
		}
		v[5], v[6], v[7] = int64(f.Orders[i]), money.RoundMilli(f.SpendMilli[i]), f.signals(g, i)
		k := 8
		if withScore {
			v[k] = storedScore(g, i)
			k++
		}
		if withMove {
			v[k], v[k+1] = int64(c.move[i]), nil
			if c.was.level[i] != noLevel {
				v[k+1] = int64(c.was.level[i])
			}
			k += 2
		}
		if withDetails {
			buf = d.appendTo(buf[:0], f.Facts, g, i)
			v[k] = string(buf)
		}
	})
}

// insertList writes one list of customers of a run inside InTx.
func (s *store) insertList(ctx context.Context, run int64, k listKey, ids []int64) error {
	parts := (len(ids) + packedIDs - 1) / packedIDs
	return s.db.BulkInsert(ctx, "tier_lists", []string{"run_id", "level", "move", "part", "ids"}, parts, func(i int, v []any) {
		v[0], v[1], v[2], v[3] = run, int64(k.level), int64(k.move), int64(i)
		v[4] = packIDs(ids[i*packedIDs : min(len(ids), (i+1)*packedIDs)])
	})
}

// listPart reads one part of a list, nil behind its end.
func (s *store) listPart(ctx context.Context, run int64, k listKey, part int) ([]int64, error) {
	var b []byte
	err := db.MapError(s.db.Q(ctx).QueryRowContext(ctx,
		`SELECT ids FROM tier_lists WHERE run_id = $1 AND level = $2 AND move = $3 AND part = $4`,
		run, int64(k.level), int64(k.move), part).Scan(&b))
	if db.IsNoRow(err) {
		return nil, nil
	}
	return unpackIDs(b), err
}
