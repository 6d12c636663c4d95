package importer

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// entry gives a meaning the headers it is known under, best first. A file that
// has several of them gives the meaning to the one with the higher rank: what
// was paid goes before what was asked.
type entry struct {
	meaning Meaning
	rank    int
	headers string // separated by blanks or line ends; folded by foldHeader
}

// dictionary knows the exports of Taobao and Tmall, JD, Pinduoduo, Douyin,
// Youzan, Weidian, tills, Shopify and WooCommerce, and the data sets of the tests.
var dictionary = []entry{
	{OrderID, 100, `订单编号 订单号 订单id 主订单编号 主订单号 父订单号 订单序号 交易编号 交易号 交易单号 销售单号 小票号
		小票编号 流水号 销售流水号 单据编号 单据号 出库单号 采购单号 订货单号 单号 合同编号 业务单号
		orderid orderno ordernumber ordersn ordercode invoiceno invoice invoicenumber invoiceid transactionid
		transactionno receiptno receiptnumber tradeno tradeid orderreference order`},
	{OrderID, 60, `子订单编号 子订单号 外部订单号 平台订单号 原始单号 线上订单号 salesid saleid masterorderid`},

	{PaidAt, 100, `付款时间 付款日期 订单付款时间 支付时间 支付日期 买家付款时间 实际支付时间 结算时间 收款时间 付款完成时间
		支付完成时间 交易时间 交易日期 成交时间 成交日期 消费时间 消费日期 销售时间 销售日期 结账时间 小票时间
		paidat paytime paymenttime paymentdate paiddate datepaid transactiondate transactiontime invoicedate
		purchasedate purchasetime saledate salesdate orderpurchasetimestamp`},
	{OrderedAt, 100, `下单时间 下单日期 订单创建时间 订单时间 订单日期 拍下时间 创建时间 订单提交时间 提交时间 订购时间 订货日期
		单据日期 日期 时间 业务日期 出库日期 开单时间 开单日期 制单日期
		createdat createtime orderdate ordertime orderedat datecreated created date datetime time timestamp orderdatetime`},

	{OrderStatus, 100, `订单状态 交易状态 单据状态 状态 订单当前状态 主订单状态 orderstatus status financialstatus state transactionstatus`},
	{OrderStatus, 50, `付款状态 支付状态 发货状态 物流状态 fulfillmentstatus paymentstatus`},
	{RefundStatus, 100, `退款状态 售后状态 退货状态 退款退货状态 退款或退货状态 refundstatus returnstatus`},

	{Amount, 100, `实付金额 实付款 实付 实际支付金额 买家实际支付金额 买家实付金额 用户实付金额 实收金额 实收 实收款 支付金额 付款金额 已付金额
		应付实付金额 成交金额 成交额 实际付款 实际支付 实付总额 实付总金额 商家实收金额 结算金额 净额
		paidamount amountpaid actualpayment payment actualamount netamount netsales paid`},
	{Amount, 80, `订单金额 订单总金额 订单总额 总金额 总额 交易金额 消费金额 销售金额 销售额 合计金额 合计 金额 应付金额 应付总额 买家应付货款 应收金额 价税合计
		订单应付金额 订单实付金额 小计 货款 含税金额
		amount totalamount orderamount ordertotal total totalprice totalsales sales revenue grandtotal lineamount linetotal subtotal spend value amountcny`},
	{ListAmount, 100, `商品总价 商品金额 商品总额 原价总额 商品总金额 应收原价 吊牌金额 原价金额 货品金额 商品原价合计
		订单原价 商品原价总额 优惠前金额 折前金额 折扣前金额 应付原价 itemstotal listamount grossamount`},
	{Discount, 100, `优惠金额 折扣金额 优惠 折扣 让利金额 满减金额 优惠券金额 优惠总额 商家优惠
		总优惠金额 优惠总金额 订单优惠金额 商品优惠金额 商家优惠金额 店铺优惠 店铺优惠金额 折扣额 优惠额 立减金额 减免金额
		discount discountamount totaldiscount discounttotal`},
	{UnitPrice, 100, `单价 商品单价 成交单价 销售单价 售价 商品价格 价格 实际单价 实付单价 商品售价 含税单价
		unitprice price lineitemprice itemprice saleprice unitcost`},
	{Quantity, 100, `数量 商品数量 购买数量 宝贝总数量 宝贝数量 件数 销售数量 下单数量 订购数量 成交数量 购买件数 商品件数 总数量 订货数量 出库数量 销量
		quantity qty lineitemquantity itemquantity count units numitems`},
	{RefundAmount, 100, `退款金额 退货金额 已退款金额 退款总额 实退金额 售后退款金额 退款 退款额 refundamount refundedamount refund amountrefunded`},
	{Freight, 100, `运费 邮费 快递费 配送费 物流费 买家应付邮费 买家支付邮费 运费金额 应付运费 freight shipping shippingfee postage
		shippingcost freightvalue deliveryfee`},
	{Channel, 100, `渠道 销售渠道 订单来源 订单渠道 来源渠道 平台 下单渠道 交易来源 订单类型来源 channel saleschannel platform source ordersource`},
	{StoreName, 100, `店铺 店铺名称 门店 门店名称 网点 分店 店名 所属门店 所属店铺 商家名称 销售门店 下单店铺 收银门店 store storename shop shopname branch outlet vendor`},

	{ProductCode, 100, `商品编码 商品编号 商品代码 货号 款号 商品id sku sku编码 skuid 商家编码 商品货号 货品编码 物料编码 条码 商品条码 宝贝id 规格编码 产品编码 产品编号
		stockcode productid productcode productno itemid itemcode lineitemsku skucode goodsid asin isbn barcode`},
	{ProductName, 100, `商品名称 商品 品名 货品名称 宝贝标题 宝贝名称 商品标题 产品名称 产品 物料名称 菜品名称 项目名称 服务项目 标题
		description productname product item itemname lineitemname goodsname title goods`},
	{Category, 100, `类目 品类 商品类目 商品分类 分类 类别 商品类别 产品类别 产品分类 一级类目 二级类目 宝贝种类 商品品类 大类 产品线
		category productcategory categoryname producttype type department`},
	{Brand, 100, `品牌 品牌名称 商品品牌 产品品牌 brand brandname manufacturer`},

	{BuyerID, 100, `会员编号 会员id 会员号 会员卡号 会员卡 用户id 用户编号 用户号 客户编号 客户id 客户号 客户代码 客户编码 买家id 买家编号 顾客编号 顾客id
		账号 账户 用户账号 下单帐号 下单账号 用户名id 消费者id 卡号 openid unionid 用户标识 客户码
		customerid customerno customernumber custid customercode userid buyerid memberid memberno membernumber clientid
		accountid accountno contactid customeruniqueid customer visitorid`},
	{BuyerNickname, 100, `买家昵称 买家会员名 买家旺旺 旺旺 旺旺号 会员名 会员名称 会员昵称 昵称 用户名 用户昵称 微信昵称 买家账号 买家用户名 客户昵称 下单用户 淘宝昵称
		nickname nick buyernick buyernickname username screenname useraccount`},
	{BuyerName, 100, `买家姓名 客户姓名 会员姓名 顾客姓名 用户姓名 姓名 真实姓名 名字 客户名称 顾客 客户 会员 买家 联系人姓名
		customername buyername name fullname clientname contactname billingname membername customerfullname`},
	{BuyerName, 70, `收货人 收货人姓名 收件人 收件人姓名 收货人名称 联系人 提货人 recipient receiver receivername shippingname consignee contact contactperson`},
	{BuyerPhone, 100, `手机号 手机 手机号码 联系手机 会员手机 会员手机号 买家手机 买家手机号 客户手机 客户手机号 移动电话 用户手机号 注册手机号 绑定手机号 手机号（会员）
		phone mobile phonenumber mobilephone cellphone mobileno billingphone customerphone buyerphone phoneno`},
	{BuyerPhone, 80, `联系电话 电话 电话号码 联系方式 客户电话 收货人手机 收货人手机号 收货人电话 收件人手机 收件人电话 收货手机 收货电话 收货人联系方式 联系人电话
		tel telephone contactphone contactnumber shippingphone receiverphone receivermobile`},
	{BuyerEmail, 100, `邮箱 电子邮箱 电子邮件 邮件 邮件地址 邮箱地址 客户邮箱 会员邮箱 email mail emailaddress customeremail buyeremail billingemail`},
	{BuyerGender, 100, `性别 会员性别 客户性别 gender sex`},
	{BuyerBirthday, 100, `生日 出生日期 出生年月 会员生日 出生年月日 客户生日 birthday birthdate dateofbirth dob`},
	{BuyerCompany, 100, `企业名称 公司名称 公司 单位 单位名称 企业 客户单位 所属公司 采购单位 机构名称 工作单位 购货单位
		company companyname organization organisation organizationname corporation billingcompany employer`},
	{BuyerKind, 100, `客户类型 客户类别 客户性质 会员类型 用户类型 customertype customerkind accounttype`},
	{BuyerCode, 100, `统一社会信用代码 社会信用代码 信用代码 税号 纳税人识别号 营业执照号 uscc creditcode taxid taxnumber`},
	{Education, 100, `学历 最高学历 教育程度 文化程度 受教育程度 education educationlevel degree`},
	{RegisteredAt, 100, `注册时间 注册日期 入会时间 入会日期 开卡时间 开卡日期 办卡时间 办卡日期 会员注册时间 会员注册日期 加入时间
		会员入会时间 会员入会日期 会员开卡时间 会员开卡日期 客户注册时间 客户注册日期 用户注册时间 用户注册日期 买家注册时间 买家注册日期 顾客注册时间 加入日期
		registeredat registrationdate registrationtime registerdate registertime registeredon signupdate signedupat joindate joinedat joinedon membersince customersince memberjoindate customerregisteredat customerregistrationdate`},
	{PreferredChannel, 100, `偏好渠道 首选渠道 偏好联系方式 偏好的联系方式 首选联系方式 联系偏好 preferredchannel preferredcontact preferredcontactmethod`},
	{Favourites, 100, `偏好品类 偏好类目 偏好分类 喜好品类 喜爱品类 喜欢的品类 感兴趣的品类 兴趣品类 关注品类 意向品类 喜好类目 感兴趣类目
		favouritecategories favoritecategories favouritecategory favoritecategory categoriesofinterest productinterests`},
	{Remark, 100, `备注 客户备注 会员备注 顾客备注 备注信息 备注说明 note notes remark remarks customernote customernotes comments`},
	{Country, 100, `国家 国家地区 国家或地区 收货国家 国别 country countryregion billingcountry shippingcountry`},
	{Province, 100, `省份 省 收货省份 收货省 省市 所在省 所在省份 收货人省份 省份名称 客户省份 省直辖市 province state_province billingprovince provincename shippingprovince`},
	{City, 100, `城市 市 收货城市 收货市 所在城市 城市名称 收货人城市 客户城市 地市 city billingcity cityname shippingcity town`},
	{District, 100, `区县 区 县 收货区 收货区县 行政区 区域 收货地区 district county`},
	{Address, 100, `详细地址 地址 收货地址 收件地址 联系地址 收货人地址 客户地址 通讯地址 家庭住址 住址 收货详细地址 配送地址
		address addressline1 street billingaddress1 billingstreet shippingaddress1 shippingaddress streetaddress`},

	{EventID, 100, `事件编号 事件id 行为编号 行为id 日志id 记录编号 记录id eventid logid behaviorid behaviourid recordid reviewid`},
	{EventKind, 100, `行为类型 行为 事件类型 事件 事件名称 动作 操作 操作类型 用户行为 动作类型
		event eventtype eventname behavior behaviour behaviortype behaviourtype action actiontype`},
	{EventAt, 100, `行为时间 事件时间 发生时间 操作时间 浏览时间 访问时间 行为日期 评价时间 加购时间 收藏时间
		eventtime eventdate eventat occurredat timestamp visittime reviewdate`},
	{Rating, 100, `评分 星级 打分 评价分数 评价星级 满意度 评价等级 rating score stars reviewscore`},

	// Known, and without a place: said so, that nobody wonders. The remark of an
	// order is about the order; that of a customer has a meaning above.
	{Ignore, 100, `备注 买家留言 买家备注 卖家备注 留言 note notes remark comments 优惠券 coupon 发票抬头 物流单号 运单号 快递单号 物流公司
		支付方式 付款方式 payway paymentmethod 支付单号 支付流水号 操作员 收银员 导购 会员等级 等级 level
		评价内容 评价 review reviewcontent comment 年龄 age 发货时间 收货时间 完成时间 确认收货时间 修改时间 updatedat 序号 no 规格 商品属性 销售属性 颜色 尺码
		行号 列 值 原因 importline importcolumn importvalue importreason`},
}

type known struct {
	meaning Meaning
	rank    int
}

// headerIndex goes from a folded header to what it may mean, best first.
var headerIndex = func() map[string][]known {
	m := map[string][]known{}
	for _, e := range dictionary {
		for i, h := range strings.Fields(e.headers) {
			f := foldHeader(h)
			// Within an entry the earlier header is the better one.
			m[f] = append(m[f], known{e.meaning, e.rank*1000 - i})
		}
	}
	return m
}()

// foldHeader brings a title to the form in which it is compared: half-width,
// lower case, without a unit or remark in brackets, without signs and blanks.
// "实付金额（元）*" and "实付金额" are one, "Order ID" and "order_id" too.
func foldHeader(s string) string {
	s = norm.NFKC.String(s)
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case r == '(' || r == '[' || r == '【' || r == '{':
			depth++
		case r == ')' || r == ']' || r == '】' || r == '}':
			depth = max(0, depth-1)
		case depth > 0:
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	if b.Len() > 0 || depth == 0 && !strings.ContainsAny(s, "([【{") {
		return b.String()
	}
	// Nothing but a bracket: then its content is the title.
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}
