package audience

import (
	"errors"
	"io"
	"slices"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/customer"
	"zhike/internal/platform/sheet"
)

// lookRows is how many rows of a file decide which column is read.
const lookRows = 200

// columnWords are parts of titles, in lower case, by what such a column holds.
var columnWords = map[string][]string{
	"phone":  {"手机", "电话", "联系方式", "phone", "mobile"},
	"email":  {"邮箱", "邮件", "mail"},
	"member": {"会员", "编号", "卡号", "member", "number"},
	"number": {"客户编号", "customer number", "zk"},
}

// otherWords are parts of titles that have such a word in them and mean another
// thing: numbers that are not the customer's, and what else is kept of a member.
var otherWords = []string{
	"订单", "商品", "门店", "order", "product", "store",
	"名", "昵称", "等级", "级别", "类型", "状态", "日期", "时间", "积分", "生日", "性别",
	"name", "level", "tier", "type", "status", "date", "point", "birthday", "gender",
}

// lines reads the rows of a file: those that decide once more after the decision.
type lines struct {
	file  *sheet.File
	first []sheet.Row
}

// look reads the rows that decide.
func (l *lines) look() error {
	for len(l.first) < lookRows {
		row, err := l.file.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		// The reader uses its cells again.
		l.first = append(l.first, sheet.Row{Cells: slices.Clone(row.Cells), Line: row.Line})
	}
	return nil
}

// next gives a row, and io.EOF after the last.
func (l *lines) next() (sheet.Row, error) {
	if len(l.first) > 0 {
		row := l.first[0]
		l.first = l.first[1:]
		return row, nil
	}
	row, err := l.file.Next()
	if err != nil {
		return sheet.Row{}, err
	}
	return *row, nil
}

// cell is a value of a row, "" where the row is shorter.
func cell(row sheet.Row, column int) string {
	if column >= len(row.Cells) {
		return ""
	}
	text, _ := clean.Text(row.Cells[column])
	return text
}

// column says which column holds what customers are found by, and whether the
// first row are titles: the first that is titled so, or else the one with the
// most values of the kind, or else the first.
func (s *Service) column(rows []sheet.Row, by string) (at int, titled bool) {
	width := 0
	for _, r := range rows {
		width = max(width, len(r.Cells))
	}
	if width < 2 {
		return 0, false
	}
	head := rows[0]
	for i := range width {
		if titles(cell(head, i), by) {
			return i, true
		}
	}
	most := 0
	for i := range width {
		n := 0
		for _, r := range rows {
			if s.telling(cell(r, i), by) {
				n++
			}
		}
		if n > most {
			at, most = i, n
		}
	}
	return at, false
}

// titles is true for the title of a column of a kind; of any where by is auto.
func titles(text, by string) bool {
	text = strings.ToLower(text)
	// A value is not a title; 手机1 is one.
	if text == "" || len([]rune(text)) > 20 || digits(text) > 1 || strings.Contains(text, "@") {
		return false
	}
	for _, w := range otherWords {
		if strings.Contains(text, w) {
			return false
		}
	}
	for kind, words := range columnWords {
		if by != "" && by != "auto" && by != kind {
			continue
		}
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
	}
	return false
}

// digits counts the digits of a text.
func digits(text string) (n int) {
	for _, r := range text {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

// telling is true for a value that says by itself what it is. Member numbers do
// not: any text may be one.
func (s *Service) telling(text, by string) bool {
	phone, mail := clean.LooksLikeMobile(text), clean.LooksLikeEmail(text)
	_, own := customer.OwnNumber(s.Vault, text)
	switch by {
	case "phone":
		return phone
	case "email":
		return mail
	case "number":
		return own
	case "member":
		return false
	}
	return phone || mail || own
}
