package dedupe_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"zhike/internal/dedupe"
	"zhike/internal/platform/sheet"
	"zhike/test/realdata"
)

// febrlColumns is all that is configured: the meaning of the columns.
var febrlColumns = map[string]dedupe.Field{
	"given_name": dedupe.GivenName, "surname": dedupe.FamilyName, "street_number": dedupe.AddressNumber,
	"address_1": dedupe.AddressLine1, "address_2": dedupe.AddressLine2, "suburb": dedupe.City,
	"postcode": dedupe.Postcode, "state": dedupe.Region, "date_of_birth": dedupe.Birthday, "soc_sec_id": dedupe.IDNumber,
}

type adder interface{ Add(*dedupe.Record) error }

// rows keeps what is added.
type rows struct{ all [][]dedupe.Value }

func (r *rows) Add(rec *dedupe.Record) error {
	r.all = append(r.all, slices.Clone(rec.Values))
	return nil
}

// load reads a file of the Febrl data into x and gives the truth: the entity of
// every row.
func load(t testing.TB, x adder, name string, set uint8, columns map[string]dedupe.Field) []string {
	t.Helper()
	src, err := sheet.FromFile(realdata.Path(t, "febrl_1_4/"+name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := sheet.Open(context.Background(), src, sheet.Options{HeaderLine: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var truth []string
	for {
		row, err := f.Next()
		if err == io.EOF {
			return truth
		}
		if err != nil {
			t.Fatal(err)
		}
		rec := dedupe.Record{ID: int64(len(truth) + 1), Set: set}
		for i, h := range f.Info.Header {
			if m, ok := columns[strings.TrimSpace(h)]; ok {
				rec.Values = append(rec.Values, dedupe.Value{Field: m, Text: row.Cells[i]})
			}
		}
		truth = append(truth, strings.Split(row.Cells[0], "-")[1])
		if err := x.Add(&rec); err != nil {
			t.Fatal(err)
		}
	}
}

func fields(columns map[string]dedupe.Field) []dedupe.Field {
	var out []dedupe.Field
	for _, f := range columns {
		out = append(out, f)
	}
	return out
}

type quality struct{ precision, recall float64 }

// measure runs the shipped program over the index and holds its pairs against
// the truth.
func measure(t testing.TB, x *dedupe.Index, a, b []string, linked bool, each func(p dedupe.Pair, same bool)) quality {
	t.Helper()
	x.Finish()
	w, err := x.Learn(context.Background(), dedupe.Shipped(), nil)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, e := range a {
		count[e]++
	}
	want := 0
	if linked {
		for _, e := range b {
			want += count[e]
		}
	} else {
		for _, n := range count {
			want += n * (n - 1) / 2
		}
	}
	hits, found := 0, 0
	err = x.Pairs(context.Background(), w, 0, nil, func(p dedupe.Pair) error {
		found++
		same := a[p.A-1] == b[p.B-1]
		if same {
			hits++
		}
		if each != nil {
			each(p, same)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	q := quality{float64(hits) / float64(max(found, 1)), float64(hits) / float64(want)}
	t.Logf("%d found, %d of them right, %d true: precision %.4f, recall %.4f; %+v", found, hits, want, q.precision, q.recall, x.Stats())
	return q
}

func TestFebrl(t *testing.T) {
	t.Run("dataset1", func(t *testing.T) {
		x := dedupe.NewIndex(fields(febrlColumns)...)
		a := load(t, x, "dataset1.csv.gz", 0, febrlColumns)
		if q := measure(t, x, a, a, false, nil); q.precision < 0.98 || q.recall < 0.95 {
			t.Errorf("below the promise: %+v", q)
		}
	})
	t.Run("dataset4", func(t *testing.T) {
		x := dedupe.NewIndex(fields(febrlColumns)...)
		a := load(t, x, "dataset4a.csv.gz", 0, febrlColumns)
		b := load(t, x, "dataset4b.csv.gz", 1, febrlColumns)
		if q := measure(t, x, a, b, true, nil); q.precision < 0.98 || q.recall < 0.95 {
			t.Errorf("below the promise: %+v", q)
		}
	})
}
