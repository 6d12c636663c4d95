package timeline

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

func on(day string, hour int) time.Time {
	d, err := clock.ParseDay(day)
	if err != nil {
		panic(err)
	}
	return d.Start(shanghai).Add(time.Duration(hour) * time.Hour)
}

// Customer 1: five orders on Saturday evenings in the last 180 days, a return,
// one order in the 180 days before, one three years ago. Customer 2: one order.
func (f *fixture) shop(t testing.TB) {
	f.addOrders(t, []buy{
		{customer: 1, product: 1, at: on("2024-09-28", 20), yuan: 300, pieces: 1, channel: "天猫", city: "杭州"},
		{customer: 1, product: 1, at: on("2024-09-21", 20), yuan: 400, pieces: 2, channel: "天猫", city: "杭州"},
		{customer: 1, product: 2, at: on("2024-09-14", 21), yuan: 100, pieces: 1, channel: "门店", city: "上海"},
		{customer: 1, product: 1, at: on("2024-08-10", 20), yuan: 300, pieces: 1, channel: "天猫", city: "杭州"},
		{customer: 1, product: 1, at: on("2024-08-11", 9), yuan: 100, pieces: 1, back: true, channel: "天猫", city: "杭州"},
		{customer: 1, product: 1, at: on("2024-07-06", 20), yuan: 200, pieces: 1, channel: "天猫", city: "杭州"},
		{customer: 1, product: 1, at: on("2024-02-03", 20), yuan: 600, pieces: 2, channel: "天猫", city: "杭州"},
		{customer: 1, product: 2, at: on("2021-06-01", 3), yuan: 50, pieces: 1, channel: "微信", city: "北京"},
		{customer: 2, product: 2, at: on("2024-06-01", 12), yuan: 200, pieces: 1, channel: "微信"},
	})
	f.exec(t, `INSERT INTO tier_assignments (run_id, customer_id, level) VALUES (7, 1, 0), (7, 2, 1), (7, 3, 1)`)
}

func TestPortrait(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		f.shop(t)
		var p Portrait
		f.call(t, "seller", "GET", "/customers/1/portrait", "", &p)
		if len(p.Averages) != 0 || strings.Contains(p.Sentence, "平均") {
			t.Errorf("compared with nothing: %+v", p)
		}
		must(t, f.s.RefreshAverages(context.Background()))
		if w := f.call(t, "seller", "GET", "/customers/1/portrait", "", &p); w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		// 300+400+100+300−100+200+600 = 1800 yuan with 6 purchases in 365 days.
		if p.Spend.NetFen != 180_000 || p.Spend.Orders != 6 || *p.Spend.AOVFen != 30_000 || p.Spend.OrdersAll != 7 || p.Spend.Months != 4 {
			t.Errorf("spend %+v", p.Spend)
		}
		if p.Trend.NetFen != 120_000 || p.Trend.PriorFen != 60_000 || p.Trend.Orders != 5 || p.Trend.PriorOrders != 1 || *p.Trend.Change != 1 {
			t.Errorf("trend %+v", p.Trend)
		}
		if len(p.Months) != 24 || p.Months[23] != (MonthSpend{"2024-10", 0, 0}) || p.Months[22] != (MonthSpend{"2024-09", 3, 80_000}) ||
			p.Months[21] != (MonthSpend{"2024-08", 1, 20_000}) || p.Months[0].Month != "2022-11" {
			t.Errorf("months %+v", p.Months)
		}
		if fmt.Sprint(p.Heat) != "[{6 20 5} {6 21 1}]" {
			t.Errorf("heat %v", p.Heat)
		}
		if len(p.Categories) != 2 || p.Categories[0].Name != "女装" || p.Categories[0].NetFen != 170_000 || p.Brands[0].Name != "恒源祥" || p.Brands[0].Share != 1 {
			t.Errorf("what %+v %+v", p.Categories, p.Brands)
		}
		if len(p.Channels) != 2 || p.Channels[0].Name != "天猫" || p.Channels[0].NetFen != 170_000 || p.Channels[0].Orders != 5 || p.Cities[0].Name != "杭州" {
			t.Errorf("where %+v %+v", p.Channels, p.Cities)
		}
		// Pieces at 100, 200 200, 200, 300 300, 300 300: eight.
		if p.Price == nil || p.Price.Pieces != 8 || p.Price.LowFen != 20_000 || p.Price.MedianFen != 20_000 || p.Price.HighFen != 30_000 {
			t.Errorf("price %+v", p.Price)
		}
		// Buyers: 1 with 1800 and 2 with 200 yuan; 3 bought nothing. Level 0: only customer 1.
		if len(p.Averages) != 2 || p.Averages[0].NetFen != 100_000 || p.Averages[0].Buyers != 2 || p.Averages[0].Customers != 3 || p.Averages[0].Orders != 3.5 ||
			p.Averages[1].Level == nil || p.Averages[1].Level.Code != "high" || p.Averages[1].NetFen != 180_000 || p.Averages[0].AsOf != today {
			t.Errorf("averages %+v", p.Averages)
		}
		want := "近一年消费 ¥1,800.00，共 6 单，客单价 ¥300.00；是公司买家平均的 1.8 倍；与同为「高价值」的买家相当；多在周末晚上购买；偏好女装、恒源祥；主要通过天猫下单；近 180 天比前 180 天增长 100%。"
		if p.Sentence != want {
			t.Errorf("%s\nwant %s", p.Sentence, want)
		}
		ctx := as("boss")
		en, err := f.s.Portrait(ctx, 1, "en")
		must(t, err)
		if want := "Spent ¥1,800.00 in the last year with 6 orders of ¥300.00 on average; 1.8 times the average buyer of the company; about as much as the average buyer in 高价值; " +
			"buys mostly on weekends in the evening; prefers 女装 and 恒源祥; orders mainly through 天猫; the last 180 days are up 100% on the 180 before."; en.Sentence != want {
			t.Errorf("%s", en.Sentence)
		}
		none, err := f.s.Portrait(ctx, 3, "zh-CN")
		must(t, err)
		if none.Sentence != "还没有购买记录。" || len(none.Months) != 0 || none.Price != nil || none.Heat == nil || none.Categories == nil {
			t.Errorf("%+v", none)
		}
	})
}

