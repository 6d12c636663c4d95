package rule

import (
	"bytes"
	"encoding/json"

	"zhike/internal/column"
)

// UnmarshalJSON notes where within is missing: that is a form not yet filled in,
// and must not be taken for the same day.
func (s *Sequence) UnmarshalJSON(text []byte) error {
	type plain Sequence
	*s = Sequence{}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode((*plain)(s)); err != nil {
		return err
	}
	var given struct{ Within *int }
	if err := json.Unmarshal(text, &given); err != nil {
		return err
	}
	s.open = given.Within == nil
	return nil
}

// CompleteSequences writes "within": 0 into the sequences of a stored text with
// rules that lack it, whatever is around them: programs that took it for the same
// day kept them so. A text where none lacks it stays as it is.
func CompleteSequences(text []byte) []byte {
	if !bytes.Contains(text, []byte(`"sequence"`)) {
		return text
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var body any
	if d.Decode(&body) != nil || !complete(body) {
		return text
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if e.Encode(body) != nil {
		return text
	}
	return bytes.TrimSpace(out.Bytes())
}

// complete says whether anything was missing.
func complete(v any) (changed bool) {
	switch v := v.(type) {
	case []any:
		for _, kid := range v {
			changed = complete(kid) || changed
		}
	case map[string]any:
		if q, ok := v["sequence"].(map[string]any); ok && q["first"] != nil && q["within"] == nil {
			q["within"], changed = 0, true
		}
		for _, kid := range v {
			changed = complete(kid) || changed
		}
	}
	return changed
}

// sequence compiles "one fact and then another".
func (e *Env) sequence(n *Node, path string) (Expr, error) {
	s := n.Sequence
	if n.At != "" {
		return Expr{}, Bad(path+".at", "rule.no_at")
	}
	if n.Op != "" || n.Value != nil {
		return Expr{}, Bad(path+".op", "rule.no_op")
	}
	path += ".sequence"
	if s.open {
		return Expr{}, Bad(path+".within", "rule.within_missing", "max", MaxDays)
	}
	if s.Within < 0 || s.Within > MaxDays {
		return Expr{}, Bad(path+".within", "rule.bad_within", "max", MaxDays)
	}
	for name, f := range map[string]*Facts{".first": &s.First, ".then": &s.Then} {
		if f.Agg != "" || f.Of != "" {
			return Expr{}, Bad(path+name+".agg", "rule.sequence_agg")
		}
	}
	if s.Then.Window != (Window{}) {
		return Expr{}, Bad(path+".then.window", "rule.sequence_window")
	}
	first, err := e.choose(&s.First, path+".first", true)
	if err != nil {
		return Expr{}, err
	}
	then, err := e.choose(&s.Then, path+".then", false)
	if err != nil {
		return Expr{}, err
	}
	return Expr{
		Write: func(add Add, id string) { writeFollows(add, id, &first, &then, int64(s.Within), s.Without) },
		Mem: column.Follows(first.mem(true), then.mem(true),
			first.st.series(column.Series, first.st.Instant), then.st.series(column.Series, then.st.Instant), int64(s.Within), s.Without),
	}, nil
}
