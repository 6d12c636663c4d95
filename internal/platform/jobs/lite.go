package jobs

import (
	"context"
	"encoding/json"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// liteDriver is River's SQLite driver with another doorbell. The original
// polls a table of notifications twenty times a second on the single writer,
// which costs CPU when idle and gets in the way of imports. All workers of a
// SQLite database live in one process, so a channel does.
type liteDriver struct {
	*riversqlite.Driver
	bell *bell
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
