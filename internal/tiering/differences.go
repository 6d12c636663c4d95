package tiering

import (
	"bytes"
	"encoding/json"
)

// Differences is [Compare] for whatever JSON can express: two versions of any
// configuration.
func Differences(a, b any) []Change {
	out := []Change{}
	compareValues("", orderedJSON(a), orderedJSON(b), &out)
	return out
}

func orderedJSON(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	out, err := decodeOrdered(json.NewDecoder(bytes.NewReader(b)))
	if err != nil {
		return nil
	}
	return out
}
