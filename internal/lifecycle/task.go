package lifecycle

import (
	"context"
	"slices"
	"strconv"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// Task is a tool in use for a customer.
type Task struct {
	ID         int64      `json:"id"`
	CustomerID int64      `json:"customer_id"`
	Tool       Tool       `json:"tool" doc:"As it was when the task was opened"`
	Outcome    string     `json:"outcome" enum:"open,done,won,lost,withdrawn" doc:"withdrawn: began by itself, and the customer left the stage before anybody worked with it"`
	OpenedAt   int64      `json:"opened_at" doc:"unix ms"`
	OpenedBy   string     `json:"opened_by"`
	Auto       bool       `json:"auto" doc:"Began by itself when the customer came to the stage"`
	ClosedAt   *int64     `json:"closed_at" doc:"unix ms; null while it is open"`
	ClosedBy   string     `json:"closed_by"`
	Items      []TaskItem `json:"items" doc:"Those that were filled in"`
	Done       int        `json:"done" doc:"Items that need nothing more"`
	Owed       []Owed     `json:"owed" doc:"What is still to be done, by whom and until when; the longest overdue first"`
}

// TaskItem is a step that was done, a cause that was found, or an answer.
type TaskItem struct {
	Item      string `json:"item" doc:"Code of the step, the cause or the question"`
	Measure   string `json:"measure" doc:"Code of what was done about a cause; empty for nothing yet"`
	Result    string `json:"result" doc:"Of a step done; of a cause open, worked or failed; of a question the code of the answer"`
	Note      string `json:"note"`
	ChangedAt int64  `json:"changed_at" doc:"unix ms"`
	ChangedBy string `json:"changed_by"`
}

// TaskIn opens a task.
type TaskIn struct {
	Tool string `json:"tool" maxLength:"40" doc:"Code of a tool"`
}

// TaskItemIn fills an item in.
type TaskItemIn struct {
	Measure string `json:"measure,omitempty" maxLength:"40"`
	Result  string `json:"result" maxLength:"40" doc:"Of a step done; of a cause open, worked or failed; of a question with choices the code of one; empty takes the item back"`
	Note    string `json:"note,omitempty" maxLength:"2000" doc:"Kept encrypted; of a question without choices the answer"`
}

// TaskOutcome closes a task.
type TaskOutcome struct {
	Outcome string `json:"outcome" enum:"done,won,lost,open" doc:"won and lost are of a diagnosis; open opens it again"`
}

const (
	maxTaskNote = 2000
	maxTasks    = 200 // of a customer
)

type taskRow struct {
	id, customer       int64
	tool               string
	version            int64
	outcome            string
	openedAt, openedBy int64
	closedAt, closedBy int64
	from               clock.Day // the days of its duties run from here
}

type itemRow struct {
	task                  int64
	item, measure, result string
	note                  []byte
	at, by                int64
}

// Tasks lists the tasks of a customer, newest first. Error: customer.not_found.
func (s *Service) Tasks(ctx context.Context, customerID int64) ([]Task, error) {
	if err := s.Customers.Visible(ctx, customerID); err != nil {
		return nil, err
	}
	rows, err := s.store.tasks(ctx, customerID, maxTasks)
	if err != nil {
		return nil, err
	}
	return s.taskViews(ctx, rows)
}

func (s *Service) taskViews(ctx context.Context, rows []taskRow) ([]Task, error) {
	ids, staff := make([]int64, len(rows)), []int64{}
	for i := range rows {
		ids[i] = rows[i].id
		staff = append(staff, rows[i].openedBy, rows[i].closedBy)
	}
	items, err := s.store.items(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range items {
		staff = append(staff, items[i].by)
	}
	names, err := s.people(ctx, staff)
	if err != nil {
		return nil, err
	}
	out := make([]Task, len(rows))
	for i, r := range rows {
		out[i] = Task{ID: r.id, CustomerID: r.customer, Outcome: r.outcome, OpenedAt: r.openedAt, OpenedBy: names[r.openedBy], Auto: r.openedBy == 0, ClosedBy: names[r.closedBy], Items: []TaskItem{}, Owed: []Owed{}}
		if r.outcome == "" {
			out[i].Outcome = "open"
		} else {
			out[i].ClosedAt = &rows[i].closedAt
		}
		c, _, err := s.config(ctx, r.version)
		if err != nil {
			return nil, err
		}
		if t := c.Localized(web.Locale(ctx)).Tool(r.tool); t != nil {
			out[i].Tool = *t
		}
		for _, it := range items {
			if it.task != r.id {
				continue
			}
			note := ""
			if len(it.note) > 0 {
				if note, err = s.Vault.Open(vault.KindNote, it.note); err != nil {
					return nil, err
				}
			}
			out[i].Items = append(out[i].Items, TaskItem{it.item, it.measure, it.result, note, it.at, names[it.by]})
			if it.result != "open" {
				out[i].Done++
			}
		}
	}
	owed, err := s.store.owedOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	me, err := s.myDuties(ctx)
	if err != nil {
		return nil, err
	}
	told, err := s.tellOwed(ctx, me, owed)
	if err != nil {
		return nil, err
	}
	for i := range out {
		for _, o := range told {
			if o.TaskID == out[i].ID {
				out[i].Owed = append(out[i].Owed, o)
			}
		}
	}
	return out, nil
}

// OpenTask begins to work with a tool for a customer. Errors: customer.not_found,
// customer.claim_first, lifecycle.no_tool, lifecycle.task_open where the tool is
// in use already, lifecycle.too_many_tasks.
func (s *Service) OpenTask(ctx context.Context, customerID int64, in TaskIn) (Task, error) {
	if err := s.Customers.Writable(ctx, customerID); err != nil {
		return Task{}, err
	}
	c, cfg, err := s.config(ctx, 0)
	if err != nil {
		return Task{}, err
	}
	if cfg.version == 0 {
		return Task{}, notBegun()
	}
	t := c.Tool(in.Tool)
	if t == nil {
		return Task{}, errs.New(errs.Invalid, "invalid").WithField("tool", "lifecycle.no_tool", "code", rule.Shortened(in.Tool))
	}
	r := taskRow{customer: customerID, tool: in.Tool, version: cfg.version, openedAt: s.now(), openedBy: auth.StaffID(ctx)}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.store.enter(ctx); err != nil { // one after the other
			return err
		}
		have, err := s.store.tasks(ctx, customerID, maxTasks+1)
		if err != nil {
			return err
		}
		if len(have) >= maxTasks {
			return errs.New(errs.TooLarge, "lifecycle.too_many_tasks", "max", maxTasks)
		}
		if slices.ContainsFunc(have, func(o taskRow) bool { return o.tool == in.Tool && o.outcome == "" }) {
			return errs.New(errs.Conflict, "lifecycle.task_open")
		}
		if r.from, err = s.runsFrom(ctx, t, customerID, r.openedAt, have); err != nil {
			return err
		}
		if r.id, err = s.DB.NextID(ctx, "lifecycle_task"); err != nil {
			return err
		}
		if err := s.store.insertTasks(ctx, []taskRow{r}); err != nil {
			return err
		}
		if err := s.owe(ctx, &r, t); err != nil {
			return err
		}
		return s.recordTask(ctx, &r, "lifecycle.task_open", nil, map[string]any{"tool": in.Tool})
	})
	if err != nil {
		return Task{}, err
	}
	return s.task(ctx, &r)
}

