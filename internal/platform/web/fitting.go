package web

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// fitting walks over the text of a JSON value and says whether it certainly is as
// a schema demands. Where it is not sure it says no, and who asks decodes the
// text to find out, or to tell what is wrong: escapes in texts with bounds,
// formats, keys in another case and what schemas seldom demand are left to that.
type fitting struct {
	registry huma.Registry
	data     []byte
}

// maxNesting bounds how deep a value is walked into; encoding/json takes 10,000.
const maxNesting = 100

// all says whether the whole text is one value that fits.
func (f fitting) all(s *huma.Schema) bool {
	end := f.value(s, space(f.data, 0), maxNesting)
	return end >= 0 && space(f.data, end) == len(f.data)
}

// value gives the place behind the value that begins at i, -1 where it does not
// certainly fit.
func (f fitting) value(s *huma.Schema, i, depth int) int {
	for s.Ref != "" {
		s = f.registry.SchemaFromRef(s.Ref)
	}
	if depth == 0 || i >= len(f.data) || s.OneOf != nil || s.AnyOf != nil || s.AllOf != nil || s.Not != nil {
		return -1
	}
	if f.data[i] == 'n' {
		if s.Nullable || s.Type == "" && len(s.Enum) == 0 {
			return f.word(i, "null")
		}
		return -1
	}
	switch {
	case s.Type == "":
		if len(s.Enum) > 0 {
			return -1
		}
		return f.any(i, depth)
	case s.Type == huma.TypeObject && f.data[i] == '{' && len(s.Enum) == 0:
		return f.object(s, i+1, depth-1)
	case s.Type == huma.TypeArray && f.data[i] == '[' && len(s.Enum) == 0:
		return f.list(s, i+1, depth-1)
	case s.Type == huma.TypeString && f.data[i] == '"':
		return f.text(s, i)
	case s.Type == huma.TypeBoolean && len(s.Enum) == 0:
		if f.data[i] == 't' {
			return f.word(i, "true")
		}
		return f.word(i, "false")
	case s.Type == huma.TypeInteger || s.Type == huma.TypeNumber:
		return f.number(s, i)
	}
	return -1
}

func (f fitting) word(i int, w string) int {
	if end := i + len(w); end <= len(f.data) && string(f.data[i:end]) == w {
		return end
	}
	return -1
}

// What values of any kind are held against.
var (
	anything  = &huma.Schema{}
	anyObject = &huma.Schema{AdditionalProperties: anything}
	anyList   = &huma.Schema{Items: anything}
)

// any walks over a value of any kind.
func (f fitting) any(i, depth int) int {
	switch f.data[i] {
	case '{':
		return f.object(anyObject, i+1, depth-1)
	case '[':
		return f.list(anyList, i+1, depth-1)
	case '"':
		return f.text(anything, i)
	case 't':
		return f.word(i, "true")
	case 'f':
		return f.word(i, "false")
	}
	return f.number(anything, i)
}

func (f fitting) object(s *huma.Schema, i, depth int) int {
	if s.MinProperties != nil || s.MaxProperties != nil || len(s.DependentRequired) > 0 || len(s.Required) > 64 {
		return -1
	}
	var met uint64 // which of the required ones are there
	demanded := uint64(1)<<len(s.Required) - 1
	if i = space(f.data, i); i < len(f.data) && f.data[i] == '}' {
		return f.closed(i+1, demanded == 0)
	}
	for {
		if i = space(f.data, i); i >= len(f.data) || f.data[i] != '"' {
			return -1
		}
		end, plain := f.quoted(i)
		if end < 0 || !plain {
			return -1
		}
		key := f.data[i+1 : end-1]
		if i = space(f.data, end); i >= len(f.data) || f.data[i] != ':' {
			return -1
		}
		if i = space(f.data, i+1); i >= len(f.data) {
			return -1
		}
		required := slices.IndexFunc(s.Required, func(r string) bool { return r == string(key) })
		if required >= 0 {
			met |= 1 << required
		}
		of, known := s.Properties[string(key)]
		switch {
		case known && f.data[i] == 'n' && required < 0: // null of what may be left out
			i = f.word(i, "null")
		case known:
			i = f.value(of, i, depth)
		default:
			more, ok := s.AdditionalProperties.(*huma.Schema)
			if !ok {
				return -1
			}
			i = f.value(more, i, depth)
		}
		if i < 0 {
			return -1
		}
		if i = space(f.data, i); i >= len(f.data) {
			return -1
		}
		switch f.data[i] {
		case ',':
			i++
		case '}':
			return f.closed(i+1, met == demanded)
		default:
			return -1
		}
	}
}

