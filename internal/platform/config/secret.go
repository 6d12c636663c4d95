package config

import (
	"fmt"
	"log/slog"
	"net/url"
)

// Hidden stands for the value of a secret wherever it would be shown.
const Hidden = "[hidden]"

// Secret is a text that no way of printing shows. Reveal gives it away. The text
// is behind a pointer because fmt looks into unexported fields without asking
// the methods below. The zero value is no secret.
type Secret struct{ v *string }

// NewSecret wraps s.
func NewSecret(s string) Secret { return Secret{&s} }

// Reveal is the secret itself: give it only to what needs it.
func (s Secret) Reveal() string {
	if s.v == nil {
		return ""
	}
	return *s.v
}

// Empty says whether there is none.
func (s Secret) Empty() bool { return s.Reveal() == "" }

// String is Hidden, or "" for an empty secret.
func (s Secret) String() string {
	if s.Empty() {
		return ""
	}
	return Hidden
}

// Format hides the secret from every verb of package fmt.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, s.String()) }

// MarshalText hides the secret from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue hides the secret from log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// describeDB shows where a database is, without user, password or parameters.
func describeDB(s Secret) string {
	if s.Empty() {
		return ""
	}
	u, err := url.Parse(s.Reveal())
	if err != nil || u.Scheme == "" {
		return Hidden
	}
	return u.Scheme + "://" + Hidden + "@" + u.Host + u.EscapedPath()
}
