package tiering

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/money"
	"zhike/test/realdata"
)

// realRows reads a data set of ../shared/data, without its header.
func realRows(t *testing.T, name string, each func(row []string)) {
	t.Helper()
	f, err := os.Open(realdata.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bufio.NewReaderSize(z, 1<<20))
	r.ReuseRecord = true
	for n := 0; ; n++ {
		row, err := r.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			each(row)
		}
	}
}

// onlineRetail applies the rule CLEAN of its SOURCE.txt: a sale has a customer,
// a quantity and a price above zero; credit notes (C…) are return documents.
func onlineRetail(t *testing.T) *company {
	t.Helper()
	c := &company{created: map[int64]clock.Day{}}
	type doc struct {
		order fixOrder
		sale  bool
	}
	docs := map[string]*doc{}
	var keys []string
	realRows(t, "online_retail/online_retail.csv.gz", func(row []string) {
		if row[6] == "" {
			return
		}
		var qty, customer int64
		if _, err := fmt.Sscan(row[3], &qty); err != nil {
			t.Fatal(row, err)
		}
		if _, err := fmt.Sscan(strings.TrimSuffix(row[6], ".0"), &customer); err != nil {
			t.Fatal(row, err)
		}
		price, err := money.ParseDecimal(row[5])
		if err != nil {
			t.Fatal(row, err)
		}
		back := strings.HasPrefix(row[0], "C")
		if !back && (qty <= 0 || price.Milli() <= 0) {
			return
		}
		key := row[0] + " " + row[6]
		d := docs[key]
		if d == nil {
			d = &doc{order: fixOrder{customer: customer, day: mustDay(row[4][:10])}, sale: !back}
			docs[key] = d
			keys = append(keys, key)
		}
		d.order.net += qty * price.Milli()
		if d.sale {
			d.order.sales += qty * price.Milli()
		}
		c.created[customer] = mustDay("2011-12-09") + 1 // known by facts only
	})
	for _, k := range keys {
		c.orders = append(c.orders, docs[k].order)
	}
	return c
}

func TestOnlineRetailFigures(t *testing.T) {
	c := onlineRetail(t)
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		c.store(t, d)
		s, ctx := newTestService(t, d)
		sch := shippedRFM()
		sch.Code, sch.WindowDays, sch.Measure = "rfm-sales", 0, MeasureSales
		if _, err := s.CreateScheme(ctx, sch); err != nil {
			t.Fatal(err)
		}
		sum := runNow(t, ctx, s, "rfm-sales", "2011-12-09").Summary
		if got := sum.RevenueFen*1000 + sum.RevenueSub; sum.Buyers != 4338 || sum.Orders != 18_532 || got != 891_140_790_400 {
			t.Errorf("%d buyers, %d orders, revenue %d", sum.Buyers, sum.Orders, got)
		}
		near := func(what string, got, want, eps float64) {
			t.Helper()
			if math.Abs(got-want) > eps {
				t.Errorf("%s %v, want %v", what, got, want)
			}
		}
		r, f, m := sum.RFM.Recency, sum.RFM.Frequency, sum.RFM.Monetary
		if r.Q1 != 17 || r.Q2 != 50 || r.Q3 != 141.75 || r.Max != 373 {
			t.Errorf("R %+v", r)
		}
		if f.Q1 != 1 || f.Q2 != 2 || f.Q3 != 5 || f.Max != 209 {
			t.Errorf("F %+v", f)
		}
		for _, x := range []struct {
			what      string
			got, want float64
		}{
			{"M Q1", m.Q1, 307.415}, {"M Q2", m.Q2, 674.485}, {"M Q3", m.Q3, 1661.74}, {"M min", m.Min, 3.75}, {"M max", m.Max, 280_206.02},
		} {
			near(x.what, x.got, x.want, 1e-9)
		}
		near("mean R", r.Mean, 92.059474, 5e-7)
		near("mean F", f.Mean, 4.272015, 5e-7)
		near("mean M", m.Mean, 2054.266460, 5e-7)
		near("share of the top 20 %", sum.Top20.Share, 0.74594, 5e-6)
		if sum.Top20.Customers != 867 {
			t.Errorf("top 20 %% are %d", sum.Top20.Customers)
		}
		want := "2010-12 885 1400 57271389.0; 2011-01 741 987 56944504.0; 2011-02 758 997 44713735.0; 2011-03 974 1321 59550076.0; " +
			"2011-04 856 1149 46920036.1; 2011-05 1056 1555 67859456.0; 2011-06 991 1393 66121369.0; 2011-07 949 1331 60009101.1; " +
			"2011-08 935 1280 64534390.0; 2011-09 1266 1755 95283838.2; 2011-10 1364 1929 103931879.0; 2011-11 1664 2657 116181738.0; " +
			"2011-12 615 778 51819279.0"
		var got []string
		for _, row := range sum.Months {
			got = append(got, fmt.Sprintf("%s %d %d %.1f", row.Month, row.Customers, row.Orders, float64(row.RevenueFen)+float64(row.RevenueSub)/1000))
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("months %s\nwant   %s", strings.Join(got, "; "), want)
		}
		// By name, the five biggest.
		top := allMembers(t, ctx, s, 1, MemberFilter{}, 500)
		var five []string
		for _, k := range top[:5] {
			five = append(five, fmt.Sprintf("%d %s", k.CustomerID, money.Format(k.SpendFen)))
		}
		if got := strings.Join(five, ", "); got != "14646 280206.02, 18102 259657.30, 17450 194550.79, 16446 168472.50, 14911 143825.06" {
			t.Errorf("top %s", got)
		}
	})
}

