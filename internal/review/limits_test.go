package review

import (
	"reflect"
	"strconv"
	"strings"
	"testing"

	"zhike/internal/tiering"
)

// What the description of a request promises is what is taken.
func TestTextsAreAsLongAsDescribed(t *testing.T) {
	described := func(in any, field string) int {
		f, _ := reflect.TypeOf(in).FieldByName(field)
		most, err := strconv.Atoi(f.Tag.Get("maxLength"))
		if err != nil {
			t.Fatal(field, err)
		}
		return most
	}
	for field, most := range map[string]int{
		"reason of a decision":   described(MoveDecision{}, "Reason"),
		"reason of a withdrawal": described(withdrawInput{}.Body, "Reason"),
		"comment":                described(commentInput{}.Body, "Text"),
		"answer to an appeal":    described(answerAppealInput{}.Body, "Answer"),
	} {
		if _, err := tiering.ReasonAt("reason", strings.Repeat("因", most)); err != nil {
			t.Errorf("%s: %d characters were described, and refused: %v", field, most, err)
		}
		if _, err := tiering.ReasonAt("reason", strings.Repeat("因", most+1)); err == nil {
			t.Errorf("%s: more than the %d characters described were taken", field, most)
		}
	}
	if most := described(AppealInput{}, "Evidence"); most != maxEvidence {
		t.Errorf("evidence: %d characters were described, %d are taken", most, maxEvidence)
	}
	for _, part := range []string{"Purpose", "Necessity", "Impact", "Measures"} {
		if most := described(AssessmentInput{}, part); most != maxAssessment {
			t.Errorf("%s: %d characters were described, %d are taken", part, most, maxAssessment)
		}
	}
}
