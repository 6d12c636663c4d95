package customer

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

// Colleague is somebody who works here, as a choice shows him or her.
type Colleague struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	Department string `json:"department" doc:"Tells two of one name apart"`

	login        string
	departmentID int64
}

const (
	// maxColleagues is how many are offered at once.
	maxColleagues = 50
	// maxNamed bounds the ids whose names are asked for in one call.
	maxNamed = 100
)

// Colleagues finds those who may own, advise or serve a customer, or be named in
// a note: everybody who works here, by the beginning of a word of the name, its
// pinyin or initials, or a part of the login; those of the actor's own
// departments first. Whoever may see customers may know the names: they stand on
// the records. What they look after is not told.
func (s *Service) Colleagues(ctx context.Context, text string) ([]Colleague, error) {
	all, err := s.store.colleagues(ctx, nil)
	if err != nil {
		return nil, err
	}
	text = strings.ToLower(strings.TrimSpace(text))
	query := clean.FoldQuery(text)
	found := all[:0]
	for i := range all {
		if text == "" || strings.Contains(strings.ToLower(all[i].Name), text) || strings.Contains(all[i].login, text) || begins(clean.FoldSearch(all[i].Name), query) {
			found = append(found, all[i])
		}
	}
	near := map[int64]int{}
	if a := auth.From(ctx); a != nil {
		for _, id := range a.DepartmentIDs {
			near[id] = 1
		}
	}
	slices.SortStableFunc(found, func(a, b Colleague) int {
		return cmp.Or(near[b.departmentID]-near[a.departmentID], strings.Compare(clean.SortKey(a.Name), clean.SortKey(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return found[:min(len(found), maxColleagues)], nil
}

// begins says whether each word of query begins one of terms.
func begins(terms, query []string) bool {
	for _, q := range query {
		if !slices.ContainsFunc(terms, func(t string) bool { return strings.HasPrefix(t, q) }) {
			return false
		}
	}
	return len(query) > 0
}

// ColleaguesNamed gives the names of ids, also of those who left: for what was
// chosen once.
func (s *Service) ColleaguesNamed(ctx context.Context, ids []int64) ([]Colleague, error) {
	ids = unique(ids)
	if len(ids) == 0 {
		return nil, nil
	}
	return s.store.colleagues(ctx, ids[:min(len(ids), maxNamed)])
}

type colleaguesInput struct {
	Text string `query:"q" maxLength:"50" doc:"A part of the name, its pinyin or initials, or of the login"`
	IDs  string `query:"ids" maxLength:"2000" doc:"Instead of a search: the names of these ids, separated by commas, also of those who left"`
}

func (s *Service) colleagueRoutes(api *web.API) {
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/colleagues", ID: "listColleagues", Tag: "customers",
		Summary: "People to choose as owner, adviser, team or in a note", Permission: PermView,
	}, func(ctx context.Context, in *colleaguesInput) (web.List[Colleague], error) {
		var ids []int64
		for part := range strings.SplitSeq(in.IDs, ",") {
			if id, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64); err == nil && id > 0 {
				ids = append(ids, id)
			}
		}
		if in.IDs != "" {
			list, err := s.ColleaguesNamed(ctx, ids)
			return web.NewList(list), err
		}
		list, err := s.Colleagues(ctx, in.Text)
		return web.NewList(list), err
	})
}
