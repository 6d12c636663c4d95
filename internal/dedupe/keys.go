package dedupe

import "github.com/cespare/xxhash/v2"

// A key divides the records into blocks; only records of one block are
// compared. Its parts are taken one after the other: the blocks of the first
// part that are too large are divided by the second, and so on. A block that
// is still too large after the last part is left out and counted.
//
// keys cover each other's gaps: a pair is missed only where it agrees on no
// key at all.
type blockKey struct {
	name  string
	parts []part
}

// part gives the hashed values of a record; a record without one is in no
// block of the key.
type part func(x *Index, rec uint32, out []uint64) []uint64

var keys = []blockKey{
	{"id_number", []part{entry(IDNumber), initial}},
	{"phone", []part{entry(Phone), nameSound, initial}},
	{"email", []part{entry(Email), nameSound, initial}},
	{"code", []part{entry(Code), nameSound}},
	{"birthday", []part{birthdayKey, entry(City), initial, nameSound}},
	{"name", []part{nameSound, entry(City), yearOfBirth, lineSound}},
	{"name+birth", []part{nameSound, yearOfBirth, monthOfBirth}},
	{"company", []part{companyCore}},
	{"line1", []part{lineSound, entry(AddressNumber), familySound, initial}},
	{"line2", []part{lineSound2, entry(AddressNumber), familySound, entry(Postcode)}},
	{"family", []part{familySound, entry(Postcode), initial, monthOfBirth}},
	{"family+city", []part{familySound, entry(City), initial, yearOfBirth}},
	{"given", []part{givenSound, entry(Postcode), entry(AddressNumber)}},
	{"given+city", []part{givenSound, entry(City), yearOfBirth}},
	{"postcode", []part{entry(Postcode), entry(AddressNumber), initial}},
	{"birth month", []part{birthMonth, initial, entry(City)}},
	{"birth day", []part{birthDay, initial, entry(City)}},
	{"name typo", []part{nameEnds, entry(City), yearOfBirth}},
	{"phone typo", []part{phoneHead, initial}},
	{"phone typo 2", []part{phoneTail, initial}},
	{"id typo", []part{idHead, initial}},
	{"id typo 2", []part{idTail, initial}},
}

func entry(f Field) part {
	return func(x *Index, rec uint32, out []uint64) []uint64 {
		x.entries(rec, f, func(n uint32) { out = append(out, x.dict[f].ids[n-1]) })
		return out
	}
}

// text makes a part of the text of a field's values; fn gives "" for none.
func text(f Field, fn func(s string) string) part {
	return func(x *Index, rec uint32, out []uint64) []uint64 {
		x.entries(rec, f, func(n uint32) {
			if s := x.dict[f].texts[n-1]; s != "" {
				if k := fn(s); k != "" {
					out = append(out, xxhash.Sum64String(k)|1)
				}
			}
		})
		return out
	}
}

// named makes a part of the reading of a field's values.
func named(f Field, fn func(k *nameKeys) uint64) part {
	return func(x *Index, rec uint32, out []uint64) []uint64 {
		x.entries(rec, f, func(n uint32) {
			if k := fn(&x.dict[f].names[n-1]); k != 0 {
				out = append(out, k)
			}
		})
		return out
	}
}

var (
	fullSound = named(FullName, func(k *nameKeys) uint64 { return k.sound })
	fullFam   = named(FullName, func(k *nameKeys) uint64 { return uint64(k.family) })
	fullGiven = named(FullName, func(k *nameKeys) uint64 { return uint64(k.given) })
	famOfPart = named(FamilyName, func(k *nameKeys) uint64 { return uint64(k.family) })
	givOfPart = named(GivenName, func(k *nameKeys) uint64 { return uint64(k.given) })

	companyCore = named(FullName, func(k *nameKeys) uint64 { return k.core })
	lineSound   = named(AddressLine1, func(k *nameKeys) uint64 { return k.sound })
	lineSound2  = named(AddressLine2, func(k *nameKeys) uint64 { return k.sound })

	birthdayKey = text(Birthday, func(s string) string {
		if len(s) != 8 {
			return s
		}
		return s[:4] + min(s[4:6], s[6:]) + max(s[4:6], s[6:])
	})
	yearOfBirth  = text(Birthday, func(s string) string { return head(s, 4) })
	monthOfBirth = text(Birthday, func(s string) string { return tail(s, 4) })
	birthMonth   = text(Birthday, func(s string) string { return head(s, 6) })
	birthDay     = text(Birthday, func(s string) string { return tail(s, 4) })
	phoneHead    = text(Phone, func(s string) string { return head(s, (len(s)+1)/2) })
	phoneTail    = text(Phone, func(s string) string { return tail(s, (len(s)+1)/2) })
	idHead       = text(IDNumber, func(s string) string { return head(s, (len(s)+1)/2) })
	idTail       = text(IDNumber, func(s string) string { return tail(s, (len(s)+1)/2) })
)

func head(s string, n int) string {
	if len(s) < 4 || n > len(s) {
		return ""
	}
	return s[:n]
}

func tail(s string, n int) string {
	if len(s) < 4 || n > len(s) {
		return ""
	}
	return s[len(s)-n:]
}

// nameSound is the sound of the whole name, whichever part comes first.
func nameSound(x *Index, rec uint32, out []uint64) []uint64 {
	from := len(out)
	if out = fullSound(x, rec, out); len(out) > from {
		return out
	}
	g, f := x.first(rec, GivenName), x.first(rec, FamilyName)
	if g == 0 || f == 0 {
		return out
	}
	return append(out, uint64(x.dict[GivenName].names[g-1].given)*uint64(x.dict[FamilyName].names[f-1].family)|1)
}

// familySound is the sound of the family name, also of that in a full name.
func familySound(x *Index, rec uint32, out []uint64) []uint64 {
	from := len(out)
	if out = famOfPart(x, rec, out); len(out) > from {
		return out
	}
	return fullFam(x, rec, out)
}

func givenSound(x *Index, rec uint32, out []uint64) []uint64 {
	from := len(out)
	if out = givOfPart(x, rec, out); len(out) > from {
		return out
	}
	return fullGiven(x, rec, out)
}

// initial is the first letter of the given name, or of what there is.
func initial(x *Index, rec uint32, out []uint64) []uint64 {
	for _, f := range [...]Field{GivenName, FullName, FamilyName} {
		if n := x.first(rec, f); n != 0 {
			for _, r := range x.dict[f].texts[n-1] {
				return append(out, uint64(r)<<1|1)
			}
		}
	}
	return out
}

// nameEnds is the first three and the last two characters of a name without
// blanks: a slip in the middle leaves it.
func nameEnds(x *Index, rec uint32, out []uint64) []uint64 {
	var s string
	if n := x.first(rec, FullName); n != 0 {
		s = x.dict[FullName].texts[n-1]
	} else if g, f := x.first(rec, GivenName), x.first(rec, FamilyName); g != 0 && f != 0 {
		s = x.dict[GivenName].texts[g-1] + x.dict[FamilyName].texts[f-1]
	}
	var buf [maxCompare]rune
	r := squeezed(&buf, s)
	if len(r) < 3 {
		return out
	}
	a, b := 3, 2
	if han(r[0]) {
		a, b = 1, 1
	}
	if len(r) < a+b {
		return out
	}
	return append(out, xxhash.Sum64String(string(r[:a])+" "+string(r[len(r)-b:]))|1)
}
