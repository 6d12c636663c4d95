package customer

import (
	"context"
	"slices"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
	"zhike/internal/region"
)

// Bounds of contacts.
const (
	maxContacts = 50
	maxLabel    = 20  // characters
	maxAddress  = 500 // characters
	maxAppID    = 128 // bytes
)

// ContactIn is a contact to be added.
type ContactIn struct {
	Kind       ContactKind `json:"kind" enum:"phone,email,address,code,wecom,app"`
	Value      string      `json:"value" minLength:"1" maxLength:"2000"`
	Label      string      `json:"label,omitempty" maxLength:"80"`
	Primary    bool        `json:"is_primary,omitempty"`
	Validity   Validity    `json:"validity,omitempty" enum:"unknown,valid,invalid,"`
	RegionCode string      `json:"region_code,omitempty" maxLength:"6" doc:"Of an address; read off the text where it is left out"`
}

// ContactPatch changes what is sent of a contact.
type ContactPatch struct {
	Value      *string `json:"value,omitempty" minLength:"1" maxLength:"2000"`
	Label      *string `json:"label,omitempty" maxLength:"80"`
	Primary    *bool   `json:"is_primary,omitempty"`
	RegionCode *string `json:"region_code,omitempty" maxLength:"6"`
}

// sealedContact is a contact ready to be written, with its clear text for the history.
type sealedContact struct {
	Contact
	clear string
}

// text normalises the value of a contact and gives it with the form by which
// it is found.
func (c *checker) contact(path string, kind ContactKind, value string) (text, key string) {
	var err error
	switch kind {
	case ContactPhone:
		var n clean.PhoneNumber
		n, err = clean.Phone(value)
		text, key = n.Text, n.Text
	case ContactEmail:
		text, err = clean.Email(value)
		key = clean.EmailKey(text)
	case ContactCode:
		text, err = clean.UnifiedSocialCreditCode(value)
		key = text
	case ContactAddress:
		text, err = clean.Text(value)
		if err == nil && tooLong(text, maxAddress) {
			_ = c.bad.WithField(path, "customer.too_long", "max", maxAddress)
		}
		key = text
	case ContactWeCom, ContactApp:
		text, err = clean.Text(value)
		if err == nil && !goodIdentifier(text) {
			_ = c.bad.WithField(path, "customer.bad_identifier", "max", maxAppID)
		}
		key = text
	default:
		_ = c.bad.WithField(path, "customer.bad_value")
		return "", ""
	}
	switch {
	case err != nil:
		c.fault(path, err)
	case text == "":
		_ = c.bad.WithField(path, "clean.empty")
	case strings.Contains(text, "**"):
		// What was read masked and sent back.
		_ = c.bad.WithField(path, "clean.phone_masked")
	}
	return text, key
}

