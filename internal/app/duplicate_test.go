package app

import (
	"context"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/duplicate"
	"zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/tag"
)

func make2(t *testing.T, ctx context.Context, a *App, names ...string) []int64 {
	t.Helper()
	kind := customer.KindPerson
	out := make([]int64, len(names))
	for i, name := range names {
		r, err := a.Customer.Create(ctx, customer.New{
			Patch:    customer.Patch{Name: &name, Kind: &kind},
			Contacts: []customer.ContactIn{{Kind: customer.ContactPhone, Value: "13812345678"}},
		}, customer.WriteOptions{})
		if err != nil {
			t.Fatal(err)
		}
		out[i] = r.ID
	}
	return out
}

func orderOf(t *testing.T, ctx context.Context, a *App, order int64) (customerID int64) {
	t.Helper()
	if err := a.DB.Q(ctx).QueryRowContext(ctx, `SELECT customer_id FROM orders WHERE id = $1`, order).Scan(&customerID); err != nil {
		t.Fatal(err)
	}
	return customerID
}

func addOrder(t *testing.T, ctx context.Context, a *App, id, customerID int64) {
	t.Helper()
	err := a.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := a.DB.Q(ctx).ExecContext(ctx, `INSERT INTO orders (id, source_id, external_id, customer_id, kind, status, paid_at, day, gross_fen, gross_sub,
sales_fen, sales_sub, net_fen, net_sub, freight_fen, quantity_milli, line_count, channel, store, province, city, content_hash, import_id, created_at, updated_at)
VALUES ($1, 1, 'x', $2, 0, 0, 0, 20000, 100, 0, 100, 0, 100, 0, 0, 1000, 1, '', '', '', '', 0, 0, 0, 0)`, id, customerID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestUndoSaysWhatConflicts(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		ids := make2(t, ctx, a, "王芳", "王芳")
		was, now := "老客户", "新备注"
		edit := func(id int64, text *string) {
			t.Helper()
			if _, err := a.Customer.Change(ctx, customer.Edit{ID: id, Patch: customer.Patch{Remark: text}}, customer.WriteOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		edit(ids[1], &was)
		m, err := a.Duplicates.Merge(ctx, duplicate.MergeInput{WinnerID: ids[0], LoserID: ids[1]}, "page")
		if err != nil {
			t.Fatal(err)
		}
		r, err := a.Customer.Read(ctx, ids[0])
		if err != nil || r.Remark != was || len(r.Contacts) != 1 {
			t.Fatalf("after the merge: %+v, %v", r, err)
		}
		if _, err := a.Duplicates.Merge(ctx, duplicate.MergeInput{WinnerID: ids[0], LoserID: ids[1]}, "page"); !errs.Is(err, "customer.not_found") {
			t.Errorf("merged twice: %v", err)
		}
		edit(ids[0], &now)
		_, err = a.Duplicates.Undo(ctx, m.ID, duplicate.UndoInput{})
		if !errs.Is(err, "duplicate.edited_since") || len(errs.From(err).Fields) != 1 || errs.From(err).Fields[0].Path != "remark" {
			t.Fatalf("undo over an edit: %v", err)
		}
		if _, err := a.Customer.Read(ctx, ids[1]); !errs.Is(err, "customer.not_found") {
			t.Errorf("a refused undo brought the customer back: %v", err)
		}
		if _, err := a.Duplicates.Undo(ctx, m.ID, duplicate.UndoInput{KeepEdited: true}); err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{now, was} {
			r, err := a.Customer.Read(ctx, ids[i])
			if err != nil || r.Remark != want || len(r.Contacts) != 1 {
				t.Errorf("customer %d: %+v, %v", i, r, err)
			}
		}
		if _, err := a.Duplicates.Undo(ctx, m.ID, duplicate.UndoInput{}); !errs.Is(err, "duplicate.already_undone") {
			t.Errorf("undone twice: %v", err)
		}
	})
}

// A place is one thing to people: where its city was edited, an undo neither
// calls it by a column nor takes the province away from under it.
func TestUndoKeepsAnEditedPlaceWhole(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		ids := make2(t, ctx, a, "王芳", "王芳")
		edit := func(id int64, p customer.Patch) {
			t.Helper()
			if _, err := a.Customer.Change(ctx, customer.Edit{ID: id, Patch: p}, customer.WriteOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		hangzhou, ningbo, remark := "330100", "330200", "老客户"
		edit(ids[1], customer.Patch{RegionCode: &hangzhou, Remark: &remark})
		m, err := a.Duplicates.Merge(ctx, duplicate.MergeInput{WinnerID: ids[0], LoserID: ids[1]}, "page")
		if err != nil {
			t.Fatal(err)
		}
		edit(ids[0], customer.Patch{RegionCode: &ningbo})
		_, err = a.Duplicates.Undo(ctx, m.ID, duplicate.UndoInput{})
		if !errs.Is(err, "duplicate.edited_since") || len(errs.From(err).Fields) != 1 || errs.From(err).Fields[0].Path != "region" {
			t.Fatalf("undo over an edited place: %v, %+v", err, errs.From(err))
		}
		if _, err := a.Duplicates.Undo(ctx, m.ID, duplicate.UndoInput{KeepEdited: true}); err != nil {
			t.Fatal(err)
		}
		r, err := a.Customer.Read(ctx, ids[0])
		if err != nil || r.RegionCode != ningbo || r.Province != "浙江省" || r.City != "宁波市" || r.Remark != "" {
			t.Errorf("after the undo: %q %q %q, remark %q, %v", r.RegionCode, r.Province, r.City, r.Remark, err)
		}
	})
}

// An import may have looked a customer up before it was merged.
func TestLateRowsFollow(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		ids := make2(t, ctx, a, "王芳", "王芳")
		m, err := a.Duplicates.Merge(ctx, duplicate.MergeInput{WinnerID: ids[0], LoserID: ids[1]}, "page")
		if err != nil {
			t.Fatal(err)
		}
		addOrder(t, ctx, a, 7, ids[1])
		if err := a.Duplicates.Follow(ctx, m.MergedAt); err != nil {
			t.Fatal(err)
		}
		if got := orderOf(t, ctx, a, 7); got != ids[0] {
			t.Errorf("the late order is at %d", got)
		}
		if _, err := a.Duplicates.Undo(ctx, m.ID, duplicate.UndoInput{}); err != nil {
			t.Fatal(err)
		}
		if got := orderOf(t, ctx, a, 7); got != ids[1] {
			t.Errorf("after the undo the late order is at %d", got)
		}
	})
}

