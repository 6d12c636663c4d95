package tiering

import "context"

// DecidedLevels is what people made of the levels that a run had proposed. Summary
// and lists of a run stay what its scheme found.
type DecidedLevels struct {
	// Customers are those about whom somebody decided otherwise than the run, in its
	// review or by hand since.
	Customers int64        `json:"customers"`
	Levels    []LevelCount `json:"levels" doc:"Customers of each level as decided, in the order of the scheme"`
}

// LevelCount is how many customers have a level.
type LevelCount struct {
	Code      string `json:"code"`
	Customers int64  `json:"customers"`
}

// decided counts the levels of a finished run as they are now; nil where nobody
// changed one.
func (s *Service) decided(ctx context.Context, r *runRow) (*DecidedLevels, error) {
	n, err := s.store.decidedIn(ctx, r.ID)
	if err != nil || n == 0 {
		return nil, err
	}
	sch, err := s.schemeByID(ctx, r.SchemeID)
	if err != nil {
		return nil, err
	}
	counts, err := s.store.levelCounts(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	out := &DecidedLevels{Customers: n, Levels: make([]LevelCount, len(sch.Levels))}
	for i, l := range sch.Levels {
		out.Levels[i] = LevelCount{l.Code, counts[i]}
	}
	return out, nil
}

// count is how many customers a list has as people left it, nil where nobody has
// counted.
func (d *DecidedLevels) count(k listKey) *int64 {
	if k.move != listAll || k.level < 0 || int(k.level) >= len(d.Levels) {
		return nil
	}
	return &d.Levels[k.level].Customers
}
