package customer

import (
	"context"
	"database/sql"
	"math"

	mem "zhike/internal/column"
	custom "zhike/internal/field"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// Figures of the company's models: package forecast writes customer_forecasts
// each night and when another model comes into use, and tells the columns.

// ForecastTable is where they stand, and under which name writers tell of them.
const ForecastTable = "customer_forecasts"

// modelFigure is one of them: a figure of lists out of a column of the table.
type modelFigure struct {
	code, typ, column, unit string
	scale                   int
	kind                    mem.Kind
	past                    bool // it follows from purchases, whose past is known
}

var modelFigures = []modelFigure{
	{code: "model_alive", typ: "number", column: "alive", unit: "%", kind: mem.Small, past: true},
	{code: "model_orders", typ: "number", column: "orders_centi", scale: 2, kind: mem.Number, past: true},
	{code: "model_clv", typ: "money", column: "clv_fen", kind: mem.Number, past: true},
	{code: "model_churn", typ: "number", column: "churn", unit: "%", kind: mem.Small},
}

// modelFigureOf is the figure of a code; nil where it is none of a model.
func modelFigureOf(code string) *modelFigure {
	for i := range modelFigures {
		if modelFigures[i].code == code {
			return &modelFigures[i]
		}
	}
	return nil
}

func (f *modelFigure) field() listField {
	return listField{code: f.code, typ: f.typ, ops: opsNumber, column: true, unit: f.unit, scale: f.scale, sortBy: byModel(f),
		compile: func(_ *compiler, n *Node) (expr, error) { return f.condition(presentModels, n) }}
}

// modelRows are the rows that say what models say: a table and a condition on it.
type modelRows struct{ table, where string }

var presentModels = modelRows{table: ForecastTable}

func (f *modelFigure) col(of modelRows) mem.Col {
	return memSet(f.kind, of.table, f.column, of.and("")+f.column+" IS NOT NULL")
}

// and is the condition with " AND " behind it, of the rows of an alias.
func (of modelRows) and(alias string) string {
	if of.where == "" {
		return ""
	}
	return alias + of.where + " AND "
}

// condition compares the figure; of whom no model says anything holds nothing but
// "ne" and "empty".
func (f *modelFigure) condition(of modelRows, n *Node) (expr, error) {
	value := func(cond string, _ bool, _ ...any) expr {
		return lookup("EXISTS (SELECT 1 FROM " + of.table + " x WHERE x.customer_id = {id} AND " + of.and("x.") + cond + ")")
	}
	if n.Op == "empty" || n.Op == "not_empty" {
		return flip(value("x."+f.column+" IS NOT NULL", false).inMemory(mem.Has(f.col(of))), n.Op, "empty"), nil
	}
	from, to, err := f.bounds(n)
	if err != nil {
		return expr{}, err
	}
	op := map[string]string{"eq": " = ", "ne": " = ", "gt": " > ", "gte": " >= ", "lt": " < ", "lte": " <= "}[n.Op]
	cond := "x." + f.column + op + num(from)
	if n.Op == "between" {
		cond = "x." + f.column + " BETWEEN " + num(from) + " AND " + num(to)
	}
	return flip(value(cond, false).inMemory(memCompare(f.col(of), n.Op, from, to)), n.Op, "ne"), nil
}

// bounds reads the value with the decimals of the figure.
func (f *modelFigure) bounds(n *Node) (from, to int64, err error) {
	if f.scale == 0 {
		return n.Wholes(rule.MaxFigure)
	}
	var raw []any
	if n.Op == "between" {
		if rule.DecodeNumbers(n.Value, &raw) != nil || len(raw) != 2 {
			return 0, 0, errs.New(errs.Invalid, "list.bad_pair")
		}
	} else {
		var one any
		if rule.DecodeNumbers(n.Value, &one) != nil || one == nil {
			return 0, 0, rule.BadValue()
		}
		raw = []any{one, one}
	}
	d := custom.Definition{Kind: custom.Number, Scale: f.scale}
	var at [2]int64
	for i := range at {
		v, err := d.Parse(raw[i])
		if err != nil {
			return 0, 0, err
		}
		if v.IsEmpty() {
			return 0, 0, rule.BadValue()
		}
		if v.Num < 0 {
			return 0, 0, errs.New(errs.Invalid, "rule.negative")
		}
		at[i] = v.Num
	}
	return at[0], at[1], nil
}

// forecastsOf adds the figures of models to those of customers.
func (s *Store) forecastsOf(ctx context.Context, ids []int64, figures map[int64]map[string]*int64) error {
	return db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		return db.Each(ctx, s.db.Q(ctx), `SELECT customer_id, alive, orders_centi, clv_fen, churn FROM customer_forecasts WHERE customer_id IN (`+in+`)`,
			func(r db.Scanner) error {
				var id int64
				v := make([]sql.NullInt64, len(modelFigures))
				if err := r.Scan(&id, &v[0], &v[1], &v[2], &v[3]); err != nil {
					return err
				}
				of := figures[id]
				if of == nil {
					of = map[string]*int64{}
					figures[id] = of
				}
				for i := range v {
					if v[i].Valid {
						of[modelFigures[i].code] = &v[i].Int64
					}
				}
				return nil
			}, args...)
	})
}

// modelScale is how many decimals a figure of a model has, 0 of other fields.
func modelScale(code string) int {
	if m := modelFigureOf(code); m != nil {
		return m.scale
	}
	return 0
}

// scaled is a figure with decimals as JSON has it.
func scaled(n int64, scale int) float64 { return float64(n) / math.Pow10(scale) }
