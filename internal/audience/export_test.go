package audience

import "context"

// RunEntries works a task off.
func (s *Service) RunEntries(ctx context.Context, task int64) error { return s.runEntries(ctx, task) }
