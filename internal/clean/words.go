package clean

import (
	"strings"
	"unicode"
)

// Sex is a person's sex as written in a table.
type Sex string

// The values of GB/T 2261.1 that tables have.
const (
	SexUnknown Sex = "unknown"
	Male       Sex = "male"
	Female     Sex = "female"
)

// Gender reads 男, 女, 先生, 女士, male, F, and the codes of GB/T 2261.1 (1 male,
// 2 female, 0 and 9 unknown). Error: clean.empty, clean.bad_gender.
func Gender(s string) (Sex, error) {
	s, err := value(s)
	if err != nil {
		return "", err
	}
	switch squash(s) {
	case "男", "男性", "先生", "男士", "m", "male", "man", "1", "mr", "boy":
		return Male, nil
	case "女", "女性", "女士", "小姐", "太太", "f", "female", "woman", "2", "ms", "mrs", "miss", "girl":
		return Female, nil
	case "0", "9", "未知", "保密", "不详", "未说明", "其他", "unknown", "other", "u", "secret":
		return SexUnknown, nil
	}
	return "", bad("clean.bad_gender")
}

// OrderStatus is where an order stands. The numbers are those of order.Status.
type OrderStatus uint8

// The states of an order.
const (
	Unpaid OrderStatus = iota + 1
	Paid
	Shipped
	Completed
	Cancelled
	Refunded     // everything was paid back
	PartRefunded // a part was paid back
)

// String is the stable code of the state.
func (s OrderStatus) String() string {
	switch s {
	case Unpaid:
		return "unpaid"
	case Paid:
		return "paid"
	case Shipped:
		return "shipped"
	case Completed:
		return "completed"
	case Cancelled:
		return "cancelled"
	case Refunded:
		return "refunded"
	case PartRefunded:
		return "part_refunded"
	}
	return ""
}

var statusMemo = newMemo[OrderStatus]()

// Status reads the state of an order as Chinese and English shops, Taobao's
// interface and the sample data sets write it. A refund that is only asked for
// leaves the order paid. Error: clean.empty, clean.bad_status.
func Status(s string) (OrderStatus, error) {
	if st := statusMemo.get(s, status); st != 0 {
		return st, nil
	}
	if _, err := value(s); err != nil {
		return 0, err
	}
	return 0, bad("clean.bad_status")
}

func status(s string) OrderStatus {
	s, err := value(s)
	if err != nil {
		return 0
	}
	s = squash(s)
	if st, ok := statusWords[s]; ok {
		return st
	}
	for _, r := range statusRules {
		for _, w := range strings.Fields(r.words) {
			if strings.Contains(s, w) {
				return r.status
			}
		}
	}
	return 0
}

// statusWords are states that the rules below would misread, and English ones,
// which are only taken as a whole.
var statusWords = func() map[string]OrderStatus {
	m := map[string]OrderStatus{}
	for st, words := range map[OrderStatus]string{
		Unpaid: `unpaid pending pendingpayment awaitingpayment created waitbuyerpay tradenocreatepay 新订单 未支付 未付款 待付 未付`,
		Paid: `paid processing approved invoiced confirmed accepted awaitingshipment awaitingfulfillment unfulfilled unshipped readytoship
			partiallypaid waitsellersendgoods paymentreceived 已付 有效 正常 已确认 未发货 付款 支付成功 处理中`,
		Shipped: `shipped sent dispatched intransit fulfilled partiallyfulfilled partiallyshipped outfordelivery delivering
			waitbuyerconfirmgoods sellerconsignedpart 已发 未收货 在途 已出库`,
		Completed: `completed complete finished finish delivered received closedwon success successful succeeded done fulfilledandclosed
			tradefinished tradebuyersigned tradesuccess 完成 成功 已完结 完结 已结算 交易完成 已核销 已使用`,
		Cancelled: `cancelled canceled cancel void voided closed expired failed failure rejected declined unavailable abandoned lost
			tradeclosedbytaobao 取消 关闭 无效 作废 失败 已撤单`,
		Refunded:     `refunded refund returned return chargeback chargedback tradeclosed reversed fullyrefunded fullyreturned 退款 退货 已退 全退 退单 已退单`,
		PartRefunded: `partiallyrefunded partialrefund partrefunded partialreturn partiallyreturned 部分退`,
	} {
		for _, w := range strings.Fields(words) {
			m[w] = st
		}
	}
	return m
}()

// statusRules are tried in order; the first word found inside the text decides.
// Refunds come first, because their sentences also speak of paying and closing.
var statusRules = []struct {
	status OrderStatus
	words  string
}{
	{0, `未申请退款 没有申请退款 无退款 未退款 未发生退款 无售后`}, // says nothing of the order
	{PartRefunded, `部分退 部份退`},
	{Paid, `退款中 待退款 申请退款 退款处理 退货中 退款申请 售后中 退款关闭 退款失败 退款取消 取消退款 拒绝退款 撤销退款 等待退款`},
	{Refunded, `退款成功 已退款 退款完成 全额退款 全部退款 退货成功 已退货 退货退款 退货完成 整单退 退款后`},
	{Cancelled, `取消 关闭 作废 已失效 超时未 无效订单 交易失败 拒收`},
	{Unpaid, `待付款 等待付款 等待买家付款 待支付 等待支付 未付款 未支付 待买家付款 待确认付款`},
	{Completed, `交易成功 已完成 订单完成 已签收 已收货 确认收货成功 已确认收货 待评价 已评价 交易完成 已送达 妥投 已自提 已提货 已消费`},
	{Shipped, `已发货 待收货 确认收货 运输 派送 配送中 待签收 部分发货 发货中 已出库 待自提 待提货 卖家已发 已揽收 送货中`},
	{Paid, `待发货 等待发货 卖家发货 已付款 已支付 付款成功 支付成功 待出库 配货 待接单 已接单 备货 待配送 待成团 已成团 等待出库 未发货 待处理 待审核 已审核 预售 待核销 待使用`},
}

// squash takes blanks and signs out and folds case.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
