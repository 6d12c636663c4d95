package web

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"zhike/internal/platform/auth"
)

// Redactor is a type of an answer in which what a field access hides depends on
// values: a list of contacts of several kinds, a map by field. Redact is called
// on a copy of the value; it may set fields of the copy, and must not write
// into what they point to, which other requests may share.
type Redactor interface {
	Redact(hides func(key string) bool)
}

// accessTag names the fields of customers, separated by commas, that a part of
// an answer tells of: `access:"phone"`. It is left out of the answer to whom
// one of them is hidden. Every JSON answer passes here, so that a route cannot
// forget it; what is no JSON (downloads) asks the actor itself.
const accessTag = "access"

var redactor = reflect.TypeFor[Redactor]()

// hideFields takes out of an answer what the fields of customers that are
// hidden from its reader would tell. Readers without restrictions get the
// answer as it is.
func hideFields(ctx huma.Context, _ string, v any) (any, error) {
	a := auth.From(ctx.Context())
	if !a.HidesAny() || v == nil {
		return v, nil
	}
	return hidden(reflect.ValueOf(v), func(key string) bool { return a.Hides(key) }), nil
}

// hidden gives v without what hides names, in a form that encodes as v would.
func hidden(v reflect.Value, hides func(string) bool) any {
	if !v.IsValid() {
		return nil
	}
	if !tells(v.Type()) {
		return v.Interface()
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return hidden(v.Elem(), hides)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return nil
		}
		out := make([]any, v.Len())
		for i := range out {
			out[i] = hidden(v.Index(i), hides)
		}
		return out
	case reflect.Map:
		if v.IsNil() {
			return nil
		}
		out := reflect.MakeMapWithSize(reflect.MapOf(v.Type().Key(), reflect.TypeFor[any]()), v.Len())
		for it := v.MapRange(); it.Next(); {
			value := reflect.New(reflect.TypeFor[any]()).Elem()
			if one := hidden(it.Value(), hides); one != nil {
				value.Set(reflect.ValueOf(one))
			}
			out.SetMapIndex(it.Key(), value)
		}
		return out.Interface()
	}
	into := reflect.New(v.Type())
	into.Elem().Set(v)
	if r, ok := into.Interface().(Redactor); ok {
		r.Redact(hides)
	}
	var out members
	out.add(into.Elem(), hides)
	return out
}

// members are the parts of a JSON object in their order.
type members []member

type member struct {
	name  string
	value any
}

// part is one field of a struct as encoding/json writes it.
type part struct {
	at                  int
	name                string
	keys                []string
	embedded            bool
	omitEmpty, omitZero bool
}

// parts keeps what answers are made of, by type.
var parts sync.Map

func partsOf(t reflect.Type) []part {
	if known, ok := parts.Load(t); ok {
		return known.([]part)
	}
	var out []part
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := part{at: i, name: name, keys: keysOf(f), omitEmpty: strings.Contains(options, "omitempty"), omitZero: strings.Contains(options, "omitzero")}
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		p.embedded = f.Anonymous && name == "" && inner.Kind() == reflect.Struct
		if name == "-" || !f.IsExported() && !p.embedded {
			continue
		}
		if name == "" {
			p.name = f.Name
		}
		out = append(out, p)
	}
	parts.Store(t, out)
	return out
}

// add takes the fields of a struct as encoding/json would.
func (m *members) add(v reflect.Value, hides func(string) bool) {
	list := partsOf(v.Type())
	for i := range list {
		p := &list[i]
		if slices.ContainsFunc(p.keys, hides) {
			continue
		}
		at := v.Field(p.at)
		if p.embedded {
			if at.Kind() == reflect.Pointer {
				if at.IsNil() {
					continue
				}
				at = at.Elem()
			}
			m.add(at, hides)
			continue
		}
		if p.omitEmpty && emptyJSON(at) || p.omitZero && at.IsZero() {
			continue
		}
		*m = append(*m, member{p.name, hidden(at, hides)})
	}
}

func emptyJSON(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map, reflect.Slice, reflect.String, reflect.Array:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// MarshalJSON writes the object with all below it at once.
func (m members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := writeHidden(&b, m)
	return b.Bytes(), err
}

func writeHidden(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case members:
		for i := range v {
			b.WriteByte("{,"[min(i, 1)])
			b.WriteString(strconv.Quote(v[i].name)) // names of Go fields and tags: plain ASCII
			b.WriteByte(':')
			if err := writeHidden(b, v[i].value); err != nil {
				return err
			}
		}
		if len(v) == 0 {
			b.WriteByte('{')
		}
		b.WriteByte('}')
		return nil
	case []any:
		b.WriteByte('[')
		for i := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeHidden(b, v[i]); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	}
	one, err := json.Marshal(v)
	b.Write(one)
	return err
}

func keysOf(f reflect.StructField) []string {
	tag := f.Tag.Get(accessTag)
	if tag == "" {
		return nil
	}
	return strings.Split(tag, ",")
}

// telling keeps which types tell of fields that can be hidden, by type.
var telling sync.Map

// tells says whether a value of the type may hold what can be hidden.
func tells(t reflect.Type) bool {
	if known, ok := telling.Load(t); ok {
		return known.(bool)
	}
	does := looks(t, map[reflect.Type]bool{})
	telling.Store(t, does)
	return does
}

func looks(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	if t.Kind() == reflect.Struct && reflect.PointerTo(t).Implements(redactor) {
		return true
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return looks(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if keysOf(f) != nil || (f.IsExported() || f.Anonymous) && looks(f.Type, seen) {
				return true
			}
		}
	}
	return false
}

// markHidden takes the fields that can be hidden out of what an answer always
// has: the document promises nothing that a role may take away.
func markHidden(t reflect.Type, schema map[string]any) {
	required, _ := schema["required"].([]any)
	if required == nil {
		return
	}
	for _, f := range reflect.VisibleFields(t) {
		if keysOf(f) == nil {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		required = slices.DeleteFunc(required, func(r any) bool { return r == name })
	}
	if schema["required"] = required; len(required) == 0 {
		delete(schema, "required")
	}
}
