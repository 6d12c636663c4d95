package importer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
)

func TestCustomersAlone(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		in := func(name, text string) Result {
			return r.run(RunInput{Kind: KindCustomers, Path: r.file(name, text), Source: "crm"})
		}
		h := "会员编号,姓名,性别,手机号,邮箱,生日,企业名称,统一社会信用代码,客户类型,城市,详细地址\n"
		text := h +
			"C1,王芳,女,13800000001,w@example.com,1990-02-28,,,个人,深圳,南山区科技园 1 号\n" +
			"C2,李雷,男,13800000002,,2-29,,,,上海,\n" +
			"C3,北京某某科技有限公司,,010-88886666,,,,91110000600037341L,企业,,\n" +
			"C2,李雷,男,13800000002,li@example.com,,,,,上海,\n" + // again, with more
			"C4,张三,不告诉你,13800000004,,,,,,,\n" +
			"C5,赵六,,13800000005,,2030-01-01,,,,,\n" +
			",,,,,,,,,,只有地址\n"
		res := in("a.csv", text)
		want := map[string]int64{"clean.bad_gender": 1, "import.no_buyer": 1}
		if res.CustomersCreated != 3 || res.Rejected != 3 || res.Reasons["clean.bad_gender"] != want["clean.bad_gender"] || res.Reasons["import.no_buyer"] != 1 {
			t.Fatalf("%+v %v", res, res.Reasons)
		}
		got := r.lines(`SELECT name, kind, gender, birthday, province, city FROM customers ORDER BY name`)
		if diff := cmp.Diff([]string{"北京某某科技有限公司|company||||", "李雷|person|male|02-29|上海市|上海市", "王芳|person|female|1990-02-28|广东省|深圳市"}, got); diff != "" {
			t.Error(diff)
		}
		if n := r.one(`SELECT count(*) FROM contacts`); n != 7 {
			t.Errorf("%d contacts, want 7", n)
		}
		before := r.stamps()
		if again := in("b.csv", text); again.Accepted != 0 || again.Unchanged != 4 || again.CustomersMatched != 3 {
			t.Errorf("again: %+v", again)
		}
		sameDump(t, before, r.stamps())
		res = in("c.csv", h+"C1,王小芳,,,,,,,,广州,\n")
		if res.Accepted != 1 || res.Counts.CustomersUpdated != 1 {
			t.Errorf("changed: %+v", res)
		}
		if got := r.lines(`SELECT name, gender, city FROM customers WHERE id = 1`); got[0] != "王小芳|female|广州市" {
			t.Errorf("changed customer: %v", got)
		}
		// Orders of another source find their buyers by phone.
		res = r.run(RunInput{Path: r.file("o.csv", header+"A1,X9,王芳,13800000001,2026-01-02,已付款,拿铁,1,30,\n"), Source: "pos"})
		if res.CustomersMatched != 1 || res.CustomersCreated != 0 {
			t.Errorf("an order of a known phone: %+v", res)
		}
	})
}

// TestPlacesOfCustomers: what files say of a place is a division with its code,
// also where an address alone says it, and a later file moves somebody whole.
func TestPlacesOfCustomers(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		h := "会员编号,姓名,省份,城市,区县,详细地址\n"
		in := func(name, text string) Result {
			return r.run(RunInput{Kind: KindCustomers, Path: r.file(name, h+text), Source: "crm"})
		}
		text := "C1,甲,广东,深圳,南山,科技园 1 号\nC2,乙,上海,,浦东新区,\nC3,丙,广东省,东莞市,长安镇,\nC4,丁,,,,浙江省杭州市西湖区文三路 1 号\nC5,戊,,,朝阳区,\nC6,己,江苏,杭州,,\nC7,庚,广东,东莞,,\n"
		in("a.csv", text)
		places := func() []string {
			return r.lines(`SELECT name, province, city, district, region_code FROM customers ORDER BY id`)
		}
		want := []string{
			"甲|广东省|深圳市|南山区|440305", "乙|上海市|上海市|浦东新区|310115", "丙|广东省|东莞市|长安镇|",
			"丁|浙江省|杭州市|西湖区|330106", "戊|||朝阳区|", "己|江苏省|杭州市||", "庚|广东省|东莞市||441900",
		}
		if diff := cmp.Diff(want, places()); diff != "" {
			t.Error(diff)
		}
		before := r.stamps()
		in("b.csv", text)
		sameDump(t, before, r.stamps())
		in("c.csv", "C1,甲,浙江,杭州,,\nC2,乙,上海,上海,,\n")
		want[0] = "甲|浙江省|杭州市||330100"
		if diff := cmp.Diff(want, places()); diff != "" {
			t.Errorf("moved: %s", diff)
		}
	})
}

