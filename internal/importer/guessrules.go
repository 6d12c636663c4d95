package importer

import (
	"slices"
	"strings"
	"time"

	"zhike/internal/clean"
)

// farAhead is later than any date of a file.
var farAhead = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// Warnings of a guess, codes of catalogue texts.
const (
	warnNames      = "import.warn.names_only"
	warnNoOrderID  = "import.warn.no_order_id"
	warnNoStatus   = "import.warn.no_status"
	warnByOrder    = "import.warn.amount_of_order"
	warnMDY        = "import.warn.month_first"
	warnDMY        = "import.warn.day_first"
	warnDateOrder  = "import.warn.date_order_unclear"
	warnStatus     = "import.warn.unknown_status"
	warnCompany    = "import.warn.company_buys"
	warnNoIdentity = "import.warn.no_identity"
)

// rules sets the rules that the file suggests, and the warnings.
func (g *guesser) rules(out *Guess, as map[Meaning]choice) {
	has := func(of ...Meaning) bool {
		return slices.ContainsFunc(of, func(m Meaning) bool { _, ok := as[m]; return ok })
	}
	warn := func(code string) { out.Warnings = append(out.Warnings, code) }
	r := &out.Mapping.Rules
	if !has(BuyerID, BuyerNickname, BuyerPhone, BuyerPhone2, BuyerEmail, BuyerCode) {
		if has(BuyerName, BuyerCompany) {
			r.NameIdentifies = "yes"
			warn(warnNames)
		} else {
			warn(warnNoIdentity)
		}
	}
	if c, ok := as[BuyerCompany]; ok && g.companyBuys(c.col, as) {
		r.CompanyBuys = "yes"
		warn(warnCompany)
	}
	g.dateOrder(out, as, warn)
	if out.Mapping.Kind != KindOrders {
		return
	}
	if !has(OrderID) {
		warn(warnNoOrderID)
	}
	if !has(OrderStatus) {
		warn(warnNoStatus)
	} else if g.unknownStatus(as[OrderStatus].col) {
		warn(warnStatus)
	}
	if has(OrderID, Amount) && has(OrderID) && has(Amount) && g.amountOfOrder(as) {
		r.AmountIs = "order"
		warn(warnByOrder)
	}
}

// companyBuys says whether the company column names the customer: there is a
// registered code beside it, or the only name is that of a contact person.
func (g *guesser) companyBuys(col int, as map[Meaning]choice) bool {
	if len(g.values(col)) == 0 {
		return false
	}
	name, ok := as[BuyerName]
	if !ok {
		return true
	}
	title := foldHeader(g.header[name.col])
	contact := strings.Contains(title, "联系人") || strings.Contains(title, "收货人") || strings.Contains(title, "contact") || strings.Contains(title, "收件人")
	return contact && len(g.values(col))*2 > len(g.rows[:min(len(g.rows), 100)])
}

// dateOrder looks at dates with the year behind.
func (g *guesser) dateOrder(out *Guess, as map[Meaning]choice, warn func(string)) {
	for _, m := range []Meaning{PaidAt, OrderedAt, EventAt} {
		c, ok := as[m]
		if !ok {
			continue
		}
		vals := g.allValues(c.col)
		switch clean.GuessDateOrder(vals) {
		case clean.MonthDayYear:
			out.Mapping.Rules.DateOrder = "mdy"
			warn(warnMDY)
		case clean.DayMonthYear:
			out.Mapping.Rules.DateOrder = "dmy"
			warn(warnDMY)
		default:
			if unclear(vals) {
				warn(warnDateOrder)
			}
		}
		return
	}
}

func (g *guesser) allValues(col int) []string {
	var out []string
	for _, r := range g.rows {
		if col < len(r) {
			out = append(out, r[col])
		}
	}
	return out
}

func unclear(vals []string) bool {
	for _, v := range vals {
		if _, err := clean.Date(v, nil, farAhead); isCode(err, "clean.date_ambiguous") {
			return true
		}
	}
	return false
}

func (g *guesser) unknownStatus(col int) bool {
	for _, v := range g.values(col) {
		if !clean.LooksLikeStatus(v) {
			return true
		}
	}
	return false
}

// amountOfOrder says whether the amount is that of the whole order: orders of
// several rows have it on the first row only, or repeat it on each although
// price × quantity differs.
func (g *guesser) amountOfOrder(as map[Meaning]choice) bool {
	id, amount := as[OrderID].col, as[Amount].col
	first, repeated, own := 0, 0, 0
	for i := 0; i < len(g.rows); {
		n := i + 1
		for n < len(g.rows) && trimmed(g.rows[n], id) == trimmed(g.rows[i], id) && trimmed(g.rows[i], id) != "" {
			n++
		}
		if n-i > 1 {
			switch g.amountsOf(g.rows[i:n], amount, as) {
			case 'f':
				first++
			case 'r':
				repeated++
			case 'o':
				own++
			}
		}
		i = n
	}
	return first > own || repeated > own && repeated >= 2
}

// trimmed is the text of cell c of a row, which may have fewer.
func trimmed(r []string, c int) string {
	if c < len(r) {
		return strings.TrimSpace(r[c])
	}
	return ""
}

// amountsOf says of the rows of one order: 'f' amount on the first row only,
// 'r' repeated where prices differ, 'o' each row its own.
func (g *guesser) amountsOf(rows [][]string, amount int, as map[Meaning]choice) byte {
	price, hasPrice := as[UnitPrice]
	qty, hasQty := as[Quantity]
	said, same, differ := 0, true, false
	for _, r := range rows {
		a := trimmed(r, amount)
		if !clean.IsBlank(a) {
			said++
		}
		same = same && a == trimmed(rows[0], amount)
		if hasPrice && trimmed(r, price.col) != trimmed(rows[0], price.col) || hasQty && trimmed(r, qty.col) != trimmed(rows[0], qty.col) {
			differ = true
		}
	}
	switch {
	case said == 1 && !clean.IsBlank(trimmed(rows[0], amount)):
		return 'f'
	case said == len(rows) && same && differ:
		return 'r'
	case said == len(rows) && !same:
		return 'o'
	}
	return 0
}
