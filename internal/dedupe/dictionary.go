package dedupe

import "unsafe"

// dictionary gives every distinct value of a field a number from 1. It holds a
// value's text once, in large pieces of memory, and counts the records that
// have it.
type dictionary struct {
	slots  []uint32 // open addressing: number of the entry, 0 = free
	ids    []uint64 // by number − 1
	texts  []string
	names  []nameKeys
	counts []uint32
	named  bool   // the field has nameKeys
	piece  []byte // where the next texts go
}

const pieceSize = 256 << 10

func (d *dictionary) len() int { return len(d.ids) }

// find gives the slot where id is or would be.
func (d *dictionary) find(id uint64) int {
	mask := len(d.slots) - 1
	i := int(id>>7) & mask
	for d.slots[i] != 0 && d.ids[d.slots[i]-1] != id {
		i = (i + 1) & mask
	}
	return i
}

// add counts v and gives its number.
func (d *dictionary) add(v *value) uint32 {
	if len(d.ids)*4 >= len(d.slots)*3 {
		d.grow()
	}
	i := d.find(v.id)
	if n := d.slots[i]; n != 0 {
		d.counts[n-1]++
		return n
	}
	d.ids = append(d.ids, v.id)
	d.texts = append(d.texts, d.keep(v.text))
	d.counts = append(d.counts, 1)
	if d.named {
		d.names = append(d.names, v.name)
	}
	n := uint32(len(d.ids))
	d.slots[i] = n
	return n
}

func (d *dictionary) grow() {
	d.slots = make([]uint32, max(64, 2*len(d.slots)))
	for n, id := range d.ids {
		d.slots[d.find(id)] = uint32(n + 1)
	}
}

// keep copies s to where it may stay. The bytes of a piece are written once.
func (d *dictionary) keep(s string) string {
	if s == "" {
		return ""
	}
	if len(d.piece)+len(s) > cap(d.piece) {
		d.piece = make([]byte, 0, pieceSize)
	}
	at := len(d.piece)
	d.piece = append(d.piece, s...)
	return unsafe.String(&d.piece[at], len(s))
}

// done drops what only add needs.
func (d *dictionary) done() { d.slots = nil }

// value gives the entry n.
func (d *dictionary) value(n uint32) value {
	v := value{id: d.ids[n-1], text: d.texts[n-1], same: d.counts[n-1]}
	v.opaque = v.text == ""
	if d.named {
		v.name = d.names[n-1]
	}
	return v
}
