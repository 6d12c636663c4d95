package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhike/internal/customer"
	"zhike/internal/duplicate"
	"zhike/internal/field"
	"zhike/internal/importer"
	"zhike/internal/lifecycle"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/config"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/rule"
	"zhike/internal/tag"
	"zhike/internal/tiering"
	"zhike/internal/timeline"
)

// columned opens the program with columns in memory.
func columned(t *testing.T, engine string) *App {
	t.Helper()
	cfg := &config.Config{Data: t.TempDir(), TimeZone: "Asia/Shanghai", Locale: "zh-CN", DBConns: 8, ColumnsMaxBytes: 256 << 20, UploadMaxRows: 1e6, UploadMaxBytes: 1 << 30, UnpackedMaxBytes: 1 << 30}
	if engine == "postgres" {
		cfg.DB = config.NewSecret(dbtest.PostgresURL(t))
	}
	a, err := Open(t.Context(), cfg, Options{Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// askAll filters by every field, so that every column is in memory, and gives
// how many lists came from there.
func askAll(t *testing.T, ctx context.Context, a *App) int64 {
	t.Helper()
	fields, err := a.Customer.ListFields(ctx)
	if err != nil {
		t.Fatal(err)
	}
	before := a.Columns.Stats().Answered
	for _, f := range fields.Items {
		if len(f.Operators) == 0 || f.Type == "audience" {
			continue
		}
		n := customer.Node{Field: f.Code, Op: "empty"}
		switch {
		case slices.Contains(f.Operators, "empty"):
		case f.Type == "bool":
			n.Op, n.Value = "is", json.RawMessage("true")
		case f.Type == "time":
			n.Op, n.Value = "last_days", json.RawMessage("1")
		case f.Type == "source":
			n.Op, n.Value = "in", json.RawMessage("[1]")
		case len(f.Options) > 0:
			n.Op, n.Value = "in", json.RawMessage(fmt.Sprintf("[%q]", f.Options[0].Value))
		default:
			n.Op, n.Value = "gte", json.RawMessage("1")
		}
		for _, sort := range []string{"name", "-net_365", "created"} {
			if _, err := a.Customer.Query(ctx, customer.ListQuery{Filter: customer.Filter{Tree: &n}, Sort: sort, Limit: 5}); err != nil {
				t.Fatalf("%s: %v", f.Code, err)
			}
		}
	}
	askFacts(t, ctx, a)
	if err := a.Columns.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	return a.Columns.Stats().Answered - before
}

// askFacts asks for everything that the streams tell, and for what levels and
// stages were.
func askFacts(t *testing.T, ctx context.Context, a *App) {
	t.Helper()
	today, err := a.Customer.Today(ctx)
	if err != nil {
		t.Fatal(err)
	}
	// Behind every day that a step makes the present one: which one it is shows
	// a second late.
	past := (today - 30).String()
	find := func(n customer.Node) {
		t.Helper()
		if _, err := a.Customer.Find(ctx, customer.Who{Rule: &n}); err != nil {
			t.Fatalf("%+v: %v", n, err)
		}
	}
	for _, st := range a.Streams.All() {
		for _, m := range st.Measures {
			find(customer.Node{Facts: &rule.Facts{Stream: st.Code, Agg: "sum", Of: m.Code}, Op: "gte", Value: json.RawMessage("1")})
		}
		for _, d := range st.Dimensions {
			find(customer.Node{Facts: &rule.Facts{Stream: st.Code, Agg: "distinct", Of: d.Code}, Op: "gte", Value: json.RawMessage("1")})
		}
		find(customer.Node{Sequence: &rule.Sequence{First: rule.Facts{Stream: st.Code}, Then: rule.Facts{Stream: st.Code}, Within: 3}})
	}
	find(customer.Node{Field: "stage", Op: "in", Value: json.RawMessage(`["prospect"]`), At: past})
	find(customer.Node{Field: "stage", Op: "changed", Value: json.RawMessage(`{"days":30}`)})
	find(customer.Node{Field: "f.score", Op: "fell", Value: json.RawMessage(`{"by":1,"days":30}`)})
	find(customer.Node{Field: customer.LifecycleField, Op: "in", Value: json.RawMessage(`["new"]`), At: past})
	find(customer.Node{Field: customer.LifecycleField, Op: "changed", Value: json.RawMessage(`{"days":30}`)})
}

// TestEveryWriterTells: whoever writes what lists filter by is followed by the
// columns: they are compared with the database after every kind of write.
func TestEveryWriterTells(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			a := columned(t, engine)
			ctx := auth.With(t.Context(), auth.System("test"))
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			text := func(s string) *string { return &s }
			kind := customer.KindPerson
			var ids []int64
			create := func(n int) {
				for i := range n {
					r, err := a.Customer.Create(ctx, customer.New{Patch: customer.Patch{Name: text(fmt.Sprintf("客户%d", i)), Kind: &kind}}, customer.WriteOptions{})
					must(err)
					ids = append(ids, r.ID)
				}
			}
			create(6)
			score, err := a.Fields.Create(ctx, field.In{Code: "score", Kind: field.Number, Name: field.Label{ZH: "评分"}})
			must(err)
			var tags []int64
			for _, name := range []string{"甲", "乙"} {
				tg, err := a.Tags.Create(ctx, tag.In{GroupID: 1, Name: name})
				must(err)
				tags = append(tags, tg.ID)
			}
			askAll(t, ctx, a)
			if n := askAll(t, ctx, a); n == 0 {
				t.Fatalf("no list came from memory: %+v", a.Columns.Stats())
			}
			day, err := a.Customer.Today(ctx)
			must(err)
			file := func(name string, lines ...string) string {
				path := filepath.Join(t.TempDir(), name)
				must(os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
				return path
			}
			order := func(day string, fen int) string {
				return fmt.Sprintf("D%s,13812345678,王五,%s 10:00:00,%d", day, day, fen)
			}
			var merged duplicate.Merged
			steps := []struct {
				name string
				do   func()
			}{
				{"create", func() { create(2) }},
				{"edit", func() {
					e := customer.Edit{ID: ids[0], Patch: customer.Patch{Name: text("周一"), City: text("杭州市"), Industry: text("零售"), Birthday: text("1990-05-06"), Company: text("甲公司")}}
					_, err := a.Customer.Change(ctx, e, customer.WriteOptions{})
					must(err)
				}},
				{"contact", func() {
					_, err := a.Customer.AddContact(ctx, ids[0], 0, customer.ContactIn{Kind: customer.ContactPhone, Value: "13812345678"}, customer.WriteOptions{})
					must(err)
				}},
				{"relation", func() {
					v, err := a.Customer.Version(ctx, ids[0])
					must(err)
					_, err = a.Customer.AddRelation(ctx, ids[0], v, customer.RelationIn{Kind: "household", OtherID: ids[1]})
					must(err)
				}},
				{"value", func() {
					_, err := a.Customer.EditPart(ctx, ids[0], 0, customer.WriteOptions{}, func(ctx context.Context) ([]customer.Change, error) {
						_, err := a.Fields.Set(ctx, ids[0], map[string]field.Value{score.Code: {Set: true, Num: 7}})
						return []customer.Change{{CustomerID: ids[0], Field: "f.score"}}, err
					})
					must(err)
				}},
				{"tag", func() {
					_, err := a.Customer.EditPart(ctx, ids[0], 0, customer.WriteOptions{}, func(ctx context.Context) ([]customer.Change, error) {
						_, err := a.Tags.AddMany(ctx, ids[:1], tags[:1])
						return []customer.Change{{CustomerID: ids[0], Field: "tag"}}, err
					})
					must(err)
				}},
				{"import of orders, figures", func() {
					_, err := a.Importer.Run(ctx, importer.RunInput{Kind: importer.KindOrders, Source: "shop", Path: file("orders.csv", "订单编号,手机号,收货人,付款时间,实付金额",
						order((day-1).String(), 100), order((day-20).String(), 300), "E1,13900000001,新客,"+(day-2).String()+" 09:00:00,55")})
					must(err)
				}},
				{"behaviours", func() {
					_, err := a.Importer.Run(ctx, importer.RunInput{Kind: importer.KindBehaviours, Source: "shop", Path: file("acts.csv", "行为编号,手机号,行为类型,时间,商品编码,评分",
						"A1,13812345678,加购,"+(day-1).String()+" 09:00:00,P1,", "A2,13900000001,评价,"+(day-1).String()+" 09:00:00,P1,4")})
					must(err)
				}},
				{"orders of somebody else, and products of another category", func() {
					for i, category := range []string{"咖啡", "茶"} {
						_, err := a.Importer.Run(ctx, importer.RunInput{Kind: importer.KindOrders, Source: "shop", Path: file(fmt.Sprint("more", i, ".csv"),
							"订单编号,手机号,收货人,付款时间,实付金额,商品编码,类目,数量",
							fmt.Sprintf("E1,%s,新客,%s 09:00:00,%d,P1,%s,2", []string{"13812345678", "13900000001"}[i], day-2, 60+i, category),
							fmt.Sprintf("E2,13812345678,新客,%s 09:00:00,%d,P1,%s,2", day-3, 60+i, category))})
						must(err)
						askAll(t, ctx, a)
					}
				}},
				{"stage", func() {
					stage := customer.StageProspect
					_, err := a.Customer.Change(ctx, customer.Edit{ID: ids[1], Patch: customer.Patch{Stage: &stage}}, customer.WriteOptions{})
					must(err)
				}},
				{"figures of another day", func() { must(a.Metrics.RefreshAll(ctx, day-10, func(int64, int64) {})) }},
				{"quality", func() { must(a.Quality.Scan(ctx, func(int64, int64) {})) }},
				{"grading", func() {
					_, err := a.Tiering.RunNow(ctx, tiering.RunInput{Scheme: "value-rules"})
					must(err)
				}},
				{"note", func() {
					_, err := a.Timeline.CreateNote(ctx, ids[1], timeline.NoteInput{Kind: "call", Text: "聊过"})
					must(err)
				}},
				{"lifecycle", func() { must(a.Stages.Round(ctx)) }},
				{"a stage by hand", func() {
					must(a.Lifecycle.Decide(ctx, ids[2], lifecycle.DecisionIn{Stage: lifecycle.Mature, Reason: "x"}))
				}},
				{"merge", func() {
					merged, err = a.Duplicates.Merge(ctx, duplicate.MergeInput{WinnerID: ids[2], LoserID: ids[0]}, "page")
					must(err)
				}},
				{"undo of the merge", func() {
					_, err := a.Duplicates.Undo(ctx, merged.ID, duplicate.UndoInput{})
					must(err)
				}},
				{"rows behind a merge", func() {
					merged, err = a.Duplicates.Merge(ctx, duplicate.MergeInput{WinnerID: ids[2], LoserID: ids[1]}, "page")
					must(err)
					// What an import wrote to the one that is gone.
					must(a.DB.InTx(ctx, func(ctx context.Context) error {
						_, err := a.DB.Q(ctx).ExecContext(ctx, `INSERT INTO customer_tags (customer_id, tag_id, added_at, added_by) VALUES ($1, $2, 0, 0)`, ids[1], tags[1])
						return err
					}))
					must(a.Duplicates.Follow(ctx, 0))
				}},
				{"merge of tags", func() {
					_, err := a.Tags.Merge(ctx, tags[0], tags[1])
					must(err)
				}},
				{"names", func() {
					must(a.DB.InTx(ctx, func(ctx context.Context) error {
						_, err := a.DB.Q(ctx).ExecContext(ctx, `UPDATE customers SET sort_name = '' WHERE id = $1`, ids[3])
						return err
					}))
					must(a.Customer.FillSortNames(ctx))
				}},
				{"delete", func() {
					v, err := a.Customer.Version(ctx, ids[4])
					must(err)
					must(a.Customer.Delete(ctx, ids[4], v))
				}},
				{"quality forgets", func() { must(a.Quality.Scan(ctx, func(int64, int64) {})) }},
				{"old entries go", func() { must(a.Customer.CleanFeed(ctx)) }},
			}
			for _, s := range steps {
				before := a.Columns.Stats()
				s.do()
				same, sure, err := a.Columns.Verify(ctx)
				for end := time.Now().Add(20 * time.Second); !sure && err == nil && time.Now().Before(end); {
					must(a.Columns.Settle(ctx))
					askAll(t, ctx, a)
					same, sure, err = a.Columns.Verify(ctx)
				}
				if !same || !sure || err != nil {
					t.Fatalf("after %s: same %v, sure %v, %v", s.name, same, sure, err)
				}
				after := a.Columns.Stats()
				t.Logf("%s: %d customers read again", s.name, after.Followed-before.Followed)
				if after.Rebuilt != before.Rebuilt {
					t.Errorf("%s made the columns be read anew", s.name)
				}
				askAll(t, ctx, a)
			}
		})
	}
}
