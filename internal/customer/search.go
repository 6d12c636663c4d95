package customer

import (
	"context"
	"slices"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

// maxHits is how many customers a search shows.
const maxHits = 10

// The kinds of hits.
const (
	HitCustomer = "customer"
	HitTag      = "tag"
)

// Hit is a customer, or a tag that customers have, that a search found.
type Hit struct {
	Kind     string `json:"kind" enum:"customer,tag"`
	ID       int64  `json:"id"`
	Title    string `json:"title" doc:"Name"`
	Subtitle string `json:"subtitle" doc:"Masked phone, city and level, as far as known"`
	Match    string `json:"match" enum:"phone,phone_tail,email,code,wecom,app,id,external_id,order,name,tag" doc:"What was found by"`
	Level    *Level `json:"level" access:"level"`
}

// Search finds up to 10 customers of those the actor may see: by the whole
// phone, e-mail, number in a source or order number, the last four digits of a
// phone, or the beginning of words of the name, its pinyin or its initials.
// Whole numbers come first; otherwise those who spent most in 365 days, of a
// word with more than some hundred hits those among the first of them. Text
// of signs only finds nobody. Error: customer.text_too_long.
func (s *Service) Search(ctx context.Context, text string) (web.List[Hit], error) {
	none := web.NewList[Hit](nil)
	text, err := searchText(text)
	if err != nil || text == "" {
		return none, err
	}
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
	why := map[int64]string{}
	whole, tails := Filter{Text: text, levelRun: run.RunID, pool: true}, Filter{Text: text, levelRun: run.RunID, pool: true}
	for _, m := range exact {
		if why[m.id] = m.why; m.why != MatchTail {
			whole.ids = append(whole.ids, m.id)
		} else if len(tails.ids) < exactMax {
			tails.ids = append(tails.ids, m.id)
		}
	}
	var rows []listRow
	for _, f := range []*Filter{&whole, &tails} {
		if len(f.ids) == 0 {
			continue
		}
		if rows, err = s.addHits(ctx, rows, f); err != nil {
			return none, err
		}
	}
	if rows, err = s.wordHits(ctx, rows, run.RunID, text); err != nil {
		return none, err
	}
	items, err := s.items(ctx, rows, asOf, s.masked)
	if err != nil {
		return none, err
	}
	hits := make([]Hit, len(items))
	for i, it := range items {
		hits[i] = Hit{Kind: HitCustomer, ID: it.ID, Title: it.Name, Subtitle: it.subtitle(auth.From(ctx)), Match: MatchName, Level: it.Level}
		if w := why[it.ID]; w != "" {
			hits[i].Match = w
		}
	}
	tags, err := s.tagHits(ctx, text)
	return web.NewList(append(hits, tags...)), err
}

// maxTags is how many tags a search shows beside customers.
const maxTags = 3

// tagHits finds tags by name, pinyin and initials; they lead to the list of
// those who have them.
func (s *Service) tagHits(ctx context.Context, text string) ([]Hit, error) {
	if s.Tags == nil {
		return nil, nil
	}
	tags, err := s.Tags.Find(ctx, text, maxTags)
	hits := make([]Hit, len(tags))
	for i := range tags {
		hits[i] = Hit{Kind: HitTag, ID: tags[i].ID, Title: tags[i].Name, Match: MatchTag}
	}
	return hits, err
}

// wordHits adds those whose name text finds. Names that begin with the whole
// of it are one stretch of the index and mostly enough; only where they are
// not, those that have its pairs in another place are looked for.
func (s *Service) wordHits(ctx context.Context, rows []listRow, run int64, text string) ([]listRow, error) {
	if len(rows) >= maxHits {
		return rows, nil
	}
	all := seesAll(auth.From(ctx))
	if terms := clean.FoldSearch(text); all && len(terms) > 0 && len([]rune(terms[0])) > 2 && allHan(terms[0]) {
		start := Filter{Text: text, levelRun: run, terms: terms[:1], first: true}
		var err error
		if rows, err = s.addHits(ctx, rows, &start); err != nil || len(rows) >= maxHits {
			return rows, err
		}
	}
	// Of somebody who sees few, the first hits would be mostly those of others.
	words := Filter{Text: text, levelRun: run, first: all, pool: true}
	var err error
	if words.team, err = s.team(ctx); err != nil {
		return rows, err
	}
	if err := s.words(ctx, &words, text); err != nil || len(words.terms) == 0 {
		return rows, err
	}
	return s.addHits(ctx, rows, &words)
}

// addHits adds what matches and is not there yet, up to maxHits in all.
func (s *Service) addHits(ctx context.Context, rows []listRow, f *Filter) ([]listRow, error) {
	if len(rows) >= maxHits {
		return rows, nil
	}
	so := sorts[usualSort(ctx, "")]
	more, err := s.store.list(ctx, auth.From(ctx), f, so, so.start(), maxHits, !f.broad || !seesAll(auth.From(ctx)))
	for _, r := range more {
		if len(rows) < maxHits && !slices.ContainsFunc(rows, func(have listRow) bool { return have.ID == r.ID }) {
			rows = append(rows, r)
		}
	}
	return rows, err
}

func (it *Item) subtitle(a *auth.Actor) string {
	var parts []string
	if it.Phone != nil && !a.Hides(string(ContactPhone)) {
		parts = append(parts, *it.Phone)
	} else if it.Email != nil && !a.Hides(string(ContactEmail)) {
		parts = append(parts, *it.Email)
	}
	if it.City != "" && !a.Hides("region") {
		parts = append(parts, it.City)
	}
	if it.Level != nil && !a.Hides(AccessLevel) {
		parts = append(parts, it.Level.Name)
	}
	return strings.Join(parts, " · ")
}
