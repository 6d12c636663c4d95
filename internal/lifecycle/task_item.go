package lifecycle

import (
	"context"
	"errors"
	"slices"
	"unicode/utf8"

	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
	"zhike/internal/tag"
)

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
	row := itemRow{task: r.id, item: item, measure: in.Measure, result: in.Result, note: []byte{}, at: s.now(), by: auth.StaffID(ctx)}
	if in.Note != "" {
		if row.note, err = s.Vault.Seal(vault.KindNote, in.Note); err != nil {
			return Task{}, err
		}
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		if outcome, err := s.store.holdTask(ctx, r.id); err != nil {
			return err
		} else if outcome != "" {
			return errs.New(errs.Conflict, "lifecycle.task_closed")
		}
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
		if err := s.owe(ctx, r, t); err != nil {
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
