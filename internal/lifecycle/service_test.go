package lifecycle_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"zhike/internal/audience"
	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/lifecycle"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
	"zhike/internal/tiering"
)

// fieldsOf are the places and codes of an error.
func fieldsOf(err error) map[string]string {
	out := map[string]string{}
	for _, f := range errs.From(err).Fields {
		out[f.Path] = f.Code
	}
	return out
}

// What is wrong with a configuration is told at its place, and nothing is saved.
func TestConfigurationIsChecked(t *testing.T) {
	w := newFirm(t, "sqlite", 1, 0)
	ring, err := w.a.Audiences.Create(w.ctx, audience.In{Name: "成熟客户", Kind: audience.Dynamic, Rule: json.RawMessage(`{"field":"lifecycle","op":"in","value":["mature"]}`)})
	w.must(err)
	for _, c := range []struct {
		name   string
		change func(c *lifecycle.Config)
		want   map[string]string
	}{
		{"codes and names", func(c *lifecycle.Config) {
			c.Stages[2].Name = " "
			c.Stages = append(c.Stages, c.Stages[0])
		}, map[string]string{"stages[6].code": "lifecycle.code_twice", "stages[2].name": "lifecycle.bad_name"}},
		{"a stage that is not there", func(c *lifecycle.Config) { c.Moves[0].To = "lost" }, map[string]string{"moves[0].to": "lifecycle.no_stage"}},
		{"to itself", func(c *lifecycle.Config) { c.Moves[0].From = []string{"new"} }, map[string]string{"moves[0].from[0]": "lifecycle.move_to_itself"}},
		{"numbers", func(c *lifecycle.Config) { c.Moves[1].HoldDays, c.Moves[1].MinStayDays = 61, -1 },
			map[string]string{"moves[1].hold_days": "lifecycle.bad_number", "moves[1].min_stay_days": "lifecycle.bad_number"}},
		{"no rule", func(c *lifecycle.Config) { c.Begin[0].Rule = json.RawMessage(`{}`) }, map[string]string{"begin[0].rule": "lifecycle.rule_missing"}},
		{"no such field", func(c *lifecycle.Config) {
			c.Moves[2].Rule = json.RawMessage(`{"all":[{"field":"mood","op":"in","value":["x"]}]}`)
		}, map[string]string{"moves[2].rule.all[0].field": "list.unknown_field"}},
		{"a figure without a past", func(c *lifecycle.Config) {
			c.Moves[2].Rule = json.RawMessage(`{"field":"model_orders","op":"gte","value":1}`)
		}, map[string]string{"moves[2].rule.field": "rule.model_closes"}},
		{"the lifecycle itself", func(c *lifecycle.Config) {
			c.Moves[2].Rule = json.RawMessage(`{"not":{"field":"lifecycle","op":"in","value":["new"]}}`)
		}, map[string]string{"moves[2].rule.not.field": "lifecycle.circle"}},
		{"by way of an audience", func(c *lifecycle.Config) {
			c.Moves[2].Rule = json.RawMessage(fmt.Sprintf(`{"field":"audience","op":"any","value":[%d]}`, ring.ID))
		}, map[string]string{"moves[2].rule.value": "lifecycle.circle"}},
		{"a tool", func(c *lifecycle.Config) { c.Tools[1].Measures, c.Tools[0].Kind = nil, "x" },
			map[string]string{"tools[1].measures": "lifecycle.no_items", "tools[0].kind": "lifecycle.bad_tool_kind"}},
	} {
		cfg := lifecycle.Shipped("retail")
		c.change(cfg)
		_, err := w.a.Lifecycle.Save(w.ctx, *cfg, 0, "")
		if got := fieldsOf(err); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v (%v), want %v", c.name, got, err, c.want)
		}
	}
	if v, err := w.a.Lifecycle.Current(w.ctx, 0); err != nil || v.Version != 0 {
		t.Errorf("version %d in force, %v", v.Version, err)
	}
	// Versions, one after the other; a rule may ask for the value level.
	cfg := lifecycle.Shipped("hotel")
	cfg.Moves[6].Rule = json.RawMessage(`{"field":"level","op":"in","value":["high"]}`)
	_, err = w.a.Tiering.RunNow(w.ctx, tiering.RunInput{Scheme: "value-rules"})
	w.must(err)
	v, err := w.a.Lifecycle.Save(w.ctx, *cfg, 0, "酒店")
	w.must(err)
	if _, err := w.a.Lifecycle.Save(w.ctx, *lifecycle.Shipped("retail"), 0, ""); !errs.Is(err, "lifecycle.changed") {
		t.Errorf("saved over another version: %v", err)
	}
	if same, err := w.a.Lifecycle.Save(w.ctx, v.Config, v.Version, "nothing"); err != nil || same.Version != v.Version {
		t.Errorf("the same again is version %d, %v", same.Version, err)
	}
	v.Config.Moves[0].MinStayDays = 3
	_, err = w.a.Lifecycle.Save(w.ctx, v.Config, v.Version, "三天")
	w.must(err)
	list, err := w.a.Lifecycle.Compare(w.ctx, 1, 2)
	w.must(err)
	if len(list) != 1 || list[0].Path != "moves[0].min_stay_days" {
		t.Errorf("differences: %+v", list)
	}
	w.round()
}

