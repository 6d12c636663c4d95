package lifecycle

import (
	"context"
	"slices"
	"time"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/jobs"
)

// Notice is news for one member of staff, shown in the product: the text of
// notice.<Kind> with Params.
type Notice struct {
	StaffID int64
	Kind    string
	Params  map[string]any
}

// What was told of a duty.
const (
	toldDue  = 1
	toldLate = 2
)

// The kinds of notices, "_many" behind them where they speak of several steps.
// i18n-keys: notice.lifecycle_*
const (
	noticeDue  = "lifecycle_due"
	noticeMine = "lifecycle_late_mine"
	noticeHead = "lifecycle_late"
)

const (
	remindEvery = 5 * time.Minute
	// remindAtOnce is of how many duties is told in one transaction.
	remindAtOnce = 500
	// mostMembers is how many of a department or with a role are told.
	mostMembers = 50
)

type remindArgs struct{}

// Kind names the job.
func (remindArgs) Kind() string { return "lifecycle.remind" }

// Register adds the job that tells people what falls due.
func (s *Service) Register(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[remindArgs]) error { return s.Remind(ctx) }, jobs.Unique())
	r.Every("lifecycle.remind", jobs.Interval(remindEvery), func() jobs.Args { return remindArgs{} })
}

// Remind tells whoever owes something, some working hours ahead, that it falls due,
// and the head of the department when it is overdue; also whoever owes it, where
// there was no time to tell before. Of each duty it is told once: what was told is
// written with the notice. Several duties of one person come in one notice.
func (s *Service) Remind(ctx context.Context) error {
	ctx = auth.With(ctx, auth.System("lifecycle"))
	if err := s.reckonAnew(ctx); err != nil {
		return err
	}
	for {
		n := 0
		err := s.DB.InTx(ctx, func(ctx context.Context) error {
			soon, err := s.store.fallsDue(ctx, s.now(), remindAtOnce)
			if err != nil {
				return err
			}
			late, err := s.store.isLate(ctx, s.now(), remindAtOnce)
			if err != nil {
				return err
			}
			n = len(soon) + len(late)
			return s.tell(ctx, soon, late)
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// tell sends what there is to tell of duties, and notes it; inside InTx.
func (s *Service) tell(ctx context.Context, soon, late []owedRow) error {
	if len(soon)+len(late) == 0 {
		return nil
	}
	m := &mail{s: s, may: map[int64]*auth.Actor{}, of: map[address][]*owedRow{}}
	var err error
	if m.keepers, err = s.store.keepers(ctx, owedTo(slices.Concat(soon, late))); err != nil {
		return err
	}
	for i := range soon {
		if err := m.owes(ctx, &soon[i], noticeDue); err != nil {
			return err
		}
	}
	for i := range late {
		if late[i].told < toldDue {
			if err := m.owes(ctx, &late[i], noticeMine); err != nil {
				return err
			}
		}
		if err := m.heads(ctx, &late[i]); err != nil {
			return err
		}
	}
	if err := m.send(ctx); err != nil {
		return err
	}
	if err := s.store.setTold(ctx, soon, toldDue); err != nil {
		return err
	}
	return s.store.setTold(ctx, late, toldLate)
}

// address is who is told what kind of news.
type address struct {
	staff int64
	kind  string
}

// mail collects duties by whom they are told to.
type mail struct {
	s       *Service
	keepers map[int64]keeper
	may     map[int64]*auth.Actor // nil who cannot be told
	order   []address
	of      map[address][]*owedRow
}

// actor gives somebody who may know of stages; nil who is gone, disabled or may not.
func (m *mail) actor(ctx context.Context, id int64) (*auth.Actor, error) {
	if a, ok := m.may[id]; ok || id == 0 || m.s.Organisation == nil {
		return a, nil
	}
	a, err := m.s.Organisation.ActorOf(ctx, id)
	if err != nil {
		return nil, err
	}
	if a != nil && (!a.Can(PermView) || customer.Shows(auth.With(ctx, a), customer.LifecycleField) != nil) {
		a = nil
	}
	m.may[id] = a
	return a, nil
}

func (m *mail) put(ctx context.Context, staff int64, kind string, r *owedRow) error {
	if a, err := m.actor(ctx, staff); err != nil || a == nil {
		return err
	}
	to := address{staff, kind}
	if m.of[to] == nil {
		m.order = append(m.order, to)
	}
	if !slices.Contains(m.of[to], r) {
		m.of[to] = append(m.of[to], r)
	}
	return nil
}

// people are who owes something: one person, or those of a department or a role.
func (m *mail) people(ctx context.Context, r *owedRow) ([]int64, error) {
	k := m.keepers[r.task.customer]
	switch r.who {
	case WhoOwner:
		return []int64{k.owner}, nil
	case WhoAdviser:
		return []int64{k.adviser}, nil
	case WhoOpener:
		return []int64{r.whoID}, nil
	}
	if m.s.Organisation == nil {
		return nil, nil
	}
	if r.who == WhoDepartment {
		return m.s.Organisation.Members(ctx, r.whoID, 0, mostMembers)
	}
	return m.s.Organisation.Members(ctx, 0, r.whoID, mostMembers)
}

// owes tells whoever owes something.
func (m *mail) owes(ctx context.Context, r *owedRow, kind string) error {
	people, err := m.people(ctx, r)
	for _, id := range people {
		if err == nil {
			err = m.put(ctx, id, kind, r)
		}
	}
	return err
}

// heads tells who leads whoever owes something: of a customer whom nobody looks
// after, the head of the customer's department.
func (m *mail) heads(ctx context.Context, r *owedRow) error {
	if m.s.Organisation == nil {
		return nil
	}
	head := func(department, but int64) error {
		id, err := m.s.Organisation.HeadOf(ctx, department, but)
		if err != nil {
			return err
		}
		return m.put(ctx, id, noticeHead, r)
	}
	if r.who == WhoDepartment {
		return head(r.whoID, 0)
	}
	people, err := m.people(ctx, r)
	if err != nil {
		return err
	}
	found := false
	for _, id := range people {
		a, err := m.s.Organisation.ActorOf(ctx, id)
		if err != nil {
			return err
		}
		if a == nil {
			continue
		}
		found = true
		if err := head(a.DepartmentID, id); err != nil {
			return err
		}
	}
	if found {
		return nil
	}
	return head(m.keepers[r.task.customer].department, 0)
}

// send writes a notice and an event for each who is told; inside InTx.
func (m *mail) send(ctx context.Context) error {
	var list []Notice
	what := map[string]string{noticeDue: "due", noticeMine: "late", noticeHead: "late_head"}
	for _, to := range m.order {
		rows := m.of[to]
		n := Notice{StaffID: to.staff, Kind: to.kind, Params: map[string]any{"count": len(rows)}}
		if len(rows) > 1 {
			n.Kind += "_many"
		} else if err := m.describe(ctx, rows[0], n.Params); err != nil {
			return err
		}
		list = append(list, n)
		e := StepsDue{StaffID: to.staff, What: what[to.kind]}
		for _, r := range rows {
			e.Duties = append(e.Duties, StepDue{r.task.id, r.item})
		}
		if m.s.Events != nil {
			if err := m.s.Events.Publish(ctx, e); err != nil {
				return err
			}
		}
	}
	if m.s.Notify == nil {
		return nil
	}
	return m.s.Notify(ctx, list)
}

// describe says of one duty what it is and until when. The customer is named by id
// alone.
func (m *mail) describe(ctx context.Context, r *owedRow, params map[string]any) error {
	locale := i18n.ZhCN
	if m.s.Locale != nil {
		locale = m.s.Locale(ctx)
	}
	var o Owed
	if err := m.s.nameOwedIn(ctx, locale, r, &o); err != nil {
		return err
	}
	params["step"], params["tool"] = o.Text, o.Tool
	params["by"] = time.UnixMilli(r.due).In(m.s.zone()).Format("01-02 15:04")
	params["task_id"], params["customer_id"] = r.task.id, r.task.customer
	return nil
}
