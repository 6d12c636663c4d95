package order

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// Customers is what orders need of customers; *customer.Service gives it.
type Customers interface {
	// Visible fails with customer.not_found unless the actor may see the customer.
	Visible(ctx context.Context, id int64) error
	Identity(ctx context.Context, id int64) (*customer.Identity, error)
	Today(ctx context.Context) (clock.Day, error)
	// LifecycleNow tells where a customer is in the lifecycle; nil for nothing to tell.
	LifecycleNow(ctx context.Context, id int64) (*customer.LifecycleNow, error)
}

// Deps are what a Service needs. Levels may be nil: nobody is graded then.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Customers Customers
	Levels    customer.Levels
}

// Service is the use cases over orders and behaviours.
type Service struct {
	Deps
	store *Store
}

// NewService makes the service.
func NewService(d Deps) *Service { return &Service{Deps: d, store: NewStore(d.DB)} }

const (
	// maxLines is how many lines of one order a page shows; line_count tells
	// how many there are.
	maxLines = 50
	// recent is how many orders and behaviours the page of a customer shows.
	recent = 10
)

// SourceRef names where a record comes from.
type SourceRef struct {
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
}

// ProductRef is the product of a line or behaviour.
type ProductRef struct {
	ID       int64  `json:"id"`
	Code     string `json:"code"`
	Name     string `json:"name"`
	Category string `json:"category"`
	Brand    string `json:"brand"`
}

// LineItem is a line as pages show it.
type LineItem struct {
	No            int32       `json:"line_no"`
	Product       *ProductRef `json:"product"`
	QuantityMilli int64       `json:"quantity_milli" doc:"Thousandths; negative in a return"`
	AmountFen     int64       `json:"amount_fen" doc:"What the line brought, refunds taken off" access:"spend"`
}

// Item is an order as pages show it; money in 分, rounded half to even.
type Item struct {
	ID            int64      `json:"id"`
	Source        SourceRef  `json:"source"`
	ExternalID    string     `json:"external_id"`
	Kind          string     `json:"kind" enum:"sale,return"`
	Status        string     `json:"status" enum:"unpaid,paid,shipped,completed,cancelled,refunded,part_refunded"`
	PaidAt        int64      `json:"paid_at" doc:"unix ms"`
	Day           clock.Day  `json:"day" doc:"Of paid_at, in company time"`
	GrossFen      int64      `json:"gross_fen" doc:"As the source says" access:"spend"`
	SalesFen      int64      `json:"sales_fen" doc:"Gross where the order counts as a sale, else 0" access:"spend"`
	NetFen        int64      `json:"net_fen" doc:"Sales less refunds; negative in a return" access:"spend"`
	RefundedFen   int64      `json:"refunded_fen" access:"spend"`
	FreightFen    int64      `json:"freight_fen" access:"spend"`
	DiscountFen   *int64     `json:"discount_fen" doc:"Taken off the list price; null where it is not known" access:"spend"`
	QuantityMilli int64      `json:"quantity_milli"`
	LineCount     int32      `json:"line_count"`
	Channel       string     `json:"channel"`
	Store         string     `json:"store"`
	Province      string     `json:"province"`
	City          string     `json:"city"`
	Lines         []LineItem `json:"lines" doc:"The first 50"`
}

// BehaviourItem is a behaviour as pages show it.
type BehaviourItem struct {
	ID            int64       `json:"id"`
	Kind          string      `json:"kind" enum:"view,cart,favourite,review"`
	At            int64       `json:"at" doc:"unix ms"`
	Day           clock.Day   `json:"day"`
	Product       *ProductRef `json:"product"`
	QuantityMilli int64       `json:"quantity_milli"`
	Rating        *int64      `json:"rating" doc:"1 to 5 of a review, else null"`
}

// Orders gives a page of a customer's orders, newest first, with their lines.
// Errors: customer.not_found, customer.field_hidden, web.bad_cursor.
func (s *Service) Orders(ctx context.Context, customerID int64, limit int, cursor string) (web.Page[Item], error) {
	var none web.Page[Item]
	from, err := parsePosition(cursor)
	if err != nil {
		return none, err
	}
	if err := customer.Shows(ctx, customer.AccessOrders); err != nil {
		return none, err
	}
	if err := s.Customers.Visible(ctx, customerID); err != nil {
		return none, err
	}
	items, err := s.items(ctx, customerID, from, limit+1)
	if err != nil {
		return none, err
	}
	next := ""
	if len(items) > limit {
		items = items[:limit]
		next = web.EncodeCursor(int64(items[limit-1].Day), items[limit-1].ID)
	}
	return web.NewPage(items, next, nil), nil
}