// A rule that cannot be evaluated any more stops the lifecycle, says where, and
// the days that were missed are made up for when it is mended.
func TestTroubleStops(t *testing.T) {
	w := newFirm(t, "sqlite", 1, 0)
	f, err := w.a.Fields.Create(w.ctx, field.In{Code: "vip", Kind: field.Number, Name: field.Label{ZH: "贵宾"}})
	w.must(err)
	cfg := lifecycle.Shipped("retail")
	cfg.Moves[6].Rule = json.RawMessage(`{"field":"f.vip","op":"gte","value":1}`)
	_, err = w.a.Lifecycle.Save(w.ctx, *cfg, 0, "")
	w.must(err)
	id := w.create("杭州市")
	w.round()
	if err := w.a.Fields.Delete(w.ctx, f.ID); !errs.Is(err, "field.named") || errs.From(err).Params["names"] != "生命周期配置" {
		t.Errorf("deleted under a rule of the lifecycle: %v", err)
	}
	w.a.Fields.Namers = nil // as a program did that did not ask
	w.must(w.a.Fields.Delete(w.ctx, f.ID))
	w.nextDays(3)
	w.round()
	o, err := w.a.Lifecycle.Overview(w.ctx)
	w.must(err)
	if o.ProblemAt != "moves[6].rule.field" || o.Problem == "" || o.Day == w.day.String() {
		t.Errorf("trouble: %+v", o)
	}
	v, err := w.a.Lifecycle.Current(w.ctx, 0)
	w.must(err)
	_, err = w.a.Lifecycle.Save(w.ctx, *lifecycle.Shipped("retail"), v.Version, "")
	w.must(err)
	w.round()
	if o, err = w.a.Lifecycle.Overview(w.ctx); err != nil || o.Problem != "" || o.Day != w.day.String() {
		t.Errorf("mended: %+v, %v", o, err)
	}
	if s := w.states()[id]; s.Stage != lifecycle.Potential {
		t.Errorf("the customer is %+v", s)
	}
}

