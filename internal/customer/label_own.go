package customer

import (
	"context"
	"strings"

	custom "zhike/internal/field"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
)

// labelOwn puts the titles of custom fields and their values in words beside
// changes: labels of choices in the reader's language, names of references as
// far as the reader may see them, amounts with their sign, numbers with their
// unit. A field that is no longer there keeps its code.
func (s *Service) labelOwn(ctx context.Context, items []ChangeItem) error {
	type place struct {
		it     *ChangeItem
		d      *custom.Definition
		values [2]custom.Value
	}
	if s.Fields == nil {
		return nil
	}
	var set *custom.Set
	var places []place
	pointed := map[string][]int64{}
	for i := range items {
		code, ok := strings.CutPrefix(items[i].Field, custom.Prefix)
		if !ok {
			continue
		}
		if set == nil {
			var err error
			if set, err = s.Fields.Definitions(ctx); err != nil {
				return err
			}
		}
		d := set.Code(code)
		if d == nil {
			continue
		}
		p := place{it: &items[i], d: d}
		for k, text := range []string{items[i].Before, items[i].After} {
			v, err := d.ParsePlain(text)
			if err != nil {
				v = custom.Value{} // an option that is gone: the code stays
			}
			p.values[k] = v
			if d.Kind == custom.Reference && v.Set {
				pointed[d.Target] = append(pointed[d.Target], v.Num)
			}
		}
		places = append(places, p)
	}
	names := map[string]map[int64]string{}
	for target, ids := range pointed {
		if s.Fields.People == nil {
			continue
		}
		var err error
		if names[target], err = s.Fields.People.Names(ctx, target, unique(ids)); err != nil {
			return err
		}
	}
	lang := web.Locale(ctx)
	for _, p := range places {
		p.it.FieldLabel = p.d.Name.In(lang)
		p.it.BeforeLabel, p.it.AfterLabel = inWords(p.d, p.values[0], lang, names[p.d.Target]), inWords(p.d, p.values[1], lang, names[p.d.Target])
	}
	return nil
}

// inWords is a custom value as a person reads it; "" for none.
func inWords(d *custom.Definition, v custom.Value, lang string, names map[int64]string) string {
	switch {
	case v.IsEmpty():
		return ""
	case d.Kind == custom.Money:
		return i18n.Money(v.Num)
	case d.Kind == custom.MultiChoice && lang != "en":
		return strings.ReplaceAll(d.Format(v, lang, names), "; ", "、")
	}
	text := d.Format(v, lang, names)
	if d.Kind == custom.Number || d.Kind == custom.Text {
		return custom.WithUnit(text, d.Unit)
	}
	return text
}
