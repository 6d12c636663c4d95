package customer

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	custom "zhike/internal/field"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
	"zhike/internal/tag"
)

// reasonChanged is why a field is not restored that somebody wrote since.
const reasonChanged = "list.changed_since"

type undoArgs struct {
	ID int64 `json:"id"`
}

// Kind names the job.
func (undoArgs) Kind() string { return "customer.bulk_undo" }

// UndoBulk restores in the background what a bulk edit changed, field by field
// where the value is still the one it wrote; the others are reported and left.
// Errors: forbidden, list.bulk_not_found, list.cannot_undo.
func (s *Service) UndoBulk(ctx context.Context, id int64) (BulkRun, error) {
	if err := auth.Require(ctx, PermBulk); err != nil {
		return BulkRun{}, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		r, err := s.ownBulk(ctx, id)
		if err != nil {
			return err
		}
		if err := r.mayRestore(ctx); err != nil {
			return err
		}
		if !r.undoable(s.now()) || !s.mayUndo(ctx, r) {
			return errs.New(errs.Conflict, "list.cannot_undo")
		}
		r.undoActorID = auth.From(ctx).StaffID
		if r.undoSet == 0 {
			if r.undoSet, err = s.DB.NextID(ctx, "change_set"); err != nil {
				return err
			}
		}
		job, err := s.Jobs.Enqueue(ctx, undoArgs{id}, jobs.EnqueueOpts{})
		if err != nil {
			return err
		}
		r.undoJobID = &job
		if ok, err := s.store.bulkStart(ctx, r, true, "", bulkFailed); err != nil || !ok {
			return cmpErr(errs.New(errs.Conflict, "list.cannot_undo"), err)
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "customer.bulk_undo", ObjectType: "bulk", ObjectID: num(id),
			After: map[string]any{"change_set": r.undoSet, "of": r.changeSet}})
	})
	if err != nil {
		return BulkRun{}, err
	}
	return s.BulkOf(ctx, id)
}

// mayRestore refuses the undo to whom a field that the bulk edit set is not to
// be edited: it would write it.
func (r *bulkRow) mayRestore(ctx context.Context) error {
	var actions BulkActions
	if err := json.Unmarshal([]byte(r.actions), &actions); err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	names := make([]string, 0, len(actions.Set))
	for code := range actions.Set {
		names = append(names, recordName(code))
	}
	slices.Sort(names)
	return MayEdit(ctx, "", names...)
}

// runUndo undoes a bulk edit part by part, from the first to the last that was
// done. Killed, it goes on behind the last part that was committed.
func (s *Service) runUndo(ctx context.Context, id int64) error {
	r, err := s.store.bulk(ctx, id)
	if err != nil || r == nil {
		return err
	}
	if err := s.setUndo(ctx, id, bulkRunning, bulkWaiting); err != nil {
		return err
	}
	defer s.DB.Relax(ctx)
	actor, err := s.actorOf(ctx, r.undoActorID)
	if err == nil && !actor.Can(PermBulk) {
		err = errs.New(errs.Forbidden, "forbidden", "permission", string(PermBulk))
	}
	if err == nil {
		err = r.mayRestore(auth.With(ctx, actor))
	}
	if err != nil {
		return s.failUndo(ctx, id, err)
	}
	ctx = auth.With(ctx, actor)
	for r.undoPart < r.nextPart {
		err := s.undoPart(ctx, r)
		switch {
		case errors.Is(err, errTaken):
			return nil
		case err != nil && ctx.Err() == nil && jobs.Permanent(err), errors.Is(context.Cause(ctx), jobs.ErrCancelled):
			return s.failUndo(context.WithoutCancel(ctx), id, cmpErr(errs.New(errs.Canceled, "canceled"), err))
		case err != nil:
			return err
		}
		jobs.Report(ctx, r.undoDone, r.done, "customers", "")
	}
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		ok, err := s.store.bulkStatus(ctx, id, true, bulkFinished, "", s.now(), bulkRunning)
		if err != nil || !ok {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "customer.bulk_undone", ObjectType: "bulk", ObjectID: num(id),
			After: map[string]any{"restored": r.undone, "conflicts": counts(r.conflicts)}})
	})
}

func (s *Service) setUndo(ctx context.Context, id int64, to string, from ...string) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := s.store.bulkStatus(ctx, id, true, to, "", s.now(), from...)
		return err
	})
}

func (s *Service) failUndo(ctx context.Context, id int64, err error) error {
	return cmpErr(err, s.setUndo(ctx, id, bulkFailed, bulkWaiting, bulkRunning))
}

