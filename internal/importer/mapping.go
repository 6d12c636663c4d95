package importer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"zhike/internal/clean"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/sheet"
)

// Mapping says what the columns of a file mean and how it is to be read. It is
// what `--map` reads, what the API takes and what is remembered per source.
type Mapping struct {
	Kind Kind `json:"kind,omitempty" yaml:"kind"`
	// Layout names the layout of another system (customer.Layouts). Without
	// columns it gives them; beside columns it only tells where they come from.
	Layout string `json:"layout,omitempty" yaml:"layout,omitempty" doc:"fxiaoke_accounts, fxiaoke_contacts, zoho_accounts or zoho_contacts; gives the columns where none are sent"`
	// Columns goes from ColumnKeys to meanings; a column that is not named is ignored.
	Columns map[string]Meaning `json:"columns" yaml:"columns"`
	Rules   Rules              `json:"rules,omitempty" yaml:"rules,omitempty"`

	// What would otherwise be detected.
	Encoding   string `json:"encoding,omitempty" yaml:"encoding,omitempty"`
	Delimiter  string `json:"delimiter,omitempty" yaml:"delimiter,omitempty"`
	Sheet      string `json:"sheet,omitempty" yaml:"sheet,omitempty"`
	HeaderLine int64  `json:"header_line,omitempty" yaml:"header_line,omitempty"`
	NoHeader   bool   `json:"no_header,omitempty" yaml:"no_header,omitempty"`
}

// Bounds of a mapping.
const (
	maxMappingBytes = 256 << 10
	maxColumns      = 150 // as package sheet has it
	maxColumnKey    = 1024
)

// ReadMapping reads a mapping as YAML or JSON, at most 256 KiB. Unknown fields,
// meanings and choices are errors (import.bad_mapping with the fields), so that
// a slip of the pen does not pass for a decision.
func ReadMapping(r io.Reader) (Mapping, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxMappingBytes+1))
	if err != nil {
		return Mapping{}, errs.Wrap(err, errs.Invalid, "import.mapping_unreadable")
	}
	if len(b) > maxMappingBytes {
		return Mapping{}, errs.New(errs.TooLarge, "import.mapping_too_large", "max_kb", maxMappingBytes>>10)
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	var m Mapping
	if err := decodeYAML(dec, &m); err != nil {
		return Mapping{}, errs.New(errs.Invalid, "import.mapping_syntax", "detail", yamlDetail(err))
	}
	switch {
	case m.Kind != "":
	case m.Layout != "":
		m.Kind = KindCustomers
	default:
		m.Kind = KindOrders
	}
	return m, m.Validate()
}

// decodeYAML survives the panics that some malformed documents cause in the library.
func decodeYAML(dec *yaml.Decoder, m *Mapping) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("malformed document")
		}
	}()
	if err := dec.Decode(m); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("empty document")
		}
		return err
	}
	var more yaml.Node
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return errors.New("more than one document")
	}
	return nil
}

// yamlDetail is the library's text, which names lines and fields, in one short line.
func yamlDetail(err error) string {
	s := strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "yaml: ", "")), " ")
	s = strings.ReplaceAll(s, " in type importer.Mapping", "")
	s = strings.ReplaceAll(s, " in type importer.Rules", "")
	if len(s) > 300 {
		s = strings.ToValidUTF8(s[:300], "") + "…"
	}
	return s
}

// WriteYAML writes the mapping so that ReadMapping reads it again.
func (m Mapping) WriteYAML(w io.Writer) error {
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(m); err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	return enc.Close()
}

// Validate checks a mapping by itself; whether it fits a file is the business
// of columnsFor. Error: import.bad_mapping with a field per fault.
func (m *Mapping) Validate() error {
	e := errs.New(errs.Invalid, "import.bad_mapping")
	if !m.Kind.Valid() {
		e.WithField("kind", "import.bad_kind", "choices", "orders, customers, behaviours")
		return e
	}
	m.validateLayout(e)
	if len(m.Columns) == 0 && m.Layout == "" {
		e.WithField("columns", "import.no_columns")
	}
	if len(m.Columns) > 2*maxColumns {
		e.WithField("columns", "import.too_many_columns", "max", 2*maxColumns)
		return e
	}
	allowed := Meanings(m.Kind)
	taken := map[Meaning]string{}
	for _, col := range sortedKeys(m.Columns) {
		what := m.Columns[col]
		switch {
		case len(col) > maxColumnKey:
			e.WithField("columns", "import.column_name_too_long", "max", maxColumnKey)
		case what == Ignore || what == "":
		case !slices.Contains(allowed, what) && !(takesExtra(m.Kind) && what.wellFormed()):
			e.WithField("columns."+col, "import.bad_meaning", "column", col, "meaning", cutText(string(what), 60))
		case taken[what] != "":
			e.WithField("columns."+col, "import.meaning_twice", "column", col, "other", taken[what], "meaning", string(what))
		default:
			taken[what] = col
		}
	}
	m.Rules.validate(e)
	if len(e.Fields) > 0 {
		return e
	}
	if len(m.Columns) > 0 {
		m.requirements(taken, e)
	}
	return e.OrNil()
}

