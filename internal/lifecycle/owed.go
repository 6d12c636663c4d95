package lifecycle

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

// Owed is a step, a diagnosis or a questionnaire that is still to be done.
type Owed struct {
	TaskID       int64  `json:"task_id"`
	CustomerID   int64  `json:"customer_id"`
	CustomerName string `json:"customer_name"`
	Tool         string `json:"tool" doc:"Name"`
	Kind         string `json:"kind" enum:"steps,diagnosis,survey"`
	Item         string `json:"item" doc:"Code of the step; empty for a diagnosis or a questionnaire as a whole"`
	Text         string `json:"text" doc:"What is to be done"`
	Who          string `json:"who" enum:"owner,adviser,opener,department,role"`
	WhoName      string `json:"who_name" doc:"Of the person, the department or the role; empty where there is none (any more)"`
	Mine         bool   `json:"mine" doc:"The reader owes it"`
	DueAt        *int64 `json:"due_at" doc:"Unix ms; null where no time is laid down"`
	ByHour       bool   `json:"by_hour" doc:"due_at was counted in working hours; else it is the end of a day"`
	Guessed      bool   `json:"guessed" doc:"The holidays of the year are not known: Monday to Friday were taken as working days"`
	Overdue      bool   `json:"overdue"`
}

// OwedList is a page of what is owed. The counts are of all pages.
type OwedList struct {
	Items      []Owed  `json:"items"`
	NextCursor *string `json:"next_cursor"`
	Overdue    int     `json:"overdue" doc:"Up to 500"`
	Open       int     `json:"open" doc:"Overdue ones among them; up to 500"`
}

// duties are whose duties are somebody's.
type duties struct {
	staff, department int64
	roles             []int64
}

func (s *Service) myDuties(ctx context.Context) (me duties, err error) {
	a := auth.From(ctx)
	if a == nil || a.StaffID == 0 {
		return me, nil
	}
	me.staff, me.department = a.StaffID, a.DepartmentID
	if s.Organisation != nil {
		me.roles, err = s.Organisation.RolesOf(ctx, a.StaffID)
	}
	return me, err
}

// has says whether a duty for a customer is mine.
func (d *duties) has(r *owedRow, k keeper) bool {
	switch r.who {
	case WhoOwner:
		return k.owner == d.staff && d.staff != 0
	case WhoAdviser:
		return k.adviser == d.staff && d.staff != 0
	case WhoDepartment:
		return r.whoID == d.department
	case WhoRole:
		return slices.Contains(d.roles, r.whoID)
	}
	return r.whoID == d.staff
}

// maxOwed is how many are read at once, and counted.
const maxOwed = 500

// Steps lists what the actor owes, or with everybody what anybody owes to
// customers whom the actor sees; the longest overdue first. Errors:
// customer.field_hidden, web.bad_cursor.
func (s *Service) Steps(ctx context.Context, everybody, overdue bool, limit int, cursor string) (OwedList, error) {
	out := OwedList{Items: []Owed{}}
	if err := customer.Shows(ctx, customer.LifecycleField); err != nil {
		return out, err
	}
	me, err := s.myDuties(ctx)
	if err != nil {
		return out, err
	}
	read := func(a owedAfter, n int) ([]owedRow, error) {
		if everybody {
			return s.store.owed(ctx, a, n)
		}
		return s.store.owedBy(ctx, me, a, n)
	}
	now := s.now()
	a := owedAfter{before: noDue + 1}
	first, err := read(a, maxOwed)
	if err != nil {
		return out, err
	}
	all, err := s.seenOwed(ctx, slices.Clone(first))
	if err != nil {
		return out, err
	}
	out.Open = len(all)
	for i := range all {
		if all[i].due < now {
			out.Overdue++
		}
	}
	if overdue {
		a.before = now
	}
	if err := web.DecodeCursor(cursor, &a.due, &a.task, &a.item); err != nil {
		return out, err
	}
	var rows []owedRow
	more := true
	if cursor == "" { // the page begins with what was counted
		rows = all
		if overdue {
			rows = all[:out.Overdue]
		}
		if more = a.follows(first); more {
			a = a.behind(first)
		}
	}
	for more && len(rows) <= limit {
		chunk, err := read(a, maxOwed)
		if err != nil {
			return out, err
		}
		if more = a.follows(chunk); more {
			a = a.behind(chunk)
		}
		seen, err := s.seenOwed(ctx, chunk)
		if err != nil {
			return out, err
		}
		rows = append(rows, seen...)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		last := &rows[limit-1]
		next := web.EncodeCursor(last.due, last.task.id, last.item)
		out.NextCursor = &next
	}
	out.Items, err = s.tellOwed(ctx, me, rows)
	return out, err
}

