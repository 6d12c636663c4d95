package tiering

import (
	"context"
	"math"
	"slices"

	"zhike/internal/platform/clock"
)

// The figures of the axes of potential and loyalty that are not in orders.
const (
	// MetricIndustryGrowth is the growth less the median growth of the customer's
	// industry, where enough of it have one.
	MetricIndustryGrowth Metric = "growth_industry"
	MetricReferrals      Metric = "referrals" // customers whom the customer introduced
)

// minIndustry is from how many customers with a growth an industry has a trend.
const minIndustry = 20

// axes brings the figures of the axes that a scheme uses.
func (s *Service) axes(ctx context.Context, sch *Scheme, f *Facts) error {
	used := sch.metrics()
	n := f.Len()
	if n == 0 {
		return nil
	}
	first, last := f.CustomerID[0], f.CustomerID[n-1]
	if slices.Contains(used, MetricReferrals) {
		f.referrals = make([]int32, n)
		end := clock.Millis(clock.Day(f.AsOf).End(s.Zone()))
		if err := s.store.referrals(ctx, first, last, end, func(id, count int64) {
			if i, ok := slices.BinarySearch(f.CustomerID, id); ok {
				f.referrals[i] = int32(min(count, math.MaxInt32))
			}
		}); err != nil {
			return err
		}
	}
	if slices.Contains(used, MetricIndustryGrowth) {
		of := map[string][]int32{}
		if err := s.store.industries(ctx, first, last, func(id int64, industry string) {
			if i, ok := slices.BinarySearch(f.CustomerID, id); ok {
				of[industry] = append(of[industry], int32(i))
			}
		}); err != nil {
			return err
		}
		f.againstIndustry(of)
	}
	return nil
}

// againstIndustry compares the growth of customers with the median of their
// industry; of gives places by industry.
func (f *Facts) againstIndustry(of map[string][]int32) {
	f.industryGrowth = make([]float64, f.Len())
	for i := range f.industryGrowth {
		f.industryGrowth[i] = math.NaN()
	}
	for _, places := range of {
		var all []float64
		for _, i := range places {
			if g, ok := growth(f.SpendMilli[i], f.PrevMilli[i]); ok {
				all = append(all, g)
			}
		}
		if len(all) < minIndustry {
			continue
		}
		slices.Sort(all)
		median := (all[(len(all)-1)/2] + all[len(all)/2]) / 2
		for _, i := range places {
			if g, ok := growth(f.SpendMilli[i], f.PrevMilli[i]); ok {
				f.industryGrowth[i] = g - median
			}
		}
	}
}

// axis is figure m of customer i; false where there is none.
func (f *Facts) axis(m Metric, i int) (float64, bool) {
	switch {
	case m == MetricReferrals && f.referrals != nil:
		return float64(f.referrals[i]), true
	case m == MetricIndustryGrowth && f.industryGrowth != nil:
		return f.industryGrowth[i], !math.IsNaN(f.industryGrowth[i])
	}
	return 0, false
}
