package importer

import (
	"encoding/binary"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/customer"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/vault"
)

// blind is a keyed hash by which something sealed is found; zero for none.
type blind [vault.BlindSize]byte

func (b blind) none() bool { return b == blind{} }

// contact is a way to reach a buyer, or the buyer's registered code.
type contact struct {
	kind  customer.ContactKind
	text  string // canonical
	blind blind
	col   int
}

// maxContacts is how many contacts a row can name: three phones, two e-mails, code, address.
const maxContacts = 7

// buyer is what a unit says of who bought.
type buyer struct {
	key      string // number in the source
	keyBlind blind
	keyCol   int
	// identity finds the buyer among those met before: the number, else phone,
	// e-mail, code. Zero where nobody is named.
	identity blind

	contacts [maxContacts]contact
	n        int

	kind     customer.Kind // "" where not said
	name     string
	gender   customer.Gender
	birthday string
	company  string
	province string
	city     string
	district string
	// masked says that the name has its letters replaced by stars: good enough
	// for somebody without a name only.
	masked bool
	// defaultKind is what a new customer is where kind is "". Where it is set,
	// the buyer is nobody of another kind.
	defaultKind customer.Kind
	more        *more  // what the columns of the record say; nil for nothing
	extra       *extra // custom fields and tags; nil for nothing
	// said is a keyed hash over all of the above.
	said uint64
}

func (b *buyer) add(v *vault.Vault, kind customer.ContactKind, text, key string, col int) {
	c := &b.contacts[b.n]
	*c = contact{kind: kind, text: text, col: col}
	v.AppendBlind(c.blind[:0], vault.Kind(kind), key)
	b.n++
}

// readBuyer reads the buyer of rows [from, to) of b: each column by the first
// row that says something, in a file of customers by the last. Whether anybody
// is named is for the caller to ask.
func (p *parser) readBuyer(b *batch, from, to int, out *buyer) *fault {
	first := &b.rows[from]
	for i := from + 1; i < to; i++ {
		if !p.sameBuyer(first, &b.rows[i]) {
			return p.mergeBuyers(b, from, to, out)
		}
	}
	return p.buyerOf(b, from, first, out)
}

func (p *parser) sameBuyer(a, b *row) bool {
	for _, c := range p.buyerAt {
		if c < len(a.cells) && c < len(b.cells) && a.cells[c] != b.cells[c] {
			return false
		}
	}
	return true
}

// mergeBuyers puts a row together from the first cell of each column that says
// something, after it has read each row by itself.
func (p *parser) mergeBuyers(b *batch, from, to int, out *buyer) *fault {
	width := 0
	for i := from; i < to; i++ {
		width = max(width, len(b.rows[i].cells))
	}
	merged := row{cells: make([]string, width)}
	if b.rows[from].kinds != nil {
		merged.kinds = make([]sheet.Kind, width)
	}
	var key string
	for k := range to - from {
		i := from + k
		if p.kind == KindCustomers {
			i = to - 1 - k
		}
		var one buyer
		if f := p.buyerOf(b, i, &b.rows[i], &one); f != nil {
			return f
		}
		if one.key != "" {
			if key != "" && key != one.key {
				return &fault{row: i, col: one.keyCol, code: "import.several_buyers", value: one.key}
			}
			key = one.key
		}
		for _, c := range p.buyerAt {
			if cell(&merged, c) == "" && c < len(b.rows[i].cells) {
				merged.cells[c] = b.rows[i].cells[c]
				if c < len(merged.kinds) && c < len(b.rows[i].kinds) {
					merged.kinds[c] = b.rows[i].kinds[c]
				}
			}
		}
	}
	return p.buyerOf(b, from, &merged, out)
}

