package timeline

import (
	"bytes"
	"encoding/binary"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// fileType is a type of files that notes may carry. Archives are not among
// them: what is inside would be unseen.
type fileType struct {
	media string
	// ends are the file name's ends that go with it; the first is given to a
	// name that has none of them.
	ends []string
}

const openXML = "application/vnd.openxmlformats-officedocument."

var (
	typePDF  = &fileType{"application/pdf", []string{".pdf"}}
	typePNG  = &fileType{"image/png", []string{".png"}}
	typeJPEG = &fileType{"image/jpeg", []string{".jpg", ".jpeg"}}
	typeWebP = &fileType{"image/webp", []string{".webp"}}
	typeHEIC = &fileType{"image/heic", []string{".heic", ".heif"}}
	typeDOCX = &fileType{openXML + "wordprocessingml.document", []string{".docx"}}
	typeXLSX = &fileType{openXML + "spreadsheetml.sheet", []string{".xlsx"}}
	typePPTX = &fileType{openXML + "presentationml.presentation", []string{".pptx"}}
	typeText = &fileType{"text/plain; charset=utf-8", []string{".txt"}}
	typeCSV  = &fileType{"text/csv; charset=utf-8", []string{".csv"}}
	typeMP3  = &fileType{"audio/mpeg", []string{".mp3"}}
	typeM4A  = &fileType{"audio/mp4", []string{".m4a"}}
	typeWAV  = &fileType{"audio/wav", []string{".wav"}}
	typeAMR  = &fileType{"audio/amr", []string{".amr"}}
)

var fileTypes = []*fileType{
	typePDF, typePNG, typeJPEG, typeWebP, typeHEIC, typeDOCX, typeXLSX, typePPTX, typeText, typeCSV, typeMP3, typeM4A, typeWAV, typeAMR,
}

// photos are types that cameras and chat programs give each other's names.
var photos = []*fileType{typePNG, typeJPEG, typeWebP, typeHEIC}

// fileEnds lists the ends of names that are taken, for a file chooser.
func fileEnds() []string {
	var out []string
	for _, t := range fileTypes {
		out = append(out, t.ends...)
	}
	return out
}

// sniffer tells the type of a file from its content while it passes by.
type sniffer struct {
	head []byte // the first bytes
	text textCheck
	zip  zipNames
}

const sniffHead = 512

// Write looks at the next bytes; it never fails.
func (s *sniffer) Write(p []byte) (int, error) {
	if n := sniffHead - len(s.head); n > 0 {
		s.head = append(s.head, p[:min(n, len(p))]...)
	}
	s.text.write(p)
	if bytes.HasPrefix([]byte(zipMark), s.head[:min(len(zipMark), len(s.head))]) {
		s.zip.write(p)
	}
	return len(p), nil
}

// found is the type of the content, nil where it is none of ours. Text is what
// the name says of the two kinds of text.
func (s *sniffer) found(name string) *fileType {
	h := s.head
	switch {
	case bytes.HasPrefix(h, []byte("%PDF-")):
		return typePDF
	case bytes.HasPrefix(h, []byte("\x89PNG\r\n\x1a\n")):
		return typePNG
	case bytes.HasPrefix(h, []byte("\xff\xd8\xff")):
		return typeJPEG
	case bytes.HasPrefix(h, []byte("RIFF")) && len(h) >= 12:
		switch string(h[8:12]) {
		case "WEBP":
			return typeWebP
		case "WAVE":
			return typeWAV
		}
	case len(h) >= 12 && string(h[4:8]) == "ftyp":
		return mp4Type(string(h[8:12]), name)
	case bytes.HasPrefix(h, []byte(zipMark)):
		return s.zip.found()
	case bytes.HasPrefix(h, []byte("#!AMR\n")), bytes.HasPrefix(h, []byte("#!AMR-WB\n")):
		return typeAMR
	case bytes.HasPrefix(h, []byte("ID3")), mp3Frame(h):
		return typeMP3
	case s.text.ok():
		if end := nameEnd(name); end == ".csv" {
			return typeCSV
		}
		return typeText
	}
	return nil
}

// mp4Type reads the brand of an ISO container: photos of phones, or sound. The
// general brands are sound only under the name of sound; films are not taken.
func mp4Type(brand, name string) *fileType {
	switch brand {
	case "heic", "heix", "heim", "heis", "hevc", "mif1", "msf1":
		return typeHEIC
	case "M4A ", "M4B ":
		return typeM4A
	case "mp42", "isom", "3gp4", "3gp5":
		if nameEnd(name) == ".m4a" {
			return typeM4A
		}
	}
	return nil
}

// mp3Frame says whether a frame of MPEG layer III begins here.
func mp3Frame(h []byte) bool {
	return len(h) >= 4 && h[0] == 0xff && h[1]&0xe6 == 0xe2 && h[1]&0x18 != 0x08 && h[2]&0xf0 != 0xf0 && h[2]&0xf0 != 0 && h[2]&0x0c != 0x0c
}

// nameEnd is the end of a file name in lower case, ".pdf".
func nameEnd(name string) string { return strings.ToLower(path.Ext(name)) }

// fits says whether a name may go with the type: without an end, with one of
// its own, and of photos with that of another photo.
func (t *fileType) fits(name string) bool {
	end := nameEnd(name)
	if end == "" || slices.Contains(t.ends, end) {
		return true
	}
	if slices.Contains(photos, t) {
		for _, p := range photos {
			if slices.Contains(p.ends, end) {
				return true
			}
		}
	}
	return false
}

// named gives the name the end of the type.
func (t *fileType) named(name string) string {
	if slices.Contains(t.ends, nameEnd(name)) {
		return name
	}
	return strings.TrimSuffix(name, path.Ext(name)) + t.ends[0]
}

// zipNames collects what names stand in a ZIP while it passes by: a document
// of Office is told by its parts.
type zipNames struct {
	carry                                []byte
	contents, word, sheet, slides, macro bool
}

// zipMark begins a local header in a ZIP.
const zipMark = "PK\x03\x04"

// zipHeader is the length of a local header before the name.
const zipHeader = 30

func (z *zipNames) write(p []byte) {
	b := append(z.carry, p...)
	for {
		i := bytes.Index(b, []byte(zipMark))
		if i < 0 {
			z.carry = append([]byte{}, b[max(0, len(b)-3):]...)
			return
		}
		b = b[i:]
		if len(b) < zipHeader {
			break
		}
		n := int(binary.LittleEndian.Uint16(b[26:]))
		if n > 512 { // no name of ours, or no header
			b = b[4:]
			continue
		}
		if len(b) < zipHeader+n {
			break
		}
		z.name(string(b[zipHeader : zipHeader+n]))
		b = b[4:]
	}
	z.carry = append([]byte{}, b...)
}

func (z *zipNames) name(name string) {
	switch name {
	case "[Content_Types].xml":
		z.contents = true
	case "word/document.xml":
		z.word = true
	case "xl/workbook.xml":
		z.sheet = true
	case "ppt/presentation.xml":
		z.slides = true
	}
	if strings.HasSuffix(strings.ToLower(name), "vbaproject.bin") {
		z.macro = true
	}
}

// found is the kind of document; one with macros is none.
func (z *zipNames) found() *fileType {
	switch {
	case !z.contents || z.macro:
	case z.word && !z.sheet && !z.slides:
		return typeDOCX
	case z.sheet && !z.word && !z.slides:
		return typeXLSX
	case z.slides && !z.word && !z.sheet:
		return typePPTX
	}
	return nil
}

// textCheck says whether all bytes are text in UTF-8 or GB18030.
type textCheck struct {
	bad, badUTF8, badGB bool
	some                bool
	carry               []byte // the beginning of a character in UTF-8
	gb                  []byte // and in GB18030
}

func (c *textCheck) write(p []byte) {
	if c.bad || len(p) == 0 {
		return
	}
	c.some = true
	for _, b := range p {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' || b == 0x7f {
			c.bad = true
			return
		}
	}
	c.utf8(p)
	c.gb18030(p)
}

