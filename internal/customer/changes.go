package customer

import (
	"context"
	"math"
	"strconv"
	"strings"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
)

// ChangeItem is one field that somebody changed.
type ChangeItem struct {
	ID        int64  `json:"id"`
	At        int64  `json:"at" doc:"unix ms"`
	ActorID   *int64 `json:"actor_id" doc:"Null where the program did it"`
	ActorName string `json:"actor_name"`
	Origin    Origin `json:"origin" enum:"edit,bulk,import,api,merge,undo,pool"`
	ChangeSet int64  `json:"change_set" doc:"Changes made together have one number"`
	Version   int64  `json:"version" doc:"Of the record after the write"`
	Field     string `json:"field" doc:"A field of the record, a kind of contact, relation, team, tag or f.<code>"`
	Before    string `json:"before" doc:"Codes and ids as the record has them; contacts masked"`
	After     string `json:"after"`
	// FieldLabel, BeforeLabel and AfterLabel say in words what codes and ids are.
	FieldLabel  string `json:"field_label" doc:"Title of a custom field in the reader's language; else empty"`
	BeforeLabel string `json:"before_label" doc:"The name where before is an id, a custom value in words; else empty"`
	AfterLabel  string `json:"after_label"`
	Sealed      bool   `json:"sealed" doc:"The clear values can be revealed"`
}

// maxChangeFields bounds the fields of one look at the history.
const maxChangeFields = 20

// Changes gives the history of a customer, newest first; fields, where there
// are any, are the only ones, and those of hidden fields are left out. Errors: customer.not_found, web.bad_cursor.
func (s *Service) Changes(ctx context.Context, id int64, fields []string, limit int, cursor string) (web.Page[ChangeItem], error) {
	none := web.NewPage[ChangeItem](nil, "", nil)
	if len(fields) > maxChangeFields {
		return none, errs.New(errs.Invalid, "invalid").WithField("field", "customer.too_many", "max", maxChangeFields)
	}
	if err := s.Visible(ctx, id); err != nil {
		return none, err
	}
	at, last := int64(math.MaxInt64), int64(math.MaxInt64)
	if err := web.DecodeCursor(cursor, &at, &last); err != nil {
		return none, err
	}
	rows, err := s.store.changes(ctx, id, fields, HiddenNames(auth.From(ctx)), at, last, limit+1)
	if err != nil {
		return none, err
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = web.EncodeCursor(rows[limit-1].at, rows[limit-1].id)
	}
	items := make([]ChangeItem, len(rows))
	for i := range rows {
		r := &rows[i]
		if err := r.openFree(s.Vault); err != nil {
			return none, err
		}
		items[i] = ChangeItem{
			ID: r.id, At: r.at, ActorName: r.actorName, Origin: r.origin, ChangeSet: r.changeSet, Version: r.version,
			Field: r.field, Before: r.before, After: r.after, Sealed: !FreeText(r.field) && len(r.beforeCipher)+len(r.afterCipher) > 0,
		}
		if r.actorID != 0 {
			items[i].ActorID = &r.actorID
		}
	}
	if err := s.labels(ctx, items); err != nil {
		return none, err
	}
	return web.NewPage(items, next, nil), nil
}

// labels puts names beside ids.
func (s *Service) labels(ctx context.Context, items []ChangeItem) error {
	var staff, departments, customers []int64
	each := func(it *ChangeItem, fn func(text string, label *string)) {
		fn(it.Before, &it.BeforeLabel)
		fn(it.After, &it.AfterLabel)
	}
	idOf := func(text string) int64 {
		id, _ := strconv.ParseInt(text[strings.LastIndexByte(text, ':')+1:], 10, 64)
		return id
	}
	list := func(field string) *[]int64 {
		switch field {
		case fieldOwner, fieldAdviser, fieldTeam:
			return &staff
		case fieldDepartment:
			return &departments
		case fieldRelation:
			return &customers
		}
		return nil
	}
	for i := range items {
		if it := &items[i]; it.ActorName == "" && it.ActorID != nil {
			staff = append(staff, *it.ActorID)
		}
		if ids := list(items[i].Field); ids != nil {
			each(&items[i], func(text string, _ *string) {
				if id := idOf(text); id != 0 {
					*ids = append(*ids, id)
				}
			})
		}
	}
	people, err := s.store.people(ctx, unique(staff))
	if err != nil {
		return err
	}
	places, err := s.store.departmentNames(ctx, unique(departments))
	if err != nil {
		return err
	}
	names, err := s.store.customerNames(ctx, unique(customers))
	if err != nil {
		return err
	}
	for i := range items {
		if it := &items[i]; it.ActorName == "" && it.ActorID != nil {
			it.ActorName = people[*it.ActorID].name
		}
		ids := list(items[i].Field)
		if ids == nil {
			continue
		}
		each(&items[i], func(text string, label *string) {
			switch id := idOf(text); ids {
			case &staff:
				*label = people[id].name
			case &departments:
				*label = places[id]
			default:
				*label = names[id]
			}
		})
	}
	return s.labelOwn(ctx, items)
}

// RevealedChange is a change with its clear values.
type RevealedChange struct {
	Before string `json:"before" doc:"Empty where there was nothing"`
	After  string `json:"after"`
}

// RevealChange gives the clear values of a sealed change. Who saw them is in
// the audit log before they are shown. Errors as in Reveal;
// customer.change_not_found.
func (s *Service) RevealChange(ctx context.Context, id, changeID int64) (out RevealedChange, err error) {
	if err := auth.Require(ctx, PermReveal); err != nil {
		return out, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.writable(ctx, id); err != nil {
			return err
		}
		c, err := s.store.change(ctx, id, changeID)
		if err == nil && auth.Hides(ctx, keyOfName(c.field)) {
			err = errs.New(errs.NotFound, "customer.change_not_found", "id", changeID)
		}
		if err != nil {
			return err
		}
		if out.Before, err = s.Vault.Open(vault.KindRow, c.beforeCipher); err != nil {
			return err
		}
		if out.After, err = s.Vault.Open(vault.KindRow, c.afterCipher); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{
			Action: "customer.reveal", ObjectType: "customer", ObjectID: idText(id),
			After: map[string]any{"kind": c.field, "change_id": changeID},
		})
	})
	if err != nil {
		return RevealedChange{}, err
	}
	return out, nil
}
