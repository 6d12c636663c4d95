package tiering

import (
	"context"
	"slices"
	"testing"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

// Whoever sees less than everybody sees those customers and no sums.
func TestRowScope(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		smallCompany().store(t, d)
		s, ctx := newTestService(t, d)
		runNow(t, ctx, s, "value-rules", "2024-01-31")
		run := runNow(t, ctx, s, "value-rules", "2024-02-29")
		err := d.InTx(ctx, func(ctx context.Context) error {
			for _, q := range []string{
				`UPDATE customers SET owner_id = 7 WHERE id IN (1, 5)`, `UPDATE customers SET department_id = 3 WHERE id IN (2, 9)`,
			} {
				if _, err := d.Q(ctx).ExecContext(ctx, q); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		ids := func(list []Member) (out []int64) {
			for _, m := range list {
				out = append(out, m.CustomerID)
			}
			slices.Sort(out)
			return out
		}
		own := auth.With(ctx, &auth.Actor{StaffID: 7, Scope: auth.ScopeOwn})
		dep := auth.With(ctx, &auth.Actor{StaffID: 7, Scope: auth.ScopeDepartment, DepartmentIDs: []int64{3, 4}})
		for _, tt := range []struct {
			name string
			ctx  context.Context
			f    MemberFilter
			want []int64
		}{
			{"own", own, MemberFilter{}, []int64{1, 5}},
			{"department", dep, MemberFilter{}, []int64{1, 2, 5, 9}},
			{"department, down", dep, MemberFilter{Move: "down"}, []int64{9}},
			{"own, down", own, MemberFilter{Move: "down"}, nil},
			{"own, fell", own, MemberFilter{Move: "fell"}, nil},
			{"department, fell", dep, MemberFilter{Move: "fell"}, []int64{9}},
			{"own, high", own, MemberFilter{Level: "high"}, []int64{1}},
			{"nobody", context.Background(), MemberFilter{}, nil},
		} {
			for _, page := range []int{1, 50} {
				if got := ids(allMembers(t, tt.ctx, s, run.ID, tt.f, page)); !slices.Equal(got, tt.want) {
					t.Errorf("%s by %d: %v, want %v", tt.name, page, got, tt.want)
				}
			}
		}
		if _, err := s.Explain(own, run.ID, 5, i18n.En); err != nil {
			t.Error(err)
		}
		if _, err := s.Explain(own, run.ID, 9, i18n.En); !errs.Is(err, "tier.not_graded") {
			t.Errorf("another's customer: %v", err)
		}
		if _, err := s.Report(dep, run.ID, i18n.En); !errs.Is(err, "tier.report_scope") {
			t.Errorf("report: %v", err)
		}
		if d, err := s.runPage(own, run.ID); err != nil || d.Summary != nil || d.Moves != nil {
			t.Errorf("run page: %+v, %v", d, err)
		}
	})
}
