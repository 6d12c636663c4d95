package customer

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	custom "zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
	"zhike/internal/tag"
)

// Bounds of bulk edits.
const (
	maxBulkIDs    = 10_000    // named one by one
	maxBulk       = 1_000_000 // that a filter finds
	maxBulkFields = 20
	maxBulkTags   = 20
	// bulkPart is how many customers one transaction writes.
	bulkPart = 1000
	// bulkDays is how long a bulk edit can be undone.
	bulkDays = 30
)

// Selection says which customers a bulk edit is for: named ones, or all that a
// list shows.
type Selection struct {
	IDs    []int64         `json:"ids,omitempty" maxItems:"10000" doc:"Named ones; else all that match q and filter"`
	Text   string          `json:"q,omitempty" maxLength:"400"`
	Filter json.RawMessage `json:"filter,omitempty" doc:"As in POST /customers/query"`
	All    bool            `json:"all,omitempty" doc:"Must be true for everybody, where there is no filter"`
}

// BulkActions say what a bulk edit does.
type BulkActions struct {
	Set        map[string]json.RawMessage `json:"set,omitempty" doc:"Code of an editable field of the catalogue → its new value; null empties. Amounts in 分, ids for owner, adviser and department, a GB/T 2260 code for region"`
	AddTags    []int64                    `json:"add_tags,omitempty" maxItems:"20"`
	RemoveTags []int64                    `json:"remove_tags,omitempty" maxItems:"20"`
	Release    string                     `json:"release,omitempty" maxLength:"200" doc:"Puts them into the public pool; the reason"`
}

// bulkEdit is BulkActions made ready.
type bulkEdit struct {
	actions BulkActions
	patch   Patch
	patched bool
	values  map[string]custom.Value
	add     []int64
	remove  []int64
	release bool
	people  *editBatch // the staff and departments that the patch names
}

// recordNames are the fields of the record that lists call otherwise.
var recordNames = map[string]string{"owner": fieldOwner, "adviser": fieldAdviser, "department": fieldDepartment, "region": "region_code"}

// recordName is the name in the record of a field of lists.
func recordName(code string) string {
	if name := recordNames[code]; name != "" {
		return name
	}
	return code
}

// bulkEdit reads actions and checks that the actor may do them at all. Errors:
// forbidden, and invalid at "actions…".
func (s *Service) bulkEdit(ctx context.Context, in BulkActions) (*bulkEdit, error) {
	if err := auth.Require(ctx, PermBulk); err != nil {
		return nil, err
	}
	b := &bulkEdit{actions: in, values: map[string]custom.Value{}, add: unique(slices.Clone(in.AddTags)), remove: unique(slices.Clone(in.RemoveTags))}
	if len(in.Set) == 0 && len(b.add) == 0 && len(b.remove) == 0 && in.Release == "" {
		return nil, badFilter("actions", "list.no_action")
	}
	if len(in.Set) > maxBulkFields || len(b.add) > maxBulkTags || len(b.remove) > maxBulkTags {
		return nil, badFilter("actions", "list.too_many_actions", "max", maxBulkFields)
	}
	c := &compiler{ctx: ctx, s: s, actor: auth.From(ctx)}
	bad := errs.New(errs.Invalid, "invalid")
	for code, raw := range in.Set {
		if err := b.set(c, code, raw); err != nil {
			e := errs.From(err)
			if e.Kind != errs.Invalid {
				return nil, err
			}
			bad.Fields = append(bad.Fields, errs.Field{Path: "actions.set." + rule.Shortened(code), Code: firstCode(e), Params: e.Params})
		}
	}
	if err := b.tags(c); err != nil {
		return nil, err
	}
	if b.release = in.Release != ""; b.release {
		ch := &checker{bad: bad}
		ch.line("actions.release", &in.Release, maxReason, &b.actions.Release)
		if b.patch.OwnerID.Sent {
			_ = bad.WithField("actions.release", "list.release_and_owner")
		}
		b.patched, b.patch.OwnerID = true, web.Optional[int64]{Sent: true}
	}
	if err := bad.OrNil(); err != nil {
		return nil, err
	}
	return b, b.allowed(ctx, s)
}

func firstCode(e *errs.Error) string {
	if len(e.Fields) > 0 {
		return e.Fields[0].Code
	}
	return e.Code
}

// set reads one new value.
func (b *bulkEdit) set(c *compiler, code string, raw json.RawMessage) error {
	f, err := c.listField(code)
	if err != nil {
		return err
	}
	if f == nil || !f.bulk || f.code == "tags" {
		return errs.New(errs.Invalid, "list.cannot_set")
	}
	if err := MayEdit(c.ctx, "actions.set.", recordName(f.code)); err != nil {
		return err
	}
	if f.def != nil {
		var v any
		if rule.DecodeNumbers(raw, &v) != nil {
			return rule.BadValue()
		}
		value, err := f.def.Parse(v)
		if err == nil && value.IsEmpty() && f.def.Required {
			err = errs.New(errs.Invalid, "field.required", "field", f.def.Name.ZH)
		}
		if err == nil {
			err = f.def.Within(value)
		}
		b.values[f.def.Code] = value
		return err
	}
	name := recordName(f.code)
	text := ""
	switch raw := strings.TrimSpace(string(raw)); {
	case raw == "" || raw == "null":
	case raw[0] == '"':
		if json.Unmarshal([]byte(raw), &text) != nil {
			return rule.BadValue()
		}
	case f.typ == "staff" || f.typ == "department":
		if raw == "0" {
			return rule.BadValue()
		}
		text = raw
	default:
		return rule.BadValue()
	}
	if len(text) > 4*maxRemark {
		return errs.New(errs.Invalid, "customer.too_long", "max", maxRemark)
	}
	b.patched = true
	return b.patch.Set(name, text)
}

