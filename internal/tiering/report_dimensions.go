package tiering

import (
	"cmp"
	"context"
	"slices"

	"zhike/internal/document"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// DimensionReport is what the report says of one dimension: the levels in force,
// how they differ from what the scheme found, who moved since the levels that were
// in force before, and what people decided.
type DimensionReport struct {
	Code    string           `json:"code"`
	Name    string           `json:"name"`
	Own     bool             `json:"own"` // the one that the report's run is of
	RunID   int64            `json:"run_id"`
	Summary *Summary         `json:"summary"`
	Levels  []LevelInForce   `json:"levels"`
	Moves   *Moves           `json:"moves"` // since the levels published before; nil where there were none
	Cross   [][]CrossFigure  `json:"cross"` // by level of the report's run, then by level; the last column has no level here
	Outcome *DecisionOutcome `json:"outcome"`
	People  map[int]string   `json:"people,omitempty"`
}

// LevelInForce is how many customers have a level, and how many the scheme found.
type LevelInForce struct {
	Code       string `json:"code"`
	Name       string `json:"name"`
	Customers  int64  `json:"customers"`
	Found      int64  `json:"found"`
	RevenueFen int64  `json:"revenue_fen"`
}

// CrossFigure is one cell of two dimensions; revenue by the report's run.
type CrossFigure struct {
	Customers  int64 `json:"customers"`
	RevenueFen int64 `json:"revenue_fen"`
}

// DecisionOutcome is how the levels of a run came into force and what became of
// them since.
type DecisionOutcome struct {
	Decision *Decision      `json:"decision"` // nil: the run is not published
	By       string         `json:"by"`
	Review   *ReviewOutcome `json:"review"` // nil: no panel decided
	Hand     int64          `json:"hand"`   // customers changed by hand since
	Appeals  AppealCounts   `json:"appeals"`
}

// ReportDimensions is what the report says beside the levels of its own run.
type ReportDimensions struct {
	RunID     int64                  `json:"run_id"`
	Available []ReportDimension      `json:"available" doc:"Dimensions that have levels in force, and the report's own"`
	Sections  []document.SectionView `json:"sections" doc:"In the language of the request"`
}

// ReportDimension is a dimension that a report can tell of.
type ReportDimension struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Own  bool   `json:"own" doc:"The one that the run is of"`
}

// ReportDimensions tells of dimensions for a page that shows the report; codes as
// in FullReport. Errors as there.
func (s *Service) ReportDimensions(ctx context.Context, run int64, codes []string, locale string) (ReportDimensions, error) {
	r, err := s.FullReport(ctx, run, codes, locale)
	if err != nil {
		return ReportDimensions{}, err
	}
	p, err := newProse(r, s.Zone())
	if err != nil {
		return ReportDimensions{}, err
	}
	out := ReportDimensions{RunID: r.RunID, Available: []ReportDimension{}, Sections: document.Views(p.dimensionSections())}
	list, err := s.Dimensions(ctx, false)
	if err != nil {
		return out, err
	}
	base, err := s.finished(ctx, r.RunID)
	if err != nil {
		return out, err
	}
	for _, d := range list {
		own := d.Code == base.Dimension
		if !own {
			if _, err := s.store.runInForce(ctx, d.Code, s.now()); errs.Is(err, "tier.no_such_run") {
				continue
			} else if err != nil {
				return out, err
			}
		}
		out.Available = append(out.Available, ReportDimension{d.Code, d.Localized(locale).Name, own})
	}
	return out, nil
}

// FullReport is Report with what dimensions say; codes nil are all in use, and an
// empty list is none. Errors beside those of Report: tier.no_such_dimension.
func (s *Service) FullReport(ctx context.Context, run int64, codes []string, locale string) (*Report, error) {
	out, err := s.Report(ctx, run, locale)
	if err != nil {
		return nil, err
	}
	out.Dimensions, err = s.reportDimensions(ctx, out, codes)
	return out, err
}

// reportDimensions are those that have levels in force, the report's own first.
func (s *Service) reportDimensions(ctx context.Context, report *Report, codes []string) ([]DimensionReport, error) {
	locale := report.Locale
	base, err := s.finished(ctx, report.RunID)
	if err != nil {
		return nil, err
	}
	list, err := s.Dimensions(ctx, false)
	if err != nil {
		return nil, err
	}
	for _, c := range codes {
		if !slices.ContainsFunc(list, func(d Dimension) bool { return d.Code == c }) {
			return nil, errs.New(errs.NotFound, "tier.no_such_dimension", "code", errs.Clip(c))
		}
	}
	var out []DimensionReport
	for _, d := range list {
		own := d.Code == base.Dimension
		if own {
			report.dimension = d.Localized(locale).Name
		}
		if codes != nil && !slices.Contains(codes, d.Code) {
			continue
		}
		id := base.ID
		if !own {
			if id, err = s.store.runInForce(ctx, d.Code, s.now()); errs.Is(err, "tier.no_such_run") {
				continue
			} else if err != nil {
				return nil, err
			}
		}
		r, err := s.dimensionReport(ctx, base, id, locale)
		if err != nil {
			return nil, err
		}
		r.Code, r.Name, r.Own = d.Code, d.Localized(locale).Name, own
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b DimensionReport) int {
		rank := func(d DimensionReport) int {
			if d.Own {
				return 0
			}
			return 1
		}
		return cmp.Compare(rank(a), rank(b))
	})
	return out, nil
}

