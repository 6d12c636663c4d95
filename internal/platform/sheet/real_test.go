package sheet

import (
	"io"
	"testing"

	"zhike/test/realdata"

	"github.com/google/go-cmp/cmp"
)

// The shop's orders have the same rows as XLSX and as CSV.
func TestRealOrders(t *testing.T) {
	x := openReal(t, "cn_orders/cn_orders.xlsx")
	c := openReal(t, "cn_orders/cn_orders.csv.gz")
	defer x.Close()
	defer c.Close()
	if diff := cmp.Diff(c.Info.Header, x.Info.Header); diff != "" {
		t.Fatal(diff)
	}
	n, refunded := 0, 0
	for ; ; n++ {
		a, errA := x.Next()
		b, errB := c.Next()
		if errA == io.EOF && errB == io.EOF {
			break
		}
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if a.Kinds[2] != KindDate || a.Kinds[4] != KindNumber {
			t.Fatalf("row %d: kinds %v", a.Line, a.Kinds)
		}
		for _, i := range []int{0, 1, 3, 6, 7, 8} {
			if a.Cells[i] != b.Cells[i] {
				t.Fatalf("row %d column %d: %q and %q", a.Line, i, a.Cells[i], b.Cells[i])
			}
		}
		if da, db := a.Cells[2], b.Cells[2]; da != db && da+".000" != db {
			t.Fatalf("row %d: dates %q and %q", a.Line, da, db)
		}
		if a.Cells[3] == "付款以后用户退款成功，交易自动关闭" {
			refunded++
		}
	}
	if n != 28_832 || refunded != 1_040 {
		t.Errorf("%d rows, %d refunded", n, refunded)
	}
}

func TestRealRetail(t *testing.T) {
	f := openReal(t, "online_retail/online_retail.csv.gz")
	defer f.Close()
	n := 0
	for {
		r, err := f.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if r.Short || r.Extra != nil || r.BadQuote {
			t.Fatalf("row %+v", r)
		}
		n++
	}
	if n != 541_909 {
		t.Errorf("%d rows", n)
	}
}

func openReal(t testing.TB, name string) *File {
	t.Helper()
	src, err := FromFile(realdata.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(t0, src, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}
