package customer

import (
	"context"
	"io"
	"strings"
	"time"

	custom "zhike/internal/field"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/vault"
)

// usualColumns are those of a file where none are named.
var usualColumns = []string{
	"id", "name", "kind", "gender", "phone", "email", "province", "city", "level", "net_365", "orders_365", "aov_365",
	"net_all", "orders_all", "last_day", "days_since", "favourite_category", "owner",
}

// listExport writes a list as a table.
type listExport struct {
	s      *Service
	locale string
	format string
	plain  bool // contacts in clear
	told   func(rows, total int64)
	// layout writes the file as another system lays it out (Layouts); "" for
	// the columns of the list.
	layout string
	as     *exporter // with a layout
	zone   *time.Location
	words  map[string]string
}

// text is a text of the catalogue. i18n-keys: customer.kind.*, customer.gender.*, customer.stage.*, record.education.*, record.channel.*
func (x *listExport) text(key string) string {
	t, ok := x.words[key]
	if !ok {
		t = x.s.Texts.T(x.locale, key, nil)
		x.words[key] = t
	}
	return t
}

// write writes the customers that a list has; begin is called with the name of
// the file once the list is known to be good. It gives the number of rows.
func (x *listExport) write(ctx context.Context, lq ListQuery, begin func(name string) io.Writer) (rows int64, err error) {
	s := x.s
	x.zone, x.words = s.Zone(), map[string]string{}
	heads, columns, err := x.heads(ctx, lq.Columns)
	if err != nil {
		return 0, err
	}
	se, c, err := s.search(ctx, &lq.Filter)
	if err != nil {
		return 0, err
	}
	bare, desc := strings.CutPrefix(lq.Sort, "-")
	by, err := c.orderOf(bare, desc)
	if err != nil {
		return 0, err
	}
	name := x.text("customer.export.name")
	file := name
	if x.layout != "" {
		file = x.layout
	}
	w, err := sheet.NewWriter(begin(file+"-"+s.Zone.Today(s.Clock).String()+"."+x.format), x.format, name, heads)
	if err != nil || se.nobody {
		return 0, closed(w, err)
	}
	fd := &finder{s: s, search: se, name: lq.Sort, by: by, desc: desc, segments: by.segments(desc), whole: by.scan}
	if err := fd.count(ctx); err != nil {
		return 0, err
	}
	total := int64(0)
	if fd.total != nil && !fd.capped {
		total = *fd.total
	}
	cells := make([]sheet.Cell, len(heads))
	show := x.shows(columns)
	var place *hit
	seen := int64(0)
	for more := true; more; {
		var hits []hit
		if hits, more, err = fd.page(ctx, place, false, exportBatch); err != nil {
			return rows, err
		}
		if len(hits) == 0 {
			break
		}
		place = &hits[len(hits)-1]
		n, err := x.page(ctx, c, hits, columns, show, cells, w)
		rows += n
		if err != nil {
			return rows, err
		}
		seen += int64(len(hits))
		x.told(seen, total)
	}
	return rows, w.Close()
}

// heads gives the first line of the file and, without a layout, the fields below
// it. Errors: layout.unknown, and those of unknown columns.
func (x *listExport) heads(ctx context.Context, codes []string) ([]sheet.Column, []*listField, error) {
	if x.layout != "" {
		l, columns, err := layoutColumns(x.layout)
		if err != nil {
			return nil, nil, err
		}
		x.as = x.s.exporter(ctx, x.locale, l, columns)
		heads := make([]sheet.Column, len(columns))
		for i := range columns {
			heads[i] = sheet.Column{Title: columns[i].title, Width: columns[i].width}
		}
		return heads, nil, nil
	}
	if len(codes) == 0 {
		codes = without(auth.From(ctx), usualColumns)
	}
	columns, err := x.s.listColumns(ctx, codes)
	heads := make([]sheet.Column, len(columns))
	for i, f := range columns {
		heads[i] = sheet.Column{Title: x.s.title(f, x.locale), Width: float64(f.width) / 8}
	}
	return heads, columns, err
}

// shows opens contacts where a column has them.
func (x *listExport) shows(columns []*listField) func(*Contact) (string, error) {
	need := map[ContactKind]bool{}
	for _, f := range columns {
		need[ContactKind(f.code)] = true
	}
	return func(c *Contact) (string, error) {
		switch {
		case !need[c.Kind]:
			return "", nil
		case x.plain:
			return x.s.Vault.Open(vault.Kind(c.Kind), c.Cipher)
		}
		return x.s.masked(c)
	}
}

