package field

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhike/internal/clean"
	"zhike/internal/platform/errs"
)

// Kind says what the values of a field are.
type Kind string

// The kinds.
const (
	Text        Kind = "text"
	Number      Kind = "number"
	Money       Kind = "money"
	Date        Kind = "date"
	Choice      Kind = "choice"
	MultiChoice Kind = "multi_choice"
	Reference   Kind = "reference"
)

// Kinds are all kinds in the order they are offered.
var Kinds = []Kind{Text, Number, Money, Date, Choice, MultiChoice, Reference}

// What a reference may point to.
const (
	TargetCustomer = "customer"
	TargetStaff    = "staff"
)

// Bounds of definitions.
const (
	MaxFields  = 200
	MaxOptions = 300
	MaxScale   = 6
	MaxTone    = 8 // tones are 0 to 8, the fixed colours of the interface
	maxName    = 60
	maxHelp    = 300
	maxUnit    = 20
)

// Label is a text in the two languages; an empty EN means the same as ZH.
type Label struct {
	ZH string `json:"zh" maxLength:"300"`
	EN string `json:"en,omitempty" maxLength:"300"`
}

// In gives the text in a language, "zh-CN" or "en".
func (l Label) In(locale string) string {
	if locale == "en" && l.EN != "" {
		return l.EN
	}
	return l.ZH
}

// Clash says which of the names of l ("zh" or "en") is also a name of o, and
// which name that is; "" where they differ. Two fields may differ in Chinese and
// still not be told apart in English: the error belongs to the English name then.
func (l Label) Clash(o Label) (path, name string) {
	for _, mine := range []struct{ path, name string }{{"zh", l.ZH}, {"en", l.EN}} {
		if f := foldLabel(mine.name); f != "" && (f == foldLabel(o.ZH) || f == foldLabel(o.EN)) {
			return mine.path, mine.name
		}
	}
	return "", ""
}

// Option is one choice.
type Option struct {
	Code    string `json:"code,omitempty" maxLength:"40" doc:"Stable name; made from the label where it is empty"`
	Label   Label  `json:"label"`
	Tone    int    `json:"tone,omitempty" minimum:"0" maximum:"8" doc:"One of the fixed colours"`
	Retired bool   `json:"retired,omitempty" doc:"Kept where customers have it, no longer offered"`
}

// Definition is a custom field.
type Definition struct {
	ID        int64    `json:"id"`
	Code      string   `json:"code" doc:"Stable name in files, filters and the API"`
	Kind      Kind     `json:"kind" enum:"text,number,money,date,choice,multi_choice,reference"`
	Scale     int      `json:"scale" doc:"Decimals of a number"`
	Target    string   `json:"target" enum:"customer,staff," doc:"What a reference points to"`
	Name      Label    `json:"name"`
	Help      Label    `json:"help"`
	Section   Label    `json:"section" doc:"Heading under which forms show it"`
	Unit      string   `json:"unit"`
	Required  bool     `json:"required" doc:"A customer made or edited by hand must have a value"`
	Used      bool     `json:"used" doc:"Had a value once: kind, scale and target stand, and it cannot be deleted"`
	Retired   bool     `json:"retired"`
	Position  int      `json:"position"`
	Options   []Option `json:"options"`
	Bounds    Bounds   `json:"bounds" doc:"Of a number or an amount: what may be written"`
	CreatedAt int64    `json:"created_at" doc:"Unix ms"`
	UpdatedAt int64    `json:"updated_at" doc:"Unix ms"`

	least, greatest *int64 // the bounds in the form of Value.Num

	byCode  map[string]int // option → place
	byLabel map[string]int // folded label or code → place
}

// HasOptions says whether values are chosen from a list.
func (d *Definition) HasOptions() bool { return d.Kind == Choice || d.Kind == MultiChoice }

// Option gives an option by its code, nil where there is none.
func (d *Definition) Option(code string) *Option {
	if i, ok := d.byCode[code]; ok {
		return &d.Options[i]
	}
	return nil
}

// index makes the look-ups; it is called once a definition is read or checked.
func (d *Definition) index() {
	d.byCode, d.byLabel = make(map[string]int, len(d.Options)), make(map[string]int, 3*len(d.Options))
	// From the end, so that of two equal labels the first wins; codes and
	// options in use win over retired ones.
	for i := len(d.Options) - 1; i >= 0; i-- {
		d.byCode[d.Options[i].Code] = i
	}
	for _, retired := range []bool{true, false} {
		for i := len(d.Options) - 1; i >= 0; i-- {
			o := &d.Options[i]
			if o.Retired != retired {
				continue
			}
			d.byLabel[foldLabel(o.Code)] = i
			if o.Label.EN != "" {
				d.byLabel[foldLabel(o.Label.EN)] = i
			}
			d.byLabel[foldLabel(o.Label.ZH)] = i
		}
	}
}

// foldLabel is a label as it is compared: one width, lower case.
func foldLabel(s string) string {
	s, _ = clean.Text(s)
	return strings.ToLower(s)
}

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// separators part the choices of a cell; no label holds one.
const separators = ";；|｜"

