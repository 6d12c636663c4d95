package review

import (
	"cmp"
	"context"
	"strings"

	"zhike/internal/tiering"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// AppealStatus is where an appeal stands.
type AppealStatus string

// The statuses.
const (
	AppealOpen      AppealStatus = "open"
	AppealUpheld    AppealStatus = "upheld"
	AppealDeclined  AppealStatus = "declined"
	AppealWithdrawn AppealStatus = "withdrawn"
)

// Appeal is what somebody who looks after a customer holds against its level.
type Appeal struct {
	ID           int64        `json:"id"`
	Dimension    string       `json:"dimension"`
	CustomerID   int64        `json:"customer_id"`
	CustomerName string       `json:"customer_name"`
	Level        string       `json:"level" doc:"Code of the level in force when it was made; \"\" for none"`
	LevelName    string       `json:"level_name" doc:"As the scheme in force calls it; the code where it has no such level"`
	Wanted       string       `json:"wanted" doc:"Code"`
	WantedName   string       `json:"wanted_name"`
	Evidence     string       `json:"evidence"`
	AttachmentID int64        `json:"attachment_id" doc:"A file of a note; 0 for none"`
	Status       AppealStatus `json:"status" enum:"open,upheld,declined,withdrawn"`
	MadeBy       int64        `json:"made_by"`
	MadeByName   string       `json:"made_by_name"`
	MadeAt       int64        `json:"made_at" doc:"Unix milliseconds"`
	DecidedBy    int64        `json:"decided_by"`
	DecidedName  string       `json:"decided_by_name"`
	DecidedAt    int64        `json:"decided_at" doc:"Unix milliseconds; 0 while it is open"`
	Answer       string       `json:"answer"`
	DecisionID   int64        `json:"decision_id" doc:"The decision that changed the level; 0 for none"`
}

// AppealInput makes an appeal.
type AppealInput struct {
	CustomerID   int64  `json:"customer_id" minimum:"1"`
	Wanted       string `json:"wanted" maxLength:"40" doc:"Code of the level the customer should have"`
	Evidence     string `json:"evidence" maxLength:"4000"`
	AttachmentID int64  `json:"attachment_id,omitempty" minimum:"0"`
}

// AppealFilter narrows a list of appeals; a field at zero does not.
type AppealFilter struct {
	Dimension  string       `query:"dimension" maxLength:"40"`
	Status     AppealStatus `query:"status" enum:"open,upheld,declined,withdrawn,"`
	CustomerID int64        `query:"customer_id" minimum:"0"`
	Mine       bool         `query:"mine" doc:"Only those that the caller made"`
}

const maxEvidence = 4000 // characters

// MakeAppeal makes one about a customer whom the caller sees. Errors:
// tier.no_such_dimension, tier.no_such_customer, tier.no_levels_yet,
// tier.no_such_level, tier.level_same, tier.evidence_needed, tier.text_too_long,
// tier.no_such_file where the file is not one of the customer's, tier.appeal_open
// where one of the customer is open.
func (s *Service) MakeAppeal(ctx context.Context, dimension string, in AppealInput) (Appeal, error) {
	a := Appeal{Dimension: dimension, CustomerID: in.CustomerID, Wanted: in.Wanted, Evidence: strings.TrimSpace(in.Evidence), AttachmentID: in.AttachmentID,
		Status: AppealOpen, MadeBy: auth.StaffID(ctx), MadeAt: s.now()}
	switch {
	case a.Evidence == "":
		return a, errs.New(errs.Invalid, "invalid").WithField("evidence", "tier.evidence_needed")
	case len([]rune(a.Evidence)) > maxEvidence:
		return a, errs.New(errs.Invalid, "invalid").WithField("evidence", "tier.text_too_long", "max", maxEvidence)
	}
	if err := tiering.Shown(ctx); err != nil {
		return a, err
	}
	if err := s.fileFits(ctx, a.AttachmentID, a.CustomerID); err != nil {
		return a, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.Grading.Dimension(ctx, dimension); err != nil {
			return err
		}
		if err := s.Grading.Seen(ctx, in.CustomerID); err != nil {
			return err
		}
		run, err := s.Grading.RunInForce(ctx, dimension)
		if err != nil {
			return err
		}
		if run == 0 {
			return errs.New(errs.Conflict, "tier.no_levels_yet")
		}
		sch, err := s.Grading.SchemeOfRun(ctx, run)
		if err != nil {
			return err
		}
		if sch.LevelIndex(in.Wanted) < 0 {
			return errs.New(errs.Invalid, "invalid").WithField("wanted", "tier.no_such_level", "value", errs.Clip(in.Wanted))
		}
		level, err := s.Grading.LevelIn(ctx, run, in.CustomerID)
		if err != nil {
			return err
		}
		if a.Level = sch.LevelCode(int16(level)); a.Level == a.Wanted {
			return errs.New(errs.Conflict, "tier.level_same")
		}
		if err := s.store.insertAppeal(ctx, &a); err != nil {
			return err
		}
		if err := s.tellOfAppeal(ctx, &a); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "tier.appeal", ObjectType: "tier_appeal", ObjectID: decimal(a.ID),
			After: map[string]any{"dimension": dimension, "customer_id": a.CustomerID, "level": a.Level, "wanted": a.Wanted}})
	})
	if db.IsUnique(err) {
		return a, errs.New(errs.Conflict, "tier.appeal_open")
	}
	if err != nil {
		return a, err
	}
	return s.Appeal(ctx, a.ID)
}