func (s *Service) dimensionReport(ctx context.Context, base *finishedRun, run int64, locale string) (d DimensionReport, err error) {
	r, err := s.finished(ctx, run)
	if err != nil {
		return d, err
	}
	x, err := s.explainer(ctx, r, locale)
	if err != nil {
		return d, err
	}
	d = DimensionReport{RunID: run, Summary: r.localized(x.s), People: x.people, Outcome: &DecisionOutcome{}}
	o := d.Outcome
	if o.Decision, err = s.store.publishedOf(ctx, run); err != nil {
		return d, err
	}
	var before int64
	if o.Decision != nil {
		if err := s.Names.Sign(ctx, auth.By(o.Decision.DecidedBy, &o.By)); err != nil {
			return d, err
		}
		prev, err := s.store.publishedBefore(ctx, o.Decision)
		if err != nil {
			return d, err
		}
		if prev != nil {
			before = prev.RunID
			if d.Moves, err = s.movesSince(ctx, r, prev, locale); err != nil {
				return d, err
			}
		}
		if o.Hand, err = s.store.handChanges(ctx, run); err != nil {
			return d, err
		}
		if s.Procedure != nil {
			if o.Review, err = s.Procedure.Outcome(ctx, o.Decision.ID); err != nil {
				return d, err
			}
			if o.Appeals, err = s.Procedure.AppealCounts(ctx, r.Dimension, o.Decision.InForceAt); err != nil {
				return d, err
			}
		}
	}
	return d, s.countLevels(ctx, &d, base, x.s, before)
}

// countLevels counts the levels in force, and crosses them with those of the
// report's run.
func (s *Service) countLevels(ctx context.Context, d *DimensionReport, base *finishedRun, sch *Scheme, before int64) error {
	for i, l := range sch.Levels {
		d.Levels = append(d.Levels, LevelInForce{Code: l.Code, Name: l.Name, Found: d.Summary.Levels[i].Customers})
	}
	cells, err := s.store.levelPairsOf(ctx, d.RunID, before)
	if err != nil {
		return err
	}
	for _, c := range cells {
		if c.level < len(d.Levels) {
			d.Levels[c.level].Customers += c.customers
			d.Levels[c.level].RevenueFen += c.spendFen
		}
	}
	if base.ID == d.RunID {
		return nil
	}
	if cells, err = s.store.levelPairsOf(ctx, base.ID, d.RunID); err != nil {
		return err
	}
	rows := len(base.stored.Summary.Levels)
	d.Cross = make([][]CrossFigure, rows)
	for i := range d.Cross {
		d.Cross[i] = make([]CrossFigure, len(d.Levels)+1)
	}
	for _, c := range cells {
		at := c.other
		if at < 0 || at >= len(d.Levels) {
			at = len(d.Levels)
		}
		if c.level < rows {
			d.Cross[c.level][at].Customers += c.customers
			d.Cross[c.level][at].RevenueFen += c.spendFen
		}
	}
	return nil
}

// movesSince compares the levels of a run as they are in force with those of the
// decision before.
func (s *Service) movesSince(ctx context.Context, r *finishedRun, prev *Decision, locale string) (*Moves, error) {
	now, err := s.schemeByID(ctx, r.SchemeID)
	if err != nil {
		return nil, err
	}
	p, err := s.finished(ctx, prev.RunID)
	if err != nil {
		return nil, err
	}
	was, err := s.schemeByID(ctx, p.SchemeID)
	if err != nil {
		return nil, err
	}
	m := &Moves{PreviousRunID: prev.RunID, PreviousAsOf: prev.FromDay}
	for _, l := range now.Localized(locale).Levels {
		m.Codes, m.Names = append(m.Codes, l.Code), append(m.Names, l.Name)
	}
	known := len(m.Codes)
	at := make([]int, len(was.Levels))
	for k, l := range was.Localized(locale).Levels {
		if at[k] = slices.Index(m.Codes, l.Code); at[k] < 0 {
			at[k] = len(m.Codes)
			m.Codes, m.Names = append(m.Codes, l.Code), append(m.Names, l.Name)
		}
	}
	m.Matrix = make([][]int64, len(m.Codes))
	for i := range m.Matrix {
		m.Matrix[i] = make([]int64, len(m.Codes))
	}
	cells, err := s.store.levelPairsOf(ctx, r.ID, prev.RunID)
	if err != nil {
		return nil, err
	}
	for _, c := range cells {
		if c.other < 0 || c.other >= len(at) || c.level >= known {
			m.New += c.customers
			continue
		}
		from := at[c.other]
		m.Matrix[from][c.level] += c.customers
		switch {
		case from >= known:
			m.Changed += c.customers
		case c.level < from:
			m.Up += c.customers
		case c.level > from:
			m.Down += c.customers
		default:
			m.Unchanged += c.customers
		}
	}
	m.Gone, err = s.store.goneFrom(ctx, r.ID, prev.RunID)
	return m, err
}
