package audience

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"zhike/internal/customer"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// Values suggests values that contain a text, those that begin with it first,
// then by how many have them: of a field customers within the actor's scope, of
// a dimension of facts the facts of the whole company, up to some minutes old.
// Names of people and companies are not suggested. Errors: list.unknown_field,
// customer.field_hidden, rule.no_values, rule.unknown_stream, rule.unknown_dimension.
func (s *Service) Values(ctx context.Context, in ValuesIn) (web.List[Suggestion], error) {
	var all []Suggestion
	var err error
	switch {
	case (in.Field == "") == (in.Stream == ""):
		return web.List[Suggestion]{}, errs.New(errs.Invalid, "invalid").WithField("field", "rule.field_or_stream")
	case in.Field != "":
		all, err = s.fieldValues(ctx, in.Field)
	default:
		all, err = s.factValues(ctx, in.Stream, in.Dimension)
	}
	if err != nil {
		if e := errs.From(err); len(e.Fields) == 0 && e.Kind == errs.Invalid {
			path := "field"
			if in.Stream != "" {
				path = "dimension"
			}
			out := errs.New(errs.Invalid, "invalid")
			out.Fields = []errs.Field{{Path: path, Code: e.Code, Params: e.Params}}
			err = out
		}
		return web.List[Suggestion]{}, err
	}
	return web.NewList(suggested(all, in.Text, in.Limit)), nil
}

// suggested keeps what contains a text, whatever its width and case.
func suggested(all []Suggestion, text string, limit int) []Suggestion {
	text = fold(text)
	type ranked struct {
		Suggestion
		begins bool
		count  int64
	}
	var list []ranked
	for _, v := range all {
		label := fold(v.Label)
		if !strings.Contains(label, text) {
			continue
		}
		r := ranked{Suggestion: v, begins: strings.HasPrefix(label, text)}
		if v.Count != nil {
			r.count = *v.Count
		}
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b ranked) int {
		if a.begins != b.begins {
			if a.begins {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.Label, b.Label), cmp.Compare(a.Value, b.Value))
	})
	out := make([]Suggestion, 0, min(len(list), limit))
	for i := range list[:min(len(list), limit)] {
		out = append(out, list[i].Suggestion)
	}
	return out
}

// fieldValues are the options of a field, or the words that customers have.
func (s *Service) fieldValues(ctx context.Context, code string) ([]Suggestion, error) {
	counts, counted, err := s.Customers.ValueCounts(ctx, code)
	if err != nil {
		return nil, err
	}
	count := func(value string) *int64 {
		if !counted {
			return nil
		}
		n := counts[value]
		return &n
	}
	fields, err := s.Customers.ListFields(ctx)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(fields.Items, func(f customer.FieldInfo) bool { return f.Code == code })
	if at < 0 {
		return nil, errs.New(errs.Invalid, "list.unknown_field", "field", rule.Shortened(code))
	}
	var out []Suggestion
	if f := &fields.Items[at]; len(f.Options) > 0 {
		for _, o := range f.Options {
			if n := count(o.Value); !o.Retired || n != nil && *n > 0 {
				out = append(out, Suggestion{Value: o.Value, Label: o.Label, Count: n})
			}
		}
		return out, nil
	}
	if code == "tags" {
		c, err := s.Customers.Tags.Catalogue(ctx)
		if err != nil {
			return nil, err
		}
		for i := range c.Tags {
			if t := &c.Tags[i]; t.MergedInto == 0 {
				id := num(t.ID)
				out = append(out, Suggestion{Value: id, Label: t.Name, Count: count(id)})
			}
		}
		return out, nil
	}
	for word, n := range counts {
		out = append(out, Suggestion{Value: word, Label: word, Count: &n})
	}
	return out, nil
}

const (
	// factsTime is how long the facts of a stream may be counted.
	factsTime = 5 * time.Second
	// factsFor is how long their values are kept.
	factsFor = 10 * time.Minute
	// maxFactValues bounds the values of a dimension, those that most facts have.
	maxFactValues = 5000
)

// factWords are the values of dimensions that were asked for, kept for a while.
type factWords struct {
	mu   sync.Mutex
	kept map[string]factValues
	busy map[string]chan struct{}
}

type factValues struct {
	list  []Suggestion
	until time.Time
}

// factValues are the words of a dimension, with the number of facts where those
// could be counted in time.
func (s *Service) factValues(ctx context.Context, stream, dimension string) ([]Suggestion, error) {
	st := s.Streams.Get(stream)
	if st == nil {
		return nil, errs.New(errs.Invalid, "rule.unknown_stream", "stream", rule.Shortened(stream), "streams", s.Streams.Codes())
	}
	if st.Access != "" {
		if err := customer.Shows(ctx, st.Access); err != nil {
			return nil, err
		}
	}
	d := st.Dimension(dimension)
	if d == nil {
		return nil, errs.New(errs.Invalid, "rule.unknown_dimension", "fields", st.Codes(false, true))
	}
	list, err := s.words.get(ctx, s.Clock.Now, st.Code+" "+d.Code, func(ctx context.Context) ([]Suggestion, error) { return s.store.factWords(ctx, st, d) })
	if err != nil || d.Codes == nil {
		return list, err
	}
	// The codes have names, and those that no fact has are there, too.
	counts := map[string]*int64{}
	for i := range list {
		counts[list[i].Value] = list[i].Count
	}
	out := make([]Suggestion, 0, len(d.Codes))
	for no, code := range d.Codes {
		out = append(out, Suggestion{Value: code, Label: s.t(ctx, d.Words+code, nil), Count: counts[num(no)]})
	}
	return out, nil
}

// get gives what is kept under a key, or asks; whoever comes meanwhile waits for
// the same answer.
func (w *factWords) get(ctx context.Context, now func() time.Time, key string, ask func(ctx context.Context) ([]Suggestion, error)) ([]Suggestion, error) {
	for {
		w.mu.Lock()
		if k, ok := w.kept[key]; ok && now().Before(k.until) {
			w.mu.Unlock()
			return k.list, nil
		}
		busy := w.busy[key]
		if busy == nil {
			break
		}
		w.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if w.kept == nil {
		w.kept, w.busy = map[string]factValues{}, map[string]chan struct{}{}
	}
	done := make(chan struct{})
	w.busy[key] = done
	w.mu.Unlock()
	list, err := ask(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.busy, key)
	close(done)
	if err == nil {
		w.kept[key] = factValues{list, now().Add(factsFor)}
	}
	return list, err
}