func (s *Service) undoPart(ctx context.Context, r *bulkRow) error {
	ids, err := s.store.part(ctx, r.id, r.undoPart)
	if err != nil || ids == nil {
		return cmpErr(errs.New(errs.Internal, "internal", "detail", "a part is gone"), err)
	}
	u := &undoing{s: s, counts: counts(r.conflicts)}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		if err := u.run(ctx, r, ids); err != nil {
			return err
		}
		text, err := marshalText(u.counts)
		if err != nil {
			return err
		}
		ok, err := s.store.undoStep(ctx, r.id, r.undoPart, int64(len(ids)), u.restored, text)
		if err == nil && !ok {
			err = errTaken
		}
		if err == nil {
			r.conflicts = text
		}
		return err
	})
	if err != nil {
		return err
	}
	r.undoPart, r.undoDone, r.undone = r.undoPart+1, r.undoDone+int64(len(ids)), r.undone+u.restored
	return nil
}

// undoing is the undo of one part.
type undoing struct {
	s         *Service
	counts    map[string]int64
	conflicts []BulkConflict
	restored  int64
}

func (u *undoing) conflict(id int64, field, reason string) {
	u.counts[reason]++
	for _, c := range u.conflicts {
		if c.CustomerID == id && c.Field == field {
			return
		}
	}
	u.conflicts = append(u.conflicts, BulkConflict{CustomerID: id, Field: field, Reason: reason})
}

func (u *undoing) run(ctx context.Context, r *bulkRow, ids []int64) error {
	done, err := u.s.store.changesOf(ctx, r.changeSet, ids)
	if err != nil {
		return err
	}
	for id := range done {
		if err := openAllFree(u.s.Vault, done[id]); err != nil {
			return err
		}
	}
	todo := make([]int64, 0, len(done))
	for _, id := range ids {
		if len(done[id]) > 0 {
			todo = append(todo, id)
		}
	}
	w := &editBatch{service: u.s, versions: map[int64]int64{}}
	var changes []Change
	for try := 0; len(todo) > 0; try++ {
		if todo, err = u.once(ctx, w, done, todo, &changes, try == again-1); err != nil {
			return err
		}
	}
	if before := int64(0); len(u.conflicts) > 0 {
		for _, n := range counts(r.conflicts) {
			before += n
		}
		if room := max(0, maxConflicts-before); int64(len(u.conflicts)) > room {
			u.conflicts = u.conflicts[:room]
		}
		if err := u.s.store.insertConflicts(ctx, r.id, u.conflicts); err != nil {
			return err
		}
	}
	written := make([]int64, 0, len(w.versions))
	for id := range w.versions {
		written = append(written, id)
	}
	u.restored = int64(len(written))
	_, err = u.s.finish(ctx, WriteOptions{Origin: OriginUndo, ChangeSet: r.undoSet, NoAudit: true}, unique(written), w.versions, append(w.changes, changes...))
	return err
}

// once restores what can be restored of some customers and gives those that
// somebody wrote at the same moment.
func (u *undoing) once(ctx context.Context, w *editBatch, done map[int64][]changeRow, ids []int64, changes *[]Change, last bool) ([]int64, error) {
	s := u.s
	rows, err := s.store.stored(ctx, auth.From(ctx), ids, toWrite)
	if err == nil {
		err = u.handedAway(ctx, done, ids, rows)
	}
	if err != nil {
		return nil, err
	}
	v := &verdict{touched: map[int64]bool{}, refused: map[string]int64{}}
	p := &undoParts{give: map[int64][]int64{}, take: map[int64][]int64{}}
	if err := p.read(ctx, s, done, ids); err != nil {
		return nil, err
	}
	for _, id := range ids {
		was := rows[id]
		if was == nil {
			u.conflict(id, "", "customer.not_found")
			continue
		}
		if err := u.one(p, v, was, done[id]); err != nil {
			return nil, err
		}
	}
	if err := u.present(ctx, v); err != nil {
		return nil, err
	}
	p.touched(v)
	lost, err := w.lockPlan(ctx, v)
	if err != nil {
		return nil, err
	}
	if last {
		for _, id := range lost {
			u.conflict(id, "", reasonChanged)
		}
		lost = nil
	}
	return lost, u.parts(ctx, p, v, changes)
}

