package customer_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhike/internal/customer"
	"zhike/internal/platform/calendar"
	"zhike/internal/platform/clock"
	"zhike/internal/rule/ruletest"
)

// field says the plain way what a condition on the record means; "me" is 1.
func (s *ruleSite) field(w *ruletest.World, c *ruletest.Customer, n *customer.Node) bool {
	p := s.person(c.ID)
	code := n.Field
	switch {
	case n.Op == "changed":
		return code == "level" && p.cameToLevel(n) // stages have no history here; TestWhatCustomersWere has more
	case n.Op == "fell" || n.Op == "rose":
		return p.shifted(w, n)
	case n.Op == "anniversary_days":
		d, has := p.day(code)
		_, month, day := d.Date()
		next, ok := calendar.Birthday{Month: int(month), Day: day}.Next(w.AsOf)
		return has && ok && d < w.AsOf && compareRat("lte", big.NewRat(int64(next-w.AsOf), 1), rats(n.Value))
	case code == "birthday":
		return s.birthday(w, p, n)
	case code == "region":
		code := p.region
		if code == "" { // known by name
			code = map[string]string{"杭州市": "330100", "南京市": "320100"}[p.c.City]
		}
		return placeIs(code, n)
	case code == "created" || code == "updated" || code == "last_contact" || code == "f.ends" || strings.HasSuffix(code, "_day"):
		d, has := p.day(code)
		if isFigure(code) && w.AsOf != today {
			d, has = dayThen(w, c, code)
		}
		switch n.Op {
		case "empty":
			return !has
		case "not_empty":
			return has
		}
		return has && w.Days(n.Op, d, n.Value)
	case code == "f.score" || code == "age" || strings.Contains(code, "_30") || strings.Contains(code, "_90") || strings.Contains(code, "_180") || strings.Contains(code, "_365") ||
		strings.HasSuffix(code, "_all") || code == "days_since" || code == customer.PriceField:
		v := p.number(w, code)
		if isFigure(code) && w.AsOf != today {
			v = figureThen(w, c, code)
		}
		switch n.Op {
		case "empty":
			return v == nil
		case "not_empty":
			return v != nil
		case "ne":
			return v == nil || v.Cmp(rats(n.Value)[0]) != 0
		}
		return v != nil && compareRat(n.Op, v, rats(n.Value))
	case code == "has_phone":
		return string(n.Value) == "true" // everybody has one
	case code == "has_email":
		return string(n.Value) == "false"
	}
	return setIs(s.words(p, code), n)
}

// cameToLevel says whether a customer came to a level within days: there are rows
// of run 7 alone, so that whoever has a level had none in the run before it.
func (p *listed) cameToLevel(n *customer.Node) bool {
	var v struct {
		From, To []string
		Days     int
	}
	if err := json.Unmarshal(n.Value, &v); err != nil {
		panic(err)
	}
	code := []string{"", "high", "mid"}[p.level]
	return code != "" && v.From == nil && (v.To == nil || slices.Contains(v.To, code)) && pastDays[7] > today-clock.Day(v.Days)
}

// shifted says whether the score is less, or more, by so much than it was.
func (p *listed) shifted(w *ruletest.World, n *customer.Node) bool {
	var v struct {
		By   json.RawMessage
		Days int
	}
	if err := json.Unmarshal(n.Value, &v); err != nil {
		panic(err)
	}
	then, was := p.scoreOn(w.AsOf - clock.Day(v.Days))
	now, is := p.scoreOn(w.AsOf)
	more := big.NewRat(now-then, 100)
	if n.Op == "fell" {
		more.Neg(more)
	}
	return was && is && more.Cmp(rats(v.By)[0]) >= 0
}

// scoreOn is the score at the end of a day.
func (p *listed) scoreOn(d clock.Day) (score int64, has bool) {
	score = -1
	for _, s := range p.scores {
		if s.at < clock.Millis((d + 1).Start(time.UTC)) {
			score = s.score
		}
	}
	return score, score >= 0
}

// words are the texts of a field that has one, none or several.
func (s *ruleSite) words(p *listed, code string) []string {
	one := func(text string) []string {
		if text == "" {
			return nil
		}
		return []string{text}
	}
	id := func(n int64) []string {
		if n == 0 {
			return nil
		}
		return []string{fmt.Sprint(n)}
	}
	switch code {
	case "name":
		return one(p.c.Name)
	case "kind":
		kind := string(p.c.Kind)
		if kind == "" {
			kind = "person"
		}
		return one(kind)
	case "stage":
		return one(p.stage)
	case "province":
		return one(p.c.Province)
	case "city":
		return one(p.c.City)
	case "source":
		return id(max(p.c.SourceID, 1))
	case "owner":
		return id(p.c.OwnerID)
	case "department":
		return id(p.c.DepartmentID)
	case "level":
		return one([]string{"", "high", "mid"}[p.level])
	case "favourite_category":
		return one(p.category)
	case "f.plan":
		return one(p.plan)
	case "f.note":
		return one(p.note)
	case "f.likes":
		return p.likes
	case "tags":
		var out []string
		for _, k := range p.tags {
			out = append(out, fmt.Sprint(s.tagIDs[k]))
		}
		return out
	}
	return nil // nobody has it here
}

