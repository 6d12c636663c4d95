package review

import (
	"context"

	"zhike/internal/platform/web"
)

// Absence is whether a member of panels is away, and who acts meanwhile.
type Absence struct {
	Away  bool   `json:"away"`
	Seats []Seat `json:"seats" doc:"One for each panel that the person is a member of, in the order of dimensions"`
}

// Seat is a seat of a person in the panel of a dimension.
type Seat struct {
	Dimension     string `json:"dimension" doc:"Code"`
	DimensionName string `json:"dimension_name"`
	DeputyID      int64  `json:"deputy_id" doc:"0 for nobody: the votes of the member are missing meanwhile"`
	DeputyName    string `json:"deputy_name"`
}

// AbsenceOf tells whether somebody is away, and of his or her seats in the panels
// of dimensions in use.
func (s *Service) AbsenceOf(ctx context.Context, staff int64) (Absence, error) {
	out := Absence{Seats: []Seat{}}
	list, err := s.Grading.Dimensions(ctx, false)
	if err != nil {
		return out, err
	}
	for _, d := range list {
		p, err := s.Panel(ctx, d.Code)
		if err != nil {
			return out, err
		}
		for _, m := range p.Members {
			if m.StaffID == staff {
				out.Seats = append(out.Seats, Seat{d.Code, d.Localized(web.Locale(ctx)).Name, m.DeputyID, m.DeputyName})
			}
		}
	}
	away, err := s.store.away(ctx)
	out.Away = away[staff]
	return out, err
}
