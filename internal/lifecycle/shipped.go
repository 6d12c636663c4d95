package lifecycle

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"zhike/internal/platform/i18n"
)

// The stages that come with the program.
const (
	Potential = "potential"
	New       = "new"
	Mature    = "mature"
	HighValue = "high_value"
	Warning   = "churn_warning"
	Recovery  = "recovery"
)

// DefaultPreset is the industry whose configuration is in force until somebody
// saves another one.
const DefaultPreset = "retail"

// preset is the numbers of an industry. They are examples to change, not rules
// of ours.
type preset struct {
	code string
	// silent is after how many days without a purchase a customer is in danger,
	// gone after how many one is as good as a stranger.
	silent, gone int
	// Mature is who bought so often in so many days; of high value who spent so
	// much (分) in 365 days.
	orders, within, spend int
}

var presets = []preset{
	{code: "fmcg", silent: 45, gone: 365, orders: 4, within: 180, spend: 3_000_00},
	{code: "technology", silent: 365, gone: 1460, orders: 2, within: 730, spend: 200_000_00},
	{code: "services", silent: 120, gone: 540, orders: 3, within: 365, spend: 10_000_00},
	{code: "retail", silent: 90, gone: 540, orders: 3, within: 365, spend: 5_000_00},
	{code: "hotel", silent: 240, gone: 1095, orders: 3, within: 540, spend: 10_000_00},
	{code: "finance", silent: 180, gone: 1095, orders: 3, within: 365, spend: 100_000_00},
}

// Presets are the codes of the industries that a configuration ships for.
func Presets() []string {
	out := make([]string, len(presets))
	for i := range presets {
		out[i] = presets[i].code
	}
	return out
}

// Shipped gives the configuration of an industry, nil where there is none.
func Shipped(code string) *Config {
	i := slices.IndexFunc(presets, func(p preset) bool { return p.code == code })
	if i < 0 {
		return nil
	}
	c := presets[i].config()
	c.plain()
	if err := c.validate(); err != nil {
		panic(fmt.Sprintf("lifecycle: preset %s: %v", code, err))
	}
	return c
}

// The rules that the shipped configurations are made of.
func bought(times, within int) string {
	return fmt.Sprintf(`{"facts":{"stream":"orders","agg":"count","window":{"last":%d}},"op":"gte","value":%d}`, within, times)
}
func ever() string {
	return `{"facts":{"stream":"orders","agg":"count"},"op":"gte","value":1}`
}
func never() string {
	return `{"facts":{"stream":"orders","agg":"count"},"op":"eq","value":0}`
}
func silentFor(days int) string {
	return fmt.Sprintf(`{"facts":{"stream":"orders","agg":"days_since"},"op":"gte","value":%d}`, days)
}
func spent(op string, fen int) string {
	return fmt.Sprintf(`{"facts":{"stream":"orders","agg":"sum","of":"net","window":{"last":365}},"op":"%s","value":%d}`, op, fen)
}
func both(rules ...string) json.RawMessage {
	return json.RawMessage(`{"all":[` + strings.Join(rules, ",") + `]}`)
}

func (p preset) config() *Config {
	raw := func(r string) json.RawMessage { return json.RawMessage(r) }
	stage := func(code string, tone int, owner string, due int) Stage {
		return Stage{Code: code, Name: zh("stage." + code), Advice: zh("advice." + code), Tone: tone,
			Owner: zh("owner." + owner), DueDays: due, Goal: zh("goal." + code)}
	}
	move := func(code, to string, stay, hold int, r json.RawMessage, from ...string) Move {
		return Move{Code: code, Name: zh("move." + code), From: from, To: to, Rule: r, MinStayDays: stay, HoldDays: hold}
	}
	keep := p.spend * 7 / 10
	return &Config{
		Stages: []Stage{
			stage(Potential, 8, "marketing", 7), stage(New, 4, "adviser", 1), stage(Mature, 3, "account", 14),
			stage(HighValue, 1, "team", 3), stage(Warning, 6, "account", 3), stage(Recovery, 5, "account", 7),
		},
		Begin: []Begin{
			{To: Potential, Rule: raw(silentFor(p.gone))},
			{To: Warning, Rule: raw(silentFor(p.silent))},
			{To: HighValue, Rule: both(bought(2, 365), spent("gte", p.spend))},
			{To: Mature, Rule: raw(bought(p.orders, p.within))},
			{To: New, Rule: raw(ever())},
		},
		Moves: []Move{
			move("first_order", New, 0, 1, raw(`{"facts":{"stream":"orders","agg":"days_since"},"op":"lt","value":`+fmt.Sprint(p.silent)+`}`), Potential),
			move("silent", Warning, 0, 1, raw(silentFor(p.silent)), New, Mature, HighValue),
			move("silent_again", Warning, 0, 1, raw(silentFor(p.silent)), Recovery),
			move("back", Recovery, 0, 1, raw(`{"facts":{"stream":"orders","agg":"days_since"},"op":"lt","value":`+fmt.Sprint(max(p.silent/3, 7))+`}`), Warning),
			move("recovered_high", HighValue, 30, 3, both(bought(2, p.silent), spent("gte", p.spend)), Recovery),
			move("recovered", Mature, 30, 3, raw(bought(2, p.silent)), Recovery),
			move("grown", HighValue, 14, 3, both(bought(2, 365), spent("gte", p.spend)), New, Mature),
			move("settled", Mature, 7, 1, raw(bought(p.orders, p.within)), New),
			move("less", Mature, 90, 30, raw(spent("lt", keep)), HighValue),
			move("undone", Potential, 7, 7, raw(never()), New, Mature, HighValue, Warning, Recovery),
			move("gone", Potential, 90, 1, raw(silentFor(p.gone)), Warning),
		},
		Tools: shippedTools(),
	}
}

