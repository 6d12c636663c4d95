package tiering

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// A custom field of the customer is a figure by the name that it has everywhere,
// "f.<code>" ([field.Prefix]): of a number its value, of money 分, of a choice the
// place of the option in the field, from 1, those out of use counted. Fields have
// no past: a run for an earlier day takes what they hold when it is made.

var fieldCode = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// field gives the code of the custom field that a figure is; false of others.
func (m Metric) field() (code string, ok bool) {
	code, ok = strings.CutPrefix(string(m), field.Prefix)
	return code, ok && fieldCode.MatchString(code)
}

// FieldFigure describes a custom field as it was when it was taken as a figure:
// the explanations of a run need nothing but the run.
type FieldFigure struct {
	Metric  Metric        `json:"metric" doc:"f. and the code of the field"`
	Kind    field.Kind    `json:"kind" enum:"number,money,choice"`
	Name    field.Label   `json:"name"`
	Unit    string        `json:"unit,omitempty"`
	Options []field.Label `json:"options,omitempty" doc:"Of a choice, in the order of the field: the first counts as 1"`
}

func fieldFigure(d *field.Definition) FieldFigure {
	out := FieldFigure{Metric: Metric(field.Prefix + d.Code), Kind: d.Kind, Name: d.Name, Unit: d.Unit}
	for i := range d.Options {
		out.Options = append(out.Options, d.Options[i].Label)
	}
	return out
}

// canGrade says whether values of a kind have an order that is worth something.
func canGrade(k field.Kind) bool {
	return k == field.Number || k == field.Money || k == field.Choice
}

// text writes a value in a language, money in 分: "¥1,200.00", "350 人", "中型企业".
func (d *FieldFigure) text(v float64, locale string) string {
	switch {
	case d.Kind == field.Money:
		return i18n.Money(int64(math.RoundToEven(v)))
	case d.Kind == field.Choice && v == math.Trunc(v) && v >= 1 && v <= float64(len(d.Options)):
		return d.Options[int(v)-1].In(locale)
	}
	return field.WithUnit(trimDecimal(v), d.Unit)
}

// field is the custom field that a figure of the run is; nil of others.
func (s *Summary) field(m Metric) *FieldFigure {
	for i := range s.Fields {
		if s.Fields[i].Metric == m {
			return &s.Fields[i]
		}
	}
	return nil
}

// fieldKeys are the fields as roles name them; none of a run without a summary.
func (s *Summary) fieldKeys() []string {
	if s == nil {
		return nil
	}
	var out []string
	for i := range s.Fields {
		out = append(out, string(s.Fields[i].Metric))
	}
	return out
}

// fieldValues are the values of one field, by the place of the customer in
// Facts; NaN where there is none.
type fieldValues struct {
	FieldFigure
	values []float64
}

func (f *Facts) field(m Metric) *fieldValues {
	for i := range f.fields {
		if f.fields[i].Metric == m {
			return &f.fields[i]
		}
	}
	return nil
}

// isMoney says whether a figure is kept in 分 and written in yuan.
func (f *Facts) isMoney(m Metric) bool {
	d := f.field(m)
	return m.isMoney() || d != nil && d.Kind == field.Money
}

// fieldFigures are the descriptions of the fields that were read.
func (f *Facts) fieldFigures() []FieldFigure {
	var out []FieldFigure
	for i := range f.fields {
		out = append(out, f.fields[i].FieldFigure)
	}
	return out
}

// usesField says whether a scheme goes by a custom field.
func (s *Scheme) usesField(code string) bool {
	return slices.Contains(s.metrics(), Metric(field.Prefix+code))
}

