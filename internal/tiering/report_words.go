package tiering

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"zhike/internal/document"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/money"
)

// prose writes one report in one language.
type prose struct {
	locale string
	zone   *time.Location
	r      *Report
	s      *Summary
	scheme *Scheme
}

// newProse checks that there is something to write. A nil zone is China
// Standard Time.
func newProse(r *Report, zone *time.Location) (*prose, error) {
	if r == nil || r.Summary == nil {
		return nil, errs.New(errs.Internal, "internal")
	}
	if zone == nil {
		zone = time.FixedZone("CST", 8*60*60)
	}
	p := &prose{locale: i18n.Known(r.Locale), zone: zone, r: r, s: r.Summary, scheme: r.Summary.Scheme}
	if p.scheme == nil {
		p.scheme = &Scheme{Measure: MeasureNet}
	}
	return p, nil
}

// t is the text report.<key>; kv are names and values of its placeholders.
// A value "count" picks the plural form.
func (p *prose) t(key string, kv ...any) string { return reportText(p.locale, key, kv...) }

func reportText(locale, key string, kv ...any) string {
	params := make(i18n.Params, len(kv)/2)
	for i := 0; i+1 < len(kv); i += 2 {
		params[kv[i].(string)] = kv[i+1]
	}
	return i18n.T(locale, "report."+key, params)
}

// n is t for a text with a number in it: {{n}} is written with separators.
func (p *prose) n(key string, n int64, kv ...any) string {
	return p.t(key, append(kv, "count", n, "n", i18n.Number(n))...)
}

// measure is the word for spend by the scheme's measure.
func (p *prose) measure() string { return measureWord(p.locale, p.scheme) }

func measureWord(locale string, s *Scheme) string {
	if s != nil && s.Measure == MeasureSales {
		return reportText(locale, "measure.sales")
	}
	return reportText(locale, "measure.net")
}

// measureHead is measure as the head of a column or a term.
func (p *prose) measureHead() string {
	r, size := utf8.DecodeRuneInString(p.measure())
	return string(unicode.ToUpper(r)) + p.measure()[size:]
}

func (p *prose) title() string { return p.t("title") }

// headline is the sentence made with the run, or made now where it is missing.
func (p *prose) headline() string {
	if p.r.Headline != "" {
		return p.r.Headline
	}
	return Headline(p.locale, p.s, p.r.Moves)
}

// window says which days count.
func (p *prose) window() string {
	if p.scheme.WindowDays <= 0 {
		return p.t("window.all", "to", p.s.AsOf.String())
	}
	return p.n("window.days", int64(p.scheme.WindowDays), "from", p.s.From.String(), "to", p.s.AsOf.String())
}

func (p *prose) schemeName() string {
	name := p.scheme.Name
	if name == "" {
		name = p.scheme.Code
	}
	return p.t("scheme_version", "name", orDash(name), "version", strconv.Itoa(p.s.Version))
}

func (p *prose) computedAt() string {
	if p.s.ComputedAt == 0 {
		return dash
	}
	return i18n.DateTime(time.UnixMilli(p.s.ComputedAt), p.zone)
}

// tone is the fixed colour of a level: that of its code where it is one of the
// shipped schemes', else that of its place, eight in turn; 0 for a level that
// the scheme does not know. web/src/kit/tags.tsx has the same rule.
func (p *prose) tone(code string) int {
	if n, ok := knownTones[code]; ok {
		return n
	}
	for i, l := range p.s.Levels {
		if l.Code == code {
			return 1 + i%8
		}
	}
	return 0
}

var knownTones = map[string]int{
	"high": 1, "diamond": 1, "mid": 2, "gold": 2, "potential": 3, "silver": 3, "basic": 4, "low": 4, "none": 0,
}

const dash = document.Dash

func orDash(s string) string { return document.OrDash(s) }

// shareOf is a ÷ b, 0 where there is nothing to divide by.
func shareOf(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// signedText writes a change with its sign: +12, −3, ±0.
func signedText(n int64) string {
	switch {
	case n > 0:
		return "+" + i18n.Number(n)
	case n < 0:
		return "−" + strings.TrimPrefix(i18n.Number(n), "-")
	}
	return "±0"
}

// subYuan writes thousandths of a 分 in yuan with their five decimals.
func subYuan(sub int64) string {
	s := i18n.Decimal(float64(sub)/(100*money.SubPerFen), 5)
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		return "-¥" + rest
	}
	return "¥" + s
}

// dayOf reads "2006-01-02"; false where it is none.
func dayOf(s *string) (clock.Day, bool) {
	if s == nil {
		return 0, false
	}
	d, err := clock.ParseDay(*s)
	return d, err == nil
}
