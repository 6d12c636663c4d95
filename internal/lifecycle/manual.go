package lifecycle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"zhike/internal/document"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
)

// ManualKind is one of the documents that are written from a configuration.
type ManualKind string

// The manuals (requirements 59 and 62).
const (
	Handbook ManualKind = "handbook" // 客户生命周期管理手册
	SOP      ManualKind = "sop"      // 客户生命周期管理SOP
)

// Manuals are their kinds.
var Manuals = []ManualKind{Handbook, SOP}

// maxHistory bounds the versions that a manual lists.
const maxHistory = 50

// Approval says who approved a manual of a version.
type Approval struct {
	By     int64  `json:"by" doc:"Staff id"`
	ByName string `json:"by_name"`
	At     int64  `json:"at" doc:"Unix milliseconds"`
	Note   string `json:"note"`
}

// Manual is a document written from a version of the configuration.
type Manual struct {
	Kind        ManualKind    `json:"kind" enum:"handbook,sop"`
	Version     int64         `json:"version" doc:"Of the configuration; 0 is the shipped one before the lifecycle has begun"`
	InForce     bool          `json:"in_force" doc:"The version is the one in force"`
	Fingerprint string        `json:"fingerprint" doc:"Of the content of the version, hexadecimal"`
	Approval    *Approval     `json:"approval" doc:"Null until somebody approved it, and where the approval was withdrawn"`
	Withdrawals []Withdrawal  `json:"withdrawals" doc:"Approvals of the version that were withdrawn, the latest first"`
	Gaps        []string      `json:"gaps" doc:"What the configuration leaves open and the document therefore cannot say"`
	View        document.View `json:"view"`

	doc *document.Document
}

// fingerprint names what a manual of a version is written from.
func fingerprint(kind ManualKind, c *Config) (string, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return "", errs.Wrap(err, errs.Internal, "internal")
	}
	sum := sha256.Sum256(append([]byte(kind+"\n"), body...))
	return hex.EncodeToString(sum[:16]), nil
}

// Manual writes a document from a version, the one in force for 0, in the language
// of the request. Figures of customers are in it where the reader sees everybody.
// Errors: lifecycle.no_version, lifecycle.no_manual.
func (s *Service) Manual(ctx context.Context, kind ManualKind, version int64) (Manual, error) {
	if kind != Handbook && kind != SOP {
		return Manual{}, errs.New(errs.NotFound, "lifecycle.no_manual")
	}
	c, row, err := s.config(ctx, version)
	if err != nil {
		return Manual{}, err
	}
	newest, err := s.store.newest(ctx)
	if err != nil {
		return Manual{}, err
	}
	m := &manual{ctx: ctx, s: s, locale: web.Locale(ctx), kind: kind, row: row}
	m.c = c.Localized(m.locale)
	out := Manual{Kind: kind, Version: row.version, InForce: row.version == newest, Withdrawals: []Withdrawal{}, Gaps: []string{}}
	if out.Fingerprint, err = fingerprint(kind, c); err != nil {
		return out, err
	}
	if err := m.read(out.Fingerprint); err != nil {
		return out, err
	}
	out.Approval = m.approval
	out.Withdrawals = append(out.Withdrawals, m.withdrawn[m.row.version]...)
	out.Gaps = append(out.Gaps, m.gaps()...)
	if out.doc, err = m.write(out.Fingerprint); err != nil {
		return out, err
	}
	out.View = out.doc.View()
	return out, nil
}

// Document is what writers of package document take.
func (m *Manual) Document() *document.Document { return m.doc }

// manual writes one document.
type manual struct {
	ctx      context.Context
	s        *Service
	locale   string
	kind     ManualKind
	c        *Config // localized
	row      configRow
	approval *Approval
	history  []Version
	approved map[int64]*Approval
	// withdrawn approvals by version, the latest first
	withdrawn map[int64][]Withdrawal
	author    string
	rules     map[string]string // sentences by rule
	offices   offices
}

