package importer

import (
	"context"
	"errors"
	"io"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/sheet"
)

// scanned is what the first pass found.
type scanned struct {
	rows    int64
	repeats *repeats
}

// scan is the first pass: it reads the whole file, so that a damaged one is
// refused before anything is written, counts its rows, and finds the units
// whose rows stand apart. progress hears of bytes.
func (p *parser) scan(ctx context.Context, f *sheet.File, maxRows int64, progress func(done, total int64)) (scanned, error) {
	// A row of an order has 60 bytes and more; packed files hold ten times as many.
	estimate := f.Info.Size / 60
	if f.Info.Format == sheet.FormatCSVGz {
		estimate *= 10
	}
	out := scanned{repeats: newRepeats(estimate)}
	feed := fileFeed{f: f}
	scratch := &batch{}
	prev, run := "", 0
	for {
		r, err := feed.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return out, err
		}
		if out.rows++; out.rows > maxRows {
			return out, errs.New(errs.TooLarge, "import.too_many_rows", "max", maxRows)
		}
		if out.rows&0xfff == 0 {
			if ctx.Err() != nil {
				return out, context.Cause(ctx)
			}
			progress(f.Offset(), f.Info.Size)
		}
		if !p.numbered() {
			scratch.reset()
			scratch.rows = append(scratch.rows, r)
			p.single(scratch, 0, 1)
			if len(scratch.docs) > 0 {
				out.repeats.see(p.contentOf(scratch, &scratch.docs[0]).hash())
			}
			continue
		}
		id, more, fault := p.orderKey(&r, 0)
		switch {
		case more && prev != "", fault == nil && !more && id == prev:
			if run++; run > maxUnitRows {
				return out, errs.New(errs.Invalid, "import.unit_too_large", "line", r.line, "max", maxUnitRows)
			}
		case fault != nil || more:
			prev, run = "", 0
		default:
			prev, run = id, 1
			out.repeats.see(p.orderHash(id))
		}
	}
	out.repeats.finish()
	progress(f.Info.Size, f.Info.Size)
	return out, nil
}
