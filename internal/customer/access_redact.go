package customer

import (
	"encoding/json"
	"maps"
	"slices"
)

// What the tags of a type cannot say of hidden fields; see [web.Redactor].

// Redact takes out the columns that are hidden.
func (it *Item) Redact(hides func(string) bool) {
	if it.Values == nil {
		return
	}
	it.Values = maps.Clone(it.Values)
	maps.DeleteFunc(it.Values, func(code string, _ any) bool { return hides(keyOfCode(code)) })
}

func shownContacts(list []ContactItem, hides func(string) bool) []ContactItem {
	return slices.DeleteFunc(slices.Clone(list), func(c ContactItem) bool { return hides(string(c.Kind)) })
}

// Redact takes out the contacts that are hidden.
func (r *Record) Redact(hides func(string) bool) { r.Contacts = shownContacts(r.Contacts, hides) }

// Redact takes out the contacts that are hidden.
func (i *Identity) Redact(hides func(string) bool) { i.Contacts = shownContacts(i.Contacts, hides) }

// Redact leaves no value of a hidden field.
func (it *ChangeItem) Redact(hides func(string) bool) {
	if hides(keyOfName(it.Field)) {
		it.Before, it.After, it.BeforeLabel, it.AfterLabel, it.Sealed = "", "", "", "", false
	}
}

// Redact leaves out what a bulk edit of somebody else set in hidden fields.
func (r *BulkRun) Redact(hides func(string) bool) {
	set := make(map[string]json.RawMessage, len(r.Actions.Set))
	for code, value := range r.Actions.Set {
		if !hides(keyOfCode(code)) {
			set[code] = value
		}
	}
	r.Actions.Set = set
}

// Redact drops columns, order and grouping by hidden fields from a view that
// others made. A filter stays as it is: without it the view would show other
// customers than it says, so that the list refuses it.
func (b *ViewBody) Redact(hides func(string) bool) {
	b.Columns = slices.DeleteFunc(slices.Clone(b.Columns), func(code string) bool { return hides(keyOfCode(code)) })
	if slices.ContainsFunc(sortKeys(b.Sort), func(code string) bool { return hides(keyOfCode(code)) }) {
		b.Sort = ""
	}
	if hides(keyOfCode(b.GroupBy)) {
		b.GroupBy, b.Layout = "", "table"
	}
}
