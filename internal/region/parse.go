package region

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxText = 1200 // bytes of an address that are looked at
	maxSkip = 24   // characters before the address that are passed over
)

// Place is what an address or a set of names says. Province, City and District
// are full present names, "" where not known; Code is the lowest of them. Rest
// is what follows in the text, folded (NFKC, no control characters).
type Place struct {
	Code     string `json:"code"`
	Province string `json:"province"`
	City     string `json:"city"`
	District string `json:"district"`
	Rest     string `json:"rest"`
	// Confidence is 0 to 100; see Parse.
	Confidence int `json:"confidence"`
	// Renamed: the text has a name or a place that is not in force any more.
	Renamed bool `json:"renamed"`
	// Conflict: a city follows that is not in this province.
	Conflict bool `json:"conflict"`
	// Ambiguous are the codes that the text fits equally well, at most eight.
	Ambiguous []string `json:"ambiguous,omitempty"`
}

// state is one reading of the text so far.
type state struct {
	prov, city, dist string // codes
	oldCity          string // first four digits of a city that is no more
	posP, posC, pos  int    // behind the province, the city and all
	score            int
	shorts           int // names without what says their kind
	named            int // levels that the text names
	renamed, split   bool
	open             bool // the city stands for another one, so a district has to follow
}

func (s *state) code() string {
	switch {
	case s.dist != "":
		return s.dist
	case s.city != "":
		return s.city
	}
	return s.prov
}

// Parse reads province, city and district off the front of an address. It
// copes with levels that are left out (深圳南山区科技路1号), names without their
// 省/市/区, separators, repeated names (吉林省吉林市, 北京市北京市), fillers of
// the standard (市辖区, 省直辖县级行政区划), a postcode, 中国 or "收货地址：" in
// front, and with names of divisions that were renamed or merged since 2002.
// A name that could be a street (南京东路, 中山路) is none.
//
// Confidence begins at 100 and loses 10 for each name without its suffix, 5 for
// each level that had to be inferred, 5 for a retired name and 25 for one that
// was split, 10 for text in front, 30 if the district is missing where the city
// has some and 60 if the city is; a conflict or several equal readings leave 30
// at most. From 80 on a machine may take it as it is. It is 0 where nothing was
// found: then Rest is the whole text.
//
// Any text is allowed; of one with more than 1,200 bytes only that much is
// looked at.
func Parse(text string) Place {
	s, tail := fold(text)
	t := load()
	at := skipLead(s)
	best := t.readings(s, at)
	skipped := false
	if len(best) == 0 {
		best, at = t.scan(s, at)
		skipped = at > 0
	}
	if len(best) == 0 {
		return Place{Rest: s + tail}
	}
	front := ""
	if skipped {
		front = strings.TrimRightFunc(s[:at], separator) + " "
	}
	p := t.place(s, best)
	p.Rest = strings.TrimSpace(front + p.Rest + tail)
	if skipped {
		p.Confidence = max(p.Confidence-10, 5)
	}
	return p
}

// Find gives the place that three names mean, in any of their forms and with
// any of them "": ("", "深圳", "南山区"). ok is false where they name nothing,
// more than one place, contradict each other, or say more than a division.
func Find(province, city, district string) (p Place, ok bool) {
	key := [...]string{province, city, district}
	if p, ok = found.get(key); ok {
		return p, true
	}
	p = Parse(strings.Join(key[:], " "))
	if ok = p.Code != "" && p.Rest == "" && !p.Conflict && len(p.Ambiguous) == 0; ok {
		found.put(key, p)
	}
	return p, ok
}

// found keeps what names meant: the customers of a company come from few
// places, and reading one takes longer than all else that is checked of a row.
var found places

// maxPlaces bounds the places that are kept; there are some 3,000 districts.
const maxPlaces = 4096

type places struct {
	mu   sync.RWMutex
	kept map[[3]string]Place
}

