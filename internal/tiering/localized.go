package tiering

import (
	"slices"
	"strings"

	"zhike/internal/platform/i18n"
)

// i18n-keys: tier.shipped.*

// localText gives a text of a scheme in a language: one that came with the
// program is translated, one that a person wrote stays as it is.
func localText(locale, text string) string {
	if locale == i18n.ZhCN {
		return text
	}
	if key, ok := shippedKeys()[text]; ok {
		return i18n.T(locale, key, nil)
	}
	return text
}

// Localized is the scheme with the texts that came with the program in another
// language.
func (s *Scheme) Localized(locale string) *Scheme {
	if locale == i18n.ZhCN {
		return s
	}
	return s.mapTexts(func(_, text string) string { return localText(locale, text) })
}

// canonical undoes Localized: a text that is the translation of one that came
// with the program becomes the program's own again, so that whoever edits a
// scheme in another language does not rename its levels for everybody.
func (s *Scheme) canonical(locale string) *Scheme {
	if locale == i18n.ZhCN {
		return s
	}
	return s.mapTexts(func(kind, text string) string {
		b := i18n.Default()
		for own, key := range shippedKeys() {
			if strings.HasPrefix(key, shippedPrefix+kind) && b.T(locale, key, nil) == text {
				return own
			}
		}
		return text
	})
}

// mapTexts is a copy of the scheme with other texts. The kind is what shipped
// keys of the text begin with.
func (s *Scheme) mapTexts(text func(kind, text string) string) *Scheme {
	out := *s
	out.Name = text("scheme.", s.Name)
	out.Levels = slices.Clone(s.Levels)
	for i := range out.Levels {
		out.Levels[i].Name = text("level.", s.Levels[i].Name)
		out.Levels[i].Advice = text("advice.", s.Levels[i].Advice)
	}
	out.Rules = slices.Clone(s.Rules)
	for i := range out.Rules {
		out.Rules[i].Name = text("rule.", s.Rules[i].Name)
	}
	if s.Score != nil {
		score := *s.Score
		score.Parts = slices.Clone(score.Parts)
		for i := range score.Parts {
			score.Parts[i].Name = text("part.", score.Parts[i].Name)
		}
		out.Score = &score
	}
	return &out
}

// Localized is the view with texts that came with the program in a language.
func (v SchemeView) Localized(locale string) SchemeView {
	v.Scheme = v.Scheme.Localized(locale)
	if v.LastRun != nil {
		run := v.LastRun.Localized(locale)
		v.LastRun = &run
	}
	return v
}

// Localized is the view with texts that came with the program in a language.
func (v RunView) Localized(locale string) RunView {
	v.SchemeName = localText(locale, v.SchemeName)
	return v
}

// Localized is the run with texts that came with the program in a language.
func (d RunDetail) Localized(locale string) RunDetail {
	d.RunView = d.RunView.Localized(locale)
	if d.Summary != nil {
		r := &finishedRun{runRow: &runRow{}, stored: stored{d.Summary, d.Moves}}
		d.Summary, d.Moves = r.localized(d.Summary.Scheme.Localized(locale)), r.localMoves(locale)
	}
	return d
}
