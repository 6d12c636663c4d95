package sheet

import (
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// gb18030Table holds the two-byte part of GB18030 (23,940 characters), filled
// once from golang.org/x/text; decoding by table is several times faster than
// the transformer and tells an invalid byte from an encoded U+FFFD.
type gb18030Table [126 * 190]rune

var gbTable = sync.OnceValue(func() *gb18030Table {
	t := new(gb18030Table)
	dec := simplifiedchinese.GB18030.NewDecoder()
	for lead := 0x81; lead <= 0xfe; lead++ {
		for trail := 0x40; trail <= 0xfe; trail++ {
			if trail == 0x7f {
				continue
			}
			out, err := dec.Bytes([]byte{byte(lead), byte(trail)})
			r, n := utf8.DecodeRune(out)
			if err != nil || n != len(out) {
				r = utf8.RuneError
			}
			if r == utf8.RuneError {
				r = gbUserDefined(lead, trail)
			}
			t[gbIndex(byte(lead), byte(trail))] = r
		}
	}
	return t
})

// gbUserDefined maps the three user-defined areas of GB18030 (4.3) to the
// private use area; golang.org/x/text leaves them out.
func gbUserDefined(lead, trail int) rune {
	switch {
	case lead >= 0xaa && lead <= 0xaf && trail >= 0xa1:
		return rune(0xe000 + (lead-0xaa)*94 + trail - 0xa1)
	case lead >= 0xf8 && trail >= 0xa1:
		return rune(0xe234 + (lead-0xf8)*94 + trail - 0xa1)
	case lead >= 0xa1 && lead <= 0xa7 && trail <= 0xa0:
		k := trail - 0x40
		if trail > 0x7f {
			k--
		}
		return rune(0xe4c6 + (lead-0xa1)*96 + k)
	}
	return utf8.RuneError
}

// gbReverse is the two-byte table the other way round, 0 where a character
// has four bytes.
var gbReverse = sync.OnceValue(func() *[1 << 16]uint16 {
	rev := new([1 << 16]uint16)
	for i, r := range gbTable() {
		lead, k := i/190+0x81, i%190
		trail := k + 0x40
		if trail >= 0x7f {
			trail++
		}
		if r != utf8.RuneError && r < 1<<16 && rev[r] == 0 {
			rev[r] = uint16(lead<<8 | trail)
		}
	}
	return rev
})

// appendGB appends UTF-8 text as GB18030. A few private-use characters that
// have no code (U+E766 to U+E864) become U+FFFD.
func appendGB(dst, text []byte) []byte {
	rev, table := gbReverse(), gbTable()
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			dst, text = append(dst, text[0]), text[1:]
			continue
		}
		r, n := utf8.DecodeRune(text)
		if r < 1<<16 && rev[r] != 0 {
			dst = append(dst, byte(rev[r]>>8), byte(rev[r]))
		} else {
			four, err := simplifiedchinese.GB18030.NewEncoder().Bytes(text[:n])
			back := rune(-1)
			if err == nil && len(four) == 4 {
				back, _ = table.decode(four)
			}
			if back == r {
				dst = append(dst, four...)
			} else {
				dst = append(dst, 0x84, 0x31, 0xa4, 0x37)
			}
		}
		text = text[n:]
	}
	return dst
}

func gbIndex(lead, trail byte) int {
	k := int(trail) - 0x40
	if trail > 0x7f {
		k--
	}
	return (int(lead)-0x81)*190 + k
}

// decode reads one character of two or four bytes. n is 0 where more bytes
// are needed and −1 where the bytes are invalid.
func (t *gb18030Table) decode(b []byte) (r rune, n int) {
	lead := b[0]
	if lead == 0x80 {
		return '€', 1 // code page 936
	}
	if lead == 0xff {
		return 0, -1
	}
	if len(b) < 2 {
		return 0, 0
	}
	trail := b[1]
	switch {
	case trail >= 0x40 && trail != 0x7f && trail != 0xff:
		r = t[gbIndex(lead, trail)]
		if r == utf8.RuneError {
			return 0, -1
		}
		return r, 2
	case trail >= '0' && trail <= '9':
		if len(b) < 4 {
			return 0, 0
		}
		if b[2] < 0x81 || b[2] == 0xff || b[3] < '0' || b[3] > '9' {
			return 0, -1
		}
		if b[0] == 0x84 && b[1] == 0x31 && b[2] == 0xa4 && b[3] == 0x37 {
			return utf8.RuneError, 4 // U+FFFD itself
		}
		out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b[:4])
		r, size := utf8.DecodeRune(out)
		if err != nil || size != len(out) || r == utf8.RuneError {
			return 0, -1
		}
		return r, 4
	}
	return 0, -1
}
