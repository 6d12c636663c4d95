package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

const schemaPrefix = "#/components/schemas/"

func humaConfig(o Options) huma.Config {
	// A list is never null; see NewPage.
	huma.DefaultArrayNullable = false
	version := o.Version
	if version == "" {
		version = "dev"
	}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI:    "3.1.0",
			Info:       &huma.Info{Title: "Zhike", Version: version, Description: "Customer operations. Instants are unix milliseconds UTC, money is 分 in fields that end in _fen, days are YYYY-MM-DD in company time. What a role hides of a customer is not in the answer."},
			Servers:    []*huma.Server{{URL: Prefix}},
			Components: &huma.Components{Schemas: huma.NewMapRegistry(schemaPrefix, schemaNamer(o.SchemaPackages))},
		},
		Formats:                      map[string]huma.Format{jsonType: jsonFormat, "json": jsonFormat},
		DefaultFormat:                jsonType,
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{hideFields},
	}
}

var jsonFormat = huma.Format{Marshal: marshal, Unmarshal: unmarshal}

// describe adds what all operations share.
func (a *API) describe() {
	oapi := a.huma.OpenAPI()
	problem := oapi.Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	oapi.Components.Responses = map[string]*huma.Response{"Problem": {
		Description: "The call failed",
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: problem}},
	}}
	oapi.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: "zhike_session", Description: "Set by POST /session; named __Host-zhike_session over HTTPS."},
	}
}

// OpenAPI is the document of all routes as indented JSON, byte for byte the
// same for the same routes.
func (a *API) OpenAPI() ([]byte, error) {
	raw, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	// Through a map, whose keys encoding/json sorts.
	var doc any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	a.markNullable(doc)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(doc); err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	return b.Bytes(), nil
}

// markNullable adds "or null" to the fields that point to another schema, unless
// they are tagged nullable:"false" because there always is one. The library
// writes a bare reference for them.
func (a *API) markNullable(doc any) {
	object := func(v any, key string) map[string]any {
		m, _ := v.(map[string]any)
		sub, _ := m[key].(map[string]any)
		return sub
	}
	for name, schema := range object(object(doc, "components"), "schemas") {
		t := a.huma.OpenAPI().Components.Schemas.TypeFromRef(schemaPrefix + name)
		for t != nil && t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		properties := object(schema, "properties")
		if m, ok := schema.(map[string]any); ok {
			markHidden(t, m)
		}
		for _, f := range reflect.VisibleFields(t) {
			key, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
			p := object(properties, key)
			ref, is := p["$ref"]
			// With omitempty it is left out instead.
			if !is || f.Type.Kind() != reflect.Pointer || strings.Contains(rest, "omitempty") || f.Tag.Get("nullable") == "false" {
				continue
			}
			delete(p, "$ref")
			p["anyOf"] = []any{map[string]any{"$ref": ref}, map[string]any{"type": "null"}}
		}
	}
}

// schemaNamer names a type by its package and itself, so that names neither
// collide nor depend on the order of registration: org.Staff → OrgStaff,
// customer.Customer → Customer, web.Page[org.Staff] → PageOrgStaff. as gives
// packages the name that clients know their types by, where it is another.
func schemaNamer(as map[string]string) func(t reflect.Type, hint string) string {
	return func(t reflect.Type, hint string) string { return schemaName(as, t, hint) }
}

func schemaName(as map[string]string, t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := t.Name()
	if name == "" {
		return camel(hint)
	}
	known := func(path string) string {
		pkg := lastSegment(path)
		return cmp.Or(as[pkg], pkg)
	}
	if i := strings.IndexByte(name, '['); i >= 0 {
		var b strings.Builder
		b.WriteString(qualified(known(t.PkgPath()), name[:i]))
		for _, arg := range strings.FieldsFunc(name[i:], func(r rune) bool { return strings.ContainsRune("[]*,", r) }) {
			dot := strings.LastIndexByte(arg, '.')
			pkg := ""
			if dot >= 0 {
				pkg = known(arg[:dot])
			}
			b.WriteString(qualified(pkg, arg[dot+1:]))
		}
		return b.String()
	}
	return qualified(known(t.PkgPath()), name)
}

func lastSegment(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func qualified(pkg, name string) string {
	name = camel(name)
	if pkg == "" || pkg == "web" || strings.HasPrefix(strings.ToLower(name), pkg) {
		return name
	}
	return camel(pkg) + name
}

// camel makes "create-staffRequest" "CreateStaffRequest".
func camel(s string) string {
	var b strings.Builder
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '_' || r == ' ' || r == '.' || r == '·' }) {
		b.WriteString(strings.ToUpper(part[:1]))
		b.WriteString(part[1:])
	}
	return b.String()
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
