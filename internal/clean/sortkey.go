package clean

import (
	"strings"
	"unicode/utf8"
)

// maxSortKey bounds a sort key, in bytes: what is behind sorts nobody.
const maxSortKey = 64

// SortKey gives the form by which names are sorted: Han characters as pinyin
// without tones, surname readings right, with a blank between syllables so
// that 西安 (xi an) stands before 先 (xian); everything else in lower case.
// Names that begin otherwise than with a letter or Han come first.
func SortKey(name string) string {
	runes := []rune(lower(name))
	var b strings.Builder
	var read [8]uint16
	var t *syllables
	for i := 0; i < len(runes) && b.Len() < maxSortKey; {
		r := runes[i]
		if !isHan(r) {
			b.WriteRune(r)
			i++
			continue
		}
		if t == nil {
			t = pinyinTable()
		}
		n := 1
		if s, ok := t.surname[r]; ok && i == 0 {
			read[0] = s
		} else {
			n = t.read(read[:], runes[i:])
		}
		for _, s := range read[:n] {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			if t.text[s] == "" {
				b.WriteRune(r)
				continue
			}
			b.WriteString(t.text[s])
		}
		i += n
	}
	key := b.String()
	for len(key) > maxSortKey {
		_, n := utf8.DecodeLastRuneInString(key)
		key = key[:len(key)-n]
	}
	return key
}
