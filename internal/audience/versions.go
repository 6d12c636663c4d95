package audience

import (
	"context"
	"encoding/json"
	"math"
	"slices"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// Versions gives what an audience was, the newest first. Errors:
// audience.not_found, web.bad_cursor.
func (s *Service) Versions(ctx context.Context, id int64, limit int, cursor string) (web.Page[Version], error) {
	none := web.Page[Version]{}
	before := int64(math.MaxInt64)
	if err := web.DecodeCursor(cursor, &before); err != nil {
		return none, err
	}
	r, _, err := s.open(ctx, id)
	if err != nil {
		return none, err
	}
	rows, err := s.store.versions(ctx, id, before, limit+1)
	if err != nil {
		return none, err
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = web.EncodeCursor(rows[limit-1].version)
	}
	authors := make([]int64, len(rows))
	for i := range rows {
		authors[i] = rows[i].authorID
	}
	names, err := s.people(ctx, authors)
	if err != nil {
		return none, err
	}
	items := make([]Version, len(rows))
	for i := range rows {
		if items[i], err = rows[i].view(names, r.version); err != nil {
			return none, err
		}
	}
	return web.NewPage(items, next, nil), nil
}

// read is that of an audience.
func (v *versionRow) read() (*rule.Node, error) {
	r := row{rule: v.rule, format: v.format}
	n, err := r.read()
	v.rule, v.format = r.rule, r.format
	return n, err
}

func (v *versionRow) view(names map[int64]string, current int64) (Version, error) {
	n, err := v.read()
	return Version{Version: v.version, Name: v.name, Description: v.description, Conditions: n.Count(), Note: v.note,
		Author: Person{v.authorID, names[v.authorID]}, CreatedAt: v.createdAt, Current: v.version == current}, err
}

// Version gives one version and what it changed. Error: audience.no_version.
func (s *Service) Version(ctx context.Context, id, version int64) (out FullVersion, err error) {
	ctx = told(ctx)
	r, _, err := s.open(ctx, id)
	if err != nil {
		return out, err
	}
	rows, err := s.pair(ctx, id, version)
	if err != nil {
		return out, err
	}
	names, err := s.people(ctx, []int64{rows[0].authorID})
	if err != nil {
		return out, err
	}
	if out.Version, err = rows[0].view(names, r.version); err != nil {
		return out, err
	}
	n, err := rows[0].read()
	if err != nil {
		return out, err
	}
	out.Rule, out.Differences = raw(rows[0].rule), []Difference{}
	if out.Sentence, err = s.say(ctx, n); err != nil || len(rows) == 1 {
		return out, err
	}
	if rows[1].name != rows[0].name {
		out.NameBefore = &rows[1].name
	}
	if rows[1].description != rows[0].description {
		out.TextBefore = &rows[1].description
	}
	before, err := rows[1].read()
	if err != nil {
		return out, err
	}
	out.Differences, err = s.differences(ctx, before, n)
	return out, err
}

// pair reads a version and the one before it, where there is one.
func (s *Service) pair(ctx context.Context, id, version int64) ([]versionRow, error) {
	rows, err := s.store.versions(ctx, id, version+1, 2)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || rows[0].version != version {
		return nil, errs.New(errs.NotFound, "audience.no_version", "version", version)
	}
	return rows, nil
}

// RestoreVersion makes rule, name and description what they were in a version;
// seen is the version that the actor sees now. Errors: those of Update,
// audience.no_version.
func (s *Service) RestoreVersion(ctx context.Context, id, seen, version int64) (Full, error) {
	rows, err := s.pair(ctx, id, version)
	if err != nil {
		return Full{}, err
	}
	v := &rows[0]
	if _, err := v.read(); err != nil {
		return Full{}, err
	}
	p := Patch{Name: &v.name, Description: &v.description, Note: s.t(ctx, "audience.restored", map[string]any{"version": version})}
	if v.rule != "" {
		p.Rule = json.RawMessage(v.rule)
	}
	return s.Update(ctx, id, seen, p)
}

// differences tells what one rule has and another has not, as sentences.
func (s *Service) differences(ctx context.Context, before, after *rule.Node) ([]Difference, error) {
	out := []Difference{}
	for _, c := range compare(before, after) {
		d := Difference{Kind: "changed", Path: c.path}
		var err error
		if c.before == nil {
			d.Kind = "added"
		} else if d.Before, err = s.say(ctx, c.before); err != nil {
			return nil, err
		}
		if c.after == nil {
			d.Kind = "removed"
		} else if d.After, err = s.say(ctx, c.after); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// contrast is a part of a rule before and after; one of them may be nil. path
// is the place in the rule that has it.
type contrast struct {
	path          string
	before, after *rule.Node
}

// compare finds the smallest parts in which two rules differ. The order in a
// group says nothing and is no difference.
func compare(before, after *rule.Node) (out []contrast) {
	if before.Empty() || after.Empty() {
		if !before.Empty() {
			out = append(out, contrast{"rule", before, nil})
		}
		if !after.Empty() {
			out = append(out, contrast{"rule", nil, after})
		}
		return out
	}
	differ(before, after, "rule", "rule", &out)
	return out
}

func differ(a, b *rule.Node, pathA, pathB string, out *[]contrast) {
	switch {
	case text(a) == text(b):
	case a.Not != nil && b.Not != nil:
		differ(a.Not, b.Not, pathA+".not", pathB+".not", out)
	case a.All != nil && b.All != nil:
		differGroups(a.All, b.All, pathA, pathB, "all", out)
	case a.Any != nil && b.Any != nil:
		differGroups(a.Any, b.Any, pathA, pathB, "any", out)
	// A condition that got company is still there.
	case a.Leaf() && b.All != nil:
		differGroups([]rule.Node{*a}, b.All, pathA, pathB, "all", out)
	case a.All != nil && b.Leaf():
		differGroups(a.All, []rule.Node{*b}, pathA, pathB, "all", out)
	default:
		*out = append(*out, contrast{pathB, a, b})
	}
}

// differGroups takes equal parts off, pairs those about the same thing, and
// names the rest.
func differGroups(a, b []rule.Node, pathA, pathB, group string, out *[]contrast) {
	left := make([]int, 0, len(a))
	taken := make([]bool, len(b))
	pick := func(i int, same func(x, y *rule.Node) bool) int {
		k := slices.IndexFunc(indexes(len(b)), func(k int) bool { return !taken[k] && same(&a[i], &b[k]) })
		if k >= 0 {
			taken[k] = true
		}
		return k
	}
	for i := range a {
		if pick(i, func(x, y *rule.Node) bool { return text(x) == text(y) }) < 0 {
			left = append(left, i)
		}
	}
	for _, i := range left {
		if k := pick(i, func(x, y *rule.Node) bool { return topic(x) == topic(y) }); k >= 0 {
			differ(&a[i], &b[k], rule.At(pathA, group, i), rule.At(pathB, group, k), out)
		} else {
			*out = append(*out, contrast{rule.At(pathA, group, i), &a[i], nil})
		}
	}
	for k := range b {
		if !taken[k] {
			*out = append(*out, contrast{rule.At(pathB, group, k), nil, &b[k]})
		}
	}
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// text is one form for equal parts.
func text(n *rule.Node) string { return string(encode(n)) }

// topic says what a part is about: the same field with another value is a
// change, another field is not.
func topic(n *rule.Node) string {
	switch {
	case n.All != nil:
		return "all"
	case n.Any != nil:
		return "any"
	case n.Not != nil:
		return "not"
	case n.Facts != nil:
		return "facts " + n.Facts.Stream + " " + n.Facts.Agg + " " + n.Facts.Of
	case n.Sequence != nil:
		return "sequence " + n.Sequence.First.Stream + " " + n.Sequence.Then.Stream
	case n.Relative != nil && n.Relative.Facts != nil:
		return "relative facts " + n.Relative.Facts.Stream
	case n.Relative != nil:
		return "relative " + n.Relative.Field
	case n.Sample != nil:
		return "sample"
	}
	return "field " + n.Field
}
