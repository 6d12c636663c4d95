package customer_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// shiftSite has customers whose score and budget change as days go by.
type shiftSite struct{ *columnSite }

func newShiftSite(t *testing.T, d *db.DB, created ...clock.Day) *shiftSite {
	t.Helper()
	l := listSetup(t, d, 0)
	_, err := l.fields.Create(l.as("boss"), field.In{Code: "budget", Kind: field.Money, Name: field.Label{ZH: "预算"}})
	must(t, err)
	var people []person
	for i, day := range created {
		people = append(people, person{c: customer.Customer{Name: fmt.Sprint("客户", i), CreatedAt: clock.Millis(day.Start(time.UTC)) + 1}})
	}
	l.add(t, people)
	return &shiftSite{withColumns(t, l, 64<<20)}
}

// on changes a value at an hour of a day, by the record's form; nil empties it.
func (s *shiftSite) on(t *testing.T, day clock.Day, hour int, id int64, code string, value any) {
	t.Helper()
	now := s.clock.Now()
	s.clock.Set(day.Start(time.UTC).Add(time.Duration(hour) * time.Hour))
	_, err := s.service.Change(s.as("boss"), customer.Edit{ID: id, Own: customer.Own{Fields: map[string]any{code: value}}}, customer.WriteOptions{})
	must(t, err)
	s.clock.Set(now)
}

// holds says of whom a condition holds as of a day, by SQL and by columns.
func (s *shiftSite) holds(t *testing.T, asOf clock.Day, code, op string, by any, days int) (ids []int64) {
	t.Helper()
	n := node(code, op, map[string]any{"by": by, "days": days})
	for i, of := range []*customer.Service{s.service, s.mem} {
		var got []int64
		for range 50 {
			f, err := of.Find(s.as("boss"), customer.Who{Rule: &n, AsOf: &asOf})
			must(t, err)
			if i == 1 && f.Engine != "columns" {
				must(t, s.columns.Settle(t.Context()))
				continue
			}
			got = []int64{}
			f.Members.After(0, func(id int64) bool { got = append(got, id); return true })
			break
		}
		if i == 1 && !slices.Equal(got, ids) {
			t.Errorf("%s %s by %v in %d days as of %s: SQL %v, columns %v", code, op, by, days, asOf, ids, got)
		}
		ids = got
	}
	return ids
}

