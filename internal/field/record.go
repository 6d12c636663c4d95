package field

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// maxCounted is up to where the customers with a value are counted.
const maxCounted = 10_000

// Used gives a field with how many customers have a value, counted up to
// 10,000. Error: field.not_found.
func (s *Service) Used(ctx context.Context, id int64) (UsedView, error) {
	d, err := s.definitionByID(ctx, id)
	if err != nil {
		return UsedView{}, err
	}
	n, err := s.countValues(ctx, d, maxCounted)
	return UsedView{Definition: *d, Values: n}, err
}

// Outside counts the customers whose value would lie outside of bounds, up to
// 10,000; empty texts are no bound. Errors: field.not_found; at least and greatest
// field.bad_number, field.bad_money; field.bad_bounds at greatest.
func (s *Service) Outside(ctx context.Context, id int64, least, greatest string) (OutsideView, error) {
	d, err := s.definitionByID(ctx, id)
	if err != nil {
		return OutsideView{}, err
	}
	wrong := errs.New(errs.Invalid, "invalid")
	read := func(path, text string) *float64 {
		if text == "" {
			return nil
		}
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			_ = wrong.WithField(path, "field.bad_number", "scale", d.Scale)
			return nil
		}
		return &f
	}
	d.Bounds = Bounds{read("least", least), read("greatest", greatest)}
	d.validateBounds(wrong)
	for i := range wrong.Fields {
		wrong.Fields[i].Path = strings.TrimPrefix(wrong.Fields[i].Path, "bounds.")
	}
	if err := wrong.OrNil(); err != nil {
		return OutsideView{}, err
	}
	n, err := s.countOutside(ctx, id, d.least, d.greatest, maxCounted)
	return OutsideView{Values: n, Capped: n == maxCounted}, err
}

// CustomerValues gives the custom values of a customer that the actor may see.
// Error: customer.not_found.
func (s *Service) CustomerValues(ctx context.Context, id int64) (ValuesView, error) {
	version, err := s.Records.Version(ctx, id)
	if err != nil {
		return ValuesView{}, err
	}
	return s.View(ctx, id, version)
}

// View is the values of a customer in the form of the API, without those that
// are hidden from the actor, for those who have
// checked that the actor may see it and know the version.
func (s *Service) View(ctx context.Context, id, version int64) (ValuesView, error) {
	out := ValuesView{CustomerID: id, Version: version, Values: map[string]any{}, Names: map[string]Names{}}
	all, err := s.Values(ctx, []int64{id})
	if err != nil {
		return out, err
	}
	set, err := s.Definitions(ctx)
	if err != nil {
		return out, err
	}
	pointed := map[string][]int64{}
	for code, v := range all[id] {
		d := set.Code(code)
		if d == nil || auth.Hides(ctx, Prefix+code) {
			continue
		}
		out.Values[code] = d.JSON(v)
		if d.Kind == Reference {
			pointed[d.Target] = append(pointed[d.Target], v.Num)
		}
	}
	if s.People == nil {
		return out, nil
	}
	for target, ids := range pointed {
		slices.Sort(ids)
		names, err := s.People.Names(ctx, target, slices.Compact(ids))
		if err != nil {
			return out, err
		}
		out.Names[target] = make(Names, len(names))
		for n, name := range names {
			out.Names[target][strconv.FormatInt(n, 10)] = name
		}
	}
	return out, nil
}

// maxCandidates is how many people are offered for a reference.
const maxCandidates = 20

// Candidates gives whom a typed text means, for a field that refers to
// somebody; none where it refers to nobody. Error: field.not_found.
func (s *Service) Candidates(ctx context.Context, id int64, text string) ([]Candidate, error) {
	set, err := s.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	d := set.ID(id)
	if d == nil {
		return nil, errs.New(errs.NotFound, "field.not_found")
	}
	if d.Kind != Reference || s.People == nil {
		return nil, nil
	}
	return s.People.Find(ctx, d.Target, text, maxCandidates)
}

// SetCustomerValues writes values of a customer that the actor may edit;
// version is the one that the change was made on, 0 for any. Errors: those of
// ParseAll and Set, customer.not_found, and a conflict where somebody else
// changed the record.
func (s *Service) SetCustomerValues(ctx context.Context, id, version int64, in map[string]any) (ValuesView, error) {
	if len(in) > MaxFields {
		return ValuesView{}, errs.New(errs.TooLarge, "field.too_many", "max", MaxFields)
	}
	parsed, err := s.ParseAll(ctx, "values", in)
	if err != nil {
		return ValuesView{}, err
	}
	version, err = s.Records.Edit(ctx, id, version, func(ctx context.Context) ([]Entry, error) {
		changes, err := s.Set(ctx, id, parsed)
		if err != nil {
			return nil, err
		}
		entries := make([]Entry, len(changes))
		for i, c := range changes {
			entries[i] = c.Entry()
		}
		return entries, nil
	})
	if err != nil {
		return ValuesView{}, err
	}
	return s.View(ctx, id, version)
}
