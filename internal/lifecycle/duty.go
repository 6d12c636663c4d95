package lifecycle

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/calendar"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// Duty is who owes something and until when.
type Duty struct {
	// Owner is how documents call whoever does it.
	Owner string `json:"owner,omitempty" maxLength:"100" doc:"What documents call whoever does it; empty: the name of who"`
	Who   string `json:"who,omitempty" enum:"owner,adviser,opener,department,role," doc:"Who owes it: the customer's owner (also where left out), the customer's adviser (the owner where there is none), whoever began the task, a department, a role"`
	WhoID int64  `json:"who_id,omitempty" minimum:"0" doc:"Of the department or the role"`
	// DueDays run from the day on which the customer came to the stage, DueHours
	// from the moment in which the task was begun.
	DueDays  int `json:"due_days,omitempty" minimum:"0" maximum:"3650" doc:"Within how many days of coming to the stage; 0: not laid down"`
	DueHours int `json:"due_hours,omitempty" minimum:"0" maximum:"720" doc:"Within how many working hours of the beginning of the task; 0: not laid down"`
}

// Who may owe something.
const (
	WhoOwner      = "owner"
	WhoAdviser    = "adviser"
	WhoOpener     = "opener"
	WhoDepartment = "department"
	WhoRole       = "role"
)

const (
	maxHours = 720
	// noDue stands for no time laid down: the largest number that JSON keeps.
	noDue = int64(1)<<53 - 1
)

// Organisation is what duties ask of departments and roles.
type Organisation interface {
	RolesOf(ctx context.Context, staffID int64) ([]int64, error)
	DepartmentNames(ctx context.Context) (map[int64]string, error)
	RoleNames(ctx context.Context) (map[int64]string, error)
	// Hours are when the company works.
	Hours(ctx context.Context) (*calendar.Hours, error)
	// ActorOf gives somebody as he or she may act; nil who is gone or disabled.
	ActorOf(ctx context.Context, staffID int64) (*auth.Actor, error)
	// HeadOf gives who leads a department, or the next one above where that is
	// nobody or the one to leave out; 0 for nobody.
	HeadOf(ctx context.Context, departmentID, but int64) (int64, error)
	// Members gives who is in a department or has a role; one of the two is 0.
	Members(ctx context.Context, departmentID, roleID int64, n int) ([]int64, error)
}

// check says what is wrong with a duty in itself.
func (d *Duty) check(f *faults, path string) {
	if utf8.RuneCountInString(d.Owner) > maxName {
		f.add(path+".owner", "lifecycle.text_long", "max", maxName)
	}
	if d.DueDays < 0 || d.DueDays > maxStay {
		f.add(path+".due_days", "lifecycle.bad_number", "min", 0, "max", maxStay)
	}
	if d.DueHours < 0 || d.DueHours > maxHours {
		f.add(path+".due_hours", "lifecycle.bad_number", "min", 0, "max", maxHours)
	}
	if d.DueDays > 0 && d.DueHours > 0 {
		f.add(path+".due_hours", "lifecycle.due_twice")
	}
	named := d.Who == WhoDepartment || d.Who == WhoRole
	switch {
	case !named && !slices.Contains([]string{"", WhoOwner, WhoAdviser, WhoOpener}, d.Who):
		f.add(path+".who", "lifecycle.bad_who")
	case named != (d.WhoID > 0):
		f.add(path+".who_id", "lifecycle.bad_who")
	}
}

// duties are all of a configuration with their places.
func (c *Config) duties(each func(path string, d *Duty)) {
	for i := range c.Tools {
		t := &c.Tools[i]
		each(at("tools", i), &t.Duty)
		for k := range t.Items {
			each(at("tools", i)+"."+at("items", k), &t.Items[k].Duty)
		}
	}
}

// checkDuties asks whether departments and roles are there. Error:
// lifecycle.invalid with a field for each that is not.
func (s *Service) checkDuties(ctx context.Context, c *Config) error {
	names, err := s.offices(ctx)
	if err != nil {
		return err
	}
	f := &faults{errs.New(errs.Invalid, "lifecycle.invalid")}
	c.duties(func(path string, d *Duty) {
		if d.WhoID != 0 && names.of(d.Who, d.WhoID) == "" {
			f.add(path+".who_id", "lifecycle.who_gone")
		}
	})
	if len(f.err.Fields) > 0 {
		return f.err
	}
	return nil
}

