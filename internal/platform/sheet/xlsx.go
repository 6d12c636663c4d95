package sheet

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/klauspost/compress/flate"

	"zhike/internal/platform/errs"
)

const (
	maxZipDirectory = 1 << 20 // bytes of the ZIP's central directory that are read
	maxSmallPart    = 32 << 20
	maxSharedXML    = 2 << 30
	maxSheetXML     = 4 << 30
	maxSheets       = 1000
	xmlTokenLimit   = 8 << 20
	maxRowNumber    = 1 << 20
	maxColumnNumber = 1 << 14
)

// workbook is an opened XLSX.
type workbook struct {
	ctx      context.Context
	opt      Options
	zip      *zip.Reader
	at       ReaderAtCloser
	files    map[string]*zip.File // by lower-case name
	sheets   []sheetRef
	styles   []dateStyle // by cell style index
	date1904 bool
	shared   sharedStrings
}

type sheetRef struct {
	name, part string
	hidden     bool
}

func openXLSX(ctx context.Context, src Source, opt Options, info *Info) (rowReader, error) {
	if opt.MaxUnpacked <= 0 {
		opt.MaxUnpacked = maxSheetXML
	}
	at, size, held, err := openAt(src, opt.MaxXLSX)
	if err != nil {
		return nil, err
	}
	w := &workbook{ctx: ctx, opt: opt, at: at}
	w.shared.budget = opt.MaxMemory - held
	r, err := w.open(size, info)
	if err != nil {
		at.Close()
		return nil, err
	}
	return r, nil
}

// budgetAt refuses to read on when its budget is used up.
type budgetAt struct {
	r    io.ReaderAt
	left int64
	free bool
}

var errBudget = errors.New("directory over the bound")

func (b *budgetAt) ReadAt(p []byte, off int64) (int, error) {
	if !b.free {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, errBudget
		}
	}
	return b.r.ReadAt(p, off)
}

func (w *workbook) open(size int64, info *Info) (*xlsxRows, error) {
	at := &budgetAt{r: w.at, left: maxZipDirectory + 128<<10}
	z, err := zip.NewReader(at, size)
	if errors.Is(err, errBudget) {
		return nil, errs.New(errs.TooLarge, "sheet.bomb")
	}
	if err != nil {
		return nil, damaged(err, "zip")
	}
	at.free = true
	z.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser { return flate.NewReader(r) })
	w.zip = z
	w.files = make(map[string]*zip.File, len(z.File))
	var total uint64
	for _, f := range z.File {
		w.files[strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))] = f
		total += f.UncompressedSize64
		if f.UncompressedSize64 > 1<<40 || total > 1<<40 {
			return nil, errs.New(errs.TooLarge, "sheet.bomb")
		}
		if f.UncompressedSize64 > bombAfter && f.UncompressedSize64 > bombRatio*max(f.CompressedSize64, 1) {
			return nil, errs.New(errs.TooLarge, "sheet.bomb")
		}
	}
	if total > uint64(w.opt.MaxUnpacked)+maxSharedXML {
		return nil, errs.New(errs.TooLarge, "sheet.bomb")
	}
	if err := w.load(); err != nil {
		return nil, err
	}
	for _, s := range w.sheets {
		info.Sheets = append(info.Sheets, s.name)
	}
	return w.pick(info)
}

