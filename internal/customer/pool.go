package customer

import (
	"context"
	"encoding/json"
	"time"

	"zhike/internal/column"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// PoolRules are the rules of the public pool (公海): the customers without an owner.
type PoolRules struct {
	// ClaimLimit is how many customers one person may own by claiming; 0 = no limit.
	ClaimLimit int64 `json:"claim_limit" minimum:"0" maximum:"1000000" doc:"How many customers one person may own by claiming; 0 = no limit"`
	// Recover turns automatic recovery on: after RecoverDays without contact an
	// owner loses the customer to the pool.
	Recover     bool  `json:"recover" doc:"Customers without contact go back into the pool"`
	RecoverDays int64 `json:"recover_days" minimum:"1" maximum:"3650" doc:"Days without a contact and without a purchase"`
}

// shippedRules hold until somebody changes them.
var shippedRules = PoolRules{ClaimLimit: 200, Recover: false, RecoverDays: 90}

// settingPool is the name of the rules among the settings.
const settingPool = "customer.pool"

// PoolRules gives the rules of the pool.
func (s *Service) PoolRules(ctx context.Context) (PoolRules, error) {
	text, err := s.store.setting(ctx, settingPool)
	if err != nil || text == "" {
		return shippedRules, err
	}
	rules := shippedRules
	if err := json.Unmarshal([]byte(text), &rules); err != nil {
		return shippedRules, nil
	}
	return rules, nil
}

// SetPoolRules changes the rules of the pool. Errors: forbidden without
// customer.assign, invalid.
func (s *Service) SetPoolRules(ctx context.Context, rules PoolRules) (PoolRules, error) {
	if err := auth.Require(ctx, PermAssign); err != nil {
		return rules, err
	}
	bad := errs.New(errs.Invalid, "invalid")
	if rules.ClaimLimit < 0 || rules.ClaimLimit > 1_000_000 {
		_ = bad.WithField("claim_limit", "customer.bad_value")
	}
	if rules.RecoverDays < 1 || rules.RecoverDays > 3650 {
		_ = bad.WithField("recover_days", "customer.bad_value")
	}
	if err := bad.OrNil(); err != nil {
		return rules, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		before, err := s.PoolRules(ctx)
		if err != nil || before == rules {
			return err
		}
		text, err := json.Marshal(rules)
		if err != nil {
			return errs.Wrap(err, errs.Internal, "internal")
		}
		if err := s.store.putSetting(ctx, settingPool, string(text), s.now()); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "customer.pool_rules", ObjectType: "settings", Before: before, After: rules})
	})
	return rules, err
}

