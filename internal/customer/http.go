package customer

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// FilterQuery is the filter of the list as query parameters.
type FilterQuery struct {
	Text      string `query:"q" maxLength:"400" doc:"Name, pinyin, initials, or a whole phone, e-mail, member or order number; four digits: the end of a phone"`
	Level     string `query:"level" maxLength:"2000" doc:"Codes of levels in the current run, separated by commas"`
	Kind      string `query:"kind" enum:"person,company,org,"`
	Source    int64  `query:"source" minimum:"0" doc:"Id of a source"`
	Province  string `query:"province" maxLength:"100"`
	City      string `query:"city" maxLength:"100"`
	Owner     int64  `query:"owner" minimum:"-1" doc:"Id of a member of staff; -1 for customers without an owner"`
	LastFrom  string `query:"last_day_from" maxLength:"10" doc:"Earliest day of the last purchase, 2026-01-31"`
	LastTo    string `query:"last_day_to" maxLength:"10" doc:"Latest day of the last purchase"`
	NetMin    string `query:"net_365_min" maxLength:"16" doc:"Least net spend of the last 365 days, in 分"`
	NetMax    string `query:"net_365_max" maxLength:"16"`
	OrdersMin string `query:"orders_365_min" maxLength:"9" doc:"Fewest purchases in the last 365 days"`
	OrdersMax string `query:"orders_365_max" maxLength:"9"`
	Filter    string `query:"filter" maxLength:"60000" doc:"A nested filter as JSON, beside the others; see POST /customers/query"`
}

// filter reads the parameters.
func (q *FilterQuery) filter() (Filter, error) {
	bad := errs.New(errs.Invalid, "invalid")
	f := Filter{
		Text: q.Text, Kind: Kind(q.Kind), SourceID: q.Source, Province: q.Province, City: q.City, OwnerID: q.Owner,
		LastFrom: queryDay(bad, "last_day_from", q.LastFrom), LastTo: queryDay(bad, "last_day_to", q.LastTo),
		NetMinFen: queryInt(bad, "net_365_min", q.NetMin), NetMaxFen: queryInt(bad, "net_365_max", q.NetMax),
		OrdersMin: queryInt(bad, "orders_365_min", q.OrdersMin), OrdersMax: queryInt(bad, "orders_365_max", q.OrdersMax),
	}
	for code := range strings.SplitSeq(q.Level, ",") {
		if code != "" {
			f.Levels = append(f.Levels, code)
		}
	}
	if err := bad.OrNil(); err != nil {
		return f, err
	}
	var err error
	f.Tree, err = ParseFilter([]byte(q.Filter))
	return f, err
}

func queryDay(bad *errs.Error, name, text string) *clock.Day {
	if text == "" {
		return nil
	}
	d, err := clock.ParseDay(text)
	if err != nil {
		_ = bad.WithField(name, "customer.bad_day")
		return nil
	}
	return &d
}

// queryInt reads an optional whole number; "" is none.
func queryInt(bad *errs.Error, name, text string) *int64 {
	if text == "" {
		return nil
	}
	n, ok := rule.WholeNumber(text)
	if !ok {
		_ = bad.WithField(name, "customer.bad_number")
		return nil
	}
	return &n
}

type listInput struct {
	FilterQuery
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Entries a page"`
	Cursor  string `query:"cursor" maxLength:"2048" doc:"next_cursor or prev_cursor of another page, with the same sort"`
	Sort    string `query:"sort" maxLength:"64" doc:"A sortable field of the catalogue, such as id, name, net_365 or f.<code>; a leading minus sorts descending; a second one behind a comma parts those whom the first leaves equal, as in -net_all,name. -net_365 where left out, -id where the reader's role hides spend"`
	Columns string `query:"columns" maxLength:"3000" doc:"Codes of fields whose values are wanted, separated by commas"`
}

type exportInput struct {
	FilterQuery
	Format  string `query:"format" enum:"csv,xlsx" default:"csv"`
	Sort    string `query:"sort" maxLength:"64" doc:"As in GET /customers"`
	Columns string `query:"columns" maxLength:"1000" doc:"Keys of columns, separated by commas; none for all"`
	Layout  string `query:"layout" maxLength:"64" doc:"As another system lays it out, instead of columns: fxiaoke_accounts, fxiaoke_contacts, zoho_accounts, zoho_contacts"`
}

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type revealInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		ContactID int64 `json:"contact_id,omitempty" minimum:"0" doc:"Id of a contact"`
		SourceID  int64 `json:"source_id,omitempty" minimum:"0" doc:"Or: id of a source, for the customer's number in it"`
	}
}

type searchInput struct {
	Text string `query:"q" required:"true" minLength:"1" maxLength:"400"`
}

type none struct{}

// Routes puts the routes of customers into the table. The full page of a
// customer, which also tells figures and orders, is a route of package order.
func (s *Service) Routes(api *web.API) {
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/customers", ID: "listCustomers", Tag: "customers",
		Summary: "List customers with their main figures", Permission: PermView,
	}, func(ctx context.Context, in *listInput) (Page, error) {
		f, err := in.filter()
		if err != nil {
			return Page{}, err
		}
		return s.Query(ctx, ListQuery{Filter: f, Limit: in.Limit, Cursor: in.Cursor, Sort: in.Sort, Columns: splitCodes(in.Columns)})
	})
	web.RegisterDownload(api, web.Route{
		Method: http.MethodGet, Path: "/customers/export", ID: "exportCustomers", Tag: "customers",
		Summary: "Download the list as CSV or XLSX", Permission: PermExport, Produces: "text/csv",
	}, s.export)
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/customers/options", ID: "customerOptions", Tag: "customers",
		Summary: "What the list can be filtered by", Permission: PermView,
	}, func(ctx context.Context, _ *none) (Options, error) { return s.Options(ctx) })
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/customers/{id}/card", ID: "customerCard", Tag: "customers",
		Summary: "One customer as the list shows it", Permission: PermView,
	}, func(ctx context.Context, in *idInput) (Item, error) { return s.Card(ctx, in.ID) })
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: "/customers/{id}/reveal", ID: "revealContact", Tag: "customers", NoReplay: true,
		Summary: "Show one contact in clear; recorded", Permission: PermReveal,
	}, func(ctx context.Context, in *revealInput) (Revealed, error) {
		return s.Reveal(ctx, in.ID, in.Body.ContactID, in.Body.SourceID)
	})
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/search", ID: "search", Tag: "customers",
		Summary: "Find customers by name, pinyin or a whole number", Permission: PermView,
	}, func(ctx context.Context, in *searchInput) (web.List[Hit], error) { return s.Search(ctx, in.Text) })
	s.listRoutes(api)
	s.recordRoutes(api)
	s.relationRoutes(api)
	s.teamRoutes(api)
	s.colleagueRoutes(api)
	s.poolRoutes(api)
	s.regionRoutes(api)
}

func (s *Service) export(ctx context.Context, in *exportInput, w http.ResponseWriter) error {
	f, err := in.filter()
	if err != nil {
		return err
	}
	e := Export{Filter: f, Sort: in.Sort, Format: in.Format, Layout: in.Layout, Locale: web.Locale(ctx)}
	for key := range strings.SplitSeq(in.Columns, ",") {
		if key != "" {
			e.Columns = append(e.Columns, key)
		}
	}
	return s.WriteExport(ctx, e, func(name string) io.Writer {
		kind := "text/csv; charset=utf-8"
		if e.Format == "xlsx" {
			kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Disposition", `attachment; filename="customers.`+e.Format+`"; filename*=UTF-8''`+url.PathEscape(name))
		return w
	})
}
