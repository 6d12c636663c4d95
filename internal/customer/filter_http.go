package customer

import (
	"context"
	"encoding/json"
	"net/http"

	"zhike/internal/platform/web"
)

// QueryBody is a list asked for in a body: the same as GET /customers, for
// filters that are too long for an address.
type QueryBody struct {
	Text    string          `json:"q,omitempty" maxLength:"400"`
	Filter  json.RawMessage `json:"filter,omitempty" doc:"{\"all\":[…]}, {\"any\":[…]}, {\"not\":…} or {\"field\":…,\"op\":…,\"value\":…}, at most 5 deep and 50 conditions; fields and operators as in GET /customers/fields"`
	Sort    string          `json:"sort,omitempty" maxLength:"64"`
	Limit   int             `json:"limit,omitempty" minimum:"0" maximum:"200" doc:"50 where left out"`
	Cursor  string          `json:"cursor,omitempty" maxLength:"2048"`
	Columns []string        `json:"columns,omitempty" maxItems:"60"`
}

type queryInput struct{ Body QueryBody }

func (b *QueryBody) query() (ListQuery, error) {
	lq := ListQuery{Filter: Filter{Text: b.Text}, Sort: b.Sort, Limit: b.Limit, Cursor: b.Cursor, Columns: b.Columns}
	if lq.Limit == 0 {
		lq.Limit = 50
	}
	var err error
	lq.Filter.Tree, err = ParseFilter(b.Filter)
	return lq, err
}

// maxQueryBody bounds the body of a list, in bytes.
const maxQueryBody = 80 << 10

// listRoutes are those of lists: catalogue, nested filters, boards, views, bulk
// edits, exports.
func (s *Service) listRoutes(api *web.API) {
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/customers/fields", ID: "customerFields", Tag: "customers",
		Summary: "What lists can be filtered, sorted and grouped by, show and edit", Permission: PermView,
	}, func(ctx context.Context, _ *none) (web.List[FieldInfo], error) { return s.ListFields(ctx) })
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: "/customers/query", ID: "queryCustomers", Tag: "customers", NoReplay: true, MaxBody: maxQueryBody,
		Summary: "GET /customers with the filter in the body; writes nothing", Permission: PermView,
	}, func(ctx context.Context, in *queryInput) (Page, error) {
		lq, err := in.Body.query()
		if err != nil {
			return Page{}, err
		}
		return s.Query(ctx, lq)
	})
	s.boardRoutes(api)
	s.viewRoutes(api)
	s.bulkRoutes(api)
	s.exportRoutes(api)
}