func (b *bulkEdit) tags(c *compiler) error {
	if len(b.add)+len(b.remove) == 0 {
		return nil
	}
	cat, err := c.catalogue()
	if err != nil {
		return err
	}
	for path, list := range map[string][]int64{"actions.add_tags": b.add, "actions.remove_tags": b.remove} {
		groups := map[int64]bool{}
		for _, id := range list {
			t := cat.Tag(id)
			if t == nil {
				return badFilter(path, "tag.not_found")
			}
			if path == "actions.remove_tags" {
				if slices.Contains(b.add, id) {
					return badFilter(path, "list.add_and_remove", "name", t.Name)
				}
				continue
			}
			if t.Retired {
				return badFilter(path, "tag.retired", "name", t.Name)
			}
			if g := cat.Group(t.GroupID); g != nil && g.Exclusive {
				if groups[g.ID] {
					return badFilter(path, "tag.exclusive", "group", g.Name.ZH)
				}
				groups[g.ID] = true
			}
		}
	}
	return nil
}

// allowed checks permissions and reads who the patch names.
func (b *bulkEdit) allowed(ctx context.Context, s *Service) error {
	if b.patched && !b.release || len(b.values) > 0 || len(b.actions.Set) > 0 {
		if err := auth.Require(ctx, PermEdit); err != nil {
			return err
		}
	}
	if len(b.add)+len(b.remove) > 0 {
		if err := auth.Require(ctx, tag.PermAssign); err != nil {
			return err
		}
	}
	a := auth.From(ctx)
	if b.release {
		if !a.Can(PermPool) {
			if err := auth.Require(ctx, PermAssign); err != nil {
				return err
			}
		}
		if !a.Can(PermAssign) && (b.patch.AdviserID.Sent || b.patch.DepartmentID.Sent) {
			return auth.Require(ctx, PermAssign)
		}
	}
	b.people = &editBatch{service: s, edits: []Edit{{Patch: b.patch}}}
	if b.release && !a.Can(PermAssign) {
		return nil // no one is named; whether it is the actor's own is looked at for each
	}
	if err := b.people.references(ctx); err != nil {
		return err
	}
	return b.present()
}

// present refuses who is not there to be named, before anybody is looked at.
func (b *bulkEdit) present() error {
	for code, id := range map[string]*int64{"owner": b.patch.OwnerID.Value, "adviser": b.patch.AdviserID.Value} {
		if id == nil {
			continue
		}
		if p, ok := b.people.people[*id]; !ok || p.disabled {
			return badFilter("actions.set."+code, "customer.no_staff")
		}
	}
	if id := b.patch.DepartmentID.Value; id != nil && b.people.places[*id] == "" {
		return badFilter("actions.set.department", "customer.no_department")
	}
	return nil
}

// fields are the names of what a bulk edit touches, for the audit log.
func (b *bulkEdit) fields() []string {
	var out []string
	for code := range b.actions.Set {
		out = append(out, code)
	}
	if len(b.add)+len(b.remove) > 0 {
		out = append(out, tag.HistoryField)
	}
	if b.release {
		out = append(out, fieldReason)
	}
	slices.Sort(out)
	return out
}

// members gives the ids that a selection names, ascending. Errors: those of
// Query, list.nobody_selected, list.too_many_selected.
func (s *Service) members(ctx context.Context, sel Selection) ([]int64, error) {
	if len(sel.IDs) > 0 {
		if len(sel.IDs) > maxBulkIDs || sel.Text != "" || len(sel.Filter) > 0 {
			return nil, badFilter("selection", "list.too_many_selected", "max", maxBulkIDs)
		}
		ids := unique(slices.Clone(sel.IDs))
		if ids[0] <= 0 {
			return nil, badFilter("selection.ids", "list.bad_value")
		}
		return ids, nil
	}
	tree, err := ParseFilter(sel.Filter)
	if err != nil {
		return nil, err
	}
	if tree == nil && strings.TrimSpace(sel.Text) == "" && !sel.All {
		return nil, badFilter("selection", "list.nobody_selected")
	}
	f := Filter{Text: sel.Text, Tree: tree, pool: true}
	se, _, err := s.search(ctx, &f)
	if err != nil {
		return nil, err
	}
	var ids []int64
	if !se.nobody {
		driver := se.driver
		if se.fewest > driveMax && s.store.plansItself() {
			driver = -1
		}
		err = s.store.matching(ctx, se.parts, driver, func(id int64) error {
			if len(ids) >= maxBulk {
				return badFilter("selection", "list.too_many_selected", "max", maxBulk)
			}
			ids = append(ids, id)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(ids)
	return ids, nil
}
