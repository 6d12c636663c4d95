package affinity

import (
	"context"
	"net/http"
	"slices"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
)

// Suggestion is the category that similar customers bought and this one did not.
type Suggestion struct {
	CustomerID int64      `json:"customer_id"`
	Category   string     `json:"category" doc:"What similar customers bought; empty where there is none"`
	Because    string     `json:"because" doc:"The category that this customer bought, and they"`
	Share      float64    `json:"share" doc:"Of the customers who bought the one, how many also bought the other (confidence)"`
	Lift       float64    `json:"lift" doc:"How many times as often as among all customers"`
	Buyers     int64      `json:"buyers" doc:"Customers who bought the one"`
	Both       int64      `json:"both" doc:"Customers who bought both"`
	From       *clock.Day `json:"from" doc:"First day of the purchases that were looked at; null before the first time"`
	AsOf       *clock.Day `json:"as_of" doc:"Last day of them"`
	FoundAt    *int64     `json:"found_at" doc:"When it was worked out, unix milliseconds"`
	Text       string     `json:"text" doc:"The reason in one sentence, in the language of the request"`
}

// Suggestion tells what similar customers bought, by the rules in force and by
// what the customer has bought until today. Errors: customer.not_found also for
// customers the actor may not see, customer.field_hidden where purchases are
// hidden.
func (s *Service) Suggestion(ctx context.Context, id int64) (Suggestion, error) {
	out := Suggestion{CustomerID: id}
	if err := s.Customers.Visible(ctx, id); err != nil {
		return out, err
	}
	if err := customer.Shows(ctx, customer.AccessOrders); err != nil {
		return out, err
	}
	err := s.DB.InReadTx(ctx, func(ctx context.Context) error {
		v, err := s.store.inForce(ctx)
		if v == nil || err != nil {
			return err
		}
		out.From, out.AsOf, out.FoundAt = &v.From, &v.AsOf, &v.CreatedAt
		bought, err := s.store.categoriesOf(ctx, id, v.From, max(v.AsOf, s.Zone.Today(s.Clock)))
		if err != nil {
			return err
		}
		rules, err := s.store.rulesFrom(ctx, v.ID, bought)
		if err != nil {
			return err
		}
		if r, ok := pickNamed(rules, bought); ok {
			out.tell(r, v.Customers, web.Locale(ctx))
		}
		return nil
	})
	return out, err
}

// pickNamed is book.pick by codes.
func pickNamed(rules []namedRule, bought []string) (namedRule, bool) {
	var names []string
	for _, r := range rules {
		names = append(names, r.from, r.to)
	}
	names = append(names, bought...)
	slices.Sort(names)
	names = slices.Compact(names)
	place := func(code string) int32 {
		at, _ := slices.BinarySearch(names, code)
		return int32(at)
	}
	b := book{}
	for _, r := range rules {
		r.rule.from, r.rule.to = place(r.from), place(r.to)
		b[r.rule.from] = append(b[r.rule.from], r.rule)
	}
	for _, list := range b {
		slices.SortFunc(list, stronger)
	}
	places := make([]int32, len(bought))
	for i, code := range bought {
		places[i] = place(code)
	}
	slices.Sort(places)
	r, ok := b.pick(places)
	if !ok {
		return namedRule{}, false
	}
	return namedRule{names[r.from], names[r.to], r}, true
}

func (s *Suggestion) tell(r namedRule, customers int64, locale string) {
	s.Category, s.Because, s.Buyers, s.Both = r.to, r.from, r.rule.ofFrom, r.rule.both
	s.Share = r.rule.confidence()
	s.Lift = s.Share * float64(customers) / float64(r.rule.ofTo)
	s.Text = i18n.T(locale, "affinity.because", i18n.Params{"because": s.Because, "category": s.Category, "share": i18n.Percent(s.Share, 0)})
}

type ofCustomer struct {
	ID int64 `path:"id" minimum:"1"`
}

// Routes registers the endpoints.
func (s *Service) Routes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/customers/{id}/suggestion", ID: "getCustomerSuggestion",
		Summary: "The category that similar customers bought", Tag: "affinity", Permission: customer.PermView},
		func(ctx context.Context, in *ofCustomer) (Suggestion, error) { return s.Suggestion(ctx, in.ID) })
}
