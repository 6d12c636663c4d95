package importer

import (
	"strings"
	"unicode"

	"zhike/internal/clean"
	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/vault"
	"zhike/internal/tag"
)

// more is what a row says beside the buyer: of a file of customers many things,
// of an order or a behaviour the day of registration alone.
type more struct {
	record customer.ImportedRecord // CustomerID is set by the writer
	links  []link
	// oddStage is true where a stage is said that nobody knows.
	oddStage bool
}

// link is a parent, or the company whose contact the buyer is.
type link struct {
	kind    customer.RelationKind
	number  blind // zero where only the name is said
	name    string
	title   string
	primary bool
}

// hash puts all of it into the hash of what was said.
func (m *more) hash(put func(string)) {
	r := &m.record
	for _, s := range []string{r.Industry, r.Remark, string(r.Stage), r.Owner, string(r.Education), r.PreferredChannel} {
		put(s)
	}
	if r.RegisteredAt != 0 {
		put("registered " + r.RegisteredAt.String())
	}
	if r.Favourites != "" { // what was said before there was this column stays the same
		put("favourites " + r.Favourites)
	}
	for i := range m.links {
		l := &m.links[i]
		put(string(l.kind))
		put(string(l.number[:]))
		put(l.name)
		put(l.title)
		if l.primary {
			put("1")
		}
	}
}

// morePlace holds columns as place does.
type morePlace struct {
	family, given, third, second                               int
	industry, remark, stage, owner                             int
	parentID, parentName, companyID, contactTitle, mainContact int
	education, channel, favourites, registered                 int
}

// newMorePlace finds them; nil where the mapping has none.
func newMorePlace(cols *columns) *morePlace {
	for _, w := range recordMeanings {
		if cols.col(w) >= 0 {
			return &morePlace{
				cols.col(BuyerFamily), cols.col(BuyerGiven), cols.col(BuyerPhone3), cols.col(BuyerEmail2),
				cols.col(Industry), cols.col(Remark), cols.col(StageOf), cols.col(OwnerName),
				cols.col(ParentID), cols.col(ParentName), cols.col(CompanyID), cols.col(ContactTitle), cols.col(ContactPrimary),
				cols.col(Education), cols.col(PreferredChannel), cols.col(Favourites), cols.col(RegisteredAt),
			}
		}
	}
	return nil
}

func (m *morePlace) phone3() int {
	if m == nil {
		return -1
	}
	return m.third
}

func (m *morePlace) email2() int {
	if m == nil {
		return -1
	}
	return m.second
}

// joinedName puts family name and given name together, a Chinese one without a
// blank between; col is the column to blame, −1 without a name.
func (p *parser) joinedName(r *row) (name string, col int) {
	if p.more == nil {
		return "", -1
	}
	family, given := strings.TrimSpace(cell(r, p.more.family)), strings.TrimSpace(cell(r, p.more.given))
	switch {
	case family == "" && given == "":
		return "", -1
	case family == "":
		return given, p.more.given
	case given == "":
		return family, p.more.family
	case strings.ContainsFunc(family+given, func(c rune) bool { return unicode.Is(unicode.Han, c) }):
		return family + given, p.more.family
	}
	return given + " " + family, p.more.family
}

// Bounds of what is kept, in characters.
const (
	maxShortText = 100
	maxRemark    = 2000
	maxTitle     = 200
)

