package dedupe_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"zhike/internal/dedupe"
)

// A base in which nobody stands twice: those of one street with names alike are
// not one. The few that come in later, with a homophone in the name and another
// phone, are found.
func TestCleanBaseOfFewStreets(t *testing.T) {
	x := dedupe.NewIndex(dedupe.FullName, dedupe.Phone, dedupe.Birthday, dedupe.City, dedupe.AddressLine1)
	r := rand.New(rand.NewPCG(3, 4))
	pick := func(list []rune) string { return string(list[r.IntN(len(list))]) }
	families, given := []rune("王李张刘陈杨黄赵周吴徐孙马朱胡"), []rune("伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚桂雅思嘉佳欣诗琳雯晨浩宇轩涵梓")
	cities, streets := []rune("甬杭苏锡常湖绍嘉"), []rune("松梅兰竹菊荷桂柳桃杏枫榆槐柏杉桐")
	n := 0
	add := func(name, phone, birthday, city, line string) {
		n++
		rec := rec(int64(n), "name.full", name, "phone", phone, "birthday", birthday, "address.city", city, "address.line1", line)
		if err := x.Add(&rec); err != nil {
			t.Fatal(err)
		}
	}
	day := func() string { return fmt.Sprintf("%d-%02d-%02d", 1950+r.IntN(55), 1+r.IntN(12), 1+r.IntN(28)) }
	for range 3000 {
		birthday := day()
		if r.IntN(3) == 0 {
			birthday = ""
		}
		city := pick(cities) + "州市"
		add(pick(families)+pick(given)+pick(given), fmt.Sprintf("139%08d", r.IntN(1e8)), birthday, city,
			fmt.Sprintf("某省%s%s树里巷%d号%d幢%d室", city, pick(streets), 1+r.IntN(400), 1+r.IntN(25), 101+r.IntN(1900)))
	}
	people := n
	for i, pair := range [][2]string{{"欧阳晓峰", "欧阳小峰"}, {"司马嘉怡", "司马佳怡"}, {"诸葛文静", "诸葛文婧"}} {
		birthday := day()
		add(pair[0], fmt.Sprintf("1371111222%d", i), birthday, "杭州市", "")
		add(pair[1], fmt.Sprintf("1362222111%d", i), birthday, "杭州市", "")
	}
	x.Finish()
	w, err := x.Learn(context.Background(), dedupe.Shipped(), nil)
	if err != nil {
		t.Fatal(err)
	}
	wrong, late := 0, 0
	err = x.Pairs(context.Background(), w, 0.5, nil, func(p dedupe.Pair) error {
		switch {
		case p.A > int64(people) && p.B > int64(people):
			late++
		case p.Score >= dedupe.DefaultThreshold:
			wrong++
			if wrong < 5 {
				_, why, _ := x.Explain(w, int(p.A-1), int(p.B-1))
				t.Logf("%+v %+v", p, why)
			}
		}
		return nil
	})
	if err != nil || wrong > 3 || late != 3 {
		t.Errorf("%d strangers of %d were taken for one, %d of the 3 late ones found, %v", wrong, people, late, err)
	}
}

// A line names the town, so that the town says little beside two houses of one street.
func TestStreetHoldsTown(t *testing.T) {
	town := func(a, b string) (bits float64) {
		x := dedupe.NewIndex(dedupe.FullName, dedupe.City, dedupe.AddressLine1)
		for i, line := range []string{a, b} {
			rec := rec(int64(i), "name.full", "王芳", "address.city", "宁波市", "address.line1", line)
			if err := x.Add(&rec); err != nil {
				t.Fatal(err)
			}
		}
		x.Finish()
		_, why, ok := x.Explain(dedupe.Shipped(), 0, 1)
		if !ok {
			t.Fatal("no reasons")
		}
		for _, r := range why {
			if r.Field == dedupe.City {
				bits = r.Bits
			}
		}
		return bits
	}
	street := town("浙江省宁波市枫林渡街61号23幢403室", "浙江省宁波市枫林渡街8号1幢1204室")
	far := town("浙江省宁波市枫林渡街61号23幢403室", "解放南路五段9号")
	if !(street < far-1) || far <= 0 {
		t.Errorf("the town gives %.2f bits beside one street, %.2f beside two", street, far)
	}
}
