package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"zhike/internal/dedupe"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/sheet"
)

// readRecords reads the files into an index that is finished; rows is how many
// each has. A record's id is its row number from 1.
func (c *cli) readRecords(ctx context.Context, paths []string, columns map[string]dedupe.Field) (*dedupe.Index, []int64, error) {
	x := dedupe.NewIndex(meanings(columns)...)
	known := map[string]bool{}
	var rows []int64
	for i, path := range paths {
		b := c.newBar(c.t("cli.dedupe.progress.read"))
		n, err := addFile(ctx, x, path, uint8(i), columns, known, b.set)
		b.end()
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, n)
	}
	for name := range columns {
		if !known[name] {
			return nil, nil, errs.New(errs.Invalid, "dedupe.no_such_column", "column", name)
		}
	}
	x.Finish()
	return x, rows, nil
}

func meanings(columns map[string]dedupe.Field) []dedupe.Field {
	var out []dedupe.Field
	for _, f := range columns {
		out = append(out, f)
	}
	return out
}

// addFile adds the rows of a file. known takes up the columns that it has.
func addFile(ctx context.Context, x *dedupe.Index, path string, set uint8, columns map[string]dedupe.Field, known map[string]bool, progress func(done, total int64)) (int64, error) {
	src, err := sheet.FromFile(path)
	if err != nil {
		return 0, fileFault(err, path)
	}
	f, meaning, err := openMapped(ctx, src, columns, known)
	if err != nil {
		return 0, err
	}
	if f == nil {
		return 0, errs.New(errs.Invalid, "dedupe.no_mapped_column", "file", filepath.Base(path))
	}
	defer f.Close()
	var n int64
	rec := dedupe.Record{Set: set}
	for {
		row, err := f.Next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		// Rows of blank cells count, so that the numbers are those that other
		// programs give.
		for n+1 < row.Number {
			n++
			if err := x.Add(&dedupe.Record{ID: n, Set: set}); err != nil {
				return n, err
			}
		}
		n++
		rec.ID, rec.Values = n, rec.Values[:0]
		for i, m := range meaning {
			if m >= 0 && strings.TrimSpace(row.Cells[i]) != "" {
				rec.Values = append(rec.Values, dedupe.Value{Field: dedupe.Field(m), Text: row.Cells[i]})
			}
		}
		if err := x.Add(&rec); err != nil {
			return n, err
		}
		if n%5000 == 0 {
			if ctx.Err() != nil {
				return n, ctx.Err()
			}
			progress(f.Offset(), max(f.Info.Size, 0))
		}
	}
}

// openMapped opens a file with its first line as the header, or, where that
// has none of the columns, with the header that detection finds; nil where
// neither has one. The second result is the meaning by column, −1 for none.
func openMapped(ctx context.Context, src sheet.Source, columns map[string]dedupe.Field, known map[string]bool) (*sheet.File, []int, error) {
	for _, line := range []int64{1, 0} {
		f, err := sheet.Open(ctx, src, sheet.Options{HeaderLine: line})
		if err != nil {
			if line == 1 {
				continue
			}
			return nil, nil, err
		}
		found := false
		meaning := make([]int, len(f.Info.Header))
		for i, h := range f.Info.Header {
			h = strings.TrimSpace(h)
			m, ok := columns[h]
			meaning[i] = -1
			if ok {
				meaning[i], found, known[h] = int(m), true, true
			}
		}
		if found {
			return f, meaning, nil
		}
		f.Close()
	}
	return nil, nil, nil
}
