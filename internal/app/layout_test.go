package app

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/importer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
)

// twoSystems are files as the other systems export them, contacts and their
// companies; the account comes in the wrong order, the parent below its child.
var twoSystems = map[string][2]string{
	"fxiaoke": {
		"客户编号,客户名称（必填）,客户级别,客户来源,客户状态,成交状态,负责人（必填）,所属公海,上级客户,电话,手机,邮件,传真,网址,国家,省,市,区,详细地址,行业,统一社会信用代码,备注,最后修改时间,我们自己的列\n" +
			"K002,杭州知行科技有限公司,重要,官网,跟进中,已成交,,公海A,知行集团有限公司,0571-88886666,13800138001,hz@example.com,0571-88880000,www.example.com,中国,浙江省,杭州市,西湖区,文三路90号,软件,91350100M000100Y43,长期合作,2026-01-02 10:00,x\n" +
			"K001,知行集团有限公司,重要,官网,跟进中,未成交,,公海A,,0571-88886666,,,,,中国,浙江省,杭州市,,,软件,,,2026-01-02 10:00,\n",
		"姓名,客户名称,职务,部门,手机1,电话,邮件,微信,性别,生日,介绍人,备注,是否主要联系人\n" +
			"王芳,杭州知行科技有限公司,采购总监,采购部,13900139000,0571-88886666,wf@example.com,wf_wx,女,1990-02-28,,爱喝茶,是\n" +
			"李强,知行集团有限公司,总经理,,,,,,男,,,,否\n" +
			"李强,杭州知行科技有限公司,工程师,,,,,,男,,,,\n" +
			"赵敏,还没有的公司,会计,,13700137000,,,,,,,,\n",
	},
	"zoho": {
		"Record Id,Account Owner.id,Account Owner,Account Name,Phone,Website,Parent Account.id,Parent Account,Account Number,Account Type,Industry,Billing Street,Billing City,Billing State,Billing Code,Billing Country,Description,Created Time\n" +
			"zcrm_200,zcrm_1,Amy,杭州知行科技有限公司,0571-88886666,www.example.com,zcrm_100,知行集团有限公司,7,Customer,软件,文三路90号,杭州市,浙江省,310000,China,长期合作,2026-01-02 10:00:00\n" +
			"zcrm_100,zcrm_1,Amy,知行集团有限公司,0571-88886666,,,,8,Prospect,软件,,杭州市,浙江省,,China,,2026-01-02 10:00:00\n",
		"Record Id,Contact Owner,Lead Source,First Name,Last Name,Account Name.id,Account Name,Email,Secondary Email,Title,Department,Phone,Mobile,Date of Birth,Mailing Street,Mailing City,Mailing State,Mailing Zip,Mailing Country,Description\n" +
			"zcrm_301,Amy,Web,芳,王,zcrm_200,杭州知行科技有限公司,wf@example.com,wf2@example.com,采购总监,采购部,0571-88886666,13900139000,1990-02-28,,杭州市,浙江省,,China,爱喝茶\n" +
			"zcrm_302,Amy,Web,John,Smith,,知行集团有限公司,js@example.com,,CEO,,,,,,,,,,\n" +
			"zcrm_303,Amy,Web,敏,赵,zcrm_999,还没有的公司,,,会计,,,13700137000,,,,,,,\n",
	},
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// portrait is what both systems and this one know of a base, without ids.
func portrait(t *testing.T, ctx context.Context, a *App) []string {
	t.Helper()
	lines := func(q string, cells int) (out [][]string) {
		rows, err := a.DB.Q(ctx).QueryContext(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			l, to := make([]string, cells), make([]any, cells)
			for i := range l {
				to[i] = &l[i]
			}
			if err := rows.Scan(to...); err != nil {
				t.Fatal(err)
			}
			out = append(out, l)
		}
		return out
	}
	var out []string
	for _, l := range lines(`SELECT name, company, kind, stage, province, city, industry, remark, gender, birthday FROM customers ORDER BY id`, 10) {
		out = append(out, "customer "+strings.Join(l, "|"))
	}
	for _, l := range lines(`SELECT f.name, f.company, r.kind, t.name, r.title FROM customer_relations r JOIN customers f ON f.id = r.from_id
		JOIN customers t ON t.id = r.to_id ORDER BY r.id`, 5) {
		out = append(out, "relation "+strings.Join(l, "|"))
	}
	open := func(kind, q string) {
		for _, l := range lines(q, 3) {
			k := kind
			if k == "" {
				k = l[2]
			}
			text, err := a.Vault.Open(vault.Kind(k), []byte(l[1]))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(text, "name:") && !strings.HasPrefix(text, "ZK-") {
				out = append(out, k+" "+l[0]+"|"+text)
			}
		}
	}
	open("", `SELECT c.name, k.cipher, k.kind FROM contacts k JOIN customers c ON c.id = k.customer_id ORDER BY k.id`)
	open(string(vault.KindExternalID), `SELECT c.name, k.external_cipher, '' FROM customer_keys k JOIN customers c ON c.id = k.customer_id ORDER BY k.customer_id`)
	sort.Strings(out)
	return out
}

func exportLayout(t *testing.T, ctx context.Context, a *App, layout string) string {
	t.Helper()
	var b bytes.Buffer
	err := a.Customer.WriteExport(ctx, customer.Export{Sort: "id", Format: "csv", Layout: layout, Locale: "zh-CN"}, func(string) io.Writer { return &b })
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b.Bytes(), []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range customer.LayoutByName(layout).Columns {
		if rows[0][i] != c.Title {
			t.Errorf("column %d of %s is %q, want %q", i, layout, rows[0][i], c.Title)
		}
	}
	return b.String()
}

// TestLayoutsRoundTrip imports files of another system, once recognised by
// their titles and once with the layout named, exports the base in the layout
// and imports that into a fresh one: both are the same.
func TestLayoutsRoundTrip(t *testing.T) {
	for system, files := range twoSystems {
		t.Run(system, func(t *testing.T) {
			eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
				run := func(a *App, ctx context.Context, name, text, source, layout string) importer.Result {
					in := importer.RunInput{Kind: importer.KindCustomers, Path: writeFile(t, name+".csv", text), Source: source}
					if layout != "" {
						in.Mapping = &importer.Mapping{Kind: importer.KindCustomers, Layout: layout}
					}
					res, err := a.Importer.Run(ctx, in)
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					if res.Rejected != 0 {
						t.Fatalf("%s: %d rows refused for %v", name, res.Rejected, res.Reasons)
					}
					return res
				}
				// Contacts first: they wait for their companies.
				people := run(a, ctx, "contacts", files[1], system, "")
				if people.Counts.LinksOpen != int64(strings.Count(files[1], "\n")-1) || people.Counts.ColumnsIgnored == 0 {
					t.Errorf("contacts: %+v", people.Counts)
				}
				companies := run(a, ctx, "accounts", files[0], system, system+"_accounts")
				if companies.CustomersCreated != 2 || companies.Counts.LinksOpen != 1 {
					t.Errorf("companies: %d created, %+v", companies.CustomersCreated, companies.Counts)
				}
				again := run(a, ctx, "accounts", files[0], system, system+"_accounts")
				if again.Unchanged != 2 || again.CustomersCreated != 0 {
					t.Errorf("again: %+v", again)
				}
				first := portrait(t, ctx, a)
				for _, want := range []string{
					"relation 杭州知行科技有限公司||parent|知行集团有限公司|",
					"relation 王芳|杭州知行科技有限公司|contact|杭州知行科技有限公司|采购总监",
					"customer 杭州知行科技有限公司||company|customer|浙江省|杭州市|软件|长期合作||",
					"phone 杭州知行科技有限公司|0571-88886666", "phone 知行集团有限公司|0571-88886666", "phone 王芳|0571-88886666",
				} {
					if !slices.Contains(first, want) {
						t.Errorf("there is no %q in\n%s", want, strings.Join(first, "\n"))
					}
				}
				accounts, contacts := exportLayout(t, ctx, a, system+"_accounts"), exportLayout(t, ctx, a, system+"_contacts")
				// Its own export changes nothing.
				for name, text := range map[string]string{"accounts": accounts, "contacts": contacts} {
					if r := run(a, ctx, name, text, system, system+"_"+name); r.Accepted != 0 || r.CustomersCreated != 0 || r.Unchanged == 0 {
						t.Errorf("%s into the base they came from: %+v", name, r)
					}
				}
				// The same files came in again; a fresh base on the same engine.
				eachAppOf(t, a, func(t *testing.T, ctx context.Context, b *App) {
					run(b, ctx, "accounts", accounts, system, "")
					run(b, ctx, "contacts", contacts, system, "")
					second := portrait(t, ctx, b)
					if a, b := strings.Join(first, "\n"), strings.Join(second, "\n"); a != b {
						t.Errorf("first:\n%s\nsecond:\n%s", a, b)
					}
				})
			})
		})
	}
}

