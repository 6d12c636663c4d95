package clean

import (
	"strings"
	"time"
)

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY" // without I O S V Z

var usccWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// UnifiedSocialCreditCode checks and gives in upper case the 18 characters that
// name an organisation (GB 32100-2015): the check character is
// (31 − Σ weight·value mod 31) mod 31. Error: clean.empty,
// clean.bad_credit_code.
func UnifiedSocialCreditCode(s string) (string, error) {
	s, err := value(s)
	if err != nil {
		return "", err
	}
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(s))
	if len(s) != 18 || !isDigits(s[2:8]) {
		return "", bad("clean.bad_credit_code")
	}
	sum := 0
	for i := range 18 {
		v := strings.IndexByte(usccAlphabet, s[i])
		if v < 0 {
			return "", bad("clean.bad_credit_code")
		}
		if i < 17 {
			sum += v * usccWeights[i]
		} else if v != (31-sum%31)%31 {
			return "", bad("clean.bad_credit_code")
		}
	}
	return s, nil
}

var idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// IDNumber checks a resident identity number of 18 characters (GB 11643-1999):
// a date of birth that exists, and the check character "10X98765432"[Σ mod 11].
// It is sensitive personal information: store it encrypted, if at all.
// Error: clean.empty, clean.bad_id_number.
func IDNumber(s string) (string, error) {
	s, err := value(s)
	if err != nil {
		return "", err
	}
	s = strings.ToUpper(strings.ReplaceAll(s, " ", ""))
	if len(s) != 18 || !isDigits(s[:17]) || s[0] == '0' {
		return "", bad("clean.bad_id_number")
	}
	if t, err := time.Parse("20060102", s[6:14]); err != nil || t.Year() < 1850 {
		return "", bad("clean.bad_id_number")
	}
	sum := 0
	for i := range 17 {
		sum += int(s[i]-'0') * idWeights[i]
	}
	if s[17] != "10X98765432"[sum%11] {
		return "", bad("clean.bad_id_number")
	}
	return s, nil
}

// IDFacts are what an identity number says about its bearer: the region code of
// the first registration (GB/T 2260 of that year), the day of birth as
// "1949-12-31", and the sex.
type IDFacts struct {
	Region   string
	Birthday string
	Sex      Sex
}

// IDNumberFacts reads the facts off a number that IDNumber takes. Error:
// clean.empty, clean.bad_id_number.
func IDNumberFacts(s string) (IDFacts, error) {
	id, err := IDNumber(s)
	if err != nil {
		return IDFacts{}, err
	}
	f := IDFacts{Region: id[:6], Birthday: id[6:10] + "-" + id[10:12] + "-" + id[12:14], Sex: Female}
	if id[16]%2 == 1 { // the seventeenth digit is odd for men, and so is its character
		f.Sex = Male
	}
	return f, nil
}
