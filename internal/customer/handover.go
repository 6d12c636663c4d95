package customer

import (
	"context"
	"slices"

	"zhike/internal/platform/auth"
)

// departmentWith gives the department of a customer whom next gets from former,
// the zero person where the customer lay in the pool. It goes along with the
// owner, so that the head who answers for the owner sees the customer: from the
// department of the one before, from none, and from the pool, where it only said
// whose pool that is. A department that is not the one of the owner before was
// chosen on purpose and stays, and so does any where next is in none.
func departmentWith(r *Stored, former, next person) int64 {
	along := former.id == 0 || r.DepartmentID == 0 || r.DepartmentID == former.departmentID
	if along && next.departmentID != 0 {
		return next.departmentID
	}
	return r.DepartmentID
}

// formers reads those who look after the rows, to know their departments.
func (b *editBatch) formers(ctx context.Context, rows map[int64]*Stored) error {
	var ids []int64
	for _, r := range rows {
		if _, known := b.people[r.OwnerID]; !known && r.OwnerID != 0 {
			ids = append(ids, r.OwnerID)
		}
	}
	people, err := b.service.store.people(ctx, unique(ids))
	for id, p := range people {
		b.people[id] = p
	}
	return err
}

// follow puts the department of the new owner onto a row that had the owner
// former, or none.
func (b *editBatch) follow(r *Stored, former int64) {
	next, ok := b.people[r.OwnerID]
	switch {
	case !ok: // nobody, or nobody who can be an owner: that is told already
	case r.OwnerID != former:
		r.DepartmentID = departmentWith(r, b.people[former], next)
	case r.DepartmentID == 0:
		r.DepartmentID = next.departmentID
	}
}

// countFollowers counts what the hand-over of pl does to its department.
func (v *verdict) countFollowers(b *bulkEdit, pl *planned) {
	if pl.row.OwnerID == 0 || pl.row.OwnerID == pl.was.OwnerID || b.patch.DepartmentID.Sent {
		return
	}
	switch next := b.people.people[pl.row.OwnerID].departmentID; {
	case pl.row.DepartmentID != pl.was.DepartmentID:
		v.moved++
	case next != 0 && pl.row.DepartmentID != next:
		v.stayed++
	}
}

// goesAlong says whether a new owner of another department takes the customer
// there; owner is the present one.
func goesAlong(r *Stored, owner person) bool {
	const elsewhere = -1
	return departmentWith(r, owner, person{departmentID: elsewhere}) == elsewhere
}

// together leaves the department as it is where the owner, who took the customer
// there, cannot be put back: reason says why.
func (u *undoing) together(pl *planned, reason string) {
	if pl.row.DepartmentID == pl.was.DepartmentID {
		return
	}
	pl.row.DepartmentID = pl.was.DepartmentID
	pl.changes = slices.DeleteFunc(pl.changes, func(c Change) bool { return c.Field == fieldDepartment })
	u.conflict(pl.row.ID, fieldDepartment, reason)
}

// handedAway finds those of ids that a bulk edit took out of its actor's scope
// by giving them away, and that its undo brings back into it. No others that the
// actor does not see are among them, and none that were given on since.
func (u *undoing) handedAway(ctx context.Context, done map[int64][]changeRow, ids []int64, rows map[int64]*Stored) error {
	var lost []int64
	for _, id := range ids {
		if rows[id] == nil {
			lost = append(lost, id)
		}
	}
	a := auth.From(ctx)
	if len(lost) == 0 || a == nil {
		return nil
	}
	away, err := u.s.store.stored(ctx, a, lost, toAny)
	if err != nil {
		return err
	}
	for id, was := range away {
		back, untouched := *was, true
		for i := range done[id] {
			c := &done[id][i]
			if c.field != fieldOwner && c.field != fieldDepartment {
				continue
			}
			now, _ := was.FieldText(c.field)
			untouched = untouched && now == c.after && back.setText(c.field, c.before) == nil
		}
		if untouched && owns(a, &back, nil) {
			rows[id] = was
		}
	}
	return nil
}
