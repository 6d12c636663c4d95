package importer

import (
	"strings"

	"zhike/internal/order"
	"zhike/internal/platform/errs"
)

// Rules say how a source is to be read where its file leaves it open. Every
// field has a default, which Guess may replace by what the file suggests.
type Rules struct {
	// NegativeQuantity: "return" (default) makes an order whose quantity or
	// amount is negative a return document, which reduces net; "reject" refuses it.
	NegativeQuantity string `json:"negative_quantity,omitempty" yaml:"negative_quantity,omitempty"`
	// CancelledPrefix (default "C"): an order number with this prefix and a
	// negative quantity is a return document even where NegativeQuantity is
	// "reject". "-" means that there is no such prefix.
	CancelledPrefix string `json:"cancelled_prefix,omitempty" yaml:"cancelled_prefix,omitempty"`
	// AmountIs: "row" (default) where the amount is that of the row; "order"
	// where it is the order's total, repeated on its rows or on the first only.
	// Then refund and freight are the order's as well.
	AmountIs string `json:"amount_is,omitempty" yaml:"amount_is,omitempty"`
	// NoBuyer: "reject" (default, the only choice): an order without anybody
	// who bought is refused with import.no_buyer.
	NoBuyer string `json:"no_buyer,omitempty" yaml:"no_buyer,omitempty"`
	// DuplicateLines: "keep" (default) or "drop" rows of an order that repeat
	// an earlier row of it in every column. They are counted in both cases.
	DuplicateLines string `json:"duplicate_lines,omitempty" yaml:"duplicate_lines,omitempty"`
	// ZeroPrice: "keep" (default) or "drop" lines without an amount. Kept ones
	// add quantity and no value.
	ZeroPrice string `json:"zero_price,omitempty" yaml:"zero_price,omitempty"`
	// FillDown: "yes" (default): a row whose order number, buyer and date are
	// all empty goes on with the order above it, as merged cells leave it.
	FillDown string `json:"fill_down,omitempty" yaml:"fill_down,omitempty"`
	// NameIdentifies: "no" (default), or "yes" where the file has nothing but
	// names: then equal names are one buyer of this source.
	NameIdentifies string `json:"name_identifies,omitempty" yaml:"name_identifies,omitempty"`
	// CompanyBuys: "no" (default), or "yes" where buyer.company names the
	// customer and buyer.name only its contact person.
	CompanyBuys string `json:"company_buys,omitempty" yaml:"company_buys,omitempty"`
	// DefaultKind is what the customers of a file are that does not say it:
	// person, company or org. With it a row is nobody of another kind, and
	// nobody who has another number in the source, whatever phone they share.
	DefaultKind string `json:"default_kind,omitempty" yaml:"default_kind,omitempty"`
	// CompanyLinks: "no" (default), or "yes" where buyer.company names the
	// company whose contact the person is.
	CompanyLinks string `json:"company_links,omitempty" yaml:"company_links,omitempty"`
	// DateOrder: "ymd" (default) takes 2/3/2024 as unclear and refuses it;
	// "mdy" and "dmy" say which it is.
	DateOrder string `json:"date_order,omitempty" yaml:"date_order,omitempty"`
	// NewTags: "skip" (default) leaves out names of the tags column that are no
	// tag, counts them and takes the row; "create" makes them tags of TagGroup,
	// "" for the group of imports. "group/name" in a cell names its own group.
	NewTags  string `json:"new_tags,omitempty" yaml:"new_tags,omitempty"`
	TagGroup string `json:"tag_group,omitempty" yaml:"tag_group,omitempty"`
	// Status gives a text of the status column its meaning, before the
	// built-in list: {"待成团": "unpaid"}.
	Status map[string]string `json:"status,omitempty" yaml:"status,omitempty"`
	// DefaultStatus (default "completed") is for orders without any status.
	DefaultStatus string `json:"default_status,omitempty" yaml:"default_status,omitempty"`
	// Event gives a text of the event column its meaning: {"pv": "view"}.
	Event map[string]string `json:"event,omitempty" yaml:"event,omitempty"`
	// DefaultEvent is for files without an event column.
	DefaultEvent string `json:"default_event,omitempty" yaml:"default_event,omitempty"`
}

const (
	maxStatusRules = 200
	maxRuleText    = 200 // bytes
)