func (p *listed) day(code string) (clock.Day, bool) {
	switch code {
	case "created", "updated":
		return p.created, true
	case "f.ends":
		return p.ends, p.ends != 0
	case "last_day":
		return p.last, p.last != 0
	}
	return 0, false
}

func (p *listed) number(w *ruletest.World, code string) *big.Rat {
	whole := func(n int64) *big.Rat { return big.NewRat(n, 1) }
	switch code {
	case "f.score":
		if p.score < 0 {
			return nil
		}
		return big.NewRat(p.score, 100)
	case "age":
		if b, err := calendar.ParseBirthday(p.birthday, p.lunar); err == nil {
			if age, ok := b.Age(w.AsOf); ok {
				return whole(int64(age))
			}
		}
		return nil
	case "net_365":
		return whole(p.net365)
	case "net_all":
		return whole(2 * p.net365)
	case "orders_365", "orders_all":
		return whole(p.orders)
	case "aov_365":
		if p.orders > 0 {
			return big.NewRat(p.net365, p.orders)
		}
	case "aov_all":
		if p.orders > 0 {
			return big.NewRat(2*p.net365, p.orders)
		}
	case "days_since":
		if p.last != 0 {
			return whole(int64(w.AsOf - p.last))
		}
	}
	if code == customer.PriceField {
		if share := p.sensitivity(); share != nil {
			return whole(*share)
		}
		return nil
	}
	if strings.HasPrefix(code, "aov_") || code == "days_since" {
		return nil
	}
	return new(big.Rat)
}

// number is what customers are compared with others by: of figures, nothing
// bought is none.
func (s *ruleSite) number(w *ruletest.World, c *ruletest.Customer, code string) *big.Rat {
	p := s.person(c.ID)
	v := p.number(w, code)
	switch {
	case code == customer.PriceField && w.AsOf != today:
		return sensitivityThen(w, c)
	case isFigure(code) && w.AsOf != today, strings.HasPrefix(code, "aov_"):
		if len(bought(w, c, code)) == 0 {
			return nil
		}
		return figureThen(w, c, code)
	case strings.HasPrefix(code, "net_") && p.number(w, "orders_"+code[4:]).Sign() == 0:
		return nil
	case v != nil && v.Sign() == 0 && (strings.HasPrefix(code, "orders_") || strings.HasSuffix(code, "s_90")):
		return nil
	}
	return v
}

func isFigure(code string) bool {
	return code == customer.PriceField || !strings.HasPrefix(code, "f.") && (strings.Contains(code, "_") && strings.ContainsAny(code, "013569") || strings.HasSuffix(code, "_all") ||
		strings.HasSuffix(code, "_day") || code == "days_since")
}

// bought are the facts that a figure counts, up to the as-of day: purchases, or
// views.
func bought(w *ruletest.World, c *ruletest.Customer, code string) (out []ruletest.Fact) {
	stream := "orders"
	if code == "last_behaviour_day" || code == "views_90" {
		stream = "behaviours"
	}
	for _, x := range c.Facts[stream] {
		if x.Counted && inFigure(w, code, x) && (code != "views_90" || x.Words["kind"] == "view") {
			out = append(out, x)
		}
	}
	return out
}

func inFigure(w *ruletest.World, code string, x ruletest.Fact) bool {
	_, days, _ := strings.Cut(code, "_")
	within, err := strconv.Atoi(days)
	return x.Day <= w.AsOf && (err != nil || int(w.AsOf-x.Day) < within)
}

func dayThen(w *ruletest.World, c *ruletest.Customer, code string) (d clock.Day, has bool) {
	if code == "next_order_day" {
		return ruletest.Next(bought(w, c, code))
	}
	for _, x := range bought(w, c, code) {
		if !has || code == "first_day" && x.Day < d || code != "first_day" && x.Day > d {
			d, has = x.Day, true
		}
	}
	return d, has
}

