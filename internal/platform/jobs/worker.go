package jobs

import "context"

// Worker is who works on something that is stored: a job, or without one a
// command that renews a lease.
type Worker struct {
	JobID      int64 // 0 for a command
	LeaseUntil int64 // unix ms
}

// Gone says whether nobody works on it any more: the command was killed and its
// lease ran out at now (unix ms), or the job ended before its work did. A nil
// alive takes every job for alive.
func (w Worker) Gone(ctx context.Context, now int64, alive func(ctx context.Context, jobID int64) (bool, error)) (bool, error) {
	switch {
	case w.JobID == 0:
		return w.LeaseUntil < now, nil
	case alive == nil:
		return false, nil
	}
	works, err := alive(ctx, w.JobID)
	return !works, err
}
