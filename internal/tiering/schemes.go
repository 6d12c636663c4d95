package tiering

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strconv"
	"sync"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// maxSchemes bounds the schemes of a company.
const maxSchemes = 200

// DefaultScheme is the scheme whose levels lists show until another is chosen.
const DefaultScheme = "value-rules"

// SchemeView is one version of a scheme.
type SchemeView struct {
	Scheme    *Scheme  `json:"scheme"`
	Version   int      `json:"version"`
	CreatedBy int64    `json:"created_by" doc:"Staff id; 0 where the program made it"`
	CreatedAt int64    `json:"created_at" doc:"Unix milliseconds"`
	Shipped   bool     `json:"shipped" doc:"Came with the program, under this code"`
	Default   bool     `json:"default" doc:"Lists show its levels"`
	LastRun   *RunView `json:"last_run" doc:"Newest finished run, without its summary; null without one"`
}

// Change is one difference between two versions.
type Change struct {
	Path   string `json:"path"`
	Before any    `json:"before"`
	After  any    `json:"after"`
}

// EnsureShipped stores the schemes that come with the program where they are
// missing. It may run at every start and in several processes at once.
func (s *Service) EnsureShipped(ctx context.Context) error {
	for _, sch := range Shipped() {
		if _, err := s.store.schemeVersion(ctx, sch.Code, 0); !errs.Is(err, "tier.no_such_scheme") {
			if err != nil {
				return err
			}
			continue
		}
		err := s.DB.InTx(ctx, func(ctx context.Context) error {
			return s.store.insertScheme(ctx, &schemeRow{Version: 1, CreatedAt: s.now(), Scheme: sch})
		})
		if err != nil && !db.IsUnique(err) {
			return err
		}
	}
	return nil
}

// Schemes lists the newest version of every scheme.
func (s *Service) Schemes(ctx context.Context) ([]SchemeView, error) {
	rows, err := s.store.newestSchemes(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]SchemeView, len(rows))
	for i, r := range rows {
		if out[i], err = s.schemeView(ctx, r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Scheme reads a version of a scheme, the newest for 0. Error: tier.no_such_scheme.
func (s *Service) Scheme(ctx context.Context, code string, version int) (SchemeView, error) {
	r, err := s.store.schemeVersion(ctx, code, version)
	if err != nil {
		return SchemeView{}, err
	}
	return s.schemeView(ctx, r)
}

// SchemeVersions lists up to 200 versions, newest first. Error: tier.no_such_scheme.
func (s *Service) SchemeVersions(ctx context.Context, code string) ([]SchemeView, error) {
	rows, err := s.store.schemeVersions(ctx, code)
	if err == nil && len(rows) == 0 {
		err = errs.New(errs.NotFound, "tier.no_such_scheme")
	}
	if err != nil {
		return nil, err
	}
	out := make([]SchemeView, len(rows))
	for i, r := range rows {
		out[i] = SchemeView{Scheme: r.Scheme, Version: r.Version, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt}
	}
	return out, nil
}

func (s *Service) schemeView(ctx context.Context, r *schemeRow) (SchemeView, error) {
	v := SchemeView{Scheme: r.Scheme, Version: r.Version, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt}
	for _, sh := range Shipped() {
		v.Shipped = v.Shipped || sh.Code == r.Code
	}
	def, err := s.defaultCode(ctx)
	if err != nil {
		return v, err
	}
	v.Default = def == r.Code
	run, err := s.store.currentRun(ctx, r.Code, 0)
	switch {
	case err == nil:
		view := s.runView(run)
		v.LastRun = &view
	case !errs.Is(err, "tier.no_such_run"):
		return v, err
	}
	return v, nil
}

func (s *Service) defaultCode(ctx context.Context) (string, error) {
	code, err := s.store.defaultScheme(ctx)
	if code == "" {
		code = DefaultScheme
	}
	return code, err
}

// SetDefault chooses the scheme whose levels lists show. Error: tier.no_such_scheme.
func (s *Service) SetDefault(ctx context.Context, code string) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.store.schemeVersion(ctx, code, 0); err != nil {
			return err
		}
		before, err := s.defaultCode(ctx)
		if err != nil {
			return err
		}
		if err := s.store.setDefaultScheme(ctx, code, s.now()); err != nil {
			return err
		}
		return s.audit(ctx, audit.Entry{
			Action: "tier.scheme_default", ObjectType: "tier_scheme", ObjectID: code,
			Before: map[string]any{"default": before}, After: map[string]any{"default": code},
		})
	})
}

