package customer

import (
	"context"
	"slices"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// RelationKind says how two customers belong together.
type RelationKind string

// The kinds. from and to are read as a sentence: from is a contact of to, to is
// the parent of from, to introduced from. Household and partner have no direction.
const (
	RelationContact    RelationKind = "contact"
	RelationParent     RelationKind = "parent"
	RelationHousehold  RelationKind = "household"
	RelationIntroduced RelationKind = "introduced_by"
	RelationPartner    RelationKind = "partner"
)

// ContactRoles are the codes of what a contact decides at a company.
var ContactRoles = []string{"decider", "influencer", "user", "buyer", "finance", "technical", "other"}

// Bounds of relations.
const (
	maxRelations = 200
	maxDepth     = 32 // of parents above a company
)

// RelationIn is a relation to be added. The customer it is added to is from
// unless Reverse.
type RelationIn struct {
	Kind    RelationKind `json:"kind" enum:"contact,parent,household,introduced_by,partner"`
	OtherID int64        `json:"other_id" minimum:"1"`
	Reverse bool         `json:"reverse,omitempty" doc:"The other one is the contact, the child, the one introduced"`
	Role    string       `json:"role,omitempty" enum:"decider,influencer,user,buyer,finance,technical,other," doc:"Of a contact"`
	Title   string       `json:"title,omitempty" maxLength:"200" doc:"Of a contact: 采购总监"`
	Note    string       `json:"note,omitempty" maxLength:"200"`
	Primary bool         `json:"is_primary,omitempty" doc:"The contact to be asked first"`
}

// RelationPatch changes what is sent of a relation.
type RelationPatch struct {
	Role    *string `json:"role,omitempty" enum:"decider,influencer,user,buyer,finance,technical,other,"`
	Title   *string `json:"title,omitempty" maxLength:"200"`
	Note    *string `json:"note,omitempty" maxLength:"200"`
	Primary *bool   `json:"is_primary,omitempty"`
}

// RelationItem is a relation as a record shows it.
type RelationItem struct {
	ID      int64        `json:"id"`
	Kind    RelationKind `json:"kind" enum:"contact,parent,household,introduced_by,partner"`
	Reverse bool         `json:"reverse" doc:"The other one is the contact, the child, the one introduced"`
	Other   RelationEnd  `json:"other"`
	Role    string       `json:"role"`
	Title   string       `json:"title"`
	Note    string       `json:"note"`
	Primary bool         `json:"is_primary"`
}

// RelationEnd is the other customer. Of one outside the reader's scope only
// the name is told.
type RelationEnd struct {
	ID      int64  `json:"id" doc:"0 where the reader may not open it"`
	Name    string `json:"name"`
	Kind    Kind   `json:"kind" doc:"Empty where the reader may not open it"`
	Visible bool   `json:"visible"`
}

// relations gives the relations of a customer in both directions.
func (s *Service) relations(ctx context.Context, id int64) ([]RelationItem, error) {
	rows, err := s.store.relations(ctx, auth.From(ctx), id)
	if err != nil {
		return nil, err
	}
	out := make([]RelationItem, len(rows))
	for i := range rows {
		r := &rows[i]
		out[i] = RelationItem{
			ID: r.id, Kind: r.kind, Reverse: r.to == id, Role: r.role, Title: r.title, Note: r.note, Primary: r.primary,
			Other: RelationEnd{Name: r.otherName},
		}
		if r.visible {
			out[i].Other = RelationEnd{ID: r.otherOf(id), Name: r.otherName, Kind: r.otherKind, Visible: true}
		}
	}
	return out, nil
}

// relationRow is a relation as it is kept.
type relationRow struct {
	id, from, to         int64
	kind                 RelationKind
	role, title, note    string
	primary              bool
	createdBy, createdAt int64
	otherName            string
	otherKind            Kind
	visible              bool
}

func (r *relationRow) otherOf(id int64) int64 {
	if r.from == id {
		return r.to
	}
	return r.from
}

// changesOf tells both ends of a relation what became of it.
func (r *relationRow) changesOf(added bool) []Change {
	end := func(id, other int64, way string) Change {
		c := Change{CustomerID: id, Field: fieldRelation}
		text := string(r.kind) + way + ":" + idText(other)
		if added {
			c.After = text
		} else {
			c.Before = text
		}
		return c
	}
	back := ""
	if r.kind != RelationHousehold && r.kind != RelationPartner {
		back = ".reverse"
	}
	return []Change{end(r.from, r.to, ""), end(r.to, r.from, back)}
}

// AddRelation relates two customers, both of which the actor may see and the
// first of which the actor may change. Errors: customer.relation_exists,
// customer.relation_kinds (these kinds of customers cannot be related so),
// customer.relation_self, customer.relation_cycle, customer.second_parent,
// customer.too_many, and those of Change.
func (s *Service) AddRelation(ctx context.Context, id, version int64, in RelationIn) (*Record, error) {
	c := &checker{bad: errs.New(errs.Invalid, "invalid")}
	row := relationRow{kind: in.Kind, from: id, to: in.OtherID, primary: in.Primary, createdAt: s.now()}
	if in.Reverse {
		row.from, row.to = row.to, row.from
	}
	if a := auth.From(ctx); a != nil {
		row.createdBy = a.StaffID
	}
	c.coded("role", &in.Role, ContactRoles, &row.role)
	c.line("title", &in.Title, maxShort, &row.title)
	c.line("note", &in.Note, maxReason, &row.note)
	if in.OtherID == id {
		_ = c.bad.WithField("other_id", "customer.relation_self")
	}
	if err := c.bad.OrNil(); err != nil {
		return nil, err
	}
	err := s.relate(ctx, id, version, in.OtherID, "customer.relation_add", func(ctx context.Context, ends map[int64]*Stored) (*relationRow, []Change, error) {
		if err := s.related(ctx, &row, ends); err != nil {
			return nil, nil, err
		}
		if row.kind == RelationContact && row.primary {
			if err := s.store.clearPrimaryContact(ctx, row.to); err != nil {
				return nil, nil, err
			}
		}
		return &row, row.changesOf(true), s.store.insertRelation(ctx, &row)
	})
	if err != nil {
		return nil, err
	}
	return s.Read(ctx, id)
}

// related checks a new relation against the customers and what relates them.
func (s *Service) related(ctx context.Context, row *relationRow, ends map[int64]*Stored) error {
	from, to := ends[row.from], ends[row.to]
	fits := false
	switch row.kind {
	case RelationContact:
		fits = from.Kind == KindPerson && to.Kind != KindPerson
	case RelationParent, RelationPartner:
		fits = from.Kind != KindPerson && to.Kind != KindPerson
	case RelationHousehold:
		fits = from.Kind == KindPerson && to.Kind == KindPerson
	case RelationIntroduced:
		fits = true
	}
	if !fits {
		return errs.New(errs.Invalid, "customer.relation_kinds")
	}
	all, err := s.store.relationsBetween(ctx, row.from, row.to)
	if err != nil {
		return err
	}
	for _, have := range all {
		symmetric := row.kind == RelationHousehold || row.kind == RelationPartner
		if have.kind == row.kind && (symmetric || have.from == row.from) {
			return errs.New(errs.Conflict, "customer.relation_exists")
		}
	}
	for _, id := range []int64{row.from, row.to} {
		n, err := s.store.countRelations(ctx, id, maxRelations)
		if err != nil {
			return err
		}
		if n >= maxRelations {
			return errs.New(errs.Conflict, "customer.too_many", "max", maxRelations)
		}
	}
	if row.kind != RelationParent && row.kind != RelationIntroduced {
		return nil
	}
	above, err := s.store.above(ctx, row.from, row.kind)
	if err != nil {
		return err
	}
	if above != 0 {
		return errs.New(errs.Conflict, "customer.second_parent")
	}
	up := row.to
	for depth := 0; up != 0; depth++ {
		if up == row.from || depth > maxDepth {
			return errs.New(errs.Conflict, "customer.relation_cycle")
		}
		if up, err = s.store.above(ctx, up, row.kind); err != nil {
			return err
		}
	}
	return nil
}

// relate runs fn on two locked customers. The audit entry is written before fn:
// its lock puts writers of relations into a row, so that two of them cannot
// close a circle together.
func (s *Service) relate(ctx context.Context, id, version, other int64, action string, fn func(ctx context.Context, ends map[int64]*Stored) (*relationRow, []Change, error)) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		r, err := s.writable(ctx, id)
		if err != nil {
			return err
		}
		seen, err := s.store.stored(ctx, auth.From(ctx), []int64{other}, toRead)
		if err != nil {
			return err
		}
		if seen[other] == nil {
			return errs.New(errs.Invalid, "invalid").WithField("other_id", "customer.not_found")
		}
		ids := []int64{id, other}
		slices.Sort(ids)
		versions, err := s.store.raise(ctx, ids, s.now())
		if err != nil {
			return err
		}
		if version != 0 && versions[id] != version+1 {
			return s.staleOf(ctx, id, version, versions[id]-1)
		}
		entry := audit.Entry{Action: action, ObjectType: "customer", ObjectID: idText(id), After: map[string]any{"other_id": other}}
		if err := s.Audit.Append(ctx, entry); err != nil {
			return err
		}
		_, changes, err := fn(ctx, map[int64]*Stored{id: r, other: seen[other]})
		if err != nil {
			return err
		}
		_, err = s.finish(ctx, WriteOptions{NoAudit: true}, ids, versions, changes)
		return err
	})
}

