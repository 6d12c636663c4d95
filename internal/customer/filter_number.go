package customer

import (
	"strings"

	"zhike/internal/column"
	custom "zhike/internal/field"
	"zhike/internal/rule"
)

// number gives a field as a number, for comparisons with other customers. Of
// the figures, nothing bought is no number: who bought nothing would be most of
// those who are compared.
func (c *compiler) number(code, path string) (rule.NumberField, error) {
	var out rule.NumberField
	f, err := c.listField(code)
	if err != nil {
		return out, atField(path, err)
	}
	if f == nil {
		return out, badFilter(path, "list.unknown_field", "field", rule.Shortened(code))
	}
	if f.isCustom(custom.Number) || f.isCustom(custom.Money) {
		col, ok := memCustom(f.def)
		if ok {
			out.Mem = &col
		}
		out.Type = "number"
		if f.isCustom(custom.Money) {
			out.Type = "money"
		}
		at := f.def.Column()
		out.Write = numberOf(at.Table, at.Name, "field_id = "+num(at.FieldID))
		return out, nil
	}
	if f.group != "figures" || f.typ != "number" && f.typ != "money" {
		return out, badFilter(path, "rule.not_numeric")
	}
	if m := modelFigureOf(code); m != nil {
		of, err := c.modelRows(m, path)
		if err != nil {
			return out, err
		}
		out.Type = m.typ
		col := m.col(of)
		out.Mem, out.Write = &col, numberOf(of.table, m.column, of.where)
		return out, nil
	}
	if p := c.streams().Past(code); c.past && p != nil {
		out.Type, out.Write = f.typ, relativeNumberThen(p, c)
		return out, nil
	}
	kind, expr := column.Small, ""
	switch {
	case code == "days_since":
		expr = num(int64(c.asOf)) + " - last_day"
	case strings.HasPrefix(code, "net_"):
		kind, expr = column.Number, "CASE WHEN orders_"+strings.TrimPrefix(code, "net_")+" > 0 THEN "+code+"_fen END"
	case code == PriceField: // 0 is a value: nobody waits less for a discount
		expr = code
	default:
		expr = "NULLIF(" + code + ", 0)"
	}
	out.Type = f.typ
	out.Mem = &column.Col{Table: "customer_metrics", ID: "customer_id", Expr: expr, Kind: kind}
	out.Write = numberOf("customer_metrics", expr, "")
	return out, nil
}
