package customer

import (
	"context"
	"slices"
	"strings"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

// maxHits is how many customers a search shows.
const maxHits = 10

// Hit is a customer that a search found.
type Hit struct {
	Kind     string `json:"kind" enum:"customer"`
	ID       int64  `json:"id"`
	Title    string `json:"title" doc:"Name"`
	Subtitle string `json:"subtitle" doc:"Masked phone, city and level, as far as known"`
	Match    string `json:"match" enum:"phone,phone_tail,email,external_id,order,name" doc:"What was found by"`
	Level    *Level `json:"level"`
}

// Search finds up to 10 customers of those the actor may see: by the whole
// phone, e-mail, number in a source or order number, the last four digits of a
// phone, or the beginning of words of the name, its pinyin or its initials.
// Whole numbers come first, then those who spent most in 365 days. Text of
// signs only finds nobody. Error: customer.text_too_long.
func (s *Service) Search(ctx context.Context, text string) (web.List[Hit], error) {
	none := web.NewList[Hit](nil)
	text, err := searchText(text)
	if err != nil || text == "" {
		return none, err
	}
	actor := auth.From(ctx)
	run, err := s.run(ctx)
	if err != nil {
		return none, err
	}
	asOf, err := s.Today(ctx)
	if err != nil {
		return none, err
	}
	exact, err := s.exact(ctx, text)
	if err != nil {
		return none, err
	}
	var rows []listRow
	why := map[int64]string{}
	if len(exact) > 0 {
		f := Filter{Text: text, levelRun: run.RunID}
		for _, m := range exact[:min(len(exact), exactMax)] {
			why[m.id] = m.why
			f.ids = append(f.ids, m.id)
		}
		if rows, err = s.store.list(ctx, actor, &f, sorts[defaultSort], sorts[defaultSort].start(), exactMax, true); err != nil {
			return none, err
		}
		// A tail finds by chance, a whole number does not.
		slices.SortStableFunc(rows, func(a, b listRow) int { return rank(why[a.ID]) - rank(why[b.ID]) })
		rows = rows[:min(len(rows), maxHits)]
	}
	if len(rows) < maxHits {
		f := Filter{Text: text, levelRun: run.RunID}
		if err := s.words(ctx, &f, text); err != nil {
			return none, err
		}
		if !f.nobody {
			var total int64
			known := f.hits <= sameStart*gatherMax
			if known { // else there is no need to know how many exactly
				if total, known, err = s.total(ctx, actor, &f); err != nil {
					return none, err
				}
			}
			so := sorts[defaultSort]
			more, err := s.page(ctx, actor, &f, so, so.start(), maxHits, total, known)
			if err != nil {
				return none, err
			}
			for _, r := range more {
				if _, have := why[r.ID]; !have && len(rows) < maxHits {
					rows = append(rows, r)
				}
			}
		}
	}
	items, err := s.items(ctx, rows, asOf, s.masked)
	if err != nil {
		return none, err
	}
	hits := make([]Hit, len(items))
	for i, it := range items {
		hits[i] = Hit{Kind: "customer", ID: it.ID, Title: it.Name, Subtitle: it.subtitle(), Match: MatchName, Level: it.Level}
		if w := why[it.ID]; w != "" {
			hits[i].Match = w
		}
	}
	return web.NewList(hits), nil
}

func rank(why string) int {
	if why == MatchTail {
		return 1
	}
	return 0
}

func (it *Item) subtitle() string {
	var parts []string
	if it.Phone != nil {
		parts = append(parts, *it.Phone)
	} else if it.Email != nil {
		parts = append(parts, *it.Email)
	}
	if it.City != "" {
		parts = append(parts, it.City)
	}
	if it.Level != nil {
		parts = append(parts, it.Level.Name)
	}
	return strings.Join(parts, " · ")
}
