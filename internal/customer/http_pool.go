package customer

import (
	"context"
	"net/http"

	"zhike/internal/platform/web"
)

type addRelationInput struct {
	ID      int64  `path:"id" minimum:"1"`
	IfMatch string `header:"If-Match" maxLength:"40" doc:"Checked where it is sent"`
	Body    RelationIn
}

type editRelationInput struct {
	ID         int64  `path:"id" minimum:"1"`
	RelationID int64  `path:"relation_id" minimum:"1"`
	IfMatch    string `header:"If-Match" maxLength:"40" doc:"Checked where it is sent"`
	Body       RelationPatch
}

type relationInput struct {
	ID         int64  `path:"id" minimum:"1"`
	RelationID int64  `path:"relation_id" minimum:"1"`
	IfMatch    string `header:"If-Match" maxLength:"40" doc:"Checked where it is sent"`
}

// TeamIn is somebody to be put into a service team.
type TeamIn struct {
	Role TeamRole `json:"role" enum:"service,sales,support,viewer"`
}

type setTeamInput struct {
	ID      int64  `path:"id" minimum:"1"`
	StaffID int64  `path:"staff_id" minimum:"1"`
	IfMatch string `header:"If-Match" maxLength:"40" doc:"Checked where it is sent"`
	Body    TeamIn
}

type teamInput struct {
	ID      int64  `path:"id" minimum:"1"`
	StaffID int64  `path:"staff_id" minimum:"1"`
	IfMatch string `header:"If-Match" maxLength:"40" doc:"Checked where it is sent"`
}

// HandOverIn says who gets a customer.
type HandOverIn struct {
	OwnerID int64 `json:"owner_id" minimum:"1"`
	Keep    bool  `json:"keep_in_team,omitempty" doc:"The owner before stays in the service team"`
}

type handOverInput struct {
	ID      int64  `path:"id" minimum:"1"`
	IfMatch string `header:"If-Match" maxLength:"40" doc:"Checked where it is sent"`
	Body    HandOverIn
}

// HandedOver is the record after it was handed over.
type HandedOver struct {
	Record *Record `json:"record" doc:"Null where the reader no longer sees the customer"`
}

// ReleaseIn says why a customer goes back into the pool.
type ReleaseIn struct {
	Reason string `json:"reason" minLength:"1" maxLength:"200"`
}

type releaseInput struct {
	ID      int64  `path:"id" minimum:"1"`
	IfMatch string `header:"If-Match" maxLength:"40" doc:"Checked where it is sent"`
	Body    ReleaseIn
}

type poolRulesInput struct {
	Body PoolRules
}

func (s *Service) relationRoutes(api *web.API) {
	const path = "/customers/{id}/relations"
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: path, ID: "addRelation", Tag: "customers", Status: http.StatusCreated,
		Summary: "Relate two customers: contact, parent company, household, introduced by, partner", Permission: PermEdit,
	}, func(ctx context.Context, in *addRelationInput) (*Record, error) {
		v, err := web.IfMatch(in.IfMatch, false)
		if err != nil {
			return nil, err
		}
		r, err := s.AddRelation(ctx, in.ID, v, in.Body)
		return tagged(ctx, r, err)
	})
	web.Register(api, web.Route{
		Method: http.MethodPatch, Path: path + "/{relation_id}", ID: "editRelation", Tag: "customers",
		Summary: "Change role, title or note of a relation", Permission: PermEdit,
	}, func(ctx context.Context, in *editRelationInput) (*Record, error) {
		v, err := web.IfMatch(in.IfMatch, false)
		if err != nil {
			return nil, err
		}
		r, err := s.EditRelation(ctx, in.ID, v, in.RelationID, in.Body)
		return tagged(ctx, r, err)
	})
	web.Register(api, web.Route{
		Method: http.MethodDelete, Path: path + "/{relation_id}", ID: "removeRelation", Tag: "customers",
		Summary: "Take a relation away", Permission: PermEdit,
	}, func(ctx context.Context, in *relationInput) (*Record, error) {
		v, err := web.IfMatch(in.IfMatch, false)
		if err != nil {
			return nil, err
		}
		r, err := s.RemoveRelation(ctx, in.ID, v, in.RelationID)
		return tagged(ctx, r, err)
	})
}

func (s *Service) teamRoutes(api *web.API) {
	const path = "/customers/{id}/team/{staff_id}"
	web.Register(api, web.Route{
		Method: http.MethodPut, Path: path, ID: "setTeamMember", Tag: "customers",
		Summary: "Put somebody into the service team, or give another role", Permission: PermAssign,
	}, func(ctx context.Context, in *setTeamInput) (*Record, error) {
		v, err := web.IfMatch(in.IfMatch, false)
		if err != nil {
			return nil, err
		}
		r, err := s.SetTeam(ctx, in.ID, v, in.StaffID, in.Body.Role)
		return tagged(ctx, r, err)
	})
	web.Register(api, web.Route{
		Method: http.MethodDelete, Path: path, ID: "removeTeamMember", Tag: "customers",
		Summary: "Take somebody out of the service team", Permission: PermAssign,
	}, func(ctx context.Context, in *teamInput) (*Record, error) {
		v, err := web.IfMatch(in.IfMatch, false)
		if err != nil {
			return nil, err
		}
		r, err := s.LeaveTeam(ctx, in.ID, v, in.StaffID)
		return tagged(ctx, r, err)
	})
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: "/customers/{id}/hand-over", ID: "handOverCustomer", Tag: "customers",
		Summary: "Give a customer to another owner", Permission: PermEdit,
	}, func(ctx context.Context, in *handOverInput) (HandedOver, error) {
		v, err := web.IfMatch(in.IfMatch, false)
		if err != nil {
			return HandedOver{}, err
		}
		r, err := s.HandOver(ctx, in.ID, v, in.Body.OwnerID, in.Body.Keep)
		if err == nil && r != nil {
			r, err = tagged(ctx, r, nil)
		}
		return HandedOver{r}, err
	})
}

func (s *Service) poolRoutes(api *web.API) {
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: "/customers/{id}/claim", ID: "claimCustomer", Tag: "customers",
		Summary: "Become the owner of a customer of the public pool", Permission: PermPool,
	}, func(ctx context.Context, in *idInput) (*Record, error) {
		r, err := s.Claim(ctx, in.ID)
		return tagged(ctx, r, err)
	})
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: "/customers/{id}/release", ID: "releaseCustomer", Tag: "customers",
		Summary: "Put a customer back into the public pool", Permission: PermPool,
	}, func(ctx context.Context, in *releaseInput) (struct{}, error) {
		v, err := web.IfMatch(in.IfMatch, false)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, s.Release(ctx, in.ID, v, in.Body.Reason)
	})
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/pool/rules", ID: "getPoolRules", Tag: "customers",
		Summary: "The rules of the public pool", Permission: PermView,
	}, func(ctx context.Context, _ *none) (PoolRules, error) { return s.PoolRules(ctx) })
	web.Register(api, web.Route{
		Method: http.MethodPut, Path: "/pool/rules", ID: "setPoolRules", Tag: "customers",
		Summary: "Change the rules of the public pool", Permission: PermAssign,
	}, func(ctx context.Context, in *poolRulesInput) (PoolRules, error) { return s.SetPoolRules(ctx, in.Body) })
}