func (x *listExport) page(ctx context.Context, c *compiler, hits []hit, columns []*listField, show func(*Contact) (string, error),
	cells []sheet.Cell, w sheet.Writer,
) (rows int64, err error) {
	list, err := x.s.rowsOf(ctx, c.run.RunID, hits)
	if err != nil {
		return 0, err
	}
	items, err := x.s.items(ctx, list, c.asOf, show)
	if err != nil {
		return 0, err
	}
	if x.as != nil {
		return x.as.layoutRows(ctx, items, x.plain, cells, w)
	}
	ids := make([]int64, len(items))
	for i := range items {
		ids[i] = items[i].ID
	}
	more, err := x.s.extras(ctx, ids, columns)
	if err != nil {
		return 0, err
	}
	for i := range items {
		for k, f := range columns {
			cells[k] = x.cell(f, more, &items[i])
		}
		if err := w.Write(cells...); err != nil {
			return rows, err
		}
		rows++
	}
	return rows, nil
}

// cell writes a value as people read it.
func (x *listExport) cell(f *listField, more *extras, it *Item) sheet.Cell {
	switch f.code {
	// What the row has anyway.
	case "kind":
		return sheet.Text(x.text("customer.kind." + string(it.Kind)))
	case "province":
		return sheet.Text(it.Province)
	case "city":
		return sheet.Text(it.City)
	case "owner":
		if it.Owner == nil {
			return sheet.Cell{}
		}
		return sheet.Text(it.Owner.Name)
	case "phone":
		return optionalText(it.Phone)
	case "email":
		return optionalText(it.Email)
	case "level":
		if it.Level == nil {
			return sheet.Cell{}
		}
		return sheet.Text(it.Level.Name)
	case LifecycleField:
		return sheet.Text(more.stageName(more.lifecycle[it.ID]))
	case "days_since":
		if it.DaysSince == nil {
			return sheet.Cell{}
		}
		return sheet.Int(*it.DaysSince)
	case "tags":
		names := make([]string, len(more.tags[it.ID]))
		for i, t := range more.tags[it.ID] {
			names[i] = t.Name
		}
		return sheet.Text(strings.Join(names, "; "))
	}
	if f.def != nil {
		return x.customCell(f.def, more, it.ID)
	}
	v := more.value(f, it)
	switch v := v.(type) {
	case nil:
		return sheet.Cell{}
	case Named:
		return sheet.Text(v.Name)
	case *Level:
		if v == nil {
			return sheet.Cell{}
		}
		return sheet.Text(v.Name)
	case []string:
		return sheet.Text(strings.Join(v, "; "))
	case int64:
		switch f.typ {
		case "money":
			return sheet.Fen(v)
		case "time":
			return sheet.DateTime(time.UnixMilli(v).In(x.zone))
		}
		return sheet.Int(v)
	case float64:
		return sheet.Float(v)
	}
	t := textOf(v)
	switch {
	case f.typ == "date":
		return x.day(t)
	case f.words != "" && t != "":
		t = x.text(f.words + t)
	}
	return sheet.Text(t)
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case Kind:
		return string(v)
	case Stage:
		return string(v)
	case Gender:
		return string(v)
	}
	return ""
}

func (x *listExport) day(text string) sheet.Cell {
	d, err := clock.ParseDay(text)
	if err != nil {
		return sheet.Text(text)
	}
	return sheet.Date(d.Start(x.zone))
}

func (x *listExport) customCell(d *custom.Definition, more *extras, id int64) sheet.Cell {
	v := more.values[id][d.Code]
	switch {
	case !v.Set:
		return sheet.Cell{}
	case d.Kind == custom.Money:
		return sheet.Fen(v.Num)
	case d.Kind == custom.Number && d.Scale == 0:
		return sheet.Int(v.Num)
	case d.Kind == custom.Date:
		return sheet.Date(clock.Day(v.Num).Start(x.zone))
	case d.Kind == custom.Reference && d.Target == custom.TargetStaff:
		return sheet.Text(d.Format(v, x.locale, more.staff))
	}
	return sheet.Text(d.Format(v, x.locale, more.others))
}

// writeNested is WriteExport for a list with a nested filter.
func (s *Service) writeNested(ctx context.Context, e Export, begin func(name string) io.Writer) error {
	if e.Format != "csv" && e.Format != "xlsx" {
		return badFilter("format", "customer.unknown_format")
	}
	x := &listExport{s: s, locale: e.Locale, format: e.Format, layout: e.Layout, plain: e.plain(ctx), told: func(int64, int64) {}}
	about := map[string]any{"fields": e.Filter.Tree.Names(), "text": e.Filter.Text != "", "sort": sortName(e.Sort), "format": e.Format, "layout": e.Layout, "contacts_clear": x.plain}
	rows, err := x.write(ctx, ListQuery{Filter: e.Filter, Sort: sortName(e.Sort), Columns: e.Columns}, func(name string) io.Writer {
		// In the log before the first row is out.
		if err := s.Audit.Append(ctx, audit.Entry{Action: "customer.export", ObjectType: "customer", After: about}); err != nil {
			return failing{err}
		}
		return begin(name)
	})
	done := map[string]any{"rows": rows, "format": e.Format, "complete": err == nil}
	return cmpErr(s.Audit.Append(context.WithoutCancel(ctx), audit.Entry{Action: "customer.export_ended", ObjectType: "customer", After: done}), err)
}

// failing is a writer that cannot be written to.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
