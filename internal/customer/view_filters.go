package customer

import (
	"context"
	"encoding/json"

	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// ViewFilter is the filter of a saved view.
type ViewFilter struct {
	ID, OwnerID int64
	OwnerName   string
	Name        string
	Shared      bool
	Filter      *Node // nil for everybody
}

// EachViewFilter calls fn with the filter of every saved view, whosever it is:
// for what must not go away while a view names it.
func (s *Service) EachViewFilter(ctx context.Context, fn func(ViewFilter)) error {
	return s.store.eachView(ctx, func(r *viewRow) {
		var body ViewBody
		if json.Unmarshal(rule.CompleteSequences([]byte(r.body)), &body) != nil {
			return
		}
		n, err := ParseFilter(body.Filter)
		if err == nil && n != nil {
			fn(ViewFilter{ID: r.id, OwnerID: r.ownerID, OwnerName: r.ownerName, Name: r.name, Shared: r.shared, Filter: n})
		}
	})
}

// RetiredFields gives the names, by their codes in rules, of the custom fields
// that were retired.
func (s *Service) RetiredFields(ctx context.Context) (map[string]string, error) {
	c := &compiler{ctx: ctx, s: s}
	set, err := c.custom()
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, d := range set.All() {
		if d.Retired {
			f := customField(d)
			out[f.code] = d.Name.In(web.Locale(ctx))
		}
	}
	return out, nil
}
