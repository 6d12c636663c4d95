package clean

import (
	"testing"
)

func TestGender(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Sex
		code string
	}{
		{"男", Male, ""}, {" 先生 ", Male, ""}, {"M", Male, ""}, {"1", Male, ""}, {"女", Female, ""}, {"Ms.", Female, ""}, {"2", Female, ""}, {"保密", SexUnknown, ""}, {"0", SexUnknown, ""},
		{"", "", "clean.empty"}, {"x", "", "clean.bad_gender"}, {"男女", "", "clean.bad_gender"},
	} {
		got, err := Gender(c.in)
		check(t, "Gender", c.in, got, err, c.want, c.code)
	}
}

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		want OrderStatus
		code string
		in   []string
	}{
		{Unpaid, "", []string{"待付款", "等待买家付款", "未付款", "unpaid", "Pending Payment", "WAIT_BUYER_PAY", "created", "待支付"}},
		{Paid, "", []string{"已付款", "买家已付款，等待卖家发货", "待发货", "未发货", "paid", "Processing", "approved", "invoiced", "WAIT_SELLER_SEND_GOODS", "退款中", "买家申请退款", "退款关闭", "已接单", "待成团", "取消退款"}},
		{Shipped, "", []string{"已发货", "卖家已发货，等待买家确认", "等待买家确认收货", "shipped", "待收货", "运输中", "In Transit", "部分发货"}},
		{Completed, "", []string{"交易成功", "已完成", "已签收", "已确认收货", "completed", "delivered", "TRADE_FINISHED", "待评价", "完成", "finished"}},
		{Cancelled, "", []string{"已取消", "交易关闭", "付款以前，卖家或买家主动关闭交易", "超时未付款，订单关闭", "cancelled", "canceled", "unavailable", "TRADE_CLOSED_BY_TAOBAO", "void", "拒收"}},
		{Refunded, "", []string{"付款以后用户退款成功，交易自动关闭", "退款成功", "已退款", "全额退款", "已退货", "refunded", "TRADE_CLOSED", "Returned", "退货退款"}},
		{PartRefunded, "", []string{"部分退款", "部分退款成功", "交易成功（部分退款）", "partially refunded", "partial_refund"}},
		{0, "clean.bad_status", []string{"很好", "没有申请退款", "1", "new", "open", "?!"}},
		{0, "clean.empty", []string{"", " ", "-", "NULL"}},
	} {
		for _, in := range c.in {
			for range 2 { // the second time from memory
				got, err := Status(in)
				check(t, "Status", in, got, err, c.want, c.code)
			}
		}
	}
}

func TestRegion(t *testing.T) {
	for in, want := range map[string]string{
		"广东": "广东省", "广东省": "广东省", "北京": "北京市", "上海市": "上海市", "广西": "广西壮族自治区", "广西省": "广西壮族自治区", "内蒙古": "内蒙古自治区", "香港": "香港特别行政区", "新疆维吾尔自治区": "新疆维吾尔自治区",
		"São Paulo": "São Paulo", "": "", " 四川 ": "四川省", "火星": "火星", "无": "",
	} {
		got, err := Province(in)
		check(t, "Province", in, got, err, want, "")
	}
	for in, want := range map[string]string{
		"深圳": "深圳市", "深圳市": "深圳市", "北京": "北京市", "恩施": "恩施土家族苗族自治州", "恩施州": "恩施土家族苗族自治州", "大兴安岭": "大兴安岭地区", "山南地区": "山南市", "襄樊市": "襄阳市", "海南": "海南藏族自治州", "吉林": "吉林市", "伦敦": "伦敦", "神农架林区": "神农架林区",
	} {
		got, err := City(in)
		check(t, "City", in, got, err, want, "")
	}
	for _, c := range []struct{ in, province, city, rest string }{
		{"广东省深圳市南山区科技路1号", "广东省", "深圳市", "南山区科技路1号"}, {"广东 深圳 南山区", "广东省", "深圳市", "南山区"}, {"北京市朝阳区建国路", "北京市", "北京市", "朝阳区建国路"}, {"上海市上海市徐汇区", "上海市", "上海市", "徐汇区"},
		{"吉林市昌邑区", "吉林省", "吉林市", "昌邑区"}, {"吉林省长春市", "吉林省", "长春市", ""}, {"深圳市福田区", "广东省", "深圳市", "福田区"}, {"中山路123号", "", "", "中山路123号"}, {"广东省东方路", "广东省", "", "东方路"}, {"", "", "", ""}, {"新疆维吾尔自治区伊犁哈萨克自治州伊宁市", "新疆维吾尔自治区", "伊犁哈萨克自治州", "伊宁市"},
	} {
		p, ct, rest, err := SplitAddress(c.in)
		if p != c.province || ct != c.city || rest != c.rest || err != nil {
			t.Errorf("SplitAddress(%q) = %q %q %q %v", c.in, p, ct, rest, err)
		}
	}
	if got := ProvinceOf("深圳市"); got != "广东省" {
		t.Error(got)
	}
}

