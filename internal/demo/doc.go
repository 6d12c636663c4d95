// Package demo invents data: a sample company whose files a new user can
// import and look at, and bench data of any size.
//
// # Nothing here is real
//
// The chain "山岚咖啡生活", its brands, products, stores, staff, customers and
// business clients are invented. Names of people are random combinations of
// common characters; a match with a living person is chance and means nothing.
// Phone numbers use prefixes that no Chinese operator has been given (154, 160,
// 161, 163, 164, 168, 169, 194): they have the form of a mobile number
// (1[3-9] and nine digits) and ring nowhere. E-mail addresses are in the domains
// that RFC 2606 keeps for examples. Unified social credit codes have correct
// check characters, but their organisation part starts with "YY", a series that
// has not been issued.
//
// # The sample company
//
// Generate writes five files as such a company would have them, and
// manifest.json, which says what is in them:
//
//	orders-tmall.csv        天猫 export, GB18030, CRLF, one row an order
//	orders-pos.csv          till and mini program, UTF-8 with BOM, one row an order line
//	orders-enterprise.xlsx  企业采购, real date and number cells, one row an order line
//	customers.xlsx          members and business clients
//	behaviour.csv           浏览, 加购, 收藏, 评价; UTF-8
//
// In every order file 实付金额 is what was paid for the goods, after discounts
// and without freight; 单价 × 数量 − 优惠金额 = 实付金额 for each row with a unit
// price that is not cancelled. 运费 is a column of its own and stands on the first
// line of an order. A return over the counter is an order of its own with
// negative quantity and amount. Net revenue = 实付金额 − 退款金额.
//
// The members' number (会员编号) is the same in customers.xlsx, orders-pos.csv and
// behaviour.csv; orders-tmall.csv knows a buyer by nickname and phone, so the
// buyer is recognised by the phone. About one buyer in ten is on 天猫 only and is
// no member.
//
// Purchases follow the model behind BG/NBD (Fader, Hardie and Lee, "Counting
// Your Customers" the Easy Way, Marketing Science 24, 2005): every customer has a
// purchase rate drawn from a gamma distribution and, after each purchase, drops
// out with a probability drawn from a beta distribution. On top come a drift of
// the rate, the seasons of Chinese retail, and baskets with affinities between
// categories.
//
// # Dirt
//
// A small share of cells is written as people write them (full-width digits,
// "+86 154-1234-5678", spaces in names, "¥1,280.00", other date forms); the
// manifest counts them under "cleaned". A handful of rows is wrong on purpose
// and is to be refused; the manifest counts them by reason under "bad_rows". A
// bad row is always an order, member or event of its own, so that refusing it
// leaves the others whole.
//
// # Bench data
//
// BenchOrders and WriteBenchOrders give the same rows, in time order, as values
// and as CSV.
//
// Everything is a function of the options: the same options give the same bytes.
package demo
