package lifecycle

import (
	"slices"
)

// Tool is something that staff work through with a customer of a stage:
// steps of a service, the diagnosis of a customer who may be lost, or a
// questionnaire that finds needs (requirements 55, 58, 60, 61).
type Tool struct {
	Code  string `json:"code" maxLength:"40"`
	Name  string `json:"name" maxLength:"100"`
	About string `json:"about" maxLength:"1000"`
	// Kind is steps, diagnosis or survey.
	Kind   string   `json:"kind" enum:"steps,diagnosis,survey"`
	Stages []string `json:"stages" maxItems:"20" doc:"Codes of the stages that it is offered for; none is all"`
	// Items are the steps, the causes or the questions.
	Items []ToolItem `json:"items" maxItems:"60"`
	// Measures are what can be done about causes, of a diagnosis.
	Measures []ToolChoice `json:"measures" maxItems:"60"`
	// Duty is of the tool as a whole, and of steps that do not say otherwise.
	Duty
	// Auto says that the tool begins by itself; nil: people begin it.
	Auto *Auto `json:"auto,omitempty" doc:"Left out: only people begin it"`
}

// The kinds of tools.
const (
	ToolSteps     = "steps"
	ToolDiagnosis = "diagnosis"
	ToolSurvey    = "survey"
)

// ToolItem is a step, a cause or a question.
type ToolItem struct {
	Code string `json:"code" maxLength:"40"`
	Text string `json:"text" maxLength:"1000"`
	// Field is the custom field ("f.usage") that the answer to a question is
	// written to.
	Field string `json:"field" maxLength:"70" doc:"Custom field that the answer is written to, f.<code>; empty for none"`
	// Choices are the answers of a question; none is a text.
	Choices []ToolChoice `json:"choices" maxItems:"60"`
	// Duty is who owes a step and until when; what it leaves open is the tool's.
	Duty
}

// ToolChoice is an answer or a measure.
type ToolChoice struct {
	Code string `json:"code" maxLength:"40"`
	Text string `json:"text" maxLength:"1000"`
	// Tag is the name of a tag that the customer gets with the answer, "" for none.
	Tag string `json:"tag" maxLength:"100" doc:"Name of the tag that goes with the answer; empty for none"`
}

// Tool gives a tool by its code, nil where there is none.
func (c *Config) Tool(code string) *Tool {
	for i := range c.Tools {
		if c.Tools[i].Code == code {
			return &c.Tools[i]
		}
	}
	return nil
}

func (t *Tool) item(code string) *ToolItem {
	for i := range t.Items {
		if t.Items[i].Code == code {
			return &t.Items[i]
		}
	}
	return nil
}

func choice(list []ToolChoice, code string) *ToolChoice {
	for i := range list {
		if list[i].Code == code {
			return &list[i]
		}
	}
	return nil
}

func (t *Tool) plain() {
	if t.Stages == nil {
		t.Stages = []string{}
	}
	if t.Items == nil {
		t.Items = []ToolItem{}
	}
	if t.Measures == nil {
		t.Measures = []ToolChoice{}
	}
	if t.Auto != nil && t.Auto.From == nil {
		t.Auto.From = []string{}
	}
	for i := range t.Items {
		if t.Items[i].Choices == nil {
			t.Items[i].Choices = []ToolChoice{}
		}
	}
}

func (c *Config) checkTools(f *faults) {
	f.few("tools", len(c.Tools), maxTools)
	seen := map[string]bool{}
	for i := range c.Tools {
		t := &c.Tools[i]
		path := at("tools", i)
		f.code(path+".code", t.Code, seen)
		f.name(path+".name", t.Name)
		f.text(path+".about", t.About)
		t.check(f, path)
		t.checkAuto(f, c, path)
		if t.Kind != ToolSteps && t.Kind != ToolDiagnosis && t.Kind != ToolSurvey {
			f.add(path+".kind", "lifecycle.bad_tool_kind")
		}
		for k, code := range t.Stages {
			f.knownStage(c, path+"."+at("stages", k), code)
		}
		if len(t.Items) == 0 {
			f.add(path+".items", "lifecycle.no_items")
		}
		f.few(path+".items", len(t.Items), maxItems)
		items := map[string]bool{}
		for k := range t.Items {
			it := &t.Items[k]
			place := path + "." + at("items", k)
			f.code(place+".code", it.Code, items)
			f.said(place+".text", it.Text)
			it.check(f, place)
			f.choices(place+".choices", it.Choices)
		}
		f.choices(path+".measures", t.Measures)
		if t.Kind == ToolDiagnosis && len(t.Measures) == 0 {
			f.add(path+".measures", "lifecycle.no_items")
		}
	}
}

func (f *faults) choices(path string, list []ToolChoice) {
	f.few(path, len(list), maxItems)
	seen := map[string]bool{}
	for i := range list {
		place := at(path, i)
		f.code(place+".code", list[i].Code, seen)
		f.said(place+".text", list[i].Text)
	}
}

// said is a text that must not be empty.
func (f *faults) said(path, text string) {
	if text == "" {
		f.add(path, "lifecycle.text_missing")
	}
	f.text(path, text)
}

// offered says whether a tool is for customers of a stage.
func (t *Tool) offered(stage string) bool {
	return len(t.Stages) == 0 || slices.Contains(t.Stages, stage)
}
