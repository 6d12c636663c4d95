package lifecycle

import (
	"context"

	"zhike/internal/column"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// toldName is the name under which states and history are told of: package customer
// has conditions on them.
const toldName = "lifecycle_states"

// toldDecisions is the name under which decisions are told of, to the engine.
const toldDecisions = "lifecycle_decisions"

const stateCols = `SELECT customer_id, stage, since_day, before_stage, before_since, cause, move, version, decision_id, hand_day, hand_stage, hand_id, until_day
FROM lifecycle_states `

func scanState(id *int64, r *row, sc db.Scanner) error {
	return sc.Scan(id, &r.Stage, &r.Since, &r.before.Stage, &r.before.Since, &r.why.cause, &r.why.move, &r.why.version, &r.why.decision,
		&r.hand.Day, &r.hand.Stage, &r.handID, &r.hand.Until)
}

// states reads the rows of some customers.
func (s store) states(ctx context.Context, ids []int64) (map[int64]row, error) {
	out := make(map[int64]row, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		return db.Each(ctx, s.db.Q(ctx), stateCols+`WHERE customer_id IN (`+in+`)`, func(sc db.Scanner) error {
			var id int64
			var r row
			err := scanState(&id, &r, sc)
			out[id] = r
			return err
		}, args...)
	})
	return out, err
}

var stateColumns = []string{"customer_id", "stage", "since_day", "before_stage", "before_since", "cause", "move", "version", "decision_id",
	"hand_day", "hand_stage", "hand_id", "until_day"}

var historyColumns = []string{"customer_id", "day", "stage", "before_stage", "before_since", "cause", "move", "version", "decision_id", "at"}

// write brings states and history of the open day to what was found; inside
// InTx, behind fence or enter. No customer twice in one call.
func (s store) write(ctx context.Context, list []diff, open clock.Day, at int64) error {
	var put, moved []*diff
	var gone, back []int64
	ids := make([]int64, len(list))
	for i := range list {
		d := &list[i]
		ids[i] = d.id
		switch {
		case !d.is:
			gone = append(gone, d.id)
			continue
		case d.new.Since == open:
			moved = append(moved, d)
		case d.back:
			back = append(back, d.id)
		}
		put = append(put, d)
	}
	if len(back) > 0 {
		reasons, err := s.reasons(ctx, back, open)
		if err != nil {
			return err
		}
		for _, d := range put {
			if d.back {
				d.new.why = reasons[d.id]
			}
		}
	}
	for _, part := range []struct {
		text string
		ids  []int64
	}{
		{`DELETE FROM lifecycle_history WHERE day = $1 AND customer_id IN (`, append(back, gone...)},
		{`DELETE FROM lifecycle_states WHERE since_day = $1 AND customer_id IN (`, gone},
	} {
		err := db.InChunks(part.ids, func(chunk []int64) error {
			in, args := db.InArgs(2, chunk)
			_, err := s.db.Q(ctx).ExecContext(ctx, part.text+in+`)`, append([]any{int64(open)}, args...)...)
			return db.MapError(err)
		})
		if err != nil {
			return err
		}
	}
	err := s.db.BulkUpsert(ctx, "lifecycle_states", stateColumns, 1, len(put), func(i int, v []any) {
		r := &put[i].new
		v[0], v[1], v[2], v[3], v[4] = put[i].id, r.Stage, int64(r.Since), r.before.Stage, int64(r.before.Since)
		v[5], v[6], v[7], v[8] = int64(r.why.cause), r.why.move, r.why.version, r.why.decision
		v[9], v[10], v[11], v[12] = int64(r.hand.Day), r.hand.Stage, r.handID, int64(r.hand.Until)
	})
	if err != nil {
		return err
	}
	err = s.db.BulkUpsert(ctx, "lifecycle_history", historyColumns, 2, len(moved), func(i int, v []any) {
		r := &moved[i].new
		v[0], v[1], v[2], v[3], v[4] = moved[i].id, int64(open), r.Stage, r.before.Stage, int64(r.before.Since)
		v[5], v[6], v[7], v[8], v[9] = int64(r.why.cause), r.why.move, r.why.version, r.why.decision, at
	})
	if err != nil {
		return err
	}
	return column.Tell(ctx, s.db, toldName, at, ids...)
}

