package app

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"zhike/internal/customer"
)

// Two callers send the same customers at the same moment, more than one part
// holds: each is made once, every row has its answer, and the feed tells each.
func TestUpsertOfTheSameAtOnce(t *testing.T) {
	const n = 3000 // two parts on PostgreSQL
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		call := func(space string) customer.UpsertInput {
			in := customer.UpsertInput{Source: "erp"}
			for i := range n {
				name := fmt.Sprint("客户", i)
				in.Items = append(in.Items, customer.Upsert{Number: space + fmt.Sprint("K", i), Patch: customer.Patch{Name: &name},
					Contacts: []customer.ContactIn{{Kind: customer.ContactPhone, Value: fmt.Sprint(13800000000 + i)}}})
			}
			in.Items[n-1].Number = in.Items[0].Number // in another part than the first
			in.Items[n-2].Contacts[0].Value = "13800"
			return in
		}
		before, err := a.Customer.Feed(ctx, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		var got [2]customer.UpsertAnswer
		var failed [2]error
		var wg sync.WaitGroup
		for k, space := range []string{"", " "} {
			wg.Go(func() { got[k], failed[k] = a.Customer.Upsert(ctx, call(space)) })
		}
		wg.Wait()
		made := 0
		for k := range got {
			if failed[k] != nil {
				t.Fatal(failed[k])
			}
			made += got[k].Created
			if got[k].Failed != 2 || got[k].Updated != 0 || got[k].Created+got[k].Unchanged != n-2 {
				t.Errorf("call %d: %d created, %d updated, %d unchanged, %d failed", k, got[k].Created, got[k].Updated, got[k].Unchanged, got[k].Failed)
			}
			if e := got[k].Results[n-1].Error; e == nil || e.Code != "customer.row_twice" {
				t.Errorf("call %d, the number that was there before: %+v", k, e)
			}
			if e := got[k].Results[n-2].Error; e == nil || len(e.Errors) != 1 || e.Errors[0].Path != "contacts[0].value" {
				t.Errorf("call %d, the bad phone: %+v", k, e)
			}
		}
		if made != n-2 {
			t.Errorf("%d were made, want %d", made, n-2)
		}
		told := map[int64]int{}
		for cursor := before.NextCursor; ; {
			p, err := a.Customer.Feed(ctx, cursor, 1000)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range p.Items {
				told[e.CustomerID]++
			}
			if cursor = p.NextCursor; !p.More {
				break
			}
		}
		for i := range n - 2 {
			one, two := got[0].Results[i], got[1].Results[i]
			if one.Index != i || one.ID == nil || two.ID == nil || *one.ID != *two.ID || told[*one.ID] != 1 {
				t.Fatalf("row %d: %+v and %+v", i, one, two)
			}
		}
		r, err := a.Customer.Read(ctx, *got[0].Results[7].ID)
		if err != nil || len(r.Contacts) != 1 || !r.Contacts[0].Primary || r.Version != 1 {
			t.Errorf("the record: %+v, %v", r, err)
		}
	})
}
