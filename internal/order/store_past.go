package order

import (
	"strconv"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/rule"
)

// PastFigures are the figures of [Metrics] that no stream tells by itself, as of a
// past day: unpaid carts, the favourite category and brand, the price
// sensitivity. They come to what a refresh on that day would have written.
func PastFigures(engine db.Engine) []rule.Past {
	bytewise := "" // SQLite always compares so
	if engine == db.Postgres {
		bytewise = ` COLLATE "C"`
	}
	return []rule.Past{
		{Code: "carts_90", Expr: unpaidCartsThen},
		{Code: "favourite_category", Expr: favouriteThen("category", bytewise)},
		{Code: "favourite_brand", Expr: favouriteThen("brand", bytewise)},
		{Code: customer.PriceField, Expr: priceSensitivityThen},
	}
}

func dayText(d clock.Day) string { return strconv.FormatInt(int64(d), 10) }

// unpaidCartsThen is eachBehaved less eachPaidCart; 0 for who put nothing there.
func unpaidCartsThen(asOf clock.Day, id string) string {
	upTo := dayText(asOf)
	return `(SELECT COUNT(*) FROM behaviours b LEFT JOIN products bp ON bp.id = b.product_id
WHERE b.customer_id = ` + id + ` AND b.kind = 2 AND b.day >= ` + dayText(asOf-cartDays+1) + ` AND b.day <= ` + upTo + ` AND NOT ` + paidSQL(upTo) + `)`
}

// favouriteThen is what run.favourites chooses: the name with the greatest amount
// in the 365 days, or of all time for who bought nothing in them.
func favouriteThen(column, bytewise string) func(clock.Day, string) string {
	return func(asOf clock.Day, id string) string {
		upTo, year := dayText(asOf), dayText(windowStart(Window365, asOf))
		// NULL, which no day reaches, for who bought nothing.
		first := `(SELECT CASE WHEN MAX(o.day) >= ` + year + ` THEN ` + year + ` WHEN MAX(o.day) IS NOT NULL THEN ` + dayText(-dayBias) + ` END FROM orders o
WHERE o.customer_id = ` + id + ` AND o.day <= ` + upTo + ` AND ` + purchaseSQL + `)`
		return `(SELECT goods.` + column + ` FROM ` + linesSQL + ` JOIN products goods ON goods.id = ` + lineProductSQL + `
WHERE o.customer_id = ` + id + ` AND o.day <= ` + upTo + ` AND o.day >= ` + first + ` AND (o.net_fen <> 0 OR o.net_sub <> 0) AND goods.` + column + ` <> ''
GROUP BY goods.` + column + ` HAVING SUM(` + lineMilliSQL + `) > 0 ORDER BY SUM(` + lineMilliSQL + `) DESC, goods.` + column + bytewise + ` LIMIT 1)`
	}
}

// priceSensitivityThen is what tally.into makes of the discounts of 365 days: a
// half is rounded up.
func priceSensitivityThen(asOf clock.Day, id string) string {
	return `(SELECT CASE WHEN COUNT(*) >= ` + strconv.Itoa(customer.LeastPrices) + ` THEN (200 * SUM(CASE WHEN ` + boughtForLessSQL + ` THEN 1 ELSE 0 END) + COUNT(*)) / (2 * COUNT(*)) END
FROM orders o WHERE o.customer_id = ` + id + ` AND o.day >= ` + dayText(windowStart(Window365, asOf)) + ` AND o.day <= ` + dayText(asOf) + `
  AND o.discount_fen IS NOT NULL AND ` + purchaseSQL + `)`
}
