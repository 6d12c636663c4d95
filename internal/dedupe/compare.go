package dedupe

import "strings"

// view is a record made ready for comparing: its values by field.
type view struct {
	vals [numFields][]value
}

// compare gives the level of every field. For names and address lines that
// agree crosswise better than straight, both fields are Swapped.
func compare(a, b *view) pattern {
	var p pattern
	skip := ignored(a, b)
	for f := Field(0); f < numFields; f++ {
		if skip>>f&1 == 0 && len(a.vals[f]) > 0 && len(b.vals[f]) > 0 {
			p = p.with(f, best(f, a.vals[f], b.vals[f]))
		}
	}
	p = crossed(a, b, p, GivenName, FamilyName)
	p = crossed(a, b, p, AddressLine1, AddressLine2)
	return p
}

// crossed marks f and g as Swapped where a's f is b's g and the other way
// round, or where one of the two is and the straight comparison disagrees.
func crossed(a, b *view, p pattern, f, g Field) pattern {
	if f == GivenName && ignored(a, b)&(1<<GivenName) != 0 {
		return p
	}
	if p.at(f) <= Near && p.at(f) != Missing || p.at(g) <= Near && p.at(g) != Missing {
		return p
	}
	fg, gf := Missing, Missing
	if len(a.vals[f]) > 0 && len(b.vals[g]) > 0 {
		fg = best(f, a.vals[f], b.vals[g])
	}
	if len(a.vals[g]) > 0 && len(b.vals[f]) > 0 {
		gf = best(g, a.vals[g], b.vals[f])
	}
	agree := func(l Level) bool { return l == Exact || l == Close }
	switch {
	case agree(fg) && agree(gf):
		return p.with(f, Swapped).with(g, Swapped)
	case agree(fg) && gf == Missing, agree(gf) && fg == Missing:
		// One value, found under the other name: it counts once.
		return p.with(f, Swapped).with(g, Missing)
	case agree(fg) && gf == Near, agree(gf) && fg == Near:
		return p.with(f, Swapped).with(g, Swapped)
	}
	return p
}

// best is the best level among several values of a field: two phones of which
// one is common are the same phone.
func best(f Field, a, b []value) Level {
	out := Missing
	for i := range a {
		for j := range b {
			l := compareValue(f, &a[i], &b[j])
			if l == Exact {
				return Exact
			}
			if l != Missing && (out == Missing || l < out) {
				out = l
			}
		}
	}
	return out
}

// compareValue is the level of two values of one field.
func compareValue(f Field, a, b *value) Level {
	if a.id == b.id {
		return Exact
	}
	if a.opaque || b.opaque {
		if a.opaque != b.opaque {
			return Missing // a hash and a clear text cannot be compared
		}
		return Differ
	}
	switch f {
	case GivenName, FamilyName:
		return nameLevel(a, b, true)
	case FullName:
		return nameLevel(a, b, false)
	case AddressLine1, AddressLine2:
		return lineLevel(a, b)
	case City:
		return textLevel(a.text, b.text)
	case Region:
		return regionLevel(a.text, b.text)
	case AddressNumber:
		return numberLevel(a.text, b.text, 2, 4)
	case Postcode:
		return numberLevel(a.text, b.text, 3, 4)
	case IDNumber:
		return numberLevel(a.text, b.text, 5, 6)
	case Phone:
		return numberLevel(a.text, b.text, 7, 99)
	case Birthday:
		return birthdayLevel(a.text, b.text)
	case Email:
		return emailLevel(a.text, b.text)
	}
	return Differ // a code is the same or another
}

// textLevel compares words.
func textLevel(a, b string) Level {
	var ba, bb [maxCompare]rune
	x, y := squeezed(&ba, a), squeezed(&bb, b)
	if len(x) == 0 || len(y) == 0 {
		return Differ
	}
	if sameRunes(x, y) {
		return Close
	}
	n := min(len(x), len(y))
	d := edits(x, y, 3)
	jw := jaroWinkler(x, y)
	switch {
	case d == 1 && n >= 4, d == 2 && n >= 8, jw >= 0.94 && n >= 5:
		return Close
	case d <= 2 && n >= 5, d <= 3 && n >= 9, jw >= 0.87 && n >= 4:
		return Near
	case n >= 4 && (contains(x, y) || contains(y, x)):
		return Near
	case jw >= 0.78 && n >= 4:
		return Partial
	}
	return Differ
}

// regionLevel knows short codes, of which a changed letter is still near.
func regionLevel(a, b string) Level {
	var ba, bb [maxCompare]rune
	x, y := squeezed(&ba, a), squeezed(&bb, b)
	if len(x) <= 3 && len(y) <= 3 {
		if edits(x, y, 1) <= 1 {
			return Close
		}
		return Differ
	}
	return textLevel(a, b)
}

