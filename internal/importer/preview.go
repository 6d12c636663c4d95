package importer

import (
	"context"
	"slices"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/sheet"
)

// previewRows is how many rows a preview shows.
const previewRows = 20

// PreviewInput says what to look at. Fields of Mapping that shape the reading
// (encoding, sheet, header_line …) hold for the preview; its columns, if there
// are any, take the place of the guess.
type PreviewInput struct {
	UploadID int64
	Kind     Kind
	Source   string
	Mapping  *Mapping
	SavedID  int64 // mapping kept under a name to begin with; 0 for none
	Guess    bool  // passes over what was remembered
}

// Problem is what keeps a mapping from being used.
type Problem struct {
	Path   string         `json:"path"`
	Code   string         `json:"code"`
	Params map[string]any `json:"params,omitempty"`
}

// i18n-keys: import.layout.*

// Preview is what a file looks like before it is imported.
type Preview struct {
	Format    string   `json:"format" enum:"csv,csv.gz,xlsx"`
	Encoding  string   `json:"encoding" doc:"\"\" for a workbook"`
	Delimiter string   `json:"delimiter" doc:"\"\" for a workbook"`
	Sheet     string   `json:"sheet" doc:"\"\" for a CSV"`
	Sheets    []string `json:"sheets"`
	HeaderAt  int64    `json:"header_line"`
	Above     []string `json:"above" doc:"rows above the titles, which are passed over"`

	Kind     Kind          `json:"kind"`
	Mapping  Mapping       `json:"mapping"`
	Saved    bool          `json:"saved" doc:"the mapping is the one used last time for this source and these titles"`
	Layout   string        `json:"layout" doc:"the layout of another system whose titles the file has; \"\" for none"`
	Layouts  []string      `json:"layouts" doc:"layouts that a file of this kind may have"`
	Missing  []string      `json:"missing" doc:"columns of the saved mapping that the file lacks"`
	Columns  []Column      `json:"columns"`
	Fields   []FieldTarget `json:"fields" doc:"custom fields that a column may hold"`
	Rows     [][]string    `json:"rows" doc:"the first rows as they stand"`
	Meanings []Meaning     `json:"meanings" doc:"what a column of this kind may mean"`
	Warnings []string      `json:"warnings" doc:"keys of texts"`
	Problems []Problem     `json:"problems" doc:"why the mapping cannot be used yet; empty where it can"`
}

// Preview reads the beginning of an upload and says what an import would make
// of it. The rows are shown as they are, which is why import.run is needed.
func (s *Service) Preview(ctx context.Context, in PreviewInput) (Preview, error) {
	if err := auth.Require(ctx, PermRun); err != nil {
		return Preview{}, err
	}
	if in.Kind != "" && !in.Kind.Valid() {
		return Preview{}, errs.New(errs.Invalid, "import.bad_kind", "choices", "orders, customers, behaviours")
	}
	u, err := s.ownUpload(ctx, in.UploadID)
	if err != nil {
		return Preview{}, err
	}
	src, err := s.uploadSource(u)
	if err != nil {
		return Preview{}, err
	}
	code, _, err := sourceCode(in.Source)
	if err != nil {
		return Preview{}, err
	}
	var shape Mapping
	if in.Mapping != nil {
		shape = *in.Mapping
	}
	f, err := sheet.Open(ctx, src, s.sheetOptions(&shape))
	if err != nil {
		return Preview{}, err
	}
	defer f.Close()
	rows, err := sample(f)
	if err != nil {
		return Preview{}, err
	}
	return s.previewOf(ctx, in, code, f, rows)
}