// t is the text manual.<key>. i18n-keys: manual.*
func (m *manual) t(key string, kv ...any) string {
	params := make(i18n.Params, len(kv)/2)
	for i := 0; i+1 < len(kv); i += 2 {
		params[kv[i].(string)] = kv[i+1]
	}
	return i18n.T(m.locale, "manual."+key, params)
}

// n is t with a number, which picks the plural.
func (m *manual) n(key string, n int, kv ...any) string {
	return m.t(key, append(kv, "count", int64(n), "n", i18n.Number(int64(n)))...)
}

// read gets what the database knows beside the configuration. An approval whose
// fingerprint is another one's does not count.
func (m *manual) read(print string) error {
	rows, err := m.s.store.approvals(m.ctx, m.kind)
	if err != nil {
		return err
	}
	m.history, err = m.s.Versions(m.ctx, m.row.version+1, maxHistory)
	if err != nil {
		return err
	}
	gone, err := m.s.store.withdrawals(m.ctx, m.kind)
	if err != nil {
		return err
	}
	ids := []int64{m.row.author}
	for _, r := range rows {
		ids = append(ids, r.by)
	}
	for _, r := range gone {
		ids = append(ids, r.by, r.withdrawnBy)
	}
	names, err := m.s.people(m.ctx, ids)
	if err != nil {
		return err
	}
	m.author = names[m.row.author]
	m.approved = map[int64]*Approval{}
	for _, r := range rows {
		if r.version == m.row.version && r.fingerprint != print {
			continue
		}
		m.approved[r.version] = &Approval{By: r.by, ByName: names[r.by], At: r.at, Note: r.note}
	}
	m.approval = m.approved[m.row.version]
	m.withdrawn = map[int64][]Withdrawal{}
	for _, r := range gone {
		m.withdrawn[r.version] = append(m.withdrawn[r.version], Withdrawal{
			Approval: Approval{By: r.by, ByName: names[r.by], At: r.at, Note: r.note},
			By:       r.withdrawnBy, ByName: names[r.withdrawnBy], At: r.withdrawnAt, Reason: r.reason,
		})
	}
	if m.offices, err = m.s.offices(m.ctx); err != nil {
		return err
	}
	return m.say()
}

// say turns all rules into sentences. What a reader of the document may see of the
// names in them is what anybody may: audiences of others are not named.
func (m *manual) say() error {
	m.rules = map[string]string{}
	for _, r := range m.c.rules() {
		text := m.t("rule_unsaid")
		if m.s.Audiences != nil {
			var err error
			if text, err = m.s.Audiences.Say(m.ctx, r.node, m.locale); err != nil {
				return err
			}
		}
		m.rules[r.path] = m.opening(text)
	}
	return nil
}

// opening writes what stands at the beginning of a sentence or of a cell, with a
// capital in languages that have them.
func (m *manual) opening(text string) string {
	if m.locale == i18n.ZhCN {
		return text
	}
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}

// write puts the document together.
func (m *manual) write(print string) (*document.Document, error) {
	d := &document.Document{Locale: m.locale, Zone: m.s.zone(), Title: m.t("title." + string(m.kind)), MadeAt: m.s.now(), Long: true}
	if m.s.Company != nil {
		d.Company = m.s.Company(m.ctx)
	}
	version := m.t("version", "n", m.row.version)
	d.Facts = []document.Term{{Term: m.t("fact.version"), Text: version}, {Term: m.t("fact.in_force"), Text: m.day(m.row.at)},
		{Term: m.t("fact.author"), Text: m.who(m.author)}}
	if m.approval != nil {
		d.Facts = append(d.Facts, document.Term{Term: m.t("fact.approved_by"), Text: m.who(m.approval.ByName)},
			document.Term{Term: m.t("fact.approved_at"), Text: m.day(m.approval.At)})
	} else {
		d.Draft = m.t("draft")
		d.Facts = append(d.Facts, document.Term{Term: m.t("fact.approved_by"), Text: m.t("not_approved")})
		if gone := m.withdrawn[m.row.version]; len(gone) > 0 {
			d.Draft = m.t("withdrawn")
			d.Facts[len(d.Facts)-1] = document.Term{Term: m.t("fact.withdrawn"), Text: m.withdrawal(gone[0])}
		}
	}
	d.Facts = append(d.Facts, document.Term{Term: m.t("fact.made"), Text: m.day(m.s.now())}, document.Term{Term: m.t("fact.fingerprint"), Text: print[:12]})
	d.Headline = []string{m.t("headline."+string(m.kind), "stages", m.stageNames())}
	d.Running = document.Running{Left: d.Title, Right: version, Pages: m.t("pages"),
		Foot: m.t("footer", "version", version, "fingerprint", print[:12])}
	var err error
	if m.kind == Handbook {
		d.Sections, err = m.handbook()
	} else {
		d.Sections = m.sop()
	}
	if err != nil {
		return nil, err
	}
	for i := range d.Sections {
		if d.Sections[i].ID == "" {
			d.Sections[i].ID = "part" + strconv.Itoa(i+1)
		}
	}
	return d, nil
}

