package region

import (
	"strings"
	"unicode/utf8"
)

// match is a form at a place of the text.
type match struct {
	form
	region Region
	end    int
	runes  int
}

// at gives the forms that the text has at a place.
func (t *table) at(s string, from int) []match { return t.formsAt(s, from, true) }

// formsAt is at; deep says to look behind a short name for what is inside it.
// It does so once: 新城新城新城… would have no end of it.
func (t *table) formsAt(s string, from int, deep bool) []match {
	var out []match
	n := 0
	for i := range s[from:] {
		if n >= 2 {
			out = t.named(out, s, from, from+i, n, deep)
		}
		if n++; n > maxForm {
			return out
		}
	}
	if n >= 2 {
		out = t.named(out, s, from, len(s), n, deep)
	}
	return out
}

func (t *table) named(out []match, s string, from, end, runes int, deep bool) []match {
	for _, f := range t.forms[s[from:end]] {
		if f.kind != shortForm || !wordGoesOn(s[end:]) || deep && t.goesOnInside(s, end, f.code) {
			out = append(out, match{f, t.byCode[f.code], end, runes})
		}
	}
	return out
}

// goesOnInside says that what looks like the end of a street's name is the name
// of a division inside: 济南市中区, 江苏镇江.
func (t *table) goesOnInside(s string, from int, code string) bool {
	for _, m := range t.formsAt(s, from, false) {
		inside := m.region.Parent == code || code[2:] == "0000" && m.code[:2] == code[:2]
		if inside && (m.kind == fullForm || m.region.Level == City) {
			return true
		}
	}
	return false
}

// What follows a short name that is only a part of another one: the kind of a
// division, and what streets and houses are called.
var (
	divisionWords = strings.Fields(`市 县 区 州 盟 旗 省 地区 自治 新区`)
	streetWords   = strings.Fields(`路 街 大街 大道 道 巷 弄 里 桥 大桥 门 站 火车站 大厦 广场 镇 乡 村 街道 新村 新城 花园 公园 小区 公寓 苑 大学 学院 中学 小学 医院 酒店 宾馆 饭店 银行 商场`)
)

// wordGoesOn says that a short name is not at its end: 南京东路, 中山二路, 北京大学.
func wordGoesOn(rest string) bool {
	for _, w := range divisionWords {
		if strings.HasPrefix(rest, w) {
			return true
		}
	}
	for range 3 {
		for _, w := range streetWords {
			if strings.HasPrefix(rest, w) {
				return true
			}
		}
		r, n := utf8.DecodeRuneInString(rest)
		if n == 0 || !strings.ContainsRune("东南西北中前后上下内外环一二三四五六七八九十", r) {
			return false
		}
		rest = rest[n:]
	}
	return false
}

// take is the reading after a match; the score says how much of the text it
// explains, and prefers present names to retired ones.
func (st state) take(m match) state {
	st.named++
	st.pos = m.end
	switch {
	case m.kind == shortForm:
		st.score += 2 * m.runes
		st.shorts++
	case m.old != "":
		st.score += 3*m.runes - 1
	default:
		st.score += 3 * m.runes
	}
	st.renamed = st.renamed || m.old != ""
	return st
}

var fillers = []string{"省直辖县级行政区划", "省直辖县级行政单位", "自治区直辖县级行政区划", "自治区直辖县级行政单位", "直辖县级行政区划", "直辖县级行政单位", "省直辖县", "省直辖", "市辖区", "市辖县"}

// past skips separators, fillers and repetitions of a division.
func (t *table) past(s string, at int, code string) int {
	at = skip(s, at)
again:
	for _, f := range fillers {
		if strings.HasPrefix(s[at:], f) {
			at = skip(s, at+len(f))
			goto again
		}
	}
	best := at
	for _, m := range t.at(s, at) {
		// The name of a part that was split off is no repetition.
		again := m.old == "" || m.region.Level == District || strings.HasSuffix(m.old, "00")
		// Nor is a short one, for 吉林 吉林 are two levels; but 香港 has no cities.
		clear := m.kind == fullForm || m.kind == shortForm && code[0] == '8' && m.end < len(s) && s[m.end] == ' '
		if m.code == code && clear && again && m.end > best {
			best = m.end
		}
	}
	if best > at {
		at = skip(s, best)
		goto again
	}
	return at
}

// provinces gives the readings of a province at the place, and none.
func (t *table) provinces(s string, at int) []state {
	out := []state{{pos: at, posP: at, posC: at}}
	for _, m := range t.at(s, at) {
		if m.region.Level != Province {
			continue
		}
		st := out[0].take(m)
		st.prov = m.code
		st.pos = t.past(s, m.end, m.code)
		if m.code == "500000" && strings.HasPrefix(s[st.pos:], "县") { // 重庆市县丰都县, after the code 500200
			st.pos = skip(s, st.pos+len("县"))
		}
		st.posP, st.posC = st.pos, st.pos
		out = append(out, st)
	}
	return out
}

// cities adds the readings of a city to one of a province.
func (t *table) cities(s string, p state) []state {
	out := []state{p}
	for _, m := range t.at(s, p.pos) {
		if p.prov != "" && m.code[:2] != p.prov[:2] || m.kind == zoneForm {
			continue
		}
		retired := strings.HasSuffix(m.old, "00")
		if m.region.Level != City && !(retired && m.region.Level == District) {
			continue
		}
		if m.old != "" && !retired && !m.region.Leaf {
			continue // a district that was split; see districts
		}
		st := p.take(m)
		st.city = m.code
		if m.region.Level == District { // 巢湖市 was a city and is a district
			st.city = m.region.Parent
		}
		if retired {
			st.oldCity = m.old[:4]
		}
		st.pos = t.past(s, m.end, m.code)
		st.posC = st.pos
		if m.region.Level == District {
			alone := st
			alone.dist = m.code
			out = append(out, alone)
			st.open = true
		}
		out = append(out, st)
		if m.code == "654000" { // 伊犁州 has two prefectures below it
			for _, n := range t.at(s, st.pos) {
				if n.code == "654200" || n.code == "654300" {
					inner := st.take(n)
					inner.city = n.code
					inner.pos = t.past(s, n.end, n.code)
					inner.posC = inner.pos
					out = append(out, inner)
				}
			}
		}
	}
	return out
}

// districts adds the readings of a district to one of a city.
func (t *table) districts(s string, c state) []state {
	out := []state{c}
	if c.dist != "" {
		return out
	}
	for _, m := range t.at(s, c.pos) {
		split := m.old != "" && m.region.Level == City && !m.region.Leaf && !strings.HasSuffix(m.old, "00")
		if m.region.Level != District && !split || !c.admits(m, split) {
			continue
		}
		st := c.take(m)
		if split { // the name stays in the rest, for it says more than the city
			st.city, st.pos, st.split = m.code, c.pos, true
		} else {
			st.dist = m.code
			st.city = ""
			if m.region.Parent[2:] != "0000" {
				st.city = m.region.Parent
			}
			st.pos = t.past(s, m.end, m.code)
		}
		out = append(out, st)
	}
	return out
}

// admits says that a district may stand behind what was read: below the city or
// the province, or below it when it had that name.
func (st *state) admits(m match, split bool) bool {
	under := m.region.Parent
	if split {
		under = m.code
	}
	switch {
	case st.city != "":
		return under == st.city || m.old != "" && (m.old[:4] == st.city[:4] || m.old[:4] == st.oldCity) && m.kind == fullForm
	case m.kind == zoneForm:
		return false
	case st.prov != "":
		return m.code[:2] == st.prov[:2]
	}
	return true
}
