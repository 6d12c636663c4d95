package sheet

import (
	"errors"
	"io"

	"zhike/internal/platform/errs"
)

// sharedStrings holds the text that cells refer to by number, packed in
// blocks, within a budget of memory.
type sharedStrings struct {
	blocks [][]byte
	refs   []sharedRef
	budget int64
}

type sharedRef struct {
	block      uint32
	start, end uint32
}

const sharedBlock = 1 << 20

func (s *sharedStrings) add(b []byte) error {
	s.budget -= int64(len(b)) + 12
	if s.budget < 0 {
		return errs.New(errs.TooLarge, "sheet.too_much_text")
	}
	n := len(s.blocks) - 1
	if n < 0 || len(s.blocks[n])+len(b) > cap(s.blocks[n]) {
		s.blocks = append(s.blocks, make([]byte, 0, max(sharedBlock, len(b))))
		n++
	}
	start := len(s.blocks[n])
	s.blocks[n] = append(s.blocks[n], b...)
	s.refs = append(s.refs, sharedRef{uint32(n), uint32(start), uint32(start + len(b))})
	return nil
}

func (s *sharedStrings) get(i int) (string, bool) {
	if i < 0 || i >= len(s.refs) {
		return "", false
	}
	r := s.refs[i]
	return string(s.blocks[r.block][r.start:r.end]), true
}

func (w *workbook) readShared(name string) error {
	p, err := w.part(name, maxSharedXML)
	if err != nil {
		return err
	}
	defer p.Close()
	x := newXMLScanner(p, xmlTokenLimit)
	var text []byte
	for {
		tok, err := x.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return damaged(err, p.name)
		}
		if tok != xmlStart || string(x.name) != "si" {
			continue
		}
		text, err = richText(x, text[:0], w.opt.MaxCell)
		if errors.Is(err, errCell) || errors.Is(err, errXMLToken) {
			return errs.New(errs.TooLarge, "sheet.text_too_large", "max_kb", w.opt.MaxCell>>10)
		}
		if err != nil {
			return damaged(err, p.name)
		}
		if err := w.shared.add(text); err != nil {
			return err
		}
	}
}

var errCell = errors.New("cell over the bound")

// richText joins the <t> of an <si> or <is> whose start tag was just read;
// phonetic hints are left out.
func richText(x *xmlScanner, dst []byte, limit int) ([]byte, error) {
	if x.selfEnd {
		return dst, nil
	}
	from := len(dst)
	inT := false
	for depth := 1; depth > 0; {
		tok, err := x.next()
		if err != nil {
			return dst, eofIsCut(err)
		}
		switch tok {
		case xmlStart:
			if string(x.name) == "rPh" {
				if err := x.skip(); err != nil {
					return dst, err
				}
				continue
			}
			if !x.selfEnd {
				depth++
				inT = string(x.name) == "t"
			}
		case xmlEnd:
			depth--
			inT = false
		case xmlText:
			if inT {
				if dst, err = x.appendText(dst); err != nil {
					return dst, err
				}
				if len(dst)-from > limit {
					return dst, errCell
				}
			}
		}
	}
	return dst[:from+len(unescapeX(dst[from:]))], nil
}
