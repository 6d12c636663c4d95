package importer

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestRegistered: the day of registration comes in, in company time; of two that
// were said the earlier one stays, with a history.
func TestRegistered(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		text := "会员编号,姓名,开卡时间\nC1,甲,2020-05-01 23:30:00\nC2,乙,2021/3/8\nC3,丙,\nC4,丁,很久以前\n"
		res := r.run(RunInput{Kind: KindCustomers, Source: "crm", Path: r.file("a.csv", text)})
		if res.Accepted != 3 || res.Rejected != 1 {
			t.Fatalf("%+v %v", res, res.Reasons)
		}
		days := func() []string { return r.lines(`SELECT name, registered_at FROM customers ORDER BY id`) }
		want := []string{"甲|18383", "乙|18694", "丙|<nil>"}
		if diff := cmp.Diff(want, days()); diff != "" {
			t.Error(diff)
		}
		before := r.stamps()
		r.run(RunInput{Kind: KindCustomers, Source: "crm", Path: r.file("b.csv", text)})
		sameDump(t, before, r.stamps())
		r.run(RunInput{Kind: KindCustomers, Source: "crm", Path: r.file("c.csv", "会员编号,姓名,注册日期\nC1,甲,2019-01-01\nC2,乙,2022-01-01\nC3,丙,2018-06-01\n")})
		want = []string{"甲|17897", "乙|18694", "丙|17683"}
		if diff := cmp.Diff(want, days()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"1|2020-05-01|2019-01-01", "3||2018-06-01"},
			r.lines(`SELECT customer_id, before_text, after_text FROM customer_changes WHERE field = 'registered_at' ORDER BY customer_id`)); diff != "" {
			t.Error(diff)
		}
	})
}

// registeredHeader is that of a till which knows since when its members are.
const registeredHeader = "小票号,会员卡号,会员姓名,会员手机号,入会日期,交易时间,实收金额\n"

// TestRegisteredOfBuyers: a file of orders says since when its buyers are
// registered. A new buyer takes it, a known one who has none is completed, and
// of two days the earlier one stays, with a history, as in files of customers.
func TestRegisteredOfBuyers(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.s.batch = 2 // the orders of one buyer stand in several batches
		days := func() []string { return r.lines(`SELECT name, registered_at FROM customers ORDER BY name`) }
		run := func(name, rows string) Result { return r.orders(name, registeredHeader+rows) }

		r.run(RunInput{Kind: KindCustomers, Source: "shop", Path: r.file("c.csv", "会员编号,姓名,注册日期\nV1,甲,\nV2,乙,2020-01-01\nV3,丙,2022-01-01\nV4,丁,2021-01-01\n")})
		rows := "1,V1,甲,,2021-03-04 23:30:00,2026-01-02,10\n" +
			"2,V2,乙,,2020-05-05,2026-01-02,10\n" + // later than what is known
			"3,V3,丙,,2019-01-01,2026-01-02,10\n" + // earlier
			"4,V4,丁,,,2026-01-02,10\n" + // says nothing
			"5,V5,戊,13800000005,2023/6/1,2026-01-02,10\n" + // nobody knew
			"6,V6,己,,,2026-01-02,10\n" +
			"7,V5,戊,13800000005,2023/6/1,2026-01-03,10\n" +
			"8,V5,戊,13800000005,2022/6/1,2026-01-04,10\n" + // another card, older
			"9,V5,戊,13800000005,2023/6/1,2026-01-05,10\n" +
			"10,V7,庚,,很久以前,2026-01-05,10\n" // cannot be read, like a birthday
		res := run("a.csv", rows)
		if res.OrdersCreated != 9 || res.CustomersCreated != 2 || res.Rejected != 1 || res.Counts.CustomersUpdated != 2 {
			t.Fatalf("%+v %v", res, res.Reasons)
		}
		want := []string{"丁|18628", "丙|17897", "乙|18262", "己|<nil>", "戊|19144", "甲|18690"}
		if diff := cmp.Diff(want, days()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"丙|2022-01-01|2019-01-01|import", "戊|2023-06-01|2022-06-01|import", "甲||2021-03-04|import"},
			r.lines(`SELECT c.name, h.before_text, h.after_text, h.origin FROM customer_changes h JOIN customers c ON c.id = h.customer_id
WHERE h.field = 'registered_at' ORDER BY c.name`)); diff != "" {
			t.Errorf("history: %s", diff)
		}
		before := r.stamps()
		if again := run("b.csv", rows); again.Unchanged != 9 || again.OrdersUpdated != 0 {
			t.Errorf("again: %+v", again)
		}
		sameDump(t, before, r.stamps())
		// Orders from before the column was read complete their buyers when they come again.
		plain := "订单编号,会员编号,付款时间,实付金额\nP1,V8,2026-01-02,10\n"
		r.orders("p.csv", plain)
		res = r.orders("q.csv", "订单编号,会员编号,付款时间,实付金额,开卡时间\nP1,V8,2026-01-02,10,2020-02-02\n")
		if got := r.lines(`SELECT registered_at FROM customers WHERE name = 'V8'`); len(got) != 1 || got[0] != "18294" {
			t.Errorf("an order that came again: %v, %+v", got, res)
		}
	})
}

