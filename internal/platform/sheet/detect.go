package sheet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"

	"zhike/internal/platform/errs"
)

// detect decides the format from the first bytes and refuses what is known
// not to be a readable table.
func detect(src Source) (string, error) {
	in, err := src.Open()
	if err != nil {
		return "", err
	}
	defer in.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(in, head)
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", err
	}
	head = head[:n]
	switch {
	case n == 0:
		return "", errs.New(errs.Invalid, "sheet.empty")
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return FormatCSVGz, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return FormatXLSX, nil
	case bytes.HasPrefix(head, oleMagic):
		return "", refuseOLE(src)
	}
	return FormatCSV, refuseText(head)
}

// refusePacked refuses what a gzip may hold instead of a CSV, tar included.
func refusePacked(head []byte) error {
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, oleMagic) ||
		bytes.HasPrefix(head, []byte("\x1f\x8b")) || len(head) > 262 && string(head[257:262]) == "ustar" {
		return errs.New(errs.Invalid, "sheet.not_table")
	}
	return refuseText(head)
}

var magics = [][]byte{
	[]byte("%PDF-"), []byte("\x89PNG"), []byte("\xff\xd8\xff"), []byte("GIF8"), []byte("BM\x00"),
	[]byte("II*\x00"), []byte("MM\x00*"), []byte("RIFF"), []byte("\x7fELF"), []byte("MZ\x90"),
	[]byte("Rar!"), []byte("7z\xbc\xaf"), []byte("\xfd7zXZ"), []byte("BZh9"), []byte("\x28\xb5\x2f\xfd"),
	[]byte("SQLite format 3"), []byte("{\\rtf"), []byte("PAR1"), []byte("OggS"), []byte("ID3"),
	[]byte("\xca\xfe\xba\xbe"), []byte("\xcf\xfa\xed\xfe"), []byte("%!PS"),
}

// refuseText refuses the beginning of something that is no CSV: a known
// binary, mark-up, JSON, or bytes that text does not have.
func refuseText(head []byte) error {
	for _, m := range magics {
		if bytes.HasPrefix(head, m) {
			return errs.New(errs.Invalid, "sheet.not_table")
		}
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return nil // UTF-16: judged after decoding
	}
	t := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	t = bytes.ToLower(bytes.TrimLeft(t, " \t\r\n"))
	switch {
	case bytes.HasPrefix(t, []byte("<?xml")) && bytes.Contains(t, []byte("<workbook")):
		return errs.New(errs.Invalid, "sheet.other_format", "format", "XML 2003")
	case bytes.HasPrefix(t, []byte("<!doctype html")), bytes.HasPrefix(t, []byte("<html")),
		bytes.HasPrefix(t, []byte("<table")), bytes.HasPrefix(t, []byte("<meta")), bytes.HasPrefix(t, []byte("mime-version:")):
		return errs.New(errs.Invalid, "sheet.other_format", "format", "HTML")
	case bytes.HasPrefix(t, []byte("<?xml")), bytes.HasPrefix(t, []byte(`{"`)), bytes.HasPrefix(t, []byte("[{")),
		bytes.HasPrefix(t, []byte("{\n")), bytes.HasPrefix(t, []byte("{\r\n")), bytes.HasPrefix(t, []byte("[\n")):
		return errs.New(errs.Invalid, "sheet.not_table")
	}
	if binaryLike(head) {
		return errs.New(errs.Invalid, "sheet.not_table")
	}
	return nil
}

// binaryLike says whether more than a tenth of the bytes are control
// characters. A few NULs are left to the reader, which can name their place.
func binaryLike(b []byte) bool {
	ctl := 0
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			ctl++
		}
	}
	return ctl > 8 && ctl*10 > len(b)
}

var oleMagic = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

// refuseOLE names what an OLE container holds by the entries of its directory
// ([MS-CFB] 2.6): an encrypted package, an old workbook, or something else.
func refuseOLE(src Source) error {
	names, err := oleNames(src)
	if err != nil {
		return errs.Wrap(err, errs.Invalid, "sheet.damaged", "part", "header")
	}
	for _, n := range names {
		if n == "EncryptedPackage" {
			return errs.New(errs.Invalid, "sheet.encrypted")
		}
	}
	for _, n := range names {
		if n == "Workbook" || n == "Book" {
			return errs.New(errs.Invalid, "sheet.old_xls")
		}
	}
	return errs.New(errs.Invalid, "sheet.not_table")
}

// oleNames reads the directory of an OLE container, at most 1,024 sectors of
// it. The chain is followed through the FAT sectors listed in the header.
func oleNames(src Source) ([]string, error) {
	r, size, _, err := openAt(src, max(src.Size(), 64<<20))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var h [512]byte
	if _, err := r.ReadAt(h[:], 0); err != nil {
		return nil, err
	}
	le := binary.LittleEndian
	shift := le.Uint16(h[30:])
	if shift != 9 && shift != 12 {
		return nil, errors.New("sector size")
	}
	sec := int64(1) << shift
	at := func(n uint32) int64 { return (int64(n) + 1) * sec }
	buf := make([]byte, sec)
	var names []string
	for n, i := le.Uint32(h[48:]), 0; n < 0xfffffffa && i < 1024; i++ {
		if at(n) >= size {
			return names, nil
		}
		if _, err := r.ReadAt(buf, at(n)); err != nil && err != io.EOF {
			return nil, err
		}
		for e := buf; len(e) >= 128; e = e[128:] {
			if l := int(le.Uint16(e[64:])); l >= 2 && l <= 64 {
				u := make([]uint16, (l-2)/2)
				for k := range u {
					u[k] = le.Uint16(e[2*k:])
				}
				names = append(names, string(utf16.Decode(u)))
			}
		}
		per := uint32(sec / 4)
		fat := n / per
		if fat >= 109 {
			break
		}
		fs := le.Uint32(h[76+4*fat:])
		var next [4]byte
		if fs >= 0xfffffffa {
			break
		}
		if _, err := r.ReadAt(next[:], at(fs)+int64(n%per)*4); err != nil {
			break
		}
		n = le.Uint32(next[:])
	}
	return names, nil
}