// eachAppOf opens a fresh base on the engine of another.
func eachAppOf(t *testing.T, a *App, fn func(t *testing.T, ctx context.Context, b *App)) {
	t.Helper()
	engine := "sqlite"
	if strings.HasPrefix(fmt.Sprint(a.DB.Engine()), "p") {
		engine = "postgres"
	}
	fn(t, auth.With(t.Context(), auth.System("test")), openApp(t, engine))
}

func TestLayoutBadInput(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		file := writeFile(t, "x.csv", "编号,姓名,电话\n1,王芳,13900139000\n")
		for name, c := range map[string]struct {
			kind   importer.Kind
			layout string
			code   string
		}{
			"unknown": {importer.KindCustomers, "sap_accounts", "import.bad_mapping"},
			"orders":  {importer.KindOrders, "zoho_accounts", "import.bad_mapping"},
			"misfit":  {importer.KindCustomers, "zoho_accounts", "import.layout_misfit"},
		} {
			_, err := a.Importer.Run(ctx, importer.RunInput{Kind: c.kind, Path: file, Mapping: &importer.Mapping{Kind: c.kind, Layout: c.layout}})
			if !errs.Is(err, c.code) {
				t.Errorf("%s: %v", name, err)
			}
		}
		err := a.Customer.WriteExport(ctx, customer.Export{Format: "csv", Layout: "sap_accounts", Locale: "en"}, func(string) io.Writer {
			t.Error("a file was begun")
			return io.Discard
		})
		if errs.From(err).Fields[0].Code != "layout.unknown" {
			t.Errorf("export: %v", err)
		}
	})
}

