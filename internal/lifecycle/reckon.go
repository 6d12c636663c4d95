package lifecycle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"zhike/internal/platform/calendar"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// reckoning is what deadlines follow from: when the company works, and how long
// ahead people want to be told.
type reckoning struct {
	hours *calendar.Hours
	zone  *time.Location
	warn  time.Duration // of work; 0: not ahead
}

func (s *Service) reckoning(ctx context.Context) (*reckoning, error) {
	k := &reckoning{hours: calendar.StandardHours(), zone: s.zone()}
	if s.Organisation != nil {
		var err error
		if k.hours, err = s.Organisation.Hours(ctx); err != nil {
			return nil, err
		}
	}
	c, _, err := s.config(ctx, 0)
	if err == nil {
		k.warn = time.Duration(c.remind()) * time.Hour
	}
	return k, err
}

// key names everything that deadlines follow from beside the tasks.
func (k *reckoning) key() (string, error) {
	b, err := json.Marshal(struct {
		Hours *calendar.Hours
		Years []int
		Zone  string
		Warn  time.Duration
	}{k.hours, calendar.KnownYears(), k.zone.String(), k.warn})
	if err != nil {
		return "", errs.Wrap(err, errs.Internal, "internal")
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16]), nil
}

// due is until when something is owed, unix ms, of a task whose days run from one
// day and whose hours from an instant (unix ms); noDue where hours cannot be
// counted, because the company never works.
func (k *reckoning) due(d *Duty, from clock.Day, opened int64) (at int64, byHour bool) {
	switch {
	case d.DueHours > 0:
		end, err := k.hours.After(time.UnixMilli(opened), time.Duration(d.DueHours)*time.Hour, k.zone)
		if err != nil {
			return noDue, false
		}
		return clock.Millis(end), true
	case d.DueDays > 0:
		return clock.Millis((from + clock.Day(d.DueDays)).End(k.zone)) - 1, false
	}
	return noDue, false
}

// ahead is when whoever owes something is told that it falls due, unix ms.
func (k *reckoning) ahead(due int64) int64 {
	if due == noDue || k.warn == 0 {
		return noDue
	}
	at, err := k.hours.Before(time.UnixMilli(due), k.warn, k.zone)
	if err != nil {
		return noDue
	}
	return clock.Millis(at)
}

// reckonAtOnce is how many tasks are reckoned anew in one transaction.
const reckonAtOnce = 200

// reckonAnew brings what is owed of open tasks to the office hours and the warning
// that hold now, where they changed since the last time; so come in, too, tasks that
// were begun before it was kept who owes what. Killed, it goes on where it was.
func (s *Service) reckonAnew(ctx context.Context) error {
	for {
		k, err := s.reckoning(ctx)
		if err != nil {
			return err
		}
		key, err := k.key()
		if err != nil {
			return err
		}
		done := false
		err = s.DB.InTx(ctx, func(ctx context.Context) error {
			was, place, err := s.store.reckoned(ctx)
			if err != nil {
				return err
			}
			if was != key {
				place = 0
			}
			if done = place < 0; done {
				return nil
			}
			tasks, err := s.store.openAfter(ctx, place, reckonAtOnce)
			if err != nil {
				return err
			}
			for i := range tasks {
				if err := s.reckonTask(ctx, &tasks[i]); err != nil {
					return err
				}
				place = tasks[i].id
			}
			if len(tasks) < reckonAtOnce {
				place = -1
			}
			return s.store.setReckoned(ctx, key, place)
		})
		if err != nil || done {
			return err
		}
	}
}

func (s *Service) reckonTask(ctx context.Context, r *taskRow) error {
	c, _, err := s.config(ctx, r.version)
	if err != nil {
		return err
	}
	t := c.Tool(r.tool)
	if t == nil {
		return nil
	}
	return s.owe(ctx, r, t)
}
