package customer

import (
	"context"
	"net/http"
	"strings"

	"zhike/internal/platform/web"
)

// tagged puts the version of a record into the answer.
func tagged(ctx context.Context, r *Record, err error) (*Record, error) {
	if err != nil {
		return nil, err
	}
	web.Header(ctx).Set("ETag", web.ETag(r.Version))
	return r, nil
}

type createInput struct {
	Body New
}

type patchInput struct {
	ID      int64  `path:"id" minimum:"1"`
	IfMatch string `header:"If-Match" maxLength:"40" doc:"ETag of the record that was edited, \"v12\"; required"`
	Merge   bool   `query:"merge" doc:"Apply to a newer version where nobody changed the same fields"`
	Body    RecordPatch
}

// versionedInput is a write without a body.
type versionedInput struct {
	ID      int64  `path:"id" minimum:"1"`
	IfMatch string `header:"If-Match" maxLength:"40" doc:"ETag of the record; checked where it is sent"`
}

type addContactInput struct {
	ID      int64  `path:"id" minimum:"1"`
	IfMatch string `header:"If-Match" maxLength:"40" doc:"Checked where it is sent"`
	Body    ContactIn
}

type editContactInput struct {
	ID        int64  `path:"id" minimum:"1"`
	ContactID int64  `path:"contact_id" minimum:"1"`
	IfMatch   string `header:"If-Match" maxLength:"40" doc:"Required"`
	Body      ContactPatch
}

type contactInput struct {
	ID        int64  `path:"id" minimum:"1"`
	ContactID int64  `path:"contact_id" minimum:"1"`
	IfMatch   string `header:"If-Match" maxLength:"40" doc:"Checked where it is sent"`
}

// VerifyIn says what came of trying a contact.
type VerifyIn struct {
	Validity Validity `json:"validity" enum:"unknown,valid,invalid"`
}

type verifyInput struct {
	ID        int64  `path:"id" minimum:"1"`
	ContactID int64  `path:"contact_id" minimum:"1"`
	IfMatch   string `header:"If-Match" maxLength:"40" doc:"Checked where it is sent"`
	Body      VerifyIn
}

