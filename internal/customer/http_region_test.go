package customer

import "testing"

// A form builds its tree in one pass: what a division belongs to must stand
// before it, and nothing may be missing.
func TestDivisions(t *testing.T) {
	seen := map[string]string{}
	for _, d := range Divisions() {
		if d.Name == "" || len(d.Code) != 6 {
			t.Errorf("division %+v", d)
		}
		if _, twice := seen[d.Code]; twice {
			t.Errorf("%s twice", d.Code)
		}
		if _, ok := seen[d.Under]; d.Under != "" && !ok {
			t.Errorf("%s %s stands before %s", d.Code, d.Name, d.Under)
		}
		seen[d.Code] = d.Under
	}
	if len(seen) < 3000 {
		t.Errorf("%d divisions", len(seen))
	}
	for code, under := range map[string]string{"330106": "330100", "110105": "110100", "441900": "440000", "330000": ""} {
		if got, ok := seen[code]; !ok || got != under {
			t.Errorf("%s stands under %q, want %q", code, got, under)
		}
	}
}
