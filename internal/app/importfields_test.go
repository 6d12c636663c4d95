package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"zhike/internal/field"
	"zhike/internal/importer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/tag"
)

// importBase has custom fields of several kinds and two groups of tags.
func importBase(t *testing.T, ctx context.Context, a *App) {
	t.Helper()
	for _, in := range []field.In{
		{Code: "grade", Kind: field.Choice, Name: field.Label{ZH: "客户分级", EN: "Grade"}, Options: []field.Option{
			{Code: "a", Label: field.Label{ZH: "重点", EN: "Key"}}, {Code: "b", Label: field.Label{ZH: "普通"}}, {Code: "c", Label: field.Label{ZH: "旧档"}}}},
		{Code: "tables", Kind: field.Number, Name: field.Label{ZH: "桌数"}, Unit: "张"},
		{Code: "since", Kind: field.Date, Name: field.Label{ZH: "入会日"}},
		{Code: "budget", Kind: field.Money, Name: field.Label{ZH: "年预算"}},
		{Code: "likes", Kind: field.MultiChoice, Name: field.Label{ZH: "喜好"}, Options: []field.Option{
			{Code: "tea", Label: field.Label{ZH: "茶"}}, {Code: "coffee", Label: field.Label{ZH: "咖啡"}}}},
		{Code: "guide", Kind: field.Reference, Target: field.TargetCustomer, Name: field.Label{ZH: "介绍人"}},
	} {
		if _, err := a.Fields.Create(ctx, in); err != nil {
			t.Fatal(err)
		}
	}
	level, err := a.Tags.CreateGroup(ctx, tag.GroupIn{Name: field.Label{ZH: "试阶段"}, Exclusive: true})
	if err != nil {
		t.Fatal(err)
	}
	trade, err := a.Tags.CreateGroup(ctx, tag.GroupIn{Name: field.Label{ZH: "试行业"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []tag.In{{GroupID: level.ID, Name: "新"}, {GroupID: level.ID, Name: "老"}, {GroupID: trade.ID, Name: "餐饮"}, {GroupID: trade.ID, Name: "停用的"}} {
		made, err := a.Tags.Create(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		if in.Name == "停用的" {
			yes := true
			if _, err := a.Tags.Update(ctx, made.ID, tag.Patch{Retired: &yes}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// held is what the customers of a base have of custom fields and tags.
func held(t *testing.T, ctx context.Context, a *App) string {
	t.Helper()
	rows, err := a.DB.Q(ctx).QueryContext(ctx, `SELECT id, name FROM customers ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var ids []int64
	names := map[int64]string{}
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			t.Fatal(err)
		}
		ids, names[id] = append(ids, id), name
	}
	values, err := a.Fields.Values(ctx, ids)
	if err != nil {
		t.Fatal(err)
	}
	tags, err := a.Tags.Of(ctx, ids)
	if err != nil {
		t.Fatal(err)
	}
	set, err := a.Fields.Definitions(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, id := range ids {
		line := names[id] + ":"
		for _, d := range set.All() {
			if v, ok := values[id][d.Code]; ok {
				line += " " + d.Code + "=" + d.Format(v, "zh-CN", names)
			}
		}
		for _, t := range tags[id] {
			line += " #" + t.Name
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

const fieldsFile = "客户编号,姓名,手机,Grade,桌数,field.since,年预算,喜好,介绍人,标签\n" +
	"1,王芳,13800138001,重点,12张,2024/3/5,\"¥1,200.50\",茶;咖啡,,新、试行业/餐饮\n" +
	"2,李强,13800138002,b,3,,,,王芳,老，没有的\n" +
	"3,赵敏,13800138003,没有的级,3,,,,,\n" +
	"4,钱多,13800138004,,三张,,,,,\n" +
	"5,孙一,13800138005,,,,,,,新、老\n" +
	"6,周二,13800138006,,,,,,,停用的\n"

// TestImportFields imports custom fields and tags by their titles alone: what is
// right is written once, what is wrong is refused with a reason, and the same
// file again changes nothing.
func TestImportFields(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		importBase(t, ctx, a)
		run := func(text string, dry bool, m *importer.Mapping) importer.Result {
			t.Helper()
			res, err := a.Importer.Run(ctx, importer.RunInput{Kind: importer.KindCustomers, Path: writeFile(t, "c.csv", text), Source: "crm", DryRun: dry, Mapping: m})
			if err != nil {
				t.Fatal(err)
			}
			return res
		}
		// The reference is to a customer who is there before.
		run("客户编号,姓名,手机\n1,王芳,13800138001\n", false, nil)
		try := run(fieldsFile, true, nil)
		if got := held(t, ctx, a); got != "王芳:" {
			t.Fatalf("a dry run wrote %s", got)
		}
		res := run(fieldsFile, false, nil)
		for name, r := range map[string]importer.Result{"dry": try, "real": res} {
			if r.Accepted != 3 || r.Rejected != 3 || r.Unchanged != 0 || r.Counts.TagsLeftOut != 2 || r.CustomersCreated != 2 {
				t.Errorf("%s: %+v", name, r)
			}
			if fmt.Sprint(r.Reasons) != "map[field.bad_number:1 import.unknown_option:1 tag.exclusive:1]" {
				t.Errorf("%s: %v", name, r.Reasons)
			}
		}
		want := "王芳: grade=重点 tables=12 since=2024-03-05 budget=1200.50 likes=茶; 咖啡 #新 #餐饮\n李强: grade=普通 tables=3 guide=王芳 #老\n周二:"
		if got := held(t, ctx, a); got != want {
			t.Errorf("held\n%s\nwant\n%s", got, want)
		}
		b, err := os.ReadFile(res.ErrorFile)
		if err != nil || !strings.Contains(string(b), "「客户分级」没有这个选项。改成其中一个：重点, 普通, 旧档") {
			t.Errorf("%v in\n%s", err, b)
		}
		view, err := a.Importer.Get(ctx, res.ImportID, "zh-CN")
		if err != nil || fmt.Sprint(view.LeftTags) != "[{停用的 1} {没有的 1}]" {
			t.Errorf("left tags %v, %v", view.LeftTags, err)
		}
		// Again: the same, and no version, history or feed moves.
		state := func() string {
			return fmt.Sprint(one(t, ctx, a, `SELECT COUNT(*) FROM customer_changes`), one(t, ctx, a, `SELECT SUM(version) FROM customers`), one(t, ctx, a, `SELECT COUNT(*) FROM customer_feed`))
		}
		before := state()
		for _, dry := range []bool{true, false} {
			if r := run(fieldsFile, dry, nil); r.Unchanged != 3 || r.Accepted != 0 || r.Rejected != 3 {
				t.Errorf("again: %+v", r)
			}
		}
		if after := state(); after != before {
			t.Errorf("again moved %s to %s", before, after)
		}
		// Nor does it in a program that has just started.
		b2 := reopen(t, a)
		if r, err := b2.Importer.Run(ctx, importer.RunInput{Kind: importer.KindCustomers, Path: writeFile(t, "c.csv", "客户编号,标签\n1,新、试行业/餐饮\n"), Source: "crm"}); err != nil || r.Unchanged != 1 || state() != before {
			t.Errorf("by another process: %+v, %v, %s", r, err, state())
		}
		// A changed file: history and feed know it, the exclusive tag takes the other's place.
		r := run("客户编号,客户分级,标签\n1,普通,老\n2,,\n", false, nil)
		if r.Accepted != 1 || r.Unchanged != 1 || r.Counts.CustomersUpdated != 1 {
			t.Errorf("changed: %+v", r)
		}
		if got := strings.Split(held(t, ctx, a), "\n")[0]; got != "王芳: grade=普通 tables=12 since=2024-03-05 budget=1200.50 likes=茶; 咖啡 #老 #餐饮" {
			t.Errorf("changed: %s", got)
		}
		if n := one(t, ctx, a, `SELECT COUNT(*) FROM customer_changes WHERE origin = 'import' AND field IN ('f.grade', 'tag')`); n != 6 {
			t.Errorf("%d entries of history", n)
		}
		if after := state(); strings.Fields(after)[2] == strings.Fields(before)[2] {
			t.Error("the feed did not hear of the change")
		}
	})
}

// reopen is another process on the same base.
func reopen(t *testing.T, a *App) *App {
	t.Helper()
	b, err := Open(t.Context(), a.Config, Options{Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func one(t *testing.T, ctx context.Context, a *App, q string, args ...any) (n int64) {
	t.Helper()
	if err := a.DB.Q(ctx).QueryRowContext(ctx, q, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return n
}

// TestImportNewTags: a dry run tells what would be made and makes nothing; the
// group is the one chosen unless the cell names another; a retired option stays
// with whom it has and is given to nobody else.
func TestImportNewTags(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		importBase(t, ctx, a)
		file := "客户编号,姓名,分级,标签\n1,王芳,旧档,甲、试地区/华东\n2,李强,,甲、乙\n"
		m := importer.Mapping{Kind: importer.KindCustomers, Columns: map[string]importer.Meaning{
			"客户编号": importer.BuyerID, "姓名": importer.BuyerName, "分级": "field.grade", "标签": importer.Tags,
		}, Rules: importer.Rules{NewTags: "create", TagGroup: "试行业"}}
		run := func(text string, dry bool) importer.Result {
			t.Helper()
			given := m
			res, err := a.Importer.Run(ctx, importer.RunInput{Kind: m.Kind, Path: writeFile(t, "c.csv", text), Source: "crm", DryRun: dry, Mapping: &given})
			if err != nil {
				t.Fatal(err)
			}
			return res
		}
		if r := run(file, true); r.Counts.TagsMade != 3 || r.Counts.TagsLeftOut != 0 || one(t, ctx, a, `SELECT COUNT(*) FROM tags`) != 4 {
			t.Errorf("dry: %+v", r.Counts)
		}
		if r := run(file, false); r.Counts.TagsMade != 3 || r.Accepted != 2 {
			t.Errorf("real: %+v", r)
		}
		c, err := a.Tags.Catalogue(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for name, group := range map[string]string{"甲": "试行业", "乙": "试行业", "华东": "试地区"} {
			if tg := c.Named(name); tg == nil || c.Group(tg.GroupID).Name.ZH != group {
				t.Errorf("%s: %+v", name, tg)
			}
		}
		set, err := a.Fields.Definitions(ctx)
		if err != nil {
			t.Fatal(err)
		}
		d := set.Code("grade")
		options := slices.Clone(d.Options)
		options[2].Retired = true
		if _, err := a.Fields.Update(ctx, d.ID, field.Patch{Options: &options}); err != nil {
			t.Fatal(err)
		}
		if r := run(file, false); r.Unchanged != 2 || r.Rejected != 0 {
			t.Errorf("with a retired option: %+v", r)
		}
		if r := run("客户编号,姓名,分级,标签\n1,王芳,旧档,\n2,李强,旧档,\n", false); r.Unchanged != 1 || r.Reasons["field.option_retired"] != 1 {
			t.Errorf("a retired option for another: %+v", r)
		}
		// A field that is gone is named.
		m.Columns["分级"] = "field.nowhere"
		given := m
		_, err = a.Importer.Run(ctx, importer.RunInput{Kind: m.Kind, Path: writeFile(t, "c.csv", file), Mapping: &given})
		if !errs.Is(err, "import.bad_mapping") || errs.From(err).Fields[0].Code != "import.unknown_field" {
			t.Errorf("a field that is not there: %v", err)
		}
		// Whoever may not give tags imports none; whoever may not make them is told so.
		can := func(p ...auth.Permission) context.Context {
			actor := &auth.Actor{StaffID: 9, Scope: auth.ScopeAll, Permissions: map[auth.Permission]bool{importer.PermRun: true}}
			for _, one := range p {
				actor.Permissions[one] = true
			}
			return auth.With(t.Context(), actor)
		}
		m.Columns = map[string]importer.Meaning{"客户编号": importer.BuyerID, "标签": importer.Tags}
		given = m
		_, err = a.Importer.Run(can(tag.PermAssign), importer.RunInput{Kind: m.Kind, Path: writeFile(t, "d.csv", "客户编号,标签\n9,丙\n"), Mapping: &given})
		if !errs.Is(err, "import.bad_mapping") || errs.From(err).Fields[0].Code != "import.may_not_make_tags" {
			t.Errorf("without tag.manage: %v", err)
		}
		given.Columns = map[string]importer.Meaning{"客户编号": importer.BuyerID, "标签": importer.Tags}
		res, err := a.Importer.Run(can(), importer.RunInput{Kind: m.Kind, Path: writeFile(t, "e.csv", "客户编号,标签\n9,甲\n"), Mapping: &given})
		if err != nil || res.Counts.ColumnsIgnored != 1 {
			t.Errorf("without tag.assign: %+v, %v", res, err)
		}
	})
}

// TestImportOrdersWithFields: a file of orders may say them too.
func TestImportOrdersWithFields(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		importBase(t, ctx, a)
		file := "订单编号,付款时间,实付金额,买家手机,客户分级,标签\nA1,2026-01-02,10,13800138001,普通,新\nA2,2026-01-03,20,13800138001,重点,老\n"
		for i, want := range []int64{2, 0} {
			res, err := a.Importer.Run(ctx, importer.RunInput{Kind: importer.KindOrders, Path: writeFile(t, "o.csv", file), Source: "shop"})
			if err != nil || res.Accepted != want || res.Rejected != 0 {
				t.Errorf("time %d: %+v, %v", i, res, err)
			}
			if got := held(t, ctx, a); !strings.HasSuffix(got, ": grade=重点 #老") {
				t.Errorf("held %q", got)
			}
		}
	})
}

// TestImportAlike: a dry run tells who looks like others, of colleagues'
// customers by name only; the import makes the pairs and the list narrows to it.
func TestImportAlike(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		run := func(text, source string, dry bool) importer.Result {
			t.Helper()
			res, err := a.Importer.Run(ctx, importer.RunInput{Kind: importer.KindCustomers, Path: writeFile(t, "c.csv", text), Source: source, DryRun: dry})
			if err != nil {
				t.Fatal(err)
			}
			return res
		}
		run("客户编号,姓名,手机,生日,城市\n1,王小芳,13800138001,1990-02-03,杭州市\n2,李强国,13800138002,1980-05-06,南京市\n", "crm", false)
		file := "客户编号,姓名,手机,生日,城市\nx1,王晓芳,13912345678,1990-02-03,杭州市\nx2,赵子龙,13700000001,1991-01-02,成都市\nx3,赵子龙,13655558888,1991-01-02,成都市\nx4,谁都不像,13500001111,1970-09-09,昆明市\n"
		res := run(file, "fair", true)
		if res.Counts.Compared != 4 || res.Counts.Alike != 2 {
			t.Fatalf("%+v", res.Counts)
		}
		view, err := a.Importer.Get(ctx, res.ImportID, "zh-CN")
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, x := range view.Alike {
			got = append(got, fmt.Sprint(x.Line, x.Name, " ", x.OtherLine, x.OtherName, " ", x.OtherID != 0, x.Visible, len(x.Reasons) > 1))
		}
		slices.Sort(got)
		if fmt.Sprint(got) != "[2王晓芳 0王小芳 true true true 4赵子龙 3赵子龙 false false true]" {
			t.Errorf("alike: %v", got)
		}
		own := auth.With(t.Context(), &auth.Actor{StaffID: 7, Scope: auth.ScopeOwn, Permissions: map[auth.Permission]bool{importer.PermRun: true, importer.PermView: true}})
		if v, err := a.Importer.Get(own, res.ImportID, "zh-CN"); err != nil || len(v.Alike) != 2 || v.Alike[0].Visible || v.Alike[1].Visible {
			t.Errorf("for a colleague: %+v, %v", v.Alike, err)
		}
		viewer := auth.With(t.Context(), &auth.Actor{StaffID: 7, Scope: auth.ScopeAll, Permissions: map[auth.Permission]bool{importer.PermView: true}})
		if v, err := a.Importer.Get(viewer, res.ImportID, "zh-CN"); err != nil || len(v.Alike) != 0 {
			t.Errorf("without import.run: %+v, %v", v.Alike, err)
		}
		real := run(file, "fair", false)
		pairs, err := a.Duplicates.OfImport(ctx, real.ImportID)
		if err != nil || pairs.Open != 2 || len(pairs.Examples) != 2 || real.Counts.Compared != 4 {
			t.Fatalf("%+v, %v", pairs, err)
		}
		// The first import made one side of one pair.
		first := one(t, ctx, a, `SELECT MIN(id) FROM imports`)
		if pairs, err := a.Duplicates.OfImport(ctx, first); err != nil || pairs.Open != 1 {
			t.Errorf("of the first: %+v, %v", pairs, err)
		}
		// A decision stands when the file comes again and when all is scanned.
		if _, err := a.Duplicates.Decide(ctx, pairs.Examples[0].ID, "different"); err != nil {
			t.Fatal(err)
		}
		if err := a.Duplicates.Made(ctx, []int64{3, 4, 5, 6}, func(int64, int64) {}); err != nil {
			t.Fatal(err)
		}
		if pairs, err := a.Duplicates.OfImport(ctx, real.ImportID); err != nil || pairs.Open != 1 {
			t.Errorf("after a decision: %+v, %v", pairs, err)
		}
		if n := one(t, ctx, a, `SELECT COUNT(*) FROM duplicate_pairs`); n != 2 {
			t.Errorf("%d pairs", n)
		}
	})
}