// TestRegisteredOfBuyersIsFed: lists that filter by the day hear of it.
func TestRegisteredOfBuyersIsFed(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.run(RunInput{Kind: KindCustomers, Source: "shop", Path: r.file("c.csv", "会员编号,姓名\nV1,甲\nV2,乙\n")})
		fed := func() int64 { return r.one(`SELECT seq FROM feed_head`) }
		was := fed()
		r.orders("a.csv", "订单编号,会员编号,付款时间,实付金额,注册时间\n1,V1,2026-01-02,10,2020-01-01\n")
		with := fed() - was
		was = fed()
		r.orders("b.csv", "订单编号,会员编号,付款时间,实付金额\n2,V2,2026-01-02,10\n")
		if without := fed() - was; with != without+1 {
			t.Errorf("%d told with a day of registration, %d without", with, without)
		}
	})
}

// TestRegisteredOfVisitors: a file of behaviours says since when those who did
// something are registered, and keeps it as a file of orders does.
func TestRegisteredOfVisitors(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.s.batch = 2
		in := func(name, text string) Result {
			return r.run(RunInput{Kind: KindBehaviours, Source: "app", Path: r.file(name, text)})
		}
		r.run(RunInput{Kind: KindCustomers, Source: "app", Path: r.file("c.csv", "会员编号,姓名,注册日期\nV1,甲,\nV2,乙,2020-01-01\nV3,丙,2022-01-01\n")})
		plain := "事件编号,会员编号,行为类型,行为时间\n"
		header := "事件编号,会员编号,姓名,手机号,注册日期,行为类型,行为时间\n"
		in("p.csv", plain+"E1,V1,浏览,2026-06-01 10:00:00\n")
		rows := "E1,V1,甲,,2021-03-04 23:30:00,浏览,2026-06-01 10:00:00\n" + // came before, without the day
			"E2,V2,乙,,2020-05-05,加购,2026-06-01 10:00:00\n" + // later than what is known
			"E3,V3,丙,,2019-01-01,浏览,2026-06-01 10:00:00\n" + // earlier
			"E4,V4,丁,13800000004,2023/6/1,浏览,2026-06-01 10:00:00\n" + // nobody knew
			"E5,V4,丁,13800000004,2023/6/1,浏览,2026-06-02 10:00:00\n" +
			"E6,V4,丁,13800000004,,浏览,2026-06-03 10:00:00\n" +
			"E7,V5,戊,,很久以前,浏览,2026-06-03 10:00:00\n"
		res := in("a.csv", header+rows)
		if res.Counts.BehavioursCreated != 5 || res.CustomersCreated != 1 || res.Rejected != 1 || res.Counts.CustomersUpdated != 2 {
			t.Fatalf("%+v %v", res, res.Reasons)
		}
		if diff := cmp.Diff([]string{"丁|19509", "丙|17897", "乙|18262", "甲|18690"},
			r.lines(`SELECT name, registered_at FROM customers ORDER BY name`)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"丙|2022-01-01|2019-01-01|import", "甲||2021-03-04|import"},
			r.lines(`SELECT c.name, h.before_text, h.after_text, h.origin FROM customer_changes h JOIN customers c ON c.id = h.customer_id
WHERE h.field = 'registered_at' ORDER BY c.name`)); diff != "" {
			t.Errorf("history: %s", diff)
		}
		before := r.stamps()
		if again := in("b.csv", header+rows); again.Unchanged != 6 || again.Accepted != 0 {
			t.Errorf("again: %+v", again)
		}
		sameDump(t, before, r.stamps())
	})
}

