package demo

import (
	"fmt"
	"slices"
	"strings"
)

// soilRate is the share of rows with a cell that is written in another form.
const soilRate = 0.008

// fields are the columns of a file by what they hold; −1 where there is none.
type fields struct {
	number, name, phone int
	ordered, paidAt     int
	amount, email, kind int
	rating              int
	spare               []int // further columns that name the buyer: emptied in rows without a buyer
	dateCells           bool  // dates are cells of a spreadsheet, not text
}

// columnsOf finds columns by header; a name that is not in the header gives −1.
func columnsOf(header []string, f map[string]*int) {
	for name, at := range f {
		*at = slices.Index(header, name)
	}
}

// dirt makes a file look as if people had kept it, and counts what it did.
type dirt struct {
	r      random
	info   *FileInfo
	fields fields
	bad    []badRow // in order of position
}

type badRow struct {
	position int // written before the group with this index
	reason   string
}

// newDirt plans the bad rows of a file that has groups of rows (orders, members
// or events). counts lists reasons and how many of each, in a fixed order.
func newDirt(seed, file uint64, info *FileInfo, f fields, groups int, counts []badRow) *dirt {
	d := &dirt{r: newRandom(seed, streamDirt, file), info: info, fields: f}
	info.BadRows, info.Cleaned = map[string]int{}, map[string]int{}
	if groups == 0 {
		return d
	}
	for _, c := range counts {
		for range c.position {
			d.bad = append(d.bad, badRow{d.r.IntN(groups), c.reason})
		}
	}
	slices.SortStableFunc(d.bad, func(a, b badRow) int { return a.position - b.position })
	return d
}

// due takes the next bad row that stands before a group.
func (d *dirt) due(position int) (reason string, ok bool) {
	if len(d.bad) == 0 || d.bad[0].position > position {
		return "", false
	}
	reason = d.bad[0].reason
	d.bad = d.bad[1:]
	d.info.BadRows[reason]++
	d.info.Rows++
	return reason, true
}

// soil now and then writes one cell of a good row in another form.
func (d *dirt) soil(row []cell) {
	d.info.Rows++
	if !d.r.chance(soilRate) {
		return
	}
	f := d.fields
	switch d.r.IntN(5) {
	case 0:
		if f.phone >= 0 && len(row[f.phone].text) == 11 {
			p := row[f.phone].text
			if d.r.chance(0.4) {
				d.change(row, f.phone, CleanWidePhone, wide(p))
			} else {
				forms := []string{"+86 %s-%s-%s", "%s %s %s", "86-%s%s%s", "%s-%s-%s"}
				form := forms[d.r.IntN(len(forms))]
				d.change(row, f.phone, CleanFormPhone, fmt.Sprintf(form, p[:3], p[3:7], p[7:]))
			}
		}
	case 1:
		if f.name >= 0 && !row[f.name].empty() {
			d.change(row, f.name, CleanSpacedName, d.spaced(row[f.name].text))
		}
	case 2:
		if f.amount >= 0 && row[f.amount].kind == cellFen {
			if d.r.chance(0.3) {
				d.change(row, f.amount, CleanWideMoney, wide(row[f.amount].String()))
			} else {
				d.change(row, f.amount, CleanMoney, currency(row[f.amount].n))
			}
		}
	case 3:
		at := f.paidAt
		if at < 0 {
			at = f.ordered
		}
		if at >= 0 && row[at].kind == cellTime {
			d.redate(row, at)
		}
	case 4:
		if f.email >= 0 && !row[f.email].empty() {
			local, domain, _ := strings.Cut(row[f.email].text, "@")
			d.change(row, f.email, CleanMailCapital, strings.ToUpper(local[:1])+local[1:]+"@"+strings.ToUpper(domain))
		}
	}
}

func (d *dirt) change(row []cell, at int, kind, value string) {
	row[at] = text(value)
	d.info.Cleaned[kind]++
}

// redate writes an instant in another form, to the second.
func (d *dirt) redate(row []cell, at int) {
	if d.fields.dateCells {
		d.change(row, at, CleanDateText, row[at].String())
		return
	}
	day, second := civil(row[at].n)
	y, m, dd := day.Date()
	if d.r.chance(0.5) {
		d.change(row, at, CleanDateForm, fmt.Sprintf("%d/%d/%d %d:%02d:%02d", y, m, dd, second/3600, second/60%60, second%60))
		return
	}
	d.change(row, at, CleanDateForm, fmt.Sprintf("%d年%d月%d日 %s", y, m, dd, appendClock(nil, second)))
}

// spaced puts a space into a name or around it; \u3000 is the full-width space.
func (d *dirt) spaced(name string) string {
	runes := []rune(name)
	switch d.r.IntN(4) {
	case 0:
		return " " + name
	case 1:
		return name + "\u3000"
	case 2:
		if len(runes) == 2 {
			return string(runes[:1]) + " " + string(runes[1:])
		}
	}
	return "\u3000" + name + " "
}

// spoil makes a row wrong for the given reason. Every other cell stays good, so
// that the reason is the only one.
func (d *dirt) spoil(row []cell, reason string) {
	f := d.fields
	set := func(at int, value string) {
		if at >= 0 {
			row[at] = text(value)
		}
	}
	switch reason {
	case BadPhone:
		set(f.phone, []string{"1.54E+10", "1.6E+10", "1.94E+10"}[d.r.IntN(3)])
		set(f.number, "")
		set(f.email, "")
	case BadDate:
		forms := []string{"-02-30 10:15:00", "-06-31 09:20:00", "-13-05 12:00:00", "-11-11 25:61:00"}
		value := []string{"2024", "2025", "2026"}[d.r.IntN(3)] + forms[d.r.IntN(len(forms))]
		set(f.ordered, value)
		set(f.paidAt, value)
	case BadBuyer:
		set(f.number, "")
		set(f.name, "")
		set(f.phone, "")
		for _, at := range f.spare {
			set(at, "")
		}
	case BadAmount:
		set(f.amount, []string{"待核", "面议", "#VALUE!"}[d.r.IntN(3)])
	case BadEmail:
		set(f.email, []string{"无邮箱@", "@example.com", "li.wei#example.com"}[d.r.IntN(3)])
	case BadEvent:
		set(f.kind, []string{"未知", "心跳", "test"}[d.r.IntN(3)])
	case BadRating:
		set(f.kind, eventNames[eventReview])
		set(f.rating, []string{"11", "-1", "五"}[d.r.IntN(3)])
	}
}

// wide writes ASCII as full-width characters.
func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xfee0
		}
		return r
	}, s)
}

// currency writes 分 as "¥1,280.00".
func currency(fen int64) string {
	plain := string(appendYuan(nil, max(fen, -fen)))
	whole, cents, _ := strings.Cut(plain, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	sign := ""
	if fen < 0 {
		sign = "-"
	}
	return sign + "¥" + whole + "." + cents
}
