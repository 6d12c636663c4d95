package web

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"zhike/internal/platform/auth"
)

type bulkBody struct {
	Source string    `json:"source" minLength:"1" maxLength:"8" pattern:"^[a-z]+$"`
	Items  []bulkRow `json:"items" minItems:"1" maxItems:"4"`
}

type bulkRow struct {
	ID     int64           `json:"id,omitempty" minimum:"1"`
	Rate   float64         `json:"rate,omitempty" minimum:"-1" maximum:"2.5"`
	Name   string          `json:"name" maxLength:"6"`
	Kind   string          `json:"kind,omitempty" enum:"person,company"`
	Owner  Optional[int64] `json:"owner_id,omitempty"`
	Main   bool            `json:"main,omitempty"`
	Kids   []bulkKid       `json:"kids,omitempty" maxItems:"2"`
	Fields map[string]any  `json:"fields,omitempty"`
	Mail   string          `json:"mail,omitempty" format:"email"`
}

type bulkKid struct {
	Value string `json:"value" minLength:"1"`
}

var bulkRows = []string{
	`{"name":"王小明"}`,
	`{ "id" : 7 , "name":"a", "rate":-0.5e0, "kind":"person","owner_id":null,"main":true,"kids":[{"value":"x"},{"value":"é"}] }`,
	`{"name":"","owner_id":12,"main":false,"kids":[],"fields":{"a":[1,{"b":null},"\u00e9\n"],"c":{},"d":[ ],"e":true,"f":1e3}}`,
	`{"name":"b","kind":null,"kids":null,"fields":null}`,
}

// What is taken at a look is JSON that the schema allows, after any damage too,
// and plain bodies are.
func TestFitting(t *testing.T) {
	registry := huma.NewMapRegistry(schemaPrefix, huma.DefaultSchemaNamer)
	schema := registry.Schema(reflect.TypeFor[bulkBody](), true, "")
	fits := func(text string) bool { return fitting{registry, []byte(text)}.all(schema) }
	for _, text := range bulkTexts(0) {
		if !fits(text) {
			t.Errorf("is as demanded and was not taken: %s", text)
		}
	}
	for text, why := range map[string]string{
		`{"source":"crm","items":[` + bulkRows[0] + `,]}`:     "comma",
		`{"source":"crm","items":[{"name":"1234567"}]}`:       "too long",
		`{"source":"crm","items":[{"name":"a\u0020bcdefg"}]}`: "escaped and perhaps too long",
		`{"source":"crm","items":[{}]}`:                       "without a name",
		`{"source":"crm","items":[]}`:                         "too few",
		`{"source":"crm","items":[{"name":"a","id":1.5}]}`:    "no integer",
		`{"source":"crm","items":[{"name":"a","id":01}]}`:     "no number",
		`{"source":"crm","items":[{"name":"a","more":1}]}`:    "unknown",
		`{"source":"crm","items":[{"name":"a","kind":"x"}]}`:  "none of the choices",
		`{"source":"crm","items":[{"name":"a","mail":"x"}]}`:  "no address",
		`{"source":"CRM","items":[{"name":"a"}]}`:             "against the pattern",
		`{"source":"crm","items":[{"name":"a"}]} x`:           "more behind it",
	} {
		if fits(text) {
			t.Errorf("%s: taken: %s", why, text)
		}
	}
	taken := 0
	for _, text := range bulkTexts(20_000) {
		if !fits(text) {
			continue
		}
		taken++
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatalf("taken, and no JSON: %v: %s", err, text)
		}
		res := &huma.ValidateResult{}
		if huma.Validate(registry, schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, v, res); len(res.Errors) > 0 {
			t.Fatalf("taken, and against the schema: %v: %s", res.Errors, text)
		}
	}
	if taken < 200 {
		t.Errorf("only %d of the damaged ones were taken", taken)
	}
}

