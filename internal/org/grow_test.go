package org

import (
	"context"
	"slices"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// A newer program brings shipped roles its new permissions, unless somebody
// made a role the company's own.
func TestShippedRolesGrow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		for _, code := range []string{"agent", "marketer"} {
			r, err := k.s.roleByCode(t.Context(), code)
			if err != nil {
				t.Fatal(err)
			}
			r.permissions = r.permissions[:1]
			if code == "marketer" {
				r.updatedAt++
			}
			err = d.InTx(t.Context(), func(ctx context.Context) error { return k.s.updateRole(ctx, r) })
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := k.s.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		agent, err := k.s.roleByCode(t.Context(), "agent")
		if err != nil {
			t.Fatal(err)
		}
		marketer, err := k.s.roleByCode(t.Context(), "marketer")
		if err != nil {
			t.Fatal(err)
		}
		if len(agent.permissions) < 2 || !slices.Contains(agent.permissions, "customer.view") {
			t.Errorf("agent has %v", agent.permissions)
		}
		if len(marketer.permissions) != 1 {
			t.Errorf("the company's own role was changed: %v", marketer.permissions)
		}
	})
}
