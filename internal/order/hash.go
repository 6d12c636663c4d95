package order

import "github.com/cespare/xxhash/v2"

// Hasher makes the content hash of an order or behaviour: XXH64 over its
// fields in a fixed order. The hash is kept in the database, so the order of
// the fields and this format never change. A Hasher is used again after Reset.
type Hasher struct {
	buf []byte
}

// Reset starts a new hash.
func (h *Hasher) Reset() { h.buf = h.buf[:0] }

// Int adds a number.
func (h *Hasher) Int(v int64) {
	u := uint64(v)
	h.buf = append(h.buf, byte(u), byte(u>>8), byte(u>>16), byte(u>>24), byte(u>>32), byte(u>>40), byte(u>>48), byte(u>>56))
}

// Text adds a text with its length, so that "ab","c" differs from "a","bc".
func (h *Hasher) Text(s string) {
	h.Int(int64(len(s)))
	h.buf = append(h.buf, s...)
}

// Sum is the hash of what was added since Reset.
func (h *Hasher) Sum() int64 { return int64(xxhash.Sum64(h.buf)) }

// Order adds the fields of o that its source decides, not ids and times of ours.
// The customer is not among them: merging customers changes no order.
func (h *Hasher) Order(o *Order) {
	h.Int(int64(o.Kind))
	h.Int(int64(o.Status))
	h.Int(o.PaidAt)
	h.Int(o.Gross.Milli())
	h.Int(o.Sales.Milli())
	h.Int(o.Net.Milli())
	h.Int(o.FreightFen)
	h.Int(o.QuantityMilli)
	h.Int(int64(o.LineCount))
	h.Text(o.Channel)
	h.Text(o.Store)
	h.Text(o.Province)
	h.Text(o.City)
}

// Line adds a line; code is the product's code in the source.
func (h *Hasher) Line(l *Line, code string) {
	h.Int(int64(l.No))
	h.Text(code)
	h.Int(l.QuantityMilli)
	h.Int(l.Amount.Milli())
}

// Behaviour adds what the source says of a behaviour.
func (h *Hasher) Behaviour(b *Behaviour, code string) {
	h.Int(int64(b.Kind))
	h.Int(b.At)
	h.Text(code)
	h.Int(b.QuantityMilli)
	h.Int(int64(b.Rating))
}
