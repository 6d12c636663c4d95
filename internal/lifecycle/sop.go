package lifecycle

import (
	"strings"

	"zhike/internal/document"
)

// sop is 《客户生命周期管理SOP》 (requirement 62): stage by stage what sets the work
// off, who does what within which time and with what, what is recorded and what
// counts as success.
func (m *manual) sop() []document.Section {
	out := []document.Section{
		m.section("scope", document.Text(m.t("sop.why")), document.Text(m.t("purpose.from", "version", m.row.version)), document.List{Items: []string{
			m.t("sop.trigger"), m.t("sop.clock"), m.t("sop.record"), m.t("sop.success"),
		}}),
		m.section("roles", document.Lead(m.t("roles.lead")), m.roles()),
		m.section("overview", document.Lead(m.t("overview.lead")), m.overview()),
	}
	if g := m.gaps(); len(g) > 0 {
		out[0].Blocks = append(out[0].Blocks, document.Callout{Warn: true, Title: m.t("gap.title"), Text: strings.Join(g, "\n")})
	}
	for i := range m.c.Stages {
		out = append(out, m.procedure(&m.c.Stages[i]))
	}
	return append(out, m.loop(), m.changes())
}

// roles says who is responsible for what, in the order of stages.
func (m *manual) roles() *document.Table {
	t := &document.Table{Caption: m.t("part.roles"), Quiet: true, Cards: true, Cols: []document.Column{document.WideCol(m.t("col.role"), 1), document.WideCol(m.t("col.duties"), 3)}}
	duties := map[string][]string{}
	var order []string
	add := func(who, duty string) {
		if who == "" {
			return
		}
		if duties[who] == nil {
			order = append(order, who)
		}
		duties[who] = append(duties[who], duty)
	}
	for i := range m.c.Stages {
		add(m.c.Stages[i].Owner, m.t("duty.stage", "stage", m.c.Stages[i].Name))
	}
	for i := range m.c.Tools {
		tool := &m.c.Tools[i]
		for k := range tool.Items {
			if tool.Kind != ToolSteps {
				break
			}
			add(m.doer(tool.duty(&tool.Items[k])), m.t("duty.step", "tool", tool.Name, "step", tool.Items[k].Text))
		}
		if tool.Kind != ToolSteps {
			add(m.doer(tool.Duty), m.t("duty.tool", "tool", tool.Name))
		}
	}
	for _, who := range order {
		t.Add(who, m.opening(strings.Join(duties[who], m.t("list"))))
	}
	t.Add(m.t("role.config"), m.opening(m.t("duty.config")))
	t.Add(m.t("role.approve"), m.opening(m.t("duty.approve")))
	return t
}

// overview is one row a stage.
func (m *manual) overview() *document.Table {
	t := &document.Table{Caption: m.t("part.overview"), Quiet: true, Cards: true, Cols: []document.Column{
		document.Col(m.t("col.stage"), document.KindLevel), document.WideCol(m.t("col.trigger"), 2), document.WideCol(m.t("col.owner"), 1),
		document.WideCol(m.t("col.due"), 0.9), document.WideCol(m.t("stage.tools"), 1.3), document.WideCol(m.t("col.goal"), 1.8),
	}}
	for i := range m.c.Stages {
		st := &m.c.Stages[i]
		t.Add(m.level(st.Code), m.triggers(st.Code), m.set(st.Owner), m.within(st.DueDays), m.toolNames(st.Code), m.set(st.Goal))
	}
	return t
}

// triggers names what brings customers to a stage.
func (m *manual) triggers(code string) string {
	var names []string
	for i := range m.c.Moves {
		if m.c.Moves[i].To == code {
			names = append(names, m.c.Moves[i].Name)
		}
	}
	for i := range m.c.Begin {
		if m.c.Begin[i].To == code {
			return strings.Join(append(names, m.t("came_new")), m.t("list"))
		}
	}
	if m.c.Stages[0].Code == code {
		names = append(names, m.t("came_new"))
	}
	if len(names) == 0 {
		return m.t("by_hand_only")
	}
	return strings.Join(names, m.t("list"))
}

