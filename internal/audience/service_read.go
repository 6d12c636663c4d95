package audience

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// people gives the names of staff.
func (s *Service) people(ctx context.Context, ids []int64) (map[int64]string, error) {
	ids = slices.DeleteFunc(ids, func(id int64) bool { return id == 0 })
	if len(ids) == 0 || s.Names == nil {
		return nil, nil
	}
	slices.Sort(ids)
	return s.Names(ctx, slices.Compact(ids))
}

// seesAll says whether the reader may know figures of the whole company.
func seesAll(ctx context.Context) bool {
	a := auth.From(ctx)
	return a != nil && a.Scope == auth.ScopeAll
}

func (r *row) item(ctx context.Context, names map[int64]string) Item {
	it := Item{ID: r.id, Version: r.version, Name: r.name, Description: r.description, Kind: r.kind, Preset: r.preset, Followed: r.followed,
		Owner: Person{r.ownerID, names[r.ownerID]}, TookMillis: r.tookMillis, CreatedAt: r.createdAt, UpdatedAt: r.updatedAt}
	if r.archivedAt != 0 {
		it.ArchivedAt = &r.archivedAt
	}
	if r.evaluatedAt != 0 && seesAll(ctx) && r.size >= 0 {
		it.Size, it.EvaluatedAt = &r.size, &r.evaluatedAt
	}
	return it
}

// List gives a page of audiences. Errors: web.bad_sort, web.bad_cursor.
func (s *Service) List(ctx context.Context, in *listInput) (web.Page[Item], error) {
	var none web.Page[Item]
	by, desc, err := web.ParseSort(in.Sort, "name", "name", "updated_at", "created_at", "size")
	if err != nil {
		return none, err
	}
	var after int64
	if err := web.DecodeCursor(in.Cursor, &after); err != nil {
		return none, err
	}
	all, err := s.store.heads(ctx)
	if err != nil {
		return none, err
	}
	query, text := clean.FoldQuery(in.Text), fold(in.Text)
	all = slices.DeleteFunc(all, func(r row) bool {
		return in.Kind != "" && string(r.kind) != in.Kind || in.Owner != 0 && r.ownerID != in.Owner ||
			in.Archived != "all" && (in.Archived == "yes") != (r.archivedAt != 0) || text != "" && !r.matches(text, query)
	})
	slices.SortStableFunc(all, func(a, b row) int {
		k := cmp.Or(compareBy(by, &a, &b), cmp.Compare(a.id, b.id))
		if desc {
			k = -k
		}
		return k
	})
	total := int64(len(all))
	if after != 0 {
		i := slices.IndexFunc(all, func(r row) bool { return r.id == after })
		if i < 0 {
			return none, errs.New(errs.Invalid, "invalid").WithField("cursor", "web.bad_cursor")
		}
		all = all[i+1:]
	}
	limit := cmp.Or(in.Limit, 50)
	next := ""
	if len(all) > limit {
		all = all[:limit]
		next = web.EncodeCursor(all[limit-1].id)
	}
	items, err := s.items(ctx, all)
	return web.NewPage(items, next, &total), err
}

// compareBy compares two audiences by a column of the list.
func compareBy(by string, a, b *row) int {
	switch by {
	case "updated_at":
		return cmp.Compare(a.updatedAt, b.updatedAt)
	case "created_at":
		return cmp.Compare(a.createdAt, b.createdAt)
	case "size":
		return cmp.Compare(a.size, b.size)
	}
	return strings.Compare(a.fold, b.fold)
}

// matches says whether a typed text is in the name or description, or begins
// the pinyin or initials of the name.
func (r *row) matches(text string, query []string) bool {
	if strings.Contains(r.fold, text) || strings.Contains(fold(r.description), text) {
		return true
	}
	terms := clean.FoldSearch(r.name)
	for _, q := range query {
		if !slices.ContainsFunc(terms, func(t string) bool { return strings.HasPrefix(t, q) }) {
			return false
		}
	}
	return len(query) > 0
}

// problems are what keeps a rule from telling members: one for each condition
// that does not compile for the reader, or what the follower met.
func (s *Service) problems(ctx context.Context, p *customer.Planner, r *row, n *rule.Node) ([]Problem, error) {
	if n == nil {
		return nil, nil
	}
	out, err := s.faults(ctx, p, n)
	if len(out) == 0 && r != nil && r.problem != "" {
		out = append(out, Problem{Code: r.problem, Path: "rule", Message: s.t(ctx, "errors."+r.problem, nil)})
	}
	return out, err
}

// faults are the conditions of a rule that do not compile for the reader.
func (s *Service) faults(ctx context.Context, p *customer.Planner, n *rule.Node) (out []Problem, err error) {
	_, whole := p.Plan(n)
	if whole == nil {
		return nil, nil
	}
	if e := errs.From(whole); e.Kind != errs.Invalid && e.Kind != errs.Forbidden {
		return nil, whole
	}
	_ = n.Walk("rule", func(leaf *rule.Node, path string) error {
		if !leaf.Leaf() {
			return nil
		}
		_, e := p.Plan(leaf)
		if e == nil {
			return nil
		}
		for _, p := range s.told(ctx, e) {
			p.Path = path + strings.TrimPrefix(p.Path, "rule")
			out = append(out, p)
		}
		return nil
	})
	if len(out) == 0 {
		out = s.told(ctx, whole) // of the whole, such as audiences too deep in each other
	}
	return out, nil
}

