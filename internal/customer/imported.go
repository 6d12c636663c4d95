package customer

import (
	"context"

	"zhike/internal/platform/auth"
)

// Imported is what a batch of an import did to customers.
type Imported struct {
	At      int64   // unix ms
	ActorID int64   // who started the import
	Created []int64 // customers
	// Before and After are rows that the import changed, in the same order.
	Before, After []Customer
	// Added are contacts that known customers got, with the clear text.
	Added []ImportedContact
	// Touched are customers of whom other fields changed (ImportRecords).
	Touched []int64
}

// ImportedContact is a contact that a known customer got.
type ImportedContact struct {
	CustomerID int64
	Kind       ContactKind
	Text       string // clear; it is kept masked
}

// Imported makes the writes of a batch of an import known: the history of the
// rows it changed, and the feed. It runs inside InTx, as the last thing: the
// feed is locked until the commit. Audit entry and event are those of the
// import as a whole.
func (s *Store) Imported(ctx context.Context, in Imported) error {
	touched := make([]int64, 0, len(in.After)+len(in.Added)+len(in.Touched))
	touched = append(touched, in.Touched...)
	var rows []changeRow
	name := ""
	if a := auth.From(ctx); a != nil {
		name = a.Name
	}
	add := func(id, version int64, field, before, after string) {
		rows = append(rows, changeRow{
			customerID: id, at: in.At, actorID: in.ActorID, actorName: name, origin: OriginImport, version: version,
			field: field, before: before, after: after,
		})
	}
	for i := range in.After {
		was, row := Stored{Customer: in.Before[i]}, Stored{Customer: in.After[i]}
		for k := range recordFields {
			f := &recordFields[k]
			if before, after := f.text(&was), f.text(&row); before != after {
				add(row.ID, was.Version+1, f.name, before, after)
			}
		}
		touched = append(touched, row.ID)
	}
	for _, c := range in.Added {
		add(c.CustomerID, 0, string(c.Kind), "", mask(c.Kind, c.Text))
		touched = append(touched, c.CustomerID)
	}
	if len(rows) > 0 {
		set, err := s.db.NextID(ctx, "change_set")
		if err != nil {
			return err
		}
		for i := range rows {
			rows[i].changeSet = set
		}
		if err := s.insertChanges(ctx, rows); err != nil {
			return err
		}
	}
	if _, _, err := s.Feed(ctx, FeedCreated, 0, in.At, in.Created); err != nil {
		return err
	}
	_, _, err := s.Feed(ctx, FeedUpdated, 0, in.At, touched)
	return err
}
