package dedupe

import "math"

// Two records that are not the same customer may still be no strangers: a
// family has its phone, its home and its surname in common, colleagues their
// office. So a pair is weighed against a third class beside "the same" and
// "strangers", the household: what a household shares speaks for it nearly as
// much as for the same customer, and only what is a person's own (given name,
// birthday, numbers) tells the two apart. Without it, the agreement of phone
// and address would count twice.
//
// Weights.Households says how common it is; that is learned with the rest.

// shared is how much less likely than one customer a household is to agree on
// a field, in bits; fields that are not here are a person's own.
var shared = map[Field]float64{
	Phone: 0.8, Email: 1.5, FamilyName: 0.7,
	AddressNumber: 0.3, AddressLine1: 0.3, AddressLine2: 0.3,
	City: 0.1, Postcode: 0.1, Region: 0.1,
}

var sharedBits = func() (out [numFields]float64) {
	for f := range out {
		out[f] = -1
		if s, ok := shared[Field(f)]; ok {
			out[f] = s
		}
	}
	return out
}()

const surnameBits = 4 // what a surname in common says, within full names

// household is what "the household" takes from the log2 odds of "the same":
// log2(1 + odds of the household against strangers). Never below 0, and never
// growing by more than the bits of an agreement that is added.
func (m *model) household(p pattern, bits *[numFields]float64) float64 {
	if m.householdPrior == 0 {
		return 0
	}
	sum := m.householdPrior + householdBits(p, bits)
	if sum < -10 {
		return 0
	}
	return math.Log2(1 + math.Exp2(sum))
}

// householdBits are the log2 odds of the household against strangers, without
// the prior.
func householdBits(p pattern, bits *[numFields]float64) float64 {
	sum := 0.0
	for f := Field(0); f < numFields; f++ {
		l := p.at(f)
		switch {
		case l == Missing:
		case f == FullName:
			switch {
			case l == Differ:
				sum--
			case l == Partial:
				sum += surnameBits
			default:
				sum += math.Min(math.Max(bits[f], 0), surnameBits)
			}
		case sharedBits[f] < 0 || l == Swapped:
		case bits[f] > 0:
			sum += math.Max(0, bits[f]-sharedBits[f])
		default:
			sum += bits[f] / 2
		}
	}
	return sum
}

// odds are the log2 odds that a pair is the same customer.
func (m *model) odds(p pattern, bits *[numFields]float64) float64 {
	sum := m.prior
	for _, b := range bits {
		sum += b
	}
	return sum - m.household(p, bits)
}
