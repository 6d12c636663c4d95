package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// RegisterBulk is Register for a route whose body has thousands of rows: such a
// body is held against its schema where it stands and decoded once. Register
// decodes each twice, the first time only to look at it. Answers, problems and
// the OpenAPI document are those of Register.
func RegisterBulk[I, O any](api *API, r Route, fn func(ctx context.Context, in *I) (O, error)) {
	op := api.operation(&r)
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
	api.success(&op, reflect.TypeFor[output[O]](), false)
	huma.Register(api.huma, op, func(ctx context.Context, in *bulk[I]) (*answered, error) {
		return api.answer(ctx, &r, in, false, func(ctx context.Context) (any, error) { return fn(ctx, &in.Value) })
	})
	// huma took the raw bytes for those of a file.
	body, _ := reflect.TypeFor[output[I]]().FieldByName("Body")
	schema := huma.SchemaFromField(api.huma.OpenAPI().Components.Schemas, body, body.Name)
	op.RequestBody.Content = map[string]*huma.MediaType{jsonType: {Schema: schema}}
}

const jsonType = "application/json"

// bulk is the input of RegisterBulk in the form of huma, which gives it the bytes.
// As JSON, of which the print for an Idempotency-Key is made, it is what Register
// has of the same body.
type bulk[I any] struct {
	RawBody []byte `json:"-"`
	Value   I      `json:"Body"`
}

// Resolve checks and decodes the body; huma calls it before the handler.
func (b *bulk[I]) Resolve(hc huma.Context) []error {
	return readBulk(hc, b.RawBody, &b.Value)
}

// readBulk is no generic function, so that the program holds it once.
func readBulk(hc huma.Context, body []byte, v any) []error {
	api := stateOf(hc.Context()).api.huma
	registry, schema := api.OpenAPI().Components.Schemas, hc.Operation().RequestBody.Content[jsonType].Schema
	read := func(v any) error { return api.Unmarshal(hc.Header("Content-Type"), body, v) }
	fault := func(err error, status int) []error {
		if errors.Is(err, huma.ErrUnknownContentType) {
			status = http.StatusUnsupportedMediaType
		}
		list := []error{&huma.ErrorDetail{Location: "body", Message: err.Error()}}
		if status != http.StatusUnprocessableEntity { // huma's own for what is wrong with an input
			list = append(list, statusError(status))
		}
		return list
	}
	if bytes.Contains(body, escapedNUL) || !(fitting{registry, body}).all(schema) {
		var parsed any
		if err := read(&parsed); err != nil {
			return fault(err, http.StatusBadRequest)
		}
		path, res := huma.NewPathBuffer(nil, 0), &huma.ValidateResult{}
		path.Push("body")
		huma.Validate(registry, schema, path, huma.ModeWriteToServer, parsed, res)
		if len(res.Errors) > 0 {
			return res.Errors
		}
	}
	if err := read(v); err != nil {
		return fault(err, http.StatusUnprocessableEntity)
	}
	return nil
}

// statusError tells huma the status of an answer; what is wrong is told beside it.
type statusError int

func (s statusError) Error() string  { return http.StatusText(int(s)) }
func (s statusError) GetStatus() int { return int(s) }