// readMore reads what only files of customers say, and since when a buyer is
// registered.
func (p *parser) readMore(at int, r *row, out *buyer) *fault {
	if p.kind != KindCustomers && p.more != nil {
		day, f := p.registered(at, r)
		if day != 0 {
			out.more = &more{record: customer.ImportedRecord{RegisteredAt: day}}
		}
		return f
	}
	if p.kind != KindCustomers || p.more == nil && p.rules.CompanyLinks != "yes" {
		return nil
	}
	m := &more{}
	if p.more == nil {
		out.more = m
		p.companyOf(m, out, blind{}, "", false)
		return nil
	}
	var title, parent string
	for _, t := range []struct {
		col, limit int
		to         *string
	}{
		{p.more.industry, maxShortText, &m.record.Industry}, {p.more.remark, maxRemark, &m.record.Remark},
		{p.more.owner, maxShortText, &m.record.Owner}, {p.more.contactTitle, maxTitle, &title}, {p.more.parentName, maxShortText, &parent},
	} {
		s := cell(r, t.col)
		if s == "" {
			continue
		}
		text, err := clean.Text(s)
		if err != nil {
			return faultOf(at, t.col, s, err)
		}
		if n := []rune(text); len(n) > t.limit {
			return &fault{row: at, col: t.col, code: "import.text_too_long", params: map[string]any{"max": t.limit}, value: s}
		}
		*t.to = text
	}
	stage := cell(r, p.more.stage)
	m.record.Stage = stageOf(stage)
	m.oddStage = m.record.Stage == "" && !clean.IsBlank(stage)
	if s := cell(r, p.more.education); !clean.IsBlank(s) {
		e, err := clean.ParseEducation(s)
		if err != nil {
			return faultOf(at, p.more.education, s, err)
		}
		m.record.Education = e
	}
	if s := cell(r, p.more.channel); !clean.IsBlank(s) {
		if m.record.PreferredChannel = channels[foldHeader(s)]; m.record.PreferredChannel == "" {
			return &fault{row: at, col: p.more.channel, code: "import.bad_channel", value: s}
		}
	}
	if s := cell(r, p.more.favourites); !clean.IsBlank(s) {
		text, err := customer.FavouritesText(tag.Split(s))
		if err != nil {
			return faultOf(at, p.more.favourites, s, err)
		}
		m.record.Favourites = text
	}
	var f *fault
	if m.record.RegisteredAt, f = p.registered(at, r); f != nil {
		return f
	}
	company, f := p.numberAt(at, r, p.more.companyID)
	if f != nil {
		return f
	}
	above, f := p.numberAt(at, r, p.more.parentID)
	if f != nil {
		return f
	}
	if parent != "" {
		name, err := clean.Name(parent)
		if err != nil {
			return faultOf(at, p.more.parentName, parent, err)
		}
		parent = name
	}
	if parent != "" || !above.none() {
		m.links = append(m.links, link{kind: customer.RelationParent, number: above, name: parent})
	}
	p.companyOf(m, out, company, title, yes(cell(r, p.more.mainContact)))
	if m.record != (customer.ImportedRecord{}) || len(m.links) > 0 {
		out.more = m
	}
	return nil
}

// registered reads the day of registration in company time; 0 where none is said.
func (p *parser) registered(at int, r *row) (clock.Day, *fault) {
	s := cell(r, p.more.registered)
	if clean.IsBlank(s) {
		return 0, nil
	}
	day, err := p.dates.Parse(s)
	if err != nil {
		return 0, faultOf(at, p.more.registered, s, err)
	}
	return clock.DayOf(day.Time, p.zone), nil
}

// companyOf adds the company that a contact works for.
func (p *parser) companyOf(m *more, out *buyer, number blind, title string, primary bool) {
	name := ""
	if p.rules.CompanyLinks == "yes" {
		name = out.company
	}
	if name != "" || !number.none() {
		m.links = append(m.links, link{kind: customer.RelationContact, number: number, name: name, title: title, primary: primary})
	}
}

// numberAt reads the number of another customer of the source.
func (p *parser) numberAt(at int, r *row, col int) (b blind, f *fault) {
	s := cell(r, col)
	if s == "" {
		return b, nil
	}
	id, err := clean.ID(s, r.kind(col) == sheet.KindNumber)
	if err != nil {
		return b, faultOf(at, col, s, err)
	}
	p.vault.AppendBlind(b[:0], vault.KindExternalID, id)
	return b, nil
}

// stageOf reads how far somebody has come; "" where the text says another thing.
func stageOf(s string) customer.Stage {
	switch foldHeader(s) {
	case "已成交", "成交", "多次成交", "首次成交", "老客户", "成交客户", "customer", "client", "dealed":
		return customer.StageCustomer
	case "未成交", "潜在", "潜在客户", "意向客户", "prospect", "lead":
		return customer.StageProspect
	}
	return ""
}

// channels are the ways to write how a customer wants to be reached, folded as
// headers are; the codes are those of customer.Channels.
var channels = func() map[string]string {
	m := map[string]string{}
	for code, words := range map[string]string{
		"phone": "电话 手机 打电话 语音 call phone telephone mobile",
		"sms":   "短信 手机短信 sms text",
		"wecom": "企业微信 企微 微信 wecom wechat",
		"email": "邮件 邮箱 电子邮件 email mail",
		"app":   "app 推送 app推送 站内信 push",
		"post":  "邮寄 信函 快递 post letter",
	} {
		for _, w := range strings.Fields(words) {
			m[foldHeader(w)] = code
		}
	}
	return m
}()

// yes reads a tick.
func yes(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "是", "yes", "true", "1", "y", "√":
		return true
	}
	return false
}
