package lifecycle

import (
	"context"
	"strconv"
	"strings"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// book reads all rows, of one state of the database. Rows whose words are all
// among codes come as numbers, which takes a third of the time; the others, of
// stages and moves that the configuration no longer has, as they are.
func (s store) book(ctx context.Context, open clock.Day, codes []string) (*book, error) {
	b := newBook()
	put := func(id int64, r *row) {
		if r.Since == open && r.before.Stage == "" {
			b.fresh = append(b.fresh, id)
		}
		b.put(id, r)
	}
	words := newCodewords(codes)
	return b, s.db.InReadTx(ctx, func(ctx context.Context) error {
		h, err := s.head(ctx)
		if err != nil {
			return err
		}
		b.seq = h.seq
		err = s.db.Numbers(ctx, words.query(), nil, 9, func(v []int64) error {
			var r row
			words.read(v, &r)
			put(v[0], &r)
			return nil
		})
		if err != nil {
			return err
		}
		return db.Each(ctx, s.db.Q(ctx), stateCols+`WHERE NOT (`+words.known()+`)`, func(sc db.Scanner) error {
			var id int64
			var r row
			if err := scanState(&id, &r, sc); err != nil {
				return err
			}
			put(id, &r)
			return nil
		})
	})
}

// codewords are codes as numbers: their places, behind none at 0.
type codewords []string

// wordColumns are the columns that have codes.
var wordColumns = []string{"stage", "before_stage", "hand_stage", "move"}

func newCodewords(codes []string) codewords {
	w := codewords{""}
	for _, c := range codes {
		if codeForm.MatchString(c) { // they become text of a query
			w = append(w, c)
		}
	}
	return w
}

// known is the condition that all codes of a row are there.
func (w codewords) known() string {
	list := "('" + strings.Join(w, "', '") + "')"
	return strings.Join(wordColumns, " IN "+list+" AND ") + " IN " + list
}

// query asks for the rows that are known, as nine numbers each.
func (w codewords) query() string {
	packed := "CAST(cause AS BIGINT)"
	for _, col := range wordColumns {
		packed = "(" + packed + ") * " + strconv.Itoa(len(w)) + " + CASE " + col
		for i, c := range w {
			packed += " WHEN '" + c + "' THEN " + strconv.Itoa(i)
		}
		packed += " END"
	}
	return "SELECT customer_id, " + packed + `, CAST(since_day AS BIGINT), CAST(before_since AS BIGINT), version, decision_id,
  CAST(hand_day AS BIGINT), hand_id, CAST(until_day AS BIGINT) FROM lifecycle_states WHERE ` + w.known()
}

// read takes a row of query.
func (w codewords) read(v []int64, r *row) {
	packed, n := v[1], int64(len(w))
	word := func() string {
		at := packed % n
		packed /= n
		return w[at]
	}
	r.why.move, r.hand.Stage, r.before.Stage, r.Stage = word(), word(), word(), word()
	r.why.cause = Cause(packed)
	r.Since, r.before.Since = clock.Day(v[2]), clock.Day(v[3])
	r.why.version, r.why.decision = v[4], v[5]
	r.hand.Day, r.handID, r.hand.Until = clock.Day(v[6]), v[7], clock.Day(v[8])
}