func (f fitting) closed(end int, good bool) int {
	if !good {
		return -1
	}
	return end
}

func (f fitting) list(s *huma.Schema, i, depth int) int {
	if s.UniqueItems || s.Items == nil {
		return -1
	}
	n := 0
	for i = space(f.data, i); i < len(f.data) && (n > 0 || f.data[i] != ']'); n++ {
		if i = f.value(s.Items, i, depth); i < 0 {
			return -1
		}
		if i = space(f.data, i); i >= len(f.data) {
			return -1
		}
		if f.data[i] == ']' {
			n++
			break
		}
		if f.data[i] != ',' {
			return -1
		}
		i = space(f.data, i+1)
	}
	if i >= len(f.data) || f.data[i] != ']' {
		return -1
	}
	return f.closed(i+1, (s.MinItems == nil || n >= *s.MinItems) && (s.MaxItems == nil || n <= *s.MaxItems))
}

// quoted gives the place behind a text, and whether it stands there as it is:
// without escapes, of whole characters.
func (f fitting) quoted(i int) (end int, plain bool) {
	plain = true
	from := i + 1
	for i = from; i < len(f.data); i++ {
		switch c := f.data[i]; {
		case c == '"':
			return i + 1, plain && utf8.Valid(f.data[from:i])
		case c == '\\':
			plain = false
			if i++; i >= len(f.data) {
				return -1, false
			}
			switch f.data[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if i+4 >= len(f.data) {
					return -1, false
				}
				for range 4 {
					i++
					if c := f.data[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
						return -1, false
					}
				}
			default:
				return -1, false
			}
		case c < ' ':
			return -1, false
		}
	}
	return -1, false
}

func (f fitting) text(s *huma.Schema, i int) int {
	end, plain := f.quoted(i)
	if end < 0 || s.Format != "" || s.ContentEncoding != "" {
		return -1
	}
	in := f.data[i+1 : end-1]
	if s.MaxLength != nil && len(in) > *s.MaxLength && (!plain || utf8.RuneCount(in) > *s.MaxLength) {
		return -1 // a character is a byte at least
	}
	if s.MinLength != nil && *s.MinLength > 0 && (!plain || utf8.RuneCount(in) < *s.MinLength) {
		return -1
	}
	if s.Pattern != "" && (!plain || !pattern(s.Pattern).Match(in)) {
		return -1
	}
	if len(s.Enum) > 0 && (!plain || !slices.ContainsFunc(s.Enum, func(e any) bool { t, ok := e.(string); return ok && t == string(in) })) {
		return -1
	}
	return end
}

var patterns sync.Map // text → *regexp.Regexp

// pattern is the pattern of a schema, which huma has compiled before.
func pattern(text string) *regexp.Regexp {
	if p, ok := patterns.Load(text); ok {
		return p.(*regexp.Regexp)
	}
	p := regexp.MustCompile(text)
	patterns.Store(text, p)
	return p
}

func (f fitting) number(s *huma.Schema, i int) int {
	end := i
	for end < len(f.data) && numeral[f.data[end]] {
		end++
	}
	text := f.data[i:end]
	if s.MultipleOf != nil || len(s.Enum) > 0 || !json.Valid(text) {
		return -1
	}
	n, err := strconv.ParseFloat(string(text), 64)
	switch {
	case err != nil,
		s.Type == huma.TypeInteger && n != math.Trunc(n),
		s.Minimum != nil && n < *s.Minimum, s.ExclusiveMinimum != nil && n <= *s.ExclusiveMinimum,
		s.Maximum != nil && n > *s.Maximum, s.ExclusiveMaximum != nil && n >= *s.ExclusiveMaximum:
		return -1
	}
	return end
}

// numeral are the characters of numbers.
var numeral = func() (is [256]bool) {
	for _, c := range []byte("0123456789+-.eE") {
		is[c] = true
	}
	return is
}()
