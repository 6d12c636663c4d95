package importer

import (
	"slices"
	"strings"
	"time"

	"zhike/internal/clean"
	"zhike/internal/order"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/vault"
)

// parser reads the cells of one file into documents. One goroutine uses it.
type parser struct {
	kind  Kind
	rules Rules
	cols  *columns
	vault *vault.Vault
	sip   sipKey
	zone  *time.Location
	dates clean.Dates
	now   time.Time

	at       place
	more     *morePlace              // nil where the file says nothing of it
	extra    *extraPlace             // the same of custom fields and tags
	statuses map[string]order.Status // what the rules say, and what was read
	events   map[string]order.BehaviourKind
	words    map[string]string // cleaned texts of columns with few values
	mapped   []int             // columns that mean something
	buyerAt  []int             // columns that say something of the buyer
	buf      []byte
	lines    []orderRow
	own      []fault
	hash     order.Hasher
}

// place holds the column of each meaning, −1 without one.
type place struct {
	orderID, paidAt, orderedAt, status, refundStatus                                     int
	amount, listAmount, discount, unitPrice, quantity, refund, freight                   int
	channel, store, productCode, productName, category, brand                            int
	buyerID, nickname, name, phone, phone2, email, gender, birthday, company, kind, code int
	country, province, city, district, address, eventID, eventKind, eventAt, rating      int
}

// maxWords bounds the memory of cleaned texts.
const maxWords = 50_000

// newParser makes a parser for a file with the given columns. now bounds dates.
func newParser(m *Mapping, cols *columns, v *vault.Vault, zone *time.Location, now time.Time, x *extraPlace) *parser {
	p := &parser{
		extra: x, kind: m.Kind, rules: m.Rules.WithDefaults(), cols: cols, vault: v, zone: zone, now: now,
		sip:      newSipKey(v.Blind(vault.KindRow, "zhike/import/content/v1")),
		dates:    clean.Dates{Loc: zone, Now: now},
		statuses: map[string]order.Status{}, events: map[string]order.BehaviourKind{}, words: map[string]string{},
	}
	p.dates.Order = m.dateOrder()
	for text, code := range p.rules.Status {
		s, _ := order.ParseStatus(code)
		p.statuses[strings.TrimSpace(text)] = s
	}
	for text, code := range p.rules.Event {
		k, _ := order.ParseBehaviourKind(code)
		p.events[strings.TrimSpace(text)] = k
	}
	p.at = place{
		cols.col(OrderID), cols.col(PaidAt), cols.col(OrderedAt), cols.col(OrderStatus), cols.col(RefundStatus),
		cols.col(Amount), cols.col(ListAmount), cols.col(Discount), cols.col(UnitPrice), cols.col(Quantity), cols.col(RefundAmount), cols.col(Freight),
		cols.col(Channel), cols.col(StoreName), cols.col(ProductCode), cols.col(ProductName), cols.col(Category), cols.col(Brand),
		cols.col(BuyerID), cols.col(BuyerNickname), cols.col(BuyerName), cols.col(BuyerPhone), cols.col(BuyerPhone2), cols.col(BuyerEmail),
		cols.col(BuyerGender), cols.col(BuyerBirthday), cols.col(BuyerCompany), cols.col(BuyerKind), cols.col(BuyerCode),
		cols.col(Country), cols.col(Province), cols.col(City), cols.col(District), cols.col(Address),
		cols.col(EventID), cols.col(EventKind), cols.col(EventAt), cols.col(Rating),
	}
	for _, i := range cols.at {
		p.mapped = append(p.mapped, i)
	}
	p.more = newMorePlace(cols)
	for _, w := range slices.Concat(buyerMeanings, recordMeanings) {
		if i := cols.col(w); i >= 0 {
			p.buyerAt = append(p.buyerAt, i)
		}
	}
	if x != nil {
		for _, f := range x.fields {
			p.buyerAt = append(p.buyerAt, f.col)
		}
		if x.tags >= 0 {
			p.buyerAt = append(p.buyerAt, x.tags)
		}
	}
	return p
}

// cell is the text of column i of r; "" for a column that is not there and for
// a cell that says "nothing".
func cell(r *row, i int) string {
	if i < 0 || i >= len(r.cells) {
		return ""
	}
	c := r.cells[i]
	if len(c) <= 24 && clean.IsBlank(c) || len(c) > 24 && strings.TrimSpace(c) == "" {
		return ""
	}
	return c
}

// sound refuses a row that cannot be read for what it is.
func (p *parser) sound(b *batch, i int) *fault {
	r := &b.rows[i]
	if r.extra {
		return &fault{row: i, col: -1, code: "import.extra_cells", params: map[string]any{"columns": len(p.cols.header)}}
	}
	if r.kinds == nil {
		return nil
	}
	for _, c := range p.mapped {
		if r.kind(c) == sheet.KindNoValue {
			return &fault{row: i, col: c, code: "import.formula_no_value"}
		}
	}
	return nil
}

// word cleans a text of a column with few values, and keeps no more than one
// copy of each.
func (p *parser) word(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if w, ok := p.words[s]; ok {
		return w, nil
	}
	w, err := clean.Text(s)
	if err != nil {
		return "", err
	}
	p.remember(s, w)
	return w, nil
}

func (p *parser) remember(s, w string) {
	if len(s) > 200 {
		return
	}
	if len(p.words) >= maxWords {
		clear(p.words)
	}
	p.words[strings.Clone(s)] = strings.Clone(w)
}

// moment reads the first date that is there among columns; ok is false where
// none is.
func (p *parser) moment(r *row, cols ...int) (ms int64, ok bool, col int, err error) {
	for _, c := range cols {
		if s := cell(r, c); s != "" {
			m, err := p.dates.Parse(s)
			if err != nil {
				return 0, false, c, err
			}
			return m.Time.UnixMilli(), true, c, nil
		}
	}
	return 0, false, -1, nil
}

// product reads the product of a row. Without a code the name stands for it,
// and without both the kind of goods does.
func (p *parser) product(r *row) (out order.Product, col int, err error) {
	if s := cell(r, p.at.productCode); s != "" {
		if out.Code, err = clean.ID(s, r.kind(p.at.productCode) == sheet.KindNumber); err != nil {
			return out, p.at.productCode, err
		}
	}
	for _, f := range []struct {
		col int
		to  *string
	}{{p.at.productName, &out.Name}, {p.at.category, &out.Category}, {p.at.brand, &out.Brand}} {
		if s := cell(r, f.col); s != "" {
			if *f.to, err = p.word(s); err != nil {
				return out, f.col, err
			}
			*f.to = cutText(*f.to, maxLabel)
		}
	}
	switch {
	case out.Code != "":
	case out.Name != "":
		out.Code = "name:" + out.Name
	case out.Category != "" || out.Brand != "":
		out.Code = "kind:" + out.Category + "/" + out.Brand
	}
	return out, -1, nil
}

// maxLabel bounds names of products, categories, shops and the like, in bytes.
const maxLabel = 600
