package audience

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/platform/errs"
)

// rulesInUse are the first audiences in use with their rules, read, as a
// customer is held against. All is as of one version of the audiences, which
// every write of one raises ([store.lock]); what was compiled goes with them.
type rulesInUse struct {
	print  int64
	refs   []Ref
	list   []customer.Who
	unread []bool // the rule cannot be read
}

// keptConditions bounds the rules that are kept read, by their conditions.
const keptConditions = 20_000

// rulesInUse gives them as they are now. They are shared: nobody changes them.
func (s *Service) rulesInUse(ctx context.Context) (*rulesInUse, error) {
	// The version is read before the rows: should somebody write in between, the
	// rows are newer than what they are kept as, and the next question reads anew.
	print, err := followStore{s.DB}.print(ctx)
	if err != nil {
		return nil, err
	}
	if kept := s.inUse.Load(); kept != nil && kept.print == print {
		return kept, nil
	}
	rows, err := s.store.inUse(ctx, maxOfCustomer)
	if err != nil {
		return nil, err
	}
	compiled, conditions := &customer.Compiled{}, 0
	out := &rulesInUse{print: print, refs: make([]Ref, len(rows)), list: make([]customer.Who, len(rows)), unread: make([]bool, len(rows))}
	for i := range rows {
		r := &rows[i]
		out.refs[i] = Ref{r.id, r.name, r.kind}
		// The one who is asked about is visible, also in the pool.
		w := customer.Who{Rule: members(r.id), Everybody: true, Compiled: compiled}
		if r.kind == Dynamic {
			w.Rule, err = r.read()
			if out.unread[i] = err != nil; err != nil && errs.KindOf(err) != errs.Invalid {
				return nil, err
			}
		}
		conditions += w.Rule.Count()
		out.list[i] = w
	}
	if conditions <= keptConditions {
		s.inUse.Store(out)
	}
	return out, nil
}
