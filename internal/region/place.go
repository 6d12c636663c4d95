package region

import (
	"slices"
	"strings"
)

// place makes the answer of the best readings.
func (t *table) place(s string, best []state) Place {
	st := best[0]
	p := Place{Renamed: st.renamed}
	if len(best) > 1 {
		var codes []string
		for _, b := range best {
			codes = append(codes, b.code())
		}
		slices.Sort(codes)
		above := common(codes)
		if slices.Contains(codes, above) {
			// 思茅市 is the city, of which 思茅区 is a part.
			st = best[slices.IndexFunc(best, func(b state) bool { return b.code() == above })]
		} else {
			p.Ambiguous = codes[:min(len(codes), 8)]
			st = st.upTo(above)
		}
	}
	if p.Code = st.code(); p.Code == st.prov && municipality(p.Code) {
		p.Code = p.Code[:2] + "0100" // its only city
	}
	p.Province, p.City, p.District = Names(p.Code)
	p.Rest = s[st.pos:]
	p.Conflict = p.Code != "" && p.Ambiguous == nil && t.conflicts(s, st)
	p.Confidence = t.confidence(p, st)
	return p
}

// upTo is the reading without what is below a code: it ends behind the part of
// the text that says so much.
func (st state) upTo(code string) state {
	up := state{posP: st.posP, posC: st.posC, renamed: st.renamed}
	r, _ := ByCode(code)
	switch {
	case r.Level == City:
		up.city = code
		if st.pos = st.posP; st.named > 1 {
			st.pos = st.posC
		}
		up.pos = st.pos
	case r.Level == Province:
		up.prov, up.pos = code, st.posP
	default:
		up.pos = 0
	}
	up.named = st.named - 1
	return up
}

// common is the lowest division that all codes are in, "" for none.
func common(codes []string) string {
	above := Path(codes[0])
	for _, c := range codes[1:] {
		path := Path(c)
		n := 0
		for n < len(above) && n < len(path) && above[n].Code == path[n].Code {
			n++
		}
		above = above[:n]
	}
	if len(above) == 0 {
		return ""
	}
	return above[len(above)-1].Code
}

// conflicts says that the text goes on with another province's city in full.
func (t *table) conflicts(s string, st state) bool {
	if st.dist != "" {
		return false
	}
	code := st.code()
	for _, m := range t.at(s, st.pos) {
		if m.kind == fullForm && m.code[:2] != code[:2] && (m.region.Level == City || m.region.Level == Province) {
			return true
		}
	}
	return false
}

func (t *table) confidence(p Place, st state) int {
	if p.Code == "" {
		return 0
	}
	path := Path(p.Code)
	last := path[len(path)-1]
	c := 100 - 10*st.shorts
	// The city of a municipality is no level that anybody leaves out.
	levels := len(path)
	if p.City == p.Province {
		levels--
	}
	c -= 5 * max(levels-max(st.named, 0), 0)
	if st.renamed {
		c -= 5
	}
	if st.split {
		c -= 25
	}
	switch {
	case last.Leaf, st.split:
	case last.Level == Province && !strings.HasPrefix(last.Code, "8"):
		c -= 60
	default:
		c -= 30
	}
	if p.Conflict || p.Ambiguous != nil {
		c = min(c, 30)
	}
	return max(c, 5)
}

func municipality(code string) bool {
	return len(code) == 6 && strings.Contains("11 12 31 50", code[:2])
}
