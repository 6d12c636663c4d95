package order

import (
	"zhike/internal/platform/clock"
	"zhike/internal/platform/money"
)

// Kind says what a document is. The numbers are stored and never change.
type Kind int16

// The kinds.
const (
	KindSale   Kind = 1
	KindReturn Kind = 2 // a document of its own that takes goods back
)

var kindCodes = [...]string{KindSale: "sale", KindReturn: "return"}

// Code is the text of the kind in the API; "" for none of them.
func (k Kind) Code() string { return codeOf(kindCodes[:], int(k)) }

// Status is where an order stands. The numbers are stored and never change.
type Status int16

// The statuses.
const (
	StatusUnpaid       Status = 1
	StatusPaid         Status = 2
	StatusShipped      Status = 3
	StatusCompleted    Status = 4
	StatusCancelled    Status = 5
	StatusRefunded     Status = 6 // everything was paid back
	StatusPartRefunded Status = 7
)

var statusCodes = [...]string{
	StatusUnpaid: "unpaid", StatusPaid: "paid", StatusShipped: "shipped", StatusCompleted: "completed",
	StatusCancelled: "cancelled", StatusRefunded: "refunded", StatusPartRefunded: "part_refunded",
}

// Code is the text of the status in the API; "" for none of them.
func (s Status) Code() string { return codeOf(statusCodes[:], int(s)) }

// ParseStatus reads what Code writes.
func ParseStatus(code string) (Status, bool) {
	i, ok := indexOf(statusCodes[:], code)
	return Status(i), ok
}

// Counts says whether an order of this status was a sale, whatever was paid
// back later.
func (s Status) Counts() bool {
	switch s {
	case StatusPaid, StatusShipped, StatusCompleted, StatusRefunded, StatusPartRefunded:
		return true
	}
	return false
}

// Value gives what an order brought. gross and refund are amounts without a
// sign; one that carries a minus is taken without it.
//
//   - A sale that counts: sales = gross, net = gross − refund. A refund is
//     never more than the order (some sources add the freight to it), and an
//     order refunded as a whole without an amount is refunded by all of gross.
//   - A sale that is unpaid or cancelled: 0 and 0, also where money went back.
//   - A return document: sales 0, net = −gross, whatever its status.
func Value(status Status, kind Kind, gross, refund money.Exact) (sales, net money.Exact) {
	gross, refund = unsigned(gross), unsigned(refund)
	if kind == KindReturn {
		return money.Exact{}, gross.Neg()
	}
	if !status.Counts() {
		return money.Exact{}, money.Exact{}
	}
	if refund.Milli() > gross.Milli() || (status == StatusRefunded && refund.IsZero()) {
		refund = gross
	}
	return gross, gross.Add(refund.Neg())
}

// IsPurchase says whether an order with this net counts in numbers of orders.
func IsPurchase(net money.Exact) bool { return net.Milli() > 0 }

func unsigned(e money.Exact) money.Exact {
	if e.Milli() < 0 {
		return e.Neg()
	}
	return e
}

// Order is one order or return document.
type Order struct {
	ID         int64
	SourceID   int64
	ExternalID string // its number in the source
	CustomerID int64
	Kind       Kind
	Status     Status
	PaidAt     int64     // unix ms
	Day        clock.Day // of PaidAt in company time
	Gross      money.Exact
	Sales      money.Exact // by Value
	Net        money.Exact // by Value
	FreightFen int64
	// Discount is what was taken off the list price. It is no part of ContentHash:
	// sources that begin to tell it change no order.
	Discount Discount
	// QuantityMilli is the sum over the lines in thousandths, negative in a return.
	QuantityMilli int64
	LineCount     int32
	// Lone is the product of the only line where there is one line and its
	// amount is Net, or NoProduct; 0 says that the lines have to be read.
	Lone     int64
	Channel  string
	Store    string
	Province string
	City     string
	// ContentHash tells a changed order from an unchanged one; see Hasher.
	ContentHash int64
	ImportID    int64
	CreatedAt   int64 // unix ms
	UpdatedAt   int64
}

// Discount is an amount in 分, 0 or more, or nothing known of it, which is not 0.
type Discount struct {
	Fen   int64
	Known bool
}

// NoProduct is the Lone of an order whose only line names no product.
const NoProduct = -1

// SetLone sets Lone from the lines of o, which have their products.
func (o *Order) SetLone(lines []Line) {
	o.Lone = 0
	if len(lines) == 1 && lines[0].Amount == o.Net {
		if o.Lone = lines[0].ProductID; o.Lone == 0 {
			o.Lone = NoProduct
		}
	}
}

// Line is one line of an order. Amount is what the line brought: paid less
// what was refunded on this line, negative in a return.
type Line struct {
	OrderID       int64
	No            int32 // from 1
	ProductID     int64 // 0 = none
	QuantityMilli int64
	Amount        money.Exact
}

// BehaviourKind is what a customer did. The numbers are stored and never change.
type BehaviourKind int16

// The kinds of behaviour.
const (
	BehaviourView      BehaviourKind = 1
	BehaviourCart      BehaviourKind = 2 // put into the cart
	BehaviourFavourite BehaviourKind = 3
	BehaviourReview    BehaviourKind = 4
)

var behaviourCodes = [...]string{
	BehaviourView: "view", BehaviourCart: "cart", BehaviourFavourite: "favourite", BehaviourReview: "review",
}

// Code is the text of the kind in the API; "" for none of them.
func (k BehaviourKind) Code() string { return codeOf(behaviourCodes[:], int(k)) }

// ParseBehaviourKind reads what Code writes.
func ParseBehaviourKind(code string) (BehaviourKind, bool) {
	i, ok := indexOf(behaviourCodes[:], code)
	return BehaviourKind(i), ok
}

// Behaviour is one thing a customer did without buying.
type Behaviour struct {
	ID            int64
	SourceID      int64
	ExternalID    string
	CustomerID    int64
	Kind          BehaviourKind
	At            int64     // unix ms
	Day           clock.Day // of At in company time
	ProductID     int64     // 0 = none
	QuantityMilli int64
	Rating        int16 // 1 … 5 of a review, 0 = none
	ContentHash   int64
	ImportID      int64
	CreatedAt     int64
}

// Product is what a line or a behaviour is about, known by its code in a source.
type Product struct {
	Code     string
	Name     string
	Category string
	Brand    string
}

// Existing is what an import must know of an order or behaviour that is there.
type Existing struct {
	ID          int64
	CustomerID  int64
	ContentHash int64
	ImportID    int64
	Day         clock.Day
	CreatedAt   int64
	Discount    Discount // of an order
}

func codeOf(codes []string, i int) string {
	if i < 0 || i >= len(codes) {
		return ""
	}
	return codes[i]
}

func indexOf(codes []string, code string) (int, bool) {
	for i, c := range codes {
		if c == code && c != "" {
			return i, true
		}
	}
	return 0, false
}
