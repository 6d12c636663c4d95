package customer

import (
	"slices"
	"strings"

	custom "zhike/internal/field"
	"zhike/internal/region"
)

// listField is one thing that lists know of a customer: how it is filtered,
// sorted, shown and changed.
type listField struct {
	code    string
	typ     string   // see FieldInfo.Type
	group   string   // record, figures, level, tags, custom, quality, relations
	label   string   // key of the catalogue; "" for custom fields and levels
	name    string   // in the language of the request, where there is no label; of levels
	ops     []string // none: it cannot be filtered by
	compile func(c *compiler, n *Node) (expr, error)
	codes   []string // fixed options
	words   string   // key prefix of their names
	sortBy  *order   // nil: cannot be sorted by
	grouped bool     // kanban
	column  bool     // can be a column of a list and an export
	bulk    bool     // can be set by bulk edit
	width   int      // of a column, in pixels
	unit    string   // of a number
	scale   int      // decimals of a number
	def     *custom.Definition
}

// sortable says that lists can be sorted by the field.
func (f *listField) sortable() bool { return f.sortBy != nil || f.typ == "level" }

func (f *listField) has(op string) bool { return slices.Contains(f.ops, op) }

// kept says that the field keeps a history: a condition can name a day.
func (f *listField) kept() bool {
	return f.typ == "level" || f.code == "stage" || f.code == LifecycleField
}

// MayBeUnknown gives the key of the text that names a number or a day of customers
// of whom it need not be known, so that a rule can ask whether it is "empty"; false
// of other fields and of those that a company made.
func MayBeUnknown(code string) (label string, ok bool) {
	f := fieldsByCode[code]
	if f == nil || !f.has("empty") || f.typ != "number" && f.typ != "money" && f.typ != "date" {
		return "", false
	}
	return f.label, true
}

// The operators by type.
var (
	opsText    = []string{"contains", "begins", "eq", "ne", "in", "not_in", "empty", "not_empty"}
	opsChoice  = []string{"in", "not_in", "empty", "not_empty"}
	opsOne     = []string{"in", "not_in"}
	opsNumber  = []string{"eq", "ne", "gt", "gte", "lt", "lte", "between", "empty", "not_empty"}
	opsFigure  = []string{"eq", "ne", "gt", "gte", "lt", "lte", "between"}
	opsDay     = []string{"eq", "gte", "lte", "between", "last_days", "before_days", "empty", "not_empty"}
	opsDate    = []string{"eq", "gte", "lte", "between", "last_days", "before_days", "next_days", "anniversary_days", "empty", "not_empty"}
	opsInstant = []string{"eq", "gte", "lte", "between", "last_days", "before_days"}
	opsSet     = []string{"any", "all", "none", "empty", "not_empty"}
	opsAny     = []string{"any", "none", "empty", "not_empty"}
	opsBool    = []string{"is"}
	opsPlace   = []string{"within", "not_within", "empty", "not_empty"}
	opsPart    = []string{"in", "not_in", "within", "empty", "not_empty"}
	opsBirth   = []string{"month", "within_days", "empty", "not_empty"}
)

// opsPast are operators of what has a history.
func opsPast(ops []string) []string { return append(slices.Clone(ops), "changed") }

// withKept gives a field of days the operator "anniversary_days".
func withKept(f listField, kept func(c *compiler, n *Node) (expr, error)) listField {
	other := f.compile
	f.ops = append(slices.Clone(f.ops), "anniversary_days")
	f.compile = func(c *compiler, n *Node) (expr, error) {
		if n.Op == "anniversary_days" {
			return kept(c, n)
		}
		return other(c, n)
	}
	return f
}

// windows of the figures, in days; 0 is all time.
var windows = []string{"30", "90", "180", "365", "all"}

var builtinFields = makeFields()

var relationCodes = []string{"contact", "parent", "household", "introduced_by", "partner"}

// fieldsByCode has the fields that do not depend on what the company defined.
var fieldsByCode = func() map[string]*listField {
	m := make(map[string]*listField, len(builtinFields))
	for i := range builtinFields {
		m[builtinFields[i].code] = &builtinFields[i]
	}
	return m
}()

