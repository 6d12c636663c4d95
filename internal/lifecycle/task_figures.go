package lifecycle

import (
	"context"
	"slices"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// ToolFigures is what came of the tasks of a tool, of customers whom the reader sees.
type ToolFigures struct {
	Tool  string       `json:"tool"`
	Open  int64        `json:"open"`
	Done  int64        `json:"done"`
	Won   int64        `json:"won"`
	Lost  int64        `json:"lost"`
	Items []ItemFigure `json:"items" doc:"By step, cause or question, in their order"`
}

// ItemFigure is how often an item was filled in, and how the tasks ended.
type ItemFigure struct {
	Item     string          `json:"item"`
	Text     string          `json:"text"`
	Tasks    int64           `json:"tasks"`
	Won      int64           `json:"won"`
	Lost     int64           `json:"lost"`
	Results  []ResultFigure  `json:"results"`
	Measures []MeasureFigure `json:"measures"`
}

// ResultFigure counts a result.
type ResultFigure struct {
	Result string `json:"result"`
	Tasks  int64  `json:"tasks"`
}

// MeasureFigure counts what was done about a cause, and whether it worked.
type MeasureFigure struct {
	Measure string `json:"measure"`
	Text    string `json:"text"`
	Tasks   int64  `json:"tasks"`
	Worked  int64  `json:"worked"`
	Failed  int64  `json:"failed"`
}

// Figures counts the tasks of a tool: causes, measures and answers beside win-back
// success. Error: lifecycle.no_tool.
func (s *Service) Figures(ctx context.Context, tool string) (ToolFigures, error) {
	out := ToolFigures{Tool: tool, Items: []ItemFigure{}}
	c, _, err := s.config(ctx, 0)
	if err != nil {
		return out, err
	}
	t := c.Localized(web.Locale(ctx)).Tool(tool)
	if t == nil {
		return out, errs.New(errs.NotFound, "lifecycle.no_tool", "code", rule.Shortened(tool))
	}
	scope, err := s.scope(ctx)
	if err != nil {
		return out, err
	}
	outcomes := map[int64]string{}
	err = s.store.outcomes(ctx, tool, func(id, customerID int64, outcome string) {
		if scope != nil && !scope.Has(customerID) || outcome == outcomeWithdrawn {
			return
		}
		outcomes[id] = outcome
		switch outcome {
		case "":
			out.Open++
		case "won":
			out.Won++
		case "lost":
			out.Lost++
		default:
			out.Done++
		}
	})
	if err != nil {
		return out, err
	}
	at := map[string]int{}
	for i, it := range t.Items {
		at[it.Code] = i
		out.Items = append(out.Items, ItemFigure{Item: it.Code, Text: it.Text, Results: []ResultFigure{}, Measures: []MeasureFigure{}})
	}
	err = s.store.results(ctx, tool, func(r *itemRow) {
		outcome, in := outcomes[r.task]
		i, known := at[r.item]
		if !in || !known {
			return
		}
		out.Items[i].add(t, r, outcome)
	})
	return out, err
}

func (f *ItemFigure) add(t *Tool, r *itemRow, outcome string) {
	f.Tasks++
	switch outcome {
	case "won":
		f.Won++
	case "lost":
		f.Lost++
	}
	i := slices.IndexFunc(f.Results, func(x ResultFigure) bool { return x.Result == r.result })
	if i < 0 {
		i = len(f.Results)
		f.Results = append(f.Results, ResultFigure{Result: r.result})
	}
	f.Results[i].Tasks++
	if r.measure == "" {
		return
	}
	i = slices.IndexFunc(f.Measures, func(x MeasureFigure) bool { return x.Measure == r.measure })
	if i < 0 {
		m := MeasureFigure{Measure: r.measure, Text: r.measure}
		if c := choice(t.Measures, r.measure); c != nil {
			m.Text = c.Text
		}
		i = len(f.Measures)
		f.Measures = append(f.Measures, m)
	}
	f.Measures[i].Tasks++
	switch r.result {
	case resultWorked:
		f.Measures[i].Worked++
	case resultFailed:
		f.Measures[i].Failed++
	}
}