// goodIdentifier says whether s can be an id of another system.
func goodIdentifier(s string) bool {
	if s == "" || len(s) > maxAppID {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// place gives the region code of an address, the one that was sent or the one
// the text begins with.
func (c *checker) place(path string, kind ContactKind, code, text string) string {
	if kind != ContactAddress {
		return ""
	}
	if code != "" {
		r, ok := region.Current(code, 0)
		if !ok {
			_ = c.bad.WithField(path, "customer.bad_region")
		}
		return r.Code
	}
	return PlaceOfAddress(text, "", "", "")
}

// sealContact makes a contact ready to be written: every new one passes here. A
// kind that the actor may not edit is a fault in c.
func (s *Service) sealContact(ctx context.Context, c *checker, path string, in *ContactIn, source int64) (*sealedContact, error) {
	if err := MayEdit(ctx, "", string(in.Kind)); err != nil {
		c.forbid(path+"value", err)
		return &sealedContact{Contact: Contact{Kind: in.Kind}}, nil
	}
	text, key := c.contact(path+"value", in.Kind, in.Value)
	out := &sealedContact{Contact: Contact{
		Kind: in.Kind, SourceID: source, CreatedAt: s.now(), UpdatedAt: s.now(), Primary: in.Primary, Validity: in.Validity,
	}, clear: text}
	c.line(path+"label", &in.Label, maxLabel, &out.Label)
	out.RegionCode = c.place(path+"region_code", in.Kind, in.RegionCode, text)
	if out.Validity == "" {
		out.Validity = ValidityUnknown
	}
	if out.Validity == ValidityValid {
		out.VerifiedAt = s.now()
	}
	if c.bad.OrNil() != nil {
		return out, nil
	}
	return out, s.sealInto(&out.Contact, text, key)
}

func (s *Service) sealInto(c *Contact, text, key string) (err error) {
	kind := vault.Kind(c.Kind)
	if c.Cipher, err = s.Vault.Seal(kind, text); err != nil {
		return err
	}
	c.Blind, c.TailBlind = s.Vault.Blind(kind, key), nil
	if c.Kind == ContactPhone {
		c.TailBlind = s.Vault.BlindTail(kind, phoneTail(text))
	}
	return nil
}

// phoneTail is the last four digits of a phone, those of an extension left out.
func phoneTail(phone string) string {
	parts := strings.Split(phone, "-")
	number := parts[0]
	if len(parts) > 1 && strings.HasPrefix(phone, "0") {
		number = parts[1]
	}
	return number[max(0, len(number)-4):]
}

// AddContact adds a contact to a customer. The first of its kind is the primary
// one. Errors: customer.contact_exists, customer.too_many,
// customer.second_code (one unified social credit code each), invalid, and
// those of Change.
func (s *Service) AddContact(ctx context.Context, id, version int64, in ContactIn, o WriteOptions) (*Record, error) {
	c := &checker{bad: errs.New(errs.Invalid, "invalid")}
	sealed, err := s.sealContact(ctx, c, "", &in, 0)
	if err == nil {
		err = c.bad.OrNil()
	}
	if err != nil {
		return nil, err
	}
	o.Action = "customer.contact_add"
	return s.editContacts(ctx, id, version, o, func(ctx context.Context, have []Contact) ([]Change, error) {
		if err := s.fits(have, sealed); err != nil {
			return nil, err
		}
		sealed.CustomerID = id
		var err error
		if sealed.SourceID, err = s.manual(ctx); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(have, func(c Contact) bool { return c.Kind == sealed.Kind && c.Primary }) {
			sealed.Primary = true
		} else if sealed.Primary {
			if err := s.store.clearPrimary(ctx, id, sealed.Kind); err != nil {
				return nil, err
			}
		}
		if err := s.store.insertContacts(ctx, []*sealedContact{sealed}); err != nil {
			return nil, err
		}
		return []Change{{
			CustomerID: id, Field: string(sealed.Kind), After: mask(sealed.Kind, sealed.clear), AfterClear: sealed.clear,
		}}, nil
	})
}

// fits checks a contact against those that are there.
func (s *Service) fits(have []Contact, c *sealedContact) error {
	if len(have) >= maxContacts {
		return errs.New(errs.Conflict, "customer.too_many", "max", maxContacts)
	}
	for i := range have {
		h := &have[i]
		if h.Kind != c.Kind {
			continue
		}
		if c.Kind == ContactCode {
			return errs.New(errs.Conflict, "customer.second_code")
		}
		text, err := s.Vault.Open(vault.Kind(h.Kind), h.Cipher)
		if err != nil {
			return err
		}
		if text == c.clear || h.Kind == ContactEmail && clean.EmailKey(text) == clean.EmailKey(c.clear) {
			return errs.New(errs.Conflict, "customer.contact_exists")
		}
	}
	return nil
}

// editContacts runs fn on the contacts of a locked customer.
func (s *Service) editContacts(ctx context.Context, id, version int64, o WriteOptions, fn func(ctx context.Context, have []Contact) ([]Change, error)) (*Record, error) {
	err := s.editOne(ctx, id, version, o, func(ctx context.Context, _ *Stored) ([]Change, error) {
		have, err := s.store.contacts(ctx, id)
		if err != nil {
			return nil, err
		}
		return fn(ctx, have)
	})
	if err != nil {
		return nil, err
	}
	return s.Read(ctx, id)
}

// contactIn finds a contact that the actor may edit; one that is hidden from
// the actor is not there.
func contactIn(ctx context.Context, have []Contact, contactID int64) (*Contact, error) {
	for i := range have {
		if c := &have[i]; c.ID == contactID && !auth.Hides(ctx, string(c.Kind)) {
			return c, MayEdit(ctx, "", string(c.Kind))
		}
	}
	return nil, errs.New(errs.NotFound, "customer.contact_not_found", "id", contactID)
}

// EditContact changes a contact. A new value is unverified. Errors: those of
// AddContact, customer.contact_not_found.
func (s *Service) EditContact(ctx context.Context, id, version, contactID int64, p ContactPatch) (*Record, error) {
	return s.editContacts(ctx, id, version, WriteOptions{Action: "customer.contact_update"}, func(ctx context.Context, have []Contact) ([]Change, error) {
		cur, err := contactIn(ctx, have, contactID)
		if err != nil {
			return nil, err
		}
		old, err := s.Vault.Open(vault.Kind(cur.Kind), cur.Cipher)
		if err != nil {
			return nil, err
		}
		next := &sealedContact{Contact: *cur, clear: old}
		c := &checker{bad: errs.New(errs.Invalid, "invalid")}
		key := ""
		if p.Value != nil {
			next.clear, key = c.contact("value", cur.Kind, *p.Value)
		}
		c.line("label", p.Label, maxLabel, &next.Label)
		switch {
		case p.RegionCode != nil:
			next.RegionCode = c.place("region_code", cur.Kind, *p.RegionCode, next.clear)
		case next.clear != old:
			next.RegionCode = c.place("region_code", cur.Kind, "", next.clear)
		}
		if err := c.bad.OrNil(); err != nil {
			return nil, err
		}
		var changes []Change
		if next.clear != old {
			others := slices.DeleteFunc(slices.Clone(have), func(c Contact) bool { return c.ID == contactID })
			if err := s.fits(others, next); err != nil {
				return nil, err
			}
			if err := s.sealInto(&next.Contact, next.clear, key); err != nil {
				return nil, err
			}
			if err := s.store.setContactValue(ctx, &next.Contact); err != nil {
				return nil, err
			}
			next.Validity, next.VerifiedAt = ValidityUnknown, 0
			changes = append(changes, Change{
				CustomerID: id, Field: string(cur.Kind), Before: mask(cur.Kind, old), After: mask(cur.Kind, next.clear),
				BeforeClear: old, AfterClear: next.clear,
			})
		}
		if p.Primary != nil && *p.Primary != cur.Primary {
			next.Primary = *p.Primary
			if next.Primary {
				if err := s.store.clearPrimary(ctx, id, cur.Kind); err != nil {
					return nil, err
				}
			}
		}
		changes = append(changes, aboutContact(id, &next.Contact, cur, mask(cur.Kind, next.clear))...)
		if len(changes) == 0 && next.RegionCode == cur.RegionCode {
			return nil, errUnchanged
		}
		next.UpdatedAt = s.now()
		return changes, s.store.setContact(ctx, &next.Contact)
	})
}

// aboutContact tells what changed around a contact; shown says which one it is.
func aboutContact(id int64, next, cur *Contact, shown string) (changes []Change) {
	for _, f := range []struct{ name, before, after string }{
		{"label", cur.Label, next.Label},
		{"is_primary", yes(cur.Primary), yes(next.Primary)},
		{"validity", string(cur.Validity), string(next.Validity)},
	} {
		if f.before != f.after {
			changes = append(changes, Change{
				CustomerID: id, Field: string(cur.Kind) + "." + f.name, Before: shown + ": " + f.before, After: shown + ": " + f.after,
			})
		}
	}
	return changes
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// RemoveContact takes a contact away; the oldest other one of its kind becomes
// the primary one where it was that. Errors: customer.contact_not_found, and
// those of Change.
func (s *Service) RemoveContact(ctx context.Context, id, version, contactID int64) (*Record, error) {
	return s.editContacts(ctx, id, version, WriteOptions{Action: "customer.contact_remove"}, func(ctx context.Context, have []Contact) ([]Change, error) {
		cur, err := contactIn(ctx, have, contactID)
		if err != nil {
			return nil, err
		}
		old, err := s.Vault.Open(vault.Kind(cur.Kind), cur.Cipher)
		if err != nil {
			return nil, err
		}
		if err := s.store.dropContact(ctx, id, contactID); err != nil {
			return nil, err
		}
		if cur.Primary {
			for i := range have {
				if h := &have[i]; h.Kind == cur.Kind && h.ID != contactID {
					h.Primary = true
					if err := s.store.setContact(ctx, h); err != nil {
						return nil, err
					}
					break
				}
			}
		}
		return []Change{{CustomerID: id, Field: string(cur.Kind), Before: mask(cur.Kind, old), BeforeClear: old}}, nil
	})
}

// VerifyContact notes whether a contact reaches the customer: valid and invalid
// as of now, unknown takes it back. Errors: customer.bad_value,
// customer.contact_not_found, and those of Change.
func (s *Service) VerifyContact(ctx context.Context, id, version, contactID int64, v Validity) (*Record, error) {
	if v != ValidityUnknown && v != ValidityValid && v != ValidityInvalid {
		return nil, badValue("validity")
	}
	return s.editContacts(ctx, id, version, WriteOptions{Action: "customer.contact_verify"}, func(ctx context.Context, have []Contact) ([]Change, error) {
		cur, err := contactIn(ctx, have, contactID)
		if err != nil {
			return nil, err
		}
		shown, err := s.masked(cur)
		if err != nil {
			return nil, err
		}
		next := *cur
		next.Validity, next.VerifiedAt, next.UpdatedAt = v, s.now(), s.now()
		if v == ValidityUnknown {
			next.VerifiedAt = 0
		}
		return aboutContact(id, &next, cur, shown), s.store.setContact(ctx, &next)
	})
}