// offices are the names of departments and roles.
type offices struct{ departments, roles map[int64]string }

func (s *Service) offices(ctx context.Context) (o offices, err error) {
	if s.Organisation == nil {
		return o, nil
	}
	if o.departments, err = s.Organisation.DepartmentNames(ctx); err == nil {
		o.roles, err = s.Organisation.RoleNames(ctx)
	}
	return o, err
}

// of is the name of a department or a role, "" where there is none.
func (o offices) of(who string, id int64) string {
	if who == WhoDepartment {
		return o.departments[id]
	}
	return o.roles[id]
}

// duty is what holds for an item: its own words, else those of its tool.
func (t *Tool) duty(it *ToolItem) Duty {
	d := t.Duty
	if it == nil {
		return d
	}
	if it.Who != "" {
		d.Who, d.WhoID, d.Owner = it.Who, it.WhoID, ""
	}
	if it.Owner != "" {
		d.Owner = it.Owner
	}
	if it.DueDays > 0 || it.DueHours > 0 {
		d.DueDays, d.DueHours = it.DueDays, it.DueHours
	}
	return d
}

// dutyRow is lifecycle_duties.
type dutyRow struct {
	task      int64
	item, who string
	whoID     int64
	due, warn int64 // unix ms, noDue for none
	byHour    bool
	told      int // said, of reminders
}

// owes is what is still to be done of an open task: each step that was not done,
// or a diagnosis or a questionnaire as a whole.
func (t *Tool) owes(r *taskRow, done map[string]bool, k *reckoning) []dutyRow {
	if r.outcome != "" {
		return nil
	}
	from := r.from
	if from == 0 {
		from = clock.DayOf(time.UnixMilli(r.openedAt), k.zone)
	}
	row := func(item string, d Duty) dutyRow {
		out := dutyRow{task: r.id, item: item, who: d.Who, whoID: d.WhoID}
		if out.who == "" {
			out.who = WhoOwner
		}
		if out.who == WhoOpener {
			out.whoID = r.openedBy
		}
		out.due, out.byHour = k.due(&d, from, r.openedAt)
		out.warn = k.ahead(out.due)
		return out
	}
	if t.Kind != ToolSteps {
		return []dutyRow{row("", t.Duty)}
	}
	var out []dutyRow
	for i := range t.Items {
		if it := &t.Items[i]; !done[it.Code] {
			out = append(out, row(it.Code, t.duty(it)))
		}
	}
	return out
}

// owe writes anew what is owed of a task; inside InTx.
func (s *Service) owe(ctx context.Context, r *taskRow, t *Tool) error {
	items, err := s.store.items(ctx, []int64{r.id})
	if err != nil {
		return err
	}
	done := map[string]bool{}
	for i := range items {
		done[items[i].item] = true
	}
	k, err := s.reckoning(ctx)
	if err != nil {
		return err
	}
	return s.store.putDuties(ctx, []int64{r.id}, t.owes(r, done, k))
}

// runsFrom is the day from which the days of a new task run: that on which the
// customer came to the stage, where the tool is offered there and was not used
// in it yet; else the present one.
func (s *Service) runsFrom(ctx context.Context, t *Tool, customerID, opened int64, have []taskRow) (clock.Day, error) {
	today := clock.DayOf(time.UnixMilli(opened), s.zone())
	rows, err := s.store.states(ctx, []int64{customerID})
	if err != nil {
		return 0, err
	}
	now, ok := rows[customerID]
	if !ok || now.Since > today || !t.offered(now.Stage) || len(t.Stages) == 0 {
		return today, nil
	}
	used := slices.ContainsFunc(have, func(o taskRow) bool {
		return o.tool == t.Code && clock.DayOf(time.UnixMilli(o.openedAt), s.zone()) >= now.Since
	})
	if used {
		return today, nil
	}
	return now.Since, nil
}
