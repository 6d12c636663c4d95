package region

import (
	"strings"
	"unicode/utf8"
)

// form is one way to write a division.
type form struct {
	code string // of the division today
	// old is the retired code, "" for present names.
	old  string
	kind formKind
}

type formKind uint8

const (
	fullForm  formKind = iota // the name, or one with a suffix that is as clear
	shortForm                 // the name without what says its kind
	zoneForm                  // a zone without its city; only behind that city
)

const maxForm = 15 // characters of the longest name

var peoples = strings.Fields(`蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 傣族 黎族 傈僳族 佤族
畲族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族 阿昌族 普米族 塔吉克族 怒族 鄂温克族
保安族 裕固族 独龙族 鄂伦春族 各族 蒙古 哈萨克 维吾尔 柯尔克孜 塔吉克 锡伯`)

// short takes off what says the kind of a division, and the peoples of an
// autonomous one: 恩施 of 恩施土家族苗族自治州. One character is not enough of a
// name: 沧县 stays.
func short(r Region) string {
	s := r.Name
	if r.Zone {
		return s
	}
	for _, suffix := range []string{"特别行政区", "自治区", "自治州", "自治县", "自治旗", "地区", "新区", "林区", "特区", "省", "市", "县", "区", "盟", "旗"} {
		if !strings.HasSuffix(s, suffix) {
			continue
		}
		s = strings.TrimSuffix(s, suffix)
		if strings.HasPrefix(suffix, "自治") || strings.HasSuffix(s, "族") {
			s = withoutPeoples(s)
		}
		break
	}
	if utf8.RuneCountInString(s) < 2 {
		return r.Name
	}
	return s
}

func withoutPeoples(s string) string {
	for {
		t := s
		for _, p := range peoples {
			// 鄂温克族自治旗 has no other name.
			if rest, ok := strings.CutSuffix(t, p); ok && utf8.RuneCountInString(rest) >= 2 {
				t = rest
				break
			}
		}
		if t == s {
			return s
		}
		s = t
	}
}

func (t *table) add(name string, f form) {
	for _, have := range t.forms[name] {
		if have.code == f.code && have.old == f.old {
			return
		}
	}
	t.forms[name] = append(t.forms[name], f)
}

// index fills the forms, the clearest of a division first.
func (t *table) index(codes []string) {
	for _, code := range codes {
		r := t.byCode[code]
		t.add(r.Name, form{code: code})
		switch {
		case r.Zone:
			t.addZone(r)
			continue
		case strings.HasSuffix(r.Name, "自治州"):
			t.add(r.Short+"州", form{code: code})
		case strings.HasSuffix(r.Name, "自治县"):
			t.add(r.Short+"县", form{code: code})
			t.add(r.Short+"自治县", form{code: code})
		case strings.HasSuffix(r.Name, "自治旗"):
			t.add(r.Short+"旗", form{code: code})
		case strings.HasSuffix(r.Name, "自治区"):
			t.add(r.Short+"自治区", form{code: code})
			t.add(r.Short+"省", form{code: code})
		case strings.HasSuffix(r.Name, "族区"), strings.HasSuffix(r.Name, "新区"):
			t.add(r.Short+"区", form{code: code})
		case strings.HasSuffix(r.Name, "特别行政区"):
			t.add(r.Short+"特区", form{code: code})
		}
		if r.Short != r.Name {
			t.add(r.Short, form{code: code, kind: shortForm})
		}
	}
	t.add("内蒙", form{code: "150000", kind: shortForm})
	for _, entries := range t.retired {
		for _, e := range entries {
			if e.name != "" {
				t.add(e.name, form{code: e.to, old: e.code})
				// A city that is no more is still written by its short name: 襄樊.
				if s := short(Region{Name: e.name}); strings.HasSuffix(e.code, "00") && s != e.name {
					t.add(s, form{code: e.to, old: e.code, kind: shortForm})
				}
			}
		}
	}
}

// addZone adds what is left of a zone's name behind the name of its city, and
// how it is called every day: 高新区, 经开区.
func (t *table) addZone(r Region) {
	p := t.byCode[r.Parent]
	rest := r.Name
	for _, front := range []string{p.Name, t.byCode[p.Parent].Short, p.Name, p.Short} {
		rest = strings.TrimPrefix(rest, front)
	}
	if utf8.RuneCountInString(rest) >= 4 && rest != r.Name {
		t.add(rest, form{code: r.Code, kind: zoneForm})
	}
	switch {
	case strings.HasPrefix(rest, "高新技术"):
		t.add("高新区", form{code: r.Code, kind: zoneForm})
	case strings.HasPrefix(rest, "经济"):
		t.add("经开区", form{code: r.Code, kind: zoneForm})
	}
}
