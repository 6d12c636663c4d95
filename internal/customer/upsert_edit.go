package customer

import (
	"context"
	"slices"

	"zhike/internal/platform/errs"
)

func (u *upserting) edit(ctx context.Context) error {
	var edits []Edit
	var at []int
	taken := map[int64]int{} // by whom
	for i := range u.items {
		if u.ids[i] == 0 || u.failed(i) || u.results[i].Status == "created" {
			continue
		}
		if _, twice := taken[u.ids[i]]; twice {
			u.fail(ctx, i, errs.New(errs.Invalid, "customer.row_twice", "index", taken[u.ids[i]]))
			continue
		}
		taken[u.ids[i]] = u.results[i].Index
		edits, at = append(edits, Edit{ID: u.ids[i], Version: u.items[i].Version, Patch: u.items[i].Patch}), append(at, i)
	}
	if len(edits) == 0 {
		return nil
	}
	results, _, err := u.ChangeMany(ctx, edits, u.options(""))
	if err != nil {
		return err
	}
	for k := range results {
		i, r := at[k], &results[k]
		if r.Err != nil {
			u.fail(ctx, i, r.Err)
			continue
		}
		u.results[i].Status = "unchanged"
		if len(r.Changed) > 0 {
			u.results[i].Status = "updated"
		}
		u.results[i].ID, u.results[i].Version = &r.ID, &r.Version
	}
	return nil
}

// rest adds contacts to customers that were there, and custom values and tags
// to all; it writes what changed as one change of each customer.
func (u *upserting) rest(ctx context.Context) error {
	changes, err := u.contacts(ctx)
	if err != nil {
		return err
	}
	values, tags := map[int64]ParsedFields{}, map[int64][]int64{}
	for i := range u.items {
		if u.failed(i) {
			continue
		}
		if u.fields[i] != nil {
			values[u.ids[i]] = u.fields[i]
		}
		if len(u.tags[i]) > 0 {
			tags[u.ids[i]] = u.tags[i]
		}
	}
	if len(values) > 0 {
		more, err := u.Parts.SetFields(ctx, values)
		if err != nil {
			return err
		}
		changes = append(changes, more...)
	}
	if len(tags) > 0 {
		more, err := u.Parts.AddTags(ctx, tags)
		if err != nil {
			return err
		}
		changes = append(changes, more...)
	}
	if len(changes) == 0 {
		return nil
	}
	touched := map[int64]bool{}
	var ids []int64
	for i := range changes {
		if !touched[changes[i].CustomerID] {
			touched[changes[i].CustomerID] = true
			ids = append(ids, changes[i].CustomerID)
		}
	}
	versions, err := u.store.raise(ctx, ids, u.now())
	if err != nil {
		return err
	}
	o := u.options("")
	o.Fresh = map[int64]bool{}
	for i := range u.results {
		if u.results[i].Status == "created" {
			o.Fresh[u.ids[i]] = true
		}
	}
	if _, err := u.finish(ctx, o, ids, versions, changes); err != nil {
		return err
	}
	for i := range u.results {
		if v, ok := versions[u.ids[i]]; ok && !u.failed(i) {
			u.results[i].Version = &v
			if u.results[i].Status == "unchanged" {
				u.results[i].Status = "updated"
			}
		}
	}
	return nil
}

// contacts adds those that a customer does not have yet.
func (u *upserting) contacts(ctx context.Context) ([]Change, error) {
	var blinds [][]byte
	for i := range u.items {
		for _, c := range u.ready[i].sealed {
			if !u.failed(i) {
				blinds = append(blinds, c.Blind)
			}
		}
	}
	if len(blinds) == 0 {
		return nil, nil
	}
	have, err := u.store.ContactsByBlind(ctx, blinds)
	if err != nil {
		return nil, err
	}
	var fresh []*sealedContact
	var changes []Change
	for i := range u.items {
		for _, c := range u.ready[i].sealed {
			if u.failed(i) || slices.Contains(have[string(c.Blind)], c.CustomerID) {
				continue
			}
			have[string(c.Blind)] = append(have[string(c.Blind)], c.CustomerID)
			fresh = append(fresh, c)
			changes = append(changes, Change{CustomerID: c.CustomerID, Field: string(c.Kind), After: mask(c.Kind, c.clear), AfterClear: c.clear})
		}
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	return changes, u.store.insertContacts(ctx, fresh)
}
