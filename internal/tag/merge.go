package tag

import (
	"context"
	"time"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// MergeArgs moves the members of a merged tag.
type MergeArgs struct {
	TagID int64 `json:"tag_id"`
}

// Kind names the job.
func (MergeArgs) Kind() string { return "tag.merge" }

// RegisterJobs registers the job that moves members.
func (s *Service) RegisterJobs(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, j jobs.Job[MergeArgs]) error {
		return s.moveMembers(ctx, j.Args.TagID)
	}, jobs.Timeout(2*time.Hour))
}

// Merged says what a merge does.
type Merged struct {
	Tag   Tag    `json:"tag" doc:"The tag that stays"`
	Moved int64  `json:"members" doc:"Members of the merged tag"`
	JobID *int64 `json:"job_id" doc:"The job that moves them; null where they have moved already"`
}

// Merge makes one tag part of another: its members get the other, once each,
// and its name stays as another name of it. Few members move at once, many in
// a job; either way the tag is no longer offered from now on, and members are
// shown with the other. In an exclusive group a member may have two tags
// afterwards: a merge takes none away. Errors: tag.not_found, tag.merge_self.
func (s *Service) Merge(ctx context.Context, id, into int64) (out Merged, err error) {
	err = s.change(ctx, func(ctx context.Context, c *Catalogue) error {
		from, to := c.tags[id], c.tags[into]
		if from == nil || from.MergedInto != 0 {
			return errs.New(errs.NotFound, "tag.not_found")
		}
		if to == nil || to.MergedInto != 0 {
			return errs.New(errs.Invalid, "invalid").WithField("into_id", "tag.not_found")
		}
		if id == into {
			return errs.New(errs.Invalid, "invalid").WithField("into_id", "tag.merge_self")
		}
		merged := *from
		merged.Retired, merged.MergedInto, merged.UpdatedAt = true, into, s.now()
		if err := s.updateTag(ctx, &merged); err != nil {
			return err
		}
		// Names that went into it before go along.
		for i := range c.Tags {
			if o := &c.Tags[i]; o.MergedInto == id {
				other := *o
				other.MergedInto = into
				if err := s.updateTag(ctx, &other); err != nil {
					return err
				}
			}
		}
		if out.Moved, err = s.count(ctx, "SELECT count(*) FROM customer_tags WHERE tag_id = $1", id); err != nil {
			return err
		}
		out.Tag = *to
		err := s.record(ctx, "tag.merge", "tag", id, map[string]any{"name": from.Name},
			map[string]any{"into": to.Name, "into_id": into, "members": out.Moved})
		if err != nil {
			return err
		}
		if out.Moved <= int64(s.step) || s.Jobs == nil {
			return s.moveStep(ctx, id, s.step)
		}
		job, err := s.Jobs.Enqueue(ctx, MergeArgs{TagID: id}, jobs.EnqueueOpts{})
		out.JobID = &job
		return err
	})
	return out, err
}

// moveMembers moves the members of a merged tag, some at a time; it goes on
// where a killed run stopped.
func (s *Service) moveMembers(ctx context.Context, id int64) error {
	c, err := s.Catalogue(ctx)
	if err != nil {
		return err
	}
	if t := c.tags[id]; t == nil || t.MergedInto == 0 {
		return nil // its name was taken anew: nobody has it any more
	}
	total, err := s.count(ctx, "SELECT count(*) FROM customer_tags WHERE tag_id = $1", id)
	if err != nil {
		return err
	}
	for done := int64(0); ; done += int64(s.step) {
		jobs.Report(ctx, min(done, total), total, "customers", "")
		left := false
		err := s.DB.InTx(ctx, func(ctx context.Context) error {
			if err := s.moveStep(ctx, id, s.step); err != nil {
				return err
			}
			n, err := s.memberCount(ctx, id, 1)
			left = n > 0
			return err
		})
		if err != nil || !left {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// moveStep moves up to n members of a merged tag, inside InTx.
func (s *Service) moveStep(ctx context.Context, id int64, n int) error {
	c, err := s.Catalogue(ctx)
	if err != nil {
		return err
	}
	from, to := c.tags[id], c.Tag(id)
	if from == nil || to == nil || from == to {
		return nil
	}
	ids, err := s.members(ctx, id, 0, n)
	if err != nil || len(ids) == 0 {
		return err
	}
	rows, err := s.tagsOf(ctx, ids)
	if err != nil {
		return err
	}
	has := map[int64]bool{}
	given := map[int64]held{}
	for _, h := range rows {
		switch h.tagID {
		case to.ID:
			has[h.customerID] = true
		case id:
			given[h.customerID] = h
		}
	}
	var changes []Change
	var add []held
	for _, customer := range ids {
		changes = append(changes, Change{customer, from, false})
		if !has[customer] {
			changes = append(changes, Change{customer, to, true})
			// When and by whom it was given stays as it was.
			add = append(add, held{customer, to.ID, given[customer].addedAt, given[customer].addedBy})
		}
	}
	if err := s.deleteHeld(ctx, id, ids); err != nil {
		return err
	}
	if err := s.insertHeld(ctx, add); err != nil {
		return err
	}
	db.AfterCommit(ctx, s.counts.forget)
	if s.Records == nil {
		return nil
	}
	return s.Records.Note(ctx, changes)
}
