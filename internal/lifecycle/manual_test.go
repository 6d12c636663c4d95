package lifecycle_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"zhike/internal/document"
	"zhike/internal/lifecycle"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// said is all text of a manual.
func said(t *testing.T, m *lifecycle.Manual) string {
	t.Helper()
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m.View); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A manual says what the configuration says, all of it; somebody approves a
// version, and a changed configuration has to be approved anew.
func TestManualsFollowTheConfiguration(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newFirm(t, engine, 5, 0)
			s := w.a.Lifecycle
			if _, err := s.Approve(w.ctx, lifecycle.Handbook, 1, ""); !errs.Is(err, "lifecycle.not_begun") {
				t.Errorf("approving before the lifecycle has begun: %v", err)
			}
			w.round()
			now, err := s.Current(w.ctx, 0)
			w.must(err)
			for _, kind := range lifecycle.Manuals {
				m, err := s.Manual(w.ctx, kind, 0)
				w.must(err)
				text := said(t, &m)
				for _, st := range now.Config.Stages {
					for _, want := range []string{st.Name, st.Advice, st.Owner, st.Goal} {
						if !strings.Contains(text, want) {
							t.Errorf("%s lacks %q", kind, want)
						}
					}
				}
				for _, mv := range now.Config.Moves {
					if !strings.Contains(text, mv.Name) {
						t.Errorf("%s lacks the move %q", kind, mv.Name)
					}
				}
				for _, tool := range now.Config.Tools {
					if !strings.Contains(text, tool.Name) {
						t.Errorf("%s lacks the tool %q", kind, tool.Name)
					}
				}
				if !strings.Contains(text, "距最近一次购买的天数 ≥ 90") || strings.Contains(text, "manual.") {
					t.Errorf("%s: a rule is not said, or a text is missing", kind)
				}
				if m.Approval != nil || m.View.Draft == "" || len(m.Gaps) != 0 || !m.InForce || m.Version != 1 {
					t.Errorf("%s: %+v %q %v", kind, m.Approval, m.View.Draft, m.Gaps)
				}
				for name, write := range map[string]func(*bytes.Buffer) error{
					"docx": func(b *bytes.Buffer) error { return document.WriteDOCX(b, m.Document()) },
					"xlsx": func(b *bytes.Buffer) error { return document.WriteXLSX(b, m.Document()) },
					"html": func(b *bytes.Buffer) error { return document.WriteHTML(b, m.Document()) },
				} {
					var b bytes.Buffer
					if err := write(&b); err != nil || b.Len() < 3000 {
						t.Errorf("%s as %s: %d bytes, %v", kind, name, b.Len(), err)
					}
				}
				english, err := s.Manual(web.WithLocale(w.ctx, "en"), kind, 0)
				w.must(err)
				if han := regexp.MustCompile(`\p{Han}+`).FindString(said(t, &english)); han != "" {
					t.Errorf("%s in English has %s", kind, han)
				}
				// Sentences behind another one, and whole cells and items, have a capital.
				if low := regexp.MustCompile(`[\pL)”]\. \p{Ll}[^"]{0,40}|"(?:customers of|keeps stages|reads and approves|does )[^"]{0,30}`).FindString(said(t, &english)); low != "" {
					t.Errorf("%s in English begins with a small letter: %s", kind, low)
				}
			}
			approves(t, w)
			withdraws(t, w)
		})
	}
}

