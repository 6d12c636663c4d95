package clean

import (
	"errors"
	"strconv"
	"strings"

	"zhike/internal/platform/money"
)

// Money reads an amount in yuan: "¥1,234.50", "￥ 1 234.5", "CNY 12", "12元",
// "(1,234.50)" and "5-" as negative, "1.2万". At most five decimals, within
// ±9·10¹² yuan; the noise of binary fractions (97.659999999999997) is taken as
// the 15 digits that spreadsheets keep.
// Errors: clean.empty, clean.scientific, clean.money_currency,
// clean.money_precision, clean.money_range, clean.bad_money.
func Money(s string) (money.Exact, error) {
	if m, ok := plainMoney(s); ok {
		return m, nil
	}
	s, err := value(s)
	if err != nil {
		return money.Exact{}, err
	}
	if Scientific(s) {
		return money.Exact{}, bad("clean.scientific")
	}
	s, err = stripCurrency(s)
	if err != nil {
		return money.Exact{}, err
	}
	num, shift, ok := decimal(s)
	if !ok {
		return money.Exact{}, bad("clean.bad_money")
	}
	num = shiftPoint(denoise(num), shift)
	_, frac, _ := strings.Cut(num, ".")
	if len(strings.TrimRight(frac, "0")) > 5 {
		return money.Exact{}, bad("clean.money_precision", "max", 5)
	}
	m, err := money.ParseDecimal(num)
	if errors.Is(err, money.ErrRange) || len(num) > 40 {
		return money.Exact{}, bad("clean.money_range")
	}
	if err != nil {
		return money.Exact{}, bad("clean.bad_money")
	}
	if m.Milli() > money.MaxFen*money.SubPerFen || -m.Milli() > money.MaxFen*money.SubPerFen {
		return money.Exact{}, bad("clean.money_range")
	}
	return m, nil
}

// plainMoney is the way of the bulk: up to twelve digits, a point, up to five.
func plainMoney(s string) (money.Exact, bool) {
	if len(s) == 0 || len(s) > 19 {
		return money.Exact{}, false
	}
	i, neg := 0, false
	if s[0] == '-' {
		i, neg = 1, true
	}
	n, digits := int64(0), 0
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		n = n*10 + int64(s[i]-'0')
		digits++
	}
	if digits == 0 || digits > 12 {
		return money.Exact{}, false
	}
	frac := 0
	if i < len(s) && s[i] == '.' {
		for i++; i < len(s) && s[i] >= '0' && s[i] <= '9' && frac < 5; i++ {
			n = n*10 + int64(s[i]-'0')
			frac++
		}
		if frac == 0 {
			return money.Exact{}, false
		}
	}
	if i != len(s) {
		return money.Exact{}, false
	}
	for ; frac < 5; frac++ {
		n *= 10
	}
	if neg {
		n = -n
	}
	return money.FromMilli(n), true
}

var yuanWords = []string{"人民币", "RMB", "CNY", "CN¥", "¥", "元整", "元", "圆", "块"}

var otherCurrency = []string{"$", "€", "£", "₩", "฿", "₽", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "KRW", "SGD", "AUD", "CAD", "港元", "港币", "美元", "欧元", "日元", "英镑", "澳元", "台币", "新台币"}

// stripCurrency takes the signs of renminbi off and refuses others.
func stripCurrency(s string) (string, error) {
	if strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 || r >= 'A' || r == '$' }) < 0 {
		return s, nil
	}
	u := strings.ToUpper(s)
	for _, c := range otherCurrency {
		if strings.Contains(u, c) {
			return "", bad("clean.money_currency")
		}
	}
	for _, w := range yuanWords {
		if i := strings.Index(u, w); i >= 0 {
			u = u[:i] + " " + u[i+len(w):]
		}
	}
	return strings.TrimSpace(u), nil
}

// decimal reads sign, digits and separators: it gives plain "-123.45" and the
// power of ten of a 万 or 亿 behind the number.
func decimal(s string) (num string, shift int, ok bool) {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "−", "-"), " ", "")
	neg := false
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		neg, s = true, s[1:len(s)-1]
	}
	switch {
	case strings.HasPrefix(s, "-"):
		if neg {
			return "", 0, false
		}
		neg, s = true, s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	case strings.HasSuffix(s, "-"):
		if neg {
			return "", 0, false
		}
		neg, s = true, s[:len(s)-1]
	}
	for _, u := range []struct {
		word  string
		shift int
	}{{"万", 4}, {"W", 4}, {"w", 4}, {"亿", 8}} {
		if t, has := strings.CutSuffix(s, u.word); has {
			s, shift = t, u.shift
			break
		}
	}
	whole, frac, point := strings.Cut(s, ".")
	whole, ok = ungroup(whole)
	if !ok || !isDigits(frac) || whole == "" && frac == "" || point && frac == "" && whole == "" {
		return "", 0, false
	}
	if whole == "" {
		whole = "0"
	}
	num = whole
	if frac != "" {
		num += "." + frac
	}
	if neg {
		num = "-" + num
	}
	return num, shift, true
}

