package customer

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

// maxFigure bounds numbers in filters, so that no product leaves 64 bits.
const maxFigure = 1_000_000_000_000_000

func badFilterValue() error { return errs.New(errs.Invalid, "list.bad_value") }

// texts reads a text or a list of texts, cleaned as stored ones are, and in
// lower case where folded.
func (n *Node) texts() ([]string, error) {
	var one string
	var list []string
	if json.Unmarshal(n.Value, &one) == nil {
		list = []string{one}
	} else if json.Unmarshal(n.Value, &list) != nil {
		return nil, badFilterValue()
	}
	if len(list) == 0 || len(list) > maxFilterValues {
		return nil, errs.New(errs.Invalid, "list.bad_list", "max", maxFilterValues)
	}
	for i, t := range list {
		t, err := clean.Text(t)
		if err != nil || t == "" || utf8.RuneCountInString(t) > maxFilterText || strings.ContainsRune(t, 0) {
			return nil, errs.New(errs.Invalid, "list.bad_text", "max", maxFilterText)
		}
		list[i] = t
	}
	return list, nil
}

func (n *Node) text() (string, error) {
	list, err := n.texts()
	if err != nil {
		return "", err
	}
	if len(list) != 1 {
		return "", badFilterValue()
	}
	return list[0], nil
}

// oneOf reads codes out of a list of known ones.
func (n *Node) oneOf(known []string) ([]string, error) {
	list, err := n.texts()
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		if !slices.Contains(known, t) {
			return nil, errs.New(errs.Invalid, "list.unknown_option", "value", shortened(t))
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// whole reads a whole number, also as a text of digits.
func whole(raw json.RawMessage, limit int64) (int64, error) {
	s := strings.Trim(string(raw), `"`)
	v, ok := wholeNumber(s)
	if !ok || v > limit || v < -limit {
		return 0, errs.New(errs.Invalid, "list.bad_number")
	}
	return v, nil
}

// wholes reads one number, or the two of "between" in order.
func (n *Node) wholes(limit int64) (from, to int64, err error) {
	if n.Op != "between" {
		from, err = whole(n.Value, limit)
		return from, from, err
	}
	var pair []json.RawMessage
	if json.Unmarshal(n.Value, &pair) != nil || len(pair) != 2 {
		return 0, 0, errs.New(errs.Invalid, "list.bad_pair")
	}
	if from, err = whole(pair[0], limit); err != nil {
		return 0, 0, err
	}
	to, err = whole(pair[1], limit)
	return from, to, err
}

// ids reads ids, positive, each once; words are texts that stand for ids.
func (n *Node) ids(words map[string]int64) ([]int64, error) {
	var raw []json.RawMessage
	if json.Unmarshal(n.Value, &raw) != nil {
		raw = []json.RawMessage{n.Value}
	}
	if len(raw) == 0 || len(raw) > maxFilterValues {
		return nil, errs.New(errs.Invalid, "list.bad_list", "max", maxFilterValues)
	}
	out := make([]int64, 0, len(raw))
	for _, r := range raw {
		if id, ok := words[strings.Trim(string(r), `"`)]; ok {
			out = append(out, id)
			continue
		}
		id, err := whole(r, maxFigure)
		if err != nil || id <= 0 {
			return nil, badFilterValue()
		}
		out = append(out, id)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func readDay(raw json.RawMessage) (clock.Day, error) {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return 0, errs.New(errs.Invalid, "customer.bad_day")
	}
	d, err := clock.ParseDay(text)
	if err != nil || d < firstListDay || d > lastListDay {
		return 0, errs.New(errs.Invalid, "customer.bad_day")
	}
	return d, nil
}

var firstListDay, lastListDay = clock.DateDay(1000, 1, 1), clock.DateDay(9999, 12, 31)

// maxDays bounds "the last N days" and the like: a hundred years.
const maxDays = 36_600

// noDay and everDay are before and behind every day.
const noDay, everDay = clock.Day(-999_999), clock.Day(9_999_999)

// days reads a condition on days as the first and the last day that it allows.
func (n *Node) days(today clock.Day) (from, to clock.Day, err error) {
	switch n.Op {
	case "between":
		var pair []json.RawMessage
		if json.Unmarshal(n.Value, &pair) != nil || len(pair) != 2 {
			return 0, 0, errs.New(errs.Invalid, "list.bad_pair")
		}
		if from, err = readDay(pair[0]); err != nil {
			return 0, 0, err
		}
		to, err = readDay(pair[1])
		return from, to, err
	case "last_days", "before_days", "next_days":
		count, err := whole(n.Value, maxDays)
		if err != nil || count < 1 {
			return 0, 0, errs.New(errs.Invalid, "list.bad_days", "max", maxDays)
		}
		switch n.Op {
		case "last_days": // today is one of them
			return today - clock.Day(count) + 1, today, nil
		case "before_days":
			return noDay, today - clock.Day(count), nil
		}
		return today, today + clock.Day(count), nil
	}
	d, err := readDay(n.Value)
	switch n.Op {
	case "gte":
		return d, everDay, err
	case "lte":
		return noDay, d, err
	}
	return d, d, err
}

func (n *Node) bool() (bool, error) {
	switch string(n.Value) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, badFilterValue()
}

// decodeNumbers decodes JSON without losing digits.
func decodeNumbers(raw json.RawMessage, to any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(to)
}
