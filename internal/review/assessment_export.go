package review

import (
	"context"
	"io"
	"strings"
	"time"

	"zhike/internal/document"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/i18n"
)

const (
	mediaXLSX        = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	maxAssessmentOut = 1000
	dayColumns       = 10  // characters
	lineHeight       = 16  // points
	highestRow       = 409 // which workbooks allow
)

// i18n-keys: tier.assessment.*

// ExportAssessments writes the impact assessments of a dimension, "" for all, as
// a workbook: one row each, named in a language, text as text and never as a
// formula. It is recorded before the first byte leaves.
func (s *Service) ExportAssessments(ctx context.Context, dimension, locale string, w io.Writer) error {
	list, err := s.Assessments(ctx, dimension, 0, maxAssessmentOut)
	if err != nil {
		return err
	}
	if err := s.Audit.Append(ctx, audit.Entry{Action: "tier.assess_export", ObjectType: "tier_dimension", ObjectID: dimension, After: map[string]any{"count": len(list)}}); err != nil {
		return err
	}
	title := i18n.T(locale, "audit.object.tier_assessment", nil)
	b := document.NewBook(s.Zone(), document.Running{Left: title, Right: s.today().String(), Pages: i18n.T(locale, "report.page_footer", nil)})
	defer b.Close()
	dimensions, schemes := s.assessedNames(ctx, locale, list)
	b.Sheet(title, func(sheet string) {
		for i, k := range []string{"id", "dimension", "scheme", "purpose", "necessity", "impact", "measures", "filed_by", "filed_at", "kept_until"} {
			b.Put(sheet, i+1, 1, document.KindText, "head", i18n.T(locale, "tier.assessment."+k, nil))
		}
		for col := 4; col <= 7; col++ {
			b.Widen(sheet, col, document.MaxColumn) // long texts, broken over lines
		}
		b.Widen(sheet, 9, dayColumns)
		b.Widen(sheet, 10, dayColumns)
		day := func(at int64) clock.Day { return clock.DayOf(time.UnixMilli(at), s.Zone()) }
		for i, a := range list {
			row := i + 2
			b.Put(sheet, 1, row, document.KindID, "wrap", a.ID)
			b.Put(sheet, 2, row, document.KindText, "wrap", dimensions[a.Dimension])
			b.Put(sheet, 3, row, document.KindText, "wrap", schemes[a.Scheme])
			b.Widen(sheet, 2, float64(document.TextColumns(dimensions[a.Dimension])))
			b.Widen(sheet, 3, float64(document.TextColumns(schemes[a.Scheme])))
			b.Widen(sheet, 8, float64(document.TextColumns(a.FiledName)))
			lines := 1
			for k, text := range []string{a.Purpose, a.Necessity, a.Impact, a.Measures} {
				lines = max(lines, linesOf(text))
				b.Put(sheet, k+4, row, document.KindText, "wrap", text)
			}
			// Not every program makes a row as high as its text by itself.
			b.Try(b.File.SetRowHeight(sheet, row, min(float64(lines)*lineHeight, highestRow)))
			b.Put(sheet, 8, row, document.KindText, "wrap", a.FiledName)
			b.Put(sheet, 9, row, document.KindDay, "term", day(a.FiledAt))
			b.Put(sheet, 10, row, document.KindDay, "term", day(a.KeptUntil))
		}
		b.Frozen(sheet, 1, 3)
	})
	return b.Write(w, document.About{Title: title, Locale: locale, MadeAt: s.now()})
}

// linesOf is how many lines a text takes in the widest column.
func linesOf(text string) (n int) {
	for _, line := range strings.Split(text, "\n") {
		n += 1 + document.TextColumns(line)/(document.MaxColumn-4)
	}
	return n
}

// assessedNames are the names of the dimensions and schemes of assessments in the
// reader's language; of what is gone, its code.
func (s *Service) assessedNames(ctx context.Context, locale string, list []Assessment) (dimensions, schemes map[string]string) {
	dimensions, schemes = map[string]string{}, map[string]string{}
	for _, a := range list {
		if dimensions[a.Dimension] == "" {
			dimensions[a.Dimension] = a.Dimension
			if d, err := s.Grading.Dimension(ctx, a.Dimension); err == nil {
				dimensions[a.Dimension] = d.Localized(locale).Name
			}
		}
		if schemes[a.Scheme] == "" {
			schemes[a.Scheme] = a.Scheme
			if v, err := s.Grading.Scheme(ctx, a.Scheme, 0); err == nil {
				schemes[a.Scheme] = v.Localized(locale).Scheme.Name
			}
		}
	}
	return dimensions, schemes
}
