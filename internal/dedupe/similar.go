package dedupe

import "unicode/utf8"

const maxCompare = 64 // characters of a value that are compared

// chars decodes the start of s into buf and gives the used part.
func chars(buf *[maxCompare]rune, s string) []rune {
	n := 0
	for i := 0; i < len(s) && n < maxCompare; n++ {
		if s[i] < utf8.RuneSelf {
			buf[n] = rune(s[i])
			i++
			continue
		}
		r, k := utf8.DecodeRuneInString(s[i:])
		buf[n] = r
		i += k
	}
	return buf[:n]
}

// edits is the optimal string alignment distance of a and b: insertions,
// deletions, exchanges, and transpositions of neighbours (Damerau 1964), or
// limit+1 where it is over limit.
func edits(a, b []rune, limit int) int {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > limit {
		return limit + 1
	}
	if len(a) == 0 {
		return len(b)
	}
	var rows [3][maxCompare + 1]int
	before, last, now := &rows[0], &rows[1], &rows[2]
	for j := 0; j <= len(b); j++ {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		best := i
		for j := 1; j <= len(b); j++ {
			d := last[j-1]
			if a[i-1] != b[j-1] {
				d++
			}
			d = min(d, last[j]+1, now[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			now[j] = d
			best = min(best, d)
		}
		if best > limit {
			return limit + 1
		}
		before, last, now = last, now, before
	}
	return min(last[len(b)], limit+1)
}

// jaroWinkler is the similarity of a and b, 0 to 1 (Winkler 1990): the share of
// common characters, with a bonus for a common beginning.
func jaroWinkler(a, b []rune) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	window := max(len(a), len(b))/2 - 1
	var usedA, usedB uint64
	matches := 0
	for i, r := range a {
		for j := max(0, i-window); j <= min(len(b)-1, i+window); j++ {
			if usedB>>j&1 == 0 && b[j] == r {
				usedA |= 1 << i
				usedB |= 1 << j
				matches++
				break
			}
		}
	}
	if matches == 0 {
		return 0
	}
	half, j := 0, 0
	for i := range a {
		if usedA>>i&1 == 0 {
			continue
		}
		for usedB>>j&1 == 0 {
			j++
		}
		if a[i] != b[j] {
			half++
		}
		j++
	}
	m := float64(matches)
	sim := (m/float64(len(a)) + m/float64(len(b)) + (m-float64(half)/2)/m) / 3
	prefix := 0
	for prefix < min(4, len(a), len(b)) && a[prefix] == b[prefix] {
		prefix++
	}
	return sim + float64(prefix)*0.1*(1-sim)
}

// squeezed is s without blanks, in buf.
func squeezed(buf *[maxCompare]rune, s string) []rune {
	r := chars(buf, s)
	n := 0
	for _, c := range r {
		if c != ' ' {
			buf[n] = c
			n++
		}
	}
	return buf[:n]
}

func sameRunes(a, b []rune) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// contains says whether b stands within a.
func contains(a, b []rune) bool {
	for i := 0; i+len(b) <= len(a); i++ {
		if sameRunes(a[i:i+len(b)], b) {
			return true
		}
	}
	return false
}

// digitsOf are the numbers in r, one blank between two of them, in buf.
func digitsOf(buf *[maxCompare]rune, r []rune) []rune {
	n := 0
	gap := false
	for _, c := range r {
		if c < '0' || c > '9' {
			gap = n > 0
			continue
		}
		if gap && n < maxCompare {
			buf[n] = ' '
			n++
		}
		gap = false
		if n < maxCompare {
			buf[n] = c
			n++
		}
	}
	return buf[:n]
}
