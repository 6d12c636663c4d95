package app

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/org"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
	"zhike/internal/tag"
)

// parts makes the services of custom fields and tags, which know customers as
// ids only.
func (a *App) parts() {
	a.Fields = field.NewService(field.Deps{DB: a.DB, Clock: a.Clock, Audit: a.Audit, Records: fieldRecords{a}, People: referenced{a},
		Users:   func(ctx context.Context, code string) ([]string, error) { return a.Tiering.FieldUsers(ctx, code) },
		Namers:  a.fieldNamers,
		Rebound: func(ctx context.Context) error { return a.Quality.Bounded(ctx) }})
	a.Tags = tag.NewService(tag.Deps{DB: a.DB, Clock: a.Clock, Audit: a.Audit, Jobs: a.Jobs, Records: tagRecords{a}, Log: a.Log})
	a.Tags.RegisterJobs(a.Jobs.Registry())
}

// fieldRecords is the way from custom values to the record.
type fieldRecords struct{ a *App }

// Version is customer.Service.Version.
func (r fieldRecords) Version(ctx context.Context, id int64) (int64, error) {
	return r.a.Customer.Version(ctx, id)
}

// Edit writes values as an edit of the record.
func (r fieldRecords) Edit(ctx context.Context, id, version int64, fn func(ctx context.Context) ([]field.Entry, error)) (int64, error) {
	return r.a.Customer.EditPart(ctx, id, version, customer.WriteOptions{}, func(ctx context.Context) ([]customer.Change, error) {
		entries, err := fn(ctx)
		out := make([]customer.Change, len(entries))
		for i, e := range entries {
			out[i] = customer.Change{CustomerID: e.CustomerID, Field: e.Field, Before: e.Before, After: e.After}
		}
		return out, err
	})
}

// referenced gives the names that references point to.
type referenced struct{ a *App }

// Names gives customers within the actor's scope, and members of staff.
func (r referenced) Names(ctx context.Context, target string, ids []int64) (map[int64]string, error) {
	if target == field.TargetStaff {
		return r.a.Org.Names(ctx, ids)
	}
	return r.a.Customer.Seen(ctx, ids)
}

// Find gives customers within the actor's scope as the search does, and people
// who work here: of colleagues everybody may know the name and department.
func (r referenced) Find(ctx context.Context, target, text string, limit int) ([]field.Candidate, error) {
	out := []field.Candidate{}
	if target == field.TargetCustomer {
		hits, err := r.a.Customer.Search(ctx, text)
		for _, h := range hits.Items {
			if h.Kind != customer.HitCustomer {
				continue
			}
			out = append(out, field.Candidate{ID: h.ID, Name: h.Title, Note: h.Subtitle})
		}
		return out[:min(limit, len(out))], err
	}
	page, err := r.a.Org.ListStaff(auth.With(ctx, auth.System("reference")),
		&org.StaffQuery{ListQuery: web.ListQuery{Limit: limit, Sort: "name"}, Q: text, Disabled: "false"})
	for _, p := range page.Items {
		out = append(out, field.Candidate{ID: p.ID, Name: p.Name, Note: p.DepartmentName})
	}
	return out, err
}

// One gives the only customer or member of staff of exactly that name, for
// files. Error: not found where there is none, and where there are several.
func (r referenced) One(ctx context.Context, target, name string) (int64, error) {
	list, err := r.Find(ctx, target, name, 20)
	if err != nil {
		return 0, err
	}
	id := int64(0)
	for _, c := range list {
		if c.Name != name || c.ID == id {
			continue
		}
		if id != 0 {
			return 0, errs.New(errs.NotFound, "not_found")
		}
		id = c.ID
	}
	if id == 0 {
		return 0, errs.New(errs.NotFound, "not_found")
	}
	return id, nil
}

// tagRecords is the way from tags to the record.
type tagRecords struct{ a *App }

// Version is customer.Service.Version.
func (r tagRecords) Version(ctx context.Context, id int64) (int64, error) {
	return r.a.Customer.Version(ctx, id)
}

// Edit writes tags as an edit of the record. Tags are a set: whoever adds one
// does not need the version that was seen.
func (r tagRecords) Edit(ctx context.Context, id int64, fn func(ctx context.Context) ([]tag.Change, error)) (int64, error) {
	return r.a.Customer.EditPart(ctx, id, 0, customer.WriteOptions{Action: "customer.tag"}, func(ctx context.Context) ([]customer.Change, error) {
		changes, err := fn(ctx)
		return tagChanges(changes), err
	})
}

// Note writes what a merge of tags changed; the merge itself is in the audit
// log already.
func (r tagRecords) Note(ctx context.Context, changes []tag.Change) error {
	ids := []int64{}
	for i, c := range changes {
		if i == 0 || changes[i-1].CustomerID != c.CustomerID {
			ids = append(ids, c.CustomerID)
		}
	}
	_, err := r.a.Customer.Record(ctx, customer.WriteOptions{Origin: customer.OriginBulk, NoAudit: true}, ids, tagChanges(changes))
	return err
}

func tagChanges(changes []tag.Change) []customer.Change {
	out := make([]customer.Change, len(changes))
	for i, c := range changes {
		out[i] = customer.Change{CustomerID: c.CustomerID, Field: tag.HistoryField}
		out[i].Before, out[i].After = c.History()
	}
	return out
}

// accessFields gives the role editor the fields of customers.
func (a *App) accessFields(ctx context.Context) ([]org.AccessField, error) {
	list, err := a.Customer.AccessFields(ctx)
	out := make([]org.AccessField, len(list))
	for i, f := range list {
		out[i] = org.AccessField{Key: f.Key, Group: f.Group, Label: f.Label, Choices: f.Choices}
	}
	return out, err
}