// load reads the parts that say where the rows are and how they look.
func (w *workbook) load() error {
	book := "xl/workbook.xml"
	if rels, err := w.rels("_rels/.rels", ""); err == nil {
		for _, r := range rels {
			if strings.HasSuffix(r.kind, "/officeDocument") {
				book = r.target
			}
		}
	}
	if _, ok := w.files[strings.ToLower(book)]; !ok || strings.HasSuffix(book, ".bin") {
		return w.notWorkbook(book)
	}
	dir, base := path.Split(book)
	rels, err := w.rels(dir+"_rels/"+base+".rels", dir)
	if err != nil {
		return err
	}
	if err := w.readBook(book, rels); err != nil {
		return err
	}
	for _, r := range rels {
		switch {
		case strings.HasSuffix(r.kind, "/styles"):
			err = w.readStyles(r.target)
		case strings.HasSuffix(r.kind, "/sharedStrings"):
			err = w.readShared(r.target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// notWorkbook names what a ZIP without a workbook is.
func (w *workbook) notWorkbook(book string) error {
	has := func(name string) bool { _, ok := w.files[name]; return ok }
	switch {
	case strings.HasSuffix(book, ".bin") || has("xl/workbook.bin"):
		return errs.New(errs.Invalid, "sheet.other_format", "format", "XLSB")
	case has("content.xml") && has("mimetype"):
		return errs.New(errs.Invalid, "sheet.other_format", "format", "ODS")
	case has("index/document.iwa") || has("index.zip"):
		return errs.New(errs.Invalid, "sheet.other_format", "format", "Numbers")
	case has("word/document.xml"), has("ppt/presentation.xml"):
		return errs.New(errs.Invalid, "sheet.not_table")
	case has("[content_types].xml"):
		return errs.New(errs.Invalid, "sheet.damaged", "part", "workbook.xml")
	}
	return errs.New(errs.Invalid, "sheet.zip_archive")
}

// part opens a part by name and bounds what comes out of it.
func (w *workbook) part(name string, maxBytes int64) (*partReader, error) {
	f, ok := w.files[strings.ToLower(name)]
	if !ok {
		return nil, errs.New(errs.Invalid, "sheet.damaged", "part", path.Base(name))
	}
	if f.Flags&1 != 0 {
		return nil, errs.New(errs.Invalid, "sheet.encrypted")
	}
	rc, err := f.Open()
	if err != nil {
		return nil, damaged(err, path.Base(name))
	}
	return &partReader{ctx: w.ctx, rc: rc, name: path.Base(name), packed: int64(f.CompressedSize64),
		declared: int64(f.UncompressedSize64), max: maxBytes}, nil
}

// partReader counts what a part unpacks to, whatever its directory entry says.
type partReader struct {
	ctx      context.Context
	rc       io.ReadCloser
	name     string
	out      int64
	packed   int64
	declared int64
	max      int64
}

func (p *partReader) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, errs.From(err)
	}
	n, err := p.rc.Read(b)
	p.out += int64(n)
	if p.out > p.max || p.out > bombAfter && p.out > bombRatio*max(p.packed, 1) {
		return n, errs.New(errs.TooLarge, "sheet.bomb")
	}
	if p.out > p.declared { // the sum of declared sizes was checked
		return n, damaged(zip.ErrFormat, p.name)
	}
	if err != nil && err != io.EOF {
		err = damaged(err, p.name)
	}
	return n, err
}

func (p *partReader) Close() error { return p.rc.Close() }

// damaged wraps what a library says of broken bytes; our own errors pass.
func damaged(err error, part string) error {
	var e *errs.Error
	if errors.As(err, &e) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return errs.From(err)
	}
	return errs.Wrap(err, errs.Invalid, "sheet.damaged", "part", part)
}

// each runs fn for every start tag of a small part.
func (w *workbook) each(name string, fn func(x *xmlScanner) error) error {
	p, err := w.part(name, maxSmallPart)
	if err != nil {
		return err
	}
	defer p.Close()
	x := newXMLScanner(p, xmlTokenLimit)
	for {
		tok, err := x.next()
		if err == io.EOF {
			return nil
		}
		if err == nil && tok == xmlStart {
			err = fn(x)
		}
		if err != nil {
			return damaged(err, p.name)
		}
	}
}

type relation struct{ id, kind, target string }

func (w *workbook) rels(name, dir string) (out []relation, err error) {
	err = w.each(name, func(x *xmlScanner) error {
		if string(x.name) != "Relationship" {
			return nil
		}
		t := strings.ReplaceAll(x.attrText("Target"), `\`, "/")
		if strings.HasPrefix(t, "/") {
			t = t[1:]
		} else {
			t = path.Join(dir, t)
		}
		if len(out) > 10*maxSheets {
			return errXML
		}
		out = append(out, relation{x.attrText("Id"), x.attrText("Type"), t})
		return nil
	})
	return out, err
}

func (w *workbook) readBook(name string, rels []relation) error {
	err := w.each(name, func(x *xmlScanner) error {
		switch string(x.name) {
		case "workbookPr":
			v := string(x.attr("date1904"))
			w.date1904 = v == "1" || v == "true"
		case "sheet":
			if len(w.sheets) >= maxSheets {
				return errXML
			}
			s := sheetRef{name: x.attrText("name")}
			st := string(x.attr("state"))
			s.hidden = st == "hidden" || st == "veryHidden"
			id := x.attrText("r:id")
			for _, r := range rels {
				if r.id == id && strings.HasSuffix(r.kind, "/worksheet") {
					s.part = r.target
				}
			}
			if s.part != "" { // chart sheets have no rows
				w.sheets = append(w.sheets, s)
			}
		}
		return nil
	})
	if err == nil && len(w.sheets) == 0 {
		return errs.New(errs.Invalid, "sheet.empty")
	}
	return err
}

func (w *workbook) readStyles(name string) error {
	codes := map[int]dateStyle{}
	inXfs := false
	return w.each(name, func(x *xmlScanner) error {
		switch string(x.name) {
		case "numFmt":
			id, err := strconv.Atoi(string(x.attr("numFmtId")))
			if err == nil && len(codes) < 1<<16 {
				codes[id] = formatStyle(x.attrText("formatCode"))
			}
		case "cellXfs":
			inXfs = true
		case "cellStyles", "dxfs", "cellStyleXfs":
			inXfs = false
		case "xf":
			if !inXfs || len(w.styles) >= 1<<16 {
				return nil
			}
			id, _ := strconv.Atoi(string(x.attr("numFmtId")))
			st, own := codes[id]
			if !own {
				st = builtinStyle(id)
			}
			w.styles = append(w.styles, st)
		}
		return nil
	})
}

// pick opens the sheet that Options name, or the first visible one with a
// cell; where only hidden sheets have any, the first of those.
func (w *workbook) pick(info *Info) (*xlsxRows, error) {
	if w.opt.Sheet != "" {
		for _, s := range w.sheets {
			if s.name == w.opt.Sheet {
				return w.rows(s, info)
			}
		}
		return nil, errs.New(errs.NotFound, "sheet.no_such_sheet", "sheet", w.opt.Sheet, "sheets", strings.Join(info.Sheets, ", "))
	}
	for _, hidden := range []bool{false, true} {
		for _, s := range w.sheets {
			if s.hidden != hidden {
				continue
			}
			full, err := w.hasCells(s)
			if err != nil {
				return nil, err
			}
			if full {
				return w.rows(s, info)
			}
		}
	}
	return nil, errs.New(errs.Invalid, "sheet.empty")
}

func (w *workbook) hasCells(s sheetRef) (bool, error) {
	r, err := w.rows(s, new(Info))
	if err != nil {
		return false, err
	}
	defer r.part.Close()
	var row Row
	for {
		switch err := r.next(&row); {
		case err == io.EOF:
			return false, nil
		case errs.Is(err, "sheet.too_many_columns"), errs.Is(err, "sheet.cell_too_large"):
			return true, nil // there is something; reading it will say so
		case err != nil:
			return false, err
		case !blank(&row):
			return true, nil
		}
	}
}
