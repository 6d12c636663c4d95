package web

import (
	"context"
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// state is what the outer layer knows about a request.
type state struct {
	api    *API
	id     string
	ip     string
	accept string // Accept-Language, looked at only when a text is made
	locale string
	writer *responseWriter
	req    *http.Request
	body   *timedBody // nil without a body
	route  *Route
	start  time.Time
	https  bool
}

type stateKey struct{}

var lost = &state{id: "", ip: ""}

func stateOf(ctx context.Context) *state {
	if s, ok := ctx.Value(stateKey{}).(*state); ok {
		return s
	}
	return lost
}

type localeKey struct{}

// WithLocale says the language of work that no request asked for: of a command.
func WithLocale(ctx context.Context, locale string) context.Context {
	return context.WithValue(ctx, localeKey{}, locale)
}

// Locale is the language of the request, "zh-CN" or "en".
func Locale(ctx context.Context) string {
	s := stateOf(ctx)
	if s.api == nil {
		if locale, ok := ctx.Value(localeKey{}).(string); ok {
			return locale
		}
		return "zh-CN"
	}
	if s.locale == "" {
		s.locale = s.api.opts.Match(s.accept)
	}
	return s.locale
}

// ClientIP is the address the request came from, looked through trusted
// proxies; "" outside of a request.
func ClientIP(ctx context.Context) string { return stateOf(ctx).ip }

// ID is the id of the request, "" outside of one.
func ID(ctx context.Context) string { return stateOf(ctx).id }

// Header gives the response headers of the running request, for the few
// services that set one (a cookie). It must be used before the answer begins.
func Header(ctx context.Context) http.Header {
	if s := stateOf(ctx); s.writer != nil {
		return s.writer.Header()
	}
	return http.Header{}
}

// Cookie gives the value of a cookie of the running request, "" for none.
func Cookie(ctx context.Context, name string) string {
	s := stateOf(ctx)
	if s.req == nil {
		return ""
	}
	c, err := s.req.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

func newRequestID() string {
	var b [8]byte
	v := rand.Uint64()
	for i := range b {
		b[i] = byte(v >> (8 * i))
	}
	return hex.EncodeToString(b[:])
}

// maxRequestID bounds an id that a proxy hands in.
const maxRequestID = 64

func validRequestID(s string) bool {
	if s == "" || len(s) > maxRequestID {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

func within(nets []netip.Prefix, a netip.Addr) bool {
	for _, n := range nets {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// client finds the caller's address: the peer, or, where the peer is a trusted
// proxy, the nearest address in X-Forwarded-For that is not one.
func (a *API) client(r *http.Request) (ip string, trusted bool) {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "", false
	}
	peer := ap.Addr().Unmap()
	if len(a.opts.TrustedProxies) == 0 || !within(a.opts.TrustedProxies, peer) {
		return peer.WithZone("").String(), false
	}
	found := peer
	list := r.Header.Values("X-Forwarded-For")
walk:
	for i := len(list) - 1; i >= 0; i-- {
		parts := strings.Split(list[i], ",")
		for j := len(parts) - 1; j >= 0; j-- {
			next, err := netip.ParseAddr(strings.TrimSpace(parts[j]))
			if err != nil {
				break walk // what lies beyond nonsense was not written by a proxy of ours
			}
			found = next.Unmap()
			if !within(a.opts.TrustedProxies, found) {
				break walk
			}
		}
	}
	return found.WithZone("").String(), true
}
