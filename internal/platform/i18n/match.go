package i18n

import (
	"golang.org/x/text/language"
)

// maxAcceptLanguage bounds what a browser may make the parser read, in bytes.
const maxAcceptLanguage = 512

// Match chooses the language for an Accept-Language header or a plain tag such as
// "en_GB" or LANG's "zh_CN.UTF-8": the first wanted one that ships, every Chinese
// as zh-CN, every English as en. Nothing said, nothing known or nonsense is zh-CN.
func Match(acceptLanguage string) string {
	if acceptLanguage == "" || len(acceptLanguage) > maxAcceptLanguage {
		return Fallback
	}
	tags, weights, err := language.ParseAcceptLanguage(cutEncoding(acceptLanguage))
	if err != nil {
		return Fallback
	}
	for i, t := range tags { // sorted by weight, ties in the order given
		if weights[i] <= 0 {
			continue
		}
		base, confidence := t.Base()
		if confidence == language.No {
			continue
		}
		switch base.String() {
		case "zh":
			return ZhCN
		case "en":
			return En
		}
	}
	return Fallback
}

// cutEncoding drops the ".UTF-8" or "@modifier" of a POSIX locale.
func cutEncoding(s string) string {
	for i := range len(s) {
		if s[i] == ',' || s[i] == ';' {
			return s
		}
		if s[i] == '.' || s[i] == '@' {
			return s[:i]
		}
	}
	return s
}

// Known gives locale when it ships and zh-CN otherwise: for stored preferences.
func Known(locale string) string {
	if locale == En {
		return En
	}
	return Fallback
}
