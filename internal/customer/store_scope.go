package customer

import (
	"context"
	"strconv"

	"zhike/internal/platform/auth"
)

// What an actor may see of the customers in alias c, from narrow to wide:
//
//   - base: the own ones, or those of the department, or all;
//   - team: also those whose service team the actor is in;
//   - pool: also those without an owner, of the actor's departments or of none.
//
// Who sees a customer by the pool alone may claim it and no more.

// base writes the scope of the actor's roles as a condition without brackets.
func (q *query) base(a *auth.Actor) {
	q.add(`c.owner_id = ?`, a.StaffID)
	if a.Scope == auth.ScopeDepartment && len(a.DepartmentIDs) > 0 {
		q.add(` OR `)
		q.in("c.department_id", a.DepartmentIDs)
	}
}

// inTeam writes the team by a look at each customer, for queries that look at few.
func (q *query) inTeam(a *auth.Actor) {
	q.add(` OR EXISTS (SELECT 1 FROM customer_team w WHERE w.customer_id = c.id AND w.staff_id = ?)`, a.StaffID)
}

// unowned writes the pool.
func (q *query) unowned(a *auth.Actor) {
	q.add(`c.owner_id IS NULL AND (c.department_id IS NULL`)
	if len(a.DepartmentIDs) > 0 {
		q.add(` OR `)
		q.in("c.department_id", a.DepartmentIDs)
	}
	q.add(`)`)
}

// scope adds " AND …" for everything the actor may see. Nobody sees nothing.
// It costs a look at each customer that the rest of the query leaves.
func (q *query) scope(a *auth.Actor) {
	switch {
	case a == nil:
		q.add(` AND 1 = 0`)
	case a.Scope == auth.ScopeAll:
	default:
		q.add(` AND (`)
		q.base(a)
		q.inTeam(a)
		if a.Can(PermPool) {
			q.add(` OR `)
			q.unowned(a)
		}
		q.add(`)`)
	}
}

// writeScope adds " AND …" for what the actor may change: all that scope gives
// but the pool.
func (q *query) writeScope(a *auth.Actor) {
	switch {
	case a == nil:
		q.add(` AND 1 = 0`)
	case a.Scope == auth.ScopeAll:
	default:
		q.add(` AND (`)
		q.base(a)
		q.inTeam(a)
		q.add(`)`)
	}
}

// scope adds " AND …" for what a list shows. A list that names few customers
// by a text shows all that the actor may see. One of customers without an
// owner shows the pool, if it is for reading. Any other shows base and team,
// the team by its ids, so that the engines can use the indexes of all three.
func (f *Filter) scope(q *query, a *auth.Actor) {
	switch {
	case a == nil || a.Scope == auth.ScopeAll:
		q.scope(a)
	case !f.pool:
		f.listScope(q, a)
	case len(f.ids) > 0 || len(f.terms) > 0 && !f.broad:
		q.scope(a)
	case f.OwnerID < 0 && a.Can(PermPool):
		// Whatever base gives of these is among them.
		q.add(` AND (`)
		q.unowned(a)
		f.inTeamList(q, a)
		q.add(`)`)
	default:
		f.listScope(q, a)
	}
}

func (f *Filter) listScope(q *query, a *auth.Actor) {
	q.add(` AND (`)
	q.base(a)
	f.inTeamList(q, a)
	q.add(`)`)
}

func (f *Filter) inTeamList(q *query, a *auth.Actor) {
	switch {
	case len(f.team) > maxTeamIDs:
		q.inTeam(a)
	case len(f.team) > 0:
		q.add(` OR `)
		q.in("c.id", f.team)
	}
}

// maxTeamIDs bounds the ids of a team that stand in the text of a query.
const maxTeamIDs = 1000

// teamOf gives the customers in whose team somebody is, at most maxTeamIDs + 1.
func (s *Store) teamOf(ctx context.Context, staffID int64) ([]int64, error) {
	return s.idList(ctx, `SELECT customer_id FROM customer_team WHERE staff_id = $1 ORDER BY customer_id LIMIT `+strconv.Itoa(maxTeamIDs+1), staffID)
}
