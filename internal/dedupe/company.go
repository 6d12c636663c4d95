package dedupe

import (
	"strings"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"zhike/internal/clean"
)

// legalForms are taken off the end of a company's name, longest first.
var legalForms = []string{
	"集团股份有限公司", "股份有限责任公司", "股份有限公司", "有限责任公司", "集团有限公司", "有限合伙企业", "有限公司", "集团公司",
	"分公司", "总公司", "公司", "集团", "股份",
}

// establishments end a name that is no person's, but say what it is: they stay.
var establishments = []string{"厂", "中心", "学校", "医院", "银行", "酒店", "事务所", "商行", "经营部", "工作室", "研究院", "大学", "商店", "超市", "店", "合作社"}

var latinForms = map[string]bool{
	"ltd": true, "limited": true, "inc": true, "incorporated": true, "corp": true, "corporation": true, "co": true, "company": true,
	"llc": true, "llp": true, "plc": true, "gmbh": true, "ag": true, "sa": true, "bv": true, "pty": true, "kg": true, "srl": true, "holdings": true, "group": true,
}

// companyKeys reads a company's name: what is left without place and legal
// form, and the place. 上海某某贸易有限公司 and 某某贸易(上海)有限公司 have the same of both.
func companyKeys(s string) (nameKeys, bool) {
	var core, place string
	if hasHan(s) {
		squeezed := strings.ReplaceAll(s, " ", "")
		rest, legal := cutLegal(squeezed)
		if !legal && !established(squeezed) {
			return nameKeys{}, false
		}
		core, place = cutPlace(rest)
	} else {
		words := strings.Fields(s)
		n := len(words)
		for n > 1 && latinForms[words[n-1]] {
			n--
		}
		if n == len(words) {
			return nameKeys{}, false
		}
		core = strings.Join(words[:n], "")
	}
	if core == "" {
		return nameKeys{}, false
	}
	k := nameKeys{company: true, core: xxhash.Sum64String(core) | 1}
	k.sound = k.core
	if place != "" {
		k.place = uint32(hashText(place))
	}
	return k, true
}

func cutLegal(s string) (string, bool) {
	found := false
again:
	for _, f := range legalForms {
		if rest, ok := strings.CutSuffix(s, f); ok && rest != "" {
			s, found = rest, true
			goto again
		}
	}
	return s, found
}

func established(s string) bool {
	if utf8.RuneCountInString(s) < 4 {
		return false
	}
	for _, e := range establishments {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}

// cutPlace takes a province or city off either end. plain has taken the
// brackets off before.
func cutPlace(s string) (core, place string) {
	if province, city, rest, err := clean.SplitAddress(s); err == nil && rest != "" && (province != "" || city != "") {
		if utf8.RuneCountInString(rest) >= 2 {
			s = rest
			place = city
			if place == "" {
				place = province
			}
		}
	}
	if place == "" {
		r := []rune(s)
		for n := 4; n >= 2; n-- {
			if len(r) < n+2 {
				continue
			}
			tail := string(r[len(r)-n:])
			if known, ok := knownPlace(tail); ok {
				s, place = string(r[:len(r)-n]), known
				break
			}
		}
	}
	s = strings.TrimLeft(s, "市省")
	return s, strings.TrimSuffix(strings.TrimSuffix(place, "市"), "省")
}

func knownPlace(s string) (string, bool) {
	if clean.LooksLikeCity(s) {
		if c, err := clean.City(s); err == nil {
			return c, true
		}
	}
	if clean.LooksLikeProvince(s) {
		if p, err := clean.Province(s); err == nil {
			return p, true
		}
	}
	return "", false
}

// companyLevel compares names of which at least one is a company's. Companies
// of one name in two places are two, often of one group.
func companyLevel(a, b *value) Level {
	x, y := &a.name, &b.name
	if x.core != 0 && x.core == y.core {
		switch {
		case x.place == y.place:
			return Close
		case x.place == 0 || y.place == 0:
			return Near
		}
		return Partial
	}
	var ba, bb [maxCompare]rune
	r, q := squeezed(&ba, a.text), squeezed(&bb, b.text)
	n := min(len(r), len(q))
	if n == 0 {
		return Differ
	}
	short := 8
	if han(r[0]) && han(q[0]) {
		short = 6
	}
	switch d := edits(r, q, 2); {
	case d <= 1 && n >= short && x.place == y.place:
		return Near
	case d <= 2 && n >= short+2 && x.place == y.place:
		return Partial
	}
	// A short name stands for the whole: 华为 for 华为技术有限公司 says little.
	if n >= 4 && x.company != y.company && (contains(r, q) || contains(q, r)) {
		return Partial
	}
	return Differ
}
