package tiering

import (
	"strings"
	"sync"

	"zhike/internal/platform/i18n"
)

// Shipped are the schemes every company starts with, by the names the command
// line takes. Their numbers follow requirements 26–32 and 38 and are examples
// to change, not rules of ours.
func Shipped() []*Scheme {
	return []*Scheme{shippedRules(), shippedScore(), shippedRFM(), shippedNeed(), shippedLoyalty()}
}

// levels are those of the codes, best first. Their advice stands under advice.<code>,
// or advice.<kind>_<code> where a kind has its own.
func levels(kind string, codes ...string) []Level {
	out := make([]Level, len(codes))
	for i, code := range codes {
		out[i] = Level{Code: code, Name: zh("level." + code), Advice: zh("advice." + kind + code)}
	}
	return out
}

func shippedRules() *Scheme {
	return &Scheme{
		Code: "value-rules", Name: zh("scheme.rules"), Method: MethodRules, WindowDays: 365, Measure: MeasureNet,
		Levels: levels("", "high", "mid", "potential"),
		Rules: []Rule{
			{Level: "high", Name: zh("rule.all_high"), All: []Condition{
				{Metric: MetricSpend, Op: OpTopShare, Value: 0.20},
				{Metric: MetricRepurchase, Op: OpAtLeast, Value: 0.50},
				{Metric: MetricAOV, Op: OpMeanMul, Value: 1.5},
			}},
			{Level: "mid", Name: zh("rule.steady"), All: []Condition{
				{Metric: MetricOrders, Op: OpAtLeast, Value: 2},
			}},
			{Level: "mid", Name: zh("rule.pleased"), All: []Condition{
				{Metric: MetricOrders, Op: OpAtLeast, Value: 1},
				{Metric: MetricRating, Op: OpAtLeast, Value: 4},
			}},
			{Level: "potential", Name: zh("rule.first"), All: []Condition{
				{Metric: MetricOrders, Op: OpAtLeast, Value: 1},
				{Metric: MetricOrdersAll, Op: OpAtMost, Value: 1},
			}},
			{Level: "potential", Name: zh("rule.carts"), All: []Condition{
				{Metric: MetricCarts, Op: OpAtLeast, Value: 3},
			}},
			{Level: "potential", Name: zh("rule.silent"), All: []Condition{
				{Metric: MetricOrdersAll, Op: OpAtLeast, Value: 1},
			}},
		},
	}
}

func shippedScore() *Scheme {
	return &Scheme{
		Code: "value-score", Name: zh("scheme.score"), Method: MethodScore, WindowDays: 365, Measure: MeasureNet,
		Levels: levels("score_", "high", "mid", "basic"),
		Score: &Score{
			Parts: []ScorePart{
				{Name: zh("part.current"), Weight: 0.5, Terms: []ScoreTerm{
					{Metric: MetricSpend, Weight: 0.6, Scale: "percentile"},
					{Metric: MetricOrders, Weight: 0.4, Scale: "percentile"},
				}},
				{Name: zh("part.potential"), Weight: 0.2, Terms: []ScoreTerm{
					{Metric: MetricGrowth, Weight: 0.5, Scale: "linear", From: -1, To: 1},
					{Metric: MetricAOV, Weight: 0.5, Scale: "percentile"},
				}},
				{Name: zh("part.loyalty"), Weight: 0.3, Terms: []ScoreTerm{
					{Metric: MetricRepurchase, Weight: 0.4, Scale: "linear", From: 0, To: 1},
					{Metric: MetricMonths, Weight: 0.3, Scale: "linear", From: 0, To: 12},
					{Metric: MetricRecency, Weight: 0.2, Scale: "linear", From: 365, To: 0},
					{Metric: MetricRating, Weight: 0.1, Scale: "linear", From: 1, To: 5},
				}},
			},
			Cuts: []float64{65, 35},
		},
	}
}

func shippedRFM() *Scheme {
	return &Scheme{
		Code: "rfm", Name: zh("scheme.rfm"), Method: MethodRFM, WindowDays: 365, Measure: MeasureNet,
		Levels: levels("", "important-value", "important-develop", "important-keep", "important-winback", "general-value", "general-develop", "general-keep", "general-winback", "none"),
		RFM:    &RFM{Bins: 5, Split: "score"},
	}
}

// shippedNeed follows requirement 44. What tells of a personalised need differs
// by company (a tag, a field, notes of solutions), so that it begins with what
// every company has: who chooses among many categories.
func shippedNeed() *Scheme {
	return &Scheme{
		Code: "need-rules", Name: zh("scheme.need"), Dimension: DimensionNeed, Method: MethodRules, WindowDays: 365, Measure: MeasureNet,
		Levels: levels("", "personalised", "standardised", "latent"),
		Rules: []Rule{
			{Level: "personalised", Name: zh("rule.many_items"), All: []Condition{
				{Metric: MetricOrders, Op: OpAtLeast, Value: 4},
				{Who: facts("lines", "distinct", "category", 365, "gte", 4)},
			}},
			{Level: "personalised", Name: zh("rule.asks_advice"), All: []Condition{{Who: noted(365, "kind", "consultation", 3)}}},
			{Level: "latent", Name: zh("rule.similar_bought"), All: []Condition{
				{Metric: MetricOrders, Op: OpAtMost, Value: 1},
				{Who: plain(map[string]any{"field": "similar_category", "op": "not_empty"})},
			}},
			{Level: "standardised", Name: zh("rule.price_sensitive"), All: []Condition{
				{Metric: MetricOrders, Op: OpAtLeast, Value: 1},
				{Who: plain(map[string]any{"field": "price_sensitivity", "op": "gte", "value": 60})},
			}},
			{Level: "standardised", Name: zh("rule.regular_goods"), All: []Condition{
				{Metric: MetricOrders, Op: OpAtLeast, Value: 1},
			}},
			{Level: "latent", Name: zh("rule.only_looks"), All: []Condition{
				{Metric: MetricOrders, Op: OpAtMost, Value: 0},
				{Who: browsed()},
			}},
			{Level: "latent", Name: zh("rule.no_stated"), All: []Condition{
				{Metric: MetricOrders, Op: OpAtMost, Value: 0},
			}},
		},
	}
}