// Whom people decide about, and what staff of another scope see.
func TestDecide(t *testing.T) {
	w := newFirm(t, "sqlite", 1, 0)
	id := w.create("杭州市")
	if err := w.a.Lifecycle.Decide(w.ctx, id, lifecycle.DecisionIn{Stage: lifecycle.Mature, Reason: "x"}); !errs.Is(err, "lifecycle.not_begun") {
		t.Errorf("before the beginning: %v", err)
	}
	w.round()
	for _, c := range []struct {
		in   lifecycle.DecisionIn
		want string
	}{
		{lifecycle.DecisionIn{Stage: lifecycle.Mature, Reason: " "}, "map[reason:lifecycle.reason_missing]"},
		{lifecycle.DecisionIn{Stage: "lost", Reason: "x"}, "map[stage:lifecycle.no_stage]"},
		{lifecycle.DecisionIn{Stage: lifecycle.Mature, Reason: "x", Until: "tomorrow"}, "map[until:lifecycle.bad_until]"},
		{lifecycle.DecisionIn{Stage: lifecycle.Mature, Reason: "x", Until: "2020-01-01"}, "map[until:lifecycle.bad_until]"},
		{lifecycle.DecisionIn{Stage: lifecycle.Mature, Reason: "x", Until: "2023-02-01", ByHandOnly: true}, "map[until:lifecycle.until_or_only]"},
	} {
		if got := fmt.Sprint(fieldsOf(w.a.Lifecycle.Decide(w.ctx, id, c.in))); got != c.want {
			t.Errorf("%+v: %s, want %s", c.in, got, c.want)
		}
	}
	w.must(w.a.Lifecycle.Decide(w.ctx, id, lifecycle.DecisionIn{Stage: lifecycle.HighValue, Reason: "签了年度框架，电话 13800000000", ByHandOnly: true}))
	of, err := w.a.Lifecycle.Of(w.ctx, id)
	w.must(err)
	if of.Stage.Code != lifecycle.HighValue || of.Cause != "hand" || !of.ByHandOnly || of.Final || len(of.Next) == 0 {
		t.Errorf("decided: %+v", of)
	}
	w.nextDays(40) // nothing was bought, and rules keep off
	w.round()
	list, err := w.a.Lifecycle.History(w.ctx, id, 1<<30, 10)
	w.must(err)
	// Both happened on the first day: only what it ended with is history.
	if len(list) != 1 || list[0].Before != nil || list[0].Note != "签了年度框架，电话 13800000000" || !list[0].Final {
		t.Errorf("history: %+v", list)
	}
	var plain int
	w.must(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, `SELECT COUNT(*) FROM audit_log WHERE after_data LIKE '%13800000000%'`).Scan(&plain))
	if plain != 0 {
		t.Error("the reason is in the audit log")
	}
	other := auth.With(w.ctx, &auth.Actor{StaffID: 9, Scope: auth.ScopeOwn, Permissions: map[auth.Permission]bool{customer.PermView: true, lifecycle.PermView: true, lifecycle.PermEdit: true}})
	w.exec(`UPDATE customers SET owner_id = 8`)
	for name, err := range map[string]error{
		"of":      second(w.a.Lifecycle.Of(other, id)),
		"history": second(w.a.Lifecycle.History(other, id, 1<<30, 10)),
		"decide":  w.a.Lifecycle.Decide(other, id, lifecycle.DecisionIn{Stage: lifecycle.Mature, Reason: "x"}),
		"task":    second(w.a.Lifecycle.OpenTask(other, id, lifecycle.TaskIn{Tool: "need_survey"})),
		"tasks":   second(w.a.Lifecycle.Tasks(other, id)),
	} {
		if !errs.Is(err, "customer.not_found") {
			t.Errorf("%s of a customer of others: %v", name, err)
		}
	}
	o, err := w.a.Lifecycle.Overview(other)
	w.must(err)
	for _, s := range o.Stages {
		if s.Customers != 0 {
			t.Errorf("somebody who sees nobody counts %+v", s)
		}
	}
	hidden := auth.With(w.ctx, &auth.Actor{StaffID: 1, Scope: auth.ScopeAll, Permissions: map[auth.Permission]bool{customer.PermView: true}, Fields: auth.FieldAccess{customer.LifecycleField: auth.AccessHidden}})
	if _, err := w.a.Lifecycle.Of(hidden, id); !errs.Is(err, "customer.field_hidden") {
		t.Errorf("hidden: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func (w *firm) exec(text string) {
	w.t.Helper()
	w.must(w.a.DB.InTx(w.ctx, func(ctx context.Context) error {
		_, err := w.a.DB.Q(ctx).ExecContext(ctx, text)
		return err
	}))
}

// Steps, causes with measures and answers: what is filled in is kept, counted,
// and answers land on the record.
func TestTools(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newFirm(t, engine, 1, 0)
			_, err := w.a.Fields.Create(w.ctx, field.In{Code: "usage", Kind: field.Choice, Name: field.Label{ZH: "使用频率"}, Options: []field.Option{
				{Code: "daily", Label: field.Label{ZH: "每天"}}, {Code: "rarely", Label: field.Label{ZH: "很少"}}}})
			w.must(err)
			cfg := lifecycle.Shipped("retail")
			cfg.Tools[2].Items[0].Field = "f.usage"
			_, err = w.a.Lifecycle.Save(w.ctx, *cfg, 0, "")
			w.must(err)
			a, b := w.create("杭州市"), w.create("宁波市")
			w.round()
			survey, err := w.a.Lifecycle.OpenTask(w.ctx, a, lifecycle.TaskIn{Tool: "need_survey"})
			w.must(err)
			if _, err := w.a.Lifecycle.OpenTask(w.ctx, a, lifecycle.TaskIn{Tool: "need_survey"}); !errs.Is(err, "lifecycle.task_open") {
				t.Errorf("twice: %v", err)
			}
			fill := func(task lifecycle.Task, item string, in lifecycle.TaskItemIn) (lifecycle.Task, error) {
				return w.a.Lifecycle.FillItem(w.ctx, task.CustomerID, task.ID, item, in)
			}
			_, err = fill(survey, "usage", lifecycle.TaskItemIn{Result: "daily"})
			w.must(err)
			_, err = fill(survey, "next", lifecycle.TaskItemIn{Result: "upgrade"})
			w.must(err)
			done, err := fill(survey, "missing", lifecycle.TaskItemIn{Result: "text", Note: "想要更大的容量"})
			w.must(err)
			if done.Done != 3 || len(done.Items) != 3 || done.Items[0].Note != "想要更大的容量" {
				t.Errorf("filled in: %+v", done)
			}
			if _, err := fill(survey, "usage", lifecycle.TaskItemIn{Result: "often"}); fieldsOf(err)["result"] != "lifecycle.bad_result" {
				t.Errorf("an answer that is none: %v", err)
			}
			values, err := w.a.Fields.CustomerValues(w.ctx, a)
			w.must(err)
			tags, err := w.a.Tags.CustomerTags(w.ctx, a)
			w.must(err)
			if values.Values["usage"] != "daily" || !strings.Contains(fmt.Sprint(tags), "升级换代") {
				t.Errorf("the record has %v and %+v", values.Values, tags)
			}
			for id, outcome := range map[int64]string{a: "won", b: "lost"} {
				d, err := w.a.Lifecycle.OpenTask(w.ctx, id, lifecycle.TaskIn{Tool: "churn_diagnosis"})
				w.must(err)
				if _, err := fill(d, "price", lifecycle.TaskItemIn{Result: "worked"}); fieldsOf(err)["measure"] != "lifecycle.measure_missing" {
					t.Errorf("worked without a measure: %v", err)
				}
				result := map[string]string{"won": "worked", "lost": "failed"}[outcome]
				_, err = fill(d, "price", lifecycle.TaskItemIn{Result: result, Measure: "offer"})
				w.must(err)
				_, err = w.a.Lifecycle.CloseTask(w.ctx, id, d.ID, lifecycle.TaskOutcome{Outcome: outcome})
				w.must(err)
				if _, err := fill(d, "price", lifecycle.TaskItemIn{Result: "open"}); !errs.Is(err, "lifecycle.task_closed") {
					t.Errorf("written to a closed task: %v", err)
				}
			}
			fig, err := w.a.Lifecycle.Figures(w.ctx, "churn_diagnosis")
			w.must(err)
			price := fig.Items[0]
			if fig.Won != 1 || fig.Lost != 1 || price.Tasks != 2 || price.Won != 1 || len(price.Measures) != 1 || price.Measures[0].Worked != 1 || price.Measures[0].Failed != 1 {
				t.Errorf("figures: %+v", fig)
			}
			v, err := w.a.Customer.Version(w.ctx, b)
			w.must(err)
			w.must(w.a.Customer.Delete(w.ctx, b, v))
			if fig, err = w.a.Lifecycle.Figures(w.ctx, "churn_diagnosis"); err != nil || fig.Lost != 0 {
				t.Errorf("behind a deletion: %+v %v", fig, err)
			}
		})
	}
}