// Claim makes the actor the owner of a customer of the pool. Of two who claim
// at once one gets it. Errors: forbidden without customer.pool,
// customer.not_found, customer.already_owned (parameter owner: the name),
// customer.pool_limit (parameters limit and held).
func (s *Service) Claim(ctx context.Context, id int64) (*Record, error) {
	if err := auth.Require(ctx, PermPool); err != nil {
		return nil, err
	}
	a := auth.From(ctx)
	if a.StaffID == 0 {
		return nil, errs.New(errs.Forbidden, "forbidden", "permission", string(PermPool))
	}
	rules, err := s.PoolRules(ctx)
	if err != nil {
		return nil, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		// Not by what the actor may see: whoever lost the race must hear to whom.
		rows, err := s.store.stored(ctx, a, []int64{id}, toAny)
		if err != nil {
			return err
		}
		r := rows[id]
		if r == nil || !seesAll(a) && !inPool(a, r) && r.OwnerID == 0 {
			return notFound(id)
		}
		department := departmentWith(r, person{}, person{id: a.StaffID, departmentID: a.DepartmentID})
		version, err := s.store.claim(ctx, id, a.StaffID, department, s.now())
		if err != nil {
			return err
		}
		if version == 0 {
			return s.taken(ctx, a, id)
		}
		// The entry first: its lock puts claims into a row, so that the count
		// sees those that went before.
		err = s.Audit.Append(ctx, audit.Entry{Action: "customer.claim", ObjectType: "customer", ObjectID: idText(id), After: map[string]any{fieldOwner: a.StaffID}})
		if err != nil {
			return err
		}
		if rules.ClaimLimit > 0 {
			n, err := s.store.ownedBy(ctx, a.StaffID)
			if err != nil {
				return err
			}
			if n > rules.ClaimLimit { // this one among them
				return errs.New(errs.Conflict, "customer.pool_limit", "limit", rules.ClaimLimit, "held", n-1)
			}
		}
		changes := []Change{{CustomerID: id, Field: fieldOwner, After: idText(a.StaffID)}}
		if department != r.DepartmentID {
			changes = append(changes, Change{CustomerID: id, Field: fieldDepartment, Before: idText(r.DepartmentID), After: idText(department)})
		}
		_, err = s.finish(ctx, WriteOptions{Origin: OriginPool, NoAudit: true}, []int64{id}, map[int64]int64{id: version}, changes)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Read(ctx, id)
}

// inPool says whether the pool shows a customer without an owner to the actor.
func inPool(a *auth.Actor, r *Stored) bool {
	if r.DepartmentID == 0 {
		return true
	}
	for _, id := range a.DepartmentIDs {
		if id == r.DepartmentID {
			return true
		}
	}
	return false
}

// taken says who has the customer. Who may not see it and did not just lose a
// race for it learns nothing.
func (s *Service) taken(ctx context.Context, a *auth.Actor, id int64) error {
	rows, err := s.store.stored(ctx, a, []int64{id}, toAny)
	if err != nil {
		return err
	}
	r := rows[id]
	if r == nil || r.OwnerID == 0 {
		return notFound(id)
	}
	if !seesAll(a) && !inPool(a, r) && r.OwnerID != a.StaffID {
		return notFound(id)
	}
	people, err := s.store.people(ctx, []int64{r.OwnerID})
	if err != nil {
		return err
	}
	return errs.New(errs.Conflict, "customer.already_owned", "owner", people[r.OwnerID].name)
}

// maxReason bounds the reason of a release, in characters.
const maxReason = 200

// Release puts a customer back into the pool. The owner may, and whoever has
// customer.assign. Errors: forbidden, customer.reason_missing,
// customer.too_long, customer.not_owned, and those of Change.
func (s *Service) Release(ctx context.Context, id, version int64, reason string) error {
	a := auth.From(ctx)
	if !a.Can(PermPool) && !a.Can(PermAssign) {
		return auth.Require(ctx, PermPool)
	}
	c := &checker{bad: errs.New(errs.Invalid, "invalid")}
	c.line("reason", &reason, maxReason, &reason)
	if reason == "" {
		_ = c.bad.WithField("reason", "customer.reason_missing")
	}
	if err := c.bad.OrNil(); err != nil {
		return err
	}
	return s.editOne(ctx, id, version, WriteOptions{Origin: OriginPool, Action: "customer.release"}, func(ctx context.Context, r *Stored) ([]Change, error) {
		if r.OwnerID == 0 {
			return nil, errs.New(errs.Conflict, "customer.not_owned")
		}
		if r.OwnerID != a.StaffID && !a.Can(PermAssign) {
			return nil, errs.New(errs.Forbidden, "forbidden", "permission", string(PermAssign))
		}
		if err := s.store.setOwner(ctx, id, 0, r.DepartmentID, 0); err != nil {
			return nil, err
		}
		return []Change{
			{CustomerID: id, Field: fieldOwner, Before: idText(r.OwnerID)},
			{CustomerID: id, Field: fieldReason, After: reason},
		}, nil
	})
}

// recoverBatch is how many customers one transaction of the recovery takes.
const recoverBatch = 500

// Recover puts customers whose owners had no contact with them for the days of
// the rules into the pool: last_contact_at, the day the owner got the customer
// and the last purchase all lie before. It gives how many. Where recovery is
// off it does nothing.
func (s *Service) Recover(ctx context.Context, progress func(done int64)) (done int64, err error) {
	rules, err := s.PoolRules(ctx)
	if err != nil || !rules.Recover {
		return 0, err
	}
	day := s.Zone.Today(s.Clock) - clock.Day(rules.RecoverDays)
	before := clock.Millis(day.Start(s.Zone()))
	set, err := s.newChangeSet(ctx)
	if err != nil {
		return 0, err
	}
	ctx = auth.With(ctx, auth.System("job:customer.recover"))
	for after := int64(0); ; {
		n := 0
		err := s.DB.InTx(ctx, func(ctx context.Context) error {
			lost, err := s.store.neglected(ctx, before, day, after, recoverBatch)
			if err != nil || len(lost) == 0 {
				return err
			}
			n, after = len(lost), lost[len(lost)-1].id
			versions, err := s.store.unown(ctx, lost, before, s.now())
			if err != nil {
				return err
			}
			var ids []int64
			var changes []Change
			for _, l := range lost {
				if versions[l.id] == 0 { // somebody spoke with the customer just now
					continue
				}
				ids = append(ids, l.id)
				changes = append(changes, Change{CustomerID: l.id, Field: fieldOwner, Before: idText(l.ownerID)},
					Change{CustomerID: l.id, Field: fieldReason, After: "no_contact:" + idText(rules.RecoverDays)})
			}
			done += int64(len(ids))
			_, err = s.finish(ctx, WriteOptions{
				Origin: OriginPool, ChangeSet: set, Action: "customer.recover", Note: map[string]any{"days": rules.RecoverDays},
			}, ids, versions, changes)
			return err
		})
		if err != nil || n == 0 {
			return done, err
		}
		if progress != nil {
			progress(done)
		}
	}
}

// NewChangeSet takes a number for changes that are made together over several
// transactions.
func (s *Service) NewChangeSet(ctx context.Context) (int64, error) { return s.newChangeSet(ctx) }

func (s *Service) newChangeSet(ctx context.Context) (set int64, err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		set, err = s.DB.NextID(ctx, "change_set")
		return err
	})
	return set, err
}