// figureThen is a number of a figure as of a past day: of the net, half to even
// in 分; of averages as it is.
func figureThen(w *ruletest.World, c *ruletest.Customer, code string) *big.Rat {
	count := int64(len(bought(w, c, code)))
	switch {
	case code == "days_since":
		if d, has := dayThen(w, c, code); has {
			return big.NewRat(int64(w.AsOf-d), 1)
		}
		return nil
	case code == customer.PriceField:
		return sensitivityThen(w, c)
	case !strings.HasPrefix(code, "net_") && !strings.HasPrefix(code, "aov_"):
		return big.NewRat(count, 1)
	}
	sum := new(big.Rat)
	for _, x := range c.Facts["orders"] {
		if inFigure(w, code, x) {
			sum.Add(sum, big.NewRat(x.Numbers["net"], 1000))
		}
	}
	if strings.HasPrefix(code, "aov_") {
		if count == 0 {
			return nil
		}
		return sum.Quo(sum, big.NewRat(count, 1))
	}
	return new(big.Rat).SetInt(ruletest.HalfEven(sum))
}

// sensitivityThen is how many of a hundred purchases of a year with a known discount
// were bought for a twentieth of the list price less, or for more than that; half up.
func sensitivityThen(w *ruletest.World, c *ruletest.Customer) *big.Rat {
	known, less := int64(0), int64(0)
	for _, x := range bought(w, c, "orders_365") {
		off, has := x.Numbers["discount"]
		if !has {
			continue
		}
		known++
		if paid := x.Numbers["sales"]; off > 0 && 20*1000*off >= paid+1000*off {
			less++
		}
	}
	if known < 3 {
		return nil
	}
	share := big.NewRat(200*less+known, 2*known)
	return new(big.Rat).SetInt(new(big.Int).Quo(share.Num(), share.Denom()))
}

func (s *ruleSite) birthday(w *ruletest.World, p *listed, n *customer.Node) bool {
	switch n.Op {
	case "empty":
		return p.birthday == ""
	case "not_empty":
		return p.birthday != ""
	}
	b, err := calendar.ParseBirthday(p.birthday, p.lunar)
	if err != nil {
		return false
	}
	if n.Op == "within_days" {
		days, _ := strconv.Atoi(string(n.Value))
		d, ok := b.Next(w.AsOf)
		return ok && int(d-w.AsOf) <= days
	}
	year, _, _ := w.AsOf.Date()
	for d := clock.DateDay(year, 1, 1); d < clock.DateDay(year+1, 1, 1); d++ {
		if next, ok := b.Next(d); ok && next == d {
			_, m, _ := d.Date()
			var months []int
			_ = json.Unmarshal(n.Value, &months)
			if slices.Contains(months, int(m)) {
				return true
			}
		}
	}
	return false
}

// placeIs compares codes of regions: 330000 has all that begins with 33.
func placeIs(code string, n *customer.Node) bool {
	in := false
	var list []string
	_ = json.Unmarshal(n.Value, &list)
	for _, top := range list {
		head := top
		for strings.HasSuffix(head, "00") {
			head = strings.TrimSuffix(head, "00")
		}
		in = in || code != "" && strings.HasPrefix(code, head)
	}
	switch n.Op {
	case "empty":
		return code == ""
	case "not_empty":
		return code != ""
	case "not_within":
		return !in
	}
	return in
}

func setIs(have []string, n *customer.Node) bool {
	var want []string
	var raw []any
	if json.Unmarshal(n.Value, &raw) != nil {
		var one any
		_ = json.Unmarshal(n.Value, &one)
		raw = []any{one}
	}
	for _, x := range raw {
		text := fmt.Sprint(x)
		if text == "me" {
			text = "1"
		}
		want = append(want, text)
	}
	if n.Field == "department" && n.Op == "within" && slices.Contains(want, "10") {
		want = append(want, "11") // below it
	}
	in := 0
	for _, x := range want {
		if slices.Contains(have, x) {
			in++
		}
	}
	low := func(i int) string { return strings.ToLower(have[i]) }
	switch n.Op {
	case "empty":
		return len(have) == 0
	case "not_empty":
		return len(have) > 0
	case "all":
		return in == len(want)
	case "ne", "not_in", "none":
		return in == 0
	case "contains":
		return len(have) > 0 && strings.Contains(low(0), strings.ToLower(want[0]))
	case "begins":
		return len(have) > 0 && strings.HasPrefix(low(0), strings.ToLower(want[0]))
	}
	return in > 0 // eq, in, any, within
}

func rats(raw json.RawMessage) (out []*big.Rat) {
	for _, text := range strings.FieldsFunc(string(raw), func(c rune) bool { return strings.ContainsRune(`[]", `, c) }) {
		r, _ := new(big.Rat).SetString(text)
		out = append(out, r)
	}
	return out
}

func compareRat(op string, v *big.Rat, with []*big.Rat) bool {
	c := v.Cmp(with[0])
	switch op {
	case "eq":
		return c == 0
	case "gt":
		return c > 0
	case "gte":
		return c >= 0
	case "lt":
		return c < 0
	case "lte":
		return c <= 0
	}
	return c >= 0 && v.Cmp(with[1]) <= 0
}
