package customer

import "testing"

// Of the contacts of a kind the primary one is shown, or else the oldest, in
// whatever order they come.
func TestShownContact(t *testing.T) {
	type contact struct {
		id      int64
		primary bool
	}
	for name, c := range map[string]struct {
		list []contact
		want string
	}{
		"none":             {nil, ""},
		"one":              {[]contact{{7, false}}, "7"},
		"the oldest":       {[]contact{{5, false}, {3, false}, {9, false}}, "3"},
		"the primary":      {[]contact{{3, false}, {9, true}, {5, false}}, "9"},
		"of two primaries": {[]contact{{9, true}, {4, true}, {1, false}}, "4"},
	} {
		for turn := range max(1, len(c.list)) {
			var shown shownContact
			var text []byte
			for i := range c.list {
				k := c.list[(i+turn)%len(c.list)]
				shown.take(&text, []byte{byte('0' + k.id)}, k.primary, k.id)
			}
			if string(text) != c.want {
				t.Errorf("%s, turned by %d: %q, want %q", name, turn, text, c.want)
			}
		}
	}
}
