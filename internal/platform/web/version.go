package web

import (
	"strconv"
	"strings"

	"zhike/internal/platform/errs"
)

// ETag is the version of a record as HTTP has it: "v12", with the quotes.
func ETag(version int64) string { return `"v` + strconv.FormatInt(version, 10) + `"` }

// IfMatch reads the version in an If-Match header, one that [ETag] wrote.
// Without one it is 0, or, where it is required, web.version_missing. Error:
// web.bad_etag.
func IfMatch(header string, required bool) (int64, error) {
	text := strings.TrimSpace(header)
	if text == "" {
		if required {
			return 0, errs.New(errs.Precondition, "web.version_missing")
		}
		return 0, nil
	}
	v, ok := strings.CutPrefix(strings.TrimPrefix(text, "W/"), `"v`)
	v, closed := strings.CutSuffix(v, `"`)
	n, err := strconv.ParseInt(v, 10, 64)
	if !ok || !closed || err != nil || n < 1 {
		return 0, errs.New(errs.Invalid, "invalid").WithField("If-Match", "web.bad_etag")
	}
	return n, nil
}
