package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

// Every route answers 401 without a session and 403 to a role without
// permissions, before it looks at anything else.
func TestWalkRoutes(t *testing.T) {
	api := newAPI(t)
	if n := len(api.Routes()); n != 10 {
		t.Fatalf("%d routes", n)
	}
	for _, r := range api.Routes() {
		if r.Permission == auth.Public {
			continue
		}
		path := web.Prefix + strings.ReplaceAll(r.Path, "{id}", "1")
		if w := call(t, api, "", r.Method, path, "{"); w.Code != 401 {
			t.Errorf("%s: %d without a session", r.ID, w.Code)
		}
		if r.Permission == auth.SignedIn {
			continue
		}
		if w := call(t, api, "none", r.Method, path, "{"); w.Code != 403 {
			t.Errorf("%s: %d without permission", r.ID, w.Code)
		}
	}
}

func TestBadRoutesPanic(t *testing.T) {
	for name, r := range map[string]web.Route{
		"no permission": {Method: "GET", Path: "/a", ID: "a"},
		"no id":         {Method: "GET", Path: "/a", Permission: auth.Public},
		"taken id":      {Method: "GET", Path: "/a", ID: "open", Permission: auth.Public},
		"no slash":      {Method: "GET", Path: "a", ID: "a", Permission: auth.Public},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Fatal("no panic")
				}
			}()
			web.Register(newAPI(t), r, func(context.Context, *struct{}) (struct{}, error) { return struct{}{}, nil })
		})
	}
}

func TestOpenAPI(t *testing.T) {
	a, err := newAPI(t).OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	b, _ := newAPI(t).OpenAPI()
	if !bytes.Equal(a, b) {
		t.Fatal("not stable")
	}
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			ID         string           `json:"operationId"`
			Permission string           `json:"x-permission"`
			Security   []map[string]any `json:"security"`
			Responses  map[string]struct {
				Ref string `json:"$ref"`
			} `json:"responses"`
			Parameters []struct{ Name string } `json:"parameters"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(a, &doc); err != nil {
		t.Fatal(err)
	}
	get := doc.Paths["/things"]["get"]
	if doc.OpenAPI != "3.1.0" || get.ID != "listThings" || get.Permission != "thing.view" || len(get.Security) != 1 ||
		get.Responses["default"].Ref != "#/components/responses/Problem" || len(get.Parameters) != 4 {
		t.Fatalf("%+v", get)
	}
	want := []string{"PageWebTestThing", "Problem", "ProblemField", "WebTestThing", "WebTestThingInput"}
	if d := cmp.Diff(want, slices.Sorted(maps.Keys(doc.Components.Schemas))); d != "" {
		t.Error(d)
	}
	if len(doc.Paths["/files"]) != 1 || len(doc.Paths["/events"]) != 1 || len(doc.Paths["/export"]) != 1 {
		t.Error("raw routes are missing")
	}
}
