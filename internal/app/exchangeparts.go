package app

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/field"
)

// rowParts writes custom fields and tags of rows from other systems.
type rowParts struct{ a *App }

// ParseFields is field.Service.ParseAll.
func (p rowParts) ParseFields(ctx context.Context, in map[string]any) (customer.ParsedFields, error) {
	return p.a.Fields.ParseAll(ctx, "fields", in)
}

// BoundFields is field.Service.Bound.
func (p rowParts) BoundFields(ctx context.Context, ids []int64, values []customer.ParsedFields) ([]error, error) {
	writes := make([]field.Write, len(ids))
	for i, id := range ids {
		v, _ := values[i].(map[string]field.Value)
		writes[i] = field.Write{CustomerID: id, Values: v}
	}
	return p.a.Fields.Bound(ctx, "fields", writes)
}

// SetFields is field.Service.SetMany.
func (p rowParts) SetFields(ctx context.Context, values map[int64]customer.ParsedFields) ([]customer.Change, error) {
	writes := make([]field.Write, 0, len(values))
	for id, v := range values {
		writes = append(writes, field.Write{CustomerID: id, Values: v.(map[string]field.Value)})
	}
	changes, err := p.a.Fields.SetMany(ctx, writes)
	return fieldChanges(changes), err
}

// TagIDs is tag.Service.Named.
func (p rowParts) TagIDs(ctx context.Context, names []string) (map[string]int64, error) {
	found, _, err := p.a.Tags.Named(ctx, names, false)
	out := make(map[string]int64, len(found))
	for name, t := range found {
		out[name] = t.ID
	}
	return out, err
}

// AddTags is tag.Service.AddEach.
func (p rowParts) AddTags(ctx context.Context, tags map[int64][]int64) ([]customer.Change, error) {
	changes, err := p.a.Tags.AddEach(ctx, tags)
	return tagChanges(changes), err
}

func fieldChanges(changes []field.Change) []customer.Change {
	out := make([]customer.Change, len(changes))
	for i := range changes {
		e := changes[i].Entry()
		out[i] = customer.Change{CustomerID: e.CustomerID, Field: e.Field, Before: e.Before, After: e.After}
	}
	return out
}
