package app

import (
	"context"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// TestDoctorTellsOfAddresses that the job of regions could not open.
func TestDoctorTellsOfAddresses(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		records := func() Check {
			d := &doctor{locale: "zh-CN"}
			d.records(ctx, a.DB)
			return d.checks[0]
		}
		if c := records(); c.Status != StatusOK {
			t.Fatalf("%+v", c)
		}
		name := "甲"
		made, err := a.Customer.Create(ctx, customer.New{Patch: customer.Patch{Name: &name}, Contacts: []customer.ContactIn{{Kind: customer.ContactAddress, Value: "文三路 1 号"}}}, customer.WriteOptions{})
		must(t, err)
		exec := func(text string, args ...any) {
			must(t, a.DB.InTx(ctx, func(ctx context.Context) error {
				_, err := a.DB.Q(ctx).ExecContext(ctx, text, args...)
				return db.MapError(err)
			}))
		}
		exec(`UPDATE contacts SET cipher = $1`, []byte("broken"))
		exec(`UPDATE customer_place_fill SET until_id = $1`, made.ID)
		must(t, a.Customer.FillPlaces(ctx))
		if c := records(); c.Status != StatusWarning || !strings.Contains(c.Detail, "1 位客户的地址打不开") || c.Fix == "" || strings.Contains(c.Fix, "doctor.") {
			t.Errorf("%+v", c)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v %+v", err, errs.From(err).Fields)
	}
}
