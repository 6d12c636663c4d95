package region_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"testing"

	"zhike/internal/region"
	"zhike/test/realdata"
)

// The province and city columns of a real export of orders of 2019: every pair
// is found, those of 莱芜 as what they are now.
func TestRealOrders(t *testing.T) {
	f, err := os.Open(realdata.Path(t, "cn_orders/cn_orders.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(z)
	if _, err := r.Read(); err != nil {
		t.Fatal(err)
	}
	pairs, rows, missed := map[[2]string]int{}, 0, 0
	for {
		c, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		rows++
		pairs[[2]string{c[6], c[7]}]++
	}
	for p, n := range pairs {
		place, ok := region.Find(p[0], p[1], "")
		if !ok || place.City == "" || place.Conflict {
			missed += n
			t.Errorf("%s %s (%d rows): %+v", p[0], p[1], n, place)
		}
	}
	if rows != 28_832 || len(pairs) != 346 {
		t.Errorf("the data set has %d rows and %d pairs", rows, len(pairs))
	}
	t.Logf("%d rows, %d pairs, %d rows not found", rows, len(pairs), missed)
}