// Who bought last long ago is told from what was bought then.
func TestPortraitOfTheSilent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		f.addOrders(t, []buy{
			{customer: 1, product: 1, at: on("2019-05-02", 10), yuan: 80, pieces: 1, channel: "天猫"},
			{customer: 1, product: 1, at: on("2019-05-01", 10), yuan: 70, pieces: 1, channel: "天猫"},
		})
		p, err := f.s.Portrait(as("boss"), 1, "zh-CN")
		must(t, err)
		if p.To.String() != "2019-05-02" || len(p.Channels) != 1 || p.Channels[0].NetFen != 15_000 || p.Trend.Change != nil ||
			p.Sentence != "近一年没有消费，累计 ¥150.00（2 单），最近一次在 2019-05-02；偏好女装、恒源祥；主要通过天猫下单。" {
			t.Errorf("%+v", p)
		}
		m, err := f.s.SpendByMonth(as("boss"), 1)
		must(t, err)
		if len(m.Months) != 24 || !m.Older || m.Months[0].Orders != 0 {
			t.Errorf("%+v", m)
		}
	})
}

func TestSpendByMonthBeginsWithTheFirstPurchase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		f.shop(t)
		var m SpendByMonth
		f.call(t, "other", "GET", "/customers/2/spend-by-month", "", &m)
		if len(m.Months) != 5 || m.Months[0] != (MonthSpend{"2024-06", 1, 20_000}) || m.Older || m.AsOf != today {
			t.Errorf("%+v", m)
		}
		f.call(t, "boss", "GET", "/customers/3/spend-by-month", "", &m)
		if len(m.Months) != 0 {
			t.Errorf("%+v", m)
		}
	})
}

func TestAveragesAreAsked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		must(t, f.s.Wake(context.Background()))
		if len(f.told.jobs) != 1 || f.told.jobs[0] != (AverageArgs{}) {
			t.Errorf("%+v", f.told.jobs)
		}
		// Nobody there: averages without a division by nothing.
		f.exec(t, `DELETE FROM customer_metrics`)
		must(t, f.s.RefreshAverages(context.Background()))
		must(t, f.s.RefreshAverages(context.Background()))
		if n := f.count(t, `SELECT COUNT(*) FROM portrait_averages`); n != 1 {
			t.Errorf("%d rows", n)
		}
	})
}
