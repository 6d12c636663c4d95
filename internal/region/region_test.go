package region_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"zhike/internal/region"
)

func codes(list []region.Region) (out []string) {
	for _, r := range list {
		out = append(out, r.Code)
	}
	return out
}

// The tree as a whole: every division has its parent a level up, every path
// leads to a province, and nothing is lost between Children and ByCode.
func TestTree(t *testing.T) {
	counts := map[region.Level]int{}
	zones := 0
	var walk func(code string, level region.Level)
	walk = func(code string, level region.Level) {
		list := region.Children(code)
		if r, ok := region.ByCode(code); code != "" && (!ok || r.Leaf != (len(list) == 0)) {
			t.Errorf("%s: leaf %v with %d below", code, r.Leaf, len(list))
		}
		for i, r := range list {
			counts[r.Level]++
			if r.Zone {
				zones++
			}
			if r.Level < level || r.Parent != code || len(r.Code) != 6 || r.Name == "" || utf8.RuneCountInString(r.Short) < 2 || !strings.HasPrefix(r.Name, r.Short) {
				t.Errorf("below %s: %+v", code, r)
			}
			if i > 0 && !r.Zone && list[i-1].Code >= r.Code {
				t.Errorf("below %s: %s after %s", code, r.Code, list[i-1].Code)
			}
			path := region.Path(r.Code)
			if len(path) == 0 || path[0].Level != region.Province || path[len(path)-1].Code != r.Code {
				t.Errorf("path of %s: %v", r.Code, path)
			}
			walk(r.Code, r.Level+1)
		}
	}
	walk("", region.Province)
	if counts[region.Province] != 34 || counts[region.City] != 391 || counts[region.District] != 2970 || zones < 100 {
		t.Errorf("%v, %d zones", counts, zones)
	}
	names := map[string]string{}
	for _, p := range region.Children("") {
		names[p.Code] = p.Name
	}
	if names["110000"] != "北京市" || names["650000"] != "新疆维吾尔自治区" || names["710000"] != "台湾省" || names["810000"] != "香港特别行政区" {
		t.Error(names)
	}
}

func TestShapes(t *testing.T) {
	for code, want := range map[string][3]string{
		"440305": {"广东省", "深圳市", "南山区"}, "110105": {"北京市", "北京市", "朝阳区"}, "500229": {"重庆市", "重庆市", "城口县"}, "441900": {"广东省", "东莞市", ""}, "442000": {"广东省", "中山市", ""},
		"460400": {"海南省", "儋州市", ""}, "620200": {"甘肃省", "嘉峪关市", ""}, "419001": {"河南省", "济源市", ""}, "429021": {"湖北省", "神农架林区", ""}, "659001": {"新疆维吾尔自治区", "石河子市", ""},
		"810001": {"香港特别行政区", "", "中西区"}, "820004": {"澳门特别行政区", "", "大堂区"}, "710100": {"台湾省", "台北市", ""}, "653229": {"新疆维吾尔自治区", "和田地区", "和安县"}, "": {}, "999999": {},
	} {
		p, c, d := region.Names(code)
		if got := [3]string{p, c, d}; got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
	for _, code := range []string{"441900", "442000", "460400", "620200", "419001", "710100"} {
		if r, _ := region.ByCode(code); !r.Leaf || r.Level != region.City {
			t.Errorf("%+v", r)
		}
	}
	if got := codes(region.Children("110000")); !slices.Equal(got, []string{"110100"}) {
		t.Error(got)
	}
	suzhou := region.Children("320500")
	if last := suzhou[len(suzhou)-1]; last.Code != "320576" || !last.Zone {
		t.Errorf("zones stand last: %+v", last)
	}
	for code, want := range map[string]string{"422800": "恩施", "540000": "西藏", "451000": "百色", "130921": "沧县", "150724": "鄂温克族", "310115": "浦东", "150622": "准格尔", "810000": "香港", "632500": "海南", "513300": "甘孜"} {
		if r, _ := region.ByCode(code); r.Short != want {
			t.Errorf("%s is short %q, want %q", r.Name, r.Short, want)
		}
	}
	if !region.Within("440305", "440000") || !region.Within("440305", "440305") || region.Within("440000", "440305") || region.Within("440305", "330000") {
		t.Error("Within")
	}
	list := region.Children("")
	list[0].Name = "x"
	if region.Children("")[0].Name == "x" {
		t.Error("a caller can change the table")
	}
}

func TestCurrent(t *testing.T) {
	for _, c := range []struct {
		code string
		year int
		want string // "" = not known
	}{
		{"440305", 0, "南山区"}, {"440305", 2005, "南山区"}, {"330621", 2010, "柯桥区"}, {"330621", 0, "柯桥区"}, {"310108", 2014, "静安区"}, {"330104", 2019, "杭州市"},
		// A code that was given again: what it meant depends on the year.
		{"410307", 2005, "洛龙区"}, {"410307", 2023, "偃师区"}, {"410307", 0, "偃师区"},
		{"420600", 2005, "襄阳市"}, {"341400", 2009, "巢湖市"}, {"500200", 2020, "重庆市"}, {"429000", 0, "湖北省"}, {"139001", 2004, "定州市"}, {"000000", 0, ""}, {"", 0, ""},
	} {
		r, ok := region.Current(c.code, c.year)
		if ok != (c.want != "") || r.Name != c.want {
			t.Errorf("%s of %d: %s %v, want %s", c.code, c.year, r.Name, ok, c.want)
		}
	}
}

// TestCodesByName: the names of a level lead to its divisions, in full and as
// they are spoken, and codes are the official order.
func TestCodesByName(t *testing.T) {
	for level, want := range map[region.Level]map[string]string{
		region.Province: {"北京市": "110000", "北京": "110000", "内蒙古自治区": "150000", "内蒙古": "150000", "澳门特别行政区": "820000", "杭州市": ""},
		region.City:     {"北京市": "110100", "石家庄": "130100", "杭州市": "330100", "重庆市": "500100", "仙桃市": "429004", "浙江省": "", "西湖区": ""},
	} {
		codes := region.Codes(level)
		for name, code := range want {
			if codes[name] != code {
				t.Errorf("%s is %q, want %q", name, codes[name], code)
			}
		}
		n := 0
		for name, code := range codes {
			r, ok := region.ByCode(code)
			if !ok || r.Level != level || name != r.Name && name != r.Short {
				t.Errorf("%s leads to %+v", name, r)
			}
			if ok && name == r.Name {
				n++
			}
		}
		all := 0
		for _, p := range region.Children("") {
			if level == region.Province {
				all++
			}
			for _, c := range region.Children(p.Code) {
				if level == region.City && c.Level == level {
					all++
				}
			}
		}
		if n != all {
			t.Errorf("level %d: %d of %d divisions are found by their names", level, n, all)
		}
	}
}
