package customer

import (
	"cmp"
	"context"
	"slices"
	"strings"

	custom "zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// FieldOption is a value that a field can have.
type FieldOption struct {
	Value   string `json:"value"`
	Label   string `json:"label"`
	Tone    int    `json:"tone,omitempty" doc:"One of the fixed colours"`
	Retired bool   `json:"retired,omitempty" doc:"Kept where customers have it, no longer given"`
}

// FieldInfo is what lists can do with one field of a customer.
type FieldInfo struct {
	Code  string `json:"code"`
	Label string `json:"label"`
	Group string `json:"group" enum:"record,figures,level,tags,custom,quality,relations,audiences"`
	// Type says how values look and are entered.
	Type       string        `json:"type" enum:"text,number,money,date,time,bool,choice,multi_choice,reference,staff,department,region,source,level,tags,birthday,issue,relation,audience" doc:"money is in 分, date a day in company time, time unix ms"`
	Operators  []string      `json:"operators" doc:"Empty: lists cannot be filtered by it"`
	Options    []FieldOption `json:"options"`
	Unit       string        `json:"unit"`
	Scale      int           `json:"scale" doc:"Decimals of a number"`
	Target     string        `json:"target" enum:"customer,staff," doc:"What a reference points to"`
	Column     bool          `json:"column" doc:"Can be a column of lists and exports"`
	Sortable   bool          `json:"sortable"`
	Groupable  bool          `json:"groupable" doc:"A board can have a column for each value"`
	Editable   bool          `json:"editable" doc:"A bulk edit can set it"`
	Width      int           `json:"width" doc:"Of a column, in pixels"`
	Required   bool          `json:"required"`
	Definition int64         `json:"field_id" doc:"Of a custom field; 0 of others"`
}

// ListFields gives the catalogue of fields: what lists can be filtered, sorted
// and grouped by, show, and edit.
// i18n-keys: list.field.*, list.relation.*, customer.kind.*, customer.gender.*, customer.stage.*, record.education.*, record.channel.*, quality.rule.*
func (s *Service) ListFields(ctx context.Context) (web.List[FieldInfo], error) {
	none := web.NewList[FieldInfo](nil)
	c, err := s.compiler(ctx)
	if err != nil {
		return none, err
	}
	locale := web.Locale(ctx)
	text := func(key string) string { return s.Texts.T(locale, key, nil) }
	out := make([]FieldInfo, 0, len(builtinFields)+16)
	for i := range builtinFields {
		f := &builtinFields[i]
		if c.mayShow(f) != nil || f.code == audienceField && s.Rules == nil || f.code == LifecycleField && s.Lifecycle == nil {
			continue
		}
		info := f.info()
		info.Editable = info.Editable && MayEdit(ctx, "", recordName(f.code)) == nil
		info.Label = text(f.label)
		for _, code := range f.codes {
			info.Options = append(info.Options, FieldOption{Value: code, Label: text(f.words + code)})
		}
		switch f.code {
		case "level":
			for _, l := range sortedLevels(c.run) {
				info.Options = append(info.Options, FieldOption{Value: l.Code, Label: l.Name})
			}
		case LifecycleField:
			stages, err := s.lifecycleStages(ctx)
			if err != nil {
				return none, err
			}
			for _, st := range stages {
				info.Options = append(info.Options, FieldOption{Value: st.Code, Label: st.Name, Tone: st.Tone})
			}
		case "issue":
			for _, is := range s.Issues {
				if auth.Hides(ctx, is.Fields...) {
					continue
				}
				info.Options = append(info.Options, FieldOption{Value: is.Code, Label: text("quality.rule." + is.Code)})
			}
		case "source":
			sources, err := s.store.sources(ctx)
			if err != nil {
				return none, err
			}
			for _, src := range sources {
				info.Options = append(info.Options, FieldOption{Value: num(src.ID), Label: SourceName(web.Locale(ctx), src.Code, src.Name)})
			}
		}
		out = append(out, info)
	}
	dimensions, err := s.dimensions(ctx)
	if err != nil {
		return none, err
	}
	for _, d := range dimensions {
		f := levelField(d)
		if c.mayShow(f) != nil {
			continue
		}
		run, err := c.runOf(d.Code)
		if err != nil {
			return none, err
		}
		info := f.info()
		info.Label = d.Name
		for _, l := range sortedLevels(run) {
			info.Options = append(info.Options, FieldOption{Value: l.Code, Label: l.Name})
		}
		out = append(out, info)
	}
	set, err := c.custom()
	if err != nil {
		return none, err
	}
	for _, d := range set.All() {
		f := customField(d)
		if c.mayShow(f) != nil {
			continue
		}
		info := f.info()
		info.Editable = info.Editable && MayEdit(ctx, "", f.code) == nil
		info.Label, info.Unit, info.Scale, info.Target = d.Name.In(locale), d.Unit, d.Scale, d.Target
		info.Required, info.Definition = d.Required, d.ID
		for i := range d.Options {
			o := &d.Options[i]
			info.Options = append(info.Options, FieldOption{Value: o.Code, Label: o.Label.In(locale), Tone: o.Tone, Retired: o.Retired})
		}
		out = append(out, info)
	}
	return web.NewList(out), nil
}

func (f *listField) info() FieldInfo {
	info := FieldInfo{
		Code: f.code, Group: f.group, Type: f.typ, Operators: f.ops, Options: []FieldOption{}, Column: f.column,
		Sortable: f.sortable(), Groupable: f.grouped, Editable: f.bulk, Width: f.width, Unit: f.unit, Scale: f.scale,
	}
	if info.Operators == nil {
		info.Operators = []string{}
	}
	return info
}

func sortedLevels(run *LevelRun) []Level {
	var out []Level
	for _, l := range run.Levels {
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b Level) int { return cmp.Compare(a.Rank, b.Rank) })
	return out
}

// title is the name of a field in a language.
func (s *Service) title(f *listField, locale string) string {
	switch {
	case f.def != nil:
		return f.def.Name.In(locale)
	case f.name != "":
		return f.name
	}
	return s.Texts.T(locale, f.label, nil)
}

// listColumns gives the fields of columns.
func (s *Service) listColumns(ctx context.Context, codes []string) ([]*listField, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	if len(codes) > maxColumns {
		return nil, badFilter("columns", "list.too_many_columns", "max", maxColumns)
	}
	c := &compiler{ctx: ctx, s: s}
	var out []*listField
	for _, code := range codes {
		f, err := c.listField(code)
		if err != nil {
			return nil, err
		}
		if f == nil || !f.column {
			return nil, badFilter("columns", "list.unknown_field", "field", rule.Shortened(code))
		}
		if !slices.ContainsFunc(out, func(o *listField) bool { return o.code == f.code }) {
			out = append(out, f)
		}
	}
	return out, nil
}

// maxColumns bounds the columns of a list.
const maxColumns = 60

// splitCodes reads codes separated by commas.
func splitCodes(text string) []string {
	var out []string
	for code := range strings.SplitSeq(text, ",") {
		if code = strings.TrimSpace(code); code != "" {
			out = append(out, code)
		}
	}
	return out
}

// isCustom says whether a field is one that the company defined.
func (f *listField) isCustom(kind custom.Kind) bool { return f.def != nil && f.def.Kind == kind }