func shippedTools() []Tool {
	items := func(tool string, codes ...string) (out []ToolItem) {
		for _, c := range codes {
			out = append(out, ToolItem{Code: c, Text: zh(tool + "." + c)})
		}
		return out
	}
	choices := func(prefix string, codes ...string) (out []ToolChoice) {
		for _, c := range codes {
			out = append(out, ToolChoice{Code: c, Text: zh(prefix + "." + c)})
		}
		return out
	}
	tool := func(code, kind string, list []ToolItem, stages ...string) Tool {
		return Tool{Code: code, Name: zh("tool." + code), About: zh("about." + code), Kind: kind, Stages: stages, Items: list}
	}
	first := tool("first_order_service", ToolSteps, items("step", "adviser", "guide", "arrival", "usage", "feedback"), New)
	for i, days := range []int{1, 1, 3, 7, 30} {
		first.Items[i].DueDays = days
	}
	// What a first order promises is owed to whoever gives one; a diagnosis costs an
	// account manager's time and begins by itself for customers who are worth it.
	// Nobody is asked questions unasked.
	first.Auto = &Auto{From: []string{}, Most: 100}
	lost := tool("churn_diagnosis", ToolDiagnosis, items("cause", "price", "quality", "service", "rival", "need_gone", "no_contact"), Warning, Recovery)
	lost.Measures = choices("measure", "offer", "repair", "visit", "adviser", "solution", "callback")
	lost.Auto = &Auto{From: []string{Mature, HighValue}, Most: 50}
	needs := tool("need_survey", ToolSurvey, items("question", "usage", "content", "missing", "next", "recommend"), Mature, HighValue)
	needs.Items[0].Choices = choices("answer", "daily", "weekly", "monthly", "rarely")
	needs.Items[1].Choices = choices("answer", "very_content", "is_content", "so_so", "discontent")
	needs.Items[3].Choices = choices("answer", "cross_sell", "upgrade", "custom", "training", "none")
	for i, tag := range []string{"cross_sell", "upgrade", "custom", "training"} {
		needs.Items[3].Choices[i].Tag = zh("tag." + tag)
	}
	needs.Items[4].Choices = choices("answer", "yes", "perhaps", "no")
	return []Tool{first, lost, needs}
}

const shippedPrefix = "lifecycle.shipped."

// zh gives a text of a shipped configuration. A configuration holds its texts,
// because a company may rename everything; the shipped ones are the Chinese
// catalogue's. i18n-keys: lifecycle.shipped.*
func zh(key string) string { return i18n.T(i18n.ZhCN, shippedPrefix+key, nil) }

// shippedKeys finds the key of a text that came with the program.
var shippedKeys = sync.OnceValue(func() map[string]string {
	b := i18n.Default()
	out := map[string]string{}
	for _, k := range b.Keys(i18n.ZhCN) {
		if strings.HasPrefix(k, shippedPrefix) {
			text, _ := b.Lookup(i18n.ZhCN, k)
			out[text] = k
		}
	}
	return out
})

// Localized is a copy of the configuration with the texts that came with the
// program in a language; what a person wrote stays as it is.
func (c *Config) Localized(locale string) *Config {
	return c.mapTexts(func(text string) string { return localText(locale, text) })
}

func localText(locale, text string) string {
	if key, ok := shippedKeys()[text]; ok && locale != i18n.ZhCN {
		return i18n.T(locale, key, nil)
	}
	return text
}

// canonical undoes Localized, so that whoever edits the configuration in another
// language does not rename its stages for everybody.
func (c *Config) canonical(locale string) *Config {
	if locale == i18n.ZhCN {
		return c
	}
	own := map[string]string{}
	for text, key := range shippedKeys() {
		own[i18n.T(locale, key, nil)] = text
	}
	return c.mapTexts(func(text string) string {
		if t, ok := own[text]; ok {
			return t
		}
		return text
	})
}

// mapTexts is a copy with other texts.
func (c *Config) mapTexts(text func(string) string) *Config {
	out := *c
	out.Stages, out.Moves, out.Tools = slices.Clone(c.Stages), slices.Clone(c.Moves), slices.Clone(c.Tools)
	for i := range out.Stages {
		st := &out.Stages[i]
		st.Name, st.Advice, st.Owner, st.Goal = text(st.Name), text(st.Advice), text(st.Owner), text(st.Goal)
	}
	for i := range out.Moves {
		out.Moves[i].Name = text(c.Moves[i].Name)
	}
	choices := func(list []ToolChoice) []ToolChoice {
		list = slices.Clone(list)
		for i := range list {
			list[i].Text, list[i].Tag = text(list[i].Text), text(list[i].Tag)
		}
		return list
	}
	for i := range out.Tools {
		t := &out.Tools[i]
		t.Name, t.About, t.Owner, t.Items, t.Measures = text(t.Name), text(t.About), text(t.Owner), slices.Clone(t.Items), choices(t.Measures)
		for k := range t.Items {
			it := &t.Items[k]
			it.Text, it.Owner, it.Choices = text(it.Text), text(it.Owner), choices(it.Choices)
		}
	}
	return &out
}
