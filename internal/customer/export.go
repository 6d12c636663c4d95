package customer

import (
	"context"
	"io"
	"slices"
	"time"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/vault"
)

// exportBatch is how many customers an export reads at once.
const exportBatch = 1000

// Export says what a file holds.
type Export struct {
	Filter  Filter
	Sort    string
	Format  string   // csv or xlsx
	Columns []string // keys; empty = all
	// Layout writes the file as another system lays it out (Layouts) instead of Columns.
	Layout string
	Locale string // of titles and words
	// ByCodes says that Columns and Sort are codes of the catalogue of fields,
	// as with a nested filter.
	ByCodes bool
	// Masked hides contacts also from those who may see them.
	Masked bool
}

// plain says whether the file has contacts in clear.
func (e *Export) plain(ctx context.Context) bool { return !e.Masked && auth.From(ctx).Can(PermReveal) }

// exportColumn is one column: its key is the text customer.column.<key>.
type exportColumn struct {
	key   string
	title string // "" for the text of the key
	width float64
	cell  func(x *exporter, it *Item) sheet.Cell
}

// exporter is one export under way.
type exporter struct {
	service *Service
	locale  string
	zone    *time.Location
	hides   func(key string) bool // fields of the layout that stay empty
	layout  *Layout               // nil without one
	columns []exportColumn
	page    *layoutPage // of the items being written
}

func (s *Service) exporter(ctx context.Context, locale string, layout *Layout, columns []exportColumn) *exporter {
	a := auth.From(ctx)
	return &exporter{service: s, locale: locale, zone: s.Zone(), layout: layout, columns: columns, hides: func(key string) bool { return a.Hides(key) }}
}

func (x *exporter) text(key string) string { return x.service.Texts.T(x.locale, key, nil) }

var exportColumns = []exportColumn{
	{"id", "", 10, func(_ *exporter, it *Item) sheet.Cell { return sheet.Int(it.ID) }},
	{"name", "", 16, func(_ *exporter, it *Item) sheet.Cell { return sheet.Text(it.Name) }},
	{"kind", "", 8, func(x *exporter, it *Item) sheet.Cell { return sheet.Text(x.text("customer.kind." + string(it.Kind))) }},
	{"gender", "", 6, func(x *exporter, it *Item) sheet.Cell {
		if it.Gender == GenderUnknown {
			return sheet.Cell{}
		}
		return sheet.Text(x.text("customer.gender." + string(it.Gender)))
	}},
	{"phone", "", 14, func(_ *exporter, it *Item) sheet.Cell { return optionalText(it.Phone) }},
	{"email", "", 24, func(_ *exporter, it *Item) sheet.Cell { return optionalText(it.Email) }},
	{"province", "", 10, func(_ *exporter, it *Item) sheet.Cell { return sheet.Text(it.Province) }},
	{"city", "", 10, func(_ *exporter, it *Item) sheet.Cell { return sheet.Text(it.City) }},
	{"level", "", 10, func(_ *exporter, it *Item) sheet.Cell {
		if it.Level == nil {
			return sheet.Cell{}
		}
		return sheet.Text(it.Level.Name)
	}},
	{"net_365", "", 14, func(_ *exporter, it *Item) sheet.Cell { return sheet.Fen(it.Net365) }},
	{"orders_365", "", 10, func(_ *exporter, it *Item) sheet.Cell { return sheet.Int(it.Orders365) }},
	{"aov_365", "", 12, func(_ *exporter, it *Item) sheet.Cell {
		if it.AOV365 == nil {
			return sheet.Cell{}
		}
		return sheet.Fen(*it.AOV365)
	}},
	{"net_all", "", 14, func(_ *exporter, it *Item) sheet.Cell { return sheet.Fen(it.NetAll) }},
	{"orders_all", "", 10, func(_ *exporter, it *Item) sheet.Cell { return sheet.Int(it.OrdersAll) }},
	{"last_day", "", 12, func(x *exporter, it *Item) sheet.Cell {
		if it.LastDay == nil {
			return sheet.Cell{}
		}
		return sheet.Date(it.LastDay.Start(x.zone))
	}},
	{"days_since", "", 10, func(_ *exporter, it *Item) sheet.Cell {
		if it.DaysSince == nil {
			return sheet.Cell{}
		}
		return sheet.Int(*it.DaysSince)
	}},
	{"favourite_category", "", 14, func(_ *exporter, it *Item) sheet.Cell { return sheet.Text(it.Category) }},
	{"owner", "", 12, func(_ *exporter, it *Item) sheet.Cell {
		if it.Owner == nil {
			return sheet.Cell{}
		}
		return sheet.Text(it.Owner.Name)
	}},
}

func optionalText(s *string) sheet.Cell {
	if s == nil {
		return sheet.Cell{}
	}
	return sheet.Text(*s)
}

