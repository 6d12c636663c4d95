package customer

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"zhike/internal/clean"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
)

const (
	// maxText bounds what is searched for, in characters.
	maxText = 100
	// countTime is how long a count may take before the list goes without one.
	countTime = 400 * time.Millisecond
	// maxTerms bounds the words of a search; what is behind is not looked at.
	maxTerms = 8
	// maxLevels bounds the levels of one filter.
	maxLevels = 50
)

// Why a search found a customer.
const (
	MatchPhone    = "phone"
	MatchTail     = "phone_tail"
	MatchEmail    = "email"
	MatchExternal = "external_id"
	MatchOrder    = "order"
	MatchName     = "name"
	MatchTag      = "tag"
	MatchCode     = "code"
	MatchID       = "id"
)

// resolve turns codes and texts of the filter into what the store asks for.
func (s *Service) resolve(ctx context.Context, f *Filter) error {
	run, err := s.run(ctx)
	if err != nil {
		return err
	}
	f.levelRun = run.RunID
	if f.team, err = s.team(ctx); err != nil {
		return err
	}
	if f.Kind != "" && !f.Kind.Valid() {
		return errs.New(errs.Invalid, "invalid").WithField("kind", "customer.unknown_kind")
	}
	if len(f.Levels) > maxLevels {
		return errs.New(errs.Invalid, "invalid").WithField("level", "customer.unknown_level")
	}
	for _, code := range f.Levels {
		found := false
		for no, l := range run.Levels {
			if l.Code == code {
				f.levelNos, found = append(f.levelNos, no), true
			}
		}
		if !found {
			return errs.New(errs.Invalid, "invalid").WithField("level", "customer.unknown_level", "level", code)
		}
	}
	slices.Sort(f.levelNos)
	if f.Text = strings.TrimSpace(f.Text); f.Text == "" {
		return nil
	}
	text, err := searchText(f.Text)
	if err != nil {
		return err
	}
	found, err := s.exact(ctx, text)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		for _, m := range found {
			f.ids = append(f.ids, m.id)
		}
		slices.Sort(f.ids)
		f.ids = slices.Compact(f.ids)
		f.ids = f.ids[:min(len(f.ids), exactMax)]
		return nil
	}
	return s.words(ctx, f, text)
}

// searchText folds what a person typed.
func searchText(q string) (string, error) {
	text, err := clean.Text(q)
	if err != nil || len([]rune(text)) > maxText {
		return "", errs.New(errs.Invalid, "invalid").WithField("q", "customer.text_too_long", "max", maxText)
	}
	return text, nil
}

// words makes text a search for names. The term with the fewest hits comes
// first: the query begins with it.
func (s *Service) words(ctx context.Context, f *Filter, text string) error {
	f.terms = clean.FoldQuery(text)
	if f.nobody = len(f.terms) == 0; f.nobody {
		return nil
	}
	if len(f.terms) > 1 && allHan(text) {
		f.phrase = text
	}
	f.terms = f.terms[:min(len(f.terms), maxTerms)]
	// The numbers choose a plan and decide nothing else, so they may be old.
	const limit = sameStart*countCap + 1
	hits := make(map[string]int64, len(f.terms))
	for _, t := range f.terms {
		n, err := s.broad.get(t, func() (int64, error) { return s.store.termHits(ctx, t, limit) })
		if err != nil {
			return err
		}
		hits[t] = n
	}
	slices.SortStableFunc(f.terms, func(a, b string) int { return cmp.Compare(hits[a], hits[b]) })
	fewest := hits[f.terms[0]]
	f.broad = fewest >= limit
	if !seesAll(auth.From(ctx)) {
		// Whoever sees few is better served from those few.
		f.broad = fewest > sortMax
	}
	f.first = f.first && len(f.terms) == 1
	return nil
}

func allHan(s string) bool {
	for _, r := range s {
		if !unicode.Is(unicode.Han, r) {
			return false
		}
	}
	return true
}

