package customer

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	custom "zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
)

// Keys of what a role can restrict beside single fields of the record; all
// keys are those of accessRules and, for custom fields, "f.<code>".
const (
	AccessSpend  = "spend"  // amounts: net sales, averages, what an order costs
	AccessOrders = "orders" // purchases and behaviour: which, how often, when
	AccessLevel  = "level"
	AccessNotes  = "notes"
	// AccessCustom means every custom field, where what is told may be of any.
	AccessCustom = custom.Prefix + "*"
	AccessNumber = "number" // the customer's number in a source
)

// accessRule is one line of the field access of a role.
type accessRule struct {
	key, group string
	names      []string // of Patch and of the history; nil: the key
	codes      []string // of the fields of lists; nil: the key
	choices    []string // the default first
}

// What a role may choose. A name stands at every place where a customer is
// told apart; the kind says which fields there are; words of the company are in
// the search index beside those of the name and cannot be told from them there:
// these three can be read-only and not hidden. What the program works out can
// be hidden and never edited.
var (
	accessWhole   = []string{"edit", "read", "hidden"}
	accessShown   = []string{"edit", "read"}
	accessDerived = []string{"read", "hidden"}
)

// accessRules are the fields that a role can restrict, as the role editor shows
// them. Who looks after a customer (owner, adviser, department, team) is not
// among them: the row scope follows from it, and customer.assign says who may
// write it. Tags and relations have permissions of their own. A new field of
// the record or of lists is put here or into unrestricted (access_test.go).
var accessRules = []accessRule{
	{key: fieldName, group: "record", choices: accessShown},
	{key: "kind", group: "record", choices: accessShown},
	{key: fieldCompany, group: "record", choices: accessShown},
	{key: "stage", group: "record", choices: accessWhole},
	{key: "gender", group: "record", choices: accessWhole},
	{key: "birthday", group: "record", names: []string{"birthday", "birthday_lunar"}, codes: []string{"birthday", "age"}, choices: accessWhole},
	{key: "education", group: "record", choices: accessWhole},
	{key: "industry", group: "record", choices: accessWhole},
	{
		key: "region", group: "record", names: []string{"region_code", "province", "city", "district"},
		codes: []string{"region", "province", "city"}, choices: accessWhole,
	},
	{key: fieldRegistered, group: "record", choices: accessWhole},
	{key: "preferred_channel", group: "record", choices: accessWhole},
	{key: "favourite_categories", group: "record", choices: accessWhole},
	{key: fieldRemark, group: "record", choices: accessWhole},
	{key: fieldInvoice, group: "record", choices: accessWhole},
	contactRule(ContactPhone, "phone", "has_phone"),
	contactRule(ContactEmail, "email", "has_email"),
	contactRule(ContactAddress),
	contactRule(ContactCode),
	contactRule(ContactWeCom),
	contactRule(ContactApp),
	{key: AccessNumber, group: "contacts", choices: accessDerived},
	{key: AccessSpend, group: "figures", codes: figureCodes(true), choices: accessDerived},
	{key: AccessOrders, group: "figures", codes: figureCodes(false), choices: accessDerived},
	{key: AccessLevel, group: "figures", choices: accessDerived},
	{key: LifecycleField, group: "figures", choices: accessDerived},
	{key: AccessNotes, group: "figures", choices: accessWhole},
}

func contactRule(kind ContactKind, codes ...string) accessRule {
	key := string(kind)
	return accessRule{
		key: key, group: "contacts", names: []string{key, key + ".label", key + ".is_primary", key + ".validity"},
		codes: append([]string{key}, codes...), choices: accessWhole,
	}
}

// figureCodes are the figures of lists that tell of money, or the others.
func figureCodes(money bool) (out []string) {
	for _, f := range figures() {
		if (f.typ == "money") == money {
			out = append(out, f.code)
		}
	}
	return out
}