func TestCodes(t *testing.T) {
	for _, c := range []struct{ in, want, code string }{
		{"91110000600037341L", "91110000600037341L", ""}, {" 9111 0000 6000 3734 1l ", "91110000600037341L", ""}, {"91110000600037341M", "", "clean.bad_credit_code"}, {"91110000600037314L", "", "clean.bad_credit_code"}, {"9111000060003734IL", "", "clean.bad_credit_code"}, {"911100006000373", "", "clean.bad_credit_code"}, {"", "", "clean.empty"},
	} {
		got, err := UnifiedSocialCreditCode(c.in)
		check(t, "UnifiedSocialCreditCode", c.in, got, err, c.want, c.code)
	}
	for _, c := range []struct{ in, want, code string }{
		{"11010519491231002X", "11010519491231002X", ""}, {"11010519491231002x", "11010519491231002X", ""}, {"110105194912310021", "", "clean.bad_id_number"}, {"11010519491331002X", "", "clean.bad_id_number"}, {"1101051949123100", "", "clean.bad_id_number"}, {"", "", "clean.empty"},
	} {
		got, err := IDNumber(c.in)
		check(t, "IDNumber", c.in, got, err, c.want, c.code)
	}
}

func TestLooksLike(t *testing.T) {
	all := map[string]func(string) bool{
		"phone": LooksLikePhone, "mobile": LooksLikeMobile, "email": LooksLikeEmail, "date": LooksLikeDate, "serial": LooksLikeDateSerial, "money": LooksLikeMoney, "number": LooksLikeNumber, "count": LooksLikeCount,
		"id": LooksLikeID, "status": LooksLikeStatus, "gender": LooksLikeGender, "province": LooksLikeProvince, "city": LooksLikeCity, "address": LooksLikeAddress, "person": LooksLikePersonName, "company": LooksLikeCompany,
	}
	for in, want := range map[string]string{
		"13800138000": "phone mobile number", "138****8000": "phone", "010-88886666": "phone id", "a@b.cn": "email", "2026-09-25": "date", "9/5/2026": "date", "20260925": "date number", "43573.002": "serial money number",
		"22.32": "money number", "¥5": "money", "3": "count number", "536365": "id number", "C536379": "id", "17850.0": "money number count id", "交易成功": "status", "男": "gender", "广东省": "province", "北京": "province city", "深圳市": "city",
		"广东省深圳市南山区": "address", "张三": "person", "欧阳娜娜": "person", "北京某某科技有限公司": "company address", "Acme Ltd.": "company", "viva la vida": "", "": "",
	} {
		for name, f := range all {
			expected := false
			for _, w := range splitWords(want) {
				expected = expected || w == name
			}
			if in == "13800138000" && name == "id" || in == "536365" && name == "phone" {
				continue
			}
			if got := f(in); got != expected {
				t.Errorf("%q looks like %s: %v", in, name, got)
			}
		}
	}
}

func splitWords(s string) (out []string) {
	w := ""
	for _, r := range s + " " {
		if r == ' ' {
			if w != "" {
				out = append(out, w)
			}
			w = ""
			continue
		}
		w += string(r)
	}
	return out
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"男", "交易成功", "广东省深圳市", "91110000600037341L", "11010519491231002X", "张三", "🙂", "吉林"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := Gender(s); err != nil {
			coded(t, s, err)
		}
		if _, err := Status(s); err != nil {
			coded(t, s, err)
		}
		if _, err := UnifiedSocialCreditCode(s); err != nil {
			coded(t, s, err)
		}
		if _, err := IDNumber(s); err != nil {
			coded(t, s, err)
		}
		if p, err := Province(s); err == nil {
			if again, _ := Province(p); again != p {
				t.Fatalf("Province(%q) = %q, again %q", s, p, again)
			}
		}
		if c, err := City(s); err == nil {
			if again, _ := City(c); again != c {
				t.Fatalf("City(%q) = %q, again %q", s, c, again)
			}
		}
		if _, _, _, err := SplitAddress(s); err != nil {
			coded(t, s, err)
		}
		for _, f := range []func(string) bool{LooksLikePhone, LooksLikeEmail, LooksLikeDateSerial, LooksLikeMoney, LooksLikeNumber, LooksLikeCount, LooksLikeID, LooksLikeGender, LooksLikeAddress, LooksLikePersonName, LooksLikeCompany} {
			f(s)
		}
	})
}
