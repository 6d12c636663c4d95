package rule

import (
	_ "embed"
	"slices"

	"zhike/internal/platform/errs"
)

// Format is the version of the language that [Parse] reads. A rule is kept with
// its own, and goes through [Upgrade] before it is read.
const Format = 1

//go:embed schema.json
var schema []byte

// Schema gives the JSON Schema (draft 2020-12) of rules of [Format].
func Schema() []byte { return slices.Clone(schema) }

// upgrades turns a rule of the format of its place, from 1 on, into the next one.
var upgrades = []func(text []byte) ([]byte, error){}

// Upgrade brings the text of a rule of an older format to the present one.
// Error: rule.newer_format for a rule that a newer program wrote.
func Upgrade(text []byte, format int) ([]byte, error) {
	if format < 1 || format > Format {
		return nil, errs.New(errs.Invalid, "rule.newer_format", "format", format, "known", Format)
	}
	for _, up := range upgrades[format-1:] {
		var err error
		if text, err = up(text); err != nil {
			return nil, err
		}
	}
	return text, nil
}
