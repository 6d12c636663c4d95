package web

import (
	"bytes"
	"encoding/json"
	"reflect"
	"runtime"
	"strings"
	"sync"
)

// wideFrom is the size in bytes from which a body with a long list is worth
// being decoded on several CPUs.
const wideFrom = 256 << 10

// decode is json.Unmarshal. Of a large object with a long list in it each CPU
// decodes a part of the list: a call with thousands of rows would otherwise
// spend a tenth of its time on one CPU here.
func decode(data []byte, v any) error {
	if len(data) >= wideFrom && decodeWide(data, v, runtime.GOMAXPROCS(0)) {
		return nil
	}
	return json.Unmarshal(data, v)
}

// longList is a list in the text of an object.
type longList struct {
	key      []byte // with its quotes
	from, to int    // of what stands between the brackets
	cuts     []int  // places of commas that divide it into parts
	lengths  []int  // of the parts, in elements
}

// decodeWide decodes an object whose longest part is a list into a struct or an
// any. It says false, and v may have been written to, where the text has another
// form or a fault: json.Unmarshal then knows what to do or to say.
func decodeWide(data []byte, v any, parts int) bool {
	into := reflect.ValueOf(v)
	if parts < 2 || into.Kind() != reflect.Pointer || into.IsNil() {
		return false
	}
	into = into.Elem()
	list, ok := findList(data, len(data)/parts)
	if !ok || len(list.cuts) == 0 {
		return false
	}
	key := string(list.key[1 : len(list.key)-1])
	if into.Kind() != reflect.Interface && !listField(into, key).IsValid() {
		return false
	}
	texts := make([][]byte, 0, len(list.cuts)+1)
	from := list.from
	for _, to := range append(list.cuts, list.to) {
		part := bytes.TrimSpace(data[from:to])
		if len(part) == 0 {
			return false
		}
		texts = append(texts, bytes.Join([][]byte{[]byte("{"), list.key, []byte(":["), part, []byte("]}")}, nil))
		from = to + 1
	}
	if json.Unmarshal(append(bytes.Clone(data[:list.from]), data[list.to:]...), v) != nil {
		return false
	}
	values, all := prepared(into, key, list.lengths)
	good := make([]bool, len(texts))
	var wg sync.WaitGroup
	for i, text := range texts {
		wg.Go(func() {
			// What panics here does so again, where it ends a request and not the program.
			defer func() { _ = recover() }()
			good[i] = json.Unmarshal(text, values[i].Interface()) == nil
		})
	}
	wg.Wait()
	for i := range good {
		if !good[i] {
			return false
		}
	}
	return join(into, values, all, key, list.lengths)
}

// prepared makes what each part is decoded into. Those of a struct write into one
// list, all, that is as long as all of them: to let each grow its own and to put
// them together copied every row three times.
func prepared(into reflect.Value, key string, lengths []int) (values []reflect.Value, all reflect.Value) {
	values = make([]reflect.Value, len(lengths))
	for i := range values {
		values[i] = reflect.New(into.Type())
	}
	if into.Kind() == reflect.Interface {
		return values, all
	}
	n := 0
	for _, l := range lengths {
		n += l
	}
	all = reflect.MakeSlice(listField(into, key).Type(), n, n)
	from := 0
	for i, l := range lengths {
		listField(values[i].Elem(), key).Set(all.Slice3(from, from, from+l))
		from += l
	}
	return values, all
}

// join puts the parts of a list together. It says false where one has not as many
// elements as its text seemed to have.
func join(into reflect.Value, parts []reflect.Value, all reflect.Value, key string, lengths []int) bool {
	if into.Kind() == reflect.Interface {
		var all []any
		for _, p := range parts {
			all = append(all, p.Elem().Interface().(map[string]any)[key].([]any)...)
		}
		into.Interface().(map[string]any)[key] = all
		return true
	}
	for i, p := range parts { // each has written into its stretch of all
		if listField(p.Elem(), key).Len() != lengths[i] {
			return false
		}
	}
	listField(into, key).Set(all)
	return true
}

// listField is the field of a struct that a key of JSON fills, where it is a
// plain list; else nothing.
func listField(v reflect.Value, key string) reflect.Value {
	if v.Kind() != reflect.Struct {
		return reflect.Value{}
	}
	if _, own := v.Addr().Interface().(json.Unmarshaler); own {
		return reflect.Value{}
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != key || !f.IsExported() {
			continue
		}
		if _, own := v.Field(i).Addr().Interface().(json.Unmarshaler); own || f.Type.Kind() != reflect.Slice {
			return reflect.Value{}
		}
		return v.Field(i)
	}
	return reflect.Value{}
}

// findList finds the first list of at least size bytes among the values of an
// object and cuts it into parts of about that size. It looks at brackets and
// texts alone: whether the rest is JSON is found out by whoever decodes it.
func findList(data []byte, size int) (list longList, ok bool) {
	var keys [][]byte
	i := space(data, 0)
	if i >= len(data) || data[i] != '{' {
		return list, false
	}
	for i++; ; i++ {
		if i = space(data, i); i >= len(data) || data[i] != '"' {
			return list, false
		}
		end := text(data, i)
		if end < 0 || bytes.IndexByte(data[i:end], '\\') >= 0 {
			return list, false
		}
		key := data[i:end]
		for _, k := range keys {
			if bytes.EqualFold(k, key) { // the last one counts; left to json
				return list, false
			}
		}
		keys = append(keys, key)
		if i = space(data, end); i >= len(data) || data[i] != ':' {
			return list, false
		}
		i = space(data, i+1)
		end, cuts, lengths := value(data, i, size)
		if end < 0 {
			return list, false
		}
		if list.key == nil && end-i >= size && data[i] == '[' {
			list = longList{key, i + 1, end - 1, cuts, lengths}
		}
		if i = space(data, end); i >= len(data) {
			return list, false
		}
		if data[i] == '}' {
			return list, list.key != nil && space(data, i+1) == len(data)
		}
		if data[i] != ',' {
			return list, false
		}
	}
}

func space(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\r' || data[i] == '\t') {
		i++
	}
	return i
}

// text gives the place behind the text that begins at i, -1 where it has no end.
func text(data []byte, i int) int {
	for i++; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// value gives the place behind the value that begins at i, -1 where it has no
// end, commas between its own elements, about size bytes apart, and how many
// elements stand between those.
func value(data []byte, i, size int) (end int, cuts, lengths []int) {
	depth, last, n := 0, i, 1
	for i < len(data) {
		switch data[i] {
		case '"':
			if i = text(data, i); i < 0 {
				return -1, nil, nil
			}
			if depth == 0 {
				return i, nil, nil
			}
			continue
		case '[', '{':
			depth++
		case ']', '}':
			if depth == 0 { // of the object around
				return i, nil, nil
			}
			if depth--; depth == 0 {
				return i + 1, cuts, append(lengths, n)
			}
		case ',':
			switch {
			case depth == 0:
				return i, nil, nil
			case depth == 1 && i-last >= size:
				cuts, lengths, last, n = append(cuts, i), append(lengths, n), i, 1
			case depth == 1:
				n++
			}
		}
		i++
	}
	return -1, nil, nil
}
