package dedupe_test

import (
	"context"
	"slices"
	"testing"

	"zhike/internal/dedupe"
)

// find runs the shipped program over a handful of records.
func find(t *testing.T, recs ...dedupe.Record) []([2]int64) {
	t.Helper()
	x := dedupe.NewIndex()
	for i := range recs {
		if err := x.Add(&recs[i]); err != nil {
			t.Fatal(err)
		}
	}
	x.Finish()
	w, err := x.Learn(context.Background(), dedupe.Shipped(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got [][2]int64
	if err := x.Pairs(context.Background(), w, 0, nil, func(p dedupe.Pair) error {
		_, why, _ := x.Explain(w, int(p.A-1), int(p.B-1))
		t.Logf("%+v %+v", p, why)
		got = append(got, [2]int64{p.A, p.B})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(got, func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) })
	return got
}

// A short list, too small to learn from: the shipped weights decide.
func TestShortLists(t *testing.T) {
	got := find(t,
		rec(1, "name.full", "张伟", "phone", "13800138000"),
		rec(2, "name.full", "张三丰", "phone", "13900139001"),
		rec(3, "name.full", "张 三丰", "phone", "139 0013 9001"),
		rec(4, "name.full", "欧阳锋", "phone", "13700137000"),
		rec(5, "name.full", "Ouyang Feng", "phone", "+86 13700137000"),
		rec(6, "name.full", "上海某某贸易有限公司", "phone", "021-66668888"),
		rec(7, "name.full", "某某贸易(上海)有限公司", "phone", "021-66668888"),
		rec(8, "name.full", "李娜", "phone", "13812345678"),
		rec(9, "name.full", "王芳", "phone", "13612345670"),
		rec(10, "name.full", "王芳", "phone", "15912345671"),
		rec(11, "name.full", "赵大宝", "phone", "13512345672"),
		rec(12, "name.full", "钱小丽", "phone", "13512345672"),
	)
	want := [][2]int64{{2, 3}, {4, 5}, {6, 7}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// Two rows alone.
	if got := find(t, rec(1, "name.full", "诸葛亮", "phone", "13900139001", "birthday", "1981-07-23"), rec(2, "name.full", "诸葛亮", "phone", "13900139001", "birthday", "1981-07-23")); len(got) != 1 {
		t.Errorf("%v", got)
	}
	if got := find(t, rec(1, "name.full", "诸葛亮", "phone", "13900139001"), rec(2, "name.full", "司马懿", "phone", "13900139002")); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
