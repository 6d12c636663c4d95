package customer

import "testing"

// Sources have a name in the reader's language where the company gave none.
func TestSourceName(t *testing.T) {
	for _, c := range []struct{ code, name, zh, en string }{
		{"manual", "手工录入", "手工录入", "Typed in"},
		{"manual", "manual", "手工录入", "Typed in"},
		{"default", "default", "默认来源", "Default source"},
		{"tmall", "tmall", "天猫", "Tmall"},
		{"tmall", "TMALL", "天猫", "Tmall"},
		{"crm", "旧系统", "旧系统", "旧系统"},
		{"三号店", "三号店", "三号店", "三号店"},
		{"shop-7", "shop-7", "shop-7", "shop-7"},
		{"", "", "", ""},
	} {
		for locale, want := range map[string]string{"zh-CN": c.zh, "en": c.en} {
			if got := SourceName(locale, c.code, c.name); got != want {
				t.Errorf("%s %q in %s is %q, want %q", c.code, c.name, locale, got, want)
			}
		}
	}
}