func makeFields() []listField {
	record := func(f listField) listField {
		f.group, f.label = "record", "list.field."+f.code
		if f.width == 0 {
			f.width = 120
		}
		return f
	}
	list := []listField{
		record(listField{code: "name", typ: "text", ops: opsText, compile: nameCondition, sortBy: onCustomers("sort_name", true), column: true, width: 160}),
		record(listField{code: "id", typ: "number", sortBy: byID, column: true, width: 90}),
		record(codes("kind", "customer.kind.", []string{"person", "company", "org"}, opsOne)),
		record(listField{code: "stage", typ: "choice", codes: []string{"prospect", "customer"}, words: "customer.stage.", ops: opsPast(opsOne),
			grouped: true, column: true, width: 100, bulk: true, compile: stageCondition}),
		record(codes("gender", "customer.gender.", []string{"male", "female"}, opsChoice)),
		record(listField{code: "phone", typ: "text", column: true, width: 130}),
		record(listField{code: "email", typ: "text", column: true, width: 180}),
		record(listField{code: "birthday", typ: "birthday", ops: opsBirth, compile: birthdayCondition, column: true}),
		record(listField{code: "age", typ: "number", ops: opsNumber, compile: ageCondition}),
		record(codes("education", "record.education.", Educations, opsChoice)),
		record(text("company", "c.company", true, 180)),
		record(text("industry", "c.industry", true, 120)),
		record(listField{code: "region", typ: "region", ops: opsPlace, compile: regionCondition, column: true, width: 180}),
		record(placeField("province", "c.province", region.Province)),
		record(placeField("city", "c.city", region.City)),
		record(registeredField()),
		record(codes("preferred_channel", "record.channel.", Channels, opsChoice)),
		record(listField{code: "favourite_categories", typ: "text", ops: opsText, compile: likedCondition, column: true, width: 160}),
		record(text("remark", "c.remark", false, 200)),
		record(listField{code: "source", typ: "source", ops: opsOne, compile: sourceCondition, column: true}),
		record(staff("owner", "owner_id", true)),
		record(staff("adviser", "adviser_id", false)),
		record(listField{code: "team", typ: "staff", ops: opsAny, compile: teamCondition}),
		record(listField{code: "department", typ: "department", ops: opsPart, compile: departmentCondition, grouped: true, column: true, bulk: true, width: 120}),
		record(withKept(instant("created", "c.created_at", "created_at", false), func(c *compiler, n *Node) (expr, error) {
			return keptInstant(c, n, "c.created_at")
		})),
		record(withoutIndex(instant("updated", "c.updated_at", "updated_at", false))),
		record(instant("last_contact", "c.last_contact_at", "last_contact_at", true)),
		record(listField{code: "has_phone", typ: "bool", ops: opsBool, compile: hasContact("phone")}),
		record(listField{code: "has_email", typ: "bool", ops: opsBool, compile: hasContact("email")}),
		{code: "level", typ: "level", group: "level", label: "list.field.level", ops: opsPast(opsChoice), compile: levelCondition, grouped: true, column: true, width: 110},
		{code: LifecycleField, typ: "choice", group: "level", label: "list.field.lifecycle", ops: opsPast(opsChoice), compile: lifecycleCondition, grouped: true, column: true, width: 120},
		{code: "tags", typ: "tags", group: "tags", label: "list.field.tags", ops: opsSet, compile: tagCondition, column: true, bulk: true, width: 200},
		{code: audienceField, typ: "audience", group: "audiences", label: "list.field.audience", ops: []string{"any", "all", "none"}},
		{code: "issue", typ: "issue", group: "quality", label: "list.field.issue", ops: opsAny, compile: issueCondition},
		{code: "relation", typ: "relation", group: "relations", label: "list.field.relation", words: "list.relation.",
			codes: relationCodes, ops: opsAny, compile: relationCondition},
	}
	for i := range list {
		switch list[i].code {
		case "name", "gender", "birthday", "education", "company", "industry", "region", "preferred_channel", "remark":
			list[i].bulk = list[i].code != "name" && list[i].code != "birthday"
		}
	}
	return append(list, figures()...)
}

// figures are those of customer_metrics, and of the company's models.
func figures() []listField {
	var list []listField
	add := func(f listField) {
		f.group, f.label = "figures", "list.field."+f.code
		if f.width == 0 {
			f.width = 130
		}
		list = append(list, f)
	}
	for _, w := range windows {
		net := figure("net_"+w, "money", "m.net_"+w+"_fen", w == "365" || w == "all")
		orders := figure("orders_"+w, "number", "m.orders_"+w, false)
		orders.sortBy = byFigure("m.orders_" + w)
		if net.sortBy == nil {
			net.sortBy = byFigure("m.net_" + w + "_fen")
		}
		add(net)
		add(orders)
		add(listField{code: "aov_" + w, typ: "money", ops: opsNumber, compile: averageCondition(w), sortBy: byAverage(w), column: true})
	}
	last := dayField("last_day", "m.last_day")
	last.sortBy = &order{table: "customer_metrics", key: "COALESCE(k.last_day, -1000000)", id: "customer_id", day: true}
	add(last)
	add(withKept(dayField("first_day", "m.first_day"), func(c *compiler, n *Node) (expr, error) { return keptFigure(c, n, "m.first_day") }))
	add(listField{code: "days_since", typ: "number", ops: opsNumber, compile: daysSinceCondition, column: true})
	add(nextOrderField())
	add(dayField("last_behaviour_day", "m.last_behaviour_day"))
	add(figure("carts_90", "number", "m.carts_90", false))
	add(figure("views_90", "number", "m.views_90", false))
	add(metricText("favourite_category", "m.favourite_category"))
	add(metricText("favourite_brand", "m.favourite_brand"))
	add(listField{code: SimilarField, typ: "text", ops: opsText, column: true, compile: similarCondition})
	add(priceField())
	for i := range modelFigures {
		add(modelFigures[i].field())
	}
	return list
}

