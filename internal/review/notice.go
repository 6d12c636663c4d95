package review

import "context"

// Notice is news for one member of staff, shown in the product: the text of
// notice.<Kind> with Params.
type Notice struct {
	StaffID int64
	Kind    string
	Params  map[string]any
}

// notify sends notices inside InTx; nobody is told where the program has no place
// for them.
func (s *Service) notify(ctx context.Context, list []Notice) error {
	if s.Notify == nil || len(list) == 0 {
		return nil
	}
	return s.Notify(ctx, list)
}

// tellPanel sends a notice about a review to every member and deputy.
func (s *Service) tellPanel(ctx context.Context, r *review, kind string) error {
	var list []Notice
	for _, id := range r.Panel.people() {
		list = append(list, Notice{StaffID: id, Kind: kind, Params: map[string]any{"decision_id": r.ID, "dimension": r.Dimension, "deadline_at": r.DeadlineAt}})
	}
	return s.notify(ctx, list)
}
