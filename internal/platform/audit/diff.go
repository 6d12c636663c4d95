package audit

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Redacted stands where a secret was.
const Redacted = "[redacted]"

// secretKeys are parts of field names whose values are never recorded. That a
// password changed is said by the action.
var secretKeys = []string{
	"password", "passwd", "token", "secret", "hash", "cipher", "cookie", "credential", "private_key", "api_key",
	"master_key", "authorization",
}

// maxText bounds one text inside an entry, in bytes.
const maxText = 2000

// diff gives both sides as compact JSON: of two objects the fields that
// differ, otherwise the whole. "" stands for nothing.
func diff(before, after any) (b, a string, err error) {
	bv, err := tree(before)
	if err != nil {
		return "", "", err
	}
	av, err := tree(after)
	if err != nil {
		return "", "", err
	}
	bm, bok := bv.(map[string]any)
	am, aok := av.(map[string]any)
	if bok && aok {
		for k, v := range bm {
			if w, ok := am[k]; ok && reflect.DeepEqual(v, w) {
				delete(bm, k)
				delete(am, k)
			}
		}
	}
	if b, err = compact(bv); err != nil {
		return "", "", err
	}
	a, err = compact(av)
	return b, a, err
}

// Diff is what Append would record for the two sides.
func Diff(before, after any) (b, a string, err error) { return diff(before, after) }

func tree(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&out); err != nil {
		return nil, err
	}
	return redact(out), nil
}

func redact(v any) any {
	switch x := v.(type) {
	case map[string]any:
		for k, e := range x {
			if secret(k) && e != nil && e != "" {
				x[k] = Redacted
			} else {
				x[k] = redact(e)
			}
		}
	case []any:
		for i := range x {
			x[i] = redact(x[i])
		}
	case string:
		return cut(strings.ReplaceAll(x, "\x00", ""), maxText)
	}
	return v
}

func secret(key string) bool {
	key = strings.ToLower(key)
	// A flag about a password is no password.
	if strings.HasPrefix(key, "must_change") {
		return false
	}
	for _, s := range secretKeys {
		if strings.Contains(key, s) {
			return true
		}
	}
	return false
}

func compact(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	s := strings.TrimSuffix(b.String(), "\n")
	if len(s) > maxData {
		// Kept valid JSON; the size tells that something is missing.
		short, err := json.Marshal(map[string]any{"too_large": true, "bytes": len(s)})
		return string(short), err
	}
	return s, nil
}

func cut(s string, max int) string {
	if len(s) <= max {
		return s
	}
	end := max
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