// buyerOf reads the buyer of one row; at is its place for faults.
func (p *parser) buyerOf(b *batch, at int, r *row, out *buyer) *fault {
	*out = buyer{}
	if f := p.buyerKey(at, r, out); f != nil {
		return f
	}
	if f := p.buyerContacts(at, r, out); f != nil {
		return f
	}
	if f := p.buyerFacts(at, r, out); f != nil {
		return f
	}
	if f := p.readExtra(at, r, out); f != nil {
		return f
	}
	p.nameBuyer(out)
	p.identify(out)
	p.hashBuyer(out)
	return nil
}

func (p *parser) buyerKey(at int, r *row, out *buyer) *fault {
	for _, c := range []int{p.at.buyerID, p.at.nickname} {
		s := cell(r, c)
		if s == "" {
			continue
		}
		id, err := clean.ID(s, r.kind(c) == sheet.KindNumber)
		if err != nil {
			return faultOf(at, c, s, err)
		}
		out.key, out.keyCol = id, c
		break
	}
	return nil
}

func (p *parser) buyerContacts(at int, r *row, out *buyer) *fault {
	maskedCol := -1
	for _, c := range []int{p.at.phone, p.at.phone2, p.more.phone3()} {
		s := cell(r, c)
		if s == "" {
			continue
		}
		n, err := clean.Phone(s)
		if err != nil {
			// Shops export the phones of strangers masked. That is no phone, and no
			// mistake either, as long as something else names the buyer.
			if isCode(err, "clean.phone_masked") {
				maskedCol = c
				continue
			}
			return faultOf(at, c, s, err)
		}
		if !out.has(n.Text) {
			out.add(p.vault, customer.ContactPhone, n.Text, n.Text, c)
		}
	}
	for _, c := range []int{p.at.email, p.more.email2()} {
		s := cell(r, c)
		if s == "" {
			continue
		}
		e, err := clean.Email(s)
		if err != nil {
			// Whoever may not see addresses exports them masked.
			if strings.Contains(s, "*") && p.rules.DefaultKind != "" {
				continue
			}
			return faultOf(at, c, s, err)
		}
		if !out.has(e) {
			out.add(p.vault, customer.ContactEmail, e, clean.EmailKey(e), c)
		}
	}
	if s := cell(r, p.at.code); s != "" {
		code, err := clean.UnifiedSocialCreditCode(s)
		if err != nil {
			return faultOf(at, p.at.code, s, err)
		}
		out.add(p.vault, customer.ContactCode, code, code, p.at.code)
	}
	if maskedCol >= 0 && out.key == "" && out.n == 0 {
		return &fault{row: at, col: maskedCol, code: "clean.phone_masked", value: r.cells[maskedCol]}
	}
	if s := cell(r, p.at.address); s != "" && !strings.Contains(s, "**") {
		a, err := clean.Text(s)
		if err != nil {
			return faultOf(at, p.at.address, s, err)
		}
		if d := cell(r, p.at.district); d != "" {
			if d, err = clean.Text(d); err == nil && !strings.Contains(a, d) {
				a = d + a
			}
		}
		a = cutText(a, maxAddress)
		out.add(p.vault, customer.ContactAddress, a, a, p.at.address)
	}
	return nil
}

// maxAddress bounds an address, in bytes.
const maxAddress = 1500