func codes(code, words string, list, ops []string) listField {
	column := "c." + code
	return listField{code: code, typ: "choice", codes: list, words: words, ops: ops, grouped: true, column: true, width: 100,
		bulk: true, compile: func(_ *compiler, n *Node) (expr, error) {
			return codeCondition(n, column, list)
		}}
}

func text(code, column string, show bool, width int) listField {
	return listField{code: code, typ: "text", ops: opsText, column: true, width: width, compile: func(_ *compiler, n *Node) (expr, error) {
		return textCondition(n, 'c', column, false)
	}, bulk: show}
}

func metricText(code, column string) listField {
	return listField{code: code, typ: "text", ops: opsText, column: true, compile: func(_ *compiler, n *Node) (expr, error) {
		return textCondition(n, 'm', column, false)
	}}
}

func placeField(code, column string, level region.Level) listField {
	return listField{code: code, typ: "text", ops: opsText, column: true, width: 110, sortBy: byPlace(column, level), compile: func(_ *compiler, n *Node) (expr, error) {
		return textCondition(n, 'c', column, true)
	}}
}

func staff(code, column string, grouped bool) listField {
	return listField{code: code, typ: "staff", ops: opsChoice, grouped: grouped, column: true, bulk: true, width: 110,
		compile: func(c *compiler, n *Node) (expr, error) { return staffCondition(c, n, "c."+column) }}
}

func instant(code, column, key string, optional bool) listField {
	ops := opsInstant
	if optional {
		ops = append(slices.Clone(opsInstant), "empty", "not_empty")
	}
	return listField{code: code, typ: "time", ops: ops, column: true, width: 150, sortBy: onCustomers(key, false),
		compile: func(c *compiler, n *Node) (expr, error) { return instantCondition(c, n, column, optional) }}
}

// withoutIndex is a field whose column no index holds: it would be written with
// every write of a customer. The columns in memory find and sort by it.
func withoutIndex(f listField) listField {
	by, compile := *f.sortBy, f.compile
	by.scan, f.sortBy = true, &by
	f.compile = func(c *compiler, n *Node) (expr, error) {
		e, err := compile(c, n)
		e.drive, e.exact = nil, false
		return e, err
	}
	return f
}

func figure(code, typ, column string, byIndex bool) listField {
	f := listField{code: code, typ: typ, ops: opsFigure, column: true, compile: func(_ *compiler, n *Node) (expr, error) {
		return numberCondition(n, column, "", byIndex)
	}}
	if byIndex {
		f.sortBy = &order{table: "customer_metrics", key: "k." + strings.TrimPrefix(column, "m."), id: "customer_id"}
	}
	return f
}

func dayField(code, column string) listField {
	return listField{code: code, typ: "date", ops: opsDay, column: true, width: 110, compile: func(c *compiler, n *Node) (expr, error) {
		return dayCondition(c, n, column)
	}}
}

func onCustomers(column string, isText bool) *order {
	return &order{table: "customers", key: "k." + column, id: "id", text: isText}
}

var byID = &order{table: "customers", key: "k.id", id: "id", plainID: true}

// listField gives a field by its code, custom ones as "f.<code>"; nil where
// there is none. Whatever lists do with a field (filter, sort, group, show,
// export, set) begins here. Error: customer.field_hidden.
func (c *compiler) listField(code string) (*listField, error) {
	if f := fieldsByCode[code]; f != nil {
		return f, c.mayShow(f)
	}
	name, ok := strings.CutPrefix(code, custom.Prefix)
	if !ok {
		f, err := c.s.levelFieldOf(c.ctx, code)
		if f == nil || err != nil {
			return nil, err
		}
		return f, c.mayShow(f)
	}
	set, err := c.custom()
	if err != nil {
		return nil, err
	}
	if d := set.Code(name); d != nil {
		f := customField(d)
		return f, c.mayShow(f)
	}
	return nil, nil
}
