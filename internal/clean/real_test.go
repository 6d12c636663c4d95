package clean_test

import (
	"context"
	"io"
	"testing"
	"time"

	"zhike/internal/clean"
	"zhike/internal/platform/money"
	"zhike/internal/platform/sheet"
	"zhike/test/realdata"
)

// each reads every row of a real data set.
func each(t *testing.T, name string, fn func(cells []string)) {
	t.Helper()
	src, err := sheet.FromFile(realdata.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := sheet.Open(context.Background(), src, sheet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for {
		r, err := f.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		fn(r.Cells)
	}
}

// The figures are those of the data sets' own descriptions.
func TestRealOrders(t *testing.T) {
	dates := clean.Dates{Loc: time.FixedZone("CST", 8*3600), Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, name := range []string{"cn_orders/cn_orders.xlsx", "cn_orders/cn_orders.csv.gz"} {
		var all, success, pieces int64
		var first, last time.Time
		buyers, provinces, cities, states := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[clean.OrderStatus]int{}
		each(t, name, func(c []string) {
			at, err1 := dates.Parse(c[2])
			st, err2 := clean.Status(c[3])
			m, err3 := clean.Money(c[4])
			_, err4 := clean.Money(c[5])
			p, err5 := clean.Province(c[6])
			ct, err6 := clean.City(c[7])
			q, err7 := clean.Quantity(c[8])
			_, err8 := clean.Name(c[1])
			for _, err := range []error{err1, err2, err3, err4, err5, err6, err7, err8} {
				if err != nil {
					t.Fatalf("%v: %v", c, err)
				}
			}
			if first.IsZero() || at.Time.Before(first) {
				first = at.Time
			}
			if at.Time.After(last) {
				last = at.Time
			}
			states[st]++
			all += m.Milli()
			if st == clean.Completed {
				success += m.Milli()
				buyers[c[1]] = true
			}
			pieces += q
			provinces[p], cities[ct] = true, true
			if !clean.LooksLikeProvince(c[6]) || !clean.LooksLikeCity(c[7]) {
				t.Fatalf("%s %s is not known", c[6], c[7])
			}
		})
		if states[clean.Completed] != 27_792 || states[clean.Refunded] != 1_040 || len(buyers) != 25_419 {
			t.Errorf("%s: states %v, buyers %d", name, states, len(buyers))
		}
		// 1,501,873.785 yuan exactly; half to even gives the published 1,501,873.78.
		if all != 156_490_670_500 || success != 150_187_378_500 || money.RoundMilli(success) != 150_187_378 || pieces != 43_564_000 {
			t.Errorf("%s: amount %d, of success %d, pieces %d", name, all, success, pieces)
		}
		if len(provinces) != 31 || len(cities) != 346 {
			t.Errorf("%s: %d provinces, %d cities", name, len(provinces), len(cities))
		}
		const layout = "2006-01-02 15:04:05.999"
		if a, b := first.Format(layout), last.Format(layout); a != "2019-01-01 00:17:59" || b != "2019-06-30 22:46:22.511" {
			t.Errorf("%s: from %s to %s", name, a, b)
		}
	}
}

func TestRealRetail(t *testing.T) {
	dates := clean.Dates{Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	var rows, without int
	var total int64 // thousandths of a unit of currency
	customers := map[string]bool{}
	each(t, "online_retail/online_retail.csv.gz", func(c []string) {
		rows++
		q, err1 := clean.Quantity(c[3])
		_, err2 := dates.Parse(c[4])
		price, err3 := clean.Money(c[5])
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatalf("%v: %v %v %v", c, err1, err2, err3)
		}
		total += q / 1000 * (price.Milli() / 100)
		if clean.IsBlank(c[6]) {
			without++
			return
		}
		id, err := clean.ID(c[6], false)
		if err != nil {
			t.Fatal(err)
		}
		customers[id] = true
	})
	if rows != 541_909 || without != 135_080 || len(customers) != 4_372 || total != 9_747_747_934 {
		t.Errorf("%d rows, %d without a customer, %d customers, total %d", rows, without, len(customers), total)
	}
	if !customers["17850"] {
		t.Error("17850.0 is not 17850")
	}
}
