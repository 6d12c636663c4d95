package tiering

import (
	"context"

	"zhike/internal/platform/clock"
)

// LevelChange is a run that moved a customer to another level, or graded it
// for the first time beside a run before.
type LevelChange struct {
	RunID      int64
	At         int64 // when the run finished, unix ms
	AsOf       clock.Day
	SchemeName string
	Dimension  string // code
	Move       Move
	LevelName  string
	// PrevLevelName is "" where there was none.
	PrevLevelName string
}

// History reads up to n changes of a customer's level behind (at, run), newest
// first, over the finished runs of all schemes. The row scope is the caller's.
func (s *Service) History(ctx context.Context, customerID, at, run int64, n int, locale string) ([]LevelChange, error) {
	rows, err := s.store.history(ctx, customerID, at, run, n)
	if err != nil {
		return nil, err
	}
	out := make([]LevelChange, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		sch, err := s.schemeByID(ctx, r.scheme)
		if err != nil {
			return nil, err
		}
		now := sch.Localized(locale)
		c := LevelChange{RunID: r.run, At: r.at, AsOf: r.asOf, SchemeName: now.Name, Dimension: now.dimension(), Move: r.move, LevelName: now.levelName(r.level)}
		if r.prev != nil && r.prevScheme != 0 {
			if sch, err = s.schemeByID(ctx, r.prevScheme); err != nil {
				return nil, err
			}
			c.PrevLevelName = sch.Localized(locale).levelName(*r.prev)
		}
		out = append(out, c)
	}
	return out, nil
}

// levelName is the name of a level by its number; "" where there is none.
func (s *Scheme) levelName(no int64) string {
	if no < 0 || no >= int64(len(s.Levels)) {
		return ""
	}
	return s.Levels[no].Name
}
