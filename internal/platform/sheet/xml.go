package sheet

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// xmlScanner pulls tags and text out of the XML of a workbook. It knows what
// spreadsheets write (elements, attributes, character references, CDATA,
// comments) and refuses document types, hence any entity of one's own. It is
// about ten times faster than encoding/xml and never holds more than one token.
type xmlScanner struct {
	r     io.Reader
	buf   []byte
	pos   int
	read  int64
	limit int // bytes of one token
	eof   bool

	// The current token; valid until the next call.
	name    []byte // local name of a tag
	attrs   []byte // raw attributes of a start tag
	selfEnd bool   // <name/>
	text    []byte // raw text
	cdata   bool   // text without references
}

type xmlToken uint8

const (
	xmlStart xmlToken = iota + 1
	xmlEnd
	xmlText
)

var (
	errXML      = errors.New("malformed XML")
	errXMLToken = errors.New("XML token over the bound")
)

func newXMLScanner(r io.Reader, tokenLimit int) *xmlScanner {
	return &xmlScanner{r: r, buf: make([]byte, 0, 128<<10), limit: tokenLimit}
}

// more reads behind what is there, keeping buf[pos:].
func (x *xmlScanner) more() error {
	if x.eof {
		return io.ErrUnexpectedEOF
	}
	if x.pos > 0 {
		n := copy(x.buf, x.buf[x.pos:])
		x.buf, x.pos = x.buf[:n], 0
	}
	if len(x.buf) > x.limit {
		return errXMLToken
	}
	if len(x.buf) == cap(x.buf) {
		x.buf = append(make([]byte, 0, 2*cap(x.buf)), x.buf...)
	}
	for range 1000 {
		n, err := x.r.Read(x.buf[len(x.buf):cap(x.buf)])
		x.buf = x.buf[:len(x.buf)+n]
		x.read += int64(n)
		if err == io.EOF {
			x.eof = true
			if n == 0 {
				return io.ErrUnexpectedEOF
			}
			return nil
		}
		if n > 0 || err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// until finds end at or after buf[pos+from] and gives its offset from pos.
func (x *xmlScanner) until(from int, end string) (int, error) {
	for {
		b := x.buf[x.pos:]
		if from < len(b) {
			if i := bytes.Index(b[from:], []byte(end)); i >= 0 {
				return from + i, nil
			}
		}
		if n := len(b) - len(end) + 1; n > from {
			from = n
		}
		if err := x.more(); err != nil {
			return 0, err
		}
	}
}

// next gives the next token, io.EOF at the end of the document.
func (x *xmlScanner) next() (xmlToken, error) {
	for {
		if x.pos >= len(x.buf) {
			if err := x.more(); err != nil {
				if err == io.ErrUnexpectedEOF && x.pos >= len(x.buf) {
					return 0, io.EOF
				}
				return 0, err
			}
			continue
		}
		if x.buf[x.pos] != '<' {
			n, err := x.until(0, "<")
			if err != nil {
				if err == io.ErrUnexpectedEOF && len(bytes.TrimSpace(x.buf[x.pos:])) == 0 {
					return 0, io.EOF
				}
				return 0, err
			}
			x.text, x.cdata = x.buf[x.pos:x.pos+n], false
			x.pos += n
			return xmlText, nil
		}
		for len(x.buf)-x.pos < 9 && !x.eof {
			if err := x.more(); err != nil && err != io.ErrUnexpectedEOF {
				return 0, err
			}
		}
		b := x.buf[x.pos:]
		switch {
		case bytes.HasPrefix(b, []byte("<?")):
			n, err := x.until(2, "?>")
			if err != nil {
				return 0, err
			}
			x.pos += n + 2
		case bytes.HasPrefix(b, []byte("<!--")):
			n, err := x.until(4, "-->")
			if err != nil {
				return 0, err
			}
			x.pos += n + 3
		case bytes.HasPrefix(b, []byte("<![CDATA[")):
			n, err := x.until(9, "]]>")
			if err != nil {
				return 0, err
			}
			x.text, x.cdata = x.buf[x.pos+9:x.pos+n], true
			x.pos += n + 3
			return xmlText, nil
		case bytes.HasPrefix(b, []byte("<!")):
			return 0, errXML
		default:
			return x.tag()
		}
	}
}

// tag reads <name attrs>, <name attrs/> or </name>.
func (x *xmlScanner) tag() (xmlToken, error) {
	// A ">" may stand inside an attribute value.
	n := 1
	for quote := byte(0); ; n++ {
		if x.pos+n >= len(x.buf) {
			if err := x.more(); err != nil {
				return 0, err
			}
		}
		c := x.buf[x.pos+n]
		if quote != 0 {
			if c == quote {
				quote = 0
			}
			continue
		}
		if c == '"' || c == '\'' {
			quote = c
		} else if c == '>' {
			break
		} else if c == '<' {
			return 0, errXML
		}
	}
	in := x.buf[x.pos+1 : x.pos+n]
	x.pos += n + 1
	kind := xmlStart
	x.selfEnd = false
	if len(in) > 0 && in[0] == '/' {
		kind, in = xmlEnd, in[1:]
	} else if len(in) > 0 && in[len(in)-1] == '/' {
		x.selfEnd, in = true, in[:len(in)-1]
	}
	i := 0
	for i < len(in) && !isSpace(in[i]) {
		i++
	}
	x.name, x.attrs = in[:i], in[i:]
	if k := bytes.IndexByte(x.name, ':'); k >= 0 {
		x.name = x.name[k+1:]
	}
	if len(x.name) == 0 {
		return 0, errXML
	}
	return kind, nil
}

// attr gives the raw value of an attribute by its local name, nil without it.
// A name with a colon ("r:id") matches any prefix, but needs one.
func (x *xmlScanner) attr(name string) []byte {
	local, prefixed := name, false
	if k := bytes.IndexByte([]byte(name), ':'); k >= 0 {
		local, prefixed = name[k+1:], true
	}
	for b := x.attrs; ; {
		for len(b) > 0 && isSpace(b[0]) {
			b = b[1:]
		}
		eq := bytes.IndexByte(b, '=')
		if eq <= 0 {
			return nil
		}
		key := bytes.TrimRight(b[:eq], " \t\r\n")
		b = bytes.TrimLeft(b[eq+1:], " \t\r\n")
		if len(b) == 0 || b[0] != '"' && b[0] != '\'' {
			return nil
		}
		end := bytes.IndexByte(b[1:], b[0])
		if end < 0 {
			return nil
		}
		value := b[1 : 1+end]
		b = b[end+2:]
		k := bytes.IndexByte(key, ':')
		if prefixed == (k >= 0) && string(key[k+1:]) == local {
			return value
		}
	}
}

// attrText is attr with its references resolved.
func (x *xmlScanner) attrText(name string) string {
	out, _ := unescapeXML(nil, x.attr(name))
	return string(out)
}

// skip passes over the rest of the element whose start tag was just read.
func (x *xmlScanner) skip() error {
	if x.selfEnd {
		return nil
	}
	for depth := 1; depth > 0; {
		switch tok, err := x.next(); {
		case err != nil:
			return eofIsCut(err)
		case tok == xmlStart && !x.selfEnd:
			depth++
		case tok == xmlEnd:
			depth--
		}
	}
	return nil
}

// appendText adds the current text token to dst, references resolved.
func (x *xmlScanner) appendText(dst []byte) ([]byte, error) {
	if x.cdata {
		if !utf8.Valid(x.text) {
			return dst, errXML
		}
		return append(dst, x.text...), nil
	}
	return unescapeXML(dst, x.text)
}

func eofIsCut(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// unescapeXML appends text with its references resolved and CR LF as LF.
func unescapeXML(dst, text []byte) ([]byte, error) {
	if !utf8.Valid(text) {
		return dst, errXML
	}
	for len(text) > 0 {
		i := bytes.IndexAny(text, "&\r")
		if i < 0 {
			return append(dst, text...), nil
		}
		dst = append(dst, text[:i]...)
		text = text[i:]
		if text[0] == '\r' {
			if len(text) < 2 || text[1] != '\n' {
				dst = append(dst, '\n')
			}
			text = text[1:]
			continue
		}
		end := bytes.IndexByte(text[:min(len(text), 12)], ';')
		if end < 0 {
			return dst, errXML
		}
		ref := string(text[1:end])
		text = text[end+1:]
		switch ref {
		case "amp":
			dst = append(dst, '&')
		case "lt":
			dst = append(dst, '<')
		case "gt":
			dst = append(dst, '>')
		case "quot":
			dst = append(dst, '"')
		case "apos":
			dst = append(dst, '\'')
		default:
			if len(ref) < 2 || ref[0] != '#' {
				return dst, errXML
			}
			base, digits := 10, ref[1:]
			if digits[0] == 'x' || digits[0] == 'X' {
				base, digits = 16, digits[1:]
			}
			n, err := strconv.ParseUint(digits, base, 32)
			if err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
				return dst, errXML
			}
			dst = utf8.AppendRune(dst, rune(n))
		}
	}
	return dst, nil
}

// unescapeX resolves the _xHHHH_ escapes of ST_Xstring (ECMA-376 part 1,
// 22.9.2.19) in place.
func unescapeX(b []byte) []byte {
	if !bytes.Contains(b, []byte("_x")) {
		return b
	}
	out := b[:0]
	for i := 0; i < len(b); {
		if b[i] == '_' && i+7 <= len(b) && b[i+1] == 'x' && b[i+6] == '_' {
			n, err := strconv.ParseUint(string(b[i+2:i+6]), 16, 32)
			if err == nil && utf8.ValidRune(rune(n)) && n != 0 {
				out = utf8.AppendRune(out, rune(n))
				i += 7
				continue
			}
		}
		out = append(out, b[i])
		i++
	}
	return out
}
