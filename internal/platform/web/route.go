package web

import (
	"context"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"zhike/internal/platform/auth"
)

// Route is one line of the route table.
type Route struct {
	Method  string // GET, POST, PUT, PATCH or DELETE
	Path    string // relative to /api/v1, "/staff/{id}"
	ID      string // operation id, unique, "listStaff"
	Summary string // one line for the OpenAPI document
	Tag     string // group in the OpenAPI document
	// Permission is what the caller must hold, auth.SignedIn or auth.Public.
	Permission auth.Permission
	// Also is a second one that the caller must hold, "" for none: routes of a
	// domain that tell of customers need customer.view beside the domain's own.
	Also auth.Permission
	// Status of success; 0 is 200, or 204 where the output is struct{}.
	Status int
	// MaxBody is the largest body in bytes, 0 for the default of the API.
	MaxBody int64
	// Timeout bounds the work, 0 for the default: 30 s, for raw routes two
	// hours with progress at least once a minute, for streams none.
	Timeout time.Duration
	// AtOnce is how many requests of the route are worked on beside each other,
	// 0 for any number: for calls that take much memory. Others wait, as long as
	// Timeout, and are then told web.busy.
	AtOnce int
	// NoReplay refuses to remember the answer under an Idempotency-Key: each
	// call is to be seen, such as the reveal of a contact.
	NoReplay bool
	// AllowMustChange lets in a person who must first set a new password.
	AllowMustChange bool
	// Consumes and Produces document the media types of raw routes.
	Consumes string
	Produces string
	// Query documents the query parameters of a raw route: name → description.
	Query map[string]string

	stream bool
	raw    bool
	meter  *meter
	turns  chan struct{}
}

const routeKey = "route"

// answered is how the JSON body of a success travels through huma. It is one
// type for all routes: huma's Register is made anew by the compiler for each
// pair of input and output, at some thirty kilobytes of program a pair.
type answered struct{ Body any }

// output names the type of a body as huma would without answered.
type output[O any] struct{ Body O }

// Register binds fn to the route. I is a struct in huma's form: fields tagged
// path:"id", query:"limit" or header:"…", and Body of any type with huma's
// validation tags. O is the JSON body; struct{} answers 204. An error is
// answered as a problem; a panic as 500.
func Register[I, O any](api *API, r Route, fn func(ctx context.Context, in *I) (O, error)) {
	op := api.operation(&r)
	empty := reflect.TypeFor[O]() == reflect.TypeFor[struct{}]()
	success := api.success(&op, reflect.TypeFor[output[O]](), empty)
	huma.Register(api.huma, op, func(ctx context.Context, in *I) (*answered, error) {
		return api.answer(ctx, &r, in, empty, func(ctx context.Context) (any, error) { return fn(ctx, in) })
	})
	if empty {
		success.Content, success.Headers = nil, nil // huma thinks that there is a body
	}
}

// answer does fn and makes huma's form of its answer.
func (a *API) answer(ctx context.Context, r *Route, in any, empty bool, fn func(context.Context) (any, error)) (*answered, error) {
	out, err := a.once(ctx, r, in, fn)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	if empty {
		return nil, nil
	}
	return &answered{Body: out}, nil
}

// success documents the answer of a route; of is output of its body.
func (a *API) success(op *huma.Operation, of reflect.Type, empty bool) *huma.Response {
	if op.DefaultStatus == 0 {
		if op.DefaultStatus = http.StatusOK; empty {
			op.DefaultStatus = http.StatusNoContent
		}
	}
	r := &huma.Response{Description: http.StatusText(op.DefaultStatus)}
	if !empty {
		body, _ := of.FieldByName("Body")
		schema := huma.SchemaFromField(a.huma.OpenAPI().Components.Schemas, body, of.Name()+"Body")
		r.Content = map[string]*huma.MediaType{jsonType: {Schema: schema}}
	}
	op.Responses[strconv.Itoa(op.DefaultStatus)] = r
	return r
}

// RegisterDownload is Register for an answer that is no JSON: the input is
// bound and validated the same way, fn writes the headers and the body. An
// error becomes a problem if nothing was written yet; afterwards the
// connection is cut, so that the client does not take a part for the whole.
func RegisterDownload[I any](api *API, r Route, fn func(ctx context.Context, in *I, w http.ResponseWriter) error) {
	r.raw = true
	op := api.operation(&r)
	produces := r.Produces
	if produces == "" {
		produces = "application/octet-stream"
	}
	op.Responses[strconv.Itoa(http.StatusOK)] = &huma.Response{
		Description: http.StatusText(http.StatusOK),
		Content:     map[string]*huma.MediaType{produces: {Schema: &huma.Schema{Type: "string", Format: "binary"}}},
	}
	type body struct{ Body func(huma.Context) }
	huma.Register(api.huma, op, func(ctx context.Context, in *I) (*body, error) {
		return &body{Body: func(hc huma.Context) {
			w := stateOf(ctx).writer
			api.finishRaw(ctx, w, fn(ctx, in, w))
		}}, nil
	})
}

