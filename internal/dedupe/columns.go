package dedupe

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"zhike/internal/platform/errs"
)

// maxColumnsBytes bounds the text of a column map.
const maxColumnsBytes = 256 << 10

// ReadColumns reads a column map as YAML or JSON: under "columns" the name of
// each column with its meaning, such as "given_name: name.given". Columns that
// are not named are ignored; one meaning may be that of several columns.
// Errors: dedupe.map_unreadable with detail, dedupe.map_empty, and
// dedupe.unknown_meaning with column, meaning and known.
func ReadColumns(r io.Reader) (map[string]Field, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxColumnsBytes+1))
	if err != nil || len(b) > maxColumnsBytes {
		return nil, errs.Wrap(err, errs.Invalid, "dedupe.map_unreadable", "detail", "256 KiB")
	}
	var file struct {
		Columns map[string]string `yaml:"columns"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, errs.Wrap(err, errs.Invalid, "dedupe.map_unreadable", "detail", shorten(yamlFault(err), 200))
	}
	if len(file.Columns) == 0 {
		return nil, errs.New(errs.Invalid, "dedupe.map_empty")
	}
	out := make(map[string]Field, len(file.Columns))
	for name, meaning := range file.Columns {
		f, err := ParseField(strings.TrimSpace(meaning))
		if err != nil {
			return nil, errs.New(errs.Invalid, "dedupe.unknown_meaning",
				"column", shorten(name, 60), "meaning", shorten(meaning, 60), "known", strings.Join(fieldNames[:], ", "))
		}
		out[strings.TrimSpace(name)] = f
	}
	return out, nil
}

// inType is what the library adds of the program's own types.
var inType = regexp.MustCompile(` (in|into) type .*`)

// yamlFault says which line is wrong and why, on one line.
func yamlFault(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if many := (*yaml.TypeError)(nil); errors.As(err, &many) {
		text = many.Errors[0]
	}
	return inType.ReplaceAllString(text, "")
}