// found is a customer and why.
type found struct {
	id  int64
	why string
}

// exact finds customers by a whole phone, e-mail, unified social credit code,
// WeCom or app identifier, number in a source or in this base, order number, or
// the last four digits of a phone, best first, as far as these are not hidden
// from the actor. Scope is for later.
func (s *Service) exact(ctx context.Context, text string) (out []found, err error) {
	add := func(why string, ids []int64, e error) {
		if err == nil {
			err = e
		}
		for _, id := range ids {
			if !slices.ContainsFunc(out, func(f found) bool { return f.id == id }) {
				out = append(out, found{id, why})
			}
		}
	}
	a := auth.From(ctx)
	if n, e := clean.Phone(text); e == nil && !a.Hides(string(ContactPhone)) {
		ids, e := s.store.byContact(ctx, s.Vault.Blind(vault.KindPhone, n.Text))
		add(MatchPhone, ids, e)
	}
	if strings.Contains(text, "@") && !a.Hides(string(ContactEmail)) {
		if mail, e := clean.Email(text); e == nil {
			ids, e := s.store.byContact(ctx, s.Vault.Blind(vault.KindEmail, clean.EmailKey(mail)))
			add(MatchEmail, ids, e)
		}
	}
	if code, e := clean.UnifiedSocialCreditCode(text); e == nil && !a.Hides(string(ContactCode)) {
		ids, e := s.store.byContact(ctx, s.Vault.Blind(vault.KindCode, code))
		add(MatchCode, ids, e)
	}
	// Of letters alone it is rather a name, which the words find.
	if goodIdentifier(text) && strings.ContainsAny(text, "0123456789._-") && strings.Trim(text, "0123456789") != "" {
		for _, kind := range []ContactKind{ContactWeCom, ContactApp} {
			if !a.Hides(string(kind)) {
				ids, e := s.store.byContact(ctx, s.Vault.Blind(vault.Kind(kind), text))
				add(string(kind), ids, e)
			}
		}
	}
	if id, ok := ownID(text); ok {
		add(MatchID, []int64{id}, nil)
	}
	if !a.Hides(AccessNumber) {
		ids, e := s.store.byExternal(ctx, s.Vault.Blind(vault.KindExternalID, text))
		add(MatchExternal, ids, e)
	}
	if s.Orders != nil && !a.Hides(AccessOrders) && strings.ContainsAny(text, "0123456789") {
		ids, e := s.Orders.CustomersByOrderNumber(ctx, text)
		add(MatchOrder, ids, e)
	}
	if len(text) == 4 && !a.Hides(string(ContactPhone)) && strings.Trim(text, "0123456789") == "" {
		ids, e := s.store.byTail(ctx, s.Vault.BlindTail(vault.KindPhone, text))
		add(MatchTail, ids, e)
	}
	return out, err
}

// total counts the matches; known is false where that would cost too much.
// More than countCap are countCap + 1, except where everybody is shown.
func (s *Service) total(ctx context.Context, a *auth.Actor, f *Filter) (n int64, known bool, err error) {
	if f.broad && seesAll(a) {
		only := *f
		only.Text = ""
		// Of a common word alone it is known that there are very many.
		return countCap + 1, only.empty() && len(f.terms) == 1, nil
	}
	n, err = s.counts.get(scopeKey(a)+" "+f.key(), func() (int64, error) {
		if f.empty() && seesAll(a) {
			return s.store.countAll(ctx)
		}
		if err := s.weigh(ctx, f); err != nil {
			return 0, err
		}
		limited, cancel := context.WithTimeout(ctx, s.countTime)
		defer cancel()
		n, err := s.store.count(limited, a, f)
		if err != nil && ctx.Err() == nil && errors.Is(limited.Err(), context.DeadlineExceeded) {
			return -1, nil
		}
		return n, err
	})
	return n, n >= 0, err
}
