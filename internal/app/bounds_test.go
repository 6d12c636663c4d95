package app

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/importer"
	"zhike/internal/platform/errs"
)

// TestBoundsOnEveryWay: what comes in by file, by another system, by a form and by
// an edit keeps to the bounds of a field; who had another value before keeps it.
func TestBoundsOnEveryWay(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		d, err := a.Fields.Create(ctx, field.In{Code: "children", Kind: field.Number, Name: field.Label{ZH: "子女人数"}, Unit: "人"})
		must(t, err)
		run := func(kind importer.Kind, text string, dry bool) importer.Result {
			t.Helper()
			res, err := a.Importer.Run(ctx, importer.RunInput{Kind: kind, Path: writeFile(t, "c.csv", text), Source: "crm", DryRun: dry})
			must(t, err)
			return res
		}
		run(importer.KindCustomers, "客户编号,姓名,子女人数\n1,王芳,999\n2,李雷,2\n", false)
		least, greatest := 0.0, 20.0
		_, err = a.Fields.Update(ctx, d.ID, field.Patch{Bounds: &field.Bounds{Least: &least, Greatest: &greatest}})
		must(t, err)

		// Files: by row, with the bounds.
		file := "客户编号,姓名,子女人数\n1,王芳,999\n2,李雷,21\n3,韩梅,20\n4,周二,-1\n"
		for _, dry := range []bool{true, false} {
			res := run(importer.KindCustomers, file, dry)
			if res.Accepted != 1 || res.Unchanged != 1 || res.Reasons["field.out_of_bounds"] != 2 {
				t.Errorf("dry %v: %+v %v", dry, res, res.Reasons)
			}
			if b, err := os.ReadFile(res.ErrorFile); !dry && (err != nil || !strings.Contains(string(b), "「子女人数」只能填 0人 到 20人。")) {
				t.Errorf("%v in\n%s", err, b)
			}
		}
		res := run(importer.KindOrders, "订单编号,付款时间,实付金额,客户编号,子女人数\nA1,2026-01-02,10,2,33\nA2,2026-01-02,10,2,3\n", false)
		if res.OrdersCreated != 1 || res.Reasons["field.out_of_bounds"] != 1 {
			t.Errorf("orders: %+v %v", res, res.Reasons)
		}
		view, err := a.Importer.Get(ctx, res.ImportID, "zh-CN")
		must(t, err)
		if len(view.Reasons) != 1 || view.Reasons[0].Text != "自定义字段超出取值范围" {
			t.Errorf("reasons: %+v", view.Reasons)
		}

		// Another system: by row.
		name := "接口"
		item := func(number string, n any) customer.Upsert {
			return customer.Upsert{Number: number, Patch: customer.Patch{Name: &name}, Fields: map[string]any{"children": n}}
		}
		up, err := a.Customer.Upsert(ctx, customer.UpsertInput{Source: "crm", Items: []customer.Upsert{item("1", 999), item("2", 50), item("8", 7), item("9", 21)}})
		must(t, err)
		var got []string
		for _, r := range up.Results {
			text := r.Status
			if r.Error != nil {
				text += " " + r.Error.Errors[0].Path + " " + r.Error.Errors[0].Message
			}
			got = append(got, text)
		}
		const why = "failed fields.children 「子女人数」只能填 0人 到 20人。"
		if want := []string{"updated", why, "created", why}; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("upsert: %v", got)
		}

		// Forms: a new record, an edit of it, an edit of custom values alone.
		name = "手工"
		in := customer.New{Patch: customer.Patch{Name: &name}, Own: customer.Own{Fields: map[string]any{"children": 21}}}
		_, err = a.Customer.Create(ctx, in, customer.WriteOptions{})
		wantField(t, err, "fields.children")
		in.Fields["children"] = 4
		made, err := a.Customer.Create(ctx, in, customer.WriteOptions{})
		must(t, err)
		edit := func(n any) error {
			_, err := a.Customer.Change(ctx, customer.Edit{ID: made.ID, Own: customer.Own{Fields: map[string]any{"children": n}}}, customer.WriteOptions{})
			return err
		}
		wantField(t, edit(99), "fields.children")
		must(t, edit(20))
		_, err = a.Fields.SetCustomerValues(ctx, made.ID, 0, map[string]any{"children": 21})
		wantField(t, err, "values.children")

		if got := held(t, ctx, a); got != "接口: children=999\n李雷: children=3\n韩梅: children=20\n接口: children=7\n手工: children=20" {
			t.Errorf("held\n%s", got)
		}
	})
}

func wantField(t *testing.T, err error, path string) {
	t.Helper()
	e := errs.From(err)
	if e == nil || len(e.Fields) != 1 || e.Fields[0].Path != path || e.Fields[0].Code != "field.out_of_bounds" {
		t.Errorf("%v, want out_of_bounds at %s", err, path)
	}
}
