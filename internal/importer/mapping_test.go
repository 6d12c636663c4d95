package importer

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

// wanted parts "Paid at=paid_at Email=buyer.email"; titles may hold blanks.
var wanted = regexp.MustCompile(`\s*([^=]+)=(\S+)`)

func TestGuessKnowsTheUsualExports(t *testing.T) {
	cases := []struct {
		name, header, row string
		kind              Kind
		want              string // column=meaning for those that must be right
	}{
		{
			"Taobao", "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,总金额,买家实际支付金额,订单状态,收货人姓名,收货地址,联系电话,联系手机,订单创建时间,订单付款时间,宝贝标题,宝贝种类,宝贝总数量,店铺名称,退款金额",
			"123456789012345678,tb_0001,,88.00,6.00,94.00,94.00,交易成功,张三,浙江省杭州市西湖区文三路1号,,13800000001,2026-01-02 10:00:00,2026-01-02 10:01:00,连衣裙,女装,1,某某旗舰店,0.00",
			KindOrders, "订单编号=order.id 买家会员名=buyer.nickname 买家实际支付金额=amount 买家应付邮费=freight 订单状态=status 收货人姓名=buyer.name 收货地址=address 联系手机=buyer.phone 订单付款时间=paid_at 订单创建时间=ordered_at 宝贝标题=product.name 宝贝总数量=quantity 退款金额=refund_amount",
		},
		{
			"JD", "订单号,下单帐号,下单时间,付款完成时间,订单状态,商品名称,商品ID,订购数量,京东价,应付金额,客户姓名,联系电话,客户地址",
			"2600000001,jd_abc,2026-01-02 10:00:00,2026-01-02 10:02:00,已完成,电饭煲,100012,1,299.00,299.00,李四,13900000001,北京市朝阳区某路",
			KindOrders, "订单号=order.id 下单帐号=buyer.id 付款完成时间=paid_at 下单时间=ordered_at 订单状态=status 商品名称=product.name 商品ID=product.code 订购数量=quantity 应付金额=amount 客户姓名=buyer.name 联系电话=buyer.phone 客户地址=address",
		},
		{
			"Youzan", "订单号,订单状态,买家昵称,收货人/提货人,收货人手机号/提货人手机号,商品名称,商品数量,订单实付金额,买家付款时间,收货人省份,收货人城市",
			"E2026010210000001,交易完成,小明,王五,13700000001,苹果,2,39.80,2026-01-02 10:02:00,广东省,深圳市",
			KindOrders, "订单号=order.id 订单状态=status 买家昵称=buyer.nickname 商品名称=product.name 商品数量=quantity 订单实付金额=amount 买家付款时间=paid_at 收货人省份=province 收货人城市=city",
		},
		{
			"a till", "小票号,门店,会员卡号,交易时间,商品编码,品名,单价,数量,实收金额",
			"20260102-0001,人民广场店,VIP0001,2026/1/2 10:02,690001,牛奶,5.50,2,11.00",
			KindOrders, "小票号=order.id 门店=store 会员卡号=buyer.id 交易时间=paid_at 商品编码=product.code 品名=product.name 单价=unit_price 数量=quantity 实收金额=amount",
		},
		{
			"a till with members", "小票号,门店,会员卡号,会员姓名,会员手机号,会员注册日期,交易时间,实收金额",
			"20260102-0001,人民广场店,VIP0001,王芳,13800000001,2020/5/1,2026/1/2 10:02,11.00",
			KindOrders, "小票号=order.id 会员卡号=buyer.id 会员姓名=buyer.name 会员手机号=buyer.phone 会员注册日期=registered_at 交易时间=paid_at 实收金额=amount",
		},
		{
			"Shopify", "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Total,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing City,Billing Province,Billing Country,Phone,Refunded Amount",
			"#1001,a@example.com,paid,2026-01-02 10:02:00 +0800,CNY,30,5,35,2,Mug,15,MUG-1,Tom Lee,Shanghai,SH,CN,13800000001,0",
			KindOrders, "Name=order.id Email=buyer.email Financial Status=status Paid at=paid_at Lineitem quantity=quantity Lineitem name=product.name Lineitem sku=product.code Billing Name=buyer.name Phone=buyer.phone Refunded Amount=refund_amount",
		},
		{
			"online_retail", "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
			"536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
			KindOrders, "InvoiceNo=order.id StockCode=product.code Description=product.name Quantity=quantity InvoiceDate=paid_at UnitPrice=unit_price CustomerID=buyer.id Country=country",
		},
		{
			"members", "会员编号,姓名,客户类型,性别,手机号,邮箱,出生日期,省份,城市,详细地址,注册时间",
			"SL0001,王芳,个人,女,13800000001,w@example.com,1990-01-02,上海,上海市,某路 1 号,2020-01-01",
			KindCustomers, "会员编号=buyer.id 姓名=buyer.name 客户类型=buyer.kind 性别=buyer.gender 手机号=buyer.phone 邮箱=buyer.email 出生日期=buyer.birthday 省份=province 城市=city 详细地址=address 注册时间=registered_at",
		},
		{
			"behaviour", "事件编号,会员编号,行为类型,行为时间,商品编码,评分",
			"EV1,SL0001,浏览,2026-01-02 10:00:00,P1,",
			KindBehaviours, "事件编号=event.id 会员编号=buyer.id 行为类型=event.kind 行为时间=event.at 商品编码=product.code 评分=rating",
		},
		{
			"titles that say nothing", "A,B,C,D",
			"上海,13800000001,交易成功,2026-01-02 10:00:00",
			KindOrders, "A=province B=buyer.phone C=status D=paid_at",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			header := strings.Split(c.header, ",")
			rows := [][]string{strings.Split(c.row, ","), strings.Split(c.row, ","), strings.Split(c.row, ",")}
			if c.name != "titles that say nothing" {
				if k := GuessKind(header, rows); k != c.kind {
					t.Errorf("kind %s, want %s", k, c.kind)
				}
			}
			g := GuessMapping(header, rows, c.kind)
			for _, w := range wanted.FindAllStringSubmatch(c.want, -1) {
				col, m := w[1], Meaning(w[2])
				got := g.Mapping.Columns[col]
				if got == "" {
					got = Ignore
				}
				if got != m {
					t.Errorf("%s is %s, want %s", col, got, m)
				}
			}
			for _, col := range g.Columns {
				if (col.Confidence == 0) != (col.Meaning == Ignore) || col.Confidence < 0 || col.Confidence > 1 {
					t.Errorf("confidence of %+v", col)
				}
			}
		})
	}
}