func approves(t *testing.T, w *firm) {
	s := w.a.Lifecycle
	boss := auth.With(t.Context(), &auth.Actor{StaffID: 7, Scope: auth.ScopeAll})
	if _, err := s.Approve(boss, lifecycle.SOP, 2, ""); !errs.Is(err, "lifecycle.changed") {
		t.Errorf("a version that is not in force: %v", err)
	}
	m, err := s.Approve(boss, lifecycle.SOP, 1, " 同意 ")
	w.must(err)
	if m.Approval == nil || m.Approval.By != 7 || m.Approval.Note != "同意" || m.View.Draft != "" {
		t.Errorf("approved: %+v", m)
	}
	if _, err := s.Approve(boss, lifecycle.SOP, 1, ""); !errs.Is(err, "lifecycle.approved_already") {
		t.Errorf("twice: %v", err)
	}
	if h, err := s.Manual(w.ctx, lifecycle.Handbook, 0); err != nil || h.Approval != nil {
		t.Errorf("the handbook was approved with the SOP: %v", err)
	}
	now, err := s.Current(w.ctx, 0)
	w.must(err)
	now.Config.Stages[1].Goal, now.Config.Stages[1].Owner = "<b>二次购买</b> =1+1", ""
	now.Config.Stages[2].DueDays = -1
	if _, err := s.Save(w.ctx, now.Config, 1, ""); fieldsOf(err)["stages[2].due_days"] != "lifecycle.bad_number" {
		t.Errorf("days below none: %v", err)
	}
	now.Config.Stages[2].DueDays = 400
	_, err = s.Save(w.ctx, now.Config, 1, "调整目标")
	w.must(err)
	m, err = s.Manual(w.ctx, lifecycle.SOP, 0)
	w.must(err)
	if m.Version != 2 || m.Approval != nil || m.View.Draft == "" || len(m.Gaps) != 1 || !strings.Contains(said(t, &m), "<b>二次购买</b> =1+1") {
		t.Errorf("a changed configuration: %+v", m)
	}
	var page bytes.Buffer
	w.must(document.WriteHTML(&page, m.Document()))
	if strings.Contains(page.String(), "<b>二次") {
		t.Error("a goal is mark-up")
	}
	old, err := s.Manual(w.ctx, lifecycle.SOP, 1)
	w.must(err)
	if old.InForce || old.Approval == nil || old.Fingerprint == m.Fingerprint {
		t.Errorf("the version before: %+v", old)
	}
	if _, err := s.Manual(w.ctx, "manual", 0); !errs.Is(err, "lifecycle.no_manual") {
		t.Errorf("another kind: %v", err)
	}
}

// A withdrawn approval counts no longer, stays in the history with its reason, and
// the version may be approved again. It begins where approves ended.
func withdraws(t *testing.T, w *firm) {
	s := w.a.Lifecycle
	boss := auth.With(t.Context(), &auth.Actor{StaffID: 7, Scope: auth.ScopeAll})
	if _, err := s.Withdraw(boss, lifecycle.SOP, 1, "  "); fieldsOf(err)["reason"] != "lifecycle.withdraw_reason_missing" {
		t.Errorf("without a reason: %v", err)
	}
	for _, c := range []struct {
		kind    lifecycle.ManualKind
		version int64
	}{{lifecycle.SOP, 2}, {lifecycle.Handbook, 1}} {
		if _, err := s.Withdraw(boss, c.kind, c.version, "x"); !errs.Is(err, "lifecycle.not_approved") {
			t.Errorf("%s %d was never approved: %v", c.kind, c.version, err)
		}
	}
	m, err := s.Withdraw(boss, lifecycle.SOP, 1, " 责任人有误 ")
	w.must(err)
	if m.Approval != nil || len(m.Withdrawals) != 1 || m.Withdrawals[0].Reason != "责任人有误" || m.Withdrawals[0].Approval.Note != "同意" || m.Withdrawals[0].By != 7 {
		t.Errorf("withdrawn: %+v", m)
	}
	if m.View.Draft != "批准已撤回" || !strings.Contains(said(t, &m), "责任人有误") {
		t.Errorf("the document does not say so: %q", m.View.Draft)
	}
	if _, err := s.Withdraw(boss, lifecycle.SOP, 1, "x"); !errs.Is(err, "lifecycle.not_approved") {
		t.Errorf("twice: %v", err)
	}
	if m, err = s.Manual(w.ctx, lifecycle.SOP, 2); err != nil || !strings.Contains(said(t, &m), "责任人有误") || m.View.Draft == "批准已撤回" {
		t.Errorf("the next version's history, %v", err)
	}
	for n := range 2 { // approved again, and withdrawn again
		m, err = s.Approve(boss, lifecycle.SOP, 2, "")
		w.must(err)
		if m.Approval == nil || len(m.Withdrawals) != n || m.View.Draft != "" {
			t.Errorf("approved the %d. time: %+v", n+1, m)
		}
		m, err = s.Withdraw(boss, lifecycle.SOP, 2, "再议")
		w.must(err)
		if len(m.Withdrawals) != n+1 {
			t.Errorf("withdrawn the %d. time: %+v", n+1, m)
		}
	}
	var entries int
	w.must(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, `SELECT COUNT(*) FROM audit_log WHERE action = 'lifecycle.withdraw' AND object_id = 'sop'`).Scan(&entries))
	if entries != 3 {
		t.Errorf("%d audit entries", entries)
	}
}