// withdrawal says who withdrew an approval, when and why.
func (m *manual) withdrawal(w Withdrawal) string {
	return m.t("withdrawn_by", "name", m.who(w.ByName), "day", m.day(w.At), "approver", m.who(w.Approval.ByName), "approved", m.day(w.Approval.At), "reason", w.Reason)
}

// gaps names what the configuration leaves open.
func (m *manual) gaps() []string {
	var out []string
	for i := range m.c.Stages {
		st := &m.c.Stages[i]
		var missing []string
		for _, x := range []struct {
			key string
			is  bool
		}{{"gap.advice", st.Advice == ""}, {"gap.owner", st.Owner == ""}, {"gap.due", st.DueDays == 0}, {"gap.goal", st.Goal == ""}} {
			if x.is {
				missing = append(missing, m.t(x.key))
			}
		}
		if len(missing) > 0 {
			out = append(out, m.t("gap.stage", "stage", st.Name, "missing", strings.Join(missing, m.t("list"))))
		}
	}
	return out
}

func (m *manual) stageNames() string {
	names := make([]string, len(m.c.Stages))
	for i := range m.c.Stages {
		names[i] = m.c.Stages[i].Name
	}
	return strings.Join(names, m.t("list"))
}

// level is a stage in its colour.
func (m *manual) level(code string) document.Level {
	r := m.c.ref(code, m.locale)
	return document.Level{Tone: r.Tone, Name: r.Name}
}

// day writes the day of an instant in company time; a dash for none.
func (m *manual) day(at int64) string {
	if at == 0 {
		return document.Dash
	}
	return i18n.Date(time.UnixMilli(at), m.s.zone())
}

// who names somebody; the program where nobody did it.
func (m *manual) who(name string) string {
	if name == "" {
		return m.t("program")
	}
	return name
}

// set is what the configuration says, or that it does not.
func (m *manual) set(text string) string {
	if text == "" {
		return m.t("not_set")
	}
	return text
}

func (m *manual) within(days int) string {
	switch days {
	case 0:
		return m.t("not_set")
	case asNeeded:
		return m.t("as_needed")
	}
	return m.n("within", days)
}

// due says until when something is owed.
func (m *manual) due(d Duty) string {
	if d.DueHours > 0 {
		return m.n("within_hours", d.DueHours)
	}
	return m.within(d.DueDays)
}

// doer names who owes something, "" where whoever is responsible for the stage does.
func (m *manual) doer(d Duty) string {
	switch {
	case d.Owner != "":
		return d.Owner
	case d.Who == "":
		return ""
	case d.WhoID == 0:
		return m.t("who." + d.Who)
	}
	return m.set(m.offices.of(d.Who, d.WhoID))
}

func (m *manual) doerOr(d Duty) string {
	if who := m.doer(d); who != "" {
		return who
	}
	return m.t("stage_owner")
}

// zone is company time.
func (s *Service) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone()
}
