package customer

import (
	"context"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// Owner is the member of staff who looks after a customer.
type Owner struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// Item is a customer in a list, and the small card of one. Contacts are masked.
type Item struct {
	ID        int64      `json:"id"`
	Name      string     `json:"name"`
	Kind      Kind       `json:"kind" enum:"person,company,org"`
	Gender    Gender     `json:"gender" doc:"male, female, or empty where unknown" access:"gender"`
	Phone     *string    `json:"phone" doc:"Masked; null without one" access:"phone"`
	Email     *string    `json:"email" doc:"Masked; null without one" access:"email"`
	Province  string     `json:"province" access:"region"`
	City      string     `json:"city" access:"region"`
	Owner     *Owner     `json:"owner"`
	Level     *Level     `json:"level" doc:"In the current run; null where not graded" access:"level"`
	Net365    int64      `json:"net_365_fen" doc:"Net spend of the last 365 days" access:"spend"`
	NetAll    int64      `json:"net_all_fen" access:"spend"`
	Orders365 int64      `json:"orders_365" doc:"Purchases in the last 365 days" access:"orders"`
	OrdersAll int64      `json:"orders_all" access:"orders"`
	AOV365    *int64     `json:"aov_365_fen" doc:"Net spend by purchase in the last 365 days; null without a purchase" access:"spend"`
	LastDay   *clock.Day `json:"last_day" doc:"Of the last purchase; null without one" access:"orders"`
	DaysSince *int64     `json:"days_since" doc:"Days from the last purchase to the as-of day" access:"orders"`
	Category  string     `json:"favourite_category" access:"orders"`
	// Values are those of the columns that were asked for, by the codes of their fields.
	Values map[string]any `json:"values,omitempty" doc:"By the code of the field: text, number, {id, name}, or a list of them; null without a value"`
}

// Page is a page of customers. Total counts up to 10,000: with total_capped
// there are more, with null they were not counted.
type Page struct {
	Items       []Item  `json:"items"`
	NextCursor  *string `json:"next_cursor" doc:"Give it as cursor to get the next page; null on the last one"`
	PrevCursor  *string `json:"prev_cursor" doc:"The same for the page before; null on the first one"`
	Total       *int64  `json:"total" doc:"All matches; null where not counted"`
	TotalCapped bool    `json:"total_capped" doc:"There are more than total"`
	// AsOf is the day the figures are of.
	AsOf clock.Day `json:"as_of"`
}

// List gives a page of the customers that match and that the actor may see.
// sort is one of id, net_365, net_all, last_day, with a leading minus
// descending ("" is -net_365). Errors: customer.unknown_sort, customer.field_hidden, web.bad_cursor,
// customer.unknown_level, customer.text_too_long.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor, sort string) (Page, error) {
	actor := auth.From(ctx)
	sort = usualSort(ctx, sort)
	if err := s.mayList(ctx, &f, sort); err != nil {
		return Page{}, err
	}
	so, from, err := position0(cursor, sort)
	if err != nil {
		return Page{}, err
	}
	asOf, err := s.Today(ctx)
	if err != nil {
		return Page{}, err
	}
	f.pool = true
	if err := s.resolve(ctx, &f); err != nil {
		return Page{}, err
	}
	f.noneInYear = f.LastTo != nil && *f.LastTo <= asOf-yearDays
	p := Page{Items: []Item{}, AsOf: asOf}
	if f.nobody {
		p.Total = new(int64)
		return p, nil
	}
	if done, err := s.recalled(ctx, actor, &f, &p, limit, cursor != "", from, sort); done || err != nil {
		return p, err
	}
	total, known, err := s.total(ctx, actor, &f)
	if err != nil {
		return Page{}, err
	}
	if known {
		shown := total
		if p.TotalCapped = total > countCap && !(f.empty() && seesAll(actor)); p.TotalCapped {
			shown = countCap
		}
		p.Total = &shown
	}
	rows, err := s.page(ctx, actor, &f, so, from, limit+1, total, known)
	if err != nil {
		return Page{}, err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		last := rows[limit-1]
		next := web.EncodeCursor(sortName(sort), last.sortKey, last.ID)
		p.NextCursor = &next
	}
	p.Items, err = s.items(ctx, rows, asOf, s.masked)
	return p, err
}

