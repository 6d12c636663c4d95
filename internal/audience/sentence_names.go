package audience

import (
	"context"
	"slices"
	"sync"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// teller reads the names that a rule needs to be told. Names of customers are
// those that the reader may see; whatever is hidden by the role stays unnamed.
func (s *Service) teller(ctx context.Context, rules ...*rule.Node) (w *teller, err error) {
	locale := web.Locale(ctx)
	w = &teller{locale: locale, streams: s.Streams,
		text:   func(key string, p map[string]any) string { return s.Texts.T(locale, key, p) },
		hidden: func(key string) bool { return auth.Hides(ctx, key) }}
	if w.fields, err = s.fieldsOf(ctx); err != nil {
		return nil, err
	}
	ids := map[string][]int64{}
	for _, n := range rules {
		w.ids(n, ids)
	}
	if len(ids["tags"]) > 0 && s.Customers.Tags != nil {
		c, err := s.Customers.Tags.Catalogue(ctx)
		if err != nil {
			return nil, err
		}
		w.tags = map[int64]string{}
		for _, id := range ids["tags"] {
			if t := c.Tag(id); t != nil {
				w.tags[id] = t.Name
			}
		}
	}
	for _, part := range []struct {
		of   string
		into *map[int64]string
		read func(ctx context.Context, ids []int64) (map[int64]string, error)
	}{
		{"audience", &w.audiences, s.store.audienceNames}, {"department", &w.departments, s.store.departmentNames},
		{"staff", &w.staff, s.Names}, {"customer", &w.customers, s.Customers.Seen},
	} {
		if len(ids[part.of]) == 0 || part.read == nil {
			continue
		}
		if *part.into, err = part.read(ctx, ids[part.of]); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// ids collects the ids that a rule names, by what they are.
func (w *teller) ids(n *rule.Node, into map[string][]int64) {
	if n == nil {
		return
	}
	add := func(of string, id int64) {
		if !slices.Contains(into[of], id) {
			into[of] = append(into[of], id)
		}
	}
	_ = n.Walk("", func(n *rule.Node, _ string) error {
		if n.Relative != nil && n.Relative.Audience != 0 {
			add("audience", n.Relative.Audience)
		}
		f := w.fields[n.Field]
		if f == nil {
			return nil
		}
		of := f.Type
		if of == "reference" {
			of = f.Target
		}
		switch of {
		case "tags", "audience", "department", "staff", "customer":
			for _, raw := range raws(n.Value) {
				if id, ok := rule.WholeNumber(plainText(raw)); ok {
					add(of, id)
				}
			}
		}
		return nil
	})
}

// told keeps what is read to tell rules for all sentences of one answer.
func told(ctx context.Context) context.Context {
	return context.WithValue(ctx, toldKey{}, &knownFields{})
}

type toldKey struct{}

type knownFields struct {
	mu        sync.Mutex
	fields    map[string]*customer.FieldInfo
	audiences map[int64]*row // of a page of a list; nil: there is none
}

func (s *Service) fieldsOf(ctx context.Context) (map[string]*customer.FieldInfo, error) {
	k, _ := ctx.Value(toldKey{}).(*knownFields)
	if k == nil {
		k = &knownFields{}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fields != nil {
		return k.fields, nil
	}
	list, err := s.Customers.ListFields(ctx)
	if err != nil {
		return nil, err
	}
	k.fields = make(map[string]*customer.FieldInfo, len(list.Items))
	for i := range list.Items {
		k.fields[list.Items[i].Code] = &list.Items[i]
	}
	return k.fields, nil
}
