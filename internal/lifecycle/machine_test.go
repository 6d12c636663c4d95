package lifecycle_test

import (
	"bytes"
	"strings"
	"testing"

	"zhike/internal/lifecycle"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// A customer whose figures flicker about a threshold stays where he is: the rule
// must hold on several days in a row, and a stage that was reached is kept for a
// while. Each sign is a day: + the rule to go up holds, - the one to go down, . none.
func TestFlicker(t *testing.T) {
	for _, c := range []struct {
		name       string
		stay, hold int
		days, want string
	}{
		{"neither: every change moves", 0, 1, "+-+-+", "hmhmh"},
		{"hold three days", 0, 3, "++-+++---", "mmmmmhhhm"},
		{"a gap begins anew", 0, 3, "++.++.+++", "mmmmmmmmh"},
		{"stay four days", 4, 1, "+++++---", "mmmhhhhm"},
		{"stay and hold count beside each other", 4, 3, "++++----", "mmmhhhhm"},
		{"flicker under both", 3, 2, "+-+-+-+-+-", "mmmmmmmmmm"},
	} {
		cfg := &lifecycle.Config{
			Stages: []lifecycle.Stage{{Code: "m"}, {Code: "h"}},
			Moves: []lifecycle.Move{
				{Code: "up", From: []string{"m"}, To: "h", MinStayDays: c.stay, HoldDays: c.hold},
				{Code: "down", From: []string{"h"}, To: "m", MinStayDays: c.stay, HoldDays: c.hold},
			},
		}
		m := lifecycle.NewMachine(cfg)
		state, got := lifecycle.State{Stage: "m", Since: 100}, ""
		for i := range c.days {
			day := clock.Day(101 + i)
			out := m.Next(state, lifecycle.Hand{}, day, lifecycle.Facts{Known: true, Holds: func(k int) bool {
				sign := "+-"[k]
				for d := range c.hold {
					if i-d < 0 || c.days[i-d] != sign {
						return false
					}
				}
				return true
			}})
			state = out.State
			got += state.Stage
		}
		if got != c.want {
			t.Errorf("%s: %s gives %s, want %s", c.name, c.days, got, c.want)
		}
	}
}

// What people decide goes before rules, and a stage that the configuration no
// longer has is left at once.
func TestNext(t *testing.T) {
	yes, no := func(int) bool { return true }, func(int) bool { return false }
	cfg := &lifecycle.Config{
		Stages: []lifecycle.Stage{{Code: "a"}, {Code: "b"}, {Code: "c"}},
		Begin:  []lifecycle.Begin{{To: "b"}},
		Moves:  []lifecycle.Move{{Code: "any", To: "c", HoldDays: 1}, {Code: "ab", From: []string{"a"}, To: "b", HoldDays: 1}},
	}
	m := lifecycle.NewMachine(cfg)
	at := func(stage string) lifecycle.State { return lifecycle.State{Stage: stage, Since: 10} }
	for _, c := range []struct {
		name  string
		base  lifecycle.State
		hand  lifecycle.Hand
		facts lifecycle.Facts
		want  lifecycle.Outcome
	}{
		{"nobody", lifecycle.State{}, lifecycle.Hand{}, lifecycle.Facts{Begins: yes, Holds: yes}, lifecycle.Outcome{}},
		{"nobody yet, decided by hand", lifecycle.State{}, lifecycle.Hand{Day: 20, Stage: "c"}, lifecycle.Facts{Begins: yes, Holds: yes},
			lifecycle.Outcome{State: lifecycle.State{Stage: "c", Since: 20}, Moved: true, Cause: lifecycle.CauseHand}},
		{"comes new", lifecycle.State{}, lifecycle.Hand{}, lifecycle.Facts{Known: true, Begins: yes, Holds: yes},
			lifecycle.Outcome{State: lifecycle.State{Stage: "b", Since: 20}, Moved: true}},
		{"comes new, no rule", lifecycle.State{}, lifecycle.Hand{}, lifecycle.Facts{Known: true, Begins: no, Holds: no},
			lifecycle.Outcome{State: lifecycle.State{Stage: "a", Since: 20}, Moved: true}},
		{"first move that holds", at("a"), lifecycle.Hand{}, lifecycle.Facts{Known: true, Holds: yes},
			lifecycle.Outcome{State: lifecycle.State{Stage: "c", Since: 20}, Moved: true, Cause: lifecycle.CauseRule, Move: "any"}},
		{"a move does not lead to its own stage", at("c"), lifecycle.Hand{}, lifecycle.Facts{Known: true, Holds: yes}, lifecycle.Outcome{State: at("c")}},
		{"by hand", at("a"), lifecycle.Hand{Day: 20, Stage: "b"}, lifecycle.Facts{Known: true, Holds: yes},
			lifecycle.Outcome{State: lifecycle.State{Stage: "b", Since: 20}, Moved: true, Cause: lifecycle.CauseHand}},
		{"by hand to where it is", at("a"), lifecycle.Hand{Day: 20, Stage: "a"}, lifecycle.Facts{Known: true, Holds: yes}, lifecycle.Outcome{State: at("a")}},
		{"decided yesterday", at("a"), lifecycle.Hand{Day: 19, Stage: "a"}, lifecycle.Facts{Known: true, Holds: yes},
			lifecycle.Outcome{State: lifecycle.State{Stage: "c", Since: 20}, Moved: true, Cause: lifecycle.CauseRule, Move: "any"}},
		{"kept off", at("a"), lifecycle.Hand{Day: 5, Stage: "a", Until: 20}, lifecycle.Facts{Known: true, Holds: yes}, lifecycle.Outcome{State: at("a")}},
		{"by hand only", at("a"), lifecycle.Hand{Until: lifecycle.ByHandOnly}, lifecycle.Facts{Known: true, Holds: yes}, lifecycle.Outcome{State: at("a")}},
		{"the stage is gone", at("z"), lifecycle.Hand{Until: 30}, lifecycle.Facts{Known: true, Begins: yes, Holds: yes},
			lifecycle.Outcome{State: lifecycle.State{Stage: "b", Since: 20}, Moved: true, Cause: lifecycle.CauseGone}},
	} {
		if got := m.Next(c.base, c.hand, 20, c.facts); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// Every configuration that ships is sound, and comes back from its file as it was.
func TestShippedAsYAML(t *testing.T) {
	for _, code := range lifecycle.Presets() {
		c := lifecycle.Shipped(code)
		var a, b bytes.Buffer
		if err := c.WriteYAML(&a); err != nil {
			t.Fatal(err)
		}
		again, err := lifecycle.ParseYAML(bytes.NewReader(a.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := again.WriteYAML(&b); err != nil || a.String() != b.String() {
			t.Fatalf("%s: %v\n%s\n%s", code, err, a.String(), b.String())
		}
		if strings.Contains(a.String(), "{") {
			t.Errorf("%s has braces", code)
		}
	}
	day := "stages:\n  - {code: a, name: A}\nbegin:\n  - to: a\n    rule: {field: created, op: lte, value: 2026-01-31}\n"
	c, err := lifecycle.ParseYAML(strings.NewReader(day))
	if err != nil || string(c.Begin[0].Rule) != `{"field":"created","op":"lte","value":"2026-01-31"}` {
		t.Errorf("a day in a file: %v %s", err, c.Begin[0].Rule)
	}
	_, err = lifecycle.ParseYAML(strings.NewReader("stages: few"))
	if e := errs.From(err); e.Params["detail"] != "stages: string, not list" {
		t.Errorf("another type: %v", e.Params)
	}
	for _, bad := range []string{"", "stages: [", "stage: []", "a: &a [*a]", "stages: []\n---\nstages: []"} {
		if _, err := lifecycle.ParseYAML(strings.NewReader(bad)); !errs.Is(err, "lifecycle.bad_yaml") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
