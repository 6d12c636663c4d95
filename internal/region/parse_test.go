package region_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"zhike/internal/region"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in, want, rest string
		min, max       int // of the confidence
	}{
		{"广东省深圳市南山区科技路1号", "广东省/深圳市/南山区", "科技路1号", 100, 100},
		{"广东 深圳 南山区", "广东省/深圳市/南山区", "", 80, 80},
		{"广东省,深圳市,南山区，科技路", "广东省/深圳市/南山区", "科技路", 100, 100},
		{"深圳南山区科技园", "广东省/深圳市/南山区", "科技园", 80, 90},
		{"广东深圳南山科技园", "广东省/深圳市/南山区", "科技园", 60, 75},
		{"518057 中国 广东省深圳市南山区", "广东省/深圳市/南山区", "", 100, 100},
		{"收货地址：中国广东省深圳市南山区１号楼", "广东省/深圳市/南山区", "1号楼", 100, 100},
		{"张三 13800138000 广东省深圳市南山区科技路", "广东省/深圳市/南山区", "张三 13800138000 科技路", 90, 90},
		{"深圳市", "广东省/深圳市/", "", 60, 70},
		{"福建省", "福建省//", "", 40, 40},
		// The same name twice.
		{"吉林省吉林市昌邑区", "吉林省/吉林市/昌邑区", "", 100, 100},
		{"吉林市昌邑区", "吉林省/吉林市/昌邑区", "", 95, 95},
		{"吉林船营区", "吉林省/吉林市/船营区", "", 80, 90},
		{"北京市北京市朝阳区建国路", "北京市/北京市/朝阳区", "建国路", 100, 100},
		{"北京市市辖区朝阳区", "北京市/北京市/朝阳区", "", 100, 100},
		{"长沙县星沙街道", "湖南省/长沙市/长沙县", "星沙街道", 90, 90},
		{"湖南长沙长沙县", "湖南省/长沙市/长沙县", "", 80, 80},
		{"朝阳市双塔区", "辽宁省/朝阳市/双塔区", "", 95, 95},
		{"西安市长安区长安街", "陕西省/西安市/长安区", "长安街", 95, 95},
		{"海南州", "青海省/海南藏族自治州/", "", 60, 70},
		{"海南省海口市龙华区", "海南省/海口市/龙华区", "", 100, 100},
		// Municipalities.
		{"上海浦东新区张江", "上海市/上海市/浦东新区", "张江", 90, 90},
		{"上海市浦东张江路", "上海市/上海市/浦东新区", "张江路", 90, 90},
		{"重庆市县丰都县", "重庆市/重庆市/丰都县", "", 100, 100},
		{"北京", "北京市/北京市/", "", 60, 60},
		// Cities without districts, and places that a province administers itself.
		{"广东省东莞市长安镇", "广东省/东莞市/", "长安镇", 100, 100},
		{"广东省东莞市东莞市长安镇", "广东省/东莞市/", "长安镇", 100, 100},
		{"中山市小榄镇", "广东省/中山市/", "小榄镇", 95, 95},
		{"海南省儋州市那大镇", "海南省/儋州市/", "那大镇", 100, 100},
		{"甘肃省嘉峪关市新华路", "甘肃省/嘉峪关市/", "新华路", 100, 100},
		{"河南省省直辖县级行政区划济源市沁园路", "河南省/济源市/", "沁园路", 100, 100},
		{"湖北省仙桃市仙桃市", "湖北省/仙桃市/", "", 100, 100},
		{"新疆石河子市", "新疆维吾尔自治区/石河子市/", "", 90, 90},
		{"新疆伊犁哈萨克自治州塔城地区沙湾市", "新疆维吾尔自治区/塔城地区/沙湾市", "", 85, 95},
		{"内蒙锡林浩特", "内蒙古自治区/锡林郭勒盟/锡林浩特市", "", 70, 80},
		{"香港中西区皇后大道", "香港特别行政区//中西区", "皇后大道", 90, 90},
		{"澳门大堂区", "澳门特别行政区//大堂区", "", 90, 90},
		{"台湾省台北市信义区", "台湾省/台北市/", "信义区", 100, 100},
		{"昆山市花桥镇", "江苏省/苏州市/昆山市", "花桥镇", 90, 90},
		{"苏州市工业园区星湖街", "江苏省/苏州市/苏州工业园区", "星湖街", 90, 100},
		{"合肥市高新区", "安徽省/合肥市/合肥高新技术产业开发区", "", 90, 100},
		// Streets are no places.
		{"中山路123号", "//", "中山路123号", 0, 0},
		{"南京东路100号", "//", "南京东路100号", 0, 0},
		{"上海南京东路100号", "上海市/上海市/", "南京东路100号", 60, 60},
		{"北京大学", "//", "北京大学", 0, 0},
		{"济南市中区经二路", "山东省/济南市/市中区", "经二路", 85, 85},
		{"江苏镇江京口区", "江苏省/镇江市/京口区", "", 80, 80},
		{"北京门头沟区", "北京市/北京市/门头沟区", "", 90, 90},
		{"青岛市市南区香港中路", "山东省/青岛市/市南区", "香港中路", 95, 95},
		{"东方明珠", "//", "东方明珠", 0, 0},
		{"", "//", "", 0, 0},
		{"São Paulo, Brasil", "//", "São Paulo, Brasil", 0, 0},
	} {
		p := region.Parse(c.in)
		if got := p.Province + "/" + p.City + "/" + p.District; got != c.want || p.Rest != c.rest || p.Confidence < c.min || p.Confidence > c.max || p.Renamed || p.Conflict || p.Ambiguous != nil {
			t.Errorf("%q: %+v; want %s + %q, %d to %d", c.in, p, c.want, c.rest, c.min, c.max)
		}
		if a, b, d := region.Names(p.Code); a != p.Province || b != p.City || d != p.District {
			t.Errorf("%q: code %s is %s %s %s", c.in, p.Code, a, b, d)
		}
	}
}

