package jobs

import (
	"context"
	"encoding/json"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
)

// liteDriver is River's SQLite driver with another doorbell. The original
// polls a table of notifications twenty times a second on the single writer,
// which costs CPU when idle and gets in the way of imports. All workers of a
// SQLite database live in one process, so a channel does.
type liteDriver struct {
	*riversqlite.Driver
	bell *bell
	st   store
}

// GetExecutor gives the one that fetches jobs.
func (d liteDriver) GetExecutor() riverdriver.Executor {
	return liteExecutor{d.Driver.GetExecutor(), d.st}
}

// liteExecutor asks a reader first whether a queue has work: each queue looks
// every second, and to fetch takes the one writer. Where it has, the fetch
// waits for the writer as long as that takes: River gives up after ten seconds
// and logs an error, though nothing is wrong but that somebody writes much.
type liteExecutor struct {
	riverdriver.Executor
	st store
}

// JobGetAvailable fetches jobs of a queue and marks them as running.
func (e liteExecutor) JobGetAvailable(ctx context.Context, p *riverdriver.JobGetAvailableParams) ([]*rivertype.JobRow, error) {
	some, err := e.st.anyAvailable(ctx, p.Queue)
	if err != nil || !some {
		return nil, err
	}
	return e.Executor.JobGetAvailable(context.WithoutCancel(ctx), p)
}

// JobSetStateIfRunningMany notes that jobs have ended, and waits for the writer
// as long as that takes: River gives up after some tries, and a job that was
// done would be done again.
func (e liteExecutor) JobSetStateIfRunningMany(ctx context.Context, p *riverdriver.JobSetStateIfRunningManyParams) ([]*rivertype.JobRow, error) {
	return e.Executor.JobSetStateIfRunningMany(context.WithoutCancel(ctx), p)
}

// LeaderAttemptReelect goes on leading: there is nobody else, and who waited for
// the writer for River's five seconds would log that it lost its office.
func (e liteExecutor) LeaderAttemptReelect(_ context.Context, p *riverdriver.LeaderReelectParams) (*riverdriver.Leader, error) {
	return &riverdriver.Leader{ElectedAt: p.ElectedAt, LeaderID: p.LeaderID}, nil
}

// LeaderResign waits for the writer as long as that takes: River gives up after
// a second.
func (e liteExecutor) LeaderResign(ctx context.Context, p *riverdriver.LeaderResignParams) (bool, error) {
	return e.Executor.LeaderResign(context.WithoutCancel(ctx), p)
}

// GetListener gives the channel.
func (d liteDriver) GetListener(*riverdriver.GetListenenerParams) riverdriver.Listener { return d.bell }

// SupportsListenNotify is false: nothing is written to the notification table.
func (d liteDriver) SupportsListenNotify() bool { return false }

// The topics of River 0.47 (internal/notifier) that the bell speaks.
const (
	topicInsert  = "river_insert"
	topicControl = "river_control"
)

// bell wakes the queues of this process. A lost ring costs one poll interval.
type bell struct {
	ch chan *riverdriver.Notification
}

func newBell() *bell { return &bell{ch: make(chan *riverdriver.Notification, 256)} }

// inserted says that a queue has work.
func (b *bell) inserted(queue string) {
	b.ring(topicInsert, map[string]any{"queue": queue})
}

// cancelled ends the context of a running job.
func (b *bell) cancelled(queue string, id int64) {
	b.ring(topicControl, map[string]any{"action": "cancel", "job_id": id, "queue": queue})
}

func (b *bell) ring(topic string, payload map[string]any) {
	text, err := json.Marshal(payload)
	if err != nil {
		return
	}
	select {
	case b.ch <- &riverdriver.Notification{Topic: topic, Payload: string(text)}:
	default: // nobody listens, or many rings are on their way already
	}
}

func (b *bell) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case n := <-b.ch:
		return n, nil
	}
}

func (b *bell) Close(context.Context) error            { return nil }
func (b *bell) Connect(context.Context) error          { return nil }
func (b *bell) Listen(context.Context, string) error   { return nil }
func (b *bell) Ping(context.Context) error             { return nil }
func (b *bell) Schema() string                         { return "" }
func (b *bell) SetAfterConnectExec(string)             {}
func (b *bell) Unlisten(context.Context, string) error { return nil }