// SaveScheme stores a scheme: a new one, or a new version where the content
// differs from the newest. base is the version the change was made on, 0 for
// whichever is newest. Errors: tier.scheme_invalid with its fields,
// tier.scheme_changed where base is not the newest, tier.too_many_schemes.
func (s *Service) SaveScheme(ctx context.Context, sch *Scheme, base int) (SchemeView, error) {
	return s.saveScheme(ctx, sch, base, false)
}

// CreateScheme is SaveScheme for a code that must be new; error tier.scheme_exists.
func (s *Service) CreateScheme(ctx context.Context, sch *Scheme) (SchemeView, error) {
	return s.saveScheme(ctx, sch, 0, true)
}

func (s *Service) saveScheme(ctx context.Context, sch *Scheme, base int, mustBeNew bool) (SchemeView, error) {
	if err := sch.Validate(); err != nil {
		return SchemeView{}, err
	}
	var row *schemeRow
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		newest, err := s.store.schemeVersion(ctx, sch.Code, 0)
		if err != nil && !errs.Is(err, "tier.no_such_scheme") {
			return err
		}
		row = &schemeRow{Version: 1, CreatedBy: staffOf(ctx), CreatedAt: s.now(), Scheme: sch}
		entry := audit.Entry{Action: "tier.scheme_create", ObjectType: "tier_scheme", ObjectID: sch.Code}
		if newest != nil {
			switch {
			case mustBeNew:
				return errs.New(errs.Conflict, "tier.scheme_exists", "code", sch.Code)
			case base != 0 && base != newest.Version:
				return errs.New(errs.Conflict, "tier.scheme_changed", "version", newest.Version)
			case sameScheme(newest.Scheme, sch):
				row = newest
				return nil
			}
			row.Version = newest.Version + 1
			entry.Action, entry.Before = "tier.scheme_update", schemeChanges(Compare(newest.Scheme, sch), false)
			entry.After = schemeChanges(Compare(newest.Scheme, sch), true)
		} else {
			n, err := s.store.countSchemes(ctx)
			if err != nil {
				return err
			}
			if n >= maxSchemes {
				return errs.New(errs.TooLarge, "tier.too_many_schemes", "max", maxSchemes)
			}
			entry.After = sch
		}
		if err := s.store.insertScheme(ctx, row); err != nil {
			if db.IsUnique(err) {
				return errs.New(errs.Conflict, "tier.scheme_changed", "version", row.Version)
			}
			return err
		}
		return s.audit(ctx, entry)
	})
	if err != nil {
		return SchemeView{}, err
	}
	return s.schemeView(ctx, row)
}

// schemeChanges tells one side of a change for the audit log.
func schemeChanges(list []Change, after bool) map[string]any {
	out := map[string]any{}
	for _, c := range list {
		if after {
			out[c.Path] = c.After
		} else {
			out[c.Path] = c.Before
		}
	}
	return out
}

// CopyScheme makes a new scheme from the newest version of another. Errors:
// tier.no_such_scheme, tier.scheme_exists, tier.scheme_invalid.
func (s *Service) CopyScheme(ctx context.Context, from, code, name string) (SchemeView, error) {
	r, err := s.store.schemeVersion(ctx, from, 0)
	if err != nil {
		return SchemeView{}, err
	}
	r.Code, r.Name = code, name
	return s.CreateScheme(ctx, r.Scheme)
}

