package customer

import "zhike/internal/platform/db"

// plansItself says that the engine chooses well where to begin; SQLite goes
// by the order of the tables.
func (s *Store) plansItself() bool { return s.db.Engine() == db.Postgres }

// byText gives what the searched text was resolved to, as parts.
func (f *Filter) byText() []expr {
	var out []expr
	if len(f.ids) > 0 {
		ids := numbers(f.ids)
		out = append(out, expr{
			c: true, exact: true,
			write: func(q *query, _ string) { q.b.WriteString("c.id IN (" + ids + ")") },
			drive: func(q *query) { q.b.WriteString("SELECT c.id AS id FROM customers c WHERE c.id IN (" + ids + ")") },
		})
	}
	for _, t := range f.terms {
		cond, bounds := termCondition("x.term", t)
		// "Begins with" finds several words of one name.
		e := member("customer_terms", "customer_id", cond, len(bounds) > 1, bounds...)
		begin := "SELECT x.customer_id AS id FROM "
		if len(bounds) > 1 {
			begin = "SELECT DISTINCT x.customer_id AS id FROM "
		}
		e.drive = func(q *query) { q.add(begin+InEveryPart("customer_terms")+cond, bounds...) }
		out = append(out, e)
	}
	if f.phrase != "" {
		out = append(out, withArgs(false, "c.name LIKE ? OR c.company LIKE ?", "%"+f.phrase+"%", "%"+f.phrase+"%"))
	}
	return out
}