// lineLevel compares streets and whole addresses. Two houses of one street
// have the text in common and the numbers not: they are Partial at most.
func lineLevel(a, b *value) Level {
	var ba, bb, da, db [maxCompare]rune
	x, y := squeezed(&ba, a.text), squeezed(&bb, b.text)
	if len(x) == 0 || len(y) == 0 {
		return Differ
	}
	if a.name.sound == b.name.sound || sameRunes(x, y) {
		return Close
	}
	n1, n2 := digitsOf(&da, x), digitsOf(&db, y)
	if !sameRunes(n1, n2) && len(n1) > 0 && len(n2) > 0 && (min(len(n1), len(n2)) <= 3 || edits(n1, n2, 1) > 1) {
		return streetLevel(x, y, a.text, b.text)
	}
	n := min(len(x), len(y))
	d := edits(x, y, 4)
	level := Differ
	switch {
	case d == 1 && n >= 4, d == 2 && n >= 8, d <= 3 && n >= 14:
		level = Close
	case d <= 2 && n >= 5, d <= 4 && n >= 10, n >= 5 && (contains(x, y) || contains(y, x)):
		level = Near
	default:
		wide := han(x[0]) || han(y[0])
		jw := jaroWinkler(x, y)
		switch {
		case jw >= 0.92 && n >= 5:
			level = Near
		case jw >= 0.82 && n >= 4, wide && d <= 2 && n >= 4, commonWord(a.text, b.text):
			level = Partial
		}
	}
	if level == Close && !sameRunes(n1, n2) {
		return Near
	}
	return level
}

// streetLevel compares lines with different numbers: the same street is
// Partial. x and y are overwritten.
func streetLevel(x, y []rune, a, b string) Level {
	x, y = withoutDigits(x), withoutDigits(y)
	if n := min(len(x), len(y)); n >= 3 && (sameRunes(x, y) || n >= 6 && edits(x, y, 1) <= 1) || commonWord(a, b) {
		return Partial
	}
	return Differ
}

func withoutDigits(r []rune) []rune {
	n := 0
	for _, c := range r {
		if c < '0' || c > '9' {
			r[n] = c
			n++
		}
	}
	return r[:n]
}

// commonWord says whether a word of at least five letters stands in both.
func commonWord(a, b string) bool {
	for len(a) > 0 {
		w, rest, _ := strings.Cut(a, " ")
		a = rest
		if len(w) < 5 {
			continue
		}
		for c := b; len(c) > 0; {
			v, more, _ := strings.Cut(c, " ")
			if v == w {
				return !streetWord(w)
			}
			c = more
		}
	}
	return false
}

func streetWord(w string) bool {
	switch w {
	case "street", "place", "crescent", "avenue", "circuit", "drive", "court", "close", "parade", "terrace", "square", "north", "south", "village", "house", "building", "floor", "apartment":
		return true
	}
	return false
}

// numberLevel compares numbers of at least short digits for one slip, and of
// at least long digits for two.
func numberLevel(a, b string, short, long int) Level {
	var ba, bb [maxCompare]rune
	x, y := chars(&ba, a), chars(&bb, b)
	n := min(len(x), len(y))
	if n < short {
		return Differ
	}
	switch d := edits(x, y, 2); {
	case d == 1:
		return Close
	case d == 2 && n >= long:
		return Near
	}
	return Differ
}

// birthdayLevel compares dates: day and month exchanged or one slip is Close,
// two slips are Near, the same year or the same day is Partial.
func birthdayLevel(a, b string) Level {
	var ba, bb [maxCompare]rune
	x, y := chars(&ba, a), chars(&bb, b)
	if len(a) == 8 && len(b) == 8 && a[:4] == b[:4] && a[4:6] == b[6:] && a[6:] == b[4:6] {
		return Close
	}
	d := edits(x, y, 2)
	switch {
	case d == 1 && min(len(x), len(y)) >= 6:
		return Close
	case len(a) == 8 && len(b) == 8 && a[4:] == b[4:]:
		return Near
	case d == 2 && min(len(x), len(y)) >= 6:
		return Partial
	}
	return Differ
}

// emailLevel compares addresses in clear.
func emailLevel(a, b string) Level {
	var ba, bb [maxCompare]rune
	x, y := chars(&ba, a), chars(&bb, b)
	if edits(x, y, 1) <= 1 && min(len(x), len(y)) >= 10 {
		return Close
	}
	la, _, ok1 := strings.Cut(a, "@")
	lb, _, ok2 := strings.Cut(b, "@")
	if ok1 && ok2 && la == lb && len(la) >= 6 {
		return Near
	}
	return Differ
}