// TestEducationAndChannel: what forms say of schooling and of how somebody wants
// to be reached becomes the record's own; what cannot be read is told.
func TestEducationAndChannel(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		res := r.run(RunInput{Kind: KindCustomers, Source: "crm", Path: r.file("a.csv", "会员编号,姓名,客户类型,学历,偏好渠道\n"+
			"C1,甲,个人,大学本科,微信\nC2,乙,个人,,邮件\nC3,丙有限公司,企业,硕士,电话\nC4,丁,个人,很高,\nC5,戊,个人,,飞鸽\n")})
		if res.Accepted != 3 || res.Reasons["clean.bad_education"] != 1 || res.Reasons["import.bad_channel"] != 1 {
			t.Fatalf("%+v %v", res, res.Reasons)
		}
		got := r.lines(`SELECT name, education, preferred_channel FROM customers ORDER BY id`)
		if diff := cmp.Diff([]string{"甲|bachelor|wecom", "乙||email", "丙有限公司||phone"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBehaviours(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.s.batch = 3
		in := func(name, text string) Result {
			return r.run(RunInput{Kind: KindBehaviours, Path: r.file(name, text), Source: "app"})
		}
		h := "事件编号,会员编号,行为类型,行为时间,商品编码,类目,评分\n"
		text := h + "E1,M1,浏览,2026-06-01 10:00:00,P1,咖啡,\nE2,M1,加入购物车,2026-06-01 10:01:00,P1,咖啡,\nE3,M1,评价,2026-06-02 10:00:00,P1,咖啡,5\n" +
			"E4,M2,fav,2026-06-02 10:00:00,P2,茶,\nE5,M2,心跳,2026-06-02 10:00:00,P2,茶,\nE6,M2,评价,2026-06-02 10:00:00,P2,茶,6\n" +
			"E7,M2,浏览,,P2,茶,\nE1,M1,浏览,2026-06-01 10:00:05,P1,咖啡,\n"
		res := in("a.csv", text)
		if res.Counts.BehavioursCreated != 4 || res.Accepted != 5 || res.Rejected != 3 || res.CustomersCreated != 2 {
			t.Fatalf("%+v %v", res, res.Reasons)
		}
		got := r.lines(`SELECT external_id, kind, rating FROM behaviours ORDER BY external_id`)
		if diff := cmp.Diff([]string{"E1|1|<nil>", "E2|2|<nil>", "E3|4|5", "E4|3|<nil>"}, got); diff != "" {
			t.Error(diff)
		}
		if n := r.one(`SELECT carts_90 FROM customer_metrics WHERE customer_id = (SELECT customer_id FROM behaviours WHERE external_id = 'E2')`); n != 1 {
			t.Errorf("carts of the figures = %d, want 1", n)
		}
		before := r.stamps()
		if again := in("b.csv", text); again.Accepted != 0 || again.Unchanged != 5 {
			t.Errorf("again: %+v", again)
		}
		sameDump(t, before, r.stamps())
		res = in("c.csv", h+"E3,M1,评价,2026-06-02 10:00:00,P1,咖啡,4\n")
		if res.Counts.BehavioursUpdated != 1 || r.one(`SELECT rating FROM behaviours WHERE external_id = 'E3'`) != 4 {
			t.Errorf("changed: %+v", res.Counts)
		}
		// Without numbers: the same click twice is two clicks, the same file twice none more.
		clicks := "会员编号,行为类型,行为时间,商品编码\nM1,pv,2026-06-03 10:00:00,P1\nM1,pv,2026-06-03 10:00:00,P1\nM2,cart,2026-06-03 10:00:00,P1\n"
		if res = in("d.csv", clicks); res.Counts.BehavioursCreated != 3 || res.Counts.ExactDuplicates != 1 {
			t.Errorf("without numbers: %+v", res.Counts)
		}
		if res = in("d.csv", clicks); res.Unchanged != 3 {
			t.Errorf("without numbers, again: %+v", res)
		}
	})
}

func TestEncodingsAndFormats(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	text := header + "A1,M1,王芳,13800000001,2026年1月2日 10:00:00,交易成功,拿铁（大杯）,1,\"¥1,280.00\",\nA2,M2,龘鬱,１３８０００００００２,2026/1/3,已付款,“引号”,2,12元,\n"
	first := r.orders("a.csv", text)
	if first.Accepted != 2 || first.Counts.NetFen != 129200 {
		t.Fatalf("%+v %v", first, first.Reasons)
	}
	before := r.stamps()
	semicolons := strings.NewReplacer("\"¥1,280.00\"", "¥1280", ",", ";").Replace(text)
	for name, content := range map[string]string{
		"gb18030.csv": gb18030(t, text), "bom.csv": "\ufeff" + text, "crlf.csv": strings.ReplaceAll(text, "\n", "\r\n"),
		"semicolon.csv": semicolons, "tab.csv": strings.ReplaceAll(semicolons, ";", "\t"),
		"book.xlsx": workbook(t, strings.Split(strings.TrimSpace(header), ","),
			[]string{"A1", "M1", "王芳", "13800000001", "2026-01-02 10:00:00", "交易成功", "拿铁（大杯）", "1", "1280"},
			[]string{"A2", "M2", "龘鬱", "13800000002", "2026-01-03", "已付款", "“引号”", "2", "12"}),
		// Captions above the titles.
		"title.csv": "某某店订单导出\n导出时间：2026-07-01\n" + text,
	} {
		if res := r.orders(name, content); res.Unchanged != 2 {
			t.Errorf("%s: %+v %v", name, res, res.Reasons)
		}
	}
	sameDump(t, before, r.stamps())
}

func TestMappingIsRememberedBySourceAndTitles(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	text := "甲,乙,丙,丁\nA1,M1,2026-01-02,10\nA2,M2,2026-01-03,20\n"
	path := r.file("a.csv", text)
	in := RunInput{Kind: KindOrders, Path: path, Source: "odd"}
	if _, err := r.s.Run(r.ctx, in); errs.CodeOf(err) != "import.bad_mapping" {
		t.Fatalf("nothing to guess by: %v", err)
	}
	m, err := ReadMapping(strings.NewReader("columns: {甲: order.id, 乙: buyer.id, 丙: paid_at, 丁: amount}"))
	if err != nil {
		t.Fatal(err)
	}
	in.Mapping = &m
	if res := r.run(in); res.Accepted != 2 {
		t.Fatalf("%+v", res)
	}
	in.Mapping, in.Path = nil, r.file("b.csv", text+"A3,M3,2026-01-04,30\n")
	if res := r.run(in); res.Unchanged != 2 || res.Accepted != 1 {
		t.Errorf("by the remembered mapping: %+v", res)
	}
	in.Source = "another"
	if _, err := r.s.Run(r.ctx, in); errs.CodeOf(err) != "import.bad_mapping" {
		t.Errorf("the mapping of another source was taken: %v", err)
	}
	m.Columns["没有"] = Category
	in.Mapping = &m
	if _, err := r.s.Run(r.ctx, in); errs.CodeOf(err) != "import.missing_columns" {
		t.Errorf("a column that is not there: %v", err)
	}
}

func TestNamesAlone(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	res := r.orders("a.csv", "日期,客户名称,商品名称,数量,金额\n2026-01-02,老王小卖部,可乐,10,30\n2026-01-03,老王小卖部,可乐,10,30\n2026-01-03,小李便利店,可乐,10,30\n")
	if res.CustomersCreated != 2 || res.OrdersCreated != 3 {
		t.Errorf("%+v", res)
	}
}

func TestCompaniesBuy(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	res := r.orders("a.csv", "采购单号,客户编号,企业名称,联系人,联系电话,付款时间,实付金额\n"+
		"Q1,K1,北京某某科技有限公司,王芳,010-88886666,2026-01-02,100\nQ2,K2,上海某某贸易有限公司,李雷,021-66668888-12,2026-01-03,100\n")
	if res.Accepted != 2 {
		t.Fatalf("%+v %v", res, res.Reasons)
	}
	got := r.lines(`SELECT name, kind FROM customers ORDER BY id`)
	if diff := cmp.Diff([]string{"北京某某科技有限公司|company", "上海某某贸易有限公司|company"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestMaskedPhonesOfShops(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	res := r.orders("a.csv", "订单编号,买家昵称,收货人姓名,手机号,付款时间,实付金额\n"+
		"A1,小明,王*,138****0001,2026-01-02,10\nA2,小明,王芳,13800000001,2026-01-03,10\nA3,小明,王*,138****0001,2026-01-04,10\nA4,,王*,138****0001,2026-01-04,10\n")
	if res.Accepted != 3 || res.Reasons["clean.phone_masked"] != 1 {
		t.Fatalf("%+v %v", res, res.Reasons)
	}
	if got := r.lines(`SELECT name FROM customers`); len(got) != 1 || got[0] != "王芳" {
		t.Errorf("a masked name took the place of a name: %v", got)
	}
}

func TestDoesNotWriteOutsideItsFolder(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	r.orders("a.csv", header+"A1,M1,王芳,138,2026-01-02,已付款,拿铁,1,30,\n")
	for _, f := range inDir(t, filepath.Join(r.dir, "files")) {
		if st, err := os.Stat(f); err != nil || st.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others", f)
		}
	}
}
