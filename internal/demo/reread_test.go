package demo

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/width"

	"zhike/internal/platform/clock"
)

var asOf = clock.DateDay(2026, time.June, 30)

var mobile = regexp.MustCompile(`^1[3-9]\d{9}$`)

// readTable reads a file that Generate has written, header first, in the
// encoding that its description names.
func readTable(t *testing.T, dir string, info FileInfo) [][]string {
	t.Helper()
	path := filepath.Join(dir, info.Name)
	if info.Encoding == "XLSX" {
		book, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		rows, err := book.GetRows(book.GetSheetName(0))
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows { // GetRows leaves out empty cells at the end
			for len(rows[i]) < len(rows[0]) {
				rows[i] = append(rows[i], "")
			}
		}
		return rows
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	body := string(raw)
	switch info.Encoding {
	case "GB18030":
		if body, err = simplifiedchinese.GB18030.NewDecoder().String(body); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(body, "\r\n") {
			t.Errorf("%s: no CRLF", info.Name)
		}
	case "UTF-8 BOM":
		var ok bool
		if body, ok = strings.CutPrefix(body, "\ufeff"); !ok {
			t.Errorf("%s: no byte order mark", info.Name)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", info.Name, err)
	}
	return rows
}

// plainPhone strips the forms in which a phone may be written.
func plainPhone(s string) string {
	s = strings.NewReplacer("+", "", "-", "", " ", "").Replace(width.Narrow.String(s))
	if len(s) == 13 {
		s = strings.TrimPrefix(s, "86")
	}
	return s
}

// plainFen reads an amount as 分; ok is false for anything that is no amount.
func plainFen(s string) (int64, bool) {
	s = strings.NewReplacer("¥", "", ",", "").Replace(width.Narrow.String(s))
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, false
	}
	if v < 0 {
		return int64(v*100 - 0.5), true
	}
	return int64(v*100 + 0.5), true
}

// plainTime reads a date and time; the zero time stands for an empty cell.
func plainTime(s string, serial bool) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	if serial {
		if v, err := strconv.ParseFloat(s, 64); err == nil {
			at, err := excelize.ExcelDateToTime(v, false)
			return at.Round(time.Second), err == nil
		}
	}
	for _, form := range []string{time.DateTime, "2006/1/2 15:04:05", "2006年1月2日 15:04:05"} {
		if at, err := time.Parse(form, s); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// reader finds cells by the names that a header may have.
type reader struct {
	header []string
	row    []string
}

func (r reader) get(names ...string) string {
	for _, n := range names {
		if i := slices.Index(r.header, n); i >= 0 {
			return strings.TrimSpace(r.row[i])
		}
	}
	return ""
}

// fault gives the reason why a row has to be refused, or "".
func (r reader) fault(info FileInfo) string {
	serial := info.Encoding == "XLSX"
	number := r.get("会员编号", "客户编号", "买家昵称")
	name := r.get("买家姓名", "收货人姓名", "企业名称", "姓名")
	phone := r.get("手机号", "联系手机", "联系电话")
	if number == "" && name == "" && phone == "" {
		return BadBuyer
	}
	if strings.Contains(phone, "E+") {
		return BadPhone
	}
	for _, column := range []string{"下单时间", "付款时间", "订单创建时间", "订单付款时间", "注册时间", "行为时间"} {
		if _, ok := plainTime(r.get(column), serial); !ok {
			return BadDate
		}
	}
	if slices.Contains(r.header, "实付金额") {
		if _, ok := plainFen(r.get("实付金额")); !ok {
			return BadAmount
		}
	}
	if email := r.get("邮箱"); email != "" && !regexp.MustCompile(`^[\w.]+@[A-Za-z.]+$`).MatchString(email) {
		return BadEmail
	}
	if info.Kind == KindBehaviour {
		if !slices.Contains(eventNames[:], r.get("行为类型")) {
			return BadEvent
		}
		if v, err := strconv.Atoi(r.get("评分")); r.get("评分") != "" && (err != nil || v < 1 || v > 5) {
			return BadRating
		}
	}
	return ""
}

// TestManifestCounts reads every file again with a reader that shares nothing
// with the writers, and compares it with the manifest.
func TestManifestCounts(t *testing.T) {
	dir := t.TempDir()
	m, err := Generate(t.Context(), dir, Options{Seed: 7, AsOf: asOf, Customers: 3000, Companies: 120})
	if err != nil {
		t.Fatal(err)
	}
	var stored Manifest
	raw, err := os.ReadFile(filepath.Join(dir, ManifestFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &stored); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(m, stored); d != "" {
		t.Errorf("manifest.json differs from the returned one:\n%s", d)
	}
	if len(m.Files) != 5 {
		t.Fatalf("%d files", len(m.Files))
	}

	orderIDs, net, lines := map[string]string{}, int64(0), 0
	customers, guests := map[string]bool{}, map[string]bool{}
	owner := map[string]string{} // phone → member or company
	var tmallPhones []string
	for _, info := range m.Files {
		rows := readTable(t, dir, info)
		bad, fileNet, fileOrders := map[string]int{}, int64(0), 0
		for k, row := range rows[1:] {
			r := reader{rows[0], row}
			if reason := r.fault(info); reason != "" {
				bad[reason]++
				continue
			}
			if phone := plainPhone(r.get("手机号", "联系手机", "联系电话")); phone != "" && !mobile.MatchString(phone) {
				t.Fatalf("%s row %d: phone has the wrong form", info.Name, k+2)
			}
			switch info.Kind {
			case KindOrders:
				id := r.get("订单编号")
				if in, ok := orderIDs[id]; !ok {
					orderIDs[id] = info.Name
					fileOrders++
				} else if in != info.Name || info.Name == TmallFile {
					t.Fatalf("order id %s is used twice", id)
				}
				lines++
				paid, _ := plainFen(r.get("实付金额"))
				refund, ok := plainFen(r.get("退款金额"))
				if !ok || refund > max(paid, 0) {
					t.Fatalf("%s row %d: refunded %d of %d", info.Name, k+2, refund, paid)
				}
				checkLine(t, r, info.Name, k+2)
				fileNet += paid - refund
				if info.Name == TmallFile {
					tmallPhones = append(tmallPhones, plainPhone(r.get("联系手机")))
				}
			case KindCustomers:
				number := r.get("会员编号")
				if customers[number] {
					t.Fatalf("member %s twice", number)
				}
				customers[number] = true
				if phone := plainPhone(r.get("手机号")); phone != "" {
					if other, ok := owner[phone]; ok {
						t.Fatalf("%s and %s share a phone", other, number)
					}
					owner[phone] = number
				}
			case KindBehaviour:
				if !customers[r.get("会员编号")] {
					t.Fatalf("event of an unknown member %q", r.get("会员编号"))
				}
			}
		}
		if len(rows)-1 != info.Rows || fileOrders != info.Orders || fileNet != info.NetFen {
			t.Errorf("%s: %d rows, %d orders, %d fen; manifest %d, %d, %d", info.Name,
				len(rows)-1, fileOrders, fileNet, info.Rows, info.Orders, info.NetFen)
		}
		if d := cmp.Diff(info.BadRows, bad); d != "" {
			t.Errorf("%s: bad rows (-manifest +file):\n%s", info.Name, d)
		}
		if len(info.Cleaned) < 1 {
			t.Errorf("%s: no cell in another form", info.Name)
		}
		net += fileNet
	}
	for _, phone := range tmallPhones {
		if _, ok := owner[phone]; !ok {
			guests[phone] = true
		}
	}
	if len(orderIDs) != m.Orders || net != m.NetFen {
		t.Errorf("files hold %d orders worth %d; manifest %d, %d", len(orderIDs), net, m.Orders, m.NetFen)
	}
	if len(customers) != m.Members+m.Companies || len(guests) != m.Guests || len(customers)+len(guests) != m.Customers {
		t.Errorf("files hold %d customers and %d guests; manifest %+v", len(customers), len(guests), m)
	}
	if lines > m.OrderLines {
		t.Errorf("%d rows for %d lines", lines, m.OrderLines)
	}
}

// checkLine checks 单价 × 数量 − 优惠金额 = 实付金额 where the row has these.
func checkLine(t *testing.T, r reader, file string, at int) {
	t.Helper()
	price, ok := plainFen(r.get("单价"))
	if !ok || r.get("订单状态") == "已取消" {
		return
	}
	quantity, err := strconv.ParseInt(r.get("数量"), 10, 64)
	discount, _ := plainFen(r.get("优惠金额"))
	paid, _ := plainFen(r.get("实付金额"))
	if err != nil || price*quantity-discount != paid {
		t.Fatalf("%s row %d: %d × %d − %d ≠ %d", file, at, price, quantity, discount, paid)
	}
}
