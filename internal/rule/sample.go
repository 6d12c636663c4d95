package rule

import (
	"hash/fnv"
	"strconv"
	"unicode/utf8"

	"zhike/internal/column"
)

// parts is how many parts all customers are drawn into.
const parts = 10_000

// prime is 2^31 − 1: products of two numbers below it stay within 63 bits.
const prime = 1<<31 - 1

// maxSeed bounds a seed, in characters.
const maxSeed = 100

// Draw gives the part, 0 to 9,999, that a customer falls into: a quadratic map
// modulo 2^31−1 between two multiplications (Lehmer; 48271 and 69621 are the
// multipliers of Park, Miller and Stockmeyer, CACM 36/7, 1993). SQL computes
// the same, without shifts and without leaving 63 bits.
func Draw(seed string, id int64) int64 { return draw(seedNumber(seed), id) }

func draw(seed, id int64) int64 {
	i := rest(id)
	x := rest(i*48271 + seed)
	x = rest(x*x + i)
	return rest(x*69621) % parts
}

// rest is x modulo 2^31−1, of x from 0 on: 2^31 is 1, so what is above the lowest
// 31 bits is added to them.
func rest(x int64) int64 {
	x = x&prime + x>>31
	x = x&prime + x>>31
	if x >= prime {
		x -= prime
	}
	return x
}

func seedNumber(seed string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(seed))
	return int64(h.Sum64() % prime)
}

// percent reads a percentage with up to two decimals, more than 0 and up to
// 100, as hundredths.
func percent(text string) (int64, bool) {
	v, err := strconv.ParseFloat(text, 64)
	n := int64(v*100 + 0.5)
	if err != nil || n < 1 || n > parts || float64(n)/100 != v {
		return 0, false
	}
	return n, true
}

func sample(n *Node, path string) (Expr, error) {
	limit, ok := percent(n.Sample.Percent.String())
	if !ok {
		return Expr{}, Bad(path+".sample.percent", "rule.bad_percent")
	}
	if utf8.RuneCountInString(n.Sample.Seed) > maxSeed {
		return Expr{}, Bad(path+".sample.seed", "rule.bad_seed", "max", maxSeed)
	}
	if n.Op != "" || n.Value != nil {
		return Expr{}, Bad(path+".op", "list.bad_filter")
	}
	seed := seedNumber(n.Sample.Seed)
	num := func(v int64) string { return strconv.FormatInt(v, 10) }
	s := num(seed)
	write := func(add Add, id string) {
		p := num(prime)
		x := "(((" + id + " % " + p + ") * 48271 + " + s + ") % " + p + ")"
		add("(((" + x + " * " + x + " + " + id + " % " + p + ") % " + p + ") * 69621 % " + p + " % " + num(parts) + " < " + num(limit) + ")")
	}
	return Expr{Write: write, Mem: column.ByID(func(first int64, of uint64) uint64 { return drawn(seed, limit, first, of) })}, nil
}

// drawn gives those of 64 ids from first on, of of them, that [draw] draws into
// a part below limit. It is the same arithmetic for a million customers: the
// first product grows by its factor from one id to the next, and in between a
// number is left as any that is the same modulo 2^31−1.
func drawn(seed, limit, first int64, of uint64) (out uint64) {
	i := rest(first)
	x := rest(i*48271 + seed)
	for range 64 {
		y := x*x + i          // below 2^62 + 2^31
		y = (y&prime + y>>31) // below 2^32
		z := y * 69621        // below 2^49
		z = z&prime + z>>31   // below 2^31 + 2^18
		if z >= prime {
			z -= prime
		}
		out = out>>1 | uint64(int64(uint32(z)%parts)-limit)&(1<<63)
		if x += 48271; x >= prime {
			x -= prime
		}
		if i++; i == prime {
			i = 0
		}
	}
	return out & of
}
