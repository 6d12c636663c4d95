package demo

import (
	"errors"
	"path/filepath"
)

var (
	customersHeader = []string{
		"会员编号", "姓名", "客户类型", "性别", "手机号", "邮箱", "出生日期", "统一社会信用代码", "联系人", "省份", "城市",
		"详细地址", "注册时间", "会员等级", "偏好渠道", "备注",
	}
	behaviourHeader = []string{
		"事件编号", "会员编号", "行为类型", "行为时间", "商品编码", "商品名称", "类目", "评分", "评价内容", "渠道",
	}

	customersBad = []badRow{{6, BadPhone}, {5, BadEmail}, {3, BadBuyer}}
	behaviourBad = []badRow{{5, BadDate}, {6, BadBuyer}, {4, BadEvent}, {3, BadRating}}
)

var sexNames = map[int]string{0: "男", 1: "女"}

// preferredChannels are how customers like to be reached.
var preferredChannels = []string{"短信", "微信", "电话", "邮件", ""}

func (g *generator) writeCustomers(dir string) (FileInfo, error) {
	info := FileInfo{Name: CustomersFile, Kind: KindCustomers, Source: "member", Encoding: "XLSX"}
	f := fields{paidAt: -1, amount: -1, kind: -1, rating: -1, dateCells: true}
	var code, contact int
	columnsOf(customersHeader, map[string]*int{
		"会员编号": &f.number, "姓名": &f.name, "手机号": &f.phone, "邮箱": &f.email, "注册时间": &f.ordered,
		"统一社会信用代码": &code, "联系人": &contact,
	})
	f.spare = []int{code, contact, f.email}
	file, err := createXLSX(filepath.Join(dir, CustomersFile), "会员", customersHeader,
		[]float64{13, 12, 10, 6, 14, 28, 12, 22, 10, 12, 12, 40, 20, 12, 10, 10})
	if err != nil {
		return info, err
	}
	members := 0
	for i := range g.people {
		if !g.people[i].guest {
			members++
		}
	}
	d := newDirt(g.opt.Seed, 4, &info, f, members, customersBad)
	err = g.memberRows(file, d)
	if err == nil {
		err = g.companyRows(file, d)
	}
	return info, errors.Join(err, file.close())
}

func (g *generator) memberRows(file tableFile, d *dirt) error {
	row := make([]cell, len(customersHeader))
	serial, position := 0, 0
	for i := range g.people {
		if g.people[i].guest {
			continue
		}
		for {
			reason, ok := d.due(position)
			if !ok {
				break
			}
			g.memberRow(i, row)
			// Someone else with numbers of their own: nobody is met twice.
			n := 4_000_000 + serial
			serial++
			row[0] = text(strangerNumber(n))
			row[4] = text(phoneNumber(n))
			row[5] = cell{}
			d.spoil(row, reason)
			if err := file.row(row); err != nil {
				return err
			}
		}
		g.memberRow(i, row)
		d.soil(row)
		if err := file.row(row); err != nil {
			return err
		}
		position++
	}
	return nil
}

// strangerNumber is the number of a member who exists in a bad row only.
func strangerNumber(n int) string { return "SL9" + phoneNumber(n)[4:] }

func (g *generator) memberRow(i int, row []cell) {
	p := &g.people[i]
	var birth cell
	if p.hasBirth {
		birth = calendarDay(p.birth)
	}
	// A share of members never said their sex.
	sex := sexNames[p.sex]
	if mix64(uint64(i)^g.opt.Seed)%11 == 0 {
		sex = ""
	}
	channel := preferredChannels[mix64(uint64(i)+g.opt.Seed)%uint64(len(preferredChannels))]
	if channel == "邮件" && p.email == "" || channel != "" && p.phone == "" {
		channel = ""
	}
	_ = append(row[:0],
		text(p.number), text(p.name), text("个人"), text(sex), text(p.phone), text(p.email), birth,
		cell{}, cell{}, text(p.city.province), text(p.city.name), text(p.address), instant(p.joined),
		text(p.grade()), text(channel), cell{},
	)
}

func (g *generator) companyRows(file tableFile, d *dirt) error {
	row := make([]cell, len(customersHeader))
	for i := range g.companies {
		c := &g.companies[i]
		row = append(row[:0],
			text(c.number), text(c.name), text("企业"), cell{}, text(c.phone), text(c.email), cell{},
			text(c.creditCode), text(c.contact), text(c.city.province), text(c.city.name), text(c.address),
			instant(c.joined), cell{}, text("电话"), cell{},
		)
		d.soil(row)
		if err := file.row(row); err != nil {
			return err
		}
	}
	return nil
}

func (g *generator) writeBehaviour(dir string) (FileInfo, error) {
	style := csvStyle{}
	info := FileInfo{Name: BehaviourFile, Kind: KindBehaviour, Source: "member", Encoding: style.encoding()}
	f := fields{name: -1, phone: -1, paidAt: -1, amount: -1, email: -1}
	columnsOf(behaviourHeader, map[string]*int{
		"会员编号": &f.number, "行为类型": &f.kind, "行为时间": &f.ordered, "评分": &f.rating,
	})
	file, err := createCSV(filepath.Join(dir, BehaviourFile), style, behaviourHeader)
	if err != nil {
		return info, err
	}
	d := newDirt(g.opt.Seed, 5, &info, f, len(g.behave.events), behaviourBad)
	return info, errors.Join(g.eventRows(file, d), file.close())
}

func (g *generator) eventRows(file tableFile, d *dirt) error {
	row := make([]cell, len(behaviourHeader))
	serial := 0
	put := func(e *event) {
		serial++
		article := &g.catalogue.products[e.product]
		rating, words := cell{}, cell{}
		if e.kind == eventReview {
			rating, words = whole(int64(e.rating)), text(reviewTexts[e.rating-1][e.text])
		}
		_ = append(row[:0],
			text(eventID(serial)), text(g.people[e.who].number), text(eventNames[e.kind]), instant(e.at),
			text(article.code), text(article.name), text(article.category), rating, words,
			text(channelNames[channelMini]),
		)
	}
	for i := range g.behave.events {
		for {
			reason, ok := d.due(i)
			if !ok {
				break
			}
			put(&g.behave.events[i])
			d.spoil(row, reason)
			if err := file.row(row); err != nil {
				return err
			}
		}
		put(&g.behave.events[i])
		d.soil(row)
		if err := file.row(row); err != nil {
			return err
		}
	}
	return nil
}

// eventID is the number of an event in its file.
func eventID(n int) string {
	b := []byte("EV000000000")
	for i := len(b) - 1; n > 0 && i >= 2; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b)
}
