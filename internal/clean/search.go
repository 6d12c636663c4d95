package clean

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

const (
	maxSearchRunes = 64 // of a name; what is behind is not searched
	maxPinyinRunes = 24
)

// syllables are the readings of characters without tones: index 0 = none.
type syllables struct {
	text []string
	han  [0x9fff - 0x3400 + 1]uint16 // U+3400 to U+9FFF → index into text
	// surname and words override han: at the first place of a name, and in a word.
	surname map[rune]uint16
	words   map[rune][]wordReading // by first character, longest first
}

type wordReading struct {
	word []rune
	read []uint16
}

var pinyinTable = sync.OnceValue(func() *syllables {
	t := &syllables{text: []string{""}, surname: map[rune]uint16{}, words: map[rune][]wordReading{}}
	known := map[string]uint16{}
	id := func(s string) uint16 {
		n, ok := known[s]
		if !ok {
			n = uint16(len(t.text))
			t.text = append(t.text, s)
			known[s] = n
		}
		return n
	}
	for code, readings := range pinyin.PinyinDict {
		if code < 0x3400 || code > 0x9fff {
			continue
		}
		first, _, _ := strings.Cut(readings, ",")
		if s := toneless(first); s != "" {
			t.han[code-0x3400] = id(s)
		}
	}
	fields := strings.Fields(surnameReadings)
	for i := 0; i+1 < len(fields); i += 2 {
		r, _ := utf8.DecodeRuneInString(fields[i])
		t.surname[r] = id(fields[i+1])
	}
	for _, entry := range strings.Split(wordReadings, ";") {
		f := strings.Fields(entry)
		w := wordReading{word: []rune(f[0])}
		for _, s := range f[1:] {
			w.read = append(w.read, id(s))
		}
		t.words[w.word[0]] = append(t.words[w.word[0]], w)
	}
	return t
})

// toneless takes the tone marks off: "lǜ" is "lv", the way it is typed.
func toneless(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case strings.ContainsRune("āáǎà", r):
			b.WriteByte('a')
		case strings.ContainsRune("ēéěèê", r):
			b.WriteByte('e')
		case strings.ContainsRune("īíǐì", r):
			b.WriteByte('i')
		case strings.ContainsRune("ōóǒò", r):
			b.WriteByte('o')
		case strings.ContainsRune("ūúǔù", r):
			b.WriteByte('u')
		case strings.ContainsRune("üǖǘǚǜ", r):
			b.WriteByte('v')
		case r == 'ń' || r == 'ň' || r == 'ǹ':
			b.WriteByte('n')
		case r == 'ḿ':
			b.WriteByte('m')
		}
	}
	return b.String()
}

func (t *syllables) of(r rune) uint16 {
	if r < 0x3400 || r > 0x9fff {
		return 0
	}
	return t.han[r-0x3400]
}

// FoldSearch gives the terms by which a name is found, without repeats: the
// folded name; every two neighbouring Han characters; full pinyin and initials
// of each run of Han characters; Latin words and numbers in lower case.
// "单雄信" gives 单雄信, 单雄, 雄信, shanxiongxin, sxx, and, for those who do not
// know the surname's reading, danxiongxin, dxx. Terms are for "begins with"
// and for equality; FoldQuery makes the matching side.
func FoldSearch(name string) []string { return AppendSearch(nil, name) }

// AppendSearch is FoldSearch onto dst.
func AppendSearch(dst []string, name string) []string {
	s := lower(bounded(fold(name)))
	from := len(dst)
	dst = addTerm(dst, from, s)
	// Runs of Han characters and words, by byte offsets of s.
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case isHan(r):
			j := i + n
			for j < len(s) {
				c, k := utf8.DecodeRuneInString(s[j:])
				if !isHan(c) {
					break
				}
				j += k
			}
			dst = appendHan(dst, from, s[i:j], i == 0)
			i = j
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			j := i + n
			for j < len(s) {
				c, k := utf8.DecodeRuneInString(s[j:])
				if isHan(c) || !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.Is(unicode.M, c) {
					break
				}
				j += k
			}
			dst = addTerm(dst, from, s[i:j])
			i = j
		default:
			i += n
		}
	}
	return dst
}