// one says what can be restored of one customer.
func (u *undoing) one(p *undoParts, v *verdict, was *Stored, list []changeRow) error {
	row := *was
	var changes []Change
	given := false // somebody gave the customer to a third since
	values := map[string]custom.Value{}
	for i := range list {
		c := &list[i]
		code, isCustom := cutPrefix(c.field, custom.Prefix)
		switch {
		case c.field == fieldReason:
		case c.field == tag.HistoryField:
			if reason := p.tag(was.ID, c); reason != "" {
				u.conflict(was.ID, c.field, reason)
			}
		case isCustom:
			value, reason := p.value(was.ID, code, c)
			if reason != "" {
				u.conflict(was.ID, c.field, reason)
				continue
			}
			values[code] = value
		default:
			now, known := was.FieldText(c.field)
			if !known || now != c.after || row.setText(c.field, c.before) != nil {
				given = given || c.field == fieldOwner
				u.conflict(was.ID, c.field, reasonChanged)
				continue
			}
			changes = append(changes, Change{CustomerID: was.ID, Field: c.field, Before: now, After: c.before})
		}
	}
	pl := planned{was: was, row: &row, changes: changes}
	if given {
		u.together(&pl, reasonChanged)
	}
	if len(pl.changes) > 0 {
		if row.OwnerID != was.OwnerID {
			if row.OwnedAt = 0; row.OwnerID != 0 {
				row.OwnedAt = u.s.now()
			}
		}
		v.plan = append(v.plan, pl)
	}
	if len(values) > 0 {
		v.values = append(v.values, custom.Write{CustomerID: was.ID, Values: values})
	}
	return nil
}

func cutPrefix(text, prefix string) (string, bool) {
	if len(text) > len(prefix) && text[:len(prefix)] == prefix {
		return text[len(prefix):], true
	}
	return text, false
}

// present takes out of a plan whom the owner before has left the company.
func (u *undoing) present(ctx context.Context, v *verdict) error {
	var staff, places []int64
	for i := range v.plan {
		staff = append(staff, v.plan[i].row.OwnerID, v.plan[i].row.AdviserID)
		places = append(places, v.plan[i].row.DepartmentID)
	}
	people, err := u.s.store.people(ctx, withoutZero(staff))
	if err != nil {
		return err
	}
	names, err := u.s.store.departmentNames(ctx, withoutZero(places))
	if err != nil {
		return err
	}
	kept := v.plan[:0]
	for _, pl := range v.plan {
		back := func(field string, at, was *int64, ok bool) {
			if *at == *was || *at == 0 || ok {
				return
			}
			*at = *was
			u.conflict(pl.row.ID, field, map[bool]string{true: "customer.no_department", false: "customer.no_staff"}[field == fieldDepartment])
			for i := range pl.changes {
				if pl.changes[i].Field == field {
					pl.changes = append(pl.changes[:i], pl.changes[i+1:]...)
					break
				}
			}
		}
		_, there := names[pl.row.DepartmentID]
		to := pl.row.OwnerID
		owner, known := people[pl.row.OwnerID]
		adviser, knownToo := people[pl.row.AdviserID]
		back(fieldOwner, &pl.row.OwnerID, &pl.was.OwnerID, known && !owner.disabled)
		if pl.row.OwnerID != to {
			u.together(&pl, "customer.no_staff")
		}
		back(fieldAdviser, &pl.row.AdviserID, &pl.was.AdviserID, knownToo && !adviser.disabled)
		back(fieldDepartment, &pl.row.DepartmentID, &pl.was.DepartmentID, there)
		if len(pl.changes) > 0 {
			kept = append(kept, pl)
		}
	}
	v.plan = kept
	return nil
}

// setText puts a value of the history back into the row, as it was.
func (r *Stored) setText(name, text string) error {
	id := func(at *int64) error {
		if *at = 0; text == "" {
			return nil
		}
		n, err := strconv.ParseInt(text, 10, 64)
		*at = n
		return err
	}
	to := map[string]*string{
		fieldName: &r.Name, "birthday": &r.Birthday, "education": &r.Education, fieldCompany: &r.Company, "industry": &r.Industry,
		"region_code": &r.RegionCode, "province": &r.Province, "city": &r.City, "district": &r.District,
		"preferred_channel": &r.PreferredChannel, "favourite_categories": &r.Favourites, fieldRemark: &r.Remark,
		"kind": (*string)(&r.Kind), "stage": (*string)(&r.Stage), "gender": (*string)(&r.Gender),
	}[name]
	switch {
	case to != nil:
		*to = text
		return nil
	case name == fieldOwner:
		return id(&r.OwnerID)
	case name == fieldAdviser:
		return id(&r.AdviserID)
	case name == fieldDepartment:
		return id(&r.DepartmentID)
	case name == fieldRegistered:
		day, err := parseDay(text)
		r.RegisteredAt = day
		return err
	case name == "birthday_lunar":
		b, err := strconv.ParseBool(text)
		r.BirthdayLunar = b
		return err
	}
	return errs.New(errs.Invalid, "customer.unknown_field", "field", name)
}