func TestNumbersThatFell(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShiftSite(t, d, today-400, today-400, today-20, today-400)
		a, b, c, e := s.ids[0], s.ids[1], s.ids[2], s.ids[3]
		// What b and c came with is no change.
		must(t, d.InTx(t.Context(), func(ctx context.Context) error {
			ctx = auth.With(ctx, s.who["boss"])
			_, err := s.fields.SetMany(ctx, []field.Write{
				{CustomerID: b, Values: map[string]field.Value{"score": {Set: true, Num: 9000}}},
				{CustomerID: c, Values: map[string]field.Value{"score": {Set: true, Num: 9000}}}})
			_, _, err2 := s.service.Store().Feed(ctx, customer.FeedUpdated, 0, 1, []int64{b, c})
			must(t, err2)
			return err
		}))
		s.on(t, today-200, 23, a, "score", "60")
		s.on(t, today-100, 0, a, "score", "50")
		s.on(t, today-100, 12, a, "score", "45.5")
		s.on(t, today, 1, a, "score", "-0.5")
		s.on(t, today-10, 5, b, "score", nil)
		s.on(t, today-5, 5, b, "score", "10")
		s.on(t, today-5, 5, c, "score", "10")
		s.on(t, today-40, 5, e, "budget", 100_000)
		s.on(t, today-4, 5, e, "budget", 250_050)
		for _, x := range []struct {
			asOf clock.Day
			code string
			op   string
			by   any
			days int
			want []int64
		}{
			{today, "f.score", "fell", 60.5, 180, []int64{a, b}},
			{today, "f.score", "fell", "60.51", 180, []int64{b}},
			{today, "f.score", "fell", 46, 100, []int64{a, b}}, // at the end of that day it was 45.50
			{today, "f.score", "fell", 46.01, 100, []int64{b}},
			{today, "f.score", "fell", 46.01, 101, []int64{a, b}},
			{today, "f.score", "fell", 1, 201, []int64{b}}, // of a it is not known then
			{today - 1, "f.score", "fell", 14.5, 180, []int64{a, b}},
			{today - 1, "f.score", "fell", 14.51, 180, []int64{b}},
			{today - 100, "f.score", "fell", 14.5, 1, []int64{a}},
			{today - 101, "f.score", "fell", 0.01, 90, []int64{}}, // unchanged
			{today, "f.score", "rose", 0.01, 300, []int64{}},
			{today, "f.score", "fell", 80, 19, []int64{b, c}},
			{today, "f.score", "fell", 80, 21, []int64{b}},       // c came later
			{today - 6, "f.score", "fell", 80, 30, []int64{}},    // b has none
			{today, "f.score", "rose", 0.01, 6, []int64{}},       // none then
			{today, "f.budget", "rose", 150_050, 30, []int64{e}}, // 分
			{today, "f.budget", "rose", 150_051, 30, []int64{}},
			{today, "f.budget", "fell", 1, 30, []int64{}},
		} {
			if got := s.holds(t, x.asOf, x.code, x.op, x.by, x.days); !slices.Equal(got, x.want) {
				t.Errorf("%s %s by %v in %d days as of %s: %v, want %v", x.code, x.op, x.by, x.days, x.asOf, got, x.want)
			}
		}
		n := node("f.score", "fell", map[string]any{"by": 10, "days": 180})
		for id, want := range map[int64]string{
			a: "60.00 分（" + (today - 180).String() + "）→ -0.50 分（" + today.String() + "）",
			c: "没有值（" + (today - 180).String() + "）→ 10.00 分（" + today.String() + "）",
			e: "没有值（" + (today - 180).String() + "）→ 没有值（" + today.String() + "）",
		} {
			y, _, err := s.service.Explain(s.as("boss"), customer.Who{Rule: &n}, id)
			must(t, err)
			if y.Text != want || y.Holds != (id == a) {
				t.Errorf("%d: %v %s, not %s", id, y.Holds, y.Text, want)
			}
		}
		for text, want := range map[string]string{
			`{"by":0,"days":3}`:     "rule.bad_by at filter.value",
			`{"by":-1,"days":3}`:    "rule.bad_by at filter.value",
			`{"by":1.234,"days":3}`: "field.bad_number at filter.value",
			`{"by":1}`:              "list.bad_days at filter.value",
			`{"by":1,"days":0}`:     "list.bad_days at filter.value",
			`{"by":1,"days":3661}`:  "list.bad_days at filter.value",
			`{"days":1}`:            "list.bad_value at filter.value",
			`3`:                     "list.bad_value at filter.value",
			`{"by":1,"days":1},"at":"` + "2024-01-01\"": "rule.no_history at filter.at",
		} {
			n, err := customer.ParseFilter([]byte(`{"field":"f.score","op":"fell","value":` + text + `}`))
			must(t, err)
			_, err = s.service.Query(s.as("boss"), customer.ListQuery{Filter: customer.Filter{Tree: n}, Limit: 1})
			if got := fieldErrors(err); got != want {
				t.Errorf("%s: %s, not %s", text, got, want)
			}
		}
		// A customer who is deleted leaves nothing.
		v, err := s.service.Read(s.as("boss"), e)
		must(t, err)
		must(t, s.service.Delete(s.as("boss"), e, v.Version))
		if n := s.count(t, `SELECT COUNT(*) FROM customer_value_changes WHERE customer_id = $1`, e); n != 0 {
			t.Errorf("%d changes of a customer who is gone", n)
		}
	})
}

// A bulk edit and its undo are changes like others.
func TestBulkEditsFall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShiftSite(t, d, today-400, today-400)
		id := s.ids[0]
		s.on(t, today-30, 1, id, "score", "8")
		s.on(t, today-30, 1, s.ids[1], "score", "3")
		p := s.preview(t, "boss", `{"selection":{"all":true},"actions":{"set":{"f.score":"2.5"}}}`)
		s.run(t, "boss", p.ID)
		if got := s.holds(t, today, "f.score", "fell", 5.5, 7); !slices.Equal(got, []int64{id}) {
			t.Errorf("after the edit: %v", got)
		}
		if w := s.call(t, "boss", "POST", fmt.Sprintf("/bulk/%d/undo", p.ID), "", nil); w.Code != 202 {
			t.Fatal(w.Code, w.Body)
		}
		must(t, s.service.RunUndo(context.Background(), p.ID))
		if got := s.holds(t, today, "f.score", "fell", 0.5, 7); len(got) > 0 {
			t.Errorf("after the undo: %v", got)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM customer_value_changes WHERE before_num = 250`); n != 2 {
			t.Errorf("%d changes of the undo", n)
		}
	})
}
