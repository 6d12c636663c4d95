package db

import "testing"

func TestUnnamed(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT 1":                         "SELECT 1",
		"a IN ($1, $2, $3) LIMIT $4":       "a IN (?, ?, ?) LIMIT ?",
		"a = $1 AND b = '$9 it''s' OR $2":  "a = ? AND b = '$9 it''s' OR ?",
		"$1 $2 $3 $4 $5 $6 $7 $8 $9 $10 x": "? ? ? ? ? ? ? ? ? ? x",
		"a = $1 OR b = $1":                 "a = $1 OR b = $1", // twice the same
		"a = $2 OR b = $1":                 "a = $2 OR b = $1",
		"a = 'never ends $1":               "a = 'never ends $1",
		"a = $":                            "a = $",
	} {
		if got := unnamed(query); got != want {
			t.Errorf("%s: %s", query, got)
		}
	}
}
