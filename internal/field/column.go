package field

// Column says where the values of a field stand, for those who write SQL over
// them: a row of customer_values with field_id = FieldID has the value in the
// column Name. A customer without a row has no value.
//
//	EXISTS (SELECT 1 FROM customer_values v
//	        WHERE v.customer_id = c.id AND v.field_id = 7 AND v.num >= 1000)
//
// Both columns are indexed behind field_id and before customer_id. A filter
// value in the stored form comes from [Definition.Stored].
type Column struct {
	Table   string // "customer_values"
	FieldID int64
	Name    string // "num" or "text"
	Kind    Kind
	// Scale is the power of ten by which num is larger than the number.
	Scale int
	// Multi says that a customer may have several rows.
	Multi bool
}

// Column gives the place of the values.
func (d *Definition) Column() Column {
	c := Column{Table: "customer_values", FieldID: d.ID, Name: "num", Kind: d.Kind, Scale: d.Scale, Multi: d.Kind == MultiChoice}
	if d.Kind == Text || d.HasOptions() {
		c.Name = "text"
	}
	return c
}

// Stored gives the values of v as the column holds them: int64 in num, string
// in text; of several choices one each, of an empty value none.
func (d *Definition) Stored(v Value) []any {
	switch {
	case v.IsEmpty():
		return nil
	case d.Kind == MultiChoice:
		out := make([]any, len(v.Codes))
		for i, c := range v.Codes {
			out[i] = c
		}
		return out
	case d.Column().Name == "text":
		return []any{v.Text}
	}
	return []any{v.Num}
}
