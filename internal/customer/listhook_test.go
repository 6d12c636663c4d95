package customer

import (
	"context"
	"time"
)

// The handlers of jobs, for tests.

// RunBulk is the job of a bulk edit.
func (s *Service) RunBulk(ctx context.Context, id int64) error { return s.runBulk(ctx, id) }

// RunUndo is the job of an undo.
func (s *Service) RunUndo(ctx context.Context, id int64) error { return s.runUndo(ctx, id) }

// RunExport is the job of an export.
func (s *Service) RunExport(ctx context.Context, id int64) error { return s.runExport(ctx, id) }

// FilterSQL gives the SQL text and the arguments of a filter.
func (s *Service) FilterSQL(ctx context.Context, n *Node) (string, []any, error) {
	c, err := s.compiler(ctx)
	if err != nil {
		return "", nil, err
	}
	e, err := c.compile(n, "filter")
	if err != nil {
		return "", nil, err
	}
	var q query
	e.write(&q, "c.id")
	if e.drive != nil {
		e.drive(&q)
	}
	return q.text(), q.args, nil
}

// ForgetPlans forgets what is known of how many a search finds; with walk every
// list follows its index, as if there were very many.
func (s *Service) ForgetPlans(ctx context.Context, f Filter, walk bool) error {
	clear(s.many.kept)
	if !walk {
		return nil
	}
	f.pool = true
	se, c, err := s.search(ctx, &f)
	if err != nil {
		return err
	}
	key, err := se.key(c.actor)
	s.many.put(key, -1)
	return err
}

// BeforeStep calls fn when a part of a bulk edit is about to commit.
func (s *Service) BeforeStep(fn func()) { s.beforeStep = fn }

// BetweenParts calls fn behind each part of a bulk edit.
func (s *Service) BetweenParts(fn func()) { s.betweenParts = fn }

// ForgetAll forgets every answer that is kept for a while.
func (s *Service) ForgetAll() {
	clear(s.found.kept)
	clear(s.many.kept)
	clear(s.counts.kept)
	clear(s.teams.kept)
	clear(s.broad.kept)
	clear(s.runs.kept)
	clear(s.asOf.kept)
}

// Patient counts for as long as it takes.
func (s *Service) Patient() { s.countTime, s.broadTime = time.Minute, time.Minute }
