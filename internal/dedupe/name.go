package dedupe

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"zhike/internal/clean"
)

// nameKeys are the hashed readings of a name; 0 = none.
type nameKeys struct {
	sound   uint64 // of the whole; the same for 张三, Zhang San and San Zhang
	core    uint64 // of a company: without place and legal form
	place   uint32 // of a company
	family  uint32 // sound of the family name
	given   uint32 // sound of the given name
	company bool
}

// partKeys reads a given or family name.
func partKeys(s string) nameKeys {
	var k nameKeys
	if hasHan(s) {
		k.sound = soundOf(pinyin(s))
	} else {
		k.sound = soundOf(s)
	}
	k.family = uint32(hashText(soundex(s)))
	k.given = k.family
	return k
}

// fullKeys reads the name of a person or a company.
func fullKeys(s string) nameKeys {
	if c, ok := companyKeys(s); ok {
		return c
	}
	var k nameKeys
	if hasHan(s) {
		s = strings.ReplaceAll(s, " ", "")
		s = withoutHonorific(s)
		k.sound = soundOf(pinyin(s))
		family, given := splitHan(s)
		k.family = uint32(hashText(soundex(family)))
		if given != "" {
			k.given = uint32(hashText(soundex(given)))
		}
		return k
	}
	k.sound = soundOf(s)
	words := strings.Fields(s)
	k.family = uint32(hashText(soundex(words[len(words)-1])))
	if len(words) > 1 {
		k.given = uint32(hashText(soundex(words[0])))
	}
	return k
}

var honorifics = []string{"先生", "女士", "小姐", "太太", "经理", "老师", "总"}

// withoutHonorific takes 先生 and the like off; a name of at least two
// characters stays, except that 王先生 is only a surname.
func withoutHonorific(s string) string {
	for _, h := range honorifics {
		if rest, ok := strings.CutSuffix(s, h); ok && utf8.RuneCountInString(rest) >= 2 {
			return rest
		}
	}
	return s
}

var compounds = func() map[string]bool {
	m := map[string]bool{}
	for _, c := range strings.Fields("欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 申屠 公孙 慕容 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 令狐 呼延 轩辕 拓跋 百里 东郭 西门 南门 纳兰 完颜") {
		m[c] = true
	}
	return m
}()

// splitHan divides a Chinese person's name.
func splitHan(s string) (family, given string) {
	_, n := utf8.DecodeRuneInString(s)
	if n < len(s) {
		_, k := utf8.DecodeRuneInString(s[n:])
		if compounds[s[:n+k]] && len(s) > n+k {
			return s[:n+k], s[n+k:]
		}
	}
	return s[:n], s[n:]
}

// pinyin is the reading of a name without tones, surname readings minded.
func pinyin(s string) string {
	var buf [64]string
	for _, term := range clean.AppendSearch(buf[:0], s) {
		if term[0] < utf8.RuneSelf {
			return term
		}
	}
	return s
}

// soundFolds are the pairs of sounds that much of the country does not tell
// apart (zh/z, ch/c, sh/s, -ng/-n).
var soundFolds = strings.NewReplacer("zh", "z", "ch", "c", "sh", "s", "ang", "an", "eng", "en", "ing", "in")

// soundOf hashes the letters of a reading in sorted order, so that it does not
// matter which name comes first. Too short a reading has no sound.
func soundOf(s string) uint64 {
	s = soundFolds.Replace(s)
	b := []byte(strings.ReplaceAll(s, " ", ""))
	if len(b) < 2 {
		return 0
	}
	if b[0] < utf8.RuneSelf {
		slices.Sort(b)
	}
	return xxhash.Sum64(b) | 1
}

// lineKey is the same for address lines that differ in blanks and in the order
// of their words.
func lineKey(s string) uint64 {
	words := strings.Fields(s)
	if len(words) > 1 {
		slices.Sort(words)
	}
	return xxhash.Sum64String(strings.Join(words, "")) | 1
}

func hashText(s string) uint64 {
	if s == "" {
		return 0
	}
	return xxhash.Sum64String(s) | 1
}

