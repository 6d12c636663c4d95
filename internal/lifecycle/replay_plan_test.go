package lifecycle_test

import (
	"encoding/json"

	"zhike/internal/lifecycle"
	"zhike/internal/platform/clock"
)

// The rules of the replay, as the program has them and as anybody would write
// them. Money is in 分.
type plainRule struct {
	json  string
	holds func(w *world, c *person, day clock.Day) bool
}

func count(c *person, from, to clock.Day) (n int) {
	for _, o := range c.orders {
		if o.day >= from && o.day <= to && o.fen > 0 {
			n++
		}
	}
	return n
}

func spend(c *person, from, to clock.Day) (fen int64) {
	for _, o := range c.orders {
		if o.day >= from && o.day <= to {
			fen += o.fen
		}
	}
	return fen
}

// silent is the days since the last purchase, -1 without one.
func silent(c *person, day clock.Day) int {
	last := clock.Day(-1)
	for _, o := range c.orders {
		if o.fen > 0 && o.day <= day {
			last = max(last, o.day)
		}
	}
	if last < 0 {
		return -1
	}
	return int(day - last)
}

var plainRules = map[string]plainRule{
	"bought": {`{"facts":{"stream":"orders","agg":"count"},"op":"gte","value":1}`,
		func(_ *world, c *person, d clock.Day) bool { return count(c, 0, d) >= 1 }},
	"nothing": {`{"facts":{"stream":"orders","agg":"count"},"op":"eq","value":0}`,
		func(_ *world, c *person, d clock.Day) bool { return count(c, 0, d) == 0 }},
	"silent": {`{"facts":{"stream":"orders","agg":"days_since"},"op":"gte","value":40}`,
		func(_ *world, c *person, d clock.Day) bool { return silent(c, d) >= 40 }},
	"recent": {`{"facts":{"stream":"orders","agg":"days_since"},"op":"lt","value":10}`,
		func(_ *world, c *person, d clock.Day) bool { n := silent(c, d); return n >= 0 && n < 10 }},
	"often": {`{"facts":{"stream":"orders","agg":"count","window":{"last":60}},"op":"gte","value":3}`,
		func(_ *world, c *person, d clock.Day) bool { return count(c, d-59, d) >= 3 }},
	"big": {`{"all":[{"facts":{"stream":"orders","agg":"sum","of":"net","window":{"last":120}},"op":"gte","value":9000},{"field":"city","op":"eq","value":"杭州市"}]}`,
		func(_ *world, c *person, d clock.Day) bool {
			return spend(c, d-119, d) >= 9000 && c.city == "杭州市"
		}},
	"little": {`{"not":{"field":"net_90","op":"gte","value":5000}}`,
		func(_ *world, c *person, d clock.Day) bool { return spend(c, d-89, d) < 5000 }},
	"best": {`{"relative":{"facts":{"stream":"orders","agg":"sum","of":"net","window":{"last":90}}},"op":"top","value":3}`,
		func(w *world, c *person, d clock.Day) bool {
			if count(c, d-89, d) == 0 {
				return false
			}
			better := 0
			for _, o := range w.people {
				if count(o, d-89, d) > 0 && spend(o, d-89, d) > spend(c, d-89, d) {
					better++
				}
			}
			return better < 3
		}},
}

type plainMove struct {
	code       string
	from       []string
	to, rule   string
	stay, hold int
}

// plan is a configuration of the replay.
type plan struct {
	stages []string
	begin  [][2]string // stage, rule
	moves  []plainMove
}

var plans = []plan{
	{
		stages: []string{"p", "n", "m", "h", "w", "r"},
		begin:  [][2]string{{"w", "silent"}, {"m", "often"}, {"n", "bought"}},
		moves: []plainMove{
			{"first", []string{"p"}, "n", "bought", 0, 1},
			{"silent", nil, "w", "silent", 0, 2},
			{"back", []string{"w"}, "r", "recent", 0, 1},
			{"best", []string{"n", "m", "r"}, "h", "best", 4, 3},
			{"recovered", []string{"r"}, "m", "often", 5, 1},
			{"big", []string{"n", "m"}, "h", "big", 0, 2},
			{"settled", []string{"n"}, "m", "often", 7, 1},
			{"less", []string{"h"}, "m", "little", 10, 5},
			{"undone", []string{"n", "m", "h", "w"}, "p", "nothing", 0, 2},
		},
	},
	{ // without recovery and without comparing: few are looked at by themselves
		stages: []string{"p", "n", "m", "h", "w"},
		begin:  [][2]string{{"h", "big"}, {"n", "bought"}},
		moves: []plainMove{
			{"less", []string{"h"}, "m", "little", 0, 12},
			{"silent", []string{"n", "m", "h"}, "w", "silent", 0, 2},
			{"back", []string{"w"}, "n", "recent", 3, 1},
			{"often", []string{"n"}, "m", "often", 0, 4},
			{"grown", []string{"n", "m"}, "h", "big", 20, 3},
			{"first", []string{"p"}, "n", "bought", 0, 1},
		},
	},
}

func (p plan) config() lifecycle.Config {
	var c lifecycle.Config
	for _, s := range p.stages {
		c.Stages = append(c.Stages, lifecycle.Stage{Code: s, Name: s})
	}
	for _, b := range p.begin {
		c.Begin = append(c.Begin, lifecycle.Begin{To: b[0], Rule: json.RawMessage(plainRules[b[1]].json)})
	}
	for _, m := range p.moves {
		c.Moves = append(c.Moves, lifecycle.Move{Code: m.code, Name: m.code, From: m.from, To: m.to, Rule: json.RawMessage(plainRules[m.rule].json),
			MinStayDays: m.stay, HoldDays: m.hold})
	}
	return c
}
