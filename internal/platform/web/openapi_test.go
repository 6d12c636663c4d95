package web_test

import (
	"context"
	"encoding/json"
	"testing"

	"zhike/internal/platform/web"
)

type nullablePart struct {
	Name string `json:"name"`
}

type NullableBase struct {
	Inner *nullablePart `json:"inner"`
}

type nullableWhole struct {
	NullableBase
	There  nullablePart   `json:"there"`
	Maybe  *nullablePart  `json:"maybe" doc:"null without one"`
	Absent *nullablePart  `json:"absent,omitempty"`
	Always *nullablePart  `json:"always" nullable:"false"`
	List   []nullablePart `json:"list"`
}

// A field that may be null says so in the document, also where it is an object.
func TestNullableObjects(t *testing.T) {
	api := newAPI(t)
	web.Register(api, web.Route{Method: "GET", Path: "/nullable", ID: "nullable", Permission: "x"},
		func(context.Context, *struct{}) (nullableWhole, error) { return nullableWhole{}, nil })
	b, err := api.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]json.RawMessage `json:"properties"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	part := `{"$ref":"#/components/schemas/WebTestNullablePart"}`
	got := doc.Components.Schemas["WebTestNullableWhole"].Properties
	for field, want := range map[string]string{
		"there":  part,
		"maybe":  `{"anyOf":[` + part + `,{"type":"null"}],"description":"null without one"}`,
		"absent": part,
		"always": part,
		"inner":  `{"anyOf":[` + part + `,{"type":"null"}]}`,
	} {
		var v any
		if err := json.Unmarshal(got[field], &v); err != nil {
			t.Errorf("%s: %v", field, err)
			continue
		}
		if compact, _ := json.Marshal(v); string(compact) != want {
			t.Errorf("%s: %s, want %s", field, compact, want)
		}
	}
}
