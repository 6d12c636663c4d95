package lifecycle

import (
	"context"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// BegunFigures is what begins by itself, and what would.
type BegunFigures struct {
	Days  int         `json:"days" doc:"How many days that are over the ways were counted on: up to 30, without the first day of the lifecycle"`
	Ways  []StageWay  `json:"ways" doc:"Who came from which stage to which on those days"`
	Tools []ToolBegun `json:"tools" doc:"Of tools that began by themselves in the last 30 days"`
}

// StageWay counts customers who came from a stage to another one.
type StageWay struct {
	From      string `json:"from" doc:"Empty: came new"`
	To        string `json:"to"`
	Customers int64  `json:"customers"`
}

// ToolBegun counts tasks of a tool that began by themselves.
type ToolBegun struct {
	Tool         string `json:"tool"`
	Today        int64  `json:"today"`
	LeftOutToday int64  `json:"left_out_today" doc:"Came to the stages behind the bound of the day"`
	Begun        int64  `json:"begun" doc:"In 30 days"`
	Withdrawn    int64  `json:"withdrawn" doc:"Of those, left the stage before anybody worked with the task"`
	LeftOut      int64  `json:"left_out" doc:"In 30 days"`
}

const begunDays = 30

// Begun tells what begins by itself. Error: forbidden to who does not see the
// whole company.
func (s *Service) Begun(ctx context.Context) (BegunFigures, error) {
	out := BegunFigures{Ways: []StageWay{}, Tools: []ToolBegun{}}
	if !seesAll(ctx) {
		return out, errs.New(errs.Forbidden, "lifecycle.whole_company")
	}
	h, err := s.store.head(ctx)
	if err != nil || h.day == 0 {
		return out, err
	}
	from := max(h.begun+1, h.day-begunDays)
	if out.Days = int(max(0, h.day-from)); out.Days > 0 {
		if out.Ways, err = s.store.ways(ctx, from, h.day); err != nil {
			return out, err
		}
	}
	at := map[string]int{}
	err = s.store.begunDays(ctx, h.day-begunDays+1, func(day clock.Day, tool string, n autoCount) {
		i, ok := at[tool]
		if !ok {
			i = len(out.Tools)
			at[tool] = i
			out.Tools = append(out.Tools, ToolBegun{Tool: tool})
		}
		f := &out.Tools[i]
		f.Begun, f.Withdrawn, f.LeftOut = f.Begun+n.begun, f.Withdrawn+n.withdrawn, f.LeftOut+n.leftOut
		if day == h.day {
			f.Today, f.LeftOutToday = n.begun, n.leftOut
		}
	})
	return out, err
}