// validate cleans the definition and checks it. Errors: "invalid" with the
// fields that are wrong.
func (d *Definition) validate() error {
	bad := errs.New(errs.Invalid, "invalid")
	if !slices.Contains(Kinds, d.Kind) {
		_ = bad.WithField("kind", "field.unknown_kind")
	}
	if d.Kind != Number {
		d.Scale = 0
	} else if d.Scale < 0 || d.Scale > MaxScale {
		_ = bad.WithField("scale", "field.bad_scale", "max", MaxScale)
	}
	if d.Kind != Reference {
		d.Target = ""
	} else if d.Target != TargetCustomer && d.Target != TargetStaff {
		_ = bad.WithField("target", "field.bad_target")
	}
	checkLabel(bad, "name", &d.Name, maxName, true)
	checkLabel(bad, "help", &d.Help, maxHelp, false)
	checkLabel(bad, "section", &d.Section, maxName, false)
	d.Unit = checkText(bad, "unit", d.Unit, maxUnit)
	d.validateBounds(bad)
	d.validateOptions(bad)
	if err := bad.OrNil(); err != nil {
		return err
	}
	if d.Code == "" {
		d.Code = slug(d.Name, "field")
	}
	if !codeForm.MatchString(d.Code) {
		return errs.New(errs.Invalid, "invalid").WithField("code", "field.bad_code")
	}
	d.index()
	return nil
}

func (d *Definition) validateOptions(bad *errs.Error) {
	if !d.HasOptions() {
		d.Options = []Option{}
		return
	}
	if len(d.Options) == 0 {
		_ = bad.WithField("options", "field.no_options")
	}
	if len(d.Options) > MaxOptions {
		_ = bad.WithField("options", "field.too_many_options", "max", MaxOptions)
		return
	}
	codes, labels := map[string]bool{}, map[string]bool{}
	for i := range d.Options {
		o := &d.Options[i]
		path := "options[" + strconv.Itoa(i) + "]"
		checkLabel(bad, path+".label", &o.Label, maxName, true)
		if strings.ContainsAny(o.Label.ZH+o.Label.EN, separators) {
			_ = bad.WithField(path+".label.zh", "field.label_separator")
		}
		if o.Tone < 0 || o.Tone > MaxTone {
			_ = bad.WithField(path+".tone", "field.bad_tone")
		}
		if o.Code != "" && (!codeForm.MatchString(o.Code) || codes[o.Code]) {
			_ = bad.WithField(path+".code", "field.bad_option_code")
		}
		codes[o.Code] = true
		if o.Retired {
			continue
		}
		both := []string{foldLabel(o.Label.ZH), foldLabel(o.Label.In("en"))}
		for _, label := range slices.Compact(both) {
			if labels[label] {
				_ = bad.WithField(path+".label.zh", "field.option_taken", "name", o.Label.ZH)
			}
			labels[label] = true
		}
	}
	for i := range d.Options {
		if o := &d.Options[i]; o.Code == "" {
			o.Code = freeCode(slug(o.Label, "option"), func(c string) bool { return codes[c] })
			codes[o.Code] = true
		}
	}
}

func checkLabel(bad *errs.Error, path string, l *Label, most int, needed bool) {
	l.ZH, l.EN = checkText(bad, path+".zh", l.ZH, most), checkText(bad, path+".en", l.EN, most)
	if l.ZH == "" {
		l.ZH, l.EN = l.EN, ""
	}
	if needed && l.ZH == "" {
		_ = bad.WithField(path+".zh", "field.name_missing")
	}
	if l.EN == l.ZH {
		l.EN = ""
	}
}

// checkText cleans a text of at most so many characters.
func checkText(bad *errs.Error, path, s string, most int) string {
	out, err := clean.Text(s)
	if err != nil || utf8.RuneCountInString(out) > most {
		_ = bad.WithField(path, "field.too_long", "max", most)
		return ""
	}
	return out
}

var notCode = regexp.MustCompile(`[^a-z0-9]+`)

// slug makes a code from a name: the English words, else the pinyin.
func slug(l Label, fallback string) string {
	for _, text := range append([]string{l.EN}, longestPinyin(l.ZH)) {
		s := strings.Trim(notCode.ReplaceAllString(strings.ToLower(text), "_"), "_")
		if len(s) > 36 {
			s = strings.TrimRight(s[:36], "_")
		}
		if s != "" && s[0] >= '0' && s[0] <= '9' {
			s = fallback[:1] + "_" + s
		}
		if codeForm.MatchString(s) {
			return s
		}
	}
	return fallback
}

func longestPinyin(name string) string {
	best := ""
	for _, term := range clean.FoldSearch(name) {
		if len(term) > len(best) && notHan(term) {
			best = term
		}
	}
	return best
}

func notHan(s string) bool { return len(s) == utf8.RuneCountInString(s) }

// freeCode gives code, or code_2, code_3 … where it is taken.
func freeCode(code string, taken func(string) bool) string {
	out := code
	for n := 2; taken(out); n++ {
		out = code + "_" + strconv.Itoa(n)
	}
	return out
}
