package tiering

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// What the description of a request promises is what is taken.
func TestReasonsAreAsLongAsDescribed(t *testing.T) {
	for name, in := range map[string]any{"hand": HandInput{}, "hand only": handOnlyInput{}.Body} {
		f, _ := reflect.TypeOf(in).FieldByName("Reason")
		most, err := strconv.Atoi(f.Tag.Get("maxLength"))
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := ReasonAt("reason", strings.Repeat("因", most)); err != nil {
			t.Errorf("%s: %d characters were described, and refused: %v", name, most, err)
		}
		if _, err := ReasonAt("reason", strings.Repeat("因", most+1)); err == nil {
			t.Errorf("%s: more than the %d characters described were taken", name, most)
		}
	}
}

func TestTotalOfLevelsInForce(t *testing.T) {
	r := sampleReport("zh-CN")
	d := &DimensionReport{Summary: r.Summary, Levels: []LevelInForce{
		{Code: "a", Customers: 1, Found: 1, RevenueFen: 1_000}, {Code: "b", Customers: 2, Found: 2, RevenueFen: 1_001},
		{Code: "c"}, // nobody: no mean
	}}
	p, err := newProse(r, reportZone)
	if err != nil {
		t.Fatal(err)
	}
	table := p.inForce(d)
	for i, want := range []any{int64(1_000), int64(500), nil} {
		if got := table.Rows[i][len(table.Cols)-1]; got != want {
			t.Errorf("mean of row %d: %v, want %v", i, got, want)
		}
	}
	if got := table.Foot[len(table.Cols)-1]; got != int64(667) {
		t.Errorf("mean of all: %v, want 667", got)
	}
	d.Levels = d.Levels[2:]
	if got := p.inForce(d).Foot[len(table.Cols)-1]; got != nil {
		t.Errorf("mean of nobody: %v", got)
	}
}
