package column

import (
	"crypto/sha256"
	"encoding/binary"
)

// keyed writes down what a condition says, each piece with its length, so that
// conditions that say the same have the same key.
type keyed struct {
	b []byte
	// unnamed: there is a function that nothing tells from others.
	unnamed bool
}

func (k *keyed) key() string {
	if k.unnamed {
		return ""
	}
	sum := sha256.Sum256(k.b)
	return string(sum[:])
}

func (k *keyed) num(list ...int64) {
	for _, v := range list {
		k.b = binary.AppendVarint(k.b, v)
	}
}

func (k *keyed) text(list ...string) {
	for _, s := range list {
		k.num(int64(len(s)))
		k.b = append(k.b, s...)
	}
}

func (k *keyed) is(list ...bool) {
	for _, v := range list {
		n := int64(0)
		if v {
			n = 1
		}
		k.num(n)
	}
}

func (k *keyed) col(c *Col) {
	if k.is(c != nil); c == nil {
		return
	}
	k.text(c.Table, c.ID, c.Expr, c.Where, c.Order, c.Source)
	k.num(int64(c.Kind))
	k.is(c.Apart)
}

func (k *keyed) facts(f *Facts) {
	if k.is(f != nil); f == nil {
		return
	}
	k.col(&f.Day)
	k.num(f.From, f.To)
	k.col(f.Counted)
	k.num(int64(len(f.Tests)))
	for i := range f.Tests {
		k.test(&f.Tests[i])
	}
}

func (k *keyed) test(t *FactTest) {
	k.col(&t.Col)
	k.col(t.Via)
	k.is(t.Range, t.Not)
	k.num(t.From, t.To, int64(len(t.Keys)), int64(len(t.Words)))
	k.num(t.Keys...)
	k.text(t.Words...)
}

func (k *keyed) value(v *Value) {
	k.facts(v.Facts)
	k.num(int64(v.Agg), v.Per)
	k.col(&v.Of)
	k.col(v.Via)
}

func (k *keyed) cond(c *Cond) {
	k.unnamed = k.unnamed || c.pair != nil || c.fits != nil || c.byID != nil ||
		c.facts != nil && c.facts.name == "" && c.facts.beside != nil
	k.num(int64(c.op), c.from, c.to, int64(len(c.keys)), int64(len(c.words)), int64(len(c.kids)))
	k.col(&c.col)
	k.col(&c.by)
	k.num(c.keys...)
	k.text(c.words...)
	if f := c.facts; f != nil {
		k.value(&f.value)
		k.test(&f.test)
		k.facts(&f.a)
		k.facts(&f.b)
		k.col(&f.atA)
		k.col(&f.atB)
		k.is(f.last, f.without, f.population != nil, f.average.Strict)
		k.num(f.average.Times, f.average.From, f.average.To)
		k.num(f.within, int64(f.stat), f.n)
		k.text(f.name)
		if f.population != nil {
			k.cond(f.population)
		}
	}
	for _, kid := range c.kids {
		k.cond(kid)
	}
}

// key tells the condition from others; "" where nothing can.
func (c *Cond) key() string {
	if kept := c.facts.key.Load(); kept != nil {
		return *kept
	}
	var k keyed
	k.cond(c)
	key := k.key()
	c.facts.key.Store(&key)
	return key
}
