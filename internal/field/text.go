package field

import (
	"context"
	"strconv"
	"strings"
	"time"

	"zhike/internal/clean"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/money"
)

// Reader reads values from cells of files, in the ways people write them.
type Reader struct {
	// Zone is company time; nil is UTC. Now bounds nothing but two-digit years.
	Zone *time.Location
	Now  time.Time
	// Order is how dates of the column are written where the year is not first.
	Order clean.DateOrder
	// Find gives the id that a reference names; nil takes ids only.
	Find func(ctx context.Context, target, text string) (int64, error)
}

// Read reads the text of a cell: choices by label in either language or by
// code, several of them separated by ";", "|" or ","; amounts as "¥1,234.50";
// numbers with separators of thousands or the field's unit behind them; dates
// as clean.Dates reads them. Blank cells are none. Errors are those of Parse.
func (r *Reader) Read(ctx context.Context, d *Definition, text string) (Value, error) {
	if len(text) > clean.MaxText {
		return Value{}, bad("field.too_long", "max", MaxText)
	}
	if clean.IsBlank(text) {
		return Value{}, nil
	}
	switch d.Kind {
	case Text:
		return d.text(text)
	case Number:
		return d.readNumber(text)
	case Money:
		m, err := clean.Money(text)
		if err != nil || m.Sub != 0 || m.Fen > maxNum || m.Fen < -maxNum {
			return Value{}, bad("field.bad_money")
		}
		return Value{Set: true, Num: m.Fen}, nil
	case Date:
		return r.date(text)
	case Choice:
		i, ok := d.byLabel[foldLabel(text)]
		if !ok {
			return Value{}, bad("field.unknown_option")
		}
		return d.chosen([]int{i}), nil
	case MultiChoice:
		return d.readChoices(text)
	case Reference:
		return r.reference(ctx, d, text)
	}
	return Value{}, bad("field.unknown_kind")
}

func (d *Definition) readNumber(text string) (Value, error) {
	s, err := clean.Text(text)
	if err != nil || clean.Scientific(s) {
		return Value{}, bad("field.bad_number", "scale", d.Scale)
	}
	if unit, _ := clean.Text(d.Unit); unit != "" {
		s = strings.TrimSpace(strings.TrimSuffix(s, unit))
	}
	s = thousands(s)
	n, ok := scaled(s, d.Scale)
	if !ok {
		return Value{}, bad("field.bad_number", "scale", d.Scale)
	}
	return Value{Set: true, Num: n}, nil
}

// thousands takes "," out of "1,234,567.8"; a comma elsewhere stays and is
// refused: "1,5" may mean one and a half.
func thousands(s string) string {
	whole, frac, has := strings.Cut(s, ".")
	if parts := strings.Split(strings.TrimPrefix(whole, "-"), ","); len(parts) > 1 {
		for i, p := range parts {
			if i > 0 && len(p) != 3 || i == 0 && (p == "" || len(p) > 3) {
				return s
			}
		}
		whole = strings.ReplaceAll(whole, ",", "")
	}
	if has {
		return whole + "." + frac
	}
	return whole
}

func (r *Reader) date(text string) (Value, error) {
	zone := r.Zone
	if zone == nil {
		zone = time.UTC
	}
	// Contracts end and warranties run out far ahead: the bound of a year that
	// Dates keeps is for orders.
	dates := clean.Dates{Loc: zone, Now: time.Date(9998, 1, 1, 0, 0, 0, 0, zone), Order: r.Order, Min: time.Date(1000, 1, 2, 0, 0, 0, 0, zone)}
	m, err := dates.Parse(text)
	if err != nil {
		return Value{}, bad("field.bad_date")
	}
	return Value{Set: true, Num: int64(clock.DayOf(m.Time, zone))}, nil
}

func (d *Definition) readChoices(text string) (Value, error) {
	var places []int
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(separators+"\n", r) }) {
		if clean.IsBlank(part) {
			continue
		}
		if i, ok := d.byLabel[foldLabel(part)]; ok {
			places = append(places, i)
			continue
		}
		// A label may hold a comma; what is no label as a whole is parted by them.
		for _, one := range strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune(",，、", r) }) {
			i, ok := d.byLabel[foldLabel(one)]
			if !ok {
				return Value{}, bad("field.unknown_option")
			}
			places = append(places, i)
		}
	}
	if len(places) > 10*MaxOptions {
		return Value{}, bad("field.bad_choice")
	}
	return d.chosen(places), nil
}

func (r *Reader) reference(ctx context.Context, d *Definition, text string) (Value, error) {
	s, err := clean.Text(text)
	if err != nil {
		return Value{}, bad("field.bad_reference")
	}
	if r.Find != nil && !strings.HasPrefix(s, "#") {
		id, err := r.Find(ctx, d.Target, s)
		if err == nil && id > 0 {
			return Value{Set: true, Num: id}, nil
		}
		if err != nil && errs.KindOf(err) != errs.NotFound && errs.KindOf(err) != errs.Invalid {
			return Value{}, err
		}
		return Value{}, bad("field.bad_reference")
	}
	id, ok := scaled(strings.TrimPrefix(s, "#"), 0)
	if !ok || id <= 0 {
		return Value{}, bad("field.bad_reference")
	}
	return Value{Set: true, Num: id}, nil
}

// Format writes a value for a file or a history in a language, so that Read
// reads it again: numbers and amounts plain, days as 2026-09-25, choices by
// their labels with "; " between them, references by names[id] or as "#id".
func (d *Definition) Format(v Value, locale string, names map[int64]string) string {
	if v.IsEmpty() {
		return ""
	}
	switch d.Kind {
	case Number:
		return decimal(v.Num, d.Scale)
	case Money:
		return money.Format(v.Num)
	case Date:
		return clock.Day(v.Num).String()
	case Choice:
		return d.label(v.Text, locale)
	case MultiChoice:
		labels := make([]string, len(v.Codes))
		for i, c := range v.Codes {
			labels[i] = d.label(c, locale)
		}
		return strings.Join(labels, "; ")
	case Reference:
		if n := names[v.Num]; n != "" {
			return n
		}
		return "#" + strconv.FormatInt(v.Num, 10)
	}
	return v.Text
}

// WithUnit writes a unit behind a number or a text: "10%", "350 人".
func WithUnit(text, unit string) string {
	switch unit {
	case "":
		return text
	case "%", "‰", "％", "°", "℃":
		return text + unit
	}
	return text + " " + unit
}

func (d *Definition) label(code, locale string) string {
	if o := d.Option(code); o != nil {
		return o.Label.In(locale)
	}
	return code
}

// Plain writes a value for the record's history: codes instead of labels, so
// that [Definition.ParsePlain] gives the same value whatever was renamed.
func (d *Definition) Plain(v Value) string {
	switch {
	case v.IsEmpty():
		return ""
	case d.Kind == MultiChoice:
		return strings.Join(v.Codes, ";")
	case d.Kind == Reference:
		return strconv.FormatInt(v.Num, 10)
	case d.Kind == Choice:
		return v.Text
	}
	return d.Format(v, "", nil)
}

// ParsePlain reads what Plain wrote. Errors are those of Parse.
func (d *Definition) ParsePlain(text string) (Value, error) {
	switch {
	case text == "":
		return Value{}, nil
	case d.Kind == MultiChoice:
		return d.choice(strings.Split(text, ";"))
	case d.Kind == Money:
		m, err := money.ParseDecimal(text)
		if err != nil || m.Sub != 0 {
			return Value{}, bad("field.bad_money")
		}
		return Value{Set: true, Num: m.Fen}, nil
	}
	return d.Parse(text)
}
