// Package auth says who acts, what that person may do, and on which rows.
//
// The actor travels in the context. Routes require a [Permission]; stores
// apply the [Scope]. Nothing here knows passwords or sessions: that is
// package org.
package auth

import (
	"context"

	"zhike/internal/platform/errs"
)

// Permission names one thing a role may allow, "domain.verb".
type Permission string

// Public marks a route that needs nobody signed in; SignedIn one that needs
// anybody. They are never given to a role.
const (
	Public   Permission = "public"
	SignedIn Permission = "signed_in"
)

// ViewCustomers is what it takes to see customers of one's scope at all.
const ViewCustomers Permission = "customer.view"

// Scope is how far a role sees over customers and what hangs on them.
type Scope uint8

// The scopes, from narrow to wide. A person with several roles has the widest.
const (
	ScopeOwn        Scope = iota + 1 // customers the person owns
	ScopeDepartment                  // those of the department and the ones below it
	ScopeAll                         // everybody
)

var scopeNames = map[Scope]string{ScopeOwn: "own", ScopeDepartment: "department", ScopeAll: "all"}

// String gives "own", "department" or "all".
func (s Scope) String() string { return scopeNames[s] }

// ParseScope reads what String writes; the zero Scope for anything else.
func ParseScope(name string) Scope {
	for s, n := range scopeNames {
		if n == name {
			return s
		}
	}
	return 0
}

// Actor is whoever does something: a signed-in person, or the program itself.
type Actor struct {
	StaffID        int64 // 0 for the program itself
	Name           string
	Login          string
	DepartmentID   int64
	DepartmentIDs  []int64 // the department and all below it, for ScopeDepartment
	Permissions    map[Permission]bool
	Scope          Scope
	Fields         FieldAccess // fields of customers that are hidden or read-only
	IP             string      // where a request came from; "cli" on the command line
	MustChangePass bool
	system         bool
}

// System is the program acting for itself under a name such as "job:import".
func System(name string) *Actor {
	return &Actor{Name: name, Login: name, Scope: ScopeAll, IP: "local", system: true}
}

// Can says whether the actor holds the permission.
func (a *Actor) Can(p Permission) bool {
	if a == nil {
		return p == Public
	}
	return a.system || p == Public || p == SignedIn || a.Permissions[p]
}

// IsSystem says whether the program itself acts.
func (a *Actor) IsSystem() bool { return a != nil && a.system }

type actorKey struct{}

// With puts the actor into the context.
func With(ctx context.Context, a *Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// From gives the actor of the context, nil where nobody acts.
func From(ctx context.Context) *Actor {
	a, _ := ctx.Value(actorKey{}).(*Actor)
	return a
}

// StaffID is the member of staff who acts, 0 where the program does or nobody.
func StaffID(ctx context.Context) int64 {
	if a := From(ctx); a != nil {
		return a.StaffID
	}
	return 0
}

// Require fails with Unauthenticated where nobody acts and with Forbidden
// (parameter "permission") where the actor lacks p.
func Require(ctx context.Context, p Permission) error {
	a := From(ctx)
	if a.Can(p) {
		return nil
	}
	if a == nil {
		return errs.New(errs.Unauthenticated, "unauthenticated")
	}
	return errs.New(errs.Forbidden, "forbidden", "permission", string(p))
}
