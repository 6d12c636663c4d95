package customer

import (
	"context"
	"net/http"
	"strconv"

	custom "zhike/internal/field"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// maxBoardColumns bounds the columns of a board; owners and departments beyond
// are left to a filter.
const maxBoardColumns = 60

// BoardColumn is one value of the field that a board is grouped by.
type BoardColumn struct {
	Key         string  `json:"key" doc:"The value; empty for customers without one"`
	Label       string  `json:"label"`
	Tone        int     `json:"tone" doc:"One of the fixed colours"`
	Items       []Item  `json:"items"`
	NextCursor  *string `json:"next_cursor"`
	Total       *int64  `json:"total" doc:"Counted up to 10,000; null where that takes too long"`
	TotalCapped bool    `json:"total_capped"`
}

// Board is a list as columns of cards. A card is moved by a PATCH of the field.
type Board struct {
	GroupBy string        `json:"group_by"`
	Columns []BoardColumn `json:"columns"`
	// More says that there are values without a column here.
	More bool `json:"more"`
}

// group is a column to be.
type group struct {
	key, label string
	tone       int
	needed     bool // also without a customer
}

// Board gives the columns of a list grouped by a field, each with its first
// page. Errors: those of Query, and list.cannot_group at group_by.
func (s *Service) Board(ctx context.Context, groupBy string, lq ListQuery) (Board, error) {
	out := Board{GroupBy: groupBy, Columns: []BoardColumn{}}
	f, groups, err := s.groups(ctx, groupBy)
	if err != nil {
		return out, err
	}
	if out.More = len(groups) > maxBoardColumns; out.More {
		groups = groups[:maxBoardColumns]
	}
	for _, g := range groups {
		col, err := s.boardColumn(ctx, f, g, lq)
		if err != nil {
			return out, err
		}
		if g.needed || len(col.Items) > 0 {
			out.Columns = append(out.Columns, col)
		}
	}
	return out, nil
}

// BoardColumn gives a further page of one column. Errors: those of Board.
func (s *Service) BoardColumn(ctx context.Context, groupBy, key string, lq ListQuery) (BoardColumn, error) {
	f, groups, err := s.groups(ctx, groupBy)
	if err != nil {
		return BoardColumn{}, err
	}
	for _, g := range groups {
		if g.key == key {
			return s.boardColumn(ctx, f, g, lq)
		}
	}
	return BoardColumn{}, errs.New(errs.Invalid, "invalid").WithField("key", "list.unknown_option", "value", rule.Shortened(key))
}

func (s *Service) boardColumn(ctx context.Context, f *listField, g group, lq ListQuery) (BoardColumn, error) {
	only := condition(f.code, "empty", nil)
	if g.key != "" {
		var value any = []string{g.key}
		if id, err := strconv.ParseInt(g.key, 10, 64); err == nil && (f.typ == "staff" || f.typ == "department") {
			value = []int64{id}
		}
		only = condition(f.code, "in", value)
	}
	// The grouping goes first, so that a column of few finds them by its index.
	lq.Filter.Tree = rule.And(only, lq.Filter.Tree)
	if lq.Sort == "" {
		lq.Sort = "-id"
	}
	page, err := s.Query(ctx, lq)
	return BoardColumn{Key: g.key, Label: g.label, Tone: g.tone, Items: page.Items, NextCursor: page.NextCursor,
		Total: page.Total, TotalCapped: page.TotalCapped}, err
}

// groups gives the columns of a board in their order. i18n-keys: customer.stage.*, customer.kind.*, list.board.*
func (s *Service) groups(ctx context.Context, code string) (*listField, []group, error) {
	c, err := s.compiler(ctx)
	if err != nil {
		return nil, nil, err
	}
	f, err := c.listField(code)
	if err != nil {
		return nil, nil, atField("group_by", err)
	}
	if f == nil || !f.grouped {
		return nil, nil, errs.New(errs.Invalid, "invalid").WithField("group_by", "list.cannot_group", "field", rule.Shortened(code))
	}
	text := func(key string) string { return s.Texts.T(web.Locale(ctx), key, nil) }
	without := group{label: text("list.board.without")}
	var out []group
	switch {
	case f.def != nil && f.def.Kind == custom.Choice:
		for i := range f.def.Options {
			o := &f.def.Options[i]
			out = append(out, group{o.Code, o.Label.In(web.Locale(ctx)), o.Tone, !o.Retired})
		}
	case f.typ == "level":
		run, err := c.runOf(dimensionOf(f.code))
		if err != nil {
			return nil, nil, err
		}
		for _, l := range sortedLevels(run) {
			out = append(out, group{l.Code, l.Name, 0, true})
		}
	case f.code == LifecycleField:
		if out, err = s.lifecycleGroups(ctx); err != nil {
			return nil, nil, err
		}
	case f.typ == "staff":
		if out, err = s.store.ownerGroups(ctx, maxBoardColumns); err != nil {
			return nil, nil, err
		}
		without.label = text("list.board.pool")
	case f.typ == "department":
		if out, err = s.store.departmentGroups(ctx, maxBoardColumns); err != nil {
			return nil, nil, err
		}
	default:
		for _, code := range f.codes {
			out = append(out, group{code, text(f.words + code), 0, true})
		}
	}
	if f.has("empty") {
		out = append(out, without)
	}
	return f, out, nil
}

type boardInput struct {
	FilterQuery
	GroupBy string `query:"group_by" required:"true" maxLength:"64" doc:"A groupable field of the catalogue: stage, kind, level, owner, department or f.<code>"`
	Limit   int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Cards a column"`
	Sort    string `query:"sort" maxLength:"64" default:"-id"`
	Columns string `query:"columns" maxLength:"3000"`
}

type boardColumnInput struct {
	FilterQuery
	GroupBy string `query:"group_by" required:"true" maxLength:"64"`
	Limit   int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Cards a page"`
	Sort    string `query:"sort" maxLength:"64" default:"-id"`
	Columns string `query:"columns" maxLength:"3000"`
	Key     string `query:"key" maxLength:"64" doc:"The column; empty for customers without a value"`
	Cursor  string `query:"cursor" maxLength:"2048" doc:"next_cursor of the column"`
}

func (s *Service) boardRoutes(api *web.API) {
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/customers/board", ID: "customerBoard", Tag: "customers",
		Summary: "A list as columns of cards, each with its first page", Permission: PermView,
	}, func(ctx context.Context, in *boardInput) (Board, error) {
		f, err := in.filter()
		if err != nil {
			return Board{}, err
		}
		return s.Board(ctx, in.GroupBy, ListQuery{Filter: f, Sort: in.Sort, Limit: in.Limit, Columns: splitCodes(in.Columns)})
	})
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/customers/board/column", ID: "customerBoardColumn", Tag: "customers",
		Summary: "A further page of one column", Permission: PermView,
	}, func(ctx context.Context, in *boardColumnInput) (BoardColumn, error) {
		f, err := in.filter()
		if err != nil {
			return BoardColumn{}, err
		}
		return s.BoardColumn(ctx, in.GroupBy, in.Key, ListQuery{Filter: f, Sort: in.Sort, Limit: in.Limit, Cursor: in.Cursor, Columns: splitCodes(in.Columns)})
	})
}
