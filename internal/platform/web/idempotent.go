package web

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// Replayer makes a write that is sent twice under one key happen once; package
// idempotency is one. It runs fn in a transaction that its own record joins.
type Replayer interface {
	Do(ctx context.Context, actorID int64, key string, fingerprint []byte, fn func(ctx context.Context) ([]byte, error)) (answer []byte, replayed bool, err error)
}

const (
	idempotencyKey      = "Idempotency-Key"
	idempotencyReplayed = "Idempotency-Replayed"
)

// kept is what is remembered of an answer.
type kept struct {
	ETag     string          `json:"etag,omitempty"`
	Location string          `json:"location,omitempty"`
	Body     json.RawMessage `json:"body"`
}

// replays says whether a route takes an Idempotency-Key: a write by somebody
// who is signed in, whose answer may be given again.
func (r *Route) replays() bool {
	return r.Method != http.MethodGet && r.Permission != auth.Public && !r.NoReplay && !r.raw && !r.stream
}

func replayParam() *huma.Param {
	least, most := 1, 200
	return &huma.Param{
		Name: idempotencyKey, In: "header",
		Description: "Any text of your own. The same request sent again under the same key within 24 hours is not done again; it gets the first answer, with " + idempotencyReplayed + ": true",
		Schema:      &huma.Schema{Type: "string", MinLength: &least, MaxLength: &most},
	}
}

// once does fn, the handler of a route with the input in. A request with a key
// is done once: if it was done before, its answer is given again as it was
// remembered. It is no generic function, so that the program holds it once.
func (a *API) once(ctx context.Context, r *Route, in any, fn func(context.Context) (any, error)) (out any, err error) {
	st := stateOf(ctx)
	if !r.replays() || st.req == nil || a.opts.Replay == nil || st.req.Header.Get(idempotencyKey) == "" {
		return fn(ctx)
	}
	print, err := fingerprint(st.req, in)
	if err != nil {
		return nil, err
	}
	answer, replayed, err := a.opts.Replay.Do(ctx, auth.From(ctx).StaffID, st.req.Header.Get(idempotencyKey), print,
		func(ctx context.Context) ([]byte, error) {
			if out, err = fn(ctx); err != nil {
				return nil, err
			}
			body, err := json.Marshal(out)
			if err != nil {
				return nil, errs.Wrap(err, errs.Internal, "internal")
			}
			h := Header(ctx)
			return json.Marshal(kept{h.Get("ETag"), h.Get("Location"), body})
		})
	if err != nil || !replayed {
		return out, err
	}
	var k kept
	if err := json.Unmarshal(answer, &k); err != nil {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	h := Header(ctx)
	h.Set(idempotencyReplayed, "true")
	for name, v := range map[string]string{"ETag": k.ETag, "Location": k.Location} {
		if v != "" {
			h.Set(name, v)
		}
	}
	return k.Body, nil
}

// fingerprint is a hash of what the request asks for: method, address,
// precondition and input.
func fingerprint(r *http.Request, in any) ([]byte, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	h := sha256.New()
	for _, part := range []string{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("If-Match"), string(body)} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return h.Sum(nil), nil
}