// everyFault is an error of a question with the faults of all conditions, where
// compiling ended at the first. Errors that are not of the rule stay.
func (s *Service) everyFault(ctx context.Context, n *rule.Node, err error) error {
	e := errs.From(err)
	if n == nil || len(e.Fields) == 0 || e.Kind != errs.Invalid && e.Kind != errs.Forbidden {
		return err
	}
	p, failed := s.Customers.Planner(ctx)
	if failed != nil {
		return err
	}
	var fields []errs.Field
	_ = n.Walk("rule", func(leaf *rule.Node, path string) error {
		if !leaf.Leaf() {
			return nil
		}
		if _, fault := p.Plan(leaf); fault != nil {
			for _, f := range errs.From(fault).Fields {
				f.Path = path + strings.TrimPrefix(f.Path, "rule")
				fields = append(fields, f)
			}
		}
		return nil
	})
	if len(fields) <= len(e.Fields) {
		return err
	}
	all := *e
	all.Fields = fields
	return &all
}

// told gives an error of compiling as problems, in the reader's language.
func (s *Service) told(ctx context.Context, err error) (out []Problem) {
	e := errs.From(err)
	for _, f := range e.Fields {
		out = append(out, Problem{Code: f.Code, Path: f.Path, Message: s.t(ctx, "errors."+f.Code, f.Params)})
	}
	if len(out) == 0 {
		out = append(out, Problem{Code: e.Code, Path: "rule", Message: s.t(ctx, "errors."+e.Code, e.Params)})
	}
	return out
}

// warnings are what is wrong in a rule though it can be answered: custom fields
// that were retired.
func (s *Service) warnings(ctx context.Context, n *rule.Node) ([]Problem, error) {
	out := []Problem{}
	if n == nil {
		return out, nil
	}
	retired, err := s.Customers.RetiredFields(ctx)
	if err != nil || len(retired) == 0 {
		return out, err
	}
	for _, m := range n.Mentions("rule") {
		if name, ok := retired[m.Name]; ok && m.Kind == rule.NamesField {
			out = append(out, Problem{Code: "rule.field_retired", Path: m.Path, Message: s.t(ctx, "errors.rule.field_retired", map[string]any{"field": name})})
		}
	}
	return out, nil
}

// Get gives one audience with its rule. Error: audience.not_found.
func (s *Service) Get(ctx context.Context, id int64) (Full, error) {
	r, n, err := s.open(ctx, id)
	if err != nil {
		return Full{}, err
	}
	names, err := s.people(ctx, []int64{r.ownerID})
	if err != nil {
		return Full{}, err
	}
	out := Full{Item: r.item(ctx, names), Rule: raw(r.rule), Problems: []Problem{}}
	out.Conditions = n.Count()
	planner, err := s.Customers.Planner(ctx)
	if err != nil {
		return Full{}, err
	}
	if out.Problems, err = s.problems(ctx, planner, r, n); err != nil {
		return Full{}, err
	}
	if len(out.Problems) > 0 {
		out.Problem = &out.Problems[0]
	}
	warnings, err := s.warnings(ctx, n)
	if err != nil {
		return Full{}, err
	}
	out.Problems = append(warnings, out.Problems...)
	uses, err := s.uses(ctx, []int64{id})
	if err != nil {
		return Full{}, err
	}
	out.UsedBy = len(uses[id])
	changes, err := s.changesOf(ctx, []row{*r})
	if err != nil {
		return Full{}, err
	}
	out.Change = changes[id]
	if n != nil {
		out.Sentence, err = s.say(ctx, n)
	}
	return out, err
}

// open reads an audience with its rule, nil of a list.
func (s *Service) open(ctx context.Context, id int64) (*row, *rule.Node, error) {
	r, err := s.store.get(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if r == nil {
		return nil, nil, notFound()
	}
	n, err := r.read()
	return r, n, err
}

// raw is a stored rule as JSON has it.
func raw(text string) json.RawMessage {
	if text == "" {
		return json.RawMessage("null")
	}
	return json.RawMessage(text)
}

// entries is where static lists stand.
var entries = rule.Set{Table: "audience_entries", Customer: "customer_id", Key: "audience_id"}

// Audience gives what rules need to know of an audience, archived ones too.
// Error: rule.unknown_audience.
func (s *Service) Audience(ctx context.Context, id int64) (*rule.Audience, error) {
	r, err := s.lookUp(ctx, id)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, errs.New(errs.Invalid, "rule.unknown_audience")
	}
	a := &rule.Audience{ID: id, Name: r.name}
	if r.kind == Static {
		a.Static = &entries
		return a, nil
	}
	a.Rule, err = r.read()
	return a, err
}

// InUse gives all audiences that are not archived, by name.
func (s *Service) InUse(ctx context.Context) ([]Item, error) {
	rows, err := s.store.inUse(ctx, maxAudiences)
	if err != nil {
		return nil, err
	}
	return s.items(ctx, rows)
}
