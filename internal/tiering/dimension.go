package tiering

import (
	"context"
	"fmt"
	"strings"

	"zhike/internal/customer"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// The dimensions that come with the program. The lifecycle is one of its own
// kind (package lifecycle): it follows the data by the day and nobody runs it.
const (
	DimensionValue   = customer.ValueDimension
	DimensionNeed    = "need"
	DimensionLoyalty = "loyalty"
)

// maxDimensions bounds those in use.
const maxDimensions = 12

// Dimension is a way of looking at customers that gives each one level.
type Dimension struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Position int    `json:"position" doc:"Order on pages, from 1"`
	// Scheme is the one in use: its runs are what is decided about.
	Scheme string `json:"scheme" doc:"Code of the scheme in use; \"\" where none is"`
	Review bool   `json:"review" doc:"A panel decides before the levels of a run are in force; otherwise they are at once"`
	// Version is what a change is made on.
	Version   int   `json:"version"`
	Archived  bool  `json:"archived"`
	Shipped   bool  `json:"shipped" doc:"Came with the program: can be renamed, not archived"`
	UpdatedAt int64 `json:"updated_at" doc:"Unix milliseconds; 0 as shipped"`
}

// Localized is the dimension with a name that came with the program in a language.
func (d Dimension) Localized(locale string) Dimension {
	d.Name = localText(locale, d.Name)
	return d
}

func shippedDimension(code string) bool {
	return code == DimensionValue || code == DimensionNeed || code == DimensionLoyalty
}

// Dimensions lists them by position, with those archived where all.
func (s *Service) Dimensions(ctx context.Context, all bool) ([]Dimension, error) {
	return s.store.dimensions(ctx, all)
}

// Dimension reads one; error tier.no_such_dimension.
func (s *Service) Dimension(ctx context.Context, code string) (Dimension, error) {
	return s.store.dimension(ctx, code)
}

// CreateDimension adds one behind the others, without a scheme. Errors:
// tier.dimension_invalid, tier.dimension_exists, tier.too_many_dimensions.
func (s *Service) CreateDimension(ctx context.Context, code, name string) (Dimension, error) {
	d := Dimension{Code: code, Name: strings.TrimSpace(name), Version: 1}
	e := errs.New(errs.Invalid, "tier.dimension_invalid")
	// "lifecycle" is taken by what lists call the stage.
	if !codePattern.MatchString(code) || code == "lifecycle" {
		e.WithField("code", "tier.bad_code", "value", errs.Clip(code))
	}
	if badName(d.Name, 30) {
		e.WithField("name", "tier.bad_name")
	}
	if err := e.OrNil(); err != nil {
		return d, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		list, err := s.store.dimensions(ctx, true)
		if err != nil {
			return err
		}
		used := 0
		for _, o := range list {
			if o.Code == code {
				return errs.New(errs.Conflict, "tier.dimension_exists", "code", code)
			}
			if !o.Archived {
				used++
			}
			d.Position = max(d.Position, o.Position)
		}
		if used >= maxDimensions {
			return errs.New(errs.TooLarge, "tier.too_many_dimensions", "max", maxDimensions)
		}
		d.Position++
		if err := s.store.insertDimension(ctx, &d, auth.StaffID(ctx), s.now()); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "tier.dimension_create", ObjectType: "tier_dimension", ObjectID: code,
			After: map[string]any{"name": d.Name}})
	})
	return d, err
}

// DimensionPatch changes what is not nil.
type DimensionPatch struct {
	Name     *string `json:"name,omitempty" maxLength:"60"`
	Position *int    `json:"position,omitempty" minimum:"1" maximum:"100"`
	Scheme   *string `json:"scheme,omitempty" maxLength:"40" doc:"Scheme to use; it must be of this dimension"`
	Review   *bool   `json:"review,omitempty"`
	Archived *bool   `json:"archived,omitempty"`
	Version  int     `json:"version" minimum:"1" doc:"Version the change was made on"`
}