// shippedLoyalty follows requirements 45–47: churn risk first, because a loyal
// customer who falls silent is one.
func shippedLoyalty() *Scheme {
	return &Scheme{
		Code: "loyalty-rules", Name: zh("scheme.loyalty"), Dimension: DimensionLoyalty, Method: MethodRules, WindowDays: 365, Measure: MeasureNet,
		Levels: levels("", "loyal", "general", "churn-risk"),
		Rules: []Rule{
			{Level: "churn-risk", Name: zh("rule.off_rhythm"), All: []Condition{
				{Metric: MetricRhythm, Op: OpAtLeast, Value: 2},
				{Metric: MetricRecency, Op: OpAtLeast, Value: minSilence},
			}},
			{Level: "churn-risk", Name: zh("rule.falling"), All: []Condition{
				{Metric: MetricOrdersAll, Op: OpAtLeast, Value: minOwnOrders},
				{Metric: MetricGrowth, Op: OpAtMost, Value: -0.5},
			}},
			{Level: "churn-risk", Name: zh("rule.unhappy_or_silent"), All: []Condition{
				{Metric: MetricOrdersAll, Op: OpAtLeast, Value: 1},
			}, Any: []Condition{
				{Who: ratedBadly()},
				{Who: noted(90, "kind", "complaint", 1)},
				{Who: noted(90, "outcome", "no_answer", 3)},
			}},
			{Level: "loyal", Name: zh("rule.long_frequent"), All: []Condition{
				{Metric: MetricTenure, Op: OpAtLeast, Value: 365},
				{Metric: MetricOrders, Op: OpAtLeast, Value: 4},
				{Metric: MetricMonths, Op: OpAtLeast, Value: 4},
			}},
			{Level: "loyal", Name: zh("rule.recommends"), All: []Condition{
				{Metric: MetricOrders, Op: OpAtLeast, Value: 3},
				{Metric: MetricRating, Op: OpAtLeast, Value: 4.5},
			}},
			{Level: "general", Name: zh("rule.others"), All: []Condition{
				{Metric: MetricOrdersAll, Op: OpAtLeast, Value: 0},
			}},
		},
	}
}

// facts is a rule of audiences over facts of a window in days.
func facts(stream, agg, of string, last int, op string, value int) any {
	return plain(map[string]any{"facts": map[string]any{"stream": stream, "agg": agg, "of": of, "window": map[string]any{"last": last}}, "op": op, "value": value})
}

// ratedBadly means who gave one or two stars within 90 days.
func ratedBadly() any {
	return plain(map[string]any{"facts": map[string]any{
		"stream": "behaviours", "agg": "count", "window": map[string]any{"last": 90},
		"where": []any{
			map[string]any{"field": "kind", "op": "in", "value": []any{"review"}},
			map[string]any{"field": "rating", "op": "lte", "value": 2},
		},
	}, "op": "gte", "value": 1})
}

// browsed means who did anything but buy within a year.
func browsed() any {
	return plain(map[string]any{"facts": map[string]any{"stream": "behaviours", "agg": "count", "window": map[string]any{"last": 365}}, "op": "gte", "value": 1})
}

// noted means of whom notes of a kind, or with an outcome, were written so many
// times within a window in days: complaints, calls and messages that nobody
// answered, requests for advice.
func noted(last int, field, word string, times int) any {
	return plain(map[string]any{"facts": map[string]any{
		"stream": "notes", "agg": "count", "window": map[string]any{"last": last},
		"where": []any{map[string]any{"field": field, "op": "in", "value": []any{word}}},
	}, "op": "gte", "value": times})
}

// zh gives a text of a shipped scheme. A scheme holds its texts, because a
// company may rename everything; the shipped ones are the Chinese catalogue's.
func zh(key string) string { return i18n.T(i18n.ZhCN, shippedPrefix+key, nil) }

const shippedPrefix = "tier.shipped."

// i18n-keys: tier.shipped.*

// shippedKeys finds the key of a text that came with the program.
var shippedKeys = sync.OnceValue(func() map[string]string {
	b := i18n.Default()
	out := map[string]string{}
	for _, k := range b.Keys(i18n.ZhCN) {
		if strings.HasPrefix(k, shippedPrefix) {
			text, _ := b.Lookup(i18n.ZhCN, k)
			out[text] = k
		}
	}
	return out
})
