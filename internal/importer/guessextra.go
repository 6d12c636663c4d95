package importer

import (
	"context"
	"strings"

	"zhike/internal/field"
	"zhike/internal/platform/auth"
)

// FieldTarget is a custom field that a column may hold.
type FieldTarget struct {
	Meaning Meaning     `json:"meaning" doc:"field.<code>"`
	Name    field.Label `json:"name"`
	Section field.Label `json:"section"`
	Kind    field.Kind  `json:"kind" enum:"text,number,money,date,choice,multi_choice,reference"`
}

// fieldTargets are the custom fields in use, in their order; none for a kind of
// file that takes none.
func (s *Service) fieldTargets(ctx context.Context, k Kind) ([]FieldTarget, []*field.Definition, error) {
	if s.fields == nil || !takesExtra(k) {
		return []FieldTarget{}, nil, nil
	}
	set, err := s.fields.Definitions(ctx)
	if err != nil {
		return nil, nil, err
	}
	defs := set.Active()
	out := make([]FieldTarget, len(defs))
	for i, d := range defs {
		out[i] = FieldTarget{FieldMeaning(d.Code), d.Name, d.Section, d.Kind}
	}
	return out, defs, nil
}

// Targets are what a column of a kind of file may hold.
type Targets struct {
	Meanings []Meaning     `json:"meanings"`
	Fields   []FieldTarget `json:"fields" doc:"custom fields"`
}

// Targets tells what a column of a file of kind k may hold.
func (s *Service) Targets(ctx context.Context, k Kind) (Targets, error) {
	if err := auth.Require(ctx, PermView); err != nil {
		return Targets{}, err
	}
	fields, _, err := s.fieldTargets(ctx, k)
	return Targets{writable(ctx, Meanings(k)), writableFields(ctx, fields)}, err
}

// tagTitles are what columns of tags are called; compared folded.
var tagTitles = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("标签 客户标签 会员标签 用户标签 标签名称 tag tags label labels customertags") {
		m[foldHeader(w)] = true
	}
	return m
}()

// guess is GuessMapping with the custom fields of the company, by the titles
// they have in either language or by their codes, and with tags.
func (s *Service) guess(ctx context.Context, header []string, rows [][]string, kind Kind) (Guess, error) {
	out := GuessMapping(header, rows, kind)
	_, defs, err := s.fieldTargets(ctx, out.Mapping.Kind)
	if err != nil || !takesExtra(out.Mapping.Kind) {
		return out, err
	}
	g := guesser{header: header, keys: ColumnKeys(header), rows: rows}
	r := field.Reader{Zone: s.zone(), Now: s.clock.Now(), Order: out.Mapping.dateOrder()}
	names := map[string]*field.Definition{}
	for i := len(defs) - 1; i >= 0; i-- {
		d := defs[i]
		for _, title := range []string{d.Code, fieldPrefix + d.Code, d.Name.EN, d.Name.ZH} {
			if f := foldHeader(title); f != "" {
				names[f] = d
			}
		}
	}
	taken := map[Meaning]bool{}
	for i := range withoutErrorColumns(header) {
		c := &out.Columns[i]
		f := foldHeader(c.Title)
		if d := names[f]; d != nil && free(c.Meaning, out.Mapping.Layout) && !taken[FieldMeaning(d.Code)] {
			if fit := g.fitsField(ctx, &r, d, i); fit >= 0.3 {
				out.give(c, FieldMeaning(d.Code), 0.4+0.6*fit)
				taken[c.Meaning] = true
			}
		} else if tagTitles[f] && c.Meaning == Ignore && !taken[Tags] {
			out.give(c, Tags, 0.95)
			taken[Tags] = true
		}
	}
	return out, nil
}

// free says whether a column may go to a custom field of its title: what
// identifies a buyer, and what a layout of another system says, stays.
func free(m Meaning, layout string) bool {
	switch m {
	case Ignore:
		return true
	case Country, Province, City, District, Address, Industry, Remark, Channel, StoreName, Category, Brand, RegisteredAt:
		return layout == ""
	}
	return false
}

func (out *Guess) give(c *Column, m Meaning, confidence float64) {
	c.Meaning, c.Confidence = m, confidence
	if out.Mapping.Columns == nil {
		out.Mapping.Columns = map[string]Meaning{}
	}
	out.Mapping.Columns[c.Key] = m
}

// fitsField is the share of values that can be of a custom field.
func (g *guesser) fitsField(ctx context.Context, r *field.Reader, d *field.Definition, col int) float64 {
	vals := g.values(col)
	if len(vals) == 0 || d.Kind == field.Reference {
		return 1
	}
	n := 0
	for _, v := range vals {
		if _, err := r.Read(ctx, d, v); err == nil {
			n++
		}
	}
	return float64(n) / float64(len(vals))
}
