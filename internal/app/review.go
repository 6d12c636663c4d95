package app

import (
	"context"

	"zhike/internal/org"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/review"
	"zhike/internal/timeline"
)

// review makes the procedure of panels, which grading asks through its door.
func (a *App) review(zone clock.Zone) {
	a.Review = review.NewService(review.Deps{
		Grading: a.Tiering, DB: a.DB, Vault: a.Vault, Clock: a.Clock, Zone: zone, Audit: a.Audit, Jobs: a.Jobs, JobAlive: a.Jobs.Alive,
		Names: a.Org.Names, Departments: a.departments, DepartmentName: a.Org.DepartmentName, Notify: a.tellStaff, Past: a.dossierPast, Find: a.findCustomers,
		FileOf: func(ctx context.Context, id int64) (int64, error) { return a.Timeline.FileOf(ctx, id) },
	})
	a.Tiering.Procedure = a.Review
}

// departments gives the department above each, for the reach of a panel.
func (a *App) departments(ctx context.Context) (map[int64]int64, error) {
	list, err := a.Org.Departments(ctx)
	out := make(map[int64]int64, len(list))
	for _, d := range list {
		out[d.ID] = 0
		if d.ParentID != nil {
			out[d.ID] = *d.ParentID
		}
	}
	return out, err
}

// tellStaff sends the notices of reviews.
func (a *App) tellStaff(ctx context.Context, list []review.Notice) error {
	out := make([]org.Notice, len(list))
	for i, n := range list {
		out[i] = org.Notice{StaffID: n.StaffID, Kind: n.Kind, Params: n.Params}
	}
	return a.Org.Tell(ctx, out)
}

// dossierKinds are what a panel should know of a customer's timeline.
var dossierKinds = []string{timeline.KindComplaint, timeline.KindVisit, timeline.KindCall, timeline.KindConsultation, timeline.KindMessage, timeline.KindNote}

// dossierPast gives the notes about a customer, complaints first.
func (a *App) dossierPast(ctx context.Context, customerID int64, n int) ([]review.DossierEvent, error) {
	out := []review.DossierEvent{}
	for _, kinds := range [][]string{dossierKinds[:1], dossierKinds[1:]} {
		h, err := a.Timeline.History(ctx, customerID, kinds, n-len(out), "")
		if errs.Is(err, "customer.field_hidden") {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range h.Items {
			v := review.DossierEvent{Kind: e.Kind, At: e.At, NoteID: e.ID}
			if e.Actor != nil {
				v.Name = e.Actor.Name
			}
			if e.Note != nil {
				v.Subject, v.Open = e.Note.Subject, e.Note.Outcome == "open" || e.Note.NextStep != nil && e.Note.NextStep.DoneAt == nil
			}
			out = append(out, v)
		}
		if len(out) >= n {
			break
		}
	}
	return out, nil
}
