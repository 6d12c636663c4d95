package web

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
)

// Values are shared between answers: they are only ever replaced, not appended to.
var (
	noSniff     = []string{"nosniff"}
	noStore     = []string{"no-store"}
	noReferrer  = []string{"same-origin"}
	sameOrigin  = []string{"same-origin"}
	deny        = []string{"DENY"}
	permissions = []string{"camera=(), microphone=(), geolocation=(), payment=(), usb=()"}
	hstsValue   = []string{"max-age=31536000"}
	problemType = []string{"application/problem+json"}
	apiCSP      = []string{"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"}
	varyAPI     = []string{"Cookie, Accept-Language"}
)

// setHeaders sets what every answer carries. API answers may load nothing at
// all; a page gets its policy, with a nonce of its own, from [PageNonce].
func (a *API) setHeaders(h http.Header, st *state, api bool) {
	h["X-Request-Id"] = []string{st.id}
	h["X-Content-Type-Options"] = noSniff
	h["Referrer-Policy"] = noReferrer
	h["X-Frame-Options"] = deny
	h["Cross-Origin-Opener-Policy"] = sameOrigin
	h["Cross-Origin-Resource-Policy"] = sameOrigin
	h["Permissions-Policy"] = permissions
	h["Content-Security-Policy"] = apiCSP
	if st.https {
		h["Strict-Transport-Security"] = hstsValue
	}
	if api {
		h["Cache-Control"] = noStore
		h["Vary"] = varyAPI[:1:1]
	}
}

// PageNonce gives the answer the policy of a page of the program and returns
// the nonce that its style elements must carry. Scripts come from files only.
func PageNonce(h http.Header) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	nonce := base64.RawStdEncoding.EncodeToString(b[:])
	h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data: blob:; "+
		"style-src 'self' 'nonce-"+nonce+"'; script-src 'self'; connect-src 'self'; "+
		"object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'")
	return nonce
}

// Attachment makes the answer a file that the browser saves under the name,
// which may be Chinese (RFC 6266). An empty contentType goes by the name's end.
func Attachment(h http.Header, name, contentType string) {
	if contentType == "" {
		contentType = typeOf(name)
	}
	plain := strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r > '~':
			return '_'
		case strings.ContainsRune(`"\\/;%`, r):
			return '_'
		}
		return r
	}, name)
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", `attachment; filename="`+plain+`"; filename*=UTF-8''`+strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
}
