package importer

import (
	"strings"
	"unicode"

	"zhike/internal/clean"
	"zhike/internal/customer"
)

// nameBuyer gives a buyer without a name one that says as little as needed. A
// name that is a phone number is a contact and shown masked.
func (p *parser) nameBuyer(b *buyer) {
	if b.name != "" {
		if !hasNumber(b.name) {
			return
		}
		n, err := clean.Phone(b.name)
		if err != nil || n.Kind != clean.PhoneMobile {
			return
		}
		if b.n < maxContacts && b.phone() == "" {
			b.add(p.vault, customer.ContactPhone, n.Text, n.Text, max(p.at.name, p.at.nickname))
		}
		b.name, b.masked = clean.MaskPhone(n.Text), true
		return
	}
	b.masked = true
	switch {
	case b.key != "" && !personal(b.key):
		b.name = b.key
	case b.phone() != "":
		b.name = clean.MaskPhone(b.phone())
	case b.n > 0 && b.contacts[0].kind == customer.ContactEmail:
		b.name = clean.MaskEmail(b.contacts[0].text)
	case b.key != "":
		b.name = clean.MaskTail(b.key, 3, 4)
	}
}

// hasNumber says whether a name has so many digits, of whatever script, that
// it may be a phone number.
func hasNumber(name string) bool {
	n := 0
	for _, r := range name {
		if r <= unicode.MaxASCII && (r < '0' || r > '9') {
			continue
		}
		if unicode.IsNumber(r) {
			n++
		}
	}
	return n >= 6 // a sign may stand for two digits
}

// personal says whether a buyer's number is a phone, an e-mail address or as
// long as an identity number.
func personal(key string) bool {
	if strings.Contains(key, "@") {
		return true
	}
	if _, err := clean.IDNumber(key); err == nil {
		return true
	}
	n, err := clean.Phone(key)
	return err == nil && n.Kind == clean.PhoneMobile
}
