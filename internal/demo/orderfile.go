package demo

import (
	"errors"
	"path/filepath"
)

// Names of the files that Generate writes, beside ManifestFile.
const (
	TmallFile      = "orders-tmall.csv"
	POSFile        = "orders-pos.csv"
	EnterpriseFile = "orders-enterprise.xlsx"
	CustomersFile  = "customers.xlsx"
	BehaviourFile  = "behaviour.csv"
)

// Headers of the order files, as such exports have them.
var (
	tmallHeader = []string{
		"订单编号", "买家昵称", "收货人姓名", "联系手机", "订单创建时间", "订单付款时间", "订单状态", "宝贝标题",
		"类目", "品牌", "宝贝总数量", "商品总价", "优惠金额", "运费", "实付金额", "退款金额", "收货省份", "收货城市",
		"店铺名称", "渠道",
	}
	posHeader = []string{
		"订单编号", "渠道", "门店", "会员编号", "买家姓名", "手机号", "下单时间", "付款时间", "订单状态", "商品编码",
		"商品名称", "类目", "品牌", "单价", "数量", "优惠金额", "实付金额", "退款金额", "运费", "优惠券", "省份", "城市", "备注",
	}
	enterpriseHeader = []string{
		"订单编号", "客户编号", "企业名称", "统一社会信用代码", "联系人", "联系电话", "下单时间", "付款时间", "订单状态",
		"商品编码", "商品名称", "类目", "品牌", "单价", "数量", "优惠金额", "实付金额", "退款金额", "运费", "省份", "城市", "渠道",
	}
)

// Bad rows of an order file: how many of each reason (in position).
var (
	tmallBad      = []badRow{{9, BadPhone}, {6, BadDate}, {12, BadBuyer}, {4, BadAmount}}
	posBad        = []badRow{{7, BadPhone}, {5, BadDate}, {15, BadBuyer}, {3, BadAmount}}
	enterpriseBad = []badRow{{2, BadPhone}, {2, BadDate}, {3, BadBuyer}, {2, BadAmount}}
)

// badIDs is where the ids of bad orders start within their day.
const badIDs = 900_001

// orderSheet is one kind of order file.
type orderSheet struct {
	file    tableFile
	dirt    *dirt
	prefix  string
	takes   func(o *order) bool
	rowsOf  func(g *generator, o *order, row []cell, put func([]cell) error) error
	columns int
}

// write streams the orders of one kind in time order, with bad rows between them.
func (s *orderSheet) write(g *generator) error {
	row := make([]cell, s.columns)
	serial, position := 0, 0
	for _, i := range g.byTime {
		o := &g.orders[i]
		if !s.takes(o) {
			continue
		}
		for {
			reason, ok := s.dirt.due(position)
			if !ok {
				break
			}
			if err := s.writeBad(g, o, row, reason, serial); err != nil {
				return err
			}
			serial++
		}
		err := s.rowsOf(g, o, row, func(cells []cell) error {
			s.dirt.soil(cells)
			return s.file.row(cells)
		})
		if err != nil {
			return err
		}
		s.dirt.info.Orders++
		s.dirt.info.NetFen += o.net()
		position++
	}
	return nil
}

// writeBad writes one wrong row, an order of its own in the likeness of o.
func (s *orderSheet) writeBad(g *generator, o *order, row []cell, reason string, serial int) error {
	twin := *o
	twin.id = orderID(s.prefix, o.day(), badIDs+serial)
	twin.lines = o.lines[:1]
	return s.rowsOf(g, &twin, row, func(cells []cell) error {
		s.dirt.spoil(cells, reason)
		return s.file.row(cells)
	})
}

// count is how many orders a kind of file takes.
func (g *generator) count(takes func(*order) bool) int {
	n := 0
	for i := range g.orders {
		if takes(&g.orders[i]) {
			n++
		}
	}
	return n
}

// paidCell is the time of paying; a cancelled order was never paid.
func (o *order) paidCell() cell {
	if o.state == stateCancelled {
		return cell{}
	}
	return instant(o.at + int64(o.payDelay))
}

func (g *generator) writeTmall(dir string) (FileInfo, error) {
	style := csvStyle{gb18030: true, crlf: true}
	info := FileInfo{Name: TmallFile, Kind: KindOrders, Source: "tmall", Encoding: style.encoding()}
	f := fields{email: -1, kind: -1, rating: -1}
	columnsOf(tmallHeader, map[string]*int{
		"买家昵称": &f.number, "收货人姓名": &f.name, "联系手机": &f.phone,
		"订单创建时间": &f.ordered, "订单付款时间": &f.paidAt, "实付金额": &f.amount,
	})
	takes := func(o *order) bool { return o.channel == channelTmall }
	file, err := createCSV(filepath.Join(dir, TmallFile), style, tmallHeader)
	if err != nil {
		return info, err
	}
	s := orderSheet{
		file: file, prefix: "TM", takes: takes, rowsOf: tmallRow, columns: len(tmallHeader),
		dirt: newDirt(g.opt.Seed, 1, &info, f, g.count(takes), tmallBad),
	}
	return info, errors.Join(s.write(g), file.close())
}

