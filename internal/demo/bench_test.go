package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"testing"
	"time"
)

func TestBenchCSVEqualsIterator(t *testing.T) {
	const customers, orders = 700, 6000
	var buf bytes.Buffer
	if err := WriteBenchOrders(&buf, customers, orders, 5); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&buf).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != orders+1 {
		t.Fatalf("%d rows", len(rows))
	}
	company := time.FixedZone("company", companyOffset)
	k := 0
	for o := range BenchOrders(customers, orders, 5) {
		k++
		want := []string{
			o.ID, o.BuyerID, o.Name, o.Phone, time.UnixMilli(o.PaidAt).In(company).Format(time.DateTime), o.Status,
			fmt.Sprintf("%d.%02d", o.AmountFen/100, o.AmountFen%100), o.Category, o.Product,
			strconv.Itoa(o.Quantity), o.Province, o.City,
		}
		for i := range want {
			if rows[k][i] != want[i] {
				t.Fatalf("row %d, %s: %q, iterator %q", k, rows[0][i], rows[k][i], want[i])
			}
		}
	}
	if k != orders {
		t.Errorf("%d orders", k)
	}
}

func TestBenchOrders(t *testing.T) {
	const customers, orders = 20_000, 200_000
	spent := make([]int64, customers)
	phones, ids := map[string]int{}, map[string]bool{}
	var last int64
	states := map[string]int{}
	perDay := make([]int, BenchDays)
	for o := range BenchOrders(customers, orders, 11) {
		switch {
		case o.PaidAt < last:
			t.Fatalf("%s is earlier than the order before", o.ID)
		case ids[o.ID]:
			t.Fatalf("%s twice", o.ID)
		case !mobile.MatchString(o.Phone):
			t.Fatalf("%s: phone has the wrong form", o.ID)
		case o.AmountFen <= 0 || o.Quantity < 1 || o.Quantity > 9:
			t.Fatalf("%+v", o)
		case o.Day <= BenchAsOf-BenchDays || o.Day > BenchAsOf:
			t.Fatalf("%s on %s", o.ID, o.Day)
		}
		if buyer, ok := phones[o.Phone]; ok && buyer != o.Buyer {
			t.Fatalf("%s belongs to two buyers", o.Phone)
		}
		phones[o.Phone], ids[o.ID], last = o.Buyer, true, o.PaidAt
		spent[o.Buyer] += o.AmountFen
		states[o.Status]++
		perDay[o.Day-(BenchAsOf-BenchDays+1)]++
	}
	if len(ids) != orders || len(phones) != customers {
		t.Errorf("%d orders of %d customers", len(ids), len(phones))
	}
	for i, v := range spent {
		if v == 0 {
			t.Fatalf("customer %d has no order", i)
		}
	}
	if share := topShare(spent); share < 0.5 || share > 0.8 {
		t.Errorf("top 20 %% bring %.3f", share)
	}
	for _, s := range []int{statePaid, stateShipped, stateCompleted, stateCancelled, stateRefunded} {
		if states[stateNames[s]] == 0 {
			t.Errorf("no order is %s: %v", stateNames[s], states)
		}
	}
	eleven := BenchDays - 1 - int(BenchAsOf-benchEleven)
	if perDay[eleven] < 2*perDay[eleven-30] {
		t.Errorf("双11 has %d orders, a month before %d", perDay[eleven], perDay[eleven-30])
	}
}

var benchEleven = BenchAsOf - 231 // 2025-11-11

func TestBenchSameSeedSameBytes(t *testing.T) {
	sum := func(seed uint64) [32]byte {
		h := sha256.New()
		if err := WriteBenchOrders(h, 300, 3000, seed); err != nil {
			t.Fatal(err)
		}
		return [32]byte(h.Sum(nil))
	}
	if benchEleven.String() != "2025-11-11" {
		t.Fatal(benchEleven)
	}
	if sum(1) != sum(1) || sum(1) == sum(2) {
		t.Error("the bytes do not follow from the seed")
	}
}

// TestBenchEdges: as many orders as customers, fewer, one, none.
func TestBenchEdges(t *testing.T) {
	for _, c := range []struct{ customers, orders, buyers int }{
		{500, 500, 500}, {500, 20, 20}, {1, 40, 1}, {3, 1, 1}, {3, 0, 0},
	} {
		buyers, n := map[int]bool{}, 0
		for o := range BenchOrders(c.customers, c.orders, 2) {
			buyers[o.Buyer] = true
			n++
		}
		if n != c.orders || len(buyers) != c.buyers {
			t.Errorf("%+v: %d orders of %d buyers", c, n, len(buyers))
		}
	}
	for range BenchOrders(5, 50, 1) {
		break // stopping early is allowed
	}
	for _, c := range [][2]int{{0, 1}, {-1, 1}, {1, -1}, {maxBenchCustomers + 1, 1}, {1, maxBenchOrders + 1}} {
		if err := WriteBenchOrders(io.Discard, c[0], c[1], 1); !errors.Is(err, ErrOptions) {
			t.Errorf("%v: %v", c, err)
		}
	}
}

type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestBenchReportsWriteErrors(t *testing.T) {
	if err := WriteBenchOrders(&fullDisk{1 << 20}, 100, 50_000, 1); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%v", err)
	}
}

func BenchmarkWriteBenchOrders(b *testing.B) {
	for b.Loop() {
		if err := WriteBenchOrders(io.Discard, 100_000, 1_000_000, 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkBenchOrders(b *testing.B) {
	for b.Loop() {
		for range BenchOrders(100_000, 1_000_000, 1) {
		}
	}
	b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkGenerate(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		if _, err := Generate(b.Context(), dir, Options{Seed: 1, AsOf: asOf}); err != nil {
			b.Fatal(err)
		}
	}
}