func TestParseRenamed(t *testing.T) {
	for in, want := range map[string]string{
		"浙江省绍兴县": "浙江省/绍兴市/柯桥区/", "上海市闸北区天目路": "上海市/上海市/静安区/天目路", "重庆市綦江县": "重庆市/重庆市/綦江区/", "安徽省巢湖市庐江县": "安徽省/合肥市/庐江县/", "安徽省巢湖市无为县": "安徽省/芜湖市/无为市/",
		"安徽省安庆市枞阳县": "安徽省/铜陵市/枞阳县/", "湖北省襄樊市襄阳区": "湖北省/襄阳市/襄州区/", "湖北襄樊": "湖北省/襄阳市//", "云南省思茅市翠云区": "云南省/普洱市/思茅区/", "莱芜市钢城区": "山东省/济南市/钢城区/",
		"山东省莱芜市莱城区": "山东省/济南市/莱芜区/", "四川省资阳市简阳市": "四川省/成都市/简阳市/", "扬州市维扬区": "江苏省/扬州市/邗江区/", "北京市崇文区": "北京市/北京市/东城区/", "山东省胶南市": "山东省/青岛市/黄岛区/",
		// Split: the city, and the old name stays in the rest.
		"杭州市江干区凯旋路": "浙江省/杭州市//江干区凯旋路", "江干区凯旋路": "浙江省/杭州市//江干区凯旋路",
	} {
		p := region.Parse(in)
		if got := strings.Join([]string{p.Province, p.City, p.District, p.Rest}, "/"); got != want || !p.Renamed || p.Confidence > 95 {
			t.Errorf("%q: %+v, want %s", in, p, want)
		}
	}
}

