package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// FoldSearch gives the terms by which a name is found, without repeats: the
// folded name; every two neighbouring Han characters; full pinyin and initials
// of each run of Han characters; Latin words and numbers in lower case.
// "单雄信" gives 单雄信, 单雄, 雄信, shanxiongxin, sxx, and, for those who do not
// know the surname's reading, danxiongxin, dxx; 王乐, whose given name has two
// readings, is wangle and wangyue. Terms are for "begins with"
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
	words := 0 // bits of the places that are read as part of a word
	for i := 0; i < m; {
		k := t.read(read[i:m], runes[i:m])
		if k > 1 {
			words |= (1<<k - 1) << i
		}
		i += k
	}
	// As a surname the first character may be read otherwise; the usual reading
	// is kept beside it. In a known word it is neither.
	usual, asSurname := t.of(runes[0]), uint16(0)
	if first && n <= 4 && read[0] == usual {
		asSurname = t.surname[runes[0]]
	}
	if asSurname != 0 && asSurname != usual {
		read[0] = asSurname
		dst = t.spellGiven(dst, from, runes[:n], read[:m], words)
		read[0] = usual
	}
	if first && n <= 4 {
		return t.spellGiven(dst, from, runes[:n], read[:m], words)
	}
	return t.spell(dst, from, read[:m])
}

// spellGiven is spell for what may be a person's name, at most four characters:
// a given name is spelled by each reading of at most two of its characters. It
// leaves read as it was.
func (t *syllables) spellGiven(dst []string, from int, runes []rune, read []uint16, words int) []string {
	dst = t.spell(dst, from, read)
	var at [2]int
	n := 0
	for i := 1; i < len(runes) && n < len(at); i++ {
		if words>>i&1 == 0 && t.given[runes[i]] != nil {
			at[n] = i
			n++
		}
	}
	// A word at the start is a compound surname or no name at all.
	if n == 0 || words&1 == 0 && !isSurname(runes[0]) || words&1 != 0 && !isCompound(string(runes[:2])) {
		return dst
	}
	first := t.given[runes[at[0]]]
	second := []uint16{0}
	if n > 1 {
		second = t.given[runes[at[1]]]
	}
	usual := [2]uint16{read[at[0]], read[at[1]]}
	for _, a := range first {
		for _, b := range second {
			read[at[0]] = a
			switch {
			case n < 2:
			case runes[at[0]] == runes[at[1]]: // 乐乐 is not read in two ways at once
				read[at[1]] = a
			default:
				read[at[1]] = b
			}
			dst = t.spell(dst, from, read)
		}
	}
	if read[at[0]] = usual[0]; n > 1 {
		read[at[1]] = usual[1]
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
