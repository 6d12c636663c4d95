package customer

import (
	"context"
	"slices"
	"strings"
	"time"

	"zhike/internal/clean"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/vault"
)

// layoutPage is what a page of an export in a layout needs beside the items.
type layoutPage struct {
	rows        map[int64]*Stored
	contacts    map[int64]map[ContactKind][]string
	numbers     map[int64]string
	above       map[int64]map[RelationKind]aboveRow
	sources     map[int64]string
	departments map[int64]string
}

// layoutColumns are the columns of a layout as an export writes them: the exact
// titles of the other system, in its order.
func layoutColumns(name string) (*Layout, []exportColumn, error) {
	l := LayoutByName(name)
	if l == nil {
		return nil, nil, errs.New(errs.Invalid, "invalid").WithField("layout", "layout.unknown", "choices", LayoutNames())
	}
	out := make([]exportColumn, len(l.Columns))
	for i := range l.Columns {
		c := &l.Columns[i]
		what := c.what()
		system, _, _ := strings.Cut(l.Name, "_")
		out[i] = exportColumn{key: what, title: c.Title, width: 16, cell: func(x *exporter, it *Item) sheet.Cell {
			if text := x.layoutText(what, system, it); text != "" {
				return sheet.Text(text)
			}
			return sheet.Cell{}
		}}
	}
	return l, out, nil
}

// layoutRows writes the items that belong into the layout's file and says how
// many they are: an accounts file has no persons, a contacts file nothing else.
func (x *exporter) layoutRows(ctx context.Context, items []Item, plain bool, cells []sheet.Cell, w sheet.Writer) (rows int64, err error) {
	items = slices.DeleteFunc(items, func(it Item) bool { return !x.layout.holds(it.Kind) })
	if err := x.loadLayout(ctx, items, plain); err != nil {
		return 0, err
	}
	for i := range items {
		for k := range x.columns {
			cells[k] = x.columns[k].cell(x, &items[i])
		}
		if err := w.Write(cells...); err != nil {
			return rows, err
		}
		rows++
	}
	return rows, nil
}

// loadLayout reads what the items of a page need.
func (x *exporter) loadLayout(ctx context.Context, items []Item, plain bool) (err error) {
	s, p := x.service, &layoutPage{}
	ids := make([]int64, len(items))
	for i := range items {
		ids[i] = items[i].ID
	}
	if p.rows, err = s.store.stored(ctx, auth.From(ctx), ids, toRead); err != nil {
		return err
	}
	if p.above, err = s.store.aboveOf(ctx, ids); err != nil {
		return err
	}
	if err := x.layoutContacts(ctx, p, ids, plain); err != nil {
		return err
	}
	if err := x.layoutNumbers(ctx, p, ids, plain); err != nil {
		return err
	}
	p.sources = map[int64]string{}
	sources, err := s.store.sources(ctx)
	if err != nil {
		return err
	}
	for _, src := range sources {
		p.sources[src.ID] = src.Name
	}
	var departments []int64
	for _, r := range p.rows {
		if r.DepartmentID != 0 {
			departments = append(departments, r.DepartmentID)
		}
	}
	slices.Sort(departments)
	p.departments, err = s.store.departmentNames(ctx, slices.Compact(departments))
	x.page = p
	return err
}

func (x *exporter) layoutContacts(ctx context.Context, p *layoutPage, ids []int64, plain bool) error {
	sealed, err := x.service.store.contactsOf(ctx, ids)
	if err != nil {
		return err
	}
	p.contacts = make(map[int64]map[ContactKind][]string, len(sealed))
	for id, list := range sealed {
		p.contacts[id] = map[ContactKind][]string{}
		for i := range list {
			c := &list[i]
			text, err := x.service.Vault.Open(vault.Kind(c.Kind), c.Cipher)
			if err != nil {
				return err
			}
			if !plain {
				text = mask(c.Kind, text)
			}
			p.contacts[id][c.Kind] = append(p.contacts[id][c.Kind], text)
		}
	}
	return nil
}

