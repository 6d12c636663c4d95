package customer

import (
	"context"
	"strconv"

	"zhike/internal/column"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
)

// The parts of a breakdown.
const (
	ByLevel    = "level"
	ByKind     = "kind"
	ByRegion   = "region"   // provinces
	ByCategory = "category" // the favourite one
	BySpend    = "spend"    // net of 365 days, in stretches of SpendBounds
	ByChannel  = "channel"  // contacts that are not known to be wrong; several of one customer
	ByGender   = "gender"
	ByAge      = "age" // whole years, in stretches of AgeBounds; lunar birthdays as if they were civil
)

// SpendBounds (分) and AgeBounds (years) cut numbers: stretch i is from bound
// i-1 up to but not including bound i.
var (
	SpendBounds = []int64{1, 50_000, 100_000, 300_000, 1_000_000, 3_000_000}
	AgeBounds   = []int64{18, 25, 30, 35, 40, 50, 60}
)

// breakdownKeys are the field accesses that hide a part.
var breakdownKeys = map[string][]string{
	ByLevel: {AccessLevel}, ByRegion: {"region"}, ByCategory: {AccessOrders}, BySpend: {AccessSpend}, ByGender: {"gender"}, ByAge: {"birthday"},
}

// Breakdown is how many customers have what: of levels by code, of numbers by
// the stretch ("0", "1", …), of others by the word. None has who has nothing.
type Breakdown struct {
	Code   string
	Levels []Level // of the day, by rank
	Counts map[string]int64
	None   int64
	All    int64
}

// Breakdowns counts those whom a rule means by several parts; parts that are
// hidden from the actor are left out. Errors are those of [Service.Find].
func (s *Service) Breakdowns(ctx context.Context, w Who, codes []string) ([]Breakdown, Found, error) {
	parts, c, err := s.who(ctx, w)
	if err != nil {
		return nil, Found{}, err
	}
	f := Found{AsOf: c.asOf, Engine: "columns"}
	run, err := c.levelRun(ValueDimension, &Node{Field: ByLevel})
	if err != nil {
		return nil, f, err
	}
	var splits []column.Split
	var kept []string
	for _, code := range codes {
		// Figures are kept for the present day only.
		if (!c.past || code != BySpend && code != ByCategory) && !auth.Hides(ctx, breakdownKeys[code]...) {
			splits, kept = append(splits, c.split(code, run)), append(kept, code)
		}
	}
	tallies, ok, err := s.Columns.Tally(ctx, column.All(mems(parts)...), splits)
	if err != nil {
		return nil, f, err
	}
	if !ok {
		f.Engine = "sql"
		if tallies, err = s.store.tallies(ctx, parts, splits); err != nil {
			return nil, f, err
		}
	}
	out := make([]Breakdown, len(kept))
	for i, code := range kept {
		out[i] = breakdown(ctx, code, &tallies[i], run)
	}
	return out, f, nil
}

func (c *compiler) split(code string, run *LevelRun) column.Split {
	switch code {
	case ByLevel:
		return column.Split{Col: LevelsInMemory(run.RunID)}
	case ByKind:
		return column.Split{Col: memCol(column.Words, "c.kind")}
	case ByRegion:
		return column.Split{Col: memProvince}
	case ByCategory:
		return column.Split{Col: memCol(column.Words, "m.favourite_category")}
	case BySpend:
		return column.Split{Col: memNumber("m.net_365_fen"), Bounds: SpendBounds}
	case ByChannel:
		return column.Split{Col: memSet(column.Words, "contacts", "kind", "validity <> 'invalid' AND kind IN ('phone', 'email', 'wecom', 'app')")}
	case ByGender:
		return column.Split{Col: memCol(column.Words, "c.gender")}
	}
	return column.Split{Col: memBorn0, Bounds: bornBounds(c.asOf)}
}

// memBorn0 is the day of birth as a number, 19900131, where the year is known.
var memBorn0 = memCol(column.Small, "c.CASE WHEN LENGTH(birthday) = 10 THEN CAST(REPLACE(birthday, '-', '') AS INTEGER) END")

// bornBounds are the days of birth, as memBorn0 has them, that part the ages of
// AgeBounds on a day, the oldest first: whoever was born up to the day so many
// years ago is that old.
func bornBounds(on clock.Day) []int64 {
	y, m, d := on.Date()
	out := make([]int64, len(AgeBounds))
	for i := range AgeBounds {
		age := int(AgeBounds[len(AgeBounds)-1-i])
		out[i] = int64((y-age)*10_000+int(m)*100+d) + 1
	}
	return out
}

func breakdown(ctx context.Context, code string, t *column.Tally, run *LevelRun) Breakdown {
	out := Breakdown{Code: code, Levels: sortedLevels(run), Counts: map[string]int64{}, None: t.None, All: t.All}
	for word, n := range t.Words {
		if code == ByChannel && auth.Hides(ctx, word) {
			continue
		}
		out.Counts[word] = n
	}
	for key, n := range t.Keys {
		switch code {
		case ByLevel:
			out.Counts[run.Levels[key].Code] += n
		case ByAge: // the youngest first, as in AgeBounds
			out.Counts[strconv.FormatInt(int64(len(AgeBounds))-key, 10)] += n
		default:
			out.Counts[strconv.FormatInt(key, 10)] += n
		}
	}
	return out
}
