package review

import (
	"cmp"
	"context"
	"strings"
	"time"

	"zhike/internal/tiering"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// Assessment is the impact assessment of a scheme (PIPL arts. 55, 56). It is
// filed once and never changed; a later one stands beside it.
//
// The rule: a dimension whose levels a panel decides (Review) can only use a
// scheme for which an assessment of the last three years is filed. It is asked
// for when the scheme is brought into use and when the panel is switched on, not
// for new versions of a scheme that is in use.
type Assessment struct {
	ID        int64  `json:"id"`
	Dimension string `json:"dimension"`
	Scheme    string `json:"scheme" doc:"Code"`
	Purpose   string `json:"purpose" doc:"What is done with which data, and what for"`
	Necessity string `json:"necessity" doc:"Why it is lawful, justified and necessary"`
	Impact    string `json:"impact" doc:"What it does to the rights of customers, and the risks"`
	Measures  string `json:"measures" doc:"What protects them, and why that is enough"`
	FiledBy   int64  `json:"filed_by"`
	FiledName string `json:"filed_by_name"`
	FiledAt   int64  `json:"filed_at" doc:"Unix milliseconds"`
	KeptUntil int64  `json:"kept_until" doc:"Unix milliseconds: three years after it was filed; it is not removed before"`
}

// AssessmentInput files one.
type AssessmentInput struct {
	Dimension string `json:"dimension" maxLength:"40"`
	Scheme    string `json:"scheme" maxLength:"40"`
	Purpose   string `json:"purpose" maxLength:"10000"`
	Necessity string `json:"necessity" maxLength:"10000"`
	Impact    string `json:"impact" maxLength:"10000"`
	Measures  string `json:"measures" maxLength:"10000"`
}

const (
	maxAssessment = 10_000 // characters of a part
)

// FileAssessment files one. Errors: tier.no_such_dimension, tier.no_such_scheme,
// tier.other_dimension, tier.assessment_invalid with its fields.
func (s *Service) FileAssessment(ctx context.Context, in AssessmentInput) (Assessment, error) {
	a := Assessment{Dimension: in.Dimension, Scheme: in.Scheme, FiledBy: auth.StaffID(ctx), FiledAt: s.now()}
	e := errs.New(errs.Invalid, "tier.assessment_invalid")
	for _, part := range []struct {
		path, text string
		into       *string
	}{{"purpose", in.Purpose, &a.Purpose}, {"necessity", in.Necessity, &a.Necessity}, {"impact", in.Impact, &a.Impact}, {"measures", in.Measures, &a.Measures}} {
		switch *part.into = strings.TrimSpace(part.text); {
		case *part.into == "":
			e.WithField(part.path, "tier.part_needed")
		case len([]rune(*part.into)) > maxAssessment:
			e.WithField(part.path, "tier.text_too_long", "max", maxAssessment)
		}
	}
	if err := e.OrNil(); err != nil {
		return a, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.Grading.Dimension(ctx, in.Dimension); err != nil {
			return err
		}
		sch, err := s.Grading.Scheme(ctx, in.Scheme, 0)
		if err != nil {
			return err
		}
		if of := cmp.Or(sch.Scheme.Dimension, tiering.DimensionValue); of != in.Dimension {
			return errs.New(errs.Conflict, "tier.other_dimension", "scheme", in.Scheme, "dimension", of)
		}
		if err := s.store.insertAssessment(ctx, &a); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "tier.assess", ObjectType: "tier_assessment", ObjectID: decimal(a.ID),
			After: map[string]any{"dimension": a.Dimension, "scheme": a.Scheme}})
	})
	if err != nil {
		return a, err
	}
	a.KeptUntil = keptUntil(a.FiledAt)
	return a, s.Names.Sign(ctx, auth.By(a.FiledBy, &a.FiledName))
}

func keptUntil(at int64) int64 {
	return time.UnixMilli(at).UTC().AddDate(tiering.AssessmentYears, 0, 0).UnixMilli()
}

// Assessments lists them below an id (0 = from the newest), newest first;
// dimension "" is all.
func (s *Service) Assessments(ctx context.Context, dimension string, below int64, n int) ([]Assessment, error) {
	if below <= 0 {
		below = 1 << 53
	}
	list, err := s.store.assessments(ctx, dimension, below, n)
	if err != nil {
		return nil, err
	}
	people := make([]auth.Author, len(list))
	for i := range list {
		list[i].KeptUntil = keptUntil(list[i].FiledAt)
		people[i] = auth.By(list[i].FiledBy, &list[i].FiledName)
	}
	return list, s.Names.Sign(ctx, people...)
}

// Assessment reads one; error tier.no_such_assessment.
func (s *Service) Assessment(ctx context.Context, id int64) (Assessment, error) {
	list, err := s.Assessments(ctx, "", id+1, 1)
	if err != nil {
		return Assessment{}, err
	}
	if len(list) == 0 || list[0].ID != id {
		return Assessment{}, errs.New(errs.NotFound, "tier.no_such_assessment")
	}
	return list[0], nil
}

// Assessed says whether an assessment of a scheme of a dimension was filed since an
// instant (unix ms).
func (s *Service) Assessed(ctx context.Context, dimension, scheme string, since int64) (bool, error) {
	return s.store.assessedSince(ctx, dimension, scheme, since)
}