func (p *parser) buyerFacts(at int, r *row, out *buyer) *fault {
	joined, col := p.joinedName(r)
	for _, c := range []int{p.at.name, p.at.nickname, col} {
		s := cell(r, c)
		if c == col {
			s = joined
		}
		if s == "" {
			continue
		}
		name, err := clean.Name(s)
		if err != nil {
			return faultOf(at, c, s, err)
		}
		out.name, out.masked = name, strings.Contains(name, "*")
		break
	}
	if s := cell(r, p.at.company); s != "" {
		name, err := clean.Name(s)
		if err != nil {
			return faultOf(at, p.at.company, s, err)
		}
		out.company = name
	}
	if s := cell(r, p.at.kind); s != "" {
		out.kind = kindOf(s)
	}
	if p.rules.CompanyBuys == "yes" && out.company != "" {
		out.name, out.masked = out.company, false
		if out.kind == "" {
			out.kind = customer.KindCompany
		}
	}
	out.defaultKind = customer.Kind(p.rules.DefaultKind)
	if out.name == "" && out.company != "" && out.defaultKind != customer.KindPerson {
		out.name = out.company
		if out.kind == "" {
			out.kind = customer.KindCompany
		}
	}
	if s := cell(r, p.at.gender); s != "" {
		g, err := clean.Gender(s)
		if err != nil {
			return faultOf(at, p.at.gender, s, err)
		}
		switch g {
		case clean.Male:
			out.gender = customer.GenderMale
		case clean.Female:
			out.gender = customer.GenderFemale
		}
	}
	if s := cell(r, p.at.birthday); s != "" {
		d, err := p.birthday(s)
		if err != nil {
			return faultOf(at, p.at.birthday, s, err)
		}
		out.birthday = d
	}
	if f := p.readMore(at, r, out); f != nil {
		return f
	}
	col, err := p.place(r, out)
	if err != nil {
		return faultOf(at, col, r.cells[col], err)
	}
	return nil
}

// has says whether a contact is there already.
func (b *buyer) has(text string) bool {
	for i := range b.n {
		if b.contacts[i].text == text {
			return true
		}
	}
	return false
}

func (b *buyer) phone() string {
	for i := range b.n {
		if b.contacts[i].kind == customer.ContactPhone {
			return b.contacts[i].text
		}
	}
	return ""
}

// identify decides by what the buyer is known.
func (p *parser) identify(b *buyer) {
	if b.key == "" && b.n == 0 && p.rules.NameIdentifies == "yes" && b.name != "" {
		b.key, b.keyCol = "name:"+b.name, max(p.at.name, p.at.company)
		if p.rules.CompanyLinks == "yes" && b.company != "" {
			b.key += "@" + b.company // namesakes of two companies are two persons
		}
	}
	if b.key != "" {
		p.vault.AppendBlind(b.keyBlind[:0], vault.KindExternalID, b.key)
		b.identity = b.keyBlind
		return
	}
	for _, kind := range []customer.ContactKind{customer.ContactPhone, customer.ContactEmail, customer.ContactCode} {
		for i := range b.n {
			if b.contacts[i].kind == kind {
				b.identity = b.contacts[i].blind
				return
			}
		}
	}
}

// named says whether anybody is.
func (b *buyer) named() bool { return !b.identity.none() }

func (p *parser) hashBuyer(b *buyer) {
	buf := p.buf[:0]
	put := func(s string) {
		buf = binary.AppendUvarint(buf, uint64(len(s)))
		buf = append(buf, s...)
	}
	put(b.key)
	for i := range b.n {
		put(string(b.contacts[i].kind))
		put(b.contacts[i].text)
	}
	put(string(b.kind))
	put(b.name)
	put(string(b.gender))
	put(b.birthday)
	put(b.company)
	put(b.province)
	put(b.city)
	if b.district != "" { // hashes of files without one stay what they were
		put("district:" + b.district)
	}
	if b.more != nil {
		b.more.hash(put)
	}
	if b.extra != nil {
		b.extra.hash(p.extra, put)
	}
	p.buf = buf
	b.said = p.sip.sum(buf)
}

// kindOf reads what sort of customer it is; "" where the text says another thing.
func kindOf(s string) customer.Kind {
	s, err := clean.Text(s)
	if err != nil {
		return ""
	}
	s = strings.ToLower(s)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(s, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("个人", "自然人", "person", "individual", "散客", "consumer"):
		return customer.KindPerson
	case has("企业", "公司", "company", "business", "corporate", "b2b", "商户", "enterprise"):
		return customer.KindCompany
	case has("政府", "事业", "机构", "组织", "学校", "医院", "协会", "团体", "单位", "organisation", "organization", "institution"):
		return customer.KindOrg
	}
	return ""
}