func TestMappingAsYAML(t *testing.T) {
	const text = `kind: orders
columns:
  单号: order.id
  会员: buyer.id
  付款: paid_at
  金额: amount
  备注: ignore
rules:
  amount_is: order
  status: {待成团: unpaid}
encoding: gb18030
`
	m, err := ReadMapping(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if m.Columns["会员"] != BuyerID || m.Rules.AmountIs != "order" || m.Rules.Status["待成团"] != "unpaid" || m.Encoding != "gb18030" {
		t.Errorf("%+v", m)
	}
	var b bytes.Buffer
	if err := m.WriteYAML(&b); err != nil {
		t.Fatal(err)
	}
	again, err := ReadMapping(&b)
	if err != nil || cmp.Diff(m, again) != "" {
		t.Errorf("written and read again: %v %s", err, cmp.Diff(m, again))
	}
	bad := []struct{ name, text, code, field string }{
		{"no document", "", "import.mapping_syntax", ""},
		{"two documents", text + "---\nkind: orders\n", "import.mapping_syntax", ""},
		{"an unknown field", text + "colour: red\n", "import.mapping_syntax", ""},
		{"no mapping", "just text", "import.mapping_syntax", ""},
		{"a bomb of aliases", "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\nkind: *d\n", "import.mapping_syntax", ""},
		{"too long", "# " + strings.Repeat("x", maxMappingBytes) + "\n", "import.mapping_too_large", ""},
		{"an unknown kind", "kind: suppliers\ncolumns: {a: order.id}\n", "import.bad_mapping", "import.bad_kind"},
		{"an unknown meaning", strings.Replace(text, "paid_at", "paidat", 1), "import.bad_mapping", "import.bad_meaning"},
		{"a meaning twice", strings.Replace(text, "备注: ignore", "备注: amount", 1), "import.bad_mapping", "import.meaning_twice"},
		{"an unknown choice", strings.Replace(text, "amount_is: order", "amount_is: page", 1), "import.bad_mapping", "import.bad_rule"},
		{"an unknown status", strings.Replace(text, "unpaid", "maybe", 1), "import.bad_mapping", "import.bad_rule"},
		{"nobody who buys", strings.Replace(text, "buyer.id", "buyer.name", 1), "import.bad_mapping", "import.need_buyer"},
		{"no columns", "kind: orders\ncolumns: {}\n", "import.bad_mapping", "import.no_columns"},
	}
	for _, c := range bad {
		_, err := ReadMapping(strings.NewReader(c.text))
		if errs.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
			continue
		}
		if c.field != "" && !slices.ContainsFunc(errs.From(err).Fields, func(f errs.Field) bool { return f.Code == c.field }) {
			t.Errorf("%s: %v, want %s", c.name, err, c.field)
		}
		if s := i18n.ErrorText("en", err); strings.Contains(s, "errors.") || strings.Contains(s, "{{") {
			t.Errorf("%s: no text: %s", c.name, s)
		}
	}
}