// ChangeDimension changes one. Where another scheme comes into use and no panel
// decides, the levels of its newest run are in force at once. Errors:
// tier.no_such_dimension, tier.dimension_changed, tier.dimension_invalid,
// tier.dimension_shipped, tier.no_such_scheme, tier.other_dimension,
// tier.too_many_dimensions, tier.not_assessed where a panel
// decides and no impact assessment of the scheme is filed.
func (s *Service) ChangeDimension(ctx context.Context, code string, p DimensionPatch) (Dimension, error) {
	var d Dimension
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		before, err := s.store.dimension(ctx, code)
		if err != nil {
			return err
		}
		if p.Version != before.Version {
			return errs.New(errs.Conflict, "tier.dimension_changed", "version", before.Version)
		}
		if d, err = s.patched(ctx, before, p); err != nil || d == before {
			return err
		}
		if err := s.assessed(ctx, before, d); err != nil {
			return err
		}
		d.Version++
		d.UpdatedAt = s.now()
		if err := s.store.updateDimension(ctx, &d, auth.StaffID(ctx)); err != nil {
			return err
		}
		if d.Scheme != before.Scheme && !d.Review {
			if err := s.publishNewest(ctx, &d); err != nil {
				return err
			}
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "tier.dimension_update", ObjectType: "tier_dimension", ObjectID: code,
			Before: before.audited(), After: d.audited()})
	})
	return d, err
}

func (s *Service) patched(ctx context.Context, d Dimension, p DimensionPatch) (Dimension, error) {
	if p.Name != nil {
		if d.Name = strings.TrimSpace(*p.Name); badName(d.Name, 30) {
			return d, errs.New(errs.Invalid, "tier.dimension_invalid").WithField("name", "tier.bad_name")
		}
	}
	if p.Position != nil {
		d.Position = *p.Position
	}
	if p.Review != nil {
		d.Review = *p.Review
	}
	if p.Archived != nil && *p.Archived != d.Archived {
		if d.Shipped {
			return d, errs.New(errs.Conflict, "tier.dimension_shipped", "code", d.Code)
		}
		if d.Archived = *p.Archived; !d.Archived {
			list, err := s.store.dimensions(ctx, false)
			if err != nil {
				return d, err
			}
			if len(list) >= maxDimensions {
				return d, errs.New(errs.TooLarge, "tier.too_many_dimensions", "max", maxDimensions)
			}
		}
	}
	if p.Scheme != nil && *p.Scheme != d.Scheme {
		if d.Scheme = *p.Scheme; d.Scheme != "" {
			sch, err := s.store.schemeVersion(ctx, d.Scheme, 0)
			if err != nil {
				return d, err
			}
			if sch.dimension() != d.Code {
				return d, errs.New(errs.Conflict, "tier.other_dimension", "scheme", d.Scheme, "dimension", sch.dimension())
			}
			if err := s.fieldsFit(ctx, sch.Scheme, nil); err != nil {
				return d, err
			}
		}
	}
	return d, nil
}

// audited is what the log keeps of a dimension.
func (d Dimension) audited() map[string]any {
	return map[string]any{"name": d.Name, "position": d.Position, "scheme": d.Scheme, "review": d.Review, "archived": d.Archived}
}

// ensureDimensions stores those that come with the program where they are missing.
func (s *Service) ensureDimensions(ctx context.Context) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		for i, d := range []Dimension{
			{Code: DimensionValue, Name: zh("dimension.value"), Scheme: DefaultScheme},
			{Code: DimensionNeed, Name: zh("dimension.need"), Scheme: "need-rules"},
			{Code: DimensionLoyalty, Name: zh("dimension.loyalty"), Scheme: "loyalty-rules"},
		} {
			d.Position, d.Version = i+1, 1
			if err := s.store.keepDimension(ctx, &d); err != nil {
				return fmt.Errorf("dimension %s: %w", d.Code, err)
			}
		}
		return nil
	})
}
