package importer

import (
	"slices"

	"zhike/internal/platform/auth"
)

// Kind says what a file holds.
type Kind string

// The kinds of files.
const (
	KindOrders     Kind = "orders"
	KindCustomers  Kind = "customers"
	KindBehaviours Kind = "behaviours"
)

// Kinds lists every kind.
var Kinds = []Kind{KindOrders, KindCustomers, KindBehaviours}

// Valid says whether k is one of the kinds.
func (k Kind) Valid() bool { return slices.Contains(Kinds, k) }

// The permissions of the domain.
const (
	PermView auth.Permission = "import.view"
	PermRun  auth.Permission = "import.run"
)

// Permissions lists them for the role editor.
var Permissions = []auth.Permission{PermView, PermRun}

// Meaning is what a column says. The texts stand in mappings that people keep,
// so they never change.
type Meaning string

// The meanings. Money is in yuan, as people write it.
const (
	Ignore Meaning = "ignore"

	OrderID      Meaning = "order.id"
	PaidAt       Meaning = "paid_at"
	OrderedAt    Meaning = "ordered_at" // used where paid_at is empty or missing
	OrderStatus  Meaning = "status"
	RefundStatus Meaning = "refund_status" // beside status: says only whether money went back
	Amount       Meaning = "amount"        // paid for the goods of the row, or of the order (rule amount_is)
	ListAmount   Meaning = "list_amount"   // before discount; used with discount where amount is missing, and for the discount where that is
	Discount     Meaning = "discount"      // taken off the list price
	UnitPrice    Meaning = "unit_price"
	Quantity     Meaning = "quantity"
	RefundAmount Meaning = "refund_amount"
	Freight      Meaning = "freight"
	Channel      Meaning = "channel"
	StoreName    Meaning = "store"

	ProductCode Meaning = "product.code"
	ProductName Meaning = "product.name"
	Category    Meaning = "category"
	Brand       Meaning = "brand"

	BuyerID       Meaning = "buyer.id"
	BuyerNickname Meaning = "buyer.nickname" // the account's name: identifies the buyer where there is no buyer.id
	BuyerName     Meaning = "buyer.name"
	BuyerPhone    Meaning = "buyer.phone"
	BuyerPhone2   Meaning = "buyer.phone2" // used where buyer.phone is empty
	BuyerEmail    Meaning = "buyer.email"
	BuyerGender   Meaning = "buyer.gender"
	BuyerBirthday Meaning = "buyer.birthday"
	BuyerCompany  Meaning = "buyer.company"
	BuyerKind     Meaning = "buyer.kind" // person or company
	BuyerCode     Meaning = "buyer.code" // 统一社会信用代码
	Country       Meaning = "country"    // stands in for a missing province
	Province      Meaning = "province"
	City          Meaning = "city"
	District      Meaning = "district" // put before the address
	Address       Meaning = "address"

	// What only a file of customers says.
	BuyerFamily    Meaning = "buyer.family" // put together with buyer.given where there is no buyer.name
	BuyerGiven     Meaning = "buyer.given"
	BuyerPhone3    Meaning = "buyer.phone3"
	BuyerEmail2    Meaning = "buyer.email2"
	Industry       Meaning = "industry"
	Remark         Meaning = "remark"
	StageOf        Meaning = "stage" // prospect or customer
	OwnerName      Meaning = "owner" // taken where one member of staff has the name and nobody owns the customer
	ParentID       Meaning = "parent.id"
	ParentName     Meaning = "parent.name"
	CompanyID      Meaning = "company.id" // of the company whose contact the person is
	ContactTitle   Meaning = "contact.title"
	ContactPrimary Meaning = "contact.primary"
	// Of a person only, 小学 to 博士.
	Education Meaning = "education"
	// RegisteredAt is the day on which somebody registered or joined; files of
	// orders and behaviours say it of their buyers.
	RegisteredAt Meaning = "registered_at"
	// How the customer wants to be reached: 电话, 短信, 企业微信, 邮件, App, 邮寄.
	PreferredChannel Meaning = "preferred_channel"
	// What the customer says to like, separated by commas.
	Favourites Meaning = "favourite_categories"

	// Tags holds names of tags, separated by commas; beside it a column may hold
	// values of a custom field, see FieldMeaning.
	Tags Meaning = "tags"

	EventID   Meaning = "event.id"
	EventKind Meaning = "event.kind"
	EventAt   Meaning = "event.at"
	Rating    Meaning = "rating"
)

var buyerMeanings = []Meaning{
	BuyerID, BuyerNickname, BuyerName, BuyerPhone, BuyerPhone2, BuyerEmail, BuyerGender, BuyerBirthday,
	BuyerCompany, BuyerKind, BuyerCode, Country, Province, City, District, Address,
}

// recordMeanings are for files of customers only, but for RegisteredAt.
var recordMeanings = []Meaning{
	BuyerFamily, BuyerGiven, BuyerPhone3, BuyerEmail2, Industry, Remark, StageOf, OwnerName,
	ParentID, ParentName, CompanyID, ContactTitle, ContactPrimary, Education, PreferredChannel,
	Favourites, RegisteredAt,
}

var productMeanings = []Meaning{ProductCode, ProductName, Category, Brand}

// Meanings lists what a column of a file of kind k may say, Ignore and custom
// fields left out.
func Meanings(k Kind) []Meaning {
	switch k {
	case KindOrders:
		return slices.Concat([]Meaning{
			OrderID, PaidAt, OrderedAt, OrderStatus, RefundStatus, Amount, ListAmount, Discount,
			UnitPrice, Quantity, RefundAmount, Freight, Channel, StoreName,
		}, buyerMeanings, []Meaning{RegisteredAt, Tags}, productMeanings)
	case KindCustomers:
		return slices.Concat(buyerMeanings, recordMeanings, []Meaning{Tags})
	case KindBehaviours:
		return slices.Concat([]Meaning{EventID, EventKind, EventAt, Rating, Quantity}, buyerMeanings, []Meaning{RegisteredAt}, productMeanings)
	}
	return nil
}