// fileFits refuses a file of nobody, of somebody else or of whom the caller does
// not see: who answers would be given a link to nothing.
func (s *Service) fileFits(ctx context.Context, file, customer int64) error {
	if file == 0 {
		return nil
	}
	of, err := s.FileOf(ctx, file)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return err
	}
	if err != nil || of != customer {
		return errs.New(errs.Invalid, "invalid").WithField("attachment_id", "tier.no_such_file")
	}
	return nil
}

// AnswerAppeal upholds an open appeal, which gives the customer the level wanted
// by a decision of kind hand, or declines it. Errors: tier.no_such_appeal,
// tier.appeal_closed, tier.reason_needed, and those of GradeByHand.
func (s *Service) AnswerAppeal(ctx context.Context, id int64, uphold bool, answer string) (Appeal, error) {
	answer, err := tiering.ReasonAt("answer", answer)
	if err != nil {
		return Appeal{}, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		a, err := s.oneAppeal(ctx, id)
		if err != nil {
			return err
		}
		a.Status, a.Answer, a.DecidedBy, a.DecidedAt = AppealDeclined, answer, auth.StaffID(ctx), s.now()
		if uphold {
			a.Status = AppealUpheld
			d, err := s.Grading.GradeByHand(ctx, a.Dimension, tiering.HandInput{CustomerID: a.CustomerID, Level: a.Wanted, Reason: answer})
			if err != nil {
				return err
			}
			a.DecisionID = d.ID
		}
		return s.closeAppeal(ctx, &a, "tier.appeal_answer")
	})
	if err != nil {
		return Appeal{}, err
	}
	return s.Appeal(ctx, id)
}

// WithdrawAppeal takes back an open appeal of the caller's own. Errors:
// tier.no_such_appeal, tier.appeal_closed, forbidden.
func (s *Service) WithdrawAppeal(ctx context.Context, id int64) (Appeal, error) {
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		a, err := s.oneAppeal(ctx, id)
		if err != nil {
			return err
		}
		if a.MadeBy != auth.StaffID(ctx) {
			return errs.New(errs.Forbidden, "tier.not_your_appeal")
		}
		a.Status, a.DecidedBy, a.DecidedAt = AppealWithdrawn, a.MadeBy, s.now()
		return s.closeAppeal(ctx, &a, "tier.appeal_withdraw")
	})
	if err != nil {
		return Appeal{}, err
	}
	return s.Appeal(ctx, id)
}

func (s *Service) closeAppeal(ctx context.Context, a *Appeal, action string) error {
	ok, err := s.store.closeAppeal(ctx, a)
	if err != nil || !ok {
		return cmp.Or(err, error(errs.New(errs.Conflict, "tier.appeal_closed")))
	}
	if a.DecidedBy != a.MadeBy {
		if err := s.notify(ctx, []Notice{{StaffID: a.MadeBy, Kind: "appeal_" + string(a.Status), Params: map[string]any{
			"appeal_id": a.ID, "customer_id": a.CustomerID, "dimension": a.Dimension}}}); err != nil {
			return err
		}
	}
	return s.Audit.Append(ctx, audit.Entry{Action: action, ObjectType: "tier_appeal", ObjectID: decimal(a.ID),
		After: map[string]any{"status": string(a.Status), "customer_id": a.CustomerID, "decision_id": a.DecisionID}})
}

