package rule

import "zhike/internal/column"

// sequence compiles "one fact and then another".
func (e *Env) sequence(n *Node, path string) (Expr, error) {
	s := n.Sequence
	if n.At != "" {
		return Expr{}, Bad(path+".at", "rule.no_at")
	}
	if n.Op != "" || n.Value != nil {
		return Expr{}, Bad(path+".op", "rule.no_op")
	}
	path += ".sequence"
	if s.Within < 0 || s.Within > MaxDays {
		return Expr{}, Bad(path+".within", "rule.bad_within", "max", MaxDays)
	}
	for name, f := range map[string]*Facts{".first": &s.First, ".then": &s.Then} {
		if f.Agg != "" || f.Of != "" {
			return Expr{}, Bad(path+name+".agg", "rule.sequence_agg")
		}
	}
	if s.Then.Window != (Window{}) {
		return Expr{}, Bad(path+".then.window", "rule.sequence_window")
	}
	first, err := e.choose(&s.First, path+".first", true)
	if err != nil {
		return Expr{}, err
	}
	then, err := e.choose(&s.Then, path+".then", false)
	if err != nil {
		return Expr{}, err
	}
	return Expr{
		Write: func(add Add, id string) { writeFollows(add, id, &first, &then, int64(s.Within), s.Without) },
		Mem: column.Follows(first.mem(true), then.mem(true),
			first.st.series(column.Series, first.st.Instant), then.st.series(column.Series, then.st.Instant), int64(s.Within), s.Without),
	}, nil
}