func isHan(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r >= 0x3400 && r <= 0x4dbf || r >= 0x20000 && unicode.Is(unicode.Han, r)
}

// appendHan adds the terms of one run of Han characters; first says that the
// name begins with it.
func appendHan(dst []string, from int, run string, first bool) []string {
	var at [maxSearchRunes + 1]int
	var runes [maxSearchRunes]rune
	n := 0
	for i, r := range run {
		at[n], runes[n] = i, r
		n++
	}
	at[n] = len(run)
	if n == 1 {
		dst = addTerm(dst, from, run)
	}
	for i := 0; i+2 <= n; i++ {
		dst = addTerm(dst, from, run[at[i]:at[i+2]])
	}
	t := pinyinTable()
	var read [maxPinyinRunes]uint16
	m := min(n, maxPinyinRunes)
	for i := 0; i < m; {
		i += t.read(read[i:m], runes[i:m])
	}
	// As a surname the first character may be read otherwise; the usual reading
	// is kept beside it. In a known word it is neither.
	usual, asSurname := t.of(runes[0]), uint16(0)
	if first && n <= 4 && read[0] == usual {
		asSurname = t.surname[runes[0]]
	}
	if asSurname != 0 && asSurname != usual {
		read[0] = asSurname
		dst = t.spell(dst, from, read[:m])
		read[0] = usual
	}
	return t.spell(dst, from, read[:m])
}

// read fills the readings of the word at the start of runes, or of one
// character, and says how many it took.
func (t *syllables) read(dst []uint16, runes []rune) int {
	for _, w := range t.words[runes[0]] {
		if len(w.word) <= len(runes) && string(runes[:len(w.word)]) == string(w.word) {
			return copy(dst, w.read)
		}
	}
	dst[0] = t.of(runes[0])
	return 1
}

// spell adds full pinyin and initials. Characters without a reading are left
// out.
func (t *syllables) spell(dst []string, from int, read []uint16) []string {
	var buf [maxPinyinRunes * 7]byte
	b, ini := buf[:0], 0
	for _, id := range read {
		b = append(b, t.text[id]...)
	}
	full := len(b)
	for _, id := range read {
		if id != 0 {
			b = append(b, t.text[id][0])
			ini++
		}
	}
	if full == 0 {
		return dst
	}
	s := string(b)
	dst = addTerm(dst, from, s[:full])
	if ini > 1 {
		dst = addTerm(dst, from, s[full:])
	}
	return dst
}

func addTerm(dst []string, from int, s string) []string {
	if s == "" {
		return dst
	}
	for _, have := range dst[from:] {
		if have == s {
			return dst
		}
	}
	return append(dst, s)
}

// bounded cuts s after maxSearchRunes characters.
func bounded(s string) string {
	if len(s) <= maxSearchRunes {
		return s
	}
	n := 0
	for i := range s {
		if n == maxSearchRunes {
			return s[:i]
		}
		n++
	}
	return s
}

// lower is strings.ToLower, without a look at text that has no case.
func lower(s string) string {
	for _, r := range s {
		if r >= 'A' && r <= 'Z' || r >= 0x80 && r < 0x2e80 {
			return strings.ToLower(s)
		}
	}
	return s
}

// FoldQuery gives the terms of what a person typed into a search box; a name
// is found if, for each of them, one of its terms (see FoldSearch) begins with
// it. Han characters give their pairs, a single one itself; words are folded.
func FoldQuery(q string) []string {
	s := lower(bounded(fold(q)))
	var dst []string
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		j := i + n
		switch {
		case isHan(r):
			prev, pairs := i, 0
			for j < len(s) {
				c, k := utf8.DecodeRuneInString(s[j:])
				if !isHan(c) {
					break
				}
				dst = addTerm(dst, 0, s[prev:j+k])
				prev, j = j, j+k
				pairs++
			}
			if pairs == 0 {
				dst = addTerm(dst, 0, s[i:j])
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			for j < len(s) {
				c, k := utf8.DecodeRuneInString(s[j:])
				if isHan(c) || !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.Is(unicode.M, c) {
					break
				}
				j += k
			}
			dst = addTerm(dst, 0, s[i:j])
		}
		i = j
	}
	return dst
}
