package audience

import (
	"context"
	"slices"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/rule"
)

// Operators of conditions on facts, by what they compare.
var (
	dimensionOps = []string{"in", "not_in"}
	measureOps   = []string{"eq", "gt", "gte", "lt", "lte", "between"}
	relativeOps  = []string{"top_percent", "bottom_percent", "top", "bottom", "gt", "gte", "lt", "lte"}
	windowUnits  = []string{"day", "week", "month", "quarter", "year"}
)

// maxWithin bounds the days between the facts of a sequence.
const maxWithin = 3660

// aggregates are what can be made of facts; their operators are the language's.
var aggregates = func() []AggregateInfo {
	list := []AggregateInfo{
		{Code: "count", Of: "none", Result: "number"},
		{Code: "sum", Of: "measure", Result: "measure"},
		{Code: "avg", Of: "measure", Result: "measure"},
		{Code: "min", Of: "measure", Result: "measure"},
		{Code: "max", Of: "measure", Result: "measure"},
		{Code: "distinct", Of: "dimension", Result: "number"},
		{Code: "first", Of: "none_or_dimension", Result: "day_or_dimension"},
		{Code: "last", Of: "none_or_dimension", Result: "day_or_dimension"},
		{Code: "days_since", Of: "none", Result: "days"},
		{Code: "days_since_first", Of: "none", Result: "days"},
		{Code: "next", Of: "none", Result: "day"},
	}
	for i := range list {
		a := &list[i]
		if a.Operators = rule.Operators(a.Code, false); a.Result == "day_or_dimension" {
			a.Words = rule.Operators(a.Code, true)
		}
	}
	return list
}()

// Catalogue gives what a builder of rules needs, in the reader's language and
// without what the reader's role hides.
// i18n-keys: audience.agg.*, audience.unit.*, audience.relative.*
func (s *Service) Catalogue(ctx context.Context) (Catalogue, error) {
	out := Catalogue{Fields: []customer.FieldInfo{}, Streams: []StreamInfo{}, DimensionOperators: dimensionOps, MeasureOperators: measureOps,
		Columns: s.Columns != nil, Aggregates: slices.Clone(aggregates)}
	fields, err := s.Customers.ListFields(ctx)
	if err != nil {
		return out, err
	}
	if out.PastFields, err = s.Customers.PastFields(ctx); err != nil {
		return out, err
	}
	if out.AtFields, err = s.Customers.AtFields(ctx); err != nil {
		return out, err
	}
	for _, f := range fields.Items {
		if len(f.Operators) > 0 {
			out.Fields = append(out.Fields, f)
		}
	}
	for i := range out.Aggregates {
		a := &out.Aggregates[i]
		a.Label = s.t(ctx, "audience.agg."+a.Code, nil)
		if a.Words == nil {
			a.Words = []string{}
		}
	}
	for _, op := range relativeOps {
		out.RelativeOperators = append(out.RelativeOperators, Choice{op, s.t(ctx, "audience.relative."+op, nil)})
	}
	for _, u := range windowUnits {
		out.WindowUnits = append(out.WindowUnits, Choice{u, s.t(ctx, "audience.unit."+u, nil)})
	}
	for _, st := range s.Streams.All() {
		if st.Access != "" && auth.Hides(ctx, st.Access) {
			continue
		}
		out.Streams = append(out.Streams, s.stream(ctx, st))
	}
	out.Limits = LimitInfo{Depth: rule.RuleLimits.Depth, Conditions: rule.RuleLimits.Conditions, Bytes: rule.RuleLimits.Bytes,
		Values: rule.MaxValues, Text: rule.MaxText, Days: rule.MaxDays, Within: maxWithin, Audiences: maxAudiences}
	out.AsOf, err = s.Customers.Today(ctx)
	return out, err
}

func (s *Service) stream(ctx context.Context, st *rule.Stream) StreamInfo {
	info := StreamInfo{Code: st.Code, Label: s.t(ctx, st.Label, nil), Counted: st.Counted != "", Measures: []MeasureInfo{}, Dimensions: []DimensionInfo{}}
	for _, m := range st.Measures {
		if m.Access == "" || !auth.Hides(ctx, m.Access) {
			info.Measures = append(info.Measures, MeasureInfo{m.Code, s.t(ctx, m.Label, nil), m.Type})
		}
	}
	for _, d := range st.Dimensions {
		di := DimensionInfo{Code: d.Code, Label: s.t(ctx, d.Label, nil), Options: []Choice{}}
		keys := make([]int64, 0, len(d.Codes))
		for k := range d.Codes {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			di.Options = append(di.Options, Choice{d.Codes[k], s.t(ctx, d.Words+d.Codes[k], nil)})
		}
		info.Dimensions = append(info.Dimensions, di)
	}
	return info
}
