package tiering

import (
	"context"
	"time"

	"zhike/internal/platform/errs"
)

// Procedure is what grading asks of the procedure of panels; package review
// answers. Where there is none, no panel can decide and reports tell of none.
type Procedure interface {
	// Assessed says whether an impact assessment of a scheme of a dimension was
	// filed since an instant (unix ms).
	Assessed(ctx context.Context, dimension, scheme string, since int64) (bool, error)
	// Outcome counts what a panel decided, nil where none did.
	Outcome(ctx context.Context, decision int64) (*ReviewOutcome, error)
	// AppealCounts counts the appeals of a dimension made since an instant (unix ms).
	AppealCounts(ctx context.Context, dimension string, since int64) (AppealCounts, error)
}

// AssessmentYears is how long an impact assessment is kept, and counts (PIPL art. 56).
const AssessmentYears = 3

// StateCounts counts moves by state.
type StateCounts struct {
	Open      int64 `json:"open"`
	Agreed    int64 `json:"agreed"`
	Overruled int64 `json:"overruled"`
	Disputed  int64 `json:"disputed"`
}

// ReviewOutcome is what a panel decided.
type ReviewOutcome struct {
	StateCounts
	Moves      int64         `json:"moves"`
	Members    int           `json:"members"`
	EverArgued int64         `json:"ever_disputed"` // moves that were disputed at some time
	ByVote     int64         `json:"by_vote"`
	ByDeadline int64         `json:"by_deadline"`
	Votes      int64         `json:"votes"`
	Reasons    []ReasonCount `json:"reasons"` // of overruling, the most frequent first
	MoreReason int64         `json:"more_reasons"`
}

// ReasonCount is a reason of overruling and for how many customers it was given.
type ReasonCount struct {
	Reason    string `json:"reason"`
	Customers int64  `json:"customers"`
}

// AppealCounts counts appeals by how they ended.
type AppealCounts struct {
	Open      int64 `json:"open"`
	Upheld    int64 `json:"upheld"`
	Declined  int64 `json:"declined"`
	Withdrawn int64 `json:"withdrawn"`
}

// assessed refuses, inside the transaction that changes a dimension, a scheme
// without an impact assessment (review.Assessment) where a panel decides.
func (s *Service) assessed(ctx context.Context, before, after Dimension) error {
	if !after.Review || after.Scheme == "" || before.Review && before.Scheme == after.Scheme {
		return nil
	}
	since := time.UnixMilli(s.now()).UTC().AddDate(-AssessmentYears, 0, 0).UnixMilli()
	filed, err := false, error(nil)
	if s.Procedure != nil {
		filed, err = s.Procedure.Assessed(ctx, after.Code, after.Scheme, since)
	}
	if err == nil && !filed {
		err = errs.New(errs.Conflict, "tier.not_assessed", "scheme", after.Scheme)
	}
	return err
}
