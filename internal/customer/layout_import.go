package customer

import (
	"context"
	"slices"

	"zhike/internal/clean"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
)

// ImportedRecord is what a row of a file says of a customer besides Customer;
// an empty field says nothing.
type ImportedRecord struct {
	CustomerID   int64
	New          bool // made by the same import: no history of its beginnings
	Industry     string
	Remark       string
	Stage        Stage
	Education    clean.Education // of a person
	RegisteredAt clock.Day       // 0 says nothing; the earlier one stays
	// PreferredChannel is one of Channels.
	PreferredChannel string
	Favourites       string // as [FavouritesText] writes them
	Owner            string // name; taken where one member of staff has it and nobody owns the customer
	OwnerUnknown     bool   // told by ImportRecords: nobody has the name of the owner, or several have
}

// ImportRecords writes what the rows say inside InTx, with the history of
// customers that were there before, and tells which customers changed and, in
// the rows, whose owner is unknown. The feed is for the caller, who writes it
// last (Imported). at is in unix ms; seal seals
// free text for the history.
func (s *Store) ImportRecords(ctx context.Context, at, actorID int64, seal func(string) ([]byte, error), in []ImportedRecord) (changed []int64, err error) {
	ids, names := make([]int64, 0, len(in)), make([]string, 0, len(in))
	for i := range in {
		ids = append(ids, in[i].CustomerID)
		if in[i].Owner != "" {
			names = append(names, in[i].Owner)
		}
	}
	slices.Sort(ids)
	rows, err := s.stored(ctx, nil, slices.Compact(ids), toAny)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	owners, err := s.staffNamed(ctx, slices.Compact(names))
	if err != nil {
		return nil, err
	}
	before := map[int64]Stored{}
	var order []*Stored
	fresh := map[int64]bool{}
	for i := range in {
		if _, known := owners[in[i].Owner]; in[i].Owner != "" {
			in[i].OwnerUnknown = !known
		}
		r := rows[in[i].CustomerID]
		if r == nil {
			continue
		}
		if _, seen := before[r.ID]; !seen {
			before[r.ID] = *r
			order = append(order, r)
		}
		fresh[r.ID] = fresh[r.ID] || in[i].New
		in[i].into(r, owners, at)
	}
	columns := slices.Concat(recordFields, []field{ownedAtField})
	order = slices.DeleteFunc(order, func(r *Stored) bool {
		was := before[r.ID]
		return !slices.ContainsFunc(columns, func(f field) bool { return f.value(&was) != f.value(r) })
	})
	if len(order) == 0 {
		return nil, nil
	}
	versions, err := s.setColumns(ctx, columns, order, at)
	if err != nil {
		return nil, err
	}
	var changes []changeRow
	for _, r := range order {
		changed = append(changed, r.ID)
		if fresh[r.ID] {
			continue
		}
		was := before[r.ID]
		for k := range recordFields {
			f := &recordFields[k]
			if old, now := f.text(&was), f.text(r); old != now {
				changes = append(changes, changeRow{
					customerID: r.ID, at: at, actorID: actorID, actorName: actorName(ctx), origin: OriginImport,
					version: versions[r.ID], field: f.name, before: old, after: now,
				})
			}
		}
	}
	for i := range changes {
		if err := changes[i].sealFree(seal); err != nil {
			return nil, err
		}
	}
	return changed, s.writeImported(ctx, changes)
}

// into brings a row up to what the file says.
func (in *ImportedRecord) into(r *Stored, owners map[string]person, at int64) {
	for _, f := range []struct {
		to   *string
		text string
	}{{&r.Industry, in.Industry}, {&r.Remark, in.Remark}, {&r.PreferredChannel, in.PreferredChannel}, {&r.Favourites, in.Favourites}} {
		if f.text != "" {
			*f.to = f.text
		}
	}
	if in.Education != "" && r.Kind == KindPerson {
		r.Education = string(in.Education)
	}
	if d := in.RegisteredAt; d > 0 && (r.RegisteredAt == 0 || d < r.RegisteredAt) {
		r.RegisteredAt = d
	}
	if in.Stage != "" {
		r.Stage = in.Stage
	}
	if o, ok := owners[in.Owner]; ok && in.Owner != "" && r.OwnerID == 0 {
		r.OwnerID, r.DepartmentID, r.OwnedAt = o.id, departmentWith(r, person{}, o), at
	}
}

func actorName(ctx context.Context) string {
	if a := auth.From(ctx); a != nil {
		return a.Name
	}
	return ""
}

