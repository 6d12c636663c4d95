package sheet

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// trouble is why a decoder stopped before the end of its input.
type trouble uint8

const (
	fine trouble = iota
	nulByte
	invalidBytes
)

// decoder turns bytes of an encoding into UTF-8.
type decoder interface {
	// decode appends the characters of src to dst and says how many bytes of
	// src it took. It leaves an incomplete last character unless eof. With
	// trouble, n is the offset of the offending byte.
	decode(dst, src []byte, eof bool) (out []byte, n int, why trouble)
}

func newDecoder(enc string) decoder {
	switch enc {
	case GB18030:
		return &gbDecoder{table: gbTable()}
	case UTF16LE:
		return utf16Decoder{binary.LittleEndian}
	case UTF16BE:
		return utf16Decoder{binary.BigEndian}
	}
	return utf8Decoder{}
}

type utf8Decoder struct{}

func (utf8Decoder) decode(dst, src []byte, eof bool) ([]byte, int, trouble) {
	why := fine
	if i := bytes.IndexByte(src, 0); i >= 0 {
		src, why, eof = src[:i], nulByte, true
	}
	if !eof {
		src = src[:len(src)-partialRune(src)]
	}
	if !utf8.Valid(src) {
		i := 0
		for i < len(src) {
			if src[i] < utf8.RuneSelf {
				i++
				continue
			}
			r, size := utf8.DecodeRune(src[i:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			i += size
		}
		src, why = src[:i], invalidBytes
	}
	return append(dst, src...), len(src), why
}

// partialRune is how many bytes at the end of b begin a rune that is cut off.
func partialRune(b []byte) int {
	for k := 1; k <= 3 && k <= len(b); k++ {
		c := b[len(b)-k]
		if utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-k:]) {
				return k
			}
			return 0
		}
	}
	return 0
}

// gbDecoder also watches for lines that are really UTF-8: they decode to
// nonsense without any invalid byte (see sniff).
type gbDecoder struct {
	table *gb18030Table
	st    lineStats
}

func (d *gbDecoder) decode(dst, src []byte, eof bool) ([]byte, int, trouble) {
	for i := 0; i < len(src); {
		end, last := bytes.IndexByte(src[i:], '\n'), false
		if end < 0 {
			end, last = len(src), true
		} else {
			end += i + 1
		}
		line := src[i:end]
		if nul := bytes.IndexByte(line, 0); nul >= 0 {
			dst, n, why := d.decodeLine(dst, line[:nul], true)
			if why != fine {
				return dst, i + n, why
			}
			return dst, i + nul, nulByte
		}
		if isASCII(line) {
			dst = append(dst, line...)
			i = end
			continue
		}
		if !d.st.add(line) {
			d.st.gb++
		} else if d.st.sure || d.st.strong >= 8 && d.st.strong*100 > d.st.gb {
			return dst, i, invalidBytes
		}
		out, n, why := d.decodeLine(dst, line, eof || !last)
		dst = out
		i += n
		if why != fine {
			return dst, i, why
		}
		if n < len(line) { // only the last, cut within a character
			return dst, i, fine
		}
	}
	return dst, len(src), fine
}

func (d *gbDecoder) decodeLine(dst, line []byte, complete bool) ([]byte, int, trouble) {
	i := 0
	for i < len(line) {
		if line[i] < 0x80 {
			j := i + 1
			for j < len(line) && line[j] < 0x80 {
				j++
			}
			dst = append(dst, line[i:j]...)
			i = j
			continue
		}
		r, n := d.table.decode(line[i:])
		if n == 0 && !complete {
			break
		}
		if n <= 0 {
			return dst, i, invalidBytes
		}
		dst = utf8.AppendRune(dst, r)
		i += n
	}
	return dst, i, fine
}

type utf16Decoder struct{ order binary.ByteOrder }

func (d utf16Decoder) decode(dst, src []byte, eof bool) ([]byte, int, trouble) {
	i := 0
	for ; i+2 <= len(src); i += 2 {
		u := rune(d.order.Uint16(src[i:]))
		switch {
		case u == 0:
			return dst, i, nulByte
		case utf16.IsSurrogate(u):
			if i+4 > len(src) {
				if eof {
					return dst, i, invalidBytes
				}
				return dst, i, fine
			}
			r := utf16.DecodeRune(u, rune(d.order.Uint16(src[i+2:])))
			if r == utf8.RuneError {
				return dst, i, invalidBytes
			}
			dst = utf8.AppendRune(dst, r)
			i += 2
		default:
			dst = utf8.AppendRune(dst, u)
		}
	}
	if eof && i < len(src) {
		return dst, i, invalidBytes
	}
	return dst, i, fine
}