func TestCNOrdersFigures(t *testing.T) {
	c := &company{created: map[int64]clock.Day{}}
	ids := map[string]int64{}
	realRows(t, "cn_orders/cn_orders.csv.gz", func(row []string) {
		id := ids[row[1]]
		if id == 0 {
			id = int64(len(ids) + 1)
			ids[row[1]] = id
			c.created[id] = mustDay("2019-01-01")
		}
		paid, err := money.ParseDecimal(row[4])
		if err != nil {
			t.Fatal(row, err)
		}
		o := fixOrder{customer: id, day: mustDay(row[2][:10]), sales: paid.Milli()}
		if row[3] == "交易成功" {
			o.net = o.sales
		}
		c.orders = append(c.orders, o)
	})
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		c.store(t, d)
		s, ctx := newTestService(t, d)
		run := runNow(t, ctx, s, "value-rules", "2019-06-30")
		sum := run.Summary
		if sum.Customers != 25_948 || sum.Buyers != 25_419 || sum.RevenueFen != 150_187_378 || sum.Orders != 27_792 {
			t.Errorf("customers %d, buyers %d, revenue %d, orders %d", sum.Customers, sum.Buyers, sum.RevenueFen, sum.Orders)
		}
		var revenue, customers int64
		var share float64
		for _, l := range sum.Levels {
			revenue += l.RevenueFen
			customers += l.Customers
			share += l.Share
		}
		if revenue != sum.RevenueFen || customers != sum.Customers || math.Abs(share-1) > 1e-9 {
			t.Errorf("levels add up to %d 分, %d customers, share %v", revenue, customers, share)
		}
		months := map[string]int64{}
		for _, m := range run.Summary.Months {
			months[m.Month] = m.RevenueFen
		}
		// To the fen; SOURCE.txt rounds to it as well.
		for month, want := range map[string]int64{
			"2019-01": 42_467_948, "2019-02": 26_005_718, "2019-03": 19_170_740, "2019-04": 16_165_486, "2019-05": 18_919_561, "2019-06": 27_457_926,
		} {
			if months[month] != want {
				t.Errorf("%s: %d, want %d", month, months[month], want)
			}
		}
	})
}