// RegisterRaw gives h the request and the response: uploads and the like.
// Errors are treated as in RegisterDownload.
func RegisterRaw(api *API, r Route, h func(w http.ResponseWriter, req *http.Request) error) {
	r.raw = true
	op := api.operation(&r)
	api.documentRaw(&op, &r)
	api.handle(op.Metadata[routeKey].(*Route), func(w http.ResponseWriter, req *http.Request) {
		api.finishRaw(req.Context(), stateOf(req.Context()).writer, h(w, req))
	})
}

// operation checks a route, puts it into the table and makes huma's form of it.
func (a *API) operation(r *Route) huma.Operation {
	switch {
	case !strings.HasPrefix(r.Path, "/"):
		panic("web: the path of a route begins with a slash: " + r.Path)
	case r.ID == "" || a.ids[r.ID]:
		panic("web: a route needs an id of its own: " + r.Method + " " + r.Path + " " + r.ID)
	case r.Permission == "":
		panic("web: a route names its permission or says public: " + r.Method + " " + r.Path)
	}
	a.ids[r.ID] = true
	if r.MaxBody == 0 {
		r.MaxBody = a.opts.MaxBody
	}
	if r.Timeout == 0 {
		r.Timeout = DefaultTimeout
		if r.raw {
			r.Timeout = rawTimeout
		}
		if r.stream {
			r.Timeout = -1
		}
	}
	if r.AtOnce > 0 {
		r.turns = make(chan struct{}, r.AtOnce)
	}
	r.meter = a.opts.Metrics.route(r.Method, Prefix+r.Path)
	kept := *r
	a.routes = append(a.routes, kept)
	op := huma.Operation{
		Method: r.Method, Path: r.Path, OperationID: r.ID, Summary: r.Summary,
		DefaultStatus: r.Status,
		// Bounded by the guard before huma reads anything.
		MaxBodyBytes: -1,
		Responses:    map[string]*huma.Response{"default": {Ref: "#/components/responses/Problem"}},
		Metadata:     map[string]any{routeKey: &kept},
	}
	if r.Tag != "" {
		op.Tags = []string{r.Tag}
	}
	if r.replays() {
		op.Parameters = append(op.Parameters, replayParam())
	}
	if r.Permission != auth.Public {
		op.Security = []map[string][]string{{"session": {}}}
		op.Extensions = map[string]any{"x-permission": string(r.Permission)}
		if r.Also != "" {
			op.Extensions["x-also-permission"] = string(r.Also)
		}
	}
	return op
}

var pathParam = regexp.MustCompile(`\{([a-z_]+)\}`)

// documentRaw writes what huma cannot see of a raw route into the document.
func (a *API) documentRaw(op *huma.Operation, r *Route) {
	for _, m := range pathParam.FindAllStringSubmatch(r.Path, -1) {
		s := &huma.Schema{Type: "string"}
		if m[1] == "id" || strings.HasSuffix(m[1], "_id") {
			s = &huma.Schema{Type: "integer", Format: "int64"}
		}
		op.Parameters = append(op.Parameters, &huma.Param{Name: m[1], In: "path", Required: true, Schema: s})
	}
	for _, name := range sortedKeys(r.Query) {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: name, In: "query", Description: r.Query[name], Schema: &huma.Schema{Type: "string"},
		})
	}
	binary := &huma.Schema{Type: "string", Format: "binary"}
	if r.Consumes != "" {
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{r.Consumes: {Schema: binary}}}
	}
	status := r.Status
	if status == 0 {
		status = http.StatusOK
	}
	res := &huma.Response{Description: http.StatusText(status)}
	if r.Produces != "" {
		schema := binary
		if r.stream || r.Produces == "text/event-stream" {
			schema = &huma.Schema{Type: "string"}
		}
		res.Content = map[string]*huma.MediaType{r.Produces: {Schema: schema}}
	}
	op.Responses[strconv.Itoa(status)] = res
	a.huma.OpenAPI().AddOperation(op)
}