// A merge keeps the winner's stage and undoing it brings the loser's back.
func TestMergeKeepsStages(t *testing.T) {
	w := newFirm(t, "sqlite", 1, 0)
	a, b := w.create("杭州市"), w.create("宁波市")
	w.round()
	w.must(w.a.Lifecycle.Decide(w.ctx, a, lifecycle.DecisionIn{Stage: lifecycle.Mature, Reason: "x", Until: "2024-01-01"}))
	w.must(w.a.Lifecycle.Decide(w.ctx, b, lifecycle.DecisionIn{Stage: lifecycle.HighValue, Reason: "x", Until: "2024-01-01"}))
	w.nextDays(2)
	w.round()
	before := w.states()
	m := w.merge(a, b)
	w.round()
	if s := w.states(); len(s) != 1 || s[a] != before[a] {
		t.Errorf("merged: %+v", s)
	}
	w.undo(m)
	w.round()
	if s := w.states(); s[a] != before[a] || s[b] != before[b] {
		t.Errorf("undone: %+v, before %+v", s, before)
	}
	n, err := rule.Parse([]byte(`{"field":"lifecycle","op":"in","value":["high_value"]}`), "rule", rule.RuleLimits)
	w.must(err)
	found, err := w.a.Customer.Find(w.ctx, customer.Who{Rule: n})
	w.must(err)
	if !found.Members.Has(b) || found.Members.Count() != 1 {
		t.Error("the list does not have the customer back")
	}
}
