package app

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

func TestUpsert(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		text := func(s string) *string { return &s }
		phone := func(s string) []customer.ContactIn {
			return []customer.ContactIn{{Kind: customer.ContactPhone, Value: s}}
		}
		in := customer.UpsertInput{Source: "shop", Items: []customer.Upsert{
			{Number: "A1", Patch: customer.Patch{Name: text("王芳")}, Contacts: phone("138 1234 5678")},
			{Number: "A2", Patch: customer.Patch{Name: text("李强"), Birthday: text("1990-02-30")}},
			{Number: "A3", Patch: customer.Patch{Name: text("赵敏"), City: text("杭州市")}},
			{Number: "A1", Patch: customer.Patch{Name: text("又一个")}},
			{Patch: customer.Patch{Name: text("没有编号")}, Fields: map[string]any{"nowhere": 1}},
			{Patch: customer.Patch{Name: text("没有标签")}, Tags: []string{"不存在"}},
		}}
		got, err := a.Customer.Upsert(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		status := func(got customer.UpsertAnswer) string {
			var s []string
			for _, r := range got.Results {
				s = append(s, r.Status)
				if r.Error != nil {
					s[len(s)-1] += ":" + r.Error.Code
					for _, e := range r.Error.Errors {
						s[len(s)-1] += "," + e.Code
					}
				}
			}
			return strings.Join(s, " ")
		}
		if s := status(got); s != "created failed:invalid,customer.bad_birthday created failed:customer.row_twice failed:invalid,field.unknown failed:invalid,customer.unknown_tag" {
			t.Fatalf("first call: %s", s)
		}
		// Again: nothing changes; then a new phone, a new name, a stale version.
		again, err := a.Customer.Upsert(ctx, customer.UpsertInput{Source: "shop", Items: []customer.Upsert{in.Items[0], in.Items[2]}})
		if err != nil || status(again) != "unchanged unchanged" || *again.Results[0].ID != *got.Results[0].ID || *again.Results[0].Version != *got.Results[0].Version {
			t.Fatalf("again: %s, %v", status(again), err)
		}
		third, err := a.Customer.Upsert(ctx, customer.UpsertInput{Source: "shop", Items: []customer.Upsert{
			{Number: "A1", Contacts: phone("13900000000")},
			{Number: "A3", Version: 77, Patch: customer.Patch{Name: text("赵小敏")}},
			{ID: *got.Results[2].ID + 1000, Patch: customer.Patch{Name: text("谁")}},
			{Number: "A9", Version: 1, Patch: customer.Patch{Name: text("不在")}},
		}})
		if err != nil || status(third) != "updated failed:customer.version_conflict failed:customer.not_found failed:customer.not_found" {
			t.Fatalf("third: %s, %v", status(third), err)
		}
		r, err := a.Customer.Read(ctx, *got.Results[0].ID)
		if err != nil || len(r.Contacts) != 2 || r.Version != *third.Results[0].Version {
			t.Errorf("the record: %+v, %v", r, err)
		}
		// Without the permission nothing is written.
		nobody := auth.With(t.Context(), &auth.Actor{StaffID: 9, Scope: auth.ScopeAll, Permissions: map[auth.Permission]bool{customer.PermEdit: true, customer.PermCreate: true}})
		if _, err := a.Customer.Upsert(nobody, in); !errs.Is(err, "forbidden") {
			t.Errorf("without api.upsert: %v", err)
		}
	})
}

func BenchmarkUpsert(b *testing.B) {
	a := openApp(b, "sqlite")
	ctx := auth.With(b.Context(), auth.System("bench"))
	n := 0
	for b.Loop() {
		in := customer.UpsertInput{Source: "bench"}
		for range 10_000 {
			n++
			name := fmt.Sprint("客户", n)
			in.Items = append(in.Items, customer.Upsert{Number: fmt.Sprint("N", n), Patch: customer.Patch{Name: &name},
				Contacts: []customer.ContactIn{{Kind: customer.ContactPhone, Value: fmt.Sprintf("138%08d", n)}}})
		}
		if got, err := a.Customer.Upsert(ctx, in); err != nil || got.Created != 10_000 {
			b.Fatalf("%+v, %v", got.Failed, err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "customers/s")
}

// An edit that changes nothing leaves the version, also inside a larger transaction.
func TestNothingChangedInsideATransaction(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		id := make2(t, ctx, a, "王芳")[0]
		before, err := a.Customer.Read(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		label := before.Contacts[0].Label
		err = a.DB.InTx(ctx, func(ctx context.Context) error {
			_, err := a.Customer.EditContact(ctx, id, 0, before.Contacts[0].ID, customer.ContactPatch{Label: &label})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		after, err := a.Customer.Read(ctx, id)
		if err != nil || after.Version != before.Version {
			t.Errorf("version %d, before %d, %v", after.Version, before.Version, err)
		}
	})
}
