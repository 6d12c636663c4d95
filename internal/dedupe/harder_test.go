package dedupe_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"zhike/internal/dedupe"
)

// slip changes a value the way hands, ears and scanners do.
func slip(r *rand.Rand, s string) string {
	b := []byte(s)
	if len(b) < 2 {
		return s
	}
	at := r.IntN(len(b) - 1)
	other := byte('a' + r.IntN(26))
	if b[at] >= '0' && b[at] <= '9' {
		other = byte('0' + r.IntN(10))
	}
	switch r.IntN(5) {
	case 0:
		b[at] = other
	case 1:
		b[at], b[at+1] = b[at+1], b[at]
	case 2:
		b = append(b[:at], b[at+1:]...)
	case 3:
		b = append(b[:at], append([]byte{other}, b[at:]...)...)
	case 4:
		return strings.NewReplacer("ph", "f", "ie", "y", "ck", "k", "ee", "ea", "c", "k", "y", "i").Replace(s)
	}
	return string(b)
}

// Persons that stand up to five times more, each time with up to ten slips,
// missing values and exchanged fields: harder than the published files.
func TestManyDirtyDuplicates(t *testing.T) {
	plain := &rows{}
	load(t, plain, "dataset4a.csv.gz", 0, febrlColumns)
	r := rand.New(rand.NewPCG(11, 12))
	x := dedupe.NewIndex(fields(febrlColumns)...)
	var truth []string
	add := func(entity string, values []dedupe.Value) {
		truth = append(truth, entity)
		if err := x.Add(&dedupe.Record{ID: int64(len(truth)), Values: values}); err != nil {
			t.Fatal(err)
		}
	}
	for i, rec := range plain.all[:2000] {
		entity := string(rune('a'+i%26)) + string(rune(0x4e00+i))
		add(entity, rec)
		if r.IntN(5) < 2 {
			continue
		}
		for range 1 + r.IntN(5) {
			again := append([]dedupe.Value(nil), rec...)
			for range 1 + r.IntN(10) {
				v := &again[r.IntN(len(again))]
				switch r.IntN(12) {
				case 0:
					v.Text = ""
				case 1:
					for j := range again {
						switch again[j].Field {
						case dedupe.GivenName:
							again[j].Field = dedupe.FamilyName
						case dedupe.FamilyName:
							again[j].Field = dedupe.GivenName
						}
					}
				default:
					v.Text = slip(r, v.Text)
				}
			}
			add(entity, again)
		}
	}
	if q := measure(t, x, truth, truth, false, nil); q.precision < 0.99 || q.recall < 0.97 {
		t.Errorf("%+v", q)
	}
}