func TestScanAndDecide(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		ids := make2(t, ctx, a, "欧阳明月", "欧阳明月", "李强")
		list := func(status string) []duplicate.Pair {
			t.Helper()
			if err := a.Duplicates.Scan(ctx, func(int64, int64, string) {}); err != nil {
				t.Fatal(err)
			}
			p, err := a.Duplicates.List(ctx, duplicate.PairQuery{Status: status, MinScore: 0.5, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			return p.Items
		}
		open := list("open")
		if len(open) == 0 || open[0].A.ID != ids[0] || open[0].B.ID != ids[1] || len(open[0].Reasons) == 0 || open[0].A.Card == nil {
			t.Fatalf("pairs: %+v", open)
		}
		if _, err := a.Duplicates.Decide(ctx, open[0].ID, "different"); err != nil {
			t.Fatal(err)
		}
		for _, p := range list("open") {
			if p.ID == open[0].ID {
				t.Error("a decided pair is open again after a scan")
			}
		}
		if d := list("different"); len(d) != 1 || d[0].ID != open[0].ID {
			t.Errorf("decided pairs: %+v", d)
		}

		// Who looks after one of the two sees the other by name only, and merges neither.
		own := &auth.Actor{StaffID: 99, Scope: auth.ScopeOwn, Permissions: map[auth.Permission]bool{duplicate.PermMerge: true}}
		one, err := a.Duplicates.Decide(ctx, open[0].ID, "open")
		if err != nil || one.Status != "open" {
			t.Fatal(err)
		}
		narrow := auth.With(context.Background(), own)
		if p, err := a.Duplicates.List(narrow, duplicate.PairQuery{Status: "open", MinScore: 0.5, Limit: 10}); err != nil || len(p.Items) != 0 {
			t.Errorf("pairs of others: %+v, %v", p.Items, err)
		}
		if _, err := a.Duplicates.Merge(narrow, duplicate.MergeInput{WinnerID: ids[0], LoserID: ids[1]}, "page"); !errs.Is(err, "customer.not_found") {
			t.Errorf("merged customers of others: %v", err)
		}
		if _, err := a.Duplicates.Decide(narrow, open[0].ID, "different"); !errs.Is(err, "duplicate.no_pair") {
			t.Errorf("decided on customers of others: %v", err)
		}
		for _, id := range ids {
			if _, err := a.Customer.Read(ctx, id); err != nil {
				t.Errorf("customer %d: %v", id, err)
			}
		}
	})
}

// Of two levels that exclude each other the winner's stays; the undo gives the
// loser its own again.
func TestMergeKeepsOneTagOfAnExclusiveGroup(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		ids := make2(t, ctx, a, "王芳", "王芳")
		var tags []int64
		for _, g := range []struct {
			name      string
			exclusive bool
		}{{"等级", true}, {"爱好", false}} {
			group, err := a.Tags.CreateGroup(ctx, tag.GroupIn{Name: field.Label{ZH: g.name}, Exclusive: g.exclusive})
			must(err)
			for _, name := range []string{"甲", "乙"} {
				made, err := a.Tags.Create(ctx, tag.In{GroupID: group.ID, Name: g.name + name})
				must(err)
				tags = append(tags, made.ID)
			}
		}
		for i, id := range ids {
			must(a.DB.InTx(ctx, func(ctx context.Context) error {
				_, err := a.Tags.SetOf(ctx, id, []int64{tags[i], tags[2+i]})
				return err
			}))
		}
		of := func(id int64) (names string) {
			t.Helper()
			m, err := a.Tags.Of(ctx, []int64{id})
			must(err)
			for _, g := range m[id] {
				names += g.Name + " "
			}
			return names
		}
		before := [2]string{of(ids[0]), of(ids[1])}
		m, err := a.Duplicates.Merge(ctx, duplicate.MergeInput{WinnerID: ids[0], LoserID: ids[1]}, "page")
		must(err)
		if got := of(ids[0]); got != "等级甲 爱好乙 爱好甲 " {
			t.Errorf("after the merge: %s", got)
		}
		_, err = a.Duplicates.Undo(ctx, m.ID, duplicate.UndoInput{})
		must(err)
		if after := [2]string{of(ids[0]), of(ids[1])}; after != before {
			t.Errorf("after the undo %v, before %v", after, before)
		}
	})
}
