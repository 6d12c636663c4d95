package web

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type accessChip struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

type accessBase struct {
	ID    int64  `json:"id"`
	Phone string `json:"phone" access:"phone"`
}

type accessCard struct {
	accessBase
	Net   int64          `json:"net_fen" access:"spend,orders"`
	Note  string         `json:"note,omitempty" access:"remark"`
	Chips []accessChip   `json:"chips"`
	Vals  map[string]any `json:"vals,omitempty"`
	inner int
}

func (c *accessCard) Redact(hides func(string) bool) {
	kept := []accessChip{}
	for _, chip := range c.Chips {
		if !hides(chip.Kind) {
			kept = append(kept, chip)
		}
	}
	c.Chips = kept
}

type accessTree struct {
	Card  *accessCard           `json:"card"`
	Kids  []accessTree          `json:"kids"`
	By    map[string]accessCard `json:"by,omitempty"`
	Plain string                `json:"plain"`
}

// What is hidden is in no part of an answer, however deep, what is not stays
// byte for byte, and the value itself, which others may share, stays as it was.
func TestHiddenFields(t *testing.T) {
	card := func() *accessCard {
		return &accessCard{accessBase{1, "138"}, 500, "secret", []accessChip{{"phone", "138"}, {"email", "a<b"}}, map[string]any{"x": nil}, 3}
	}
	tree := accessTree{Card: card(), Kids: []accessTree{{Card: card(), Plain: "k"}, {}}, By: map[string]accessCard{"a": *card()}}
	whole, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		hide  string
		want  string
		fewer []string
	}{
		"nothing": {hide: "", want: string(whole)},
		"phone":   {hide: "phone", fewer: []string{"138", `"phone"`}},
		"spend":   {hide: "orders", fewer: []string{"net_fen", "500"}},
		"remark":  {hide: "remark", fewer: []string{"secret", "note"}},
	} {
		got, err := json.Marshal(hidden(reflect.ValueOf(tree), func(key string) bool { return c.hide != "" && key == c.hide }))
		if err != nil {
			t.Fatal(err)
		}
		if c.want != "" {
			if d := cmp.Diff(c.want, string(got)); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
		for _, gone := range c.fewer {
			if strings.Contains(string(got), gone) {
				t.Errorf("%s hidden, and there is %s in %s", name, gone, got)
			}
		}
		if !strings.Contains(string(got), `"plain":"k"`) || strings.Count(string(got), `"id":1`) != 3 {
			t.Errorf("%s: too much is gone: %s", name, got)
		}
	}
	if after, _ := json.Marshal(tree); string(after) != string(whole) {
		t.Error("the value was changed")
	}
	if tells(reflect.TypeFor[Page[accessChip]]()) || !tells(reflect.TypeFor[Page[accessCard]]()) {
		t.Error("types are told apart wrongly")
	}
}
