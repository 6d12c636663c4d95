package document

import (
	"math"
	"testing"
	"time"
)

func TestTableLinesAlign(t *testing.T) {
	tab := &Table{
		Cols: []Column{Col("级别 A", KindText), Col("n", KindInt), Col("金额", KindMoney)},
		Rows: [][]any{{"钻石", int64(1), int64(-5)}, {"e\u0301", int64(1_234_567), int64(12_345_678_901)}, {nil, nil, nil}},
	}
	lines := tab.Lines()
	if len(lines) != 5 {
		t.Fatal(lines)
	}
	for _, l := range lines {
		if TextColumns(l) != TextColumns(lines[0]) {
			t.Errorf("%d columns in %q, %d in the head", TextColumns(l), l, TextColumns(lines[0]))
		}
	}
	if lines[2] != "钻石            1           -¥0.05" {
		t.Errorf("%q", lines[2])
	}
}

func TestSerialTime(t *testing.T) {
	cases := []struct {
		t    time.Time
		want float64
	}{
		{time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), 25_569},
		{time.Date(2026, 9, 26, 12, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*60*60)), 46_291.5},
		{time.Date(1900, 3, 1, 6, 0, 0, 0, time.UTC), 61.25},
	}
	for _, c := range cases {
		if got := serialTime(c.t); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v is %v, want %v", c.t, got, c.want)
		}
	}
}
