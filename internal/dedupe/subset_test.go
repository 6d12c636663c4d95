package dedupe_test

import (
	"maps"
	"testing"

	"zhike/internal/dedupe"
)

// With columns taken away the data say less; what is found must stay right,
// and most must still be found where what is left can tell it.
func TestFebrlWithFewerColumns(t *testing.T) {
	for _, c := range []struct {
		name              string
		without           []string
		precision, recall float64
	}{
		{"no id number", []string{"soc_sec_id"}, 0.99, 0.98},
		{"no birthday", []string{"date_of_birth"}, 0.99, 0.98},
		{"neither", []string{"soc_sec_id", "date_of_birth"}, 0.98, 0.95},
		{"name and birthday", []string{"soc_sec_id", "street_number", "address_1", "address_2", "suburb", "postcode", "state"}, 0.98, 0.8},
		{"name and address line", []string{"soc_sec_id", "date_of_birth", "address_2", "suburb", "postcode", "state"}, 0.98, 0.85},
		{"name and id number", []string{"date_of_birth", "street_number", "address_1", "address_2", "suburb", "postcode", "state"}, 0.98, 0.9},
		{"name alone", []string{"soc_sec_id", "date_of_birth", "street_number", "address_1", "address_2", "suburb", "postcode", "state"}, 0.9, 0.5},
		{"no name", []string{"given_name", "surname"}, 0.98, 0.95},
	} {
		t.Run(c.name, func(t *testing.T) {
			columns := maps.Clone(febrlColumns)
			for _, w := range c.without {
				delete(columns, w)
			}
			x := dedupe.NewIndex(fields(columns)...)
			a := load(t, x, "dataset1.csv.gz", 0, columns)
			if q := measure(t, x, a, a, false, nil); q.precision < c.precision || q.recall < c.recall {
				t.Errorf("%+v, want at least %v and %v", q, c.precision, c.recall)
			}
		})
	}
}
