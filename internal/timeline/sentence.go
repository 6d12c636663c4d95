package timeline

import (
	"strings"

	"zhike/internal/platform/i18n"
)

// Who buys seldom has no habit of hours, and a difference below a tenth is none.
const (
	habitOrders = 4
	habitShare  = 0.4
	mainShare   = 0.5
	notable     = 0.1
	// From here on, in per cent, the shipped need scheme calls it price-sensitive, too.
	priceSensitive = 60
)

// dayParts are the parts of a day by their first hour; the night begins the
// day and ends it.
var dayParts = []struct {
	from int
	key  string
}{{0, "night"}, {6, "morning"}, {11, "noon"}, {14, "afternoon"}, {18, "evening"}, {23, "night"}}

func dayPart(hour int) string {
	key := ""
	for _, p := range dayParts {
		if hour >= p.from {
			key = p.key
		}
	}
	return key
}

// sentence says in one sentence how a customer buys.
// i18n-keys: portrait.sentence.* portrait.part.*
func (s *Service) sentence(p *Portrait, f figures, locale string) string {
	t := func(key string, params map[string]any) string {
		return s.Texts.T(locale, "portrait.sentence."+key, params)
	}
	var out []string
	switch {
	case !f.bought:
		return t("never", nil)
	case f.orders == 0:
		out = append(out, t("before", map[string]any{
			"net": i18n.Money(f.netAll), "count": f.ordersAll, "day": f.last.String(),
		}))
	default:
		out = append(out, t("spend", map[string]any{
			"net": i18n.Money(f.net), "count": f.orders, "aov": i18n.Money(*p.Spend.AOVFen),
		}))
	}
	if f.orders > 0 {
		for i := range p.Averages {
			out = append(out, s.compared(p, &p.Averages[i], locale))
		}
	}
	if when := s.habit(p.Heat, locale); when != "" {
		out = append(out, t("when", map[string]any{"when": when}))
	}
	var likes []string
	for _, list := range [][]Share{p.Categories, p.Brands} {
		if len(list) > 0 && list[0].Name != "" {
			likes = append(likes, list[0].Name)
		}
	}
	if len(likes) > 0 {
		out = append(out, t("what", map[string]any{"what": strings.Join(likes, t("and", nil))}))
	}
	if len(p.Channels) > 0 && p.Channels[0].Name != "" && p.Channels[0].Share >= mainShare {
		out = append(out, t("channel", map[string]any{"channel": p.Channels[0].Name}))
	}
	if f.price != nil {
		key := "price"
		switch {
		case *f.price == 0:
			key = "price_none"
		case *f.price >= priceSensitive:
			key = "price_often"
		}
		out = append(out, t(key, map[string]any{"percent": i18n.Percent(float64(*f.price)/100, 0)}))
	}
	if c := p.Trend.Change; c != nil {
		switch {
		case *c >= notable:
			out = append(out, t("up", map[string]any{"change": i18n.Percent(*c, 0)}))
		case *c <= -notable:
			out = append(out, t("down", map[string]any{"change": i18n.Percent(-*c, 0)}))
		default:
			out = append(out, t("steady", nil))
		}
	}
	return strings.Join(nonEmpty(out...), t("join", nil)) + t("end", nil)
}

// compared says how spend stands against an average; "" where there is none.
func (s *Service) compared(p *Portrait, a *Average, locale string) string {
	if a.NetFen <= 0 {
		return ""
	}
	times := float64(p.Spend.NetFen) / float64(a.NetFen)
	params := map[string]any{"times": i18n.Decimal(times, 1), "percent": i18n.Percent(times, 0)}
	key := a.Scope
	if a.Level != nil {
		params["level"] = a.Level.Name
	}
	switch {
	case times >= 1.5:
		key += "_times"
	case times >= 1+notable || times <= 1-notable:
		key += "_percent"
	default:
		key += "_like"
	}
	return s.Texts.T(locale, "portrait.sentence."+key, params)
}

// habit names the part of the day, and where it stands out the kind of day,
// in which most is bought; "" where nothing stands out.
func (s *Service) habit(heat []HeatCell, locale string) string {
	parts, weekend, total := map[string]int64{}, int64(0), int64(0)
	for _, c := range heat {
		parts[dayPart(c.Hour)] += c.Orders
		total += c.Orders
		if c.Weekday >= 6 {
			weekend += c.Orders
		}
	}
	if total < habitOrders {
		return ""
	}
	best := ""
	for _, p := range dayParts {
		if best == "" || parts[p.key] > parts[best] {
			best = p.key
		}
	}
	days, part := "", ""
	switch share := float64(weekend) / float64(total); {
	case share >= mainShare: // two of seven days
		days = s.Texts.T(locale, "portrait.part.weekend", nil)
	case share <= 0.1:
		days = s.Texts.T(locale, "portrait.part.workday", nil)
	}
	if float64(parts[best])/float64(total) >= habitShare {
		part = s.Texts.T(locale, "portrait.part."+best, nil)
	}
	if days == "" || part == "" {
		return days + part
	}
	return s.Texts.T(locale, "portrait.sentence.habit", map[string]any{"days": days, "part": part})
}
