package customer

import (
	"context"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// FieldConflict is one field that two people have seen differently.
type FieldConflict struct {
	Field string `json:"field"`
	// Base is the value in the version that the editor had; null where the
	// history does not tell.
	Base   *string `json:"base"`
	Yours  string  `json:"yours"`
	Theirs string  `json:"theirs"`
	// Collides is false where nobody else changed the field: it can be sent
	// again with the new version as it is.
	Collides bool `json:"collides"`
}

// conflict tells what happened between the version an editor had and the one
// that is there; nil where e.Merge allows to go on. yours are the changes that
// the edit would make now. The error is customer.version_conflict with the
// parameters version (the present one), conflicts ([]FieldConflict), others
// (names of fields that only others changed), by and at (who wrote last, when).
func (s *Service) conflict(ctx context.Context, e *Edit, cur *Stored, yours []Change) (fault, err error) {
	since, err := s.store.changesSince(ctx, cur.ID, e.Version)
	if err != nil {
		return nil, err
	}
	if err := openAllFree(s.Vault, since); err != nil {
		return nil, err
	}
	base, told := map[string]string{}, map[int64]bool{}
	for _, c := range since {
		if _, ok := base[c.field]; !ok {
			base[c.field] = c.before
		}
		told[c.version] = true
	}
	// A version that the history does not tell of may have changed anything.
	gap := e.Version > cur.Version || int64(len(told)) < cur.Version-e.Version
	conflicts := []FieldConflict{}
	mine, collide := map[string]bool{}, false
	for _, c := range yours {
		f := FieldConflict{Field: c.Field, Yours: c.After, Theirs: c.Before}
		mine[c.Field] = true
		switch before, changed := base[c.Field]; {
		case changed:
			f.Base, f.Collides = &before, true
		case gap:
			f.Collides = true
		default:
			f.Base = &f.Theirs
		}
		collide = collide || f.Collides
		conflicts = append(conflicts, f)
	}
	if e.Merge && !collide {
		return nil, nil
	}
	others := []string{}
	for _, c := range since {
		if !mine[c.field] && !auth.Hides(ctx, keyOfName(c.field)) {
			mine[c.field] = true
			others = append(others, c.field)
		}
	}
	out := errs.New(errs.Conflict, "customer.version_conflict", "version", cur.Version, "conflicts", conflicts, "others", others,
		"by", "", "at", cur.UpdatedAt)
	if n := len(since); n > 0 {
		out.Params["by"], out.Params["at"] = since[n-1].actorName, since[n-1].at
	}
	return out, nil
}

// staleOf is the conflict of an edit that is not one of the row's fields.
func (s *Service) staleOf(ctx context.Context, id, seen, now int64) error {
	since, err := s.store.changesSince(ctx, id, seen)
	if err != nil {
		return err
	}
	others, known := []string{}, map[string]bool{}
	by, at := "", int64(0)
	for _, c := range since {
		if !known[c.field] && !auth.Hides(ctx, keyOfName(c.field)) {
			known[c.field] = true
			others = append(others, c.field)
		}
		by, at = c.actorName, c.at
	}
	return errs.New(errs.Conflict, "customer.version_conflict", "version", now, "conflicts", []FieldConflict{}, "others", others, "by", by, "at", at)
}