func (s *Service) previewOf(ctx context.Context, in PreviewInput, code string, f *sheet.File, rows [][]string) (Preview, error) {
	g, err := s.guess(ctx, f.Info.Header, rows, in.Kind)
	if err != nil {
		return Preview{}, err
	}
	out := Preview{
		Format: f.Info.Format, Encoding: f.Info.Encoding, Delimiter: f.Info.Delimiter, Sheet: f.Info.Sheet,
		Sheets: append([]string{}, f.Info.Sheets...), HeaderAt: f.Info.HeaderLine, Above: []string{},
		Kind: g.Mapping.Kind, Mapping: g.Mapping, Columns: g.Columns, Warnings: append([]string{}, g.Warnings...),
		Meanings: writable(ctx, Meanings(g.Mapping.Kind)), Problems: []Problem{}, Missing: []string{}, Layouts: []string{},
	}
	if out.Fields, _, err = s.fieldTargets(ctx, out.Kind); err != nil {
		return out, err
	}
	out.Fields = writableFields(ctx, out.Fields)
	if l := layoutOf(f.Info.Header); l != nil {
		out.Layout = l.Name
	}
	if out.Kind == KindCustomers {
		for _, l := range customer.Layouts() {
			out.Layouts = append(out.Layouts, l.Name)
		}
	}
	for _, t := range f.Info.Skipped {
		out.Above = append(out.Above, t.Text)
	}
	out.Rows = rows[:min(len(rows), previewRows)]
	switch {
	case in.Mapping != nil && len(in.Mapping.Columns) > 0:
		out.Mapping = *in.Mapping
		out.Mapping.Kind = out.Kind
	case in.Mapping != nil && in.Mapping.Layout != "":
		out.Mapping = *in.Mapping
		out.Mapping.Kind = out.Kind
		if err := out.Mapping.layOut(f.Info.Header); err != nil {
			return out, err
		}
	case in.SavedID != 0:
		m, missing, err := s.fitted(ctx, in.SavedID, f.Info.Header)
		if err != nil {
			return out, err
		}
		if m.Kind != out.Kind {
			return out, errs.New(errs.Invalid, "import.mapping_other_kind")
		}
		out.Mapping, out.Missing = m, append(out.Missing, missing...)
		out.Mapping.readAs(in.Mapping)
	case in.Guess:
		out.Mapping.readAs(in.Mapping)
	default:
		saved, err := s.remembered(ctx, code, out.Kind, f.Info.Header)
		if err != nil {
			return out, err
		}
		if saved != nil {
			out.Mapping, out.Saved = *saved, true
		}
		out.Mapping.readAs(in.Mapping)
	}
	if in.Mapping == nil || len(in.Mapping.Columns) == 0 {
		out.Mapping.leaveOut(ctx)
	}
	for i := range out.Columns {
		c := &out.Columns[i]
		m := out.Mapping.Columns[c.Key]
		if m == "" {
			m = Ignore
		}
		if m != c.Meaning {
			c.Meaning, c.Confidence = m, 1
			if m == Ignore {
				c.Confidence = 0
			}
		}
	}
	if err = out.Mapping.Validate(); err == nil {
		err = s.checkTargets(ctx, &out.Mapping)
	}
	if err == nil {
		_, err = out.Mapping.columnsFor(f.Info.Header)
	}
	if err == nil {
		err = out.Mapping.mayWrite(ctx)
	}
	if err != nil {
		e := errs.From(err)
		for _, p := range e.Fields {
			out.Problems = append(out.Problems, Problem{p.Path, p.Code, p.Params})
		}
		if len(e.Fields) == 0 {
			out.Problems = append(out.Problems, Problem{"columns", e.Code, e.Params})
		}
	}
	slices.SortFunc(out.Problems, func(a, b Problem) int { return compareText(a.Path, b.Path) })
	return out, nil
}

// readAs takes the way of reading of another mapping; nil changes nothing.
func (m *Mapping) readAs(of *Mapping) {
	if of == nil {
		return
	}
	m.Encoding, m.Delimiter, m.Sheet, m.HeaderLine, m.NoHeader = of.Encoding, of.Delimiter, of.Sheet, of.HeaderLine, of.NoHeader
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