type recoverArgs struct{}

// Kind names the job.
func (recoverArgs) Kind() string { return "customer.recover" }

type feedArgs struct{}

// Kind names the job.
func (feedArgs) Kind() string { return "customer.clean_feed" }

// Register puts the jobs of customers into the registry: the nightly recovery
// into the pool, and the end of old entries of the feed.
func (s *Service) Register(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[recoverArgs]) error {
		_, err := s.Recover(ctx, func(done int64) { jobs.Report(ctx, done, 0, "customers", "") })
		return err
	}, jobs.Unique())
	r.Every("customer.recover", jobs.Daily(2, 30, s.Zone), func() jobs.Args { return recoverArgs{} })
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[feedArgs]) error { return s.CleanFeed(ctx) }, jobs.Unique())
	r.Every("customer.clean_feed", jobs.Interval(24*time.Hour), func() jobs.Args { return feedArgs{} })
	s.registerSealing(r)
	s.registerPlaces(r)
	s.registerLists(r)
}

// marksDays is how long marks for lists in memory are kept; a list that is
// farther behind is read anew.
const marksDays = 1

// CleanFeed removes entries of the feed that are older than it is kept, and old
// marks.
func (s *Service) CleanFeed(ctx context.Context) error {
	before := func(days int) int64 { return clock.Millis(s.Clock.Now().AddDate(0, 0, -days)) }
	for {
		var n, marks int64
		err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
			if n, err = s.store.dropFeed(ctx, before(feedDays), 2000); err != nil {
				return err
			}
			marks, err = column.DropMarks(ctx, s.DB, before(marksDays), 2000)
			return err
		})
		if err != nil || n+marks == 0 {
			return err
		}
	}
}
