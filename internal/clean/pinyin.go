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
	given   map[rune][]uint16      // all readings in a given name
	words   map[rune][]wordReading // by first character, longest first
}

type wordReading struct {
	word []rune
	read []uint16
}

var pinyinTable = sync.OnceValue(func() *syllables {
	t := &syllables{text: []string{""}, surname: map[rune]uint16{}, given: map[rune][]uint16{}, words: map[rune][]wordReading{}}
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
	for _, entry := range strings.Split(givenReadings, ";") {
		f := strings.Fields(entry)
		r, _ := utf8.DecodeRuneInString(f[0])
		for _, s := range f[1:] {
			t.given[r] = append(t.given[r], id(s))
		}
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

// Pinyin gives the full pinyin of the Han characters of a name without tones or
// blanks, a surname in its own reading (单雄信: shanxiongxin), and Latin letters
// in lower case: what names are sorted by, and one side of comparing them. ""
// where there is nothing to read.
func Pinyin(name string) string {
	s := lower(bounded(fold(name)))
	t := pinyinTable()
	runes := []rune(s)
	var b strings.Builder
	var read [maxSearchRunes]uint16
	for i := 0; i < len(runes); {
		if !isHan(runes[i]) {
			if unicode.IsLetter(runes[i]) || unicode.IsDigit(runes[i]) {
				b.WriteRune(runes[i])
			}
			i++
			continue
		}
		k := t.read(read[:], runes[i:])
		if i == 0 && k == 1 && len(runes) <= 4 {
			if id := t.surname[runes[0]]; id != 0 {
				read[0] = id
			}
		}
		for _, id := range read[:k] {
			b.WriteString(t.text[id])
		}
		i += k
	}
	return b.String()
}
