package importer

import (
	"context"
	"strings"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// validateLayout adds what is wrong with the name of a layout.
func (m *Mapping) validateLayout(e *errs.Error) {
	switch {
	case m.Layout == "":
	case customer.LayoutByName(m.Layout) == nil:
		e.WithField("layout", "import.bad_layout", "layout", cutText(m.Layout, 60), "choices", customer.LayoutNames())
	case m.Kind != KindCustomers:
		e.WithField("layout", "import.layout_kind", "layout", m.Layout)
	}
}

// layOut gives a mapping that only names a layout the columns of it that the
// file has, and the rules that go with it where none are said. Error:
// import.layout_misfit where the file has none of the titles that tell.
func (m *Mapping) layOut(header []string) error {
	l := customer.LayoutByName(m.Layout)
	if l == nil || len(m.Columns) > 0 {
		return nil
	}
	at, telling := placesOf(l, header)
	if telling == 0 {
		return errs.New(errs.Invalid, "import.layout_misfit", "layout", l.Name)
	}
	keys := ColumnKeys(header)
	m.Columns = map[string]Meaning{}
	for i, c := range at {
		if c >= 0 && l.Columns[i].Meaning != "" {
			m.Columns[keys[c]] = Meaning(l.Columns[i].Meaning)
		}
	}
	r := &m.Rules
	for _, d := range []struct {
		to *string
		v  string
	}{{&r.DefaultKind, string(l.Kind)}, {&r.CompanyLinks, "yes"}, {&r.NameIdentifies, "yes"}, {&r.CompanyBuys, "no"}} {
		if *d.to == "" {
			*d.to = d.v
		}
	}
	return nil
}

// fit makes a mapping ready for a file: the columns of its layout, and no owner
// where the actor may not assign customers; that column is then ignored. Errors
// are those of Validate and import.layout_misfit.
func (m *Mapping) fit(ctx context.Context, header []string) error {
	if err := m.Validate(); err != nil {
		return err
	}
	if err := m.layOut(header); err != nil {
		return err
	}
	if !auth.From(ctx).Can(customer.PermAssign) {
		for col, what := range m.Columns {
			if what == OwnerName {
				m.Columns[col] = Ignore
			}
		}
	}
	if err := m.mayTag(ctx); err != nil {
		return err
	}
	return m.Validate()
}

// placesOf finds the column of each column of a layout, −1 without one, and
// counts the titles that tell.
func placesOf(l *customer.Layout, header []string) (at []int, telling int) {
	byTitle := map[string]int{}
	for i, h := range withoutErrorColumns(header) {
		f := foldHeader(strings.TrimPrefix(h, "\ufeff"))
		if _, there := byTitle[f]; !there {
			byTitle[f] = i
		}
	}
	at = make([]int, len(l.Columns))
	for i := range l.Columns {
		c := &l.Columns[i]
		at[i] = -1
		for _, title := range append([]string{c.Title}, c.Also...) {
			if k, ok := byTitle[foldHeader(title)]; ok {
				at[i] = k
				if c.Telling {
					telling++
				}
				break
			}
		}
	}
	return at, telling
}

// layoutOf recognises the layout of a file by its titles: at least four of them
// tell, and six in ten of the file's are the layout's. nil for none.
func layoutOf(header []string) *customer.Layout {
	var best *customer.Layout
	most := 3
	for i := range customer.Layouts() {
		l := &customer.Layouts()[i]
		at, telling := placesOf(l, header)
		known := 0
		for _, c := range at {
			if c >= 0 {
				known++
			}
		}
		if telling > most && known*10 >= len(withoutErrorColumns(header))*6 {
			best, most = l, telling
		}
	}
	return best
}

// laidOut is the guess for a file in a layout.
func (g *guesser) laidOut(l *customer.Layout) Guess {
	out := Guess{Mapping: Mapping{Kind: KindCustomers, Layout: l.Name}, Columns: make([]Column, len(g.header))}
	_ = out.Mapping.layOut(g.header) // it was recognised by titles that tell
	for i := range g.header {
		c := Column{Key: g.keys[i], Title: strings.TrimSpace(g.header[i]), Meaning: Ignore, Example: g.example(i)}
		if m, ok := out.Mapping.Columns[c.Key]; ok {
			c.Meaning, c.Confidence = m, 1
		}
		out.Columns[i] = c
	}
	return out
}