// TestLayoutOwner: an owner named in a file is taken where one member of staff
// has the name and the actor may assign customers.
func TestLayoutOwner(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		err := a.DB.InTx(ctx, func(ctx context.Context) error {
			for _, q := range []string{
				`INSERT INTO departments (id, name, path, created_at, updated_at) VALUES (910, 'a', '/910/', 0, 0)`,
				`INSERT INTO staff (id, login, name, department_id, password_hash, must_change, disabled, auth_version, created_at, updated_at)
				 VALUES (903, 'x1', '小李', 910, '', FALSE, FALSE, 1, 0, 0), (904, 'x2', '老王', 910, '', FALSE, FALSE, 1, 0, 0), (905, 'x3', '老王', 910, '', FALSE, FALSE, 1, 0, 0)`,
			} {
				if _, err := a.DB.Q(ctx).ExecContext(ctx, q); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		importOwners := func(ctx context.Context, rows, source string, owners, stages int64) {
			t.Helper()
			file := writeFile(t, source+".csv", "客户编号,客户名称,客户级别,客户来源,成交状态,负责人,所属公海\n"+rows)
			r, err := a.Importer.Run(ctx, importer.RunInput{Kind: importer.KindCustomers, Path: file, Source: source})
			if err != nil {
				t.Fatal(err)
			}
			// What a row said and nobody could take is told.
			if r.Counts.OwnersLeftOut != owners || r.Counts.StagesLeftOut != stages || r.Rejected != 0 {
				t.Errorf("%s: %d owners and %d stages left out, %d rows refused", source, r.Counts.OwnersLeftOut, r.Counts.StagesLeftOut, r.Rejected)
			}
		}
		clerk := auth.With(t.Context(), &auth.Actor{StaffID: 904, Scope: auth.ScopeAll, Permissions: map[auth.Permission]bool{importer.PermRun: true}})
		importOwners(clerk, "A1,甲公司,,,,小李,\n", "clerk", 0, 0)
		importOwners(ctx, "B1,乙公司,,,谈判中,小李,\nB2,丙公司,,,已成交,老王,\nB3,丁公司,,,,没有这人,\n", "boss", 2, 1)
		for name, want := range map[string]int64{"甲公司": 0, "乙公司": 903, "丙公司": 0, "丁公司": 0} {
			var got int64
			if err := a.DB.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE(owner_id, 0) FROM customers WHERE name = $1`, name).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("%s is owned by %d, want %d", name, got, want)
			}
		}
	})
}