// EditRelation changes what stands around a relation. Errors:
// customer.relation_not_found, and those of Change.
func (s *Service) EditRelation(ctx context.Context, id, version, relationID int64, p RelationPatch) (*Record, error) {
	err := s.editOne(ctx, id, version, WriteOptions{Action: "customer.relation_update"}, func(ctx context.Context, _ *Stored) ([]Change, error) {
		row, err := s.store.relation(ctx, id, relationID)
		if err != nil {
			return nil, err
		}
		next := *row
		c := &checker{bad: errs.New(errs.Invalid, "invalid")}
		c.coded("role", p.Role, ContactRoles, &next.role)
		c.line("title", p.Title, maxShort, &next.title)
		c.line("note", p.Note, maxReason, &next.note)
		if err := c.bad.OrNil(); err != nil {
			return nil, err
		}
		if p.Primary != nil {
			next.primary = *p.Primary
		}
		if next == *row {
			return nil, errUnchanged
		}
		if next.primary && !row.primary && row.kind == RelationContact {
			if err := s.store.clearPrimaryContact(ctx, row.to); err != nil {
				return nil, err
			}
		}
		if err := s.store.setRelation(ctx, &next); err != nil {
			return nil, err
		}
		var changes []Change
		about := string(row.kind) + ":" + idText(row.otherOf(id))
		for _, f := range []struct{ name, before, after string }{
			{"role", row.role, next.role}, {"title", row.title, next.title}, {"note", row.note, next.note},
			{"is_primary", yes(row.primary), yes(next.primary)},
		} {
			if f.before != f.after {
				changes = append(changes, Change{
					CustomerID: id, Field: fieldRelation + "." + f.name, Before: about + ": " + f.before, After: about + ": " + f.after,
				})
			}
		}
		return changes, nil
	})
	if err != nil {
		return nil, err
	}
	return s.Read(ctx, id)
}

// RemoveRelation takes a relation away. Errors: customer.relation_not_found,
// and those of Change.
func (s *Service) RemoveRelation(ctx context.Context, id, version, relationID int64) (*Record, error) {
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.writable(ctx, id); err != nil {
			return err
		}
		row, err := s.store.relation(ctx, id, relationID)
		if err != nil {
			return err
		}
		ids := []int64{row.from, row.to}
		slices.Sort(ids)
		versions, err := s.store.raise(ctx, ids, s.now())
		if err != nil {
			return err
		}
		if version != 0 && versions[id] != version+1 {
			return s.staleOf(ctx, id, version, versions[id]-1)
		}
		gone, err := s.store.dropRelation(ctx, relationID)
		if err != nil {
			return err
		}
		if !gone {
			return errs.New(errs.NotFound, "customer.relation_not_found", "id", relationID)
		}
		_, err = s.finish(ctx, WriteOptions{Action: "customer.relation_remove"}, ids, versions, row.changesOf(false))
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Read(ctx, id)
}
