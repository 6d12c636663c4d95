package dedupe

import "math"

// order is how the fields of a pair are compared: what is cheap and tells much
// first, the long texts last.
var order = [numFields]Field{
	Code, IDNumber, Phone, Email, Birthday, GivenName, FamilyName, FullName,
	Postcode, Region, AddressNumber, City, AddressLine1, AddressLine2,
}

// judge compares a and b as compare and each do, but gives up as soon as the
// fields that are left cannot lift the sum to need bits: most pairs of a block
// have only its key in common. odds are the log2 odds that the two are the same
// customer, −∞ where it gave up.
func (m *model) judge(a, b *view, r rarity, need float64) (p pattern, bits [numFields]float64, odds float64) {
	// The most that each field can give; equal values are known at once.
	var most [numFields]float64
	var exact [numFields]float64
	sum := m.prior
	skip := ignored(a, b)
	for f := Field(0); f < numFields; f++ {
		if skip>>f&1 == 1 || len(a.vals[f]) == 0 || len(b.vals[f]) == 0 {
			if f != FullName && m.cross[f] {
				most[f] = math.Max(0, m.bits[f][Swapped])
			}
		} else if v := common(a.vals[f], b.vals[f]); v != nil {
			p = p.with(f, Exact)
			exact[f] = math.Max(0, math.Log2(m.m[f][Exact]/math.Max(r(f, v), tiny)))
			most[f] = exact[f]
		} else if a.vals[f][0].opaque && len(a.vals[f]) == 1 {
			p = p.with(f, best(f, a.vals[f], b.vals[f]))
			most[f] = m.bits[f][p.at(f)]
		} else {
			most[f] = m.lift[f]
		}
		sum += most[f]
	}
	if sum < need {
		return p, bits, math.Inf(-1)
	}
	for _, f := range order {
		if p.at(f) != Missing || skip>>f&1 == 1 || len(a.vals[f]) == 0 || len(b.vals[f]) == 0 {
			continue
		}
		l := best(f, a.vals[f], b.vals[f])
		p = p.with(f, l)
		now := m.bits[f][l]
		if m.cross[f] && l > Near {
			now = math.Max(now, m.bits[f][Swapped])
		}
		sum += now - most[f]
		if sum < need {
			return p, bits, math.Inf(-1)
		}
	}
	p = crossed(a, b, p, GivenName, FamilyName)
	p = crossed(a, b, p, AddressLine1, AddressLine2)
	for f := Field(0); f < numFields; f++ {
		switch l := p.at(f); l {
		case Missing:
		case Exact:
			bits[f] = exact[f]
		default:
			bits[f] = m.bits[f][l]
		}
	}
	m.overlap(p, &bits)
	return p, bits, m.odds(p, &bits)
}

// ignored are the name fields that are not compared: given and family name say
// all that the full name says; where one record has only the full name, that
// is what both are compared by.
func ignored(a, b *view) (skip uint16) {
	has := func(f Field) bool { return len(a.vals[f]) > 0 && len(b.vals[f]) > 0 }
	switch {
	case has(GivenName) && has(FamilyName):
		return 1 << FullName
	case has(FullName):
		return 1<<GivenName | 1<<FamilyName
	}
	return 0
}
