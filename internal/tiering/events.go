package tiering

// RunFinished is published with a run that finished.
type RunFinished struct {
	RunID         int64  `json:"run_id"`
	SchemeCode    string `json:"scheme_code"`
	AsOf          string `json:"as_of"`
	Customers     int64  `json:"customers"`
	PreviousRunID int64  `json:"previous_run_id,omitempty"`
}

// EventKind names the event.
func (RunFinished) EventKind() string { return "tier.run_finished" }
