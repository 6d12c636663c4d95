package tiering

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// Change is one difference between two versions.
type Change struct {
	Path   string `json:"path"`
	Before any    `json:"before"`
	After  any    `json:"after"`
}

func sameScheme(a, b *Scheme) bool {
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(x, y)
}

// Compare lists the places where two schemes differ, in the order of their
// fields: "rules[0].all[1].value".
func Compare(a, b *Scheme) []Change {
	out := []Change{}
	compareValues("", plainJSON(a), plainJSON(b), &out)
	return out
}

// ordered is a JSON object that keeps the order of its keys.
type ordered struct {
	keys   []string
	values map[string]any
}

func plainJSON(s *Scheme) any {
	b, err := json.Marshal(s)
	if err != nil {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(b))
	v, err := decodeOrdered(d)
	if err != nil {
		return nil
	}
	return v
}

func decodeOrdered(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		o := ordered{values: map[string]any{}}
		for d.More() {
			k, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := decodeOrdered(d)
			if err != nil {
				return nil, err
			}
			o.keys = append(o.keys, k.(string))
			o.values[k.(string)] = v
		}
		_, err = d.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := decodeOrdered(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	}
	return t, nil
}

func compareValues(path string, a, b any, out *[]Change) {
	switch x := a.(type) {
	case ordered:
		if y, ok := b.(ordered); ok {
			for _, k := range x.keys {
				compareValues(joinPath(path, k), x.values[k], y.values[k], out)
			}
			for _, k := range y.keys {
				if _, ok := x.values[k]; !ok {
					compareValues(joinPath(path, k), nil, y.values[k], out)
				}
			}
			return
		}
	case []any:
		if y, ok := b.([]any); ok {
			for i := range max(len(x), len(y)) {
				compareValues(path+"["+strconv.Itoa(i)+"]", at(x, i), at(y, i), out)
			}
			return
		}
	}
	a, b = flat(a), flat(b)
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if !bytes.Equal(x, y) {
		*out = append(*out, Change{Path: path, Before: a, After: b})
	}
}

func joinPath(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func at(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

// flat turns what decodeOrdered made into what JSON writes.
func flat(v any) any {
	switch x := v.(type) {
	case ordered:
		m := map[string]any{}
		for k, e := range x.values {
			m[k] = flat(e)
		}
		return m
	case []any:
		list := make([]any, len(x))
		for i, e := range x {
			list[i] = flat(e)
		}
		return list
	}
	return v
}
