package lifecycle

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// at is the place of a part of the configuration.
func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// faults collects what is wrong with a configuration. i18n-keys: errors.lifecycle.*
type faults struct{ err *errs.Error }

func (f *faults) add(path, code string, kv ...any) { f.err = f.err.WithField(path, code, kv...) }

// validate checks everything but what rules mean. Error: lifecycle.invalid, with
// a field for each place that is wrong.
func (c *Config) validate() error {
	f := &faults{errs.New(errs.Invalid, "lifecycle.invalid")}
	c.checkStages(f)
	f.few("begin", len(c.Begin), maxStages)
	for i := range c.Begin {
		b := &c.Begin[i]
		f.knownStage(c, at("begin", i)+".to", b.To)
		f.ruled(at("begin", i)+".rule", b.Rule)
	}
	c.checkMoves(f)
	c.checkTools(f)
	if n := c.remind(); n < 0 || n > maxRemind {
		f.add("remind_hours", "lifecycle.bad_number", "min", 0, "max", maxRemind)
	}
	if len(f.err.Fields) > 0 {
		return f.err
	}
	return c.read()
}

func (c *Config) checkStages(f *faults) {
	if len(c.Stages) < 2 {
		f.add("stages", "lifecycle.few_stages")
	}
	f.few("stages", len(c.Stages), maxStages)
	seen := map[string]bool{}
	for i := range c.Stages {
		s := &c.Stages[i]
		f.code(at("stages", i)+".code", s.Code, seen)
		f.name(at("stages", i)+".name", s.Name)
		f.text(at("stages", i)+".advice", s.Advice)
		f.text(at("stages", i)+".goal", s.Goal)
		(&Duty{Owner: s.Owner, DueDays: s.DueDays}).check(f, at("stages", i))
		if s.Tone < 0 || s.Tone > 8 {
			f.add(at("stages", i)+".tone", "lifecycle.bad_number", "min", 0, "max", 8)
		}
	}
}

func (c *Config) checkMoves(f *faults) {
	f.few("moves", len(c.Moves), maxMoves)
	seen := map[string]bool{}
	for i := range c.Moves {
		m := &c.Moves[i]
		path := at("moves", i)
		f.code(path+".code", m.Code, seen)
		f.name(path+".name", m.Name)
		f.knownStage(c, path+".to", m.To)
		for k, from := range m.From {
			f.knownStage(c, path+"."+at("from", k), from)
			if from == m.To {
				f.add(path+"."+at("from", k), "lifecycle.move_to_itself")
			}
		}
		if m.MinStayDays < 0 || m.MinStayDays > maxStay {
			f.add(path+".min_stay_days", "lifecycle.bad_number", "min", 0, "max", maxStay)
		}
		if m.HoldDays < 1 || m.HoldDays > maxHold {
			f.add(path+".hold_days", "lifecycle.bad_number", "min", 1, "max", maxHold)
		}
		f.ruled(path+".rule", m.Rule)
	}
}

func (f *faults) few(path string, n, most int) {
	if n > most {
		f.add(path, "lifecycle.too_many", "max", most)
	}
}

func (f *faults) code(path, code string, seen map[string]bool) {
	switch {
	case !codeForm.MatchString(code):
		f.add(path, "lifecycle.bad_code")
	case seen[code]:
		f.add(path, "lifecycle.code_twice", "code", code)
	}
	seen[code] = true
}

func (f *faults) name(path, name string) {
	if n := utf8.RuneCountInString(name); strings.TrimSpace(name) == "" || n > maxName {
		f.add(path, "lifecycle.bad_name", "max", maxName)
	}
}

func (f *faults) text(path, text string) {
	if utf8.RuneCountInString(text) > maxText {
		f.add(path, "lifecycle.text_long", "max", maxText)
	}
}

func (f *faults) knownStage(c *Config, path, code string) {
	if c.stage(code) < 0 {
		f.add(path, "lifecycle.no_stage", "code", rule.Shortened(code))
	}
}

func (f *faults) ruled(path string, raw []byte) {
	if n, err := rule.Parse(raw, path, rule.RuleLimits); err == nil && n == nil {
		f.add(path, "lifecycle.rule_missing")
	}
}

// checkRules asks whether every rule can be compiled, and for days that are
// over, too: a figure that is kept for the present day alone cannot close a day.
func (s *Service) checkRules(ctx context.Context, c *Config) error {
	today, err := s.Customers.Today(ctx)
	if err != nil {
		return err
	}
	f := &faults{errs.New(errs.Invalid, "lifecycle.invalid")}
	for _, r := range c.rules() {
		if err := s.checkRule(ctx, r.node, today-1); err != nil {
			if err := f.within(r.path, err); err != nil {
				return err
			}
		}
	}
	if len(f.err.Fields) > 0 {
		return f.err
	}
	return nil
}

// ruleAt is a rule of the configuration and its place.
type ruleAt struct {
	path string
	node *rule.Node
}

// rules are all rules, those of begin first.
func (c *Config) rules() (out []ruleAt) {
	for i := range c.Begin {
		out = append(out, ruleAt{at("begin", i) + ".rule", c.Begin[i].node})
	}
	for i := range c.Moves {
		out = append(out, ruleAt{at("moves", i) + ".rule", c.Moves[i].node})
	}
	return out
}

func (s *Service) checkRule(ctx context.Context, n *rule.Node, day clock.Day) error {
	if err := noCircle(ctx, s.Customers.Rules, n, "rule", nil); err != nil {
		return err
	}
	return s.Customers.Check(ctx, customer.Who{Rule: n, AsOf: &day, Everybody: true, Closes: true})
}

// within puts the fields of an error about a rule at the rule's place; another
// error is given back.
func (f *faults) within(path string, err error) error {
	e := errs.From(err)
	if e.Kind != errs.Invalid && e.Kind != errs.Forbidden && e.Kind != errs.NotFound {
		return err
	}
	for _, field := range e.Fields {
		field.Path = path + strings.TrimPrefix(field.Path, "rule")
		f.err.Fields = append(f.err.Fields, field)
	}
	if len(e.Fields) == 0 {
		f.err.Fields = append(f.err.Fields, errs.Field{Path: path, Code: e.Code, Params: e.Params})
	}
	return nil
}

// noCircle refuses rules that ask for the lifecycle, themselves or by way of an
// audience: the stage would follow from itself. Error: lifecycle.circle.
func noCircle(ctx context.Context, rules customer.Rules, n *rule.Node, path string, open []int64) error {
	for _, m := range n.Mentions(path) {
		switch {
		case m.Kind == rule.NamesField && m.Name == customer.LifecycleField:
			return rule.Bad(m.Path, "lifecycle.circle")
		case m.Kind != rule.NamesAudience || rules == nil || slices.Contains(open, m.Audience):
			continue
		}
		a, err := rules.Audience(ctx, m.Audience)
		if err != nil {
			continue // compiling says it better
		}
		if noCircle(ctx, rules, a.Rule, path, append(open, m.Audience)) != nil {
			return rule.Bad(m.Path, "lifecycle.circle")
		}
	}
	return nil
}