// readFields brings the custom fields that a scheme uses, those out of use too.
// Error: tier.field_gone.
func (s *Service) readFields(ctx context.Context, sch *Scheme, f *Facts) error {
	var codes []string
	for _, m := range sch.metrics() {
		if code, ok := m.field(); ok {
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 {
		return nil
	}
	defs, err := s.definitions(ctx)
	if err != nil {
		return err
	}
	n, ids, of := f.Len(), []int64{}, map[int64]*field.Definition{}
	into := map[int64][]float64{}
	f.fields = nil
	for _, code := range codes {
		d := defs(code)
		if d == nil || !canGrade(d.Kind) {
			return errs.New(errs.Conflict, "tier.field_gone", "code", code)
		}
		values := slices.Repeat([]float64{math.NaN()}, n)
		f.fields = append(f.fields, fieldValues{fieldFigure(d), values})
		ids, of[d.ID], into[d.ID] = append(ids, d.ID), d, values
	}
	if n == 0 {
		return nil
	}
	i := 0 // customers come in rising order on both sides
	return s.Fields.EachBetween(ctx, f.CustomerID[0], f.CustomerID[n-1], ids, func(customer, fieldID, num int64, text string) {
		for i < n && f.CustomerID[i] < customer {
			i++
		}
		if i == n || f.CustomerID[i] != customer {
			return // not there on the day
		}
		switch d := of[fieldID]; d.Kind {
		case field.Choice:
			if at := slices.IndexFunc(d.Options, func(o field.Option) bool { return o.Code == text }); at >= 0 {
				into[fieldID][i] = float64(at + 1)
			}
		case field.Number:
			into[fieldID][i] = float64(num) / math.Pow10(d.Scale)
		default:
			into[fieldID][i] = float64(num)
		}
	})
}

// definitions finds custom fields by their code; it knows none where there are none.
func (s *Service) definitions(ctx context.Context) (func(code string) *field.Definition, error) {
	if s.Fields == nil {
		return func(string) *field.Definition { return nil }, nil
	}
	set, err := s.Fields.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	return set.Code, nil
}

// checkFields refuses a scheme by custom fields that there are not, that are out
// of use, or that are no figures; one that is hidden from the actor is none either,
// whoever asks for customers above a figure knows it after twenty questions. What
// is switched off is not looked at. Errors stand at their place:
// rules[0].all[1].metric. i18n-keys: errors.tier.field_*
func (s *Service) checkFields(ctx context.Context, sch *Scheme) error {
	return s.fieldsFit(ctx, sch, auth.From(ctx))
}

// fieldsFit is checkFields for an actor; of nil nothing is hidden: a scheme that is
// there may be run by whoever may run one.
func (s *Service) fieldsFit(ctx context.Context, sch *Scheme, actor *auth.Actor) error {
	if !slices.ContainsFunc(sch.metrics(), func(m Metric) bool { _, ok := m.field(); return ok }) {
		return nil
	}
	defs, err := s.definitions(ctx)
	if err != nil {
		return err
	}
	e, locale := errs.New(errs.Invalid, "tier.scheme_invalid"), web.Locale(ctx)
	check := func(path string, m Metric) *field.Definition {
		code, ok := m.field()
		if !ok {
			return nil
		}
		d := defs(code)
		switch {
		case d == nil || actor.Hides(string(m)):
			e.WithField(path+".metric", "tier.field_unknown", "code", code)
		case d.Retired:
			e.WithField(path+".metric", "tier.field_retired", "name", d.Name.In(locale))
		case !canGrade(d.Kind):
			e.WithField(path+".metric", "tier.field_kind", "name", d.Name.In(locale))
		default:
			return d
		}
		return nil
	}
	for i, r := range sch.Rules {
		for k, c := range slices.Concat(r.All, r.Any) {
			path := fmt.Sprintf("rules[%d].all[%d]", i, k)
			if k >= len(r.All) {
				path = fmt.Sprintf("rules[%d].any[%d]", i, k-len(r.All))
			}
			if c.Off {
				continue
			}
			d := check(path, c.Metric)
			switch {
			case d == nil || d.Kind != field.Choice:
			case c.Op != OpAtLeast && c.Op != OpAtMost:
				e.WithField(path+".op", "tier.field_choice_op", "name", d.Name.In(locale))
			case c.Value != math.Trunc(c.Value) || c.Value < 1 || c.Value > float64(len(d.Options)):
				e.WithField(path+".value", "tier.field_choice_value", "name", d.Name.In(locale), "max", len(d.Options))
			}
		}
	}
	if sch.Method == MethodScore && sch.Score != nil {
		for i, p := range sch.Score.Parts {
			for k, t := range p.Terms {
				check(fmt.Sprintf("score.parts[%d].terms[%d]", i, k), t.Metric)
			}
		}
	}
	return e.OrNil()
}

// FieldUsers names the schemes in use that go by a custom field, so that it is
// not taken from under them.
func (s *Service) FieldUsers(ctx context.Context, code string) ([]string, error) {
	dims, err := s.store.dimensions(ctx, false)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, d := range dims {
		if d.Scheme == "" {
			continue
		}
		sch, err := s.store.schemeVersion(ctx, d.Scheme, 0)
		if errs.Is(err, "tier.no_such_scheme") {
			continue
		}
		if err != nil {
			return nil, err
		}
		if sch.usesField(code) {
			out = append(out, localText(web.Locale(ctx), sch.Name))
		}
	}
	return out, nil
}

// FieldNamers names the schemes, in use or not, with a rule of audiences about a
// custom field.
func (s *Service) FieldNamers(ctx context.Context, names func(n *rule.Node) bool) ([]string, error) {
	rows, err := s.store.newestSchemes(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, r := range rows {
		conds := r.Conditions()
		for k := range conds {
			if n, err := conds[k].people(); err == nil && names(n) {
				out = append(out, localText(web.Locale(ctx), r.Name))
				break
			}
		}
	}
	return out, nil
}

// companyMetrics describes the custom fields in use that can be figures.
func (s *Service) companyMetrics(ctx context.Context) ([]MetricInfo, error) {
	if s.Fields == nil {
		return nil, nil
	}
	set, err := s.Fields.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	var out []MetricInfo
	for _, d := range set.All() {
		if !canGrade(d.Kind) || auth.Hides(ctx, field.Prefix+d.Code) {
			continue
		}
		out = append(out, metricOfField(d, web.Locale(ctx)))
	}
	return out, nil
}

func metricOfField(d *field.Definition, locale string) MetricInfo {
	out := MetricInfo{
		Metric: Metric(field.Prefix + d.Code), Name: d.Name.In(locale), Doc: i18n.T(locale, "tier.field_doc."+string(d.Kind), nil), // i18n-keys: tier.field_doc.*
		Unit: "number", Ops: []Op{OpAtLeast, OpAtMost, OpMeanMul, OpTopShare}, Field: true, UnitName: d.Unit, Retired: d.Retired, Options: []string{},
	}
	switch d.Kind {
	case field.Money:
		out.Unit, out.UnitName = "yuan", ""
	case field.Choice:
		out.Unit, out.UnitName, out.Ops = "place", "", []Op{OpAtLeast, OpAtMost}
		for i := range d.Options {
			out.Options = append(out.Options, d.Options[i].Label.In(locale))
		}
	}
	return out
}