func sortName(sort string) string {
	if sort == "" {
		return defaultSort
	}
	return sort
}

// position0 reads where a page begins; a cursor belongs to one way to sort.
func position0(cursor, sort string) (sortOrder, position, error) {
	so, ok := sorts[sortName(sort)]
	if !ok {
		return so, position{}, errs.New(errs.Invalid, "invalid").WithField("sort", "customer.unknown_sort")
	}
	from := so.start()
	if cursor == "" {
		return so, from, nil
	}
	var of string
	if err := web.DecodeCursor(cursor, &of, &from.key, &from.id); err != nil {
		return so, from, err
	}
	if narrow := int64(int32(from.key)); of != sortName(sort) || (so.day && narrow != from.key) {
		return so, from, errs.New(errs.Invalid, "invalid").WithField("cursor", "web.bad_cursor")
	}
	return so, from, nil
}

// items makes the shown form of rows. show opens a contact, masked or not.
func (s *Service) items(ctx context.Context, rows []listRow, asOf clock.Day, show func(*Contact) (string, error)) ([]Item, error) {
	items := make([]Item, len(rows))
	if len(rows) == 0 {
		return items, nil
	}
	run, err := s.run(ctx)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		r, it := &rows[i], &items[i]
		*it = r.item(asOf, run)
		if it.Phone, err = shown(show, r.ID, ContactPhone, r.phone); err != nil {
			return nil, err
		}
		if it.Email, err = shown(show, r.ID, ContactEmail, r.email); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func shown(show func(*Contact) (string, error), id int64, kind ContactKind, cipher []byte) (*string, error) {
	if cipher == nil {
		return nil, nil
	}
	text, err := show(&Contact{CustomerID: id, Kind: kind, Cipher: cipher})
	return &text, err
}

func (r *listRow) item(asOf clock.Day, run *LevelRun) Item {
	it := Item{
		ID: r.ID, Name: r.Name, Kind: r.Kind, Gender: r.Gender, Province: r.Province, City: r.City,
		Net365: r.Net365, NetAll: r.NetAll, Orders365: r.Orders365, OrdersAll: r.OrdersAll,
		LastDay: r.LastDay, Category: r.Category,
	}
	if r.OwnerID != 0 {
		it.Owner = &Owner{r.OwnerID, r.OwnerName}
	}
	if l, ok := run.Levels[r.LevelNo]; ok {
		it.Level = &l
	}
	if r.Orders365 > 0 {
		aov := Ratio(r.Net365, r.Orders365)
		it.AOV365 = &aov
	}
	if r.LastDay != nil {
		days := int64(asOf - *r.LastDay)
		it.DaysSince = &days
	}
	return it
}

// Ratio is a / b rounded half to even, for b > 0: an average in 分.
func Ratio(a, b int64) int64 {
	q, r := a/b, a%b
	if r < 0 {
		q, r = q-1, r+b
	}
	if twice := 2 * r; twice > b || (twice == b && q&1 != 0) {
		q++
	}
	return q
}

// Card gives one customer in the form of a list: the small read for side
// panels. customer.not_found also where the actor may not see the customer.
func (s *Service) Card(ctx context.Context, id int64) (Item, error) {
	run, err := s.run(ctx)
	if err != nil {
		return Item{}, err
	}
	asOf, err := s.Today(ctx)
	if err != nil {
		return Item{}, err
	}
	row, err := s.store.row(ctx, auth.From(ctx), run.RunID, id)
	if err != nil {
		return Item{}, err
	}
	items, err := s.items(ctx, []listRow{*row}, asOf, s.masked)
	if err != nil {
		return Item{}, err
	}
	return items[0], nil
}