// layoutNumbers finds the numbers of the customers and of the companies above
// them that the actor may see.
func (x *exporter) layoutNumbers(ctx context.Context, p *layoutPage, ids []int64, plain bool) error {
	s := x.service
	var above []int64
	for _, kinds := range p.above {
		for _, a := range kinds {
			above = append(above, a.to)
		}
	}
	slices.Sort(above)
	seen, err := s.store.stored(ctx, auth.From(ctx), slices.Compact(above), toRead)
	if err != nil {
		return err
	}
	all := slices.Clone(ids)
	for id := range seen {
		all = append(all, id)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	rows, err := s.store.numbersOf(ctx, all)
	if err != nil {
		return err
	}
	p.numbers = make(map[int64]string, len(all))
	for _, id := range all {
		p.numbers[id] = exportNumber(s.Vault, id)
		n := rows[id]
		if n == nil {
			continue
		}
		text, err := s.Vault.Open(vault.KindExternalID, n.cipher)
		if err != nil {
			return err
		}
		shown, hidden := maskNumber(text)
		switch {
		case shown == "" || hidden && !plain:
		case n.shared:
			p.numbers[id] = text + "@" + n.source
		default:
			p.numbers[id] = text
		}
	}
	return nil
}

// layoutText is the cell of a customer in a column of a layout; what is a
// meaning of an import, or what LayoutColumn.Write names.
func (x *exporter) layoutText(what, system string, it *Item) string {
	p := x.page
	r := p.rows[it.ID]
	if r == nil || x.hides(MeaningKey(what)) {
		return ""
	}
	contact := func(kind ContactKind, n int) string {
		if list := p.contacts[it.ID][kind]; n < len(list) {
			return list[n]
		}
		return ""
	}
	company, parent := p.above[it.ID][RelationContact], p.above[it.ID][RelationParent]
	switch what {
	case "buyer.id":
		return p.numbers[it.ID]
	case "buyer.name":
		return r.Name
	case "buyer.family":
		family, _ := splitName(r.Name)
		return family
	case "buyer.given":
		_, given := splitName(r.Name)
		return given
	case "buyer.company":
		if company.name != "" {
			return company.name
		}
		return r.Company
	case "company.id":
		return p.numbers[company.to]
	case "contact.title":
		return company.title
	case "contact.primary":
		if company.to == 0 {
			return ""
		}
		return yesNo(company.primary)
	case "parent.id":
		return p.numbers[parent.to]
	case "parent.name":
		return parent.name
	case "buyer.phone":
		return contact(ContactPhone, 0)
	case "buyer.phone2":
		return contact(ContactPhone, 1)
	case "buyer.phone3":
		return contact(ContactPhone, 2)
	case "buyer.email":
		return contact(ContactEmail, 0)
	case "buyer.email2":
		return contact(ContactEmail, 1)
	case "buyer.code":
		return contact(ContactCode, 0)
	case "address":
		return contact(ContactAddress, 0)
	}
	return x.layoutFact(what, system, it, r)
}

func (x *exporter) layoutFact(what, system string, it *Item, r *Stored) string {
	moment := func(ms int64) string { return time.UnixMilli(ms).In(x.zone).Format(time.DateTime) }
	switch what {
	case "buyer.gender":
		return map[Gender]string{GenderMale: "男", GenderFemale: "女"}[r.Gender]
	case "buyer.birthday":
		if r.BirthdayLunar {
			return "" // another system would take it for a day of the sun
		}
		return r.Birthday
	case "registered_at":
		return dayText(r.RegisteredAt)
	case "stage":
		return stageWord(system, r.Stage)
	case "industry":
		return r.Industry
	case "remark":
		return r.Remark
	case "country":
		if clean.LooksLikeProvince(r.Province) {
			return map[string]string{"zoho": "China"}[system] + map[string]string{"fxiaoke": "中国"}[system]
		}
	case "province":
		return r.Province
	case "city":
		return r.City
	case "district":
		return r.District
	case "owner":
		if it.Owner != nil {
			return it.Owner.Name
		}
	case "department":
		return x.page.departments[r.DepartmentID]
	case "level":
		if it.Level != nil {
			return it.Level.Name
		}
	case "source":
		return x.page.sources[r.SourceID]
	case "created_at":
		return moment(r.CreatedAt)
	case "updated_at":
		return moment(r.UpdatedAt)
	}
	return ""
}

// stageWord is what a system calls a stage.
func stageWord(system string, st Stage) string {
	if system == "zoho" {
		return map[Stage]string{StageProspect: "Prospect", StageCustomer: "Customer"}[st]
	}
	return map[Stage]string{StageProspect: "未成交", StageCustomer: "已成交"}[st]
}

func yesNo(b bool) string {
	if b {
		return "是"
	}
	return "否"
}

// splitName takes a name apart so that an import puts it together again: a
// Chinese one behind the surname, another before its last word.
func splitName(name string) (family, given string) {
	if family, given, ok := clean.SplitName(name); ok && family+given == name {
		return family, given
	}
	i := strings.LastIndexByte(name, ' ')
	if i > 0 && name[0] < 0x80 && name[i+1:] != "" && name[i+1] < 0x80 {
		return name[i+1:], name[:i]
	}
	return name, ""
}