// Behaviours gives a page of what a customer did, newest first; kind is a
// code, "" for all. Errors: customer.not_found, order.unknown_behaviour,
// web.bad_cursor.
func (s *Service) Behaviours(ctx context.Context, customerID int64, kind string, limit int, cursor string) (web.Page[BehaviourItem], error) {
	var none web.Page[BehaviourItem]
	from, err := parsePosition(cursor)
	if err != nil {
		return none, err
	}
	k, ok := ParseBehaviourKind(kind)
	if !ok && kind != "" {
		return none, errs.New(errs.Invalid, "invalid").WithField("kind", "order.unknown_behaviour")
	}
	if err := customer.Shows(ctx, customer.AccessOrders); err != nil {
		return none, err
	}
	if err := s.Customers.Visible(ctx, customerID); err != nil {
		return none, err
	}
	rows, err := s.store.behavioursOf(ctx, customerID, max(k, 0), from, limit+1)
	if err != nil {
		return none, err
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = web.EncodeCursor(int64(rows[limit-1].Day), rows[limit-1].ID)
	}
	return web.NewPage(behaviourItems(rows), next, nil), nil
}

func parsePosition(cursor string) (position, error) {
	from, day := newest, int64(newest.day)
	if err := web.DecodeCursor(cursor, &day, &from.id); err != nil {
		return from, err
	}
	if from.day = clock.Day(day); int64(from.day) != day {
		return from, errs.New(errs.Invalid, "invalid").WithField("cursor", "web.bad_cursor")
	}
	return from, nil
}

// items reads orders with their lines in two queries.
func (s *Service) items(ctx context.Context, customerID int64, from position, n int) ([]Item, error) {
	rows, err := s.store.ofCustomer(ctx, customerID, from, n)
	if err != nil {
		return nil, err
	}
	return s.itemsOf(ctx, rows)
}

// itemsOf makes the shown form of orders, with their lines.
func (s *Service) itemsOf(ctx context.Context, rows []orderRow) ([]Item, error) {
	items, ids, at := make([]Item, len(rows)), make([]int64, len(rows)), make(map[int64]int, len(rows))
	for i := range rows {
		o := &rows[i]
		ids[i], at[o.ID] = o.ID, i
		refunded := o.Sales.Add(o.Net.Neg())
		if o.Kind == KindReturn {
			refunded = o.Net.Neg()
		}
		items[i] = Item{
			ID: o.ID, Source: SourceRef{o.SourceID, o.SourceCode, customer.SourceName(web.Locale(ctx), o.SourceCode, o.SourceName)}, ExternalID: o.ExternalID,
			Kind: o.Kind.Code(), Status: o.Status.Code(), PaidAt: o.PaidAt, Day: o.Day,
			GrossFen: o.Gross.Fen, SalesFen: o.Sales.Fen, NetFen: o.Net.Fen, RefundedFen: refunded.Fen,
			FreightFen: o.FreightFen, QuantityMilli: o.QuantityMilli, LineCount: o.LineCount,
			Channel: o.Channel, Store: o.Store, Province: o.Province, City: o.City, Lines: []LineItem{},
		}
	}
	for i := range rows {
		if d := &rows[i].Discount; d.Known {
			items[i].DiscountFen = &d.Fen
		}
	}
	lines, err := s.store.lines(ctx, ids, maxLines)
	if err != nil {
		return nil, err
	}
	for i := range lines {
		l := &lines[i]
		it := &items[at[l.OrderID]]
		it.Lines = append(it.Lines, LineItem{No: l.No, Product: l.Product.ref(l.ProductID), QuantityMilli: l.QuantityMilli, AmountFen: l.Amount.Fen})
	}
	return items, nil
}

func (p *Product) ref(id int64) *ProductRef {
	if id == 0 {
		return nil
	}
	return &ProductRef{id, p.Code, p.Name, p.Category, p.Brand}
}

func behaviourItems(rows []behaviourRow) []BehaviourItem {
	items := make([]BehaviourItem, len(rows))
	for i := range rows {
		b := &rows[i]
		items[i] = BehaviourItem{ID: b.ID, Kind: b.Kind.Code(), At: b.At, Day: b.Day, Product: b.Product.ref(b.ProductID), QuantityMilli: b.QuantityMilli}
		if b.Rating != 0 {
			rating := int64(b.Rating)
			items[i].Rating = &rating
		}
	}
	return items
}