// accessOfName and accessOfCode find the key for a name of the history and for a
// code of lists.
var accessOfName, accessOfCode = func() (names, codes map[string]string) {
	names, codes = map[string]string{}, map[string]string{}
	for i := range accessRules {
		r := &accessRules[i]
		for _, name := range orKey(r.names, r.key) {
			names[name] = r.key
		}
		for _, code := range orKey(r.codes, r.key) {
			codes[code] = r.key
		}
	}
	return names, codes
}()

func orKey(list []string, key string) []string {
	if list == nil {
		return []string{key}
	}
	return list
}

// keyOfName is the key of a field as [Change.Field] calls it, "" where roles do
// not restrict it.
func keyOfName(name string) string {
	if strings.HasPrefix(name, custom.Prefix) {
		return name
	}
	return accessOfName[name]
}

// keyOfCode is the key of a field as lists call it, "" where roles do not
// restrict it.
func keyOfCode(code string) string {
	if strings.HasPrefix(code, custom.Prefix) {
		return code
	}
	if strings.HasPrefix(code, levelPrefix) {
		return AccessLevel
	}
	return accessOfCode[code]
}

// AccessField is a field that roles can restrict.
type AccessField struct {
	Key, Group, Label string
	Choices           []string // the default first
}

// AccessFields gives the fields that roles can restrict, custom ones too, with
// labels in the language of the request. i18n-keys: access.field.*
func (s *Service) AccessFields(ctx context.Context) ([]AccessField, error) {
	out := make([]AccessField, 0, len(accessRules)+16)
	for i := range accessRules {
		r := &accessRules[i]
		out = append(out, AccessField{r.key, r.group, accessLabel(ctx, r.key), r.choices})
	}
	c := &compiler{ctx: ctx, s: s}
	set, err := c.custom()
	if err != nil {
		return nil, err
	}
	for _, d := range set.All() {
		out = append(out, AccessField{custom.Prefix + d.Code, "custom", d.Name.In(web.Locale(ctx)), accessWhole})
	}
	return out, nil
}

func accessLabel(ctx context.Context, key string) string {
	if key == AccessCustom {
		return i18n.T(web.Locale(ctx), "access.group.custom", nil)
	}
	return i18n.T(web.Locale(ctx), "access.field."+key, nil)
}

// Shows fails with customer.field_hidden (parameter field: its label) where one
// of the keys is hidden from the actor.
func Shows(ctx context.Context, keys ...string) error {
	a := auth.From(ctx)
	for _, key := range keys {
		if a.Hides(key) {
			return hiddenField(accessLabel(ctx, key))
		}
	}
	return nil
}

func hiddenField(label string) error {
	return errs.New(errs.Forbidden, "customer.field_hidden", "field", label)
}

// MayEdit fails with customer.field_forbidden (parameter fields: their labels;
// a field error for each) where the actor may not change what the names, as
// [Patch] and the history call them, mean. prefix goes before the paths.
func MayEdit(ctx context.Context, prefix string, names ...string) error {
	a := auth.From(ctx)
	if !a.Restricted() {
		return nil
	}
	out := errs.New(errs.Forbidden, "customer.field_forbidden")
	var labels []string
	for _, name := range names {
		key := keyOfName(name)
		if key == "" {
			key = name // notes and the like are called as their key
		}
		if a.Field(key) == auth.AccessEdit {
			continue
		}
		label := accessLabel(ctx, key)
		if !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
		_ = out.WithField(prefix+name, "customer.field_forbidden", "fields", label)
	}
	if out.Params = map[string]any{"fields": strings.Join(labels, ", ")}; len(labels) == 0 {
		return nil
	}
	return out
}

