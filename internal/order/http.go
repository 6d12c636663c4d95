package order

import (
	"context"
	"net/http"

	"zhike/internal/customer"
	"zhike/internal/platform/web"
)

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type ordersInput struct {
	ID     int64  `path:"id" minimum:"1"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Entries a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
}

type behavioursInput struct {
	ID     int64  `path:"id" minimum:"1"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Entries a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
	Kind   string `query:"kind" enum:"view,cart,favourite,review," doc:"Only this kind"`
}

// Routes puts the routes of orders, and the page of a customer, into the table.
func (s *Service) Routes(api *web.API) {
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/customers/{id}", ID: "getCustomer", Tag: "customers",
		Summary: "The page of one customer: identity, figures, level, newest orders and behaviours", Permission: customer.PermView,
	}, func(ctx context.Context, in *idInput) (CustomerPage, error) { return s.CustomerPage(ctx, in.ID) })
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/customers/{id}/orders", ID: "listCustomerOrders", Tag: "customers",
		Summary: "A customer's orders, newest first, with lines", Permission: customer.PermView,
	}, func(ctx context.Context, in *ordersInput) (web.Page[Item], error) {
		return s.Orders(ctx, in.ID, in.Limit, in.Cursor)
	})
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/customers/{id}/behaviours", ID: "listCustomerBehaviours", Tag: "customers",
		Summary: "What a customer did without buying, newest first", Permission: customer.PermView,
	}, func(ctx context.Context, in *behavioursInput) (web.Page[BehaviourItem], error) {
		return s.Behaviours(ctx, in.ID, in.Kind, in.Limit, in.Cursor)
	})
}