func TestParseUnsure(t *testing.T) {
	for _, c := range []struct {
		in, code, rest, ambiguous string
		conflict                  bool
	}{
		{"广东省杭州市西湖区", "440000", "杭州市西湖区", "", true},
		{"江苏省鼓楼区中央路", "320000", "鼓楼区中央路", "320106 320302", false},
		{"朝阳区建国路", "", "朝阳区建国路", "110105 220104", false},
		{"桥西区", "130000", "桥西区", "130104 130703", false},
	} {
		p := region.Parse(c.in)
		if p.Code != c.code || p.Rest != c.rest || strings.Join(p.Ambiguous, " ") != c.ambiguous || p.Conflict != c.conflict || p.Confidence > 30 {
			t.Errorf("%q: %+v", c.in, p)
		}
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct{ p, c, d, want string }{
		{"广东省", "深圳市", "南山区", "440305"}, {"", "深圳", "南山区", "440305"}, {"北京", "北京", "朝阳", "110105"}, {"", "", "浦东新区", "310115"}, {"广东", "东莞", "", "441900"}, {"香港", "香港", "中西区", "810001"},
		{"浙江", "绍兴", "绍兴县", "330603"}, {"上海", "", "", "310100"},
		{"", "", "", ""}, {"广东", "杭州", "", ""}, {"", "", "朝阳区", ""}, {"广东", "深圳", "科技路", ""},
	} {
		p, ok := region.Find(c.p, c.c, c.d)
		if ok != (c.want != "") || ok && p.Code != c.want {
			t.Errorf("%s %s %s: %+v %v", c.p, c.c, c.d, p, ok)
		}
	}
}

// Every division is found by its full path, with and without the levels above
// it being short, and whatever follows stays as it is.
func TestParseFindsAll(t *testing.T) {
	n, short := 0, 0
	var walk func(code string)
	walk = func(code string) {
		for _, r := range region.Children(code) {
			var full, spoken string
			path := region.Path(r.Code)
			for i, x := range path {
				full += x.Name
				if i < len(path)-1 {
					spoken += x.Short
				}
			}
			want := r.Code
			if r.Level == region.Province && strings.HasSuffix(r.Name, "市") {
				want = r.Code[:2] + "0100"
			}
			if p := region.Parse(full + "解放路88号"); p.Code != want || p.Rest != "解放路88号" || p.Renamed || p.Conflict {
				t.Errorf("%s %s: %+v", r.Code, full, p)
			}
			if p := region.Parse(spoken + r.Name + " 88号"); p.Code == want {
				short++
			} else if p.Confidence >= 80 {
				t.Errorf("%s %s is taken for sure as %+v", r.Code, spoken+r.Name, p)
			}
			n++
			walk(r.Code)
		}
	}
	walk("")
	// All but 北京市 and the like, which stand for their one city.
	if n != 3395 || short < n-2 {
		t.Errorf("%d of %d found by short names above", short, n)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"广东省深圳市南山区", "江干区凯旋路", "518057 中国", "重庆市县", "\xff广东", "伊犁州塔城地区", "巢湖市", "   ", "东莞市东莞市", strings.Repeat("吉林", 300), strings.Repeat("新城", 200), strings.Repeat("朝阳市", 130)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := region.Parse(s)
		if p.Confidence < 0 || p.Confidence > 100 || (p.Code == "") != (p.Confidence == 0) || !utf8.ValidString(p.Rest) || len(p.Ambiguous) == 1 || len(p.Ambiguous) > 8 {
			t.Fatalf("%q: %+v", s, p)
		}
		if a, b, d := region.Names(p.Code); a != p.Province || b != p.City || d != p.District {
			t.Fatalf("%q: %+v is %s %s %s", s, p, a, b, d)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	texts := []string{"广东省深圳市南山区科技路1号", "上海浦东新区张江", "朝阳区建国路", "浙江省绍兴县", "中山路123号"}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		region.Parse(texts[n%len(texts)])
		n++
	}
}