// names are the fields that a patch sends, without who looks after the customer.
func (p *Patch) names() []string {
	var out []string
	for _, f := range []struct {
		name string
		sent bool
	}{
		{"kind", p.Kind != nil}, {"stage", p.Stage != nil}, {fieldName, p.Name != nil}, {"gender", p.Gender != nil},
		{"birthday", p.Birthday != nil}, {"birthday_lunar", p.BirthdayLunar != nil}, {"education", p.Education != nil},
		{fieldCompany, p.Company != nil}, {"industry", p.Industry != nil}, {"region_code", p.RegionCode != nil},
		{"province", p.Province != nil}, {"city", p.City != nil}, {"district", p.District != nil},
		{fieldRegistered, p.RegisteredAt != nil}, {"preferred_channel", p.PreferredChannel != nil}, {"favourite_categories", p.Favourites != nil},
		{fieldRemark, p.Remark != nil}, {fieldInvoice, p.Invoice.Sent},
	} {
		if f.sent {
			out = append(out, f.name)
		}
	}
	return out
}

// HiddenNames are the names of the history that are hidden from the actor.
func HiddenNames(a *auth.Actor) []string {
	if !a.HidesAny() {
		return nil
	}
	var out []string
	for i := range accessRules {
		if r := &accessRules[i]; a.Hides(r.key) {
			out = append(out, orKey(r.names, r.key)...)
		}
	}
	for key, access := range a.Fields {
		if access == auth.AccessHidden && strings.HasPrefix(key, custom.Prefix) {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// usualSort is the order of a list that names none: by spend, or, for whom that
// is hidden, the newest first.
func usualSort(ctx context.Context, sort string) string {
	if sort == "" && auth.Hides(ctx, AccessSpend) {
		return "-id"
	}
	return sortName(sort)
}

// mayList refuses a list that is filtered or sorted by what is hidden: whoever
// may ask for those above a sum knows the sum after twenty questions.
func (s *Service) mayList(ctx context.Context, f *Filter, sort string) error {
	if !auth.From(ctx).HidesAny() {
		return nil
	}
	c := &compiler{ctx: ctx, s: s}
	for _, code := range sortKeys(sort) {
		if _, err := c.listField(code); err != nil {
			return err
		}
	}
	n := f.flat()
	if n == nil {
		return nil
	}
	for i := range n.All {
		if _, err := c.listField(n.All[i].Field); err != nil {
			return err
		}
	}
	return nil
}

// mayShow refuses a field of lists that is hidden from the actor.
func (c *compiler) mayShow(f *listField) error {
	if key := keyOfCode(f.code); key != "" && auth.Hides(c.ctx, key) {
		return hiddenField(c.s.title(f, web.Locale(c.ctx)))
	}
	return nil
}

// without leaves out codes of lists that are hidden from the actor.
func without(a *auth.Actor, codes []string) []string {
	if !a.HidesAny() {
		return codes
	}
	return slices.DeleteFunc(slices.Clone(codes), func(code string) bool {
		key := keyOfCode(code)
		return key != "" && a.Hides(key)
	})
}

// stillShown refuses a file with columns that were hidden from its owner since
// it was made.
func (s *Service) stillShown(ctx context.Context, r *exportRow) error {
	if !auth.From(ctx).HidesAny() {
		return nil
	}
	text, err := s.Vault.Open(vault.KindRow, r.query)
	if err != nil {
		return err
	}
	var asked exportQuery
	if err := json.Unmarshal([]byte(text), &asked); err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	for _, key := range hiddenIn(ctx, asked.Body.Layout) {
		if !slices.Contains(asked.Hidden, key) {
			return Shows(ctx, key)
		}
	}
	columns := asked.Body.Columns
	if len(columns) == 0 {
		columns = usualColumns
	}
	_, err = s.listColumns(ctx, columns)
	return err
}

// hiddenIn are the fields of a layout that are hidden from the actor.
func hiddenIn(ctx context.Context, layout string) []string {
	l := LayoutByName(layout)
	if l == nil || !auth.From(ctx).HidesAny() {
		return nil
	}
	var out []string
	for i := range l.Columns {
		if key := MeaningKey(l.Columns[i].what()); key != "" && auth.Hides(ctx, key) {
			out = append(out, key)
		}
	}
	return out
}