// ImportScheme reads a scheme file and saves it. Errors: those of ParseYAML and
// SaveScheme.
func (s *Service) ImportScheme(ctx context.Context, r io.Reader) (SchemeView, error) {
	sch, err := ParseYAML(r)
	if err != nil {
		return SchemeView{}, err
	}
	return s.SaveScheme(ctx, sch, 0)
}

// ExportScheme writes a version of a scheme, the newest for 0, as YAML.
func (s *Service) ExportScheme(ctx context.Context, code string, version int, w io.Writer) error {
	r, err := s.store.schemeVersion(ctx, code, version)
	if err != nil {
		return err
	}
	return r.WriteYAML(w)
}

// CompareVersions lists what differs between two versions, the newest for 0.
func (s *Service) CompareVersions(ctx context.Context, code string, from, to int) ([]Change, error) {
	a, err := s.store.schemeVersion(ctx, code, from)
	if err != nil {
		return nil, err
	}
	b, err := s.store.schemeVersion(ctx, code, to)
	if err != nil {
		return nil, err
	}
	return Compare(a.Scheme, b.Scheme), nil
}

func sameScheme(a, b *Scheme) bool {
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(x, y)
}

// Compare lists the places where two schemes differ, in the order of their
// fields: "rules[0].all[1].value".
func Compare(a, b *Scheme) []Change {
	out := []Change{}
	compareValues("", plainJSON(a), plainJSON(b), &out)
	return out
}

// ordered is a JSON object that keeps the order of its keys.
type ordered struct {
	keys   []string
	values map[string]any
}

func plainJSON(s *Scheme) any {
	b, err := json.Marshal(s)
	if err != nil {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(b))
	v, err := decodeOrdered(d)
	if err != nil {
		return nil
	}
	return v
}

func decodeOrdered(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		o := ordered{values: map[string]any{}}
		for d.More() {
			k, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := decodeOrdered(d)
			if err != nil {
				return nil, err
			}
			o.keys = append(o.keys, k.(string))
			o.values[k.(string)] = v
		}
		_, err = d.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := decodeOrdered(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	}
	return t, nil
}

func compareValues(path string, a, b any, out *[]Change) {
	switch x := a.(type) {
	case ordered:
		if y, ok := b.(ordered); ok {
			for _, k := range x.keys {
				compareValues(join1(path, k), x.values[k], y.values[k], out)
			}
			for _, k := range y.keys {
				if _, ok := x.values[k]; !ok {
					compareValues(join1(path, k), nil, y.values[k], out)
				}
			}
			return
		}
	case []any:
		if y, ok := b.([]any); ok {
			for i := range max(len(x), len(y)) {
				compareValues(path+"["+strconv.Itoa(i)+"]", at(x, i), at(y, i), out)
			}
			return
		}
	}
	a, b = flat(a), flat(b)
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if !bytes.Equal(x, y) {
		*out = append(*out, Change{Path: path, Before: a, After: b})
	}
}

func join1(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func at(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

// flat turns what decodeOrdered made into what JSON writes.
func flat(v any) any {
	switch x := v.(type) {
	case ordered:
		m := map[string]any{}
		for k, e := range x.values {
			m[k] = flat(e)
		}
		return m
	case []any:
		list := make([]any, len(x))
		for i, e := range x {
			list[i] = flat(e)
		}
		return list
	}
	return v
}

// schemeCache keeps versions of schemes, which never change, by id.
type schemeCache struct {
	mu   sync.Mutex
	byID map[int64]*schemeRow
}

// schemeByID reads a version through the cache.
func (s *Service) schemeByID(ctx context.Context, id int64) (*schemeRow, error) {
	s.schemes.mu.Lock()
	r := s.schemes.byID[id]
	s.schemes.mu.Unlock()
	if r != nil {
		return r, nil
	}
	r, err := s.store.schemeByID(ctx, id)
	if err != nil {
		return nil, err
	}
	s.schemes.mu.Lock()
	defer s.schemes.mu.Unlock()
	if s.schemes.byID == nil || len(s.schemes.byID) > 1000 {
		s.schemes.byID = map[int64]*schemeRow{}
	}
	s.schemes.byID[id] = r
	return r, nil
}