// TestRegisteredIsGuessed: files of orders and of behaviours have the day under
// its usual headings, but 加入时间 beside a behaviour may be a basket's.
func TestRegisteredIsGuessed(t *testing.T) {
	for _, title := range []string{"注册时间", "入会日期", "会员开卡时间", "买家注册日期", "Customer Since", "registered_at"} {
		header := strings.Split("订单编号,付款时间,实付金额,手机号,"+title, ",")
		rows := [][]string{{"1", "2026-01-02", "3", "13800000001", "2020-01-02"}}
		g := GuessMapping(header, rows, "")
		if g.Mapping.Kind != KindOrders || g.Columns[4].Meaning != RegisteredAt || g.Columns[4].Confidence < 0.85 {
			t.Errorf("%s: %s %+v", title, g.Mapping.Kind, g.Columns[4])
		}
		// A number is no day.
		rows[0][4] = "V1"
		if g := GuessMapping(header, rows, ""); g.Columns[4].Meaning != Ignore {
			t.Errorf("%s of something else: %+v", title, g.Columns[4])
		}
	}
	for title, want := range map[string]Meaning{"注册日期": RegisteredAt, "会员注册时间": RegisteredAt, "member_since": RegisteredAt, "加入时间": Ignore, "joined_at": Ignore} {
		g := GuessMapping(strings.Split("会员编号,行为类型,行为时间,"+title, ","), [][]string{{"V1", "加购", "2026-01-02", "2020-01-02"}}, "")
		if g.Mapping.Kind != KindBehaviours || g.Columns[2].Meaning != EventAt || g.Columns[3].Meaning != want {
			t.Errorf("%s of a behaviour: %s %+v", title, g.Mapping.Kind, g.Columns)
		}
	}
	for _, k := range Kinds {
		if !slices.Contains(Meanings(k), RegisteredAt) {
			t.Errorf("%s: cannot be chosen", k)
		}
	}
}

// TestRegisteredInPreview: the mapping step offers and tells it, and a mapping
// kept under a name carries it to the next file.
func TestRegisteredInPreview(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	text := []byte(registeredHeader + "1,V1,甲,13800000001,2021-03-04,2026-01-02,10\n")
	var p Preview
	if st := s.call("runner", "POST", "/imports/preview", map[string]any{"upload_id": s.upload("a.csv", text, 500)}, &p); st != 200 {
		t.Fatal(st)
	}
	if !slices.Contains(p.Meanings, RegisteredAt) || p.Columns[4].Meaning != RegisteredAt || p.Columns[4].Example != "2021-03-04" || len(p.Problems) != 0 {
		t.Fatalf("%+v", p)
	}
	var kept SavedMapping
	if st := s.call("runner", "POST", "/imports/mappings", map[string]any{"name": "收银", "mapping": p.Mapping}, &kept); st != 201 || kept.Mapping.Columns["入会日期"] != RegisteredAt {
		t.Fatalf("%d %+v", st, kept)
	}
	next := []byte(registeredHeader + "2,V2,乙,13800000002,2022-03-04,2026-01-02,10\n")
	if st := s.call("runner", "POST", "/imports/preview", map[string]any{"upload_id": s.upload("b.csv", next, 500), "saved_id": kept.ID, "kind": "orders"}, &p); st != 200 || p.Columns[4].Meaning != RegisteredAt {
		t.Fatalf("%d %+v", st, p)
	}
}
