package sheet

import (
	"bytes"
	"unicode/utf8"
)

// sniff decides the encoding of text from a sample of it. "" means that the
// sample is pure ASCII and leaves it open. ok is false where no encoding fits;
// line is then the first line that fits none. whole says that the sample is
// the complete file.
//
// Lines are judged one by one, because a file pasted together from two
// encodings is often valid GB18030 as a whole: an even run of three-byte UTF-8
// characters is also a run of two-byte GB characters. A line of GB text is
// valid UTF-8 with Han characters by accident less than once in ten thousand,
// so more than one in a hundred such lines means UTF-8, and the decoder then
// reports the line that is not.
func sniff(sample []byte, whole bool) (enc string, line int64, ok bool) {
	cut := false // the only line is cut within a character
	if !whole {
		if i := bytes.LastIndexByte(sample, '\n'); i > 0 {
			sample = sample[:i+1]
		} else {
			cut = true
		}
	}
	var st lineStats
	var asciiTrail, gbChars int
	n, firstBad := int64(0), int64(0)
	for rest := sample; len(rest) > 0; {
		n++
		l := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			l, rest = rest[:i], rest[i+1:]
		} else {
			rest = nil
		}
		if isASCII(l) {
			continue
		}
		switch {
		case st.add(l), cut && st.add(l[:len(l)-partialRune(l)]):
		case validGB(l, cut, &gbChars, &asciiTrail):
			st.gb++
		default:
			st.bad++
			if firstBad == 0 {
				firstBad = n
			}
		}
	}
	switch {
	case st.utf8+st.gb+st.bad == 0:
		return "", 0, true
	case st.strong == 0 && st.bad*10 > st.gb+st.utf8:
		return "", firstBad, false // a Western code page, or no text at all
	case st.gb == 0 || st.strong*100 > st.gb:
		return UTF8, 0, true
	case gbChars >= 5 && asciiTrail*10 > gbChars*6:
		// Accented letters of a Western code page followed by plain ones.
		return "", 1, false
	}
	return GB18030, 0, true
}

// lineStats counts lines that are not ASCII.
type lineStats struct {
	utf8   int64 // valid UTF-8
	strong int64 // of these, with Han, kana or full-width characters
	gb     int64
	bad    int64
	sure   bool // one line had at least four such characters
}

// add counts l as UTF-8 if it is.
func (s *lineStats) add(l []byte) bool {
	han := 0
	for i := 0; i < len(l); {
		if l[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(l[i:])
		if r == utf8.RuneError && size <= 1 {
			return false
		}
		if r >= 0x3000 && r <= 0x9fff || r >= 0xff00 && r <= 0xffef {
			han++
		}
		i += size
	}
	s.utf8++
	if han > 0 {
		s.strong++
	}
	if han >= 4 {
		s.sure = true
	}
	return true
}

func isASCII(b []byte) bool {
	for len(b) >= 8 {
		if (b[0]|b[1]|b[2]|b[3]|b[4]|b[5]|b[6]|b[7])&0x80 != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// validGB says whether l is GB18030; cut allows an incomplete last character.
// It counts the wide characters, and those whose second byte is ASCII.
func validGB(l []byte, cut bool, chars, asciiTrail *int) bool {
	t := gbTable()
	for i := 0; i < len(l); {
		if l[i] < 0x80 {
			i++
			continue
		}
		_, n := t.decode(l[i:])
		if n == 0 && cut {
			return true
		}
		if n <= 0 {
			return false
		}
		*chars++
		if n == 2 && l[i+1] < 0x80 {
			*asciiTrail++
		}
		i += n
	}
	return true
}