// requirements are what a file must say at least to be of use.
func (m *Mapping) requirements(has map[Meaning]string, e *errs.Error) {
	any := func(of ...Meaning) bool {
		return slices.ContainsFunc(of, func(w Meaning) bool { return has[w] != "" })
	}
	if !any(BuyerID, BuyerNickname, BuyerPhone, BuyerPhone2, BuyerEmail, BuyerCode) &&
		!(m.Rules.NameIdentifies == "yes" && any(BuyerName, BuyerFamily, BuyerCompany)) {
		e.WithField("columns", "import.need_buyer")
	}
	switch m.Kind {
	case KindOrders:
		if !any(PaidAt, OrderedAt) {
			e.WithField("columns", "import.need_date")
		}
		if !any(Amount, ListAmount) && !(any(UnitPrice) && any(Quantity)) {
			e.WithField("columns", "import.need_amount")
		}
	case KindBehaviours:
		if !any(EventAt) {
			e.WithField("columns", "import.need_event_time")
		}
		if !any(EventKind) && m.Rules.DefaultEvent == "" {
			e.WithField("columns", "import.need_event_kind")
		}
	}
}

// dateOrder says how dates with the year behind are written.
func (m *Mapping) dateOrder() clean.DateOrder {
	switch m.Rules.DateOrder {
	case "mdy":
		return clean.MonthDayYear
	case "dmy":
		return clean.DayMonthYear
	}
	return 0
}

// options are those of package sheet that the mapping fixes.
func (m *Mapping) options() sheet.Options {
	return sheet.Options{
		Encoding: m.Encoding, Delimiter: m.Delimiter, Sheet: m.Sheet,
		HeaderLine: m.HeaderLine, NoHeader: m.NoHeader,
	}
}

// ColumnKeys names the columns of a header: the title without blanks around
// it; a title that came before gets "#2", "#3", …; a column without title "#"
// and its number.
func ColumnKeys(header []string) []string {
	keys := make([]string, len(header))
	seen := map[string]int{}
	for i, h := range header {
		k := strings.TrimSpace(strings.TrimPrefix(h, "\ufeff"))
		k = cutText(k, maxColumnKey-8)
		if k == "" {
			k = "#" + strconv.Itoa(i+1)
		}
		seen[k]++
		if n := seen[k]; n > 1 {
			k += "#" + strconv.Itoa(n)
		}
		keys[i] = k
	}
	return keys
}

// columns is a mapping applied to a header: the column of each meaning.
type columns struct {
	at     map[Meaning]int
	header []string
}

// col is the index of the column that says w, −1 without one.
func (c *columns) col(w Meaning) int {
	if i, ok := c.at[w]; ok {
		return i
	}
	return -1
}

// columnsFor applies the mapping to a header. A column that the mapping names
// and the file lacks is an error (import.missing_columns), or a file with other
// titles would be taken with half its content.
func (m *Mapping) columnsFor(header []string) (*columns, error) {
	keys := ColumnKeys(header)
	c := &columns{at: map[Meaning]int{}, header: header}
	var missing []string
	for _, col := range sortedKeys(m.Columns) {
		what := m.Columns[col]
		if what == Ignore || what == "" {
			continue
		}
		i := slices.Index(keys, col)
		if i < 0 {
			missing = append(missing, cutText(col, 40))
			continue
		}
		c.at[what] = i
	}
	if len(missing) > 0 {
		return nil, errs.New(errs.Invalid, "import.missing_columns", "columns", strings.Join(missing[:min(len(missing), 10)], ", "))
	}
	return c, nil
}

// errorTitles are the columns that an error file adds; a corrected error file
// has the header of its original as far as mappings go.
var errorTitles = map[string]bool{
	"行号": true, "列": true, "值": true, "原因": true,
	"Line": true, "Column": true, "Value": true, "Reason": true,
}

// errorColumns is how many columns an error file adds at the end.
const errorColumns = 4

// withoutErrorColumns cuts the columns that an error file added.
func withoutErrorColumns(header []string) []string {
	n := len(header) - errorColumns
	if n < 1 {
		return header
	}
	for _, h := range header[n:] {
		if !errorTitles[strings.TrimSpace(h)] {
			return header
		}
	}
	return header[:n]
}

// headerHash names a header: a mapping is found again by it.
func headerHash(header []string) string {
	h := sha256.New()
	for _, k := range ColumnKeys(withoutErrorColumns(header)) {
		h.Write([]byte(k))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// cutText is s in at most n bytes, at a character's edge.
func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
