package customer

import (
	"slices"
	"strings"

	"zhike/internal/platform/i18n"
)

// knownSources are codes that have a name in the texts: those of the program
// itself, and those by which shops and systems are usually called.
// i18n-keys: customer.source.*
var knownSources = []string{
	"manual", "default", "api", "crm", "douyin", "enterprise", "erp", "fair", "fxiaoke", "jd", "kuaishou",
	"member", "pdd", "pos", "shop", "taobao", "tmall", "website", "wecom", "zoho",
}

// SourceName is how a source is called in the language of locale. A name that the
// company gave stays; one that is only the code gives way to what the code means.
func SourceName(locale, code, name string) string {
	own := name != "" && !strings.EqualFold(name, code)
	if own && (code != manualSource || name != i18n.T("zh-CN", "customer.source.manual", nil)) || !slices.Contains(knownSources, code) {
		return name
	}
	return i18n.T(locale, "customer.source."+code, nil)
}
