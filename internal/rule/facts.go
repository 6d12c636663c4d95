package rule

func (e *Env) facts(_ *Node, path string) (Expr, error) { return Expr{}, Bad(path, "rule.not_yet") }

func (e *Env) sequence(_ *Node, path string) (Expr, error) { return Expr{}, Bad(path, "rule.not_yet") }

func (e *Env) relative(_ *Node, path string) (Expr, error) { return Expr{}, Bad(path, "rule.not_yet") }
