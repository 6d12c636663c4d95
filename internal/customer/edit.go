package customer

import (
	"context"
	"slices"

	custom "zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/tag"
)

// editBatch is one run of ChangeMany.
type editBatch struct {
	service  *Service
	edits    []Edit
	results  []EditResult
	people   map[int64]person
	places   map[int64]string // departments
	written  []int64
	versions map[int64]int64
	changes  []Change
	gives    bool // an edit names a new owner
}

// planned is an edit that is ready to be written.
type planned struct {
	at      int // of the edit
	was     *Stored
	row     *Stored
	changes []Change
	invoice bool
	values  []custom.Change
	tags    []tag.Change
}

// maxTries: how often a row that changes between reading and writing is read anew.
const maxTries = 4

func (b *editBatch) run(ctx context.Context) error {
	b.results = make([]EditResult, len(b.edits))
	b.versions = map[int64]int64{}
	if err := b.references(ctx); err != nil {
		return err
	}
	todo := make([]int, len(b.edits))
	for i := range todo {
		todo[i] = i
	}
	for try := 1; len(todo) > 0; try++ {
		plan, err := b.plan(ctx, todo)
		if err != nil {
			return err
		}
		todo, err = b.write(ctx, plan)
		if err != nil {
			return err
		}
		if try == maxTries {
			for _, i := range todo {
				b.results[i].Err = errs.New(errs.Unavailable, "db.busy")
			}
			return nil
		}
	}
	return nil
}

// references reads the staff and departments that the patches name.
func (b *editBatch) references(ctx context.Context) error {
	var staff, departments []int64
	assigns := false
	for i := range b.edits {
		p := &b.edits[i].Patch
		assigns = assigns || p.assigns()
		b.gives = b.gives || p.OwnerID.Value != nil
		for _, id := range []*int64{p.OwnerID.Value, p.AdviserID.Value} {
			if id != nil {
				staff = append(staff, *id)
			}
		}
		if id := p.DepartmentID.Value; id != nil {
			departments = append(departments, *id)
		}
	}
	if !assigns {
		return nil
	}
	if err := auth.Require(ctx, PermAssign); err != nil {
		return err
	}
	var err error
	if b.people, err = b.service.store.people(ctx, unique(staff)); err != nil {
		return err
	}
	b.places, err = b.service.store.departmentNames(ctx, unique(departments))
	return err
}