func (s *Service) task(ctx context.Context, r *taskRow) (Task, error) {
	list, err := s.taskViews(ctx, []taskRow{*r})
	if err != nil {
		return Task{}, err
	}
	return list[0], nil
}

func (s *Service) recordTask(ctx context.Context, r *taskRow, action string, before, after map[string]any) error {
	after["task"] = r.id
	return s.Audit.Append(ctx, audit.Entry{Action: action, ObjectType: "customer", ObjectID: strconv.FormatInt(r.customer, 10), Before: before, After: after})
}

// open reads a task that the actor may work with, and its tool.
func (s *Service) open(ctx context.Context, customerID, taskID int64) (*taskRow, *Tool, error) {
	if err := s.Customers.Writable(ctx, customerID); err != nil {
		return nil, nil, err
	}
	rows, err := s.store.tasks(ctx, customerID, maxTasks)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(rows, func(r taskRow) bool { return r.id == taskID })
	if i < 0 {
		return nil, nil, errs.New(errs.NotFound, "lifecycle.no_task")
	}
	c, _, err := s.config(ctx, rows[i].version)
	if err != nil {
		return nil, nil, err
	}
	t := c.Tool(rows[i].tool)
	if t == nil {
		return nil, nil, errs.New(errs.NotFound, "lifecycle.no_task")
	}
	return &rows[i], t, nil
}

// CloseTask notes what came of a task, or opens it again. Errors:
// lifecycle.no_task, lifecycle.bad_result.
func (s *Service) CloseTask(ctx context.Context, customerID, taskID int64, in TaskOutcome) (Task, error) {
	r, t, err := s.open(ctx, customerID, taskID)
	if err != nil {
		return Task{}, err
	}
	allowed := []string{"open", "done"}
	if t.Kind == ToolDiagnosis {
		allowed = []string{"open", "won", "lost"}
	}
	if !slices.Contains(allowed, in.Outcome) {
		return Task{}, errs.New(errs.Invalid, "invalid").WithField("outcome", "lifecycle.bad_result", "choices", allowed)
	}
	before := r.outcome
	if r.outcome, r.closedAt, r.closedBy = in.Outcome, s.now(), auth.StaffID(ctx); in.Outcome == "open" {
		r.outcome, r.closedAt, r.closedBy = "", 0, 0
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.store.holdTask(ctx, r.id); err != nil {
			return err
		}
		if err := s.store.closeTask(ctx, r); err != nil {
			return err
		}
		if err := s.owe(ctx, r, t); err != nil {
			return err
		}
		return s.recordTask(ctx, r, "lifecycle.task_close", map[string]any{"outcome": before}, map[string]any{"outcome": r.outcome})
	})
	if err != nil {
		return Task{}, err
	}
	return s.task(ctx, r)
}
