package review

import (
	"context"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

const (
	mediaXLSX        = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	maxAssessmentOut = 1000
)

// i18n-keys: tier.assessment.*

// ExportAssessments writes the impact assessments of a dimension, "" for all, as
// a workbook: one row each, text as text and never as a formula. It is recorded
// before the first byte leaves.
func (s *Service) ExportAssessments(ctx context.Context, dimension, locale string, w io.Writer) error {
	list, err := s.Assessments(ctx, dimension, 0, maxAssessmentOut)
	if err != nil {
		return err
	}
	if err := s.Audit.Append(ctx, audit.Entry{Action: "tier.assess_export", ObjectType: "tier_dimension", ObjectID: dimension, After: map[string]any{"count": len(list)}}); err != nil {
		return err
	}
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	sheet := f.GetSheetName(0)
	var failed error
	row := func(n int, cells ...string) {
		for i, v := range cells {
			at, err := excelize.CoordinatesToCellName(i+1, n)
			if err == nil {
				err = f.SetCellStr(sheet, at, v)
			}
			if err != nil && failed == nil {
				failed = err
			}
		}
	}
	var head []string
	for _, k := range []string{"id", "dimension", "scheme", "purpose", "necessity", "impact", "measures", "filed_by", "filed_at", "kept_until"} {
		head = append(head, i18n.T(locale, "tier.assessment."+k, nil))
	}
	row(1, head...)
	day := func(at int64) string { return time.UnixMilli(at).In(s.Zone()).Format("2006-01-02") }
	for i, a := range list {
		row(i+2, decimal(a.ID), a.Dimension, a.Scheme, a.Purpose, a.Necessity, a.Impact, a.Measures, a.FiledName, day(a.FiledAt), day(a.KeptUntil))
	}
	if err := f.SetColWidth(sheet, "D", "G", 50); err != nil && failed == nil {
		failed = err
	}
	if failed == nil {
		_, failed = f.WriteTo(w)
	}
	if failed != nil {
		return errs.Wrap(failed, errs.Internal, "internal")
	}
	return nil
}