func unique(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// plan reads the rows and puts the patches onto them.
func (b *editBatch) plan(ctx context.Context, todo []int) ([]planned, error) {
	s := b.service
	actor := auth.From(ctx)
	ids := make([]int64, len(todo))
	for k, i := range todo {
		ids[k] = b.edits[i].ID
	}
	rows, err := s.store.stored(ctx, actor, ids, toWrite)
	if err == nil && b.gives {
		err = b.formers(ctx, rows)
	}
	if err != nil {
		return nil, err
	}
	var plan []planned
	for _, i := range todo {
		e, res := &b.edits[i], &b.results[i]
		res.ID = e.ID
		was := rows[e.ID]
		if was == nil {
			if res.Err, err = s.whyNot(ctx, e.ID); err != nil {
				return nil, err
			}
			continue
		}
		pl, fault, err := b.one(ctx, i, was)
		if err != nil {
			return nil, err
		}
		if fault == nil && e.Version != 0 && e.Version != was.Version {
			if fault, err = s.conflict(ctx, e, was, pl.changes); err != nil {
				return nil, err
			}
		}
		if res.Err = fault; fault != nil {
			continue
		}
		res.Version = was.Version
		if len(pl.changes) > 0 {
			plan = append(plan, pl)
		}
	}
	return plan, nil
}

// one puts a patch onto a row. fault is what the editor did wrong.
func (b *editBatch) one(ctx context.Context, at int, was *Stored) (pl planned, fault, err error) {
	s := b.service
	p := &b.edits[at].Patch
	if fault := MayEdit(ctx, "", p.names()...); fault != nil {
		return planned{}, fault, nil
	}
	row := *was
	c := &checker{bad: errs.New(errs.Invalid, "invalid"), today: s.Zone.Today(s.Clock)}
	c.apply(p, &row)
	b.assign(c, auth.From(ctx), p, &row)
	pl = planned{at: at, was: was, row: &row}
	if p.Invoice.Sent {
		change, err := s.patchInvoice(c, p.Invoice.Value, was, &row)
		if err != nil {
			return pl, nil, err
		}
		if change != nil {
			pl.changes, pl.invoice = append(pl.changes, *change), true
		}
	}
	if o := &b.edits[at].Own; o.sent() {
		if err := b.planOwn(ctx, c, o, &pl); err != nil {
			return pl, nil, err
		}
	}
	if fault = c.bad.OrNil(); fault != nil {
		return pl, fault, nil
	}
	for k := range recordFields {
		f := &recordFields[k]
		if before, after := f.text(was), f.text(&row); before != after {
			pl.changes = append(pl.changes, Change{CustomerID: row.ID, Field: f.name, Before: before, After: after})
		}
	}
	if row.OwnerID != was.OwnerID {
		row.OwnedAt = 0
		if row.OwnerID != 0 {
			row.OwnedAt = s.now()
		}
	}
	return pl, nil, nil
}

// assign puts who looks after the customer onto a row. The department follows
// the owner unless the patch names one.
func (b *editBatch) assign(c *checker, a *auth.Actor, p *Patch, r *Stored) {
	set := func(path string, sent bool, value *int64, to *int64) {
		if !sent {
			return
		}
		*to = 0
		if value == nil {
			return
		}
		if who, ok := b.people[*value]; !ok || who.disabled {
			_ = c.bad.WithField(path, "customer.no_staff")
			return
		}
		*to = *value
	}
	former := r.OwnerID
	set(fieldOwner, p.OwnerID.Sent, p.OwnerID.Value, &r.OwnerID)
	set(fieldAdviser, p.AdviserID.Sent, p.AdviserID.Value, &r.AdviserID)
	switch {
	case p.DepartmentID.Sent && p.DepartmentID.Value == nil:
		r.DepartmentID = 0
	case p.DepartmentID.Sent:
		id := *p.DepartmentID.Value
		if _, ok := b.places[id]; !ok {
			_ = c.bad.WithField(fieldDepartment, "customer.no_department")
			return
		}
		if !seesAll(a) && !slices.Contains(a.DepartmentIDs, id) {
			_ = c.bad.WithField(fieldDepartment, "customer.department_outside")
			return
		}
		r.DepartmentID = id
	case p.OwnerID.Sent:
		b.follow(r, former)
	}
}

// write stores what was planned and gives the edits whose rows changed
// meanwhile, to be planned again.
func (b *editBatch) write(ctx context.Context, plan []planned) (again []int, err error) {
	if len(plan) == 0 {
		return nil, nil
	}
	s := b.service
	rows := make([]*Stored, len(plan))
	touched := map[string]bool{}
	for i := range plan {
		rows[i] = plan[i].row
		for _, c := range plan[i].changes {
			touched[c.Field] = true
		}
	}
	var columns []field
	for _, f := range recordFields {
		if touched[f.name] {
			columns = append(columns, f)
		}
	}
	if touched[fieldOwner] {
		columns = append(columns, ownedAtField)
	}
	if touched[fieldName] {
		columns = append(columns, sortNameField)
	}
	slices.SortFunc(rows, func(x, y *Stored) int { return int(x.ID - y.ID) })
	versions, err := s.store.setColumns(ctx, columns, rows, s.now())
	if err != nil {
		return nil, err
	}
	var terms []Terms
	for i := range plan {
		pl := &plan[i]
		version, ok := versions[pl.row.ID]
		if !ok {
			again = append(again, pl.at)
			continue
		}
		res := &b.results[pl.at]
		res.Version, res.Changed = version, fieldNames(pl.changes)
		b.versions[pl.row.ID] = version
		b.written = append(b.written, pl.row.ID)
		b.changes = append(b.changes, pl.changes...)
		if pl.invoice {
			if err := s.store.setInvoice(ctx, pl.row.ID, pl.row.InvoiceCipher); err != nil {
				return nil, err
			}
		}
		if err := s.writeOwn(ctx, pl); err != nil {
			return nil, err
		}
		if pl.row.AdviserID != pl.was.AdviserID {
			if err := s.store.setAdviser(ctx, pl.row.ID, pl.row.AdviserID, s.now()); err != nil {
				return nil, err
			}
		}
		if pl.row.Name != pl.was.Name || pl.row.Company != pl.was.Company {
			terms = append(terms, TermsOf(&pl.row.Customer))
		}
	}
	return again, s.store.ReplaceTerms(ctx, terms)
}
