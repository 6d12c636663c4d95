package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/log"
)

type waiting struct{}

func (waiting) Kind() string { return "test.waiting" }

// While somebody writes for longer than River waits for a fetch, a queue
// without work gets its answer at once, and one with work gets it in the end; so
// does whoever notes that a job has ended.
func TestFetchBesideALongWriter(t *testing.T) {
	t.Parallel()
	ctx := auth.With(context.Background(), auth.System("test"))
	d := dbtest.SQLite(t)
	r := NewRegistry()
	Handle(r, func(context.Context, Job[waiting]) error { return nil })
	c, err := New(d, clock.System{}, log.Discard(), r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	id, err := c.Enqueue(ctx, waiting{}, EnqueueOpts{})
	if err != nil {
		t.Fatal(err)
	}
	exec := liteDriver{riversqlite.New(d.Writer()), c.bell, newStore(d)}.GetExecutor()
	const patience, writes = 30 * time.Millisecond, 300 * time.Millisecond
	fetch := func(queue string) (n int, err error) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		rows, err := exec.JobGetAvailable(ctx, &riverdriver.JobGetAvailableParams{ClientID: "a", MaxAttemptedBy: 10, MaxToLock: 5, Queue: queue})
		if len(rows) == 1 && rows[0].ID != id {
			t.Errorf("job %d instead of %d", rows[0].ID, id)
		}
		return len(rows), err
	}
	held, freed := make(chan struct{}, 1), make(chan error)
	go func() {
		freed <- d.InTx(ctx, func(context.Context) error {
			held <- struct{}{}
			time.Sleep(writes)
			return nil
		})
	}()
	<-held
	if n, err := fetch("empty"); n != 0 || err != nil {
		t.Errorf("without work: %d jobs, %v", n, err)
	}
	select {
	case <-freed:
		t.Error("a queue without work waited for the writer")
	default:
	}
	if n, err := fetch("default"); n != 1 || err != nil {
		t.Errorf("with work: %d jobs, %v", n, err)
	}
	if err := <-freed; err != nil {
		t.Error(err)
	}
	if n, err := fetch("default"); n != 0 || err != nil {
		t.Errorf("taken already: %d jobs, %v", n, err)
	}
	go func() {
		freed <- d.InTx(ctx, func(context.Context) error {
			held <- struct{}{}
			time.Sleep(writes)
			return nil
		})
	}()
	<-held
	short, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	now := time.Now()
	rows, err := exec.JobSetStateIfRunningMany(short, &riverdriver.JobSetStateIfRunningManyParams{
		ID: []int64{id}, Attempt: []*int{nil}, ErrData: [][]byte{nil}, FinalizedAt: []*time.Time{&now}, MetadataDoMerge: []bool{false},
		MetadataUpdates: [][]byte{nil}, ScheduledAt: []*time.Time{nil}, State: []rivertype.JobState{rivertype.JobStateCompleted},
	})
	if err != nil || len(rows) != 1 || rows[0].State != rivertype.JobStateCompleted {
		t.Errorf("ended: %d jobs, %v", len(rows), err)
	}
	if err := <-freed; err != nil {
		t.Error(err)
	}
}
