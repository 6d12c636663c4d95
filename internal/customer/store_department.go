package customer

import (
	"context"

	"zhike/internal/platform/db"
)

// InDepartment says whether a customer hangs on the department, which then
// cannot be deleted.
func (s *Store) InDepartment(ctx context.Context, departmentID int64) (in bool, err error) {
	var n int64
	err = s.db.Q(ctx).QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM customers WHERE department_id = $1 LIMIT 1) one", departmentID).Scan(&n)
	return n > 0, db.MapError(err)
}