// writeImported writes history as one change.
func (s *Store) writeImported(ctx context.Context, rows []changeRow) error {
	if len(rows) == 0 {
		return nil
	}
	set, err := s.db.NextID(ctx, "change_set")
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].changeSet = set
	}
	return s.insertChanges(ctx, rows)
}

// ImportedRelation is a relation that a file names.
type ImportedRelation struct {
	From, To int64
	Kind     RelationKind // contact or parent
	Title    string       // of a contact
	Primary  bool
}

// ImportRelations writes relations inside InTx and tells which customers they
// changed. A relation that is there takes the title that is said; a parent is
// set only where there is none, and where no ring would come of it. What cannot
// be, such as a company that is its own parent, is passed over.
func (s *Store) ImportRelations(ctx context.Context, at, actorID int64, in []ImportedRelation) (changed []int64, err error) {
	var changes []changeRow
	tell := func(r *relationRow) {
		for _, c := range r.changesOf(true) {
			changes = append(changes, changeRow{
				customerID: c.CustomerID, at: at, actorID: actorID, actorName: actorName(ctx), origin: OriginImport,
				field: c.Field, before: c.Before, after: c.After,
			})
			changed = append(changed, c.CustomerID)
		}
	}
	kinds, err := s.kindsOf(ctx, in)
	if err != nil {
		return nil, err
	}
	for i := range in {
		l := &in[i]
		if l.From == l.To || kinds[l.To] == "" || kinds[l.To] == KindPerson ||
			(l.Kind == RelationContact) != (kinds[l.From] == KindPerson) || kinds[l.From] == "" {
			continue
		}
		there, err := s.relationsBetween(ctx, l.From, l.To)
		if err != nil {
			return nil, err
		}
		same := slices.IndexFunc(there, func(r relationRow) bool { return r.kind == l.Kind && r.from == l.From })
		if same >= 0 {
			r := &there[same]
			if l.Kind != RelationContact || (l.Title == "" || l.Title == r.title) && (!l.Primary || r.primary) {
				continue
			}
			if l.Title != "" {
				r.title = l.Title
			}
			if l.Primary && !r.primary {
				r.primary = true
				if err := s.clearPrimaryContact(ctx, l.To); err != nil {
					return nil, err
				}
			}
			if err := s.setRelation(ctx, r); err != nil {
				return nil, err
			}
			changed = append(changed, l.From, l.To)
			continue
		}
		ok, err := s.relatable(ctx, l)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if l.Primary {
			if err := s.clearPrimaryContact(ctx, l.To); err != nil {
				return nil, err
			}
		}
		r := &relationRow{from: l.From, to: l.To, kind: l.Kind, title: l.Title, primary: l.Primary, createdBy: actorID, createdAt: at}
		if err := s.insertRelation(ctx, r); err != nil {
			return nil, err
		}
		tell(r)
	}
	slices.Sort(changed)
	changed = slices.Compact(changed)
	if len(changed) == 0 {
		return nil, nil
	}
	versions, err := s.raise(ctx, changed, at)
	if err != nil {
		return nil, err
	}
	for i := range changes {
		changes[i].version = versions[changes[i].customerID]
	}
	if err := s.writeImported(ctx, changes); err != nil {
		return nil, err
	}
	_, _, err = s.Feed(ctx, FeedUpdated, 0, at, changed)
	return changed, err
}

// kindsOf reads the kinds of both ends.
func (s *Store) kindsOf(ctx context.Context, in []ImportedRelation) (map[int64]Kind, error) {
	ids := make([]int64, 0, 2*len(in))
	for i := range in {
		ids = append(ids, in[i].From, in[i].To)
	}
	slices.Sort(ids)
	rows, err := s.ByIDs(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	kinds := make(map[int64]Kind, len(rows))
	for id, c := range rows {
		kinds[id] = c.Kind
	}
	return kinds, nil
}

// relatable says whether a relation may be added.
func (s *Store) relatable(ctx context.Context, l *ImportedRelation) (bool, error) {
	for _, id := range []int64{l.From, l.To} {
		n, err := s.countRelations(ctx, id, maxRelations)
		if err != nil || n >= maxRelations {
			return false, err
		}
	}
	if l.Kind != RelationParent {
		return true, nil
	}
	up, err := s.above(ctx, l.From, RelationParent)
	if err != nil || up != 0 {
		return false, err
	}
	for id, n := l.To, 0; id != 0; n++ {
		if id == l.From || n > maxDepth {
			return false, nil
		}
		if id, err = s.above(ctx, id, RelationParent); err != nil {
			return false, err
		}
	}
	return true, nil
}