// oneAppeal reads one about a customer whom the caller sees, whoever made it.
func (s *Service) oneAppeal(ctx context.Context, id int64) (Appeal, error) {
	list, err := s.store.appeals(ctx, auth.From(ctx), AppealFilter{}, id+1, id, 1, 0)
	if err != nil {
		return Appeal{}, err
	}
	if len(list) == 0 {
		return Appeal{}, errs.New(errs.NotFound, "tier.no_such_appeal")
	}
	return list[0], nil
}

// Appeal reads one; error tier.no_such_appeal.
func (s *Service) Appeal(ctx context.Context, id int64) (Appeal, error) {
	if err := tiering.Shown(ctx); err != nil {
		return Appeal{}, err
	}
	a, err := s.oneAppeal(ctx, id)
	if err != nil {
		return a, err
	}
	list := []Appeal{a}
	err = s.nameAppeals(ctx, list)
	return list[0], err
}

// Appeals lists those about customers whom the caller sees, below an id (0 = from
// the newest), newest first.
func (s *Service) Appeals(ctx context.Context, f AppealFilter, below int64, n int) ([]Appeal, error) {
	if err := tiering.Shown(ctx); err != nil {
		return nil, err
	}
	if below <= 0 {
		below = 1 << 53
	}
	made := int64(0)
	if f.Mine {
		made = auth.StaffID(ctx)
	}
	list, err := s.store.appeals(ctx, auth.From(ctx), f, below, 0, n, made)
	if err != nil {
		return nil, err
	}
	return list, s.nameAppeals(ctx, list)
}

// nameAppeals fills in the names of levels, in the language of the request, and
// of people.
func (s *Service) nameAppeals(ctx context.Context, list []Appeal) error {
	levels := map[string]map[string]string{} // of a dimension: names by code
	people := make([]auth.Author, 0, 2*len(list))
	for i := range list {
		a := &list[i]
		people = append(people, auth.By(a.MadeBy, &a.MadeByName), auth.By(a.DecidedBy, &a.DecidedName))
		names := levels[a.Dimension]
		if names == nil {
			names = map[string]string{}
			levels[a.Dimension] = names
			run, err := s.Grading.RunInForce(ctx, a.Dimension)
			if err != nil {
				return err
			}
			if run != 0 {
				sch, err := s.Grading.LocalScheme(ctx, run)
				if err != nil {
					return err
				}
				for _, l := range sch.Levels {
					names[l.Code] = l.Name
				}
			}
		}
		a.LevelName, a.WantedName = cmp.Or(names[a.Level], a.Level), cmp.Or(names[a.Wanted], a.Wanted)
	}
	return s.Names.Sign(ctx, people...)
}

// tellOfAppeal tells the panel of the dimension, where there is one, inside InTx.
func (s *Service) tellOfAppeal(ctx context.Context, a *Appeal) error {
	p, err := s.store.panel(ctx, a.Dimension)
	if db.IsNoRow(err) {
		return nil
	}
	if err != nil {
		return err
	}
	var list []Notice
	for _, id := range p.people() {
		if id != a.MadeBy {
			list = append(list, Notice{StaffID: id, Kind: "appeal_made", Params: map[string]any{"appeal_id": a.ID, "customer_id": a.CustomerID, "dimension": a.Dimension}})
		}
	}
	return s.notify(ctx, list)
}

// AppealCounts counts the appeals of a dimension made since an instant (unix ms).
func (s *Service) AppealCounts(ctx context.Context, dimension string, since int64) (tiering.AppealCounts, error) {
	n, err := s.store.appealCounts(ctx, dimension, since)
	return tiering.AppealCounts{Open: n[AppealOpen], Upheld: n[AppealUpheld], Declined: n[AppealDeclined], Withdrawn: n[AppealWithdrawn]}, err
}
