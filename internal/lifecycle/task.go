package lifecycle

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"unicode/utf8"

	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
	"zhike/internal/tag"
)

// Task is a tool in use for a customer.
type Task struct {
	ID         int64      `json:"id"`
	CustomerID int64      `json:"customer_id"`
	Tool       Tool       `json:"tool" doc:"As it was when the task was opened"`
	Outcome    string     `json:"outcome" enum:"open,done,won,lost"`
	OpenedAt   int64      `json:"opened_at" doc:"unix ms"`
	OpenedBy   string     `json:"opened_by"`
	ClosedAt   *int64     `json:"closed_at" doc:"unix ms; null while it is open"`
	ClosedBy   string     `json:"closed_by"`
	Items      []TaskItem `json:"items" doc:"Those that were filled in"`
	Done       int        `json:"done" doc:"Items that need nothing more"`
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
		out[i] = Task{ID: r.id, CustomerID: r.customer, Outcome: r.outcome, OpenedAt: r.openedAt, OpenedBy: names[r.openedBy], ClosedBy: names[r.closedBy], Items: []TaskItem{}}
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
	if c.Tool(in.Tool) == nil {
		return Task{}, errs.New(errs.Invalid, "invalid").WithField("tool", "lifecycle.no_tool", "code", rule.Shortened(in.Tool))
	}
	r := taskRow{customer: customerID, tool: in.Tool, version: cfg.version, openedAt: s.now(), openedBy: staffOf(ctx)}
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
		if r.id, err = s.DB.NextID(ctx, "lifecycle_task"); err != nil {
			return err
		}
		if err := s.store.insertTask(ctx, &r); err != nil {
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
	return s.record(ctx, audit.Entry{Action: action, ObjectType: "customer", ObjectID: strconv.FormatInt(r.customer, 10), Before: before, After: after})
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

// FillItem writes what came of an item of a task; the answer to a question lands
// on the record, as a custom field and as a tag, in the same transaction. An
// empty result takes the item back (what is on the record stays). Errors:
// lifecycle.no_task, lifecycle.task_closed, lifecycle.no_item,
// lifecycle.bad_result, and those of the record.
func (s *Service) FillItem(ctx context.Context, customerID, taskID int64, item string, in TaskItemIn) (Task, error) {
	r, t, err := s.open(ctx, customerID, taskID)
	if err != nil {
		return Task{}, err
	}
	if r.outcome != "" {
		return Task{}, errs.New(errs.Conflict, "lifecycle.task_closed")
	}
	it := t.item(item)
	if it == nil {
		return Task{}, errs.New(errs.NotFound, "lifecycle.no_item")
	}
	if err := in.check(t, it); err != nil {
		return Task{}, err
	}
	row := itemRow{task: r.id, item: item, measure: in.Measure, result: in.Result, note: []byte{}, at: s.now(), by: staffOf(ctx)}
	if in.Note != "" {
		if row.note, err = s.Vault.Seal(vault.KindNote, in.Note); err != nil {
			return Task{}, err
		}
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		before, err := s.store.items(ctx, []int64{r.id})
		if err != nil {
			return err
		}
		was := map[string]any{}
		for _, b := range before {
			if b.item == item {
				was = map[string]any{"result": b.result, "measure": b.measure}
			}
		}
		if err := s.store.putItem(ctx, &row); err != nil {
			return err
		}
		if t.Kind == ToolSurvey && in.Result != "" {
			if err := s.land(ctx, customerID, it, in); err != nil {
				return err
			}
		}
		return s.recordTask(ctx, r, "lifecycle.task_item", was, map[string]any{"item": item, "result": in.Result, "measure": in.Measure})
	})
	if err != nil {
		return Task{}, err
	}
	return s.task(ctx, r)
}

// The results of steps and causes.
const (
	resultDone   = "done"
	resultOpen   = "open"
	resultWorked = "worked"
	resultFailed = "failed"
	// resultText is of a question without choices: the note is the answer.
	resultText = "text"
)

// check says whether an item may be filled in so. i18n-keys: errors.lifecycle.*
func (in *TaskItemIn) check(t *Tool, it *ToolItem) error {
	bad := func(path, code string, kv ...any) error {
		return errs.New(errs.Invalid, "invalid").WithField(path, code, kv...)
	}
	if utf8.RuneCountInString(in.Note) > maxTaskNote {
		return bad("note", "lifecycle.text_long", "max", maxTaskNote)
	}
	allowed := []string{"", resultDone}
	switch t.Kind {
	case ToolDiagnosis:
		allowed = []string{"", resultOpen, resultWorked, resultFailed}
	case ToolSurvey:
		if allowed = []string{""}; len(it.Choices) == 0 {
			allowed = append(allowed, resultText)
		}
		for _, c := range it.Choices {
			allowed = append(allowed, c.Code)
		}
	}
	if !slices.Contains(allowed, in.Result) {
		return bad("result", "lifecycle.bad_result", "choices", allowed[1:])
	}
	if in.Measure != "" && (t.Kind != ToolDiagnosis || choice(t.Measures, in.Measure) == nil) {
		return bad("measure", "lifecycle.no_measure")
	}
	if (in.Result == resultWorked || in.Result == resultFailed) && in.Measure == "" {
		return bad("measure", "lifecycle.measure_missing")
	}
	return nil
}

// land puts an answer on the record: inside InTx.
func (s *Service) land(ctx context.Context, customerID int64, it *ToolItem, in TaskItemIn) error {
	c := choice(it.Choices, in.Result)
	if c != nil && c.Tag != "" && s.Tags != nil {
		found, _, err := s.Tags.Named(ctx, []string{c.Tag}, true)
		if err != nil {
			return err
		}
		_, err = s.Customers.EditPart(ctx, customerID, 0, customer.WriteOptions{Action: "customer.tag"}, func(ctx context.Context) ([]customer.Change, error) {
			given, err := s.Tags.AddMany(ctx, []int64{customerID}, []int64{found[c.Tag].ID})
			out := make([]customer.Change, len(given))
			for i, g := range given {
				out[i] = customer.Change{CustomerID: g.CustomerID, Field: tag.HistoryField}
				out[i].Before, out[i].After = g.History()
			}
			return out, err
		})
		if err != nil {
			return err
		}
	}
	if it.Field == "" || s.Fields == nil {
		return nil
	}
	value := any(in.Note)
	if c != nil {
		var err error
		if value, err = s.answer(ctx, it.Field, c); err != nil {
			return err
		}
	}
	_, err := s.Fields.SetCustomerValues(ctx, customerID, 0, map[string]any{trimField(it.Field): value})
	return err
}

func trimField(code string) string {
	if len(code) > len(field.Prefix) && code[:len(field.Prefix)] == field.Prefix {
		return code[len(field.Prefix):]
	}
	return code
}

var errNoField = errors.New("lifecycle: the field is gone")

// answer is a choice as its field wants it: the code where it has that option,
// else the text.
func (s *Service) answer(ctx context.Context, code string, c *ToolChoice) (any, error) {
	set, err := s.Fields.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	d := set.Code(trimField(code))
	if d == nil {
		return nil, errs.Wrap(errNoField, errs.Conflict, "lifecycle.field_gone", "code", code)
	}
	for i := range d.Options {
		if d.Options[i].Code == c.Code {
			if d.Kind == field.MultiChoice {
				return []any{c.Code}, nil
			}
			return c.Code, nil
		}
	}
	return c.Text, nil
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
	if r.outcome, r.closedAt, r.closedBy = in.Outcome, s.now(), staffOf(ctx); in.Outcome == "open" {
		r.outcome, r.closedAt, r.closedBy = "", 0, 0
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		if err := s.store.closeTask(ctx, r); err != nil {
			return err
		}
		return s.recordTask(ctx, r, "lifecycle.task_close", map[string]any{"outcome": before}, map[string]any{"outcome": r.outcome})
	})
	if err != nil {
		return Task{}, err
	}
	return s.task(ctx, r)
}

