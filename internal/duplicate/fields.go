package duplicate

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// Side says whose value a merge keeps.
type Side string

// The sides.
const (
	Winner Side = "winner"
	Loser  Side = "loser"
)

// group is what people choose as one: columns that only make sense together.
type group struct {
	name    string
	columns []string
	// decisive is the column whose emptiness says that there is nothing.
	decisive string
}

// groups are the choices of a merge, in the order of the form.
var groups = []group{
	one("name"), one("kind"), one("stage"), one("gender"),
	{"birthday", []string{"birthday", "birthday_lunar"}, "birthday"},
	one("education"), one("company"), one("industry"),
	{"region", []string{"region_code", "province", "city", "district"}, "province"},
	one("registered_at"), one("preferred_channel"), one("favourite_categories"), one("remark"),
	{"owner", []string{"owner_id", "department_id", "owned_at"}, "owner_id"},
	{"adviser", []string{"adviser_id"}, "adviser_id"},
	{"invoice", []string{"invoice_cipher"}, "invoice_cipher"},
}

func one(column string) group { return group{column, []string{column}, column} }

// groupOf names what a column is chosen with; a column that nobody chooses
// stands for itself.
func groupOf(column string) string {
	for i := range groups {
		if slices.Contains(groups[i].columns, column) {
			return groups[i].name
		}
	}
	return column
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == "" || v == "[]"
	case []byte:
		return len(v) == 0
	case int64:
		return v == 0
	}
	return false
}

// byDefault keeps the winner's value, unless it is empty and the loser's is
// not. Who bought once is no prospect any more, and of two registrations the
// earlier one is the one customer's.
func (g *group) byDefault(winner, loser row) Side {
	if g.name == "stage" {
		if loser["stage"] == "customer" && winner["stage"] != "customer" {
			return Loser
		}
		return Winner
	}
	if g.name == "registered_at" {
		w, l := winner[g.name], loser[g.name]
		if !empty(l) && (empty(w) || number(l) < number(w)) {
			return Loser
		}
		return Winner
	}
	if empty(winner[g.decisive]) && !empty(loser[g.decisive]) {
		return Loser
	}
	return Winner
}

// mayChoose refuses the choice of a field that the actor may not edit: such
// fields are merged by the rule. A group is called as its field access is; who
// looks after a customer is not restricted by it.
func mayChoose(ctx context.Context, choices map[string]Side) error {
	return customer.MayEdit(ctx, "choices.", slices.Sorted(maps.Keys(choices))...)
}

// plan says what the winner's row becomes.
func plan(winner, loser row, choices map[string]Side) (set row, chosen map[string]Side, err error) {
	bad := errs.New(errs.Invalid, "invalid")
	for name, side := range choices {
		if !slices.ContainsFunc(groups, func(g group) bool { return g.name == name }) {
			_ = bad.WithField("choices."+name, "duplicate.unknown_field", "field", name)
		} else if side != Winner && side != Loser {
			_ = bad.WithField("choices."+name, "duplicate.bad_side")
		}
	}
	if len(bad.Fields) > 0 {
		return nil, nil, bad
	}
	set, chosen = row{}, map[string]Side{}
	for i := range groups {
		g := &groups[i]
		side, ok := choices[g.name]
		if !ok {
			side = g.byDefault(winner, loser)
		}
		chosen[g.name] = side
		if side == Loser {
			for _, c := range g.columns {
				set[c] = loser[c]
			}
		}
	}
	// The earlier beginning and the later contact are true of the one customer.
	if number(loser["created_at"]) < number(winner["created_at"]) {
		set["created_at"], set["source_id"] = loser["created_at"], loser["source_id"]
	}
	if number(loser["last_contact_at"]) > number(winner["last_contact_at"]) {
		set["last_contact_at"] = loser["last_contact_at"]
	}
	for c, v := range set {
		if fmt.Sprint(v) == fmt.Sprint(winner[c]) {
			delete(set, c)
		}
	}
	return set, chosen, nil
}

func number(v any) int64 {
	n, _ := v.(int64)
	return n
}

// said is a column as the history of a customer writes it.
func said(column string, v any) string {
	if column == "registered_at" && !empty(v) {
		return clock.Day(number(v)).String()
	}
	return text(v)
}

// text is a value as the history of a customer writes it.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return fmt.Sprint(v)
	case int64:
		if v == 0 {
			return ""
		}
		return fmt.Sprint(v)
	}
	return ""
}
