package field

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"zhike/internal/platform/errs"
)

//go:embed presets/*.json
var presetFiles embed.FS

// Preset is a set of fields for an industry, to begin with.
type Preset struct {
	Code     string `json:"code"`
	Position int    `json:"position"`
	Name     Label  `json:"name"`
	About    Label  `json:"about"`
	Fields   []In   `json:"fields"`
}

// Presets gives the sets that come with the program, in their order.
var Presets = sync.OnceValue(func() []Preset {
	entries, err := presetFiles.ReadDir("presets")
	if err != nil {
		panic(fmt.Sprintf("field: %v", err))
	}
	out := make([]Preset, 0, len(entries))
	for _, e := range entries {
		b, err := presetFiles.ReadFile("presets/" + e.Name())
		if err != nil {
			panic(fmt.Sprintf("field: %v", err))
		}
		var p Preset
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		if err := d.Decode(&p); err != nil {
			panic(fmt.Sprintf("field: preset %s: %v", e.Name(), err))
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Preset) int { return cmp.Compare(a.Position, b.Position) })
	return out
})

// Imported says what a preset brought.
type Imported struct {
	Created []Definition `json:"created"`
	Skipped []string     `json:"skipped" doc:"Codes of fields that were there already, by code or by name"`
}

// ImportPreset adds those fields of a preset that are not there yet; only the
// named ones where codes are given. A second call adds nothing. Errors:
// field.no_preset, field.unknown for a code that the preset does not have,
// field.too_many, which adds none.
func (s *Service) ImportPreset(ctx context.Context, preset string, only []string) (Imported, error) {
	at := slices.IndexFunc(Presets(), func(p Preset) bool { return p.Code == preset })
	if at < 0 {
		return Imported{}, errs.New(errs.NotFound, "field.no_preset")
	}
	p := Presets()[at]
	for _, code := range only {
		if !slices.ContainsFunc(p.Fields, func(f In) bool { return f.Code == code }) {
			return Imported{}, errs.New(errs.Invalid, "invalid").WithField("codes", "field.unknown")
		}
	}
	out := Imported{Created: []Definition{}, Skipped: []string{}}
	err := s.change(ctx, func(ctx context.Context, set *Set) error {
		for _, in := range p.Fields {
			if len(only) > 0 && !slices.Contains(only, in.Code) {
				continue
			}
			if set.Code(in.Code) != nil || set.freeName(&Definition{Name: in.Name}) != nil {
				out.Skipped = append(out.Skipped, in.Code)
				continue
			}
			d, err := s.add(ctx, set, in)
			if err != nil {
				return err
			}
			out.Created = append(out.Created, *d)
		}
		return nil
	})
	if err != nil {
		return Imported{}, err
	}
	return out, nil
}