// ToolFigures is what came of the tasks of a tool, of customers whom the reader sees.
type ToolFigures struct {
	Tool  string       `json:"tool"`
	Open  int64        `json:"open"`
	Done  int64        `json:"done"`
	Won   int64        `json:"won"`
	Lost  int64        `json:"lost"`
	Items []ItemFigure `json:"items" doc:"By step, cause or question, in their order"`
}

// ItemFigure is how often an item was filled in, and how the tasks ended.
type ItemFigure struct {
	Item     string          `json:"item"`
	Text     string          `json:"text"`
	Tasks    int64           `json:"tasks"`
	Won      int64           `json:"won"`
	Lost     int64           `json:"lost"`
	Results  []ResultFigure  `json:"results"`
	Measures []MeasureFigure `json:"measures"`
}

// ResultFigure counts a result.
type ResultFigure struct {
	Result string `json:"result"`
	Tasks  int64  `json:"tasks"`
}

// MeasureFigure counts what was done about a cause, and whether it worked.
type MeasureFigure struct {
	Measure string `json:"measure"`
	Text    string `json:"text"`
	Tasks   int64  `json:"tasks"`
	Worked  int64  `json:"worked"`
	Failed  int64  `json:"failed"`
}

// Figures counts the tasks of a tool: causes, measures and answers beside win-back
// success. Error: lifecycle.no_tool.
func (s *Service) Figures(ctx context.Context, tool string) (ToolFigures, error) {
	out := ToolFigures{Tool: tool, Items: []ItemFigure{}}
	c, _, err := s.config(ctx, 0)
	if err != nil {
		return out, err
	}
	t := c.Localized(web.Locale(ctx)).Tool(tool)
	if t == nil {
		return out, errs.New(errs.NotFound, "lifecycle.no_tool", "code", rule.Shortened(tool))
	}
	scope, err := s.scope(ctx)
	if err != nil {
		return out, err
	}
	outcomes := map[int64]string{}
	err = s.store.outcomes(ctx, tool, func(id, customerID int64, outcome string) {
		if scope != nil && !scope.Has(customerID) {
			return
		}
		outcomes[id] = outcome
		switch outcome {
		case "":
			out.Open++
		case "won":
			out.Won++
		case "lost":
			out.Lost++
		default:
			out.Done++
		}
	})
	if err != nil {
		return out, err
	}
	at := map[string]int{}
	for i, it := range t.Items {
		at[it.Code] = i
		out.Items = append(out.Items, ItemFigure{Item: it.Code, Text: it.Text, Results: []ResultFigure{}, Measures: []MeasureFigure{}})
	}
	err = s.store.results(ctx, tool, func(r *itemRow) {
		outcome, in := outcomes[r.task]
		i, known := at[r.item]
		if !in || !known {
			return
		}
		out.Items[i].add(t, r, outcome)
	})
	return out, err
}

func (f *ItemFigure) add(t *Tool, r *itemRow, outcome string) {
	f.Tasks++
	switch outcome {
	case "won":
		f.Won++
	case "lost":
		f.Lost++
	}
	i := slices.IndexFunc(f.Results, func(x ResultFigure) bool { return x.Result == r.result })
	if i < 0 {
		i = len(f.Results)
		f.Results = append(f.Results, ResultFigure{Result: r.result})
	}
	f.Results[i].Tasks++
	if r.measure == "" {
		return
	}
	i = slices.IndexFunc(f.Measures, func(x MeasureFigure) bool { return x.Measure == r.measure })
	if i < 0 {
		m := MeasureFigure{Measure: r.measure, Text: r.measure}
		if c := choice(t.Measures, r.measure); c != nil {
			m.Text = c.Text
		}
		i = len(f.Measures)
		f.Measures = append(f.Measures, m)
	}
	f.Measures[i].Tasks++
	switch r.result {
	case resultWorked:
		f.Measures[i].Worked++
	case resultFailed:
		f.Measures[i].Failed++
	}
}
