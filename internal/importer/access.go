package importer

import (
	"context"
	"slices"

	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// writes says whether the actor's roles let an import write what a column says.
// The number by which a customer is found again need not be edited, only known.
func writes(ctx context.Context, what Meaning) bool {
	key := customer.MeaningKey(string(what))
	if code, ok := what.fieldCode(); ok {
		key = field.Prefix + code
	}
	if key == "" {
		return true
	}
	if key == customer.AccessNumber {
		return !auth.Hides(ctx, key)
	}
	return customer.MayEdit(ctx, "", key) == nil
}

// writable are the meanings that the actor may map columns to.
func writable(ctx context.Context, all []Meaning) []Meaning {
	if !auth.From(ctx).Restricted() {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(m Meaning) bool { return !writes(ctx, m) })
}

// writableFields are the custom fields among them.
func writableFields(ctx context.Context, all []FieldTarget) []FieldTarget {
	return slices.DeleteFunc(all, func(f FieldTarget) bool { return !writes(ctx, f.Meaning) })
}

// mayWrite refuses columns that say what the actor may not edit. Error:
// import.field_forbidden at each of them.
func (m *Mapping) mayWrite(ctx context.Context) error {
	bad := errs.New(errs.Forbidden, "import.field_forbidden", "columns", "")
	names := ""
	for _, col := range sortedKeys(m.Columns) {
		if writes(ctx, m.Columns[col]) {
			continue
		}
		if names != "" {
			names += ", "
		}
		names += cutText(col, 40)
		_ = bad.WithField("columns."+col, "import.field_forbidden", "columns", cutText(col, 40))
	}
	bad.Params["columns"] = names
	return bad.OrNil()
}

// leaveOut maps columns that a guess or an earlier import gave a meaning to, and
// that the actor may not edit, to nothing.
func (m *Mapping) leaveOut(ctx context.Context) {
	if !auth.From(ctx).Restricted() {
		return
	}
	columns := make(map[string]Meaning, len(m.Columns))
	for col, what := range m.Columns {
		if !writes(ctx, what) {
			what = Ignore
		}
		columns[col] = what
	}
	m.Columns = columns
}

// mayRead refuses the rows of a file that somebody else sent to whom a field of
// customers is hidden: they stand there as they were written. Error:
// import.rows_hidden.
func (r *Record) mayRead(ctx context.Context) error {
	a := auth.From(ctx)
	if !a.HidesAny() || r.CreatedBy == a.StaffID {
		return nil
	}
	return errs.New(errs.Forbidden, "import.rows_hidden")
}
