package importer

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/vault"
)

// rejectsPage is how many refused rows are read at once.
const rejectsPage = 500

// header opens the titles of an import's file.
func (s *Service) header(rec *Record) ([]string, error) {
	text, err := s.vault.Open(vault.KindRow, rec.Header)
	if err != nil || text == "" {
		return nil, err
	}
	var h []string
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	return h, nil
}

// reason is the sentence for a refusal.
func reason(locale, code, params string) string {
	var p map[string]any
	if params != "" {
		_ = json.Unmarshal([]byte(params), &p) // our own JSON; without it the placeholders stay
	}
	return i18n.T(locale, "errors."+code, p)
}

// WriteErrors writes the refused rows of an import as CSV: the columns of the
// file as they were, then line, column, value and reason. Corrected, the file
// can be imported again; the columns added are passed over then.
func (s *Service) WriteErrors(ctx context.Context, w io.Writer, rec *Record, locale string) error {
	header, err := s.header(rec)
	if err != nil {
		return err
	}
	header = withoutErrorColumns(header)
	cols := make([]sheet.Column, 0, len(header)+errorColumns)
	for _, h := range header {
		cols = append(cols, sheet.Column{Title: h})
	}
	// i18n-keys: import.error_*
	for _, k := range []string{"import.error_line", "import.error_column", "import.error_value", "import.error_reason"} {
		cols = append(cols, sheet.Column{Title: i18n.T(locale, k, nil)})
	}
	out, err := sheet.NewCSV(w, cols, sheet.CSVOptions{})
	if err != nil {
		return err
	}
	cells := make([]sheet.Cell, len(cols))
	for after := int64(0); ; {
		page, err := s.st.rejects(ctx, rec.ID, after, "", rejectsPage)
		if err != nil {
			return err
		}
		for i := range page {
			r := &page[i]
			after = r.No
			row, err := openRow(s.vault, r.Row)
			if err != nil {
				return err
			}
			value, err := s.vault.Open(vault.KindCell, r.Value)
			if err != nil {
				return err
			}
			clear(cells)
			for k := range header {
				if k < len(row.Cells) {
					cells[k] = sheet.Text(row.Cells[k])
				}
			}
			n := len(header)
			cells[n], cells[n+1], cells[n+2] = sheet.Int(r.Line), sheet.Text(r.Column), sheet.Text(value)
			cells[n+3] = sheet.Text(reason(locale, r.Code, r.Params))
			if err := out.Write(cells...); err != nil {
				return err
			}
		}
		if len(page) < rejectsPage {
			return out.Close()
		}
	}
}

// errorPath is where the error file of an import lies.
func (s *Service) errorPath(id int64) string {
	return filepath.Join(s.files, "imports", idText10(id)+"-errors.csv")
}

// errorsTo is where the error file of a run goes; "" is nowhere.
func (s *Service) errorsTo(id int64, in *RunInput) string {
	switch {
	case in.Errors != "":
		return in.Errors
	case in.DryRun:
		return ""
	}
	return s.errorPath(id)
}

// writeErrorFile writes the error file on disk, for its owner alone, and gives
// its path. It appears whole or not at all.
func (s *Service) writeErrorFile(ctx context.Context, rec *Record, path, locale string) (string, error) {
	fail := func(err error) (string, error) {
		return "", errs.Wrap(err, errs.Unavailable, "import.cannot_write", "path", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fail(err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".errors-*") // mode 0600
	if err != nil {
		return fail(err)
	}
	defer os.Remove(f.Name())
	buf := bufio.NewWriterSize(f, 64<<10)
	if err := s.WriteErrors(ctx, buf, rec, locale); err != nil {
		f.Close()
		return "", err
	}
	if err := buf.Flush(); err != nil {
		f.Close()
		return fail(err)
	}
	if err := f.Close(); err != nil {
		return fail(err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fail(err)
	}
	return path, nil
}