func (c *places) get(key [3]string) (Place, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	p, ok := c.kept[key]
	return p, ok
}

func (c *places) put(key [3]string, p Place) {
	const long = 64 // bytes; nothing that is a name, only Parse's patience
	if len(key[0]) > long || len(key[1]) > long || len(key[2]) > long {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil || len(c.kept) >= maxPlaces {
		c.kept = map[[3]string]Place{}
	}
	for i := range key {
		key[i] = strings.Clone(key[i]) // it may be a piece of a whole request
	}
	c.kept[key] = p
}

// fold brings text to one form; tail is what is too long to look at.
func fold(text string) (s, tail string) {
	text = strings.ToValidUTF8(text, "")
	if len(text) > maxText {
		n := maxText
		for !utf8.RuneStart(text[n]) {
			n--
		}
		text, tail = text[:n], text[n:]
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, norm.NFKC.String(text))
	return strings.TrimSpace(s), tail
}

func separator(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(",，、/\\|-_·.。;；>→", r)
}

func skip(s string, at int) int {
	for at < len(s) {
		r, n := utf8.DecodeRuneInString(s[at:])
		if !separator(r) {
			break
		}
		at += n
	}
	return at
}

var leads = []string{"中华人民共和国", "中国", "收货地址", "收件地址", "联系地址", "注册地址", "办公地址", "公司地址", "家庭地址", "通讯地址", "通信地址", "邮寄地址", "详细地址", "地址", "家庭住址", "住址", "住所", "户籍"}

// skipLead passes a label, the country and a postcode.
func skipLead(s string) int {
	at := skip(s, 0)
	for range 4 {
		from := at
		for _, l := range leads {
			if strings.HasPrefix(s[at:], l) {
				at += len(l)
				break
			}
		}
		if n := digitsAt(s[at:]); n == 6 {
			at += n
		}
		for at < len(s) && (s[at] == ':' || strings.HasPrefix(s[at:], "：")) {
			_, n := utf8.DecodeRuneInString(s[at:])
			at += n
		}
		if at = skip(s, at); at == from {
			break
		}
	}
	return at
}

func digitsAt(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// scan looks for an address behind other text, such as a name and a phone: it
// begins with a province in full, or has two levels.
func (t *table) scan(s string, at int) ([]state, int) {
	for range maxSkip {
		if at >= len(s) {
			break
		}
		_, n := utf8.DecodeRuneInString(s[at:])
		at += n
		best := t.readings(s, at)
		if len(best) > 0 && best[0].shorts == 0 && (best[0].named > 1 || best[0].prov != "") {
			return best, at
		}
	}
	return nil, 0
}

// readings gives the best readings of the text from at on: those of the highest
// score, one for each code.
func (t *table) readings(s string, at int) []state {
	var all []state
	for _, p := range t.provinces(s, at) {
		for _, c := range t.cities(s, p) {
			all = append(all, t.districts(s, c)...)
		}
	}
	best := all[:0:0]
	for _, x := range all {
		if x.code() == "" || x.open && x.dist == "" || x.named == 1 && x.shorts == 1 && !t.aloneIsClear(s, at, x) {
			continue
		}
		switch {
		case len(best) > 0 && x.score < best[0].score:
			continue
		case len(best) > 0 && x.score > best[0].score:
			best = best[:0]
		}
		if !slices.ContainsFunc(best, func(b state) bool { return b.code() == x.code() }) {
			best = append(best, x)
		}
	}
	return best
}

// aloneIsClear: a single name without its suffix is one if nothing follows or
// a separator does; in front of other text only a province or a city is, for
// 东方 and 和平 are words.
func (t *table) aloneIsClear(s string, at int, x state) bool {
	if x.pos >= len(s) {
		return true
	}
	if prev, _ := utf8.DecodeLastRuneInString(s[at:x.pos]); separator(prev) {
		return true
	}
	return x.dist == "" && strings.HasSuffix(x.code(), "00")
}