// procedure is the work on one stage.
func (m *manual) procedure(st *Stage) document.Section {
	s := document.Section{ID: "stage-" + st.Code, Title: m.t("part.procedure", "stage", st.Name), Sheet: st.Name}
	s.Blocks = append(s.Blocks, document.Terms{
		{Term: m.t("col.owner"), Text: m.set(st.Owner)}, {Term: m.t("col.due"), Text: m.within(st.DueDays)}, {Term: m.t("col.goal"), Text: m.set(st.Goal)},
	})
	s.Blocks = append(s.Blocks, document.Heading{ID: "trigger-" + st.Code, Text: m.t("col.trigger")})
	if in := m.waysIn(st.Code); len(in) > 0 {
		s.Blocks = append(s.Blocks, document.List{Items: in})
	} else {
		s.Blocks = append(s.Blocks, document.Text(m.t("by_hand_only")))
	}
	s.Blocks = append(s.Blocks, document.Heading{ID: "steps-" + st.Code, Text: m.t("sop.steps")}, m.steps(st))
	s.Blocks = append(s.Blocks, document.Heading{ID: "end-" + st.Code, Text: m.t("sop.end")}, document.Text(m.t("sop.goal", "goal", m.set(st.Goal))))
	if out := m.waysOut(st.Code); len(out) > 0 {
		s.Blocks = append(s.Blocks, document.List{Items: out})
	} else {
		s.Blocks = append(s.Blocks, document.Text(m.t("stage.stays", "stage", st.Name)))
	}
	return s
}

// asNeeded is a time that nobody can lay down.
const asNeeded = -1

// steps are those of a stage: its advice first, then its tools.
func (m *manual) steps(st *Stage) *document.Table {
	t := &document.Table{Caption: m.t("sop.steps"), Quiet: true, Cards: true, Cols: []document.Column{
		document.Col(m.t("col.order"), document.KindID), document.WideCol(m.t("col.step"), 2.4), document.WideCol(m.t("col.who"), 1),
		document.WideCol(m.t("col.due"), 0.9), document.WideCol(m.t("col.with"), 1.2), document.WideCol(m.t("col.recorded"), 1.7),
	}}
	add := func(step string, d Duty, with, recorded string) {
		who := m.doer(d)
		if who == "" {
			who = m.set(st.Owner)
		}
		t.Add(int64(len(t.Rows)+1), step, who, m.due(d), with, recorded)
	}
	first, later := Duty{DueDays: st.DueDays}, Duty{DueDays: asNeeded}
	whole := func(t *Tool) Duty {
		d := t.Duty
		if d.DueDays == 0 && d.DueHours == 0 {
			d.DueDays = st.DueDays
		}
		return d
	}
	add(m.t("step.look"), first, m.t("with.record"), m.t("recorded.nothing"))
	if st.Advice != "" {
		add(st.Advice, first, m.t("with.notes"), m.t("recorded.note"))
	}
	for i := range m.c.Tools {
		tool := &m.c.Tools[i]
		if !tool.offered(st.Code) {
			continue
		}
		switch tool.Kind {
		case ToolSteps:
			for k := range tool.Items {
				it := &tool.Items[k]
				add(it.Text, tool.duty(it), tool.Name, m.t("recorded.steps"))
			}
		case ToolDiagnosis:
			add(m.n("step.causes", len(tool.Items), "tool", tool.Name), whole(tool), tool.Name, m.t("recorded.cause"))
			add(m.n("step.measures", len(tool.Measures)), Duty{Owner: tool.Owner, Who: tool.Who, WhoID: tool.WhoID, DueDays: asNeeded}, tool.Name, m.t("recorded.measure"))
		default:
			add(m.n("step.survey", len(tool.Items), "tool", tool.Name), whole(tool), tool.Name, m.t("recorded.answers"))
		}
	}
	add(m.t("step.hand"), later, m.t("with.record"), m.t("recorded.hand"))
	return t
}
