package demo

import (
	"strconv"
	"strings"
)

// unassigned are prefixes of mobile numbers that no operator has been given.
// A number that starts so has the right form and belongs to nobody.
var unassigned = [...]string{"154", "194", "160", "161", "163", "164", "168", "169"}

// phoneSpace is how many numbers a prefix has.
const phoneSpace = 100_000_000

// phoneNumber gives the n-th invented mobile number, 0 ≤ n < 8e8. Two different
// n never share a number: the multiplier has no factor in common with phoneSpace.
func phoneNumber(n int) string {
	var buf [11]byte
	putPhone(&buf, n)
	return string(buf[:])
}

func putPhone(buf *[11]byte, n int) {
	copy(buf[:3], unassigned[(n/phoneSpace+n)%len(unassigned)])
	v := n % phoneSpace * 61803399 % phoneSpace
	for i := 10; i >= 3; i-- {
		buf[i] = byte('0' + v%10)
		v /= 10
	}
}

// CreditCodeAlphabet is the alphabet of unified social credit codes
// (GB 32100-2015): digits and capitals without I, O, S, V and Z.
const CreditCodeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var creditCodeWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// CreditCodeCheck gives the check character of the first 17 characters of a
// unified social credit code: (31 − Σ weight·value mod 31) mod 31. It returns 0
// when body does not have 17 characters of the alphabet.
func CreditCodeCheck(body string) byte {
	if len(body) != 17 {
		return 0
	}
	sum := 0
	for i := range body {
		v := strings.IndexByte(CreditCodeAlphabet, body[i])
		if v < 0 {
			return 0
		}
		sum += v * creditCodeWeights[i]
	}
	return CreditCodeAlphabet[(31-sum%31)%31]
}

// organisationCheck gives the check character of an organisation code
// (GB 11714-1997), the ninth of its nine characters: 11 − Σ weight·value mod 11.
func organisationCheck(body string) byte {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i := range weights {
		v := int(body[i] - '0')
		if body[i] >= 'A' {
			v = int(body[i]-'A') + 10
		}
		sum += v * weights[i]
	}
	switch c := 11 - sum%11; c {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + c)
	}
}

// creditCode invents the code of a company registered in a region (six digits).
// The series "YY" of organisation codes has not been issued. Codes with
// different serials below 31⁶ differ.
func creditCode(region string, serial int) string {
	org := []byte("YY000000")
	// 514,229 has no factor in common with 31⁶: serials spread and never meet.
	const space = 31 * 31 * 31 * 31 * 31 * 31
	v := serial % space * 514_229 % space
	for i := len(org) - 1; i >= 2; i-- {
		org[i] = CreditCodeAlphabet[v%31]
		v /= 31
	}
	body := "91" + region + string(org) + string(organisationCheck(string(org)))
	return body + string(CreditCodeCheck(body))
}

// emailDomains are kept for examples by RFC 2606 and never reach a mailbox.
var emailDomains = [...]string{"example.com", "example.net", "example.org", "mail.example", "post.example"}

// emailAddress invents an address; number makes it unique.
func emailAddress(r random, surname, given string, number int) string {
	local := given + "." + surname
	switch r.IntN(3) {
	case 0:
		local = surname + given
	case 1:
		local = surname + "_" + given
	}
	return local + strconv.Itoa(number) + "@" + emailDomains[r.IntN(len(emailDomains))]
}