// follows says whether something may come behind rows that were read from a: there
// are as many as were asked for, and the last of them is due in time.
func (a owedAfter) follows(rows []owedRow) bool {
	return len(rows) == maxOwed && rows[len(rows)-1].due < a.before
}

// behind goes on behind rows.
func (a owedAfter) behind(rows []owedRow) owedAfter {
	last := &rows[len(rows)-1]
	a.due, a.task, a.item = last.due, last.task.id, last.item
	return a
}

// seenOwed keeps what is owed to customers whom the actor sees.
func (s *Service) seenOwed(ctx context.Context, rows []owedRow) ([]owedRow, error) {
	names, err := s.Customers.Seen(ctx, owedTo(rows))
	return slices.DeleteFunc(rows, func(r owedRow) bool {
		_, seen := names[r.task.customer]
		return !seen
	}), err
}

func owedTo(rows []owedRow) []int64 {
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].task.customer
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// tellOwed puts names and texts to what is owed; me is the reader.
func (s *Service) tellOwed(ctx context.Context, me duties, rows []owedRow) ([]Owed, error) {
	if len(rows) == 0 {
		return []Owed{}, nil
	}
	customers := owedTo(rows)
	keepers, err := s.store.keepers(ctx, customers)
	if err != nil {
		return nil, err
	}
	names, err := s.Customers.Seen(ctx, customers)
	if err != nil {
		return nil, err
	}
	office, err := s.offices(ctx)
	if err != nil {
		return nil, err
	}
	var staff []int64
	for i := range rows {
		k := keepers[rows[i].task.customer]
		staff = append(staff, k.owner, k.adviser, rows[i].task.openedBy)
	}
	slices.Sort(staff)
	people, err := s.people(ctx, slices.Compact(staff))
	if err != nil {
		return nil, err
	}
	reckoned, err := s.reckoning(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	out := make([]Owed, len(rows))
	for i := range rows {
		r := &rows[i]
		k := keepers[r.task.customer]
		o := Owed{TaskID: r.task.id, CustomerID: r.task.customer, CustomerName: names[r.task.customer], Item: r.item, Who: r.who, Mine: me.has(r, k),
			ByHour: r.byHour, Overdue: r.due < now}
		switch r.who {
		case WhoOwner:
			o.WhoName = people[k.owner]
		case WhoAdviser:
			o.WhoName = people[k.adviser]
		case WhoOpener:
			o.WhoName = people[r.whoID]
		default:
			o.WhoName = office.of(r.who, r.whoID)
		}
		if r.due != noDue {
			o.DueAt, o.Guessed = &r.due, r.byHour && !reckoned.hours.Known(time.UnixMilli(r.due).In(reckoned.zone).Year())
		}
		if err := s.nameOwed(ctx, r, &o); err != nil {
			return nil, err
		}
		out[i] = o
	}
	return out, nil
}

// nameOwed puts the words of the tool to what is owed.
func (s *Service) nameOwed(ctx context.Context, r *owedRow, o *Owed) error {
	return s.nameOwedIn(ctx, web.Locale(ctx), r, o)
}

func (s *Service) nameOwedIn(ctx context.Context, locale string, r *owedRow, o *Owed) error {
	c, _, err := s.config(ctx, r.task.version)
	if err != nil {
		return err
	}
	t := c.Tool(r.task.tool)
	if t == nil {
		return nil
	}
	o.Tool, o.Kind = localText(locale, t.Name), t.Kind
	o.Text = o.Tool
	if it := t.item(r.item); it != nil {
		o.Text = strings.TrimSpace(localText(locale, it.Text))
	}
	return nil
}

// DutyHolder is a department or a role that may owe something.
type DutyHolder struct {
	Who  string `json:"who" enum:"department,role"`
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// DutyHolders lists departments and roles by their names.
func (s *Service) DutyHolders(ctx context.Context) ([]DutyHolder, error) {
	o, err := s.offices(ctx)
	if err != nil {
		return nil, err
	}
	var out []DutyHolder
	for id, name := range o.departments {
		out = append(out, DutyHolder{WhoDepartment, id, name})
	}
	for id, name := range o.roles {
		out = append(out, DutyHolder{WhoRole, id, name})
	}
	slices.SortFunc(out, func(a, b DutyHolder) int {
		return cmp.Or(cmp.Compare(a.Who, b.Who), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}