// ungroup takes separators of thousands out of whole, if they stand right.
func ungroup(whole string) (string, bool) {
	if strings.IndexByte(whole, ',') < 0 {
		return whole, isDigits(whole)
	}
	groups := strings.Split(whole, ",")
	for i, g := range groups {
		if !isDigits(g) || i == 0 && (g == "" || len(g) > 3) || i > 0 && len(g) != 3 {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// denoise rounds a number of 16 and more significant digits with a fraction,
// which only a binary float prints, to 15.
func denoise(num string) string {
	whole, frac, point := strings.Cut(num, ".")
	digits := strings.TrimLeft(strings.TrimLeft(whole, "-")+frac, "0")
	if !point || len(frac) < 6 || len(digits) < 16 || len(digits) > 19 {
		return num
	}
	f, err := strconv.ParseFloat(num, 64)
	if err != nil {
		return num
	}
	f, err = strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
	if err != nil {
		return num
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// shiftPoint multiplies a plain decimal by 10^n.
func shiftPoint(num string, n int) string {
	if n == 0 {
		return num
	}
	whole, frac, _ := strings.Cut(num, ".")
	for range n {
		if frac == "" {
			whole += "0"
		} else {
			whole, frac = whole+frac[:1], frac[1:]
		}
	}
	if frac == "" {
		return whole
	}
	return whole + "." + frac
}

// MaxQuantity bounds what Quantity gives, in thousandths.
const MaxQuantity = 1_000_000_000_000

// units may stand behind a quantity.
const units = "件个只盒箱瓶包袋套双条张份台支本册把块片桶罐对组次人晚斤"

// Quantity reads a number of pieces with up to three decimals, as thousandths:
// "2", "1.5", "-3", "1,000", "2件". Within ±10⁹ pieces.
// Errors: clean.empty, clean.scientific, clean.quantity_precision,
// clean.quantity_range, clean.bad_quantity.
func Quantity(s string) (int64, error) {
	if len(s) > 0 && len(s) <= 8 && isDigits(s) {
		n, _ := strconv.ParseInt(s, 10, 64)
		return n * 1000, nil
	}
	s, err := value(s)
	if err != nil {
		return 0, err
	}
	if Scientific(s) {
		return 0, bad("clean.scientific")
	}
	num, shift, ok := decimal(strings.TrimRight(s, units+" "))
	if !ok {
		return 0, bad("clean.bad_quantity")
	}
	num = shiftPoint(denoise(num), shift)
	whole, frac, _ := strings.Cut(num, ".")
	frac = strings.TrimRight(frac, "0")
	if len(frac) > 3 {
		return 0, bad("clean.quantity_precision", "max", 3)
	}
	n, err := strconv.ParseInt(whole+(frac + "000")[:3], 10, 64)
	if err != nil || n > MaxQuantity || n < -MaxQuantity {
		return 0, bad("clean.quantity_range")
	}
	return n, nil
}

// MaxID bounds an identifier, in bytes.
const MaxID = 128

// ID reads the number of an order, buyer or product as text. A whole number
// that was stored as a fraction loses its zeros ("17850.0" is "17850").
// numeric says that the cell was a spreadsheet number: then more than 15
// digits that end in zeros are refused, because the digits behind the 15th
// were lost when the number was typed in.
// Errors: clean.empty, clean.scientific, clean.id_precision, clean.too_long.
func ID(s string, numeric bool) (string, error) {
	if len(s) > 4*MaxID {
		return "", bad("clean.too_long", "max", MaxID)
	}
	s = fold(s)
	if len(s) > 1 && s[0] == '\'' {
		s = strings.TrimSpace(s[1:])
	}
	if IsBlank(s) {
		return "", empty()
	}
	if len(s) > MaxID {
		return "", bad("clean.too_long", "max", MaxID)
	}
	if Scientific(s) {
		return "", bad("clean.scientific")
	}
	if whole, frac, ok := strings.Cut(s, "."); ok && whole != "" && frac != "" && isDigits(whole) && allZero(frac) {
		s = whole
	}
	if numeric && len(s) > 15 && isDigits(s) && allZero(s[15:]) {
		return "", bad("clean.id_precision")
	}
	return s, nil
}
