package tiering

import (
	"context"
	"io"
	"sync"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// maxSchemes bounds the schemes of a company.
const maxSchemes = 200

// DefaultScheme is the scheme of the dimension of value until another comes into use.
const DefaultScheme = "value-rules"

// SchemeView is one version of a scheme.
type SchemeView struct {
	Scheme    *Scheme `json:"scheme"`
	Version   int     `json:"version"`
	CreatedBy int64   `json:"created_by" doc:"Staff id; 0 where the program made it"`
	Author    string  `json:"created_by_name" doc:"Name of that person; \"\" where nobody of that id is known"`
	CreatedAt int64   `json:"created_at" doc:"Unix milliseconds"`
	Shipped   bool    `json:"shipped" doc:"Came with the program, under this code"`
	Default   bool    `json:"default" doc:"In use: its runs are what is decided about in its dimension"`
	// Sentences say the conditions back that are rules of audiences, in the order
	// of [Scheme.Conditions]; only answers over HTTP have them.
	Sentences []string `json:"sentences,omitempty" doc:"Of every condition that is a rule of audiences what it says, \"\" of others, in the order of the rules, all before any; left out where there is none"`
	LastRun   *RunView `json:"last_run" doc:"Newest finished run, without its summary; null without one"`
}

// EnsureShipped stores the dimensions and schemes that come with the program where they are
// missing. It may run at every start and in several processes at once.
func (s *Service) EnsureShipped(ctx context.Context) error {
	if err := s.ensureDimensions(ctx); err != nil {
		return err
	}
	if err := s.store.sealOld(ctx); err != nil {
		return err
	}
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
	return out, s.signSchemes(ctx, out)
}

// Scheme reads a version of a scheme, the newest for 0. Error: tier.no_such_scheme.
func (s *Service) Scheme(ctx context.Context, code string, version int) (SchemeView, error) {
	r, err := s.store.schemeVersion(ctx, code, version)
	if err != nil {
		return SchemeView{}, err
	}
	return s.signedScheme(ctx, r)
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
	return out, s.signSchemes(ctx, out)
}

func (s *Service) schemeView(ctx context.Context, r *schemeRow) (SchemeView, error) {
	v := SchemeView{Scheme: r.Scheme, Version: r.Version, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt}
	for _, sh := range Shipped() {
		v.Shipped = v.Shipped || sh.Code == r.Code
	}
	d, err := s.store.dimension(ctx, r.dimension())
	if err != nil {
		return v, err
	}
	v.Default = d.Scheme == r.Code
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

// SetDefault brings a scheme into use in its dimension; see [Service.ChangeDimension].
// Error: tier.no_such_scheme.
func (s *Service) SetDefault(ctx context.Context, code string) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		sch, err := s.store.schemeVersion(ctx, code, 0)
		if err != nil {
			return err
		}
		d, err := s.store.dimension(ctx, sch.dimension())
		if err != nil {
			return err
		}
		_, err = s.ChangeDimension(ctx, d.Code, DimensionPatch{Scheme: &code, Version: d.Version})
		return err
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
	if err := s.checkPeople(ctx, sch); err != nil {
		return SchemeView{}, err
	}
	if err := s.checkFields(ctx, sch); err != nil {
		return SchemeView{}, err
	}
	if _, err := s.store.dimension(ctx, sch.dimension()); err != nil {
		return SchemeView{}, errs.New(errs.Invalid, "tier.scheme_invalid").WithField("dimension", "tier.no_such_dimension", "code", errs.Clip(sch.Dimension))
	}
	var row *schemeRow
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		newest, err := s.store.schemeVersion(ctx, sch.Code, 0)
		if err != nil && !errs.Is(err, "tier.no_such_scheme") {
			return err
		}
		row = &schemeRow{Version: 1, CreatedBy: auth.StaffID(ctx), CreatedAt: s.now(), Scheme: sch}
		entry := audit.Entry{Action: "tier.scheme_create", ObjectType: "tier_scheme", ObjectID: sch.Code}
		if newest != nil {
			switch {
			case mustBeNew:
				return errs.New(errs.Conflict, "tier.scheme_exists", "code", sch.Code)
			case newest.dimension() != sch.dimension():
				return errs.New(errs.Conflict, "tier.dimension_fixed", "dimension", newest.dimension())
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
		return s.Audit.Append(ctx, entry)
	})
	if err != nil {
		return SchemeView{}, err
	}
	return s.signedScheme(ctx, row)
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

// CopyScheme makes a new scheme from the newest version of another, of the same
// dimension where none is named. Errors:
// tier.no_such_scheme, tier.scheme_exists, tier.scheme_invalid.
func (s *Service) CopyScheme(ctx context.Context, from, code, name, dimension string) (SchemeView, error) {
	r, err := s.store.schemeVersion(ctx, from, 0)
	if err != nil {
		return SchemeView{}, err
	}
	r.Code, r.Name = code, name
	if dimension != "" {
		r.Dimension = dimension
	}
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

// CompareVersions lists what differs between two versions, the newest for 0,
// with texts that came with the program in a language.
func (s *Service) CompareVersions(ctx context.Context, code string, from, to int, locale string) ([]Change, error) {
	a, err := s.store.schemeVersion(ctx, code, from)
	if err != nil {
		return nil, err
	}
	b, err := s.store.schemeVersion(ctx, code, to)
	if err != nil {
		return nil, err
	}
	return Compare(a.Scheme.Localized(locale), b.Scheme.Localized(locale)), nil
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
