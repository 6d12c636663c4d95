package field

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type candidatesInput struct {
	ID   int64  `path:"id" minimum:"1"`
	Text string `query:"q" maxLength:"100" doc:"What was typed"`
}

type createInput struct{ Body In }

type updateInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body Patch
}

type orderInput struct {
	Body struct {
		IDs []int64 `json:"ids" maxItems:"200" doc:"The fields in their new order"`
	}
}

type presetInput struct {
	Code string `path:"code" maxLength:"40"`
	Body struct {
		Codes []string `json:"codes,omitempty" maxItems:"200" doc:"Fields of the preset to add; all where it is left out"`
	}
}

// ValuesIn sets values of a customer.
type ValuesIn struct {
	Values map[string]any `json:"values" doc:"By the field's code; null clears, what is left out stays. Text and choice: string. Number: number or string. Money: 分. Date: 2026-09-25. multi_choice: list of codes. Reference: id"`
}

type valuesInput struct {
	ID      int64  `path:"id" minimum:"1"`
	IfMatch string `header:"If-Match" maxLength:"40" doc:"The version that the change was made on, as in the ETag; without it any"`
	Body    ValuesIn
}

// ValuesView is the values of one customer.
type ValuesView struct {
	CustomerID int64            `json:"customer_id"`
	Version    int64            `json:"version" doc:"Of the customer's record; give it as If-Match"`
	Values     map[string]any   `json:"values" doc:"By the field's code, in the form they are set; fields without a value are missing"`
	Names      map[string]Names `json:"names" doc:"By target (customer, staff): names of what references point to"`
}

// Names are names by id.
type Names map[string]string

// UsedView is a field with how many customers have a value.
type UsedView struct {
	Definition
	Values int64 `json:"values" doc:"Customers with a value, counted up to 10,000"`
}

type outsideInput struct {
	ID       int64  `path:"id" minimum:"1"`
	Least    string `query:"least" maxLength:"40" doc:"A number, of an amount in 分; empty for none"`
	Greatest string `query:"greatest" maxLength:"40" doc:"A number, of an amount in 分; empty for none"`
}

// OutsideView says how many customers have a value outside of bounds.
type OutsideView struct {
	Values int64 `json:"values" doc:"Counted up to 10,000"`
	Capped bool  `json:"capped" doc:"There may be more than values"`
}

// Routes registers the endpoints.
func (s *Service) Routes(api *web.API) {
	const tag = "custom fields"
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/custom-fields", ID: "listFields", Tag: tag,
		Permission: auth.SignedIn, Summary: "All custom fields in their order, retired ones too"},
		func(ctx context.Context, _ *struct{}) (web.List[Definition], error) {
			set, err := s.Definitions(ctx)
			if err != nil {
				return web.List[Definition]{}, err
			}
			return web.NewList(values(set.All())), nil
		})
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/custom-fields", ID: "createField", Tag: tag,
		Status: http.StatusCreated, Permission: PermManage, Summary: "Define a field"},
		func(ctx context.Context, in *createInput) (Definition, error) { return value(s.Create(ctx, in.Body)) })
	web.Register(api, web.Route{Method: http.MethodPut, Path: "/custom-fields/order", ID: "orderFields", Tag: tag,
		Permission: PermManage, Summary: "Put the fields into an order"},
		func(ctx context.Context, in *orderInput) (web.List[Definition], error) {
			list, err := s.Order(ctx, in.Body.IDs)
			return web.NewList(values(list)), err
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/custom-fields/presets", ID: "listFieldPresets", Tag: tag,
		Permission: auth.SignedIn, Summary: "Sets of fields for an industry, to begin with"},
		func(context.Context, *struct{}) (web.List[Preset], error) { return web.NewList(Presets()), nil })
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/custom-fields/presets/{code}", ID: "importFieldPreset", Tag: tag,
		Permission: PermManage, Summary: "Add the fields of a set that are not there yet"},
		func(ctx context.Context, in *presetInput) (Imported, error) {
			return s.ImportPreset(ctx, in.Code, in.Body.Codes)
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/custom-fields/{id}", ID: "getField", Tag: tag,
		Permission: auth.SignedIn, Summary: "One field, and how many customers have a value"},
		func(ctx context.Context, in *idInput) (UsedView, error) { return s.Used(ctx, in.ID) })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/custom-fields/{id}/outside", ID: "fieldOutside", Tag: tag,
		Permission: PermManage, Summary: "How many customers have a value outside of bounds that the field might get"},
		func(ctx context.Context, in *outsideInput) (OutsideView, error) {
			return s.Outside(ctx, in.ID, in.Least, in.Greatest)
		})
	web.Register(api, web.Route{Method: http.MethodPatch, Path: "/custom-fields/{id}", ID: "updateField", Tag: tag,
		Permission: PermManage, Summary: "Change, retire or restore a field"},
		func(ctx context.Context, in *updateInput) (Definition, error) {
			return value(s.Update(ctx, in.ID, in.Body))
		})
	web.Register(api, web.Route{Method: http.MethodDelete, Path: "/custom-fields/{id}", ID: "deleteField", Tag: tag,
		Permission: PermManage, Summary: "Delete a field that never had a value"},
		func(ctx context.Context, in *idInput) (struct{}, error) { return struct{}{}, s.Delete(ctx, in.ID) })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/custom-fields/{id}/candidates", ID: "fieldCandidates", Tag: tag,
		Permission: permEdit, Summary: "Whom a reference may point to, by what was typed"},
		func(ctx context.Context, in *candidatesInput) (web.List[Candidate], error) {
			list, err := s.Candidates(ctx, in.ID, in.Text)
			return web.NewList(list), err
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/customers/{id}/fields", ID: "getCustomerFields", Tag: tag,
		Permission: permView, Summary: "The custom values of one customer"},
		func(ctx context.Context, in *idInput) (ValuesView, error) { return s.CustomerValues(ctx, in.ID) })
	web.Register(api, web.Route{Method: http.MethodPatch, Path: "/customers/{id}/fields", ID: "setCustomerFields", Tag: tag,
		Permission: permEdit, Summary: "Set custom values of one customer"},
		func(ctx context.Context, in *valuesInput) (ValuesView, error) {
			version, err := version(in.IfMatch)
			if err != nil {
				return ValuesView{}, err
			}
			return s.SetCustomerValues(ctx, in.ID, version, in.Body.Values)
		})
}

// version reads the number in an If-Match header: "v12" as the record's ETag
// has it, also 12; 0 for none and for *.
func version(match string) (int64, error) {
	match = strings.Trim(strings.TrimPrefix(strings.TrimSpace(match), "W/"), `"`)
	if match == "" || match == "*" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(match, "v"), 10, 64)
	if err != nil || n < 1 {
		return 0, errs.New(errs.Invalid, "invalid").WithField("If-Match", "field.bad_version")
	}
	return n, nil
}

func value(d *Definition, err error) (Definition, error) {
	if err != nil {
		return Definition{}, err
	}
	return *d, nil
}

func values(list []*Definition) []Definition {
	out := make([]Definition, len(list))
	for i, d := range list {
		out[i] = *d
	}
	return out
}
