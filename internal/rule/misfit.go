package rule

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// misfit says why a text does not decode into a rule, at its place. The types
// are walked rather than a list of names, so that it knows every form there is.
// Errors: rule.bad_json, rule.unknown_key, rule.not_…, list.bad_filter.
func misfit(text []byte, root string) error {
	if err := json.Unmarshal(text, new(json.RawMessage)); err != nil {
		at := int64(len(text))
		if e := (*json.SyntaxError)(nil); errors.As(err, &e) {
			at = min(at, e.Offset)
		}
		before := text[:at]
		return Bad(root, "rule.bad_json", "line", 1+bytes.Count(before, []byte("\n")), "column", len(before)-1-bytes.LastIndexByte(before, '\n'))
	}
	if err := misfitOf(reflect.TypeFor[Node](), text, root); err != nil {
		return err
	}
	return Bad(root, "list.bad_filter")
}

// notA is the error of a value of another JSON type than a kind of Go asks for.
// i18n-keys: errors.rule.not_*
var notA = map[reflect.Kind]string{
	reflect.Struct: "rule.not_object", reflect.Slice: "rule.not_list", reflect.String: "rule.not_text", reflect.Bool: "rule.not_bool",
	reflect.Int: "rule.not_whole", reflect.Int64: "rule.not_whole",
}

func misfitOf(t reflect.Type, raw json.RawMessage, path string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	bad := Bad(path, notA[t.Kind()])
	switch {
	case t == reflect.TypeFor[json.RawMessage]():
		return nil // what a value may be, its field says
	case t == reflect.TypeFor[json.Number]():
		bad = Bad(path, "rule.not_number")
	case t == reflect.TypeFor[Node]():
		bad = Bad(path, "list.bad_filter")
	}
	switch t.Kind() {
	case reflect.Struct:
		var parts map[string]json.RawMessage
		if json.Unmarshal(raw, &parts) != nil {
			return bad
		}
		for _, key := range slices.Sorted(maps.Keys(parts)) {
			f, names := keyOf(t, key)
			if f == nil {
				return Bad(path+"."+Shortened(key), "rule.unknown_key", "key", Shortened(key), "keys", strings.Join(names, ", "))
			}
			if err := misfitOf(f, parts[key], path+"."+key); err != nil {
				if key == "at" || key == "from" || key == "to" {
					return Bad(path+"."+key, "customer.bad_day")
				}
				return err
			}
		}
	case reflect.Slice:
		var parts []json.RawMessage
		if json.Unmarshal(raw, &parts) != nil {
			return bad
		}
		for i := range parts {
			if err := misfitOf(t.Elem(), parts[i], path+"["+strconv.Itoa(i)+"]"); err != nil {
				return err
			}
		}
	default:
		if json.Unmarshal(raw, reflect.New(t).Interface()) != nil {
			return bad
		}
	}
	return nil
}

// keyOf gives the type of a key of an object, nil where it has none, and all of
// its keys.
func keyOf(t reflect.Type, key string) (of reflect.Type, keys []string) {
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			continue
		}
		if keys = append(keys, name); strings.EqualFold(name, key) {
			of = f.Type
		}
	}
	return of, keys
}
