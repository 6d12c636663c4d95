package timeline

import (
	"context"
	"slices"
	"strings"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// KindItem is a kind of entries there may be.
type KindItem struct {
	Kind   string `json:"kind" doc:"Its text is the catalogue key timeline.kind.<kind>"`
	Source string `json:"source"`
}

// History is a page of a customer's timeline.
type History struct {
	Items      []Entry    `json:"items"`
	NextCursor *string    `json:"next_cursor" doc:"Give it as cursor to get the next page; null on the last one"`
	Kinds      []KindItem `json:"kinds" doc:"Every kind there can be, for a filter"`
}

// History gives a page of what happened to a customer, newest first, of some
// kinds or, with none, of all. Errors: customer.not_found, web.bad_cursor,
// timeline.unknown_kind, customer.field_hidden for a kind that tells of what is
// hidden from the actor; where no kind is asked for these are left out.
func (s *Service) History(ctx context.Context, customerID int64, kinds []string, limit int, text string) (History, error) {
	h := History{Items: []Entry{}, Kinds: s.shownKinds(ctx)}
	from, err := parseCursor(text)
	if err != nil {
		return h, err
	}
	asked, err := s.split(kinds)
	if err != nil {
		return h, err
	}
	if err := s.Customers.Visible(ctx, customerID); err != nil {
		return h, err
	}
	for _, src := range s.sources {
		of := asked[src.Name()]
		if len(of) == 0 {
			continue
		}
		if err := shows(ctx, src); err != nil {
			if len(kinds) > 0 {
				return h, err
			}
			continue
		}
		entries, err := src.Entries(ctx, customerID, from.below(src.Name()), limit+1, of)
		if err != nil {
			return h, err
		}
		h.Items = append(h.Items, entries...)
	}
	slices.SortFunc(h.Items, func(a, b Entry) int { return newer(&a, &b) })
	if len(h.Items) > limit {
		h.Items = h.Items[:limit]
		next := cursorOf(&h.Items[limit-1])
		h.NextCursor = &next
	}
	for i := range h.Items {
		if h.Items[i].Facts == nil {
			h.Items[i].Facts = []Fact{}
		}
	}
	return h, nil
}

// Restricted is a source whose entries tell of one field that a role can hide.
type Restricted interface {
	// AccessKey is the key of that field.
	AccessKey() string
}

// shows fails with customer.field_hidden where the source tells of what is
// hidden from the actor.
func shows(ctx context.Context, src Source) error {
	if r, ok := src.(Restricted); ok {
		return customer.Shows(ctx, r.AccessKey())
	}
	return nil
}

// shownKinds are the kinds that the actor may see entries of.
func (s *Service) shownKinds(ctx context.Context) []KindItem {
	if !auth.From(ctx).HidesAny() {
		return s.kindList
	}
	return slices.DeleteFunc(slices.Clone(s.kindList), func(k KindItem) bool { return shows(ctx, s.kindOf[k.Kind]) != nil })
}

// split gives the kinds that are asked of each source; none asks for all.
func (s *Service) split(kinds []string) (map[string][]string, error) {
	out := map[string][]string{}
	for _, k := range kinds {
		src := s.kindOf[k]
		if src == nil {
			return nil, errs.New(errs.Invalid, "invalid").WithField("kind", "timeline.unknown_kind", "choices", s.kindNames())
		}
		if !slices.Contains(out[src.Name()], k) {
			out[src.Name()] = append(out[src.Name()], k)
		}
	}
	if len(kinds) == 0 {
		for _, src := range s.sources {
			out[src.Name()] = src.Kinds()
		}
	}
	return out, nil
}

func (s *Service) kindNames() string {
	names := make([]string, len(s.kindList))
	for i, k := range s.kindList {
		names[i] = k.Kind
	}
	return strings.Join(names, ", ")
}
