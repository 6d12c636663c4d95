package rule_test

import (
	"testing"

	"zhike/internal/rule"
)

// A stored text with a sequence without within keeps its meaning, the same day;
// every other text stays as it is, to the letter.
func TestCompleteSequences(t *testing.T) {
	for text, want := range map[string]string{
		`{"moves":[{"rule":{"sequence":{"first":{"stream":"a"},"then":{"stream":"b"}}}}]}`:                                            `{"moves":[{"rule":{"sequence":{"first":{"stream":"a"},"then":{"stream":"b"},"within":0}}}]}`,
		`{"not":{"sequence":{"first":{"stream":"<a>"},"then":{"stream":"b"},"within":null,"without":true}},"n":12345678901234567890}`: `{"n":12345678901234567890,"not":{"sequence":{"first":{"stream":"<a>"},"then":{"stream":"b"},"within":0,"without":true}}}`,
		`{ "sequence": {"first":{"stream":"a"},"then":{"stream":"b"},"within":7} }`:                                                   ``,
		`{"name":"sequence","z":1,"a":2}`: ``,
		`{"sequence":7}`:                  ``,
		`{"sequence":`:                    ``,
	} {
		if want == "" {
			want = text
		}
		got := rule.CompleteSequences([]byte(text))
		if string(got) != want {
			t.Errorf("%s\n became %s", text, got)
		}
	}
}