// tmallRow writes an order as one row, under the title of its dearest line.
func tmallRow(g *generator, o *order, row []cell, put func([]cell) error) error {
	p := &g.people[o.who]
	quantity, list, discount, paid, refund := o.totals()
	main := o.lines[0]
	for _, l := range o.lines {
		if int64(l.price)*int64(l.quantity) > int64(main.price)*int64(main.quantity) {
			main = l
		}
	}
	article := &g.catalogue.products[main.product]
	row = append(row[:0],
		text(o.id), text(p.nickname), text(p.name), text(p.phone), instant(o.at), o.paidCell(),
		text(tmallStateNames[o.state]), text(article.name), text(article.category), text(article.brand),
		whole(int64(quantity)), fen(list), fen(discount), fen(int64(o.freight)), fen(paid), fen(refund),
		text(p.city.province), text(p.city.name), text(CompanyName+"旗舰店"), text(channelNames[o.channel]),
	)
	return put(row)
}

func (g *generator) writePOS(dir string) (FileInfo, error) {
	style := csvStyle{bom: true}
	info := FileInfo{Name: POSFile, Kind: KindOrders, Source: "member", Encoding: style.encoding()}
	f := fields{email: -1, kind: -1, rating: -1}
	columnsOf(posHeader, map[string]*int{
		"会员编号": &f.number, "买家姓名": &f.name, "手机号": &f.phone,
		"下单时间": &f.ordered, "付款时间": &f.paidAt, "实付金额": &f.amount,
	})
	takes := func(o *order) bool { return o.channel == channelStore || o.channel == channelMini }
	file, err := createCSV(filepath.Join(dir, POSFile), style, posHeader)
	if err != nil {
		return info, err
	}
	s := orderSheet{
		file: file, prefix: "XS", takes: takes, rowsOf: posRows, columns: len(posHeader),
		dirt: newDirt(g.opt.Seed, 2, &info, f, g.count(takes), posBad),
	}
	return info, errors.Join(s.write(g), file.close())
}

// posRows writes one row a line.
func posRows(g *generator, o *order, row []cell, put func([]cell) error) error {
	p := &g.people[o.who]
	shop, note := "小程序商城", ""
	if o.store >= 0 {
		shop = g.cities.stores[o.store]
	}
	if o.origin >= 0 {
		note = "原单 " + g.orders[o.origin].id
	}
	for i, l := range o.lines {
		article := &g.catalogue.products[l.product]
		freight := int64(0)
		if i == 0 {
			freight = int64(o.freight)
		}
		row = append(row[:0],
			text(o.id), text(channelNames[o.channel]), text(shop), text(p.number), text(p.name), text(p.phone),
			instant(o.at), o.paidCell(), text(stateNames[o.state]), text(article.code), text(article.name),
			text(article.category), text(article.brand), fen(int64(l.price)), whole(int64(l.quantity)),
			fen(int64(l.discount)), fen(int64(l.paid)), fen(int64(l.refund)), fen(freight),
			text(couponNames[o.coupon]), text(p.city.province), text(p.city.name), text(note),
		)
		if err := put(row); err != nil {
			return err
		}
	}
	return nil
}

func (g *generator) writeEnterprise(dir string) (FileInfo, error) {
	info := FileInfo{Name: EnterpriseFile, Kind: KindOrders, Source: "enterprise", Encoding: "XLSX"}
	f := fields{email: -1, kind: -1, rating: -1, dateCells: true}
	var code, contact int
	columnsOf(enterpriseHeader, map[string]*int{
		"客户编号": &f.number, "企业名称": &f.name, "联系电话": &f.phone, "下单时间": &f.ordered,
		"付款时间": &f.paidAt, "实付金额": &f.amount, "统一社会信用代码": &code, "联系人": &contact,
	})
	f.spare = []int{code, contact}
	takes := func(o *order) bool { return o.channel == channelEnterprise }
	file, err := createXLSX(filepath.Join(dir, EnterpriseFile), "采购订单", enterpriseHeader,
		[]float64{20, 12, 32, 22, 10, 14, 20, 20, 10, 10, 28})
	if err != nil {
		return info, err
	}
	s := orderSheet{
		file: file, prefix: "QY", takes: takes, rowsOf: enterpriseRows, columns: len(enterpriseHeader),
		dirt: newDirt(g.opt.Seed, 3, &info, f, g.count(takes), enterpriseBad),
	}
	return info, errors.Join(s.write(g), file.close())
}

// enterpriseRows writes one row a line.
func enterpriseRows(g *generator, o *order, row []cell, put func([]cell) error) error {
	c := &g.companies[o.who]
	for i, l := range o.lines {
		article := &g.catalogue.products[l.product]
		freight := int64(0)
		if i == 0 {
			freight = int64(o.freight)
		}
		row = append(row[:0],
			text(o.id), text(c.number), text(c.name), text(c.creditCode), text(c.contact), text(c.phone),
			instant(o.at), o.paidCell(), text(stateNames[o.state]), text(article.code), text(article.name),
			text(article.category), text(article.brand), fen(int64(l.price)), whole(int64(l.quantity)),
			fen(int64(l.discount)), fen(int64(l.paid)), fen(int64(l.refund)), fen(freight),
			text(c.city.province), text(c.city.name), text(channelNames[o.channel]),
		)
		if err := put(row); err != nil {
			return err
		}
	}
	return nil
}
