package web

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

type wideBody struct {
	Source string    `json:"source"`
	Items  []wideRow `json:"items"`
	Flags  []bool    `json:"flags,omitempty"`
}

type wideRow struct {
	Name string         `json:"name"`
	N    int64          `json:"n"`
	Kids []wideRow      `json:"kids,omitempty"`
	More map[string]any `json:"more,omitempty"`
}

// What is decoded in parts is what json.Unmarshal makes of it, and what json
// refuses is refused: after any damage too.
func TestDecodeWide(t *testing.T) {
	var rows []string
	for i := range 60 {
		rows = append(rows, fmt.Sprintf(` { "name":"客户 \"%d\" ],{\\","n":%d , "kids":[{"name":"a,[","n":1},{"name":"}"}],"more":{"x":[1,2.5,null,"y\u00e9"],"k":true}}`, i, i))
	}
	list := "[" + strings.Join(rows, ",\n") + "]"
	texts := []string{
		`{"source":"crm","items":` + list + `}`,
		` {"items": ` + list + ` , "source" : "s","flags":[true,false] } `,
		`{"items":` + list + `,"source":"crm"} x`,
		`{"items":` + list + `,"items":[{"name":"again"}]}`,
		`{"Items":` + list + `,"items":[{"name":"again"}]}`,
		`{"it\u0065ms":` + list + `}`,
		`{"unknown":` + list + `,"items":[]}`,
		`{"source":` + list + `}`,
		`{"flags":` + list + `}`,
		`{"items":[` + strings.Repeat(" ", 3000) + `]}`,
		`{"items":[,` + list[1:] + `}`,
		`{"items":` + list[:len(list)-1] + `,]}`,
		`{"items":{"a":` + list + `}}`,
		list, `{`, `{"items":`, `{"items":[`, ``,
	}
	r := rand.New(rand.NewPCG(1, 2))
	const damage = "\"\\,:[]{}0 nt\x00"
	for range 4000 {
		b := []byte(texts[r.IntN(2)])
		for range 1 + r.IntN(3) {
			switch at := r.IntN(len(b)); r.IntN(3) {
			case 0:
				b[at] = damage[r.IntN(len(damage))]
			case 1:
				b = append(b[:at], b[at+1:]...)
			case 2:
				b = b[:max(at, len(b)/2)]
			}
		}
		texts = append(texts, string(b))
	}
	wide := 0
	for _, text := range texts {
		for _, parts := range []int{1, 2, 7} {
			for _, v := range [][2]any{{new(any), new(any)}, {&wideBody{}, &wideBody{}}} {
				if !decodeWide([]byte(text), v[0], parts) {
					continue
				}
				wide++
				if err := json.Unmarshal([]byte(text), v[1]); err != nil {
					t.Fatalf("json refuses what was taken: %v in %s", err, text)
				}
				if !reflect.DeepEqual(v[0], v[1]) {
					t.Fatalf("%s\nis %+v\nnot %+v", text, v[0], v[1])
				}
			}
		}
	}
	if wide < 100 {
		t.Errorf("only %d were decoded in parts", wide)
	}
	for _, v := range []any{new(any), &wideBody{}} {
		if !decodeWide([]byte(texts[0]), v, 3) {
			t.Errorf("a plain body was not decoded in parts into %T", v)
		}
	}
	// Where the long way was begun for nothing, the whole is decoded anew.
	big := `{"source":"crm","items":[` + strings.Repeat(`{"name":"a","n":1},`, wideFrom/19+1) + `{"n":"no number"}]}`
	if err := decode([]byte(big), &wideBody{}); err == nil {
		t.Error("a bad row went through")
	}
}
