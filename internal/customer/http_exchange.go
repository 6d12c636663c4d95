package customer

import (
	"context"
	"net/http"
	"time"

	"zhike/internal/platform/web"
)

// upsertBody bounds a call: 10,000 rows of 3 KiB.
const upsertBody = 32 << 20

// upsertsAtOnce bounds calls beside each other: one is written while the next is
// read and sealed. Each takes some 100 MiB.
const upsertsAtOnce = 3

func (s *Service) exchangeRoutes(api *web.API) {
	web.RegisterBulk(api, web.Route{
		Method: http.MethodPost, Path: "/customers/upsert", ID: "upsertCustomers", Tag: "exchange", MaxBody: upsertBody, Timeout: 2 * time.Minute, AtOnce: upsertsAtOnce,
		Summary: "Create or update up to 10,000 customers, with a result for each", Permission: PermUpsert,
	}, func(ctx context.Context, in *UpsertInput) (UpsertAnswer, error) { return s.Upsert(ctx, *in) })
}
