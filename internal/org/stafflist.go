package org

import (
	"context"
	"strings"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// StaffQuery asks for a page of people.
type StaffQuery struct {
	web.ListQuery
	Q            string `query:"q" maxLength:"100" doc:"Part of a name or login"`
	DepartmentID int64  `query:"department_id" minimum:"0" doc:"In this department or below it"`
	RoleID       int64  `query:"role_id" minimum:"0"`
	Disabled     string `query:"disabled" enum:"true,false"`
}

// staffSorts are the columns that a list may be sorted by.
var staffSorts = []string{"login", "name", "last_login_at", "created_at"}

// ListStaff gives a page of the people whom the actor's scope covers, by login
// where no order is named.
func (s *Service) ListStaff(ctx context.Context, in *StaffQuery) (web.Page[Staff], error) {
	var none web.Page[Staff]
	q, err := s.searchStaff(ctx, in)
	if err != nil {
		return none, err
	}
	after, err := staffCursor(in.Cursor, q.order.column)
	if err != nil {
		return none, err
	}
	limit := in.Limit
	if limit <= 0 {
		limit = 50
	}
	items, last, err := s.staffPage(ctx, q, after, limit)
	if err != nil {
		return none, err
	}
	total, err := s.countStaff(ctx, q.where)
	if err != nil {
		return none, err
	}
	next := ""
	if last != nil {
		next = web.EncodeCursor(last...)
	}
	return web.NewPage(items, next, &total), nil
}

// staffSearch is a list of people that was asked for.
type staffSearch struct {
	where  *conditions
	order  staffOrder
	people *people
}

// searchStaff makes a search of a query, within the actor's scope.
func (s *Service) searchStaff(ctx context.Context, in *StaffQuery) (staffSearch, error) {
	var q staffSearch
	column, desc, err := web.ParseSort(in.Sort, "login", staffSorts...)
	if err != nil {
		return q, err
	}
	p, err := s.current(ctx)
	if err != nil {
		return q, err
	}
	var below []int64
	if in.DepartmentID != 0 {
		if below = p.below(in.DepartmentID); len(below) == 0 || len(below) > db.MaxIn {
			below = []int64{in.DepartmentID}
		}
	}
	return staffSearch{staffWhere(in, auth.From(ctx), below), staffOrder{column, desc}, p}, nil
}

// staffPage gives up to n people behind a place in the list; last is the place
// of the last of them, nil where no more follow.
func (s *Service) staffPage(ctx context.Context, q staffSearch, after []any, n int) (items []Staff, last []any, err error) {
	list, err := s.listStaff(ctx, *q.where, q.order, after, n+1)
	if err != nil {
		return nil, nil, err
	}
	if len(list) > n {
		list = list[:n]
		last = []any{sortKey(&list[n-1], q.order.column), list[n-1].id}
	}
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].id
	}
	roles, err := s.rolesOfMany(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	now := s.now()
	items = make([]Staff, len(list))
	for i := range list {
		items[i] = staffView(&list[i], q.people.departmentName(list[i].departmentID), q.people.rolesIn(roles[list[i].id]), now)
	}
	return items, last, nil
}

// rolesIn gives the roles of the ids; one made meanwhile is left out.
func (p *people) rolesIn(ids []int64) []*roleRow {
	out := make([]*roleRow, 0, len(ids))
	for _, id := range ids {
		if r := p.roles[id]; r != nil {
			out = append(out, r)
		}
	}
	return out
}

func sortKey(st *staffRow, column string) any {
	switch column {
	case "name":
		return st.name
	case "last_login_at":
		return st.lastLoginAt
	case "created_at":
		return st.createdAt
	}
	return st.login
}

// staffCursor reads the key and the id of the last entry of the page before.
func staffCursor(cursor, column string) ([]any, error) {
	if cursor == "" {
		return nil, nil
	}
	var id int64
	if column == "last_login_at" || column == "created_at" {
		var key int64
		err := web.DecodeCursor(cursor, &key, &id)
		return []any{key, id}, err
	}
	var key string
	err := web.DecodeCursor(cursor, &key, &id)
	return []any{key, id}, err
}

// GetStaff gives one person; org.no_staff where there is none within the
// actor's scope.
func (s *Service) GetStaff(ctx context.Context, id int64) (Staff, error) {
	st, err := s.staffByID(ctx, id)
	if err != nil {
		return Staff{}, err
	}
	if !sees(auth.From(ctx), st) {
		return Staff{}, errs.New(errs.NotFound, "org.no_staff")
	}
	ids, err := s.rolesOf(ctx, id)
	if err != nil {
		return Staff{}, err
	}
	p, err := s.current(ctx)
	if err != nil {
		return Staff{}, err
	}
	return staffView(st, p.departmentName(st.departmentID), p.rolesIn(ids), s.now()), nil
}

// People finds the ids of those with exactly this name or login, at most 20:
// what the audit log and other lists filter by.
func (s *Service) People(ctx context.Context, text string) ([]int64, error) {
	return s.findStaff(ctx, strings.TrimSpace(text), maxNamesAnswered)
}

// Names gives the names of people by id; who does not exist is left out.
func (s *Service) Names(ctx context.Context, ids []int64) (map[int64]string, error) {
	return s.staffNames(ctx, ids)
}

// Person is what other domains may know of somebody.
type Person struct {
	ID           int64
	Name         string
	DepartmentID int64
	Disabled     bool
}

// Person gives one by id; org.no_staff where there is none. No scope applies.
func (s *Service) Person(ctx context.Context, id int64) (Person, error) {
	st, err := s.staffByID(ctx, id)
	if err != nil {
		return Person{}, err
	}
	return Person{ID: st.id, Name: st.name, DepartmentID: st.departmentID, Disabled: st.disabled}, nil
}

// DepartmentName gives the name of a department, "" where there is none.
func (s *Service) DepartmentName(ctx context.Context, id int64) (string, error) {
	p, err := s.current(ctx)
	if err != nil {
		return "", err
	}
	return p.departmentName(id), nil
}
