package tiering

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

func TestSchemesAreVersioned(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := newTestService(t, d)
		if err := s.EnsureShipped(ctx); err != nil { // a second start
			t.Fatal(err)
		}
		list, err := s.Schemes(ctx)
		if err != nil || len(list) != len(Shipped()) {
			t.Fatal(list, err)
		}
		for i, want := range Shipped() {
			v := list[i]
			if d := cmp.Diff(want, v.Scheme); d != "" || v.Version != 1 || !v.Shipped || v.Default != (want.Code != "value-score" && want.Code != "rfm") || v.LastRun != nil {
				t.Errorf("%+v: %s", v, d)
			}
		}
		// Saved without a change: no version. With one: the next.
		same, err := s.SaveScheme(ctx, shippedRules(), 1)
		if err != nil || same.Version != 1 {
			t.Fatal(same, err)
		}
		changed := shippedRules()
		changed.Rules[0].All[0].Value = 0.25
		changed.Rules[0].All[2].Off = true
		changed.Levels[0].Name = "钻石"
		changed.Rules = changed.Rules[:5]
		v2, err := s.SaveScheme(ctx, changed, 1)
		if err != nil || v2.Version != 2 {
			t.Fatal(v2, err)
		}
		if _, err := s.SaveScheme(ctx, shippedRules(), 1); !errs.Is(err, "tier.scheme_changed") {
			t.Errorf("on an old version: %v", err)
		}
		diff, err := s.CompareVersions(ctx, "value-rules", 1, 0, i18n.ZhCN)
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for _, c := range diff {
			paths = append(paths, c.Path)
		}
		if got := strings.Join(paths, " "); got != "levels[0].name rules[0].all[0].value rules[0].all[2].off rules[5]" {
			t.Errorf("changed %s", got)
		}
		if diff[1].Before != 0.2 || diff[1].After != 0.25 || diff[3].After != nil {
			t.Errorf("changes %+v", diff)
		}
		versions, err := s.SchemeVersions(ctx, "value-rules")
		if err != nil || len(versions) != 2 || versions[0].Version != 2 {
			t.Fatal(versions, err)
		}
		if old, err := s.Scheme(ctx, "value-rules", 1); err != nil || old.Scheme.Levels[0].Name != zh("level.high") {
			t.Errorf("version 1: %+v, %v", old, err)
		}
	})
}

func TestSchemesAreCopiedExportedAndImported(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := newTestService(t, d)
		c, err := s.CopyScheme(ctx, "rfm", "rfm-tech", "RFM 科技", "")
		if err != nil || c.Version != 1 || c.Shipped || c.Scheme.Name != "RFM 科技" {
			t.Fatal(c, err)
		}
		if _, err := s.CopyScheme(ctx, "rfm", "rfm-tech", "again", ""); !errs.Is(err, "tier.scheme_exists") {
			t.Errorf("copied twice: %v", err)
		}
		if _, err := s.CopyScheme(ctx, "none", "x-y", "x", ""); !errs.Is(err, "tier.no_such_scheme") {
			t.Errorf("copy of nothing: %v", err)
		}
		if _, err := s.CopyScheme(ctx, "rfm", "Bad Code", "x", ""); !errs.Is(err, "tier.scheme_invalid") {
			t.Errorf("bad code: %v", err)
		}
		var b bytes.Buffer
		if err := s.ExportScheme(ctx, "rfm-tech", 0, &b); err != nil {
			t.Fatal(err)
		}
		if v, err := s.ImportScheme(ctx, strings.NewReader(b.String())); err != nil || v.Version != 1 {
			t.Errorf("the same file again: %+v, %v", v, err)
		}
		text := strings.Replace(b.String(), "bins: 5", "bins: 4", 1)
		if v, err := s.ImportScheme(ctx, strings.NewReader(text)); err != nil || v.Version != 2 || v.Scheme.RFM.Bins != 4 {
			t.Errorf("a changed file: %+v, %v", v, err)
		}
		if _, err := s.ImportScheme(ctx, strings.NewReader("nonsense")); !errs.Is(err, "tier.bad_yaml") {
			t.Error(err)
		}
		if err := s.SetDefault(ctx, "rfm-tech"); err != nil {
			t.Fatal(err)
		}
		if v, err := s.Scheme(ctx, "rfm-tech", 0); err != nil || !v.Default {
			t.Errorf("default: %+v, %v", v, err)
		}
		if err := s.SetDefault(ctx, "none"); !errs.Is(err, "tier.no_such_scheme") {
			t.Error(err)
		}
	})
}

func TestShippedTextsAreTranslated(t *testing.T) {
	for _, s := range Shipped() {
		en := s.Localized(i18n.En)
		for _, text := range texts(en) {
			for _, r := range text {
				if r >= 0x3000 {
					t.Errorf("%s: %q is not translated", s.Code, text)
					break
				}
			}
		}
		if d := cmp.Diff(s, s.Localized(i18n.ZhCN)); d != "" {
			t.Error(d)
		}
		if err := en.Validate(); err != nil {
			t.Error(err)
		}
	}
	own := shippedRules()
	own.Levels[0].Name = "钻石"
	if got := own.Localized(i18n.En).Levels[0].Name; got != "钻石" {
		t.Errorf("a company's own name became %q", got)
	}
}

func texts(s *Scheme) []string {
	out := []string{s.Name}
	for _, l := range s.Levels {
		out = append(out, l.Name, l.Advice)
	}
	for _, r := range s.Rules {
		out = append(out, r.Name)
	}
	if s.Score != nil {
		for _, p := range s.Score.Parts {
			out = append(out, p.Name)
		}
	}
	return out
}