func (c *textCheck) utf8(p []byte) {
	if c.badUTF8 {
		return
	}
	b := append(c.carry, p...)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n <= 1 {
			if utf8.FullRune(b) {
				c.badUTF8 = true
				return
			}
			break
		}
		b = b[n:]
	}
	c.carry = append([]byte{}, b...)
}

func (c *textCheck) gb18030(p []byte) {
	if c.badGB {
		return
	}
	for _, b := range p {
		switch len(c.gb) {
		case 0:
			if b < 0x80 {
				continue
			}
			c.badGB = b == 0x80 || b == 0xff
		case 1:
			switch {
			case b >= 0x40 && b <= 0xfe && b != 0x7f:
				c.gb = c.gb[:0]
				continue
			case b < '0' || b > '9':
				c.badGB = true
			}
		case 2:
			c.badGB = b < 0x81 || b == 0xff
		case 3:
			if c.badGB = b < '0' || b > '9'; !c.badGB {
				c.gb = c.gb[:0]
				continue
			}
		}
		if c.badGB {
			return
		}
		c.gb = append(c.gb, b)
	}
}

func (c *textCheck) ok() bool {
	return c.some && !c.bad && (!c.badUTF8 && len(c.carry) == 0 || !c.badGB && len(c.gb) == 0)
}