// WriteExport writes the customers that match as a table to the writer that
// begin gives; begin is called once the input is known to be good, with the
// name of the file. Contacts are masked unless the actor holds
// customer.reveal. The audit log has an entry when it begins and one, with the
// number of rows, when it ends, also where it ended early. Errors: forbidden
// without customer.export, customer.unknown_column, customer.unknown_format,
// and those of List.
func (s *Service) WriteExport(ctx context.Context, e Export, begin func(name string) io.Writer) error {
	if err := auth.Require(ctx, PermExport); err != nil {
		return err
	}
	e.Sort = usualSort(ctx, e.Sort)
	if err := s.mayList(ctx, &e.Filter, e.Sort); err != nil {
		return err
	}
	if e.Filter.Tree != nil || e.ByCodes {
		return s.writeNested(ctx, e, begin)
	}
	columns, err := chooseColumns(ctx, e.Columns)
	var layout *Layout
	if err == nil && e.Layout != "" {
		layout, columns, err = layoutColumns(e.Layout)
	}
	if err != nil {
		return err
	}
	if e.Format != "csv" && e.Format != "xlsx" {
		return errs.New(errs.Invalid, "invalid").WithField("format", "customer.unknown_format")
	}
	so, from, err := position0("", e.Sort)
	if err != nil {
		return err
	}
	asOf, err := s.Today(ctx)
	if err != nil {
		return err
	}
	shown := e.Filter // without what resolve makes of it
	f := e.Filter
	if err := s.resolve(ctx, &f); err != nil {
		return err
	}
	plain := e.plain(ctx)
	about := map[string]any{"filter": auditFilter(shown), "sort": sortName(e.Sort), "format": e.Format, "layout": e.Layout, "contacts_clear": plain}
	if err := s.Audit.Append(ctx, audit.Entry{Action: "customer.export", ObjectType: "customer", After: about}); err != nil {
		return err
	}
	x := s.exporter(ctx, e.Locale, layout, columns)
	rows, err := x.write(ctx, &f, so, from, asOf, plain, e.Format, begin)
	done := map[string]any{"rows": rows, "format": e.Format, "complete": err == nil}
	// Written even where the caller went away in the middle.
	if e := s.Audit.Append(context.WithoutCancel(ctx), audit.Entry{Action: "customer.export_ended", ObjectType: "customer", After: done}); err == nil {
		err = e
	}
	return err
}

// auditFilter is the filter without the text searched for, which may be a
// phone number: only that there was one.
func auditFilter(f Filter) map[string]any {
	text := f.Text != ""
	f.Text = ""
	return map[string]any{"conditions": f, "text": text}
}

// chooseColumns gives the columns of keys, without keys all that are not hidden
// from the actor.
func chooseColumns(ctx context.Context, keys []string) ([]exportColumn, error) {
	if len(keys) == 0 {
		return slices.DeleteFunc(slices.Clone(exportColumns), func(c exportColumn) bool { return auth.Hides(ctx, keyOfCode(c.key)) }), nil
	}
	var out []exportColumn
	for _, key := range keys {
		i := slices.IndexFunc(exportColumns, func(c exportColumn) bool { return c.key == key })
		if i < 0 || len(out) >= len(exportColumns) {
			return nil, errs.New(errs.Invalid, "invalid").WithField("columns", "customer.unknown_column", "column", key)
		}
		if err := Shows(ctx, keyOfCode(key)); err != nil {
			return nil, err
		}
		out = append(out, exportColumns[i])
	}
	return out, nil
}

func (x *exporter) write(ctx context.Context, f *Filter, so sortOrder, from position, asOf clock.Day, plain bool,
	format string, begin func(name string) io.Writer,
) (rows int64, err error) {
	s, columns := x.service, x.columns
	heads := make([]sheet.Column, len(columns))
	for i, c := range columns {
		heads[i] = sheet.Column{Title: x.text("customer.column." + c.key), Width: c.width}
		if c.title != "" {
			heads[i].Title = c.title
		}
	}
	name := x.text("customer.export.name")
	out := begin(name + "-" + asOf.String() + "." + format)
	var w sheet.Writer
	if format == "xlsx" {
		w, err = sheet.NewXLSX(out, heads, sheet.XLSXOptions{Sheet: name})
	} else {
		w, err = sheet.NewCSV(out, heads, sheet.CSVOptions{})
	}
	if err != nil || f.nobody {
		return 0, closed(w, err)
	}
	actor := auth.From(ctx)
	total, known, err := s.total(ctx, actor, f)
	if err != nil {
		return 0, err
	}
	show := s.masked
	if plain {
		show = func(c *Contact) (string, error) { return s.Vault.Open(vault.Kind(c.Kind), c.Cipher) }
	}
	cells := make([]sheet.Cell, len(columns))
	for {
		page, err := s.page(ctx, actor, f, so, from, exportBatch, total, known)
		if err != nil {
			return rows, err
		}
		items, err := s.items(ctx, page, asOf, show)
		if err != nil {
			return rows, err
		}
		if x.layout != nil {
			n, err := x.layoutRows(ctx, items, plain, cells, w)
			if rows += n; err != nil {
				return rows, err
			}
			items = nil
		}
		for i := range items {
			for k := range columns {
				cells[k] = columns[k].cell(x, &items[i])
			}
			if err := w.Write(cells...); err != nil {
				return rows, err
			}
			rows++
		}
		if len(page) < exportBatch {
			return rows, w.Close()
		}
		from = position{page[len(page)-1].sortKey, page[len(page)-1].ID}
	}
}

func closed(w sheet.Writer, err error) error {
	if err != nil {
		return err
	}
	return w.Close()
}