const soundexCode = "01230120022455012623010202" // A to Z; 0 = not coded

// soundex is the code of a word (Russell 1918): its first letter and three
// digits. A word of Han characters has its folded pinyin instead.
func soundex(s string) string {
	if hasHan(s) {
		return soundFolds.Replace(pinyin(s))
	}
	var out [4]byte
	n := 0
	var last byte
	for i := 0; i < len(s) && n < 4; i++ {
		c := s[i]
		if c < 'a' || c > 'z' {
			if c >= utf8.RuneSelf || c >= '0' && c <= '9' {
				if n == 0 {
					return s // another script or a number
				}
			}
			continue
		}
		code := soundexCode[c-'a']
		if n == 0 {
			out[0] = c
			n, last = 1, code
			continue
		}
		if code != '0' && code != last {
			out[n] = code
			n++
		}
		if c != 'h' && c != 'w' {
			last = code
		}
	}
	return string(out[:n])
}

// nameLevel compares two names; part is true for given or family names.
func nameLevel(a, b *value, part bool) Level {
	if a.id == b.id {
		return Exact
	}
	if a.name.company || b.name.company {
		return companyLevel(a, b)
	}
	if a.name.sound != 0 && a.name.sound == b.name.sound {
		return Close
	}
	var ba, bb [maxCompare]rune
	x, y := squeezed(&ba, a.text), squeezed(&bb, b.text)
	if len(x) == 0 || len(y) == 0 {
		return Differ
	}
	if sameRunes(x, y) {
		return Close
	}
	if han(x[0]) || han(y[0]) {
		return hanLevel(x, y, part)
	}
	n := min(len(x), len(y))
	d := edits(x, y, 3)
	jw := jaroWinkler(x, y)
	switch {
	case d == 1 && n >= 3, d == 2 && n >= 7, jw >= 0.94 && n >= 4:
		return Close
	case d <= 2 && n >= 4, d <= 3 && n >= 8, jw >= 0.85 && n >= 3:
		return Near
	case !part:
		return wordsLevel(a.text, b.text)
	case n == 1 && x[0] == y[0], n >= 3 && (contains(x, y) || contains(y, x)):
		return Near
	case d == 1, jw >= 0.75:
		return Partial
	}
	return Differ
}

// hanLevel compares names of Han characters that do not sound the same.
func hanLevel(x, y []rune, part bool) Level {
	n := min(len(x), len(y))
	d := edits(x, y, 2)
	switch {
	case d == 1 && n >= 4:
		return Close
	case d == 1 && n >= 3 && !part:
		return Near
	case d == 2 && n >= 5:
		return Near
	case !part && x[0] == y[0], part && d == 1 && n >= 2:
		return Partial
	}
	return Differ
}

// wordsLevel compares names of several words, in any order and with initials:
// "smith john" and "john a smith" are close, "j smith" and "john smith" near.
func wordsLevel(a, b string) Level {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) < 2 || len(y) > 8 {
		return Differ
	}
	var used uint8
	full, short, alike := 0, 0, 0
	for _, w := range x {
		best, at := 0, -1
		for j, v := range y {
			if used>>j&1 == 1 {
				continue
			}
			s := 0
			switch {
			case w == v && len(w) > 1:
				s = 3
			case wordAlike(w, v):
				s = 2
			case (len(w) == 1 || len(v) == 1) && w[0] == v[0]:
				s = 1
			}
			if s > best {
				best, at = s, j
			}
		}
		if at < 0 {
			continue
		}
		used |= 1 << at
		switch best {
		case 3:
			full++
		case 2:
			alike++
		case 1:
			short++
		}
	}
	switch n := len(x); {
	case full == n, full+alike == n && full > 0:
		return Close
	case full+alike+short == n && full+alike > 0:
		return Near
	case full > 0:
		return Partial
	}
	return Differ
}

func wordAlike(a, b string) bool {
	var ba, bb [maxCompare]rune
	x, y := chars(&ba, a), chars(&bb, b)
	return min(len(x), len(y)) >= 4 && (edits(x, y, 1) <= 1 || jaroWinkler(x, y) >= 0.9)
}
