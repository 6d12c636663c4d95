package jobs

import (
	"context"
	"reflect"
	"sync"
	"time"
)

const (
	streamEvery = 500 * time.Millisecond
	maxActive   = 200
)

// snapshotter reads the active jobs once for all streams.
type snapshotter struct {
	c    *Client
	mu   sync.Mutex
	at   time.Time
	list []record
}

func (s *snapshotter) get(ctx context.Context) ([]record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.at.IsZero() && time.Since(s.at) < streamEvery-50*time.Millisecond {
		return s.list, nil
	}
	list, err := s.c.st.records(ctx, filter{states: []string{"running", "available"}, limit: maxActive})
	if err != nil {
		return nil, err
	}
	s.list, s.at = list, time.Now()
	return list, nil
}

// Stream sends the event "job" with a [View] for each job that runs or waits
// for a worker: all at once first, then each that changed, at most twice a
// second, and once more when a job has ended, until ctx ends.
func (c *Client) Stream(ctx context.Context, send func(event string, data any) error) error {
	staff, err := visibleTo(ctx)
	if err != nil {
		return err
	}
	last := map[int64]View{}
	for {
		records, err := c.snap.get(ctx)
		if err != nil {
			return endOf(ctx, err)
		}
		active := make([]View, 0, len(records))
		for i := range records {
			if staff == 0 || records[i].metadata().StaffID == staff {
				active = append(active, c.view(ctx, &records[i]))
			}
		}
		if err := c.nameActors(ctx, active); err != nil {
			return endOf(ctx, err)
		}
		now := make(map[int64]View, len(active))
		for _, v := range active {
			now[v.ID] = v
			if old, known := last[v.ID]; known && reflect.DeepEqual(v, old) {
				continue
			}
			if err := send("job", v); err != nil {
				return err
			}
		}
		for id := range last {
			if _, still := now[id]; still {
				continue
			}
			d, err := c.Get(ctx, id)
			if err != nil {
				continue // deleted meanwhile
			}
			if err := send("job", d.View); err != nil {
				return err
			}
		}
		last = now
		if !sleep(ctx, streamEvery) {
			return nil
		}
	}
}

// StreamOne sends the event "job" with the [View] of one job at once and then
// whenever it changed, until the job has ended or ctx has.
func (c *Client) StreamOne(ctx context.Context, id int64, send func(event string, data any) error) error {
	var last View
	for {
		d, err := c.Get(ctx, id)
		if err != nil {
			return endOf(ctx, err)
		}
		if !reflect.DeepEqual(d.View, last) {
			if err := send("job", d.View); err != nil {
				return err
			}
			last = d.View
		}
		if d.State.final() || !sleep(ctx, streamEvery) {
			return nil
		}
	}
}

// endOf is nil where ctx ended: a reader that left is no error.
func endOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
