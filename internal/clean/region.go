package clean

import (
	"strings"
	"sync"

	"zhike/internal/region"
)

// regions are the lookups made of the table of divisions.
type regions struct {
	province   map[string]string // any form → full name
	city       map[string]string // any form → full name
	provinceOf map[string]string // full name of a city → full name of its province
}

var regionIndex = sync.OnceValue(func() *regions {
	r := &regions{map[string]string{}, map[string]string{}, map[string]string{}}
	for _, p := range region.Children("") {
		for _, form := range []string{p.Short, p.Name, p.Short + "省", p.Short + "自治区", p.Short + "特别行政区"} {
			r.province[form] = p.Name
		}
		for _, c := range region.Children(p.Code) {
			// The districts of 香港 are no cities; of Taiwan's counties 连江县 would
			// take the name of the one in 福建.
			if c.Level != region.City || p.Code == "710000" && strings.HasSuffix(c.Name, "县") {
				continue
			}
			for _, form := range []string{c.Short, c.Name, c.Short + "市"} {
				if _, taken := r.city[form]; !taken {
					r.city[form] = c.Name
				}
			}
			if strings.HasSuffix(c.Name, "自治州") {
				r.city[c.Short+"州"] = c.Name
			}
			r.provinceOf[c.Name] = p.Name
		}
	}
	for old, now := range map[string]string{"山南地区": "山南市", "那曲地区": "那曲市", "日喀则地区": "日喀则市", "昌都地区": "昌都市", "林芝地区": "林芝市",
		"吐鲁番地区": "吐鲁番市", "哈密地区": "哈密市", "襄樊": "襄阳市", "襄樊市": "襄阳市", "思茅市": "普洱市", "毕节地区": "毕节市", "铜仁地区": "铜仁市", "海东地区": "海东市"} {
		r.city[old] = now
	}
	// 莱芜市 became a part of 济南 in 2019. It stays a city here, so that the
	// orders of before keep the place they were made for.
	r.city["莱芜"], r.city["莱芜市"], r.provinceOf["莱芜市"] = "莱芜市", "莱芜市", "山东省"
	return r
})

var (
	provinceMemo = newMemo[string]()
	cityMemo     = newMemo[string]()
)

// Province gives the full name of a province ("广东" and "广东省" are "广东省",
// "北京" is "北京市"). Text that names none stays as it is, folded. Error:
// clean.too_long.
func Province(s string) (string, error) { return divisionName(s, provinceMemo, provinceForm) }

// City gives the full name of a city or other division under a province
// ("深圳" is "深圳市", "恩施" is "恩施土家族苗族自治州"), with names that were
// changed since about 2000 as they are now. Text that names none stays as it
// is, folded. Error: clean.too_long.
func City(s string) (string, error) { return divisionName(s, cityMemo, cityForm) }

func divisionName(s string, m *memo[string], form func(string) string) (string, error) {
	if len(s) > 4*maxValue {
		return "", bad("clean.too_long", "max", maxValue)
	}
	s = m.get(s, form)
	if len(s) > maxValue {
		return "", bad("clean.too_long", "max", maxValue)
	}
	return s, nil
}

func provinceForm(s string) string {
	s = fold(s)
	if IsBlank(s) {
		return ""
	}
	if full, ok := regionIndex().province[s]; ok {
		return full
	}
	return s
}

func cityForm(s string) string {
	s = fold(s)
	if IsBlank(s) {
		return ""
	}
	if full, ok := regionIndex().city[s]; ok {
		return full
	}
	return s
}

// ProvinceOf gives the province of a city in the form that City gives, "" for
// one that is not known.
func ProvinceOf(city string) string { return regionIndex().provinceOf[city] }

// SplitAddress takes province and city off the front of an address ("广东省深圳市
// 南山区…", "上海 徐汇区…"); what is not there is "". A city without its province
// gets it. rest is the remainder, folded; [region.Parse] goes on to the district
// and says how sure it is. Error: clean.too_long.
func SplitAddress(s string) (province, city, rest string, err error) {
	rest, err = Text(s)
	if err != nil {
		return "", "", "", err
	}
	r := regionIndex()
	form := longestPrefix(rest, r.province)
	if form != "" && len(form) >= len(longestPrefix(rest, r.city)) { // 吉林市 is no province
		province = r.province[form]
		rest = strings.TrimLeft(rest[len(form):], " -,/")
	}
	if form = longestPrefix(rest, r.city); form != "" {
		c := r.city[form]
		// Without its province a short name may be a street: 中山路.
		if p := r.provinceOf[c]; p == province || province == "" && form == c {
			city, province = c, p
			rest = strings.TrimLeft(rest[len(form):], " -,/")
		}
	}
	if city == "" && r.provinceOf[province] == province {
		city = province // a municipality
	}
	return province, city, rest, nil
}

// longestPrefix finds the longest key of m at the start of s; keys have at
// most twelve characters.
func longestPrefix(s string, m map[string]string) string {
	best, n := "", 0
	for i := range s {
		if n >= 2 {
			if _, ok := m[s[:i]]; ok {
				best = s[:i]
			}
		}
		if n++; n > 12 {
			return best
		}
	}
	if _, ok := m[s]; ok {
		return s
	}
	return best
}