// WithDefaults fills in what is not said.
func (r Rules) WithDefaults() Rules {
	set := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	set(&r.NegativeQuantity, "return")
	set(&r.CancelledPrefix, "C")
	set(&r.AmountIs, "row")
	set(&r.NoBuyer, "reject")
	set(&r.DuplicateLines, "keep")
	set(&r.ZeroPrice, "keep")
	set(&r.FillDown, "yes")
	set(&r.NameIdentifies, "no")
	set(&r.CompanyBuys, "no")
	set(&r.CompanyLinks, "no")
	set(&r.NewTags, "skip")
	set(&r.DateOrder, "ymd")
	set(&r.DefaultStatus, order.StatusCompleted.Code())
	return r
}

// choices are the values that a rule may have.
var ruleChoices = []struct {
	name   string
	get    func(*Rules) string
	values string
}{
	{"negative_quantity", func(r *Rules) string { return r.NegativeQuantity }, "return reject"},
	{"amount_is", func(r *Rules) string { return r.AmountIs }, "row order"},
	{"no_buyer", func(r *Rules) string { return r.NoBuyer }, "reject"},
	{"duplicate_lines", func(r *Rules) string { return r.DuplicateLines }, "keep drop"},
	{"zero_price", func(r *Rules) string { return r.ZeroPrice }, "keep drop"},
	{"fill_down", func(r *Rules) string { return r.FillDown }, "yes no"},
	{"name_identifies", func(r *Rules) string { return r.NameIdentifies }, "yes no"},
	{"company_buys", func(r *Rules) string { return r.CompanyBuys }, "yes no"},
	{"default_kind", func(r *Rules) string { return r.DefaultKind }, "person company org"},
	{"company_links", func(r *Rules) string { return r.CompanyLinks }, "yes no"},
	{"new_tags", func(r *Rules) string { return r.NewTags }, "skip create"},
	{"date_order", func(r *Rules) string { return r.DateOrder }, "ymd mdy dmy"},
}

// validate adds what is wrong to e.
func (r *Rules) validate(e *errs.Error) {
	for _, c := range ruleChoices {
		v := c.get(r)
		if v == "" {
			continue
		}
		ok := false
		for _, w := range strings.Fields(c.values) {
			ok = ok || w == v
		}
		if !ok {
			e.WithField("rules."+c.name, "import.bad_rule", "rule", c.name, "choices", strings.ReplaceAll(c.values, " ", ", "))
		}
	}
	if len(r.CancelledPrefix) > 20 {
		e.WithField("rules.cancelled_prefix", "import.rule_too_long", "rule", "cancelled_prefix", "max", 20)
	}
	if f := badTag("x/" + r.TagGroup); r.TagGroup != "" && (f != nil || strings.ContainsAny(r.TagGroup, ",，、;；|｜/")) {
		e.WithField("rules.tag_group", "import.bad_tag_group", "max", maxTagName)
	}
	if r.DefaultStatus != "" {
		if _, ok := order.ParseStatus(r.DefaultStatus); !ok {
			e.WithField("rules.default_status", "import.bad_rule", "rule", "default_status", "choices", statusChoices)
		}
	}
	if r.DefaultEvent != "" {
		if _, ok := order.ParseBehaviourKind(r.DefaultEvent); !ok {
			e.WithField("rules.default_event", "import.bad_rule", "rule", "default_event", "choices", eventChoices)
		}
	}
	if len(r.Status) > maxStatusRules || len(r.Event) > maxStatusRules {
		e.WithField("rules.status", "import.too_many_rules", "max", maxStatusRules)
		return
	}
	for text, code := range r.Status {
		if _, ok := order.ParseStatus(code); !ok || len(text) > maxRuleText {
			e.WithField("rules.status", "import.bad_rule", "rule", "status", "choices", statusChoices)
			break
		}
	}
	for text, code := range r.Event {
		if _, ok := order.ParseBehaviourKind(code); !ok || len(text) > maxRuleText {
			e.WithField("rules.event", "import.bad_rule", "rule", "event", "choices", eventChoices)
			break
		}
	}
}

const (
	statusChoices = "unpaid, paid, shipped, completed, cancelled, refunded, part_refunded"
	eventChoices  = "view, cart, favourite, review"
)
