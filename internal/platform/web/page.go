package web

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"zhike/internal/platform/errs"
)

// Page is the answer of every list. Items is never null; Total is null where
// counting would cost too much.
type Page[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor" doc:"Give it as cursor to get the next page; null on the last one"`
	Total      *int64  `json:"total" doc:"All matches, null where not counted"`
}

// NewPage makes a page; next is "" on the last one, total nil where not counted.
func NewPage[T any](items []T, next string, total *int64) Page[T] {
	if items == nil {
		items = []T{}
	}
	p := Page[T]{Items: items, Total: total}
	if next != "" {
		p.NextCursor = &next
	}
	return p
}

// List is a list that is always whole.
type List[T any] struct {
	Items []T `json:"items"`
}

// NewList makes a List whose items are never null.
func NewList[T any](items []T) List[T] {
	if items == nil {
		items = []T{}
	}
	return List[T]{Items: items}
}

// ListQuery is embedded in the input of every list.
type ListQuery struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Entries a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
	Sort   string `query:"sort" maxLength:"64" doc:"Field to sort by, with a leading minus descending"`
}

// ParseSort reads the sort of a list, "-name" for descending; "" is the
// default. Only the fields in allowed pass, else web.bad_sort.
func ParseSort(sort, byDefault string, allowed ...string) (field string, desc bool, err error) {
	if sort == "" {
		sort = byDefault
	}
	field, desc = strings.CutPrefix(sort, "-")
	if !slices.Contains(allowed, field) {
		return "", false, errs.New(errs.Invalid, "invalid").
			WithField("sort", "web.bad_sort", "value", field, "choices", strings.Join(allowed, ", "))
	}
	return field, desc, nil
}

// maxCursor bounds a cursor in bytes.
const maxCursor = 2048

// EncodeCursor makes an opaque cursor of the sort key of the last entry.
func EncodeCursor(parts ...any) string {
	b, err := json.Marshal(parts)
	if err != nil {
		panic("web: a cursor holds numbers and texts: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// DecodeCursor reads what EncodeCursor wrote into pointers of the same number
// and kinds. "" leaves dst alone. Anything else fails with web.bad_cursor:
// cursors come from outside.
func DecodeCursor(s string, dst ...any) error {
	if s == "" {
		return nil
	}
	bad := func() error {
		return errs.New(errs.Invalid, "invalid").WithField("cursor", "web.bad_cursor")
	}
	if len(s) > maxCursor {
		return bad()
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || bytes.Contains(b, []byte(`\u0000`)) {
		return bad()
	}
	var parts []json.RawMessage
	if json.Unmarshal(b, &parts) != nil || len(parts) != len(dst) {
		return bad()
	}
	for i, p := range parts {
		// null would leave the destination as it was.
		if string(p) == "null" || json.Unmarshal(p, dst[i]) != nil {
			return bad()
		}
	}
	return nil
}