// bulkTexts are bodies as they should be, or so many that were damaged.
func bulkTexts(damaged int) []string {
	var good []string
	for i := range bulkRows {
		good = append(good, fmt.Sprintf(`{"source":"crm","items":[%s]}`, bulkRows[i]), fmt.Sprintf(" {\n\"items\" : [%s , %s], \"source\":\"c\" } ", bulkRows[i], bulkRows[(i+1)%4]))
	}
	if damaged == 0 {
		return good
	}
	r := rand.New(rand.NewPCG(3, 4))
	const damage = "\"\\,:[]{}0-e9 ntu\x00\x1f\xff"
	out := make([]string, 0, damaged)
	for range damaged {
		b := []byte(good[r.IntN(len(good))])
		for range 1 + r.IntN(2) {
			switch at := r.IntN(len(b)); r.IntN(4) {
			case 0:
				b[at] = damage[r.IntN(len(damage))]
			case 1:
				b = append(b[:at], b[at+1:]...)
			case 2:
				b = slices.Insert(b, at, damage[r.IntN(len(damage))])
			case 3: // a key or a word in another case
				b[at] = strings.ToUpper(string(b[at : at+1]))[0]
			}
		}
		out = append(out, string(b))
	}
	return out
}

// A bulk route answers what an ordinary one does, whatever the body, and has the
// same document.
func TestBulkAsRegister(t *testing.T) {
	api := New(Options{Authenticate: func(context.Context, *http.Request) (*auth.Actor, error) { return nil, nil }})
	type plain struct{ Body bulkBody }
	Register(api, Route{Method: "POST", Path: "/plain", ID: "plain", Permission: auth.Public}, func(_ context.Context, in *plain) (bulkBody, error) { return in.Body, nil })
	RegisterBulk(api, Route{Method: "POST", Path: "/bulk", ID: "bulk", Permission: auth.Public}, func(_ context.Context, in *bulkBody) (bulkBody, error) { return *in, nil })
	ask := func(path, body, contentType string) (int, map[string]any) {
		r := httptest.NewRequest("POST", Prefix+path, strings.NewReader(body))
		if contentType != "" {
			r.Header.Set("Content-Type", contentType)
		}
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		var v map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
			t.Fatalf("%s %s: %v", path, body, err)
		}
		maps.DeleteFunc(v, func(k string, _ any) bool { return k == "request_id" || k == "instance" })
		if list, ok := v["errors"].([]any); ok {
			// Unknown ones come in any order, and where one has a dot or a bracket in
			// its key huma loses its way to the next.
			for _, e := range list {
				if e := e.(map[string]any); e["code"] == "web.unknown_field" {
					delete(e, "path")
				}
			}
			slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
		return w.Code, v
	}
	codes := map[int]int{}
	texts := append(bulkTexts(0), bulkTexts(3000)...)
	texts = append(texts, "", "null", "[]", "{}", `{"source":"crm","items":[{"name":"\u0000"}]}`, `{"source":"crm","items":[{"name":"a","id":1.0}]}`)
	for _, text := range texts {
		code, want := ask("/plain", text, jsonType)
		got, have := ask("/bulk", text, jsonType)
		if got != code || !reflect.DeepEqual(have, want) {
			t.Fatalf("%s\nanswers %d %v\nnot     %d %v", text, got, have, code, want)
		}
		codes[code]++
	}
	for _, code := range []int{200, 400, 422} {
		if codes[code] < 5 {
			t.Errorf("only %d answers had the status %d", codes[code], code)
		}
	}
	for _, kind := range []string{"text/plain", "", "application/json; charset=utf-8", "nonsense"} {
		code, want := ask("/plain", texts[0], kind)
		if got, have := ask("/bulk", texts[0], kind); got != code || !reflect.DeepEqual(have, want) {
			t.Errorf("%q answers %d %v, not %d %v", kind, got, have, code, want)
		}
	}
	paths := api.huma.OpenAPI().Paths
	a, b := paths["/plain"].Post, paths["/bulk"].Post
	if !reflect.DeepEqual(a.RequestBody, b.RequestBody) || !reflect.DeepEqual(a.Responses, b.Responses) {
		t.Errorf("documents differ: %+v and %+v", a.RequestBody, b.RequestBody)
	}
}