func FuzzReadMapping(f *testing.F) {
	f.Add("kind: orders\ncolumns: {a: order.id, b: buyer.id, c: paid_at, d: amount}\nrules: {fill_down: no}\n")
	f.Add("{\"kind\":\"customers\",\"columns\":{\"a\":\"buyer.id\"}}")
	f.Add("columns: &a {x: *a}")
	f.Add("? [a]\n: !!binary aGk=\n--- |\n  x")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ReadMapping(strings.NewReader(text))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := m.WriteYAML(&b); err != nil {
			t.Fatalf("a mapping that was read cannot be written: %v", err)
		}
		again, err := ReadMapping(&b)
		if err != nil {
			t.Fatalf("a mapping that was written cannot be read: %v\n%s", err, b.String())
		}
		if !sameMapping(&m, &again) {
			t.Fatalf("a mapping changes by writing: %s", cmp.Diff(m, again))
		}
	})
}

func TestColumnKeys(t *testing.T) {
	got := ColumnKeys([]string{"\ufeff单号", " 备注 ", "备注", "", "备注"})
	if diff := cmp.Diff([]string{"单号", "备注", "备注#2", "#4", "备注#3"}, got); diff != "" {
		t.Error(diff)
	}
	h := []string{"单号", "金额"}
	if headerHash(h) != headerHash([]string{"单号", " 金额 ", "行号", "列", "值", "原因"}) {
		t.Error("an error file does not have the header of its original")
	}
	if headerHash(h) == headerHash([]string{"单号金额"}) {
		t.Error("two headers have one hash")
	}
}

func TestFoldHeader(t *testing.T) {
	for in, want := range map[string]string{
		"实付金额（元）*": "实付金额", "Order ID": "orderid", "order_id": "orderid", "ＳＫＵ": "sku", "(必填)": "必填", "": "", "收货人/提货人": "收货人提货人",
	} {
		if got := foldHeader(in); got != want {
			t.Errorf("foldHeader(%q) = %q, want %q", in, got, want)
		}
	}
}

// The dictionary says of no title that it means two things of the same kind
// and rank: which one it got would be chance.
func TestDictionaryIsUnambiguous(t *testing.T) {
	for title, ks := range headerIndex {
		for i, a := range ks {
			for _, b := range ks[i+1:] {
				if a.rank == b.rank && slices.Contains(Meanings(KindOrders), a.meaning) && slices.Contains(Meanings(KindOrders), b.meaning) {
					t.Errorf("%s means %s and %s", title, a.meaning, b.meaning)
				}
			}
		}
	}
}

func TestGuessNeverPanicsAndNeverTakesAMeaningTwice(t *testing.T) {
	titles := []string{"订单编号", "手机号", "姓名", "日期", "金额", "实付金额", "数量", "x", "", "备注", "状态", "Name", "行为类型"}
	cells := []string{"", "1", "13800000001", "2026-01-02", "3/4/2026", "¥1,000.00", "交易成功", "浏览", "a@b.cn", "NULL", "1.38E+10", "上海"}
	rapid.Check(t, func(t *rapid.T) {
		header := rapid.SliceOfN(rapid.SampledFrom(titles), 1, 12).Draw(t, "header")
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.SampledFrom(cells), 0, 14), 0, 6).Draw(t, "rows")
		g := GuessMapping(header, rows, rapid.SampledFrom([]Kind{"", KindOrders, KindCustomers, KindBehaviours}).Draw(t, "kind"))
		seen := map[Meaning]bool{}
		for col, m := range g.Mapping.Columns {
			if seen[m] {
				t.Fatalf("%s twice (%s)", m, col)
			}
			seen[m] = true
		}
		_ = g.Mapping.Validate()
	})
}
