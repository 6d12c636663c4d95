package region

import (
	_ "embed"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Version is the day for which the table holds. It is kept beside a code, so
// that [Current] can tell later what the code meant.
const Version = "2024-12-31"

// Level is the height of a division in the tree.
type Level int

// The levels. The numbers are stable.
const (
	Province Level = 1
	City     Level = 2
	District Level = 3
)

// Region is one division. Code has six digits. Short is the name as it is
// spoken, 深圳 for 深圳市, and the name itself where nothing can be left out.
// Parent is "" for provinces. Leaf says that nothing stands below it.
type Region struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Short  string `json:"short"`
	Level  Level  `json:"level"`
	Parent string `json:"parent"`
	Leaf   bool   `json:"leaf"`
	Zone   bool   `json:"zone"`
}

var (
	//go:embed data/regions.tsv
	regionsTSV string
	//go:embed data/retired.tsv
	retiredTSV string
)

// retiredEntry is a code that had a name until a year, and who came after.
type retiredEntry struct {
	code, name string
	year       int
	to         string
}

type table struct {
	byCode   map[string]Region
	children map[string][]Region
	retired  map[string][]retiredEntry // by code, oldest first
	forms    map[string][]form
}

var load = sync.OnceValue(func() *table {
	t := &table{byCode: map[string]Region{}, children: map[string][]Region{}, retired: map[string][]retiredEntry{}, forms: map[string][]form{}}
	var codes []string
	for line := range strings.Lines(regionsTSV) {
		code, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		t.byCode[code] = Region{Code: code, Name: name, Zone: zone(code), Leaf: true}
		codes = append(codes, code)
	}
	for _, code := range codes {
		r := t.byCode[code]
		r.Parent = t.parent(code)
		switch {
		case r.Parent == "":
			r.Level = Province
		case t.parent(r.Parent) != "", strings.HasPrefix(code, "81"), strings.HasPrefix(code, "82"):
			r.Level = District
		default:
			r.Level = City
		}
		r.Short = short(r)
		if p, ok := t.byCode[r.Parent]; ok {
			p.Leaf = false
			t.byCode[r.Parent] = p
		}
		t.byCode[code] = r
	}
	for _, code := range codes {
		r := t.byCode[code]
		t.children[r.Parent] = append(t.children[r.Parent], r)
	}
	for _, list := range t.children {
		slices.SortStableFunc(list, func(a, b Region) int {
			if a.Zone != b.Zone {
				if a.Zone {
					return 1
				}
				return -1
			}
			return strings.Compare(a.Code, b.Code)
		})
	}
	for line := range strings.Lines(retiredTSV) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		year, _ := strconv.Atoi(f[2])
		t.retired[f[0]] = append(t.retired[f[0]], retiredEntry{f[0], f[1], year, f[3]})
	}
	t.index(codes)
	return t
})

// zone: 71 to 79 in the last two places are the statistics bureau's zones.
func zone(code string) bool { return code[4] == '7' && code[5] != '0' && code[2:4] != "90" }

// parent of a code: the city it begins with, else the province.
func (t *table) parent(code string) string {
	if code[2:] == "0000" {
		return ""
	}
	city := code[:4] + "00"
	if strings.HasPrefix(code, "5002") {
		city = "500100" // the counties of 重庆
	}
	if _, ok := t.byCode[city]; ok && city != code {
		return city
	}
	return code[:2] + "0000"
}

// ByCode gives the division that has the code now.
func ByCode(code string) (Region, bool) {
	r, ok := load().byCode[code]
	return r, ok
}

// Current gives the division that stands today for a code as it was in force in
// a year: 330621 (绍兴县) of 2010 is 柯桥区, and 410307 was 洛龙区 in 2005 and is
// 偃师区 since 2021. Where a division was split, it is the city. With year 0 the
// present meaning goes first, and of the retired ones the latest. ok is false
// for a code that the table has never had.
func Current(code string, year int) (Region, bool) {
	t := load()
	old := t.retired[code]
	if year > 0 {
		for _, e := range old {
			if year <= e.year {
				return t.byCode[e.to], true
			}
		}
	}
	if r, ok := t.byCode[code]; ok {
		return r, true
	}
	if len(old) == 0 {
		return Region{}, false
	}
	return t.byCode[old[len(old)-1].to], true
}

// Children gives what stands directly below a code, in the order of codes and
// zones last; for "" the provinces. It is empty for leaves and unknown codes.
// The caller may keep and change the result.
func Children(code string) []Region { return slices.Clone(load().children[code]) }

// Path gives the division and those above it, the province first: 广东省, 深圳市,
// 南山区. It is empty for an unknown code.
func Path(code string) []Region {
	t := load()
	var path []Region
	for code != "" {
		r, ok := t.byCode[code]
		if !ok {
			return nil
		}
		path = append(path, r)
		code = r.Parent
	}
	slices.Reverse(path)
	return path
}

// Names gives the full names of a code's province, city and district; those it
// has not are "". The city of a municipality is the municipality.
func Names(code string) (province, city, district string) {
	for _, r := range Path(code) {
		switch r.Level {
		case Province:
			province = r.Name
		case City:
			city = r.Name
		case District:
			district = r.Name
		}
	}
	return province, city, district
}

// Within says that a division is the other or stands below it, by present codes.
func Within(code, above string) bool {
	for _, r := range Path(code) {
		if r.Code == above {
			return true
		}
	}
	return false
}

// Codes gives the codes of a level by name, full and short; names that two
// divisions share are left out. Codes ascending are the official order.
func Codes(level Level) map[string]string {
	out := map[string]string{}
	for code, r := range load().byCode {
		if r.Level != level {
			continue
		}
		for _, name := range slices.Compact([]string{r.Name, r.Short}) {
			if _, taken := out[name]; taken {
				out[name] = ""
			} else {
				out[name] = code
			}
		}
	}
	maps.DeleteFunc(out, func(_, code string) bool { return code == "" })
	return out
}
