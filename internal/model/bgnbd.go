package model

import "math"

// BGNBD is the beta-geometric/NBD model of repeat purchases without a contract.
//
// P. S. Fader, B. G. S. Hardie, K. L. Lee, "'Counting Your Customers' the Easy
// Way: An Alternative to the Pareto/NBD Model", Marketing Science 24 (2005),
// 275–284. Its assumptions: while alive, a customer buys at random at the rate
// λ; after every purchase he leaves for good with probability p; λ is Gamma(r,
// α) and p is Beta(a, b) over customers, independent of each other.
//
// What is known of a customer is x, the number of repeat purchases, t_x, the
// time from the first purchase to the last, and T, the time from the first
// purchase to the end of observation. A customer is alive until a purchase, so
// one with x = 0 is alive for certain: the model's own weakness.
type BGNBD struct {
	R     float64 `json:"r"`
	Alpha float64 `json:"alpha"` // a time, in units of the period
	A     float64 `json:"a"`
	B     float64 `json:"b"`
}

// Alive is the probability that a customer has not left at T:
//
//	P(alive | x, t_x, T) = 1 / (1 + δ(x>0) · a/(b+x−1) · ((α+T)/(α+t_x))^(r+x))
//
// (Fader, Hardie, Lee, "Computing P(alive) Using the BG/NBD Model", 2008, 1).
// The power is taken as a logarithm, so that an x of thousands does not
// overflow.
func (m BGNBD) Alive(x int, tx, age float64) float64 {
	if x == 0 {
		return 1
	}
	gone := math.Log(m.A) - math.Log(m.B+float64(x)-1) + (m.R+float64(x))*(math.Log(m.Alpha+age)-math.Log(m.Alpha+tx))
	return 1 / (1 + math.Exp(gone))
}

// New is E[X(t)], the repeat purchases that a customer makes within t of the
// first one (equation 9).
func (m BGNBD) New(t float64) float64 { return expected(m.R, m.Alpha, m.A, m.B, t) }

// Expected is E[Y(t) | x, t_x, T], the purchases of the next t (equation 10):
// those of a customer who is alive, times the probability of that.
func (m BGNBD) Expected(x int, tx, age, t float64) float64 {
	return m.Alive(x, tx, age) * m.IfAlive(x, age, t)
}

// IfAlive is the purchases of the next t of a customer who is alive at T. Then
// λ is Gamma(r+x, α+T) and p is Beta(a, b+x): t_x says nothing more.
func (m BGNBD) IfAlive(x int, age, t float64) float64 {
	return expected(m.R+float64(x), m.Alpha+age, m.A, m.B+float64(x), t)
}

// expected is E[(1−e^(−λpt))/p] for λ ~ Gamma(shape, rate), p ~ Beta(a, b), the
// factor that equations 9 and 10 of the paper write as
//
//	(a+b−1)/(a−1) · [1 − (rate/(rate+t))^shape · ₂F₁(shape, b; a+b−1; t/(rate+t))]
//
// That form divides zero by zero at a = 1, takes the difference of nearly equal
// numbers near it, and its ₂F₁ series cancels or overflows for large x. Here
// the purchases are counted instead: the k+1st is made if a customer that never
// leaves would make more than k, and this one has stayed after each of k:
//
//	Σ_{k≥0} P(N > k) · E[(1−p)^k],   N ~ NegBin(shape, t/(rate+t)),
//	E[(1−p)^k] = (b)_k / (a+b)_k
//
// The two are equal term by term: expanding 1/p·[1 − …] in powers of 1−p gives
// the tails of the negative binomial (Abramowitz, Stegun 15.1.1 and 15.3.3).
// All terms are positive, so nothing cancels. The terms fall in
// the end as (t/(rate+t))^k; the sum ends when what is left is below 10⁻¹⁵ of it.
func expected(shape, rate, a, b, t float64) float64 {
	if !(t > 0) {
		return 0
	}
	u := t / (rate + t)
	logEach := math.Log(u)
	// pmf is P(N = k); while it is too small for a float64 its logarithm is
	// carried, and the tail is 1.
	logPMF := -shape * math.Log1p(t/rate)
	pmf := math.Exp(logPMF)
	tail := -math.Expm1(logPMF)
	small := logPMF < -600
	stays, sum := 1.0, 0.0
	for k := 0.0; k < maxTerms; k++ {
		sum += tail * stays
		ratio := (shape + k) / (k + 1)
		if small {
			logPMF += logEach + math.Log(ratio)
			if logPMF > -600 {
				small, pmf = false, math.Exp(logPMF)
			}
		} else {
			pmf *= u * ratio
		}
		if !small {
			tail -= pmf
		}
		stays *= (b + k) / (a + b + k)
		// From here on P(N = k) falls by this share at least.
		if fall := u * max(1, (shape+k+1)/(k+2)); tail <= 0 || fall < 1 && pmf/(1-fall)/(1-fall)*stays < 1e-15*sum {
			break
		}
	}
	return sum
}

// maxTerms bounds the sum of expected. Behind an age of one unit and a horizon
// of a thousand it takes some ten thousand.
const maxTerms = 20_000_000

// NextWithin is the time from T within which a customer who is alive buys with
// probability q. A customer leaves only after a purchase, so the wait is
// exponential in λ, and over λ ~ Gamma(r+x, α+T) Lomax:
//
//	P(wait > s | alive) = ((α+T)/(α+T+s))^(r+x)
//
// The mean does not exist for r+x ≤ 1; a date is told from the median, q = 0.5.
// q is above 0 and below 1.
func (m BGNBD) NextWithin(x int, age, q float64) float64 {
	return (m.Alpha + age) * math.Expm1(-math.Log1p(-q)/(m.R+float64(x)))
}
