package org

import (
	"context"
	"encoding/json"
	"math"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// Notice is news for one person, shown in the product.
type Notice struct {
	ID        int64          `json:"id"`
	StaffID   int64          `json:"-"`
	Kind      string         `json:"kind" doc:"Its text is notice.<kind>"`
	Params    map[string]any `json:"params"`
	CreatedAt int64          `json:"created_at" doc:"unix ms"`
	ReadAt    *int64         `json:"read_at" doc:"unix ms; null while unread"`
}

// Notices are a page of those of the caller.
type Notices struct {
	web.Page[Notice]
	Unread int64 `json:"unread"`
}

// UnreadNotices counts what the caller has not read.
type UnreadNotices struct {
	Unread int64 `json:"unread"`
}

// ReadNotices says what was read.
type ReadNotices struct {
	IDs []int64 `json:"ids,omitempty" maxItems:"200" doc:"None for all"`
}

// Tell sends notices inside InTx. i18n-keys: notice.*
func (s *Service) Tell(ctx context.Context, list []Notice) error {
	if len(list) == 0 {
		return nil
	}
	first, err := s.DB.NextIDs(ctx, "staff_notice", len(list))
	if err != nil {
		return err
	}
	bodies := make([]string, len(list))
	for i := range list {
		b, err := json.Marshal(list[i].Params)
		if err != nil {
			return errs.Wrap(err, errs.Internal, "internal")
		}
		bodies[i] = string(b)
	}
	return s.insertNotices(ctx, first, list, bodies, s.now())
}

// MyNotices lists those of the caller, newest first.
func (s *Service) MyNotices(ctx context.Context, limit int, cursor string) (out Notices, err error) {
	below := int64(math.MaxInt64)
	if err := web.DecodeCursor(cursor, &below); err != nil {
		return out, err
	}
	staff := auth.From(ctx).StaffID
	list, err := s.noticesOf(ctx, staff, below, limit+1)
	if err != nil {
		return out, err
	}
	next := ""
	if len(list) > limit {
		list = list[:limit]
		next = web.EncodeCursor(list[limit-1].ID)
	}
	out.Page = web.NewPage(list, next, nil)
	out.Unread, err = s.unread(ctx, staff)
	return out, err
}

// Unread counts what the caller has not read.
func (s *Service) Unread(ctx context.Context) (UnreadNotices, error) {
	n, err := s.unread(ctx, auth.From(ctx).StaffID)
	return UnreadNotices{n}, err
}

// ReadNotices marks notices of the caller as read, all of them where none is named.
func (s *Service) ReadNotices(ctx context.Context, in ReadNotices) (out UnreadNotices, err error) {
	staff := auth.From(ctx).StaffID
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		if err := s.markRead(ctx, staff, in.IDs, s.now()); err != nil {
			return err
		}
		out.Unread, err = s.unread(ctx, staff)
		return err
	})
	return out, err
}

type noticesInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Entries a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
}

func (s *Service) noticeRoutes(api *web.API) {
	web.Register(api, web.Route{Method: "GET", Path: "/notices", ID: "listNotices", Tag: "notices", Permission: auth.SignedIn,
		Summary: "One's own notices, newest first"},
		func(ctx context.Context, in *noticesInput) (Notices, error) {
			return s.MyNotices(ctx, in.Limit, in.Cursor)
		})
	web.Register(api, web.Route{Method: "GET", Path: "/notices/unread", ID: "countNotices", Tag: "notices", Permission: auth.SignedIn,
		Summary: "How many notices one has not read"},
		func(ctx context.Context, _ *struct{}) (UnreadNotices, error) { return s.Unread(ctx) })
	web.Register(api, web.Route{Method: "POST", Path: "/notices/read", ID: "readNotices", Tag: "notices", Permission: auth.SignedIn,
		Summary: "Mark notices as read"},
		func(ctx context.Context, in *body[ReadNotices]) (UnreadNotices, error) {
			return s.ReadNotices(ctx, in.Body)
		})
}