// bury removes the states of those customers who are gone; inside InTx.
func (s store) bury(ctx context.Context, ids []int64) error {
	return db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		_, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM lifecycle_states WHERE customer_id IN (`+in+`)
AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = lifecycle_states.customer_id)`, args...)
		return db.MapError(err)
	})
}

// reasons reads why the stages that customers had before a day began.
func (s store) reasons(ctx context.Context, ids []int64, before clock.Day) (map[int64]why, error) {
	out := make(map[int64]why, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		return db.Each(ctx, s.db.Q(ctx), `SELECT customer_id, cause, move, version, decision_id FROM lifecycle_history
WHERE day < $1 AND customer_id IN (`+in+`) ORDER BY customer_id, day`, func(sc db.Scanner) error {
			var id int64
			var w why
			err := sc.Scan(&id, &w.cause, &w.move, &w.version, &w.decision)
			out[id] = w // the last one stays
			return err
		}, append([]any{int64(before)}, args...)...)
	})
	return out, err
}

// held reads for whom a rule held at the end of days; days that were not looked
// at are missing.
func (s store) held(ctx context.Context, rule string, from, to clock.Day) (map[clock.Day]*column.Matches, error) {
	out := map[clock.Day]*column.Matches{}
	err := db.Each(ctx, s.db.Q(ctx), `SELECT day, block, bits FROM lifecycle_held WHERE rule = $1 AND day >= $2 AND day <= $3`, func(sc db.Scanner) error {
		var day clock.Day
		var block int
		var bits []byte
		if err := sc.Scan(&day, &block, &bits); err != nil {
			return err
		}
		if out[day] == nil {
			out[day] = column.NewMatches()
		}
		if block >= 0 && !out[day].SetBytes(block, bits) {
			return errDamaged
		}
		return nil
	}, rule, int64(from), int64(to))
	return out, err
}

// putHeld writes for whom a rule held at the end of a day; inside InTx.
func (s store) putHeld(ctx context.Context, rule string, day clock.Day, m *column.Matches) error {
	if _, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM lifecycle_held WHERE rule = $1 AND day = $2`, rule, int64(day)); err != nil {
		return db.MapError(err)
	}
	blocks := m.Blocks()
	return s.db.BulkInsert(ctx, "lifecycle_held", []string{"rule", "day", "block", "bits"}, len(blocks)+1, func(i int, v []any) {
		v[0], v[1] = rule, int64(day)
		if i == 0 {
			v[2], v[3] = int64(-1), []byte{}
			return
		}
		v[2], v[3] = int64(blocks[i-1]), m.Bytes(blocks[i-1])
	})
}

// dropHeld forgets days before one; inside InTx.
func (s store) dropHeld(ctx context.Context, before clock.Day) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM lifecycle_held WHERE day < $1`, int64(before))
	return db.MapError(err)
}

// putDay writes the figures of a day; entered and left come from the history.
// Inside InTx.
func (s store) putDay(ctx context.Context, day clock.Day, counts map[string]int64) (moved int64, err error) {
	type figures struct{ n, in, out int64 }
	all := map[string]*figures{}
	of := func(stage string) *figures {
		if all[stage] == nil {
			all[stage] = &figures{}
		}
		return all[stage]
	}
	for stage, n := range counts {
		of(stage).n = n
	}
	err = db.Each(ctx, s.db.Q(ctx), `SELECT before_stage, stage, COUNT(*) FROM lifecycle_history WHERE day = $1 GROUP BY before_stage, stage`, func(sc db.Scanner) error {
		var from, to string
		var n int64
		if err := sc.Scan(&from, &to, &n); err != nil {
			return err
		}
		moved += n
		of(to).in += n
		if from != "" {
			of(from).out += n
		}
		return nil
	}, int64(day))
	if err != nil {
		return 0, err
	}
	if _, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM lifecycle_days WHERE day = $1`, int64(day)); err != nil {
		return 0, db.MapError(err)
	}
	stages := make([]string, 0, len(all))
	for stage := range all {
		stages = append(stages, stage)
	}
	return moved, s.db.BulkInsert(ctx, "lifecycle_days", []string{"day", "stage", "customers", "entered", "left_count"}, len(stages), func(i int, v []any) {
		f := all[stages[i]]
		v[0], v[1], v[2], v[3], v[4] = int64(day), stages[i], f.n, f.in, f.out
	})
}