type changesInput struct {
	ID     int64  `path:"id" minimum:"1"`
	Field  string `query:"field" maxLength:"600" doc:"Only these fields, separated by commas"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Entries a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
}

type changeInput struct {
	ID       int64 `path:"id" minimum:"1"`
	ChangeID int64 `path:"change_id" minimum:"1"`
}

type feedInput struct {
	Cursor int64 `query:"cursor" minimum:"0" doc:"next_cursor of the call before; 0 for the beginning of what is kept, 90 days"`
	Limit  int   `query:"limit" minimum:"1" maximum:"5000" default:"1000"`
}

type similarInput struct {
	Body Probe
}

func (s *Service) recordRoutes(api *web.API) {
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: "/customers", ID: "createCustomer", Tag: "customers", Status: http.StatusCreated,
		Summary: "Create a customer, with custom fields and tags", Permission: PermCreate,
	}, func(ctx context.Context, in *createInput) (*Record, error) {
		r, err := s.Create(ctx, in.Body, WriteOptions{})
		return tagged(ctx, r, err)
	})
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: "/customers/similar", ID: "similarCustomers", Tag: "customers", NoReplay: true,
		Summary: "Customers that what is being typed may mean", Permission: PermCreate,
	}, func(ctx context.Context, in *similarInput) (web.List[Candidate], error) {
		list, err := s.Similar(ctx, in.Body)
		return web.NewList(list), err
	})
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/customers/{id}/record", ID: "getRecord", Tag: "customers",
		Summary: "Everything of a customer that can be edited, with the version as ETag", Permission: PermView,
	}, func(ctx context.Context, in *idInput) (*Record, error) {
		r, err := s.Read(ctx, in.ID)
		return tagged(ctx, r, err)
	})
	web.Register(api, web.Route{
		Method: http.MethodPatch, Path: "/customers/{id}/record", ID: "editRecord", Tag: "customers",
		Summary: "Change the fields that are sent; 409 customer.version_conflict tells the differences", Permission: PermEdit,
	}, func(ctx context.Context, in *patchInput) (*Record, error) {
		v, err := web.IfMatch(in.IfMatch, true)
		if err != nil {
			return nil, err
		}
		r, err := s.Change(ctx, Edit{ID: in.ID, Version: v, Merge: in.Merge, Patch: in.Body.Patch, Own: in.Body.Own}, WriteOptions{})
		return tagged(ctx, r, err)
	})
	web.Register(api, web.Route{
		Method: http.MethodDelete, Path: "/customers/{id}", ID: "deleteCustomer", Tag: "customers",
		Summary: "Delete a customer without orders for good", Permission: PermDelete,
	}, func(ctx context.Context, in *versionedInput) (struct{}, error) {
		v, err := web.IfMatch(in.IfMatch, false)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, s.Delete(ctx, in.ID, v)
	})
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: "/customers/{id}/invoice/reveal", ID: "revealInvoice", Tag: "customers", NoReplay: true,
		Summary: "Show the invoice data in clear; recorded", Permission: PermReveal,
	}, func(ctx context.Context, in *idInput) (Invoice, error) { return s.RevealInvoice(ctx, in.ID) })
	s.contactRoutes(api)
	s.historyRoutes(api)
	s.exchangeRoutes(api)
}

func (s *Service) contactRoutes(api *web.API) {
	const path = "/customers/{id}/contacts"
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: path, ID: "addContact", Tag: "customers", Status: http.StatusCreated,
		Summary: "Add a phone, e-mail, address, code or identifier", Permission: PermEdit,
	}, func(ctx context.Context, in *addContactInput) (*Record, error) {
		v, err := web.IfMatch(in.IfMatch, false)
		if err != nil {
			return nil, err
		}
		r, err := s.AddContact(ctx, in.ID, v, in.Body, WriteOptions{})
		return tagged(ctx, r, err)
	})
	web.Register(api, web.Route{
		Method: http.MethodPatch, Path: path + "/{contact_id}", ID: "editContact", Tag: "customers",
		Summary: "Change what is sent of a contact", Permission: PermEdit,
	}, func(ctx context.Context, in *editContactInput) (*Record, error) {
		v, err := web.IfMatch(in.IfMatch, true)
		if err != nil {
			return nil, err
		}
		r, err := s.EditContact(ctx, in.ID, v, in.ContactID, in.Body)
		return tagged(ctx, r, err)
	})
	web.Register(api, web.Route{
		Method: http.MethodDelete, Path: path + "/{contact_id}", ID: "removeContact", Tag: "customers",
		Summary: "Take a contact away", Permission: PermEdit,
	}, func(ctx context.Context, in *contactInput) (*Record, error) {
		v, err := web.IfMatch(in.IfMatch, false)
		if err != nil {
			return nil, err
		}
		r, err := s.RemoveContact(ctx, in.ID, v, in.ContactID)
		return tagged(ctx, r, err)
	})
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: path + "/{contact_id}/verify", ID: "verifyContact", Tag: "customers",
		Summary: "Note whether a contact reaches the customer", Permission: PermEdit,
	}, func(ctx context.Context, in *verifyInput) (*Record, error) {
		v, err := web.IfMatch(in.IfMatch, false)
		if err != nil {
			return nil, err
		}
		r, err := s.VerifyContact(ctx, in.ID, v, in.ContactID, in.Body.Validity)
		return tagged(ctx, r, err)
	})
}

func (s *Service) historyRoutes(api *web.API) {
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/customers/{id}/changes", ID: "listChanges", Tag: "customers",
		Summary: "Who changed which field, when, from what; newest first", Permission: PermView,
	}, func(ctx context.Context, in *changesInput) (web.Page[ChangeItem], error) {
		var fields []string
		for f := range strings.SplitSeq(in.Field, ",") {
			if f = strings.TrimSpace(f); f != "" {
				fields = append(fields, f)
			}
		}
		return s.Changes(ctx, in.ID, fields, in.Limit, in.Cursor)
	})
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: "/customers/{id}/changes/{change_id}/reveal", ID: "revealChange", Tag: "customers", NoReplay: true,
		Summary: "Show the values of a sealed change in clear; recorded", Permission: PermReveal,
	}, func(ctx context.Context, in *changeInput) (RevealedChange, error) {
		return s.RevealChange(ctx, in.ID, in.ChangeID)
	})
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/feed", ID: "readFeed", Tag: "exchange",
		Summary: "Which customers were created, changed, deleted or merged, in order; kept for 90 days", Permission: PermFeed,
	}, func(ctx context.Context, in *feedInput) (FeedPage, error) { return s.Feed(ctx, in.Cursor, in.Limit) })
}
