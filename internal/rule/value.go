package rule

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"zhike/internal/clean"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// MaxValues and MaxText (characters of one) bound the values of a condition.
const (
	MaxValues = 200
	MaxText   = 200
)

// MaxFigure bounds numbers in filters, so that no product leaves 64 bits.
const MaxFigure = 1_000_000_000_000_000

// BadValue is the error of a value of another kind than the condition asks for.
func BadValue() error { return errs.New(errs.Invalid, "list.bad_value") }

// Texts reads a text or a list of texts, cleaned as stored ones are, and in
// lower case where folded.
func (n *Node) Texts() ([]string, error) { return n.texts(MaxValues) }

func (n *Node) texts(most int) ([]string, error) {
	var one string
	var list []string
	if json.Unmarshal(n.Value, &one) == nil {
		list = []string{one}
	} else if json.Unmarshal(n.Value, &list) != nil {
		return nil, BadValue()
	}
	if len(list) == 0 || len(list) > most {
		return nil, errs.New(errs.Invalid, "list.bad_list", "max", most)
	}
	for i, t := range list {
		t, err := clean.Text(t)
		if err != nil || t == "" || utf8.RuneCountInString(t) > MaxText || strings.ContainsRune(t, 0) {
			return nil, errs.New(errs.Invalid, "list.bad_text", "max", MaxText)
		}
		list[i] = t
	}
	return list, nil
}

func (n *Node) Text() (string, error) {
	list, err := n.Texts()
	if err != nil {
		return "", err
	}
	if len(list) != 1 {
		return "", BadValue()
	}
	return list[0], nil
}

// OneOf reads codes out of a list of known ones.
func (n *Node) OneOf(known []string) ([]string, error) {
	list, err := n.Texts()
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		if !slices.Contains(known, t) {
			return nil, errs.New(errs.Invalid, "list.unknown_option", "value", Shortened(t))
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// whole reads a whole number, also as a text of digits.
func Whole(raw json.RawMessage, limit int64) (int64, error) {
	s := strings.Trim(string(raw), `"`)
	v, ok := WholeNumber(s)
	if !ok || v > limit || v < -limit {
		return 0, errs.New(errs.Invalid, "list.bad_number")
	}
	return v, nil
}

// Wholes reads one number, or the two of "between" in order.
func (n *Node) Wholes(limit int64) (from, to int64, err error) {
	if n.Op != "between" {
		from, err = Whole(n.Value, limit)
		return from, from, err
	}
	var pair []json.RawMessage
	if json.Unmarshal(n.Value, &pair) != nil || len(pair) != 2 {
		return 0, 0, errs.New(errs.Invalid, "list.bad_pair")
	}
	if from, err = Whole(pair[0], limit); err != nil {
		return 0, 0, err
	}
	to, err = Whole(pair[1], limit)
	return from, to, err
}

// NotNegative is rule.negative where a number of something is compared with one
// below 0, which is a slip and would quietly mean everybody or nobody.
func (n *Node) NotNegative() error {
	from, to, err := n.Wholes(MaxFigure)
	if err == nil && (from < 0 || to < 0) {
		err = errs.New(errs.Invalid, "rule.negative")
	}
	return err
}

// IDs reads ids, positive, each once; words are texts that stand for ids.
func (n *Node) IDs(words map[string]int64) ([]int64, error) {
	var raw []json.RawMessage
	if json.Unmarshal(n.Value, &raw) != nil {
		raw = []json.RawMessage{n.Value}
	}
	if len(raw) == 0 || len(raw) > MaxValues {
		return nil, errs.New(errs.Invalid, "list.bad_list", "max", MaxValues)
	}
	out := make([]int64, 0, len(raw))
	for _, r := range raw {
		if id, ok := words[strings.Trim(string(r), `"`)]; ok {
			out = append(out, id)
			continue
		}
		id, err := Whole(r, MaxFigure)
		if err != nil || id <= 0 {
			return nil, BadValue()
		}
		out = append(out, id)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func ReadDay(raw json.RawMessage) (clock.Day, error) {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return 0, errs.New(errs.Invalid, "customer.bad_day")
	}
	d, err := clock.ParseDay(text)
	if err != nil || d < FirstDay || d > LastDay {
		return 0, errs.New(errs.Invalid, "customer.bad_day")
	}
	return d, nil
}

var FirstDay, LastDay = clock.DateDay(1000, 1, 1), clock.DateDay(9999, 12, 31)

// MaxDays bounds "the last N days" and the like: a hundred years.
const MaxDays = 36_600

// NoDay and EverDay are before and behind every day.
const NoDay, EverDay = clock.Day(-999_999), clock.Day(9_999_999)

// Days reads a condition on days as the first and the last day that it allows.
func (n *Node) Days(today clock.Day) (from, to clock.Day, err error) {
	switch n.Op {
	case "between":
		var pair []json.RawMessage
		if json.Unmarshal(n.Value, &pair) != nil || len(pair) != 2 {
			return 0, 0, errs.New(errs.Invalid, "list.bad_pair")
		}
		if from, err = ReadDay(pair[0]); err != nil {
			return 0, 0, err
		}
		to, err = ReadDay(pair[1])
		return from, to, err
	case "last_days", "before_days", "next_days":
		count, err := Whole(n.Value, MaxDays)
		if err != nil || count < 1 {
			return 0, 0, errs.New(errs.Invalid, "list.bad_days", "max", MaxDays)
		}
		switch n.Op {
		case "last_days": // today is one of them
			return today - clock.Day(count) + 1, today, nil
		case "before_days":
			return NoDay, today - clock.Day(count), nil
		}
		return today, today + clock.Day(count), nil
	}
	d, err := ReadDay(n.Value)
	switch n.Op {
	case "gte":
		return d, EverDay, err
	case "lte":
		return NoDay, d, err
	}
	return d, d, err
}

func (n *Node) Bool() (bool, error) {
	switch string(n.Value) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, BadValue()
}

// DecodeNumbers decodes JSON without losing digits.
func DecodeNumbers(raw json.RawMessage, to any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(to)
}

// WholeNumber reads at most 15 digits with a sign.
func WholeNumber(s string) (int64, bool) {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	var n int64
	for i := range len(digits) {
		n = n*10 + int64(digits[i]-'0')
	}
	if len(digits) < len(s) {
		n = -n
	}
	return n, true
}

// Shortened bounds a text of the caller inside an error.
func Shortened(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}
