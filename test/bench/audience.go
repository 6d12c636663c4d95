package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	firstMembers = 100_000
	membersPage  = 10_000
)

// measuring is where a part of the measuring of audiences puts its figures.
type measuring struct {
	options
	engine
	t *table
}

func (m measuring) add(row, format string, v float64) { m.t.add(row, m.engine, format, v) }

func (m measuring) note(format string, a ...any) {
	fmt.Fprintf(os.Stderr, "%s %s: %s\n", time.Now().Format(time.TimeOnly), m.name, fmt.Sprintf(format, a...))
}

// part is something that is measured of audiences.
type part struct {
	name string
	run  func(context.Context, measuring) error
}

// run does those whose name begins as -only says, one after the other.
func (m measuring) run(ctx context.Context, parts ...part) error {
	for _, p := range parts {
		if !strings.HasPrefix(p.name, m.only) {
			continue
		}
		m.note("%s", p.name)
		if err := p.run(ctx, m); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// measureAudiences starts the program on the base as it is, with columns and
// without, and fills in the figures of audiences.
func (p *program) measureAudiences(ctx context.Context, m measuring) error {
	s, err := p.serve(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	err = m.run(ctx, part{"counts", s.counts}, part{"members", s.members}, part{"followed", s.followed},
		part{"changes", s.changes}, part{"memory", s.columnMemory})
	s.stop()
	if err != nil {
		return err
	}
	return m.run(ctx, part{"full", p.full}, part{"snapshot", p.snapshot}, part{"sql", p.bySQL})
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// make saves an audience and gives its id.
func (s *server) make(ctx context.Context, name, rule string, followed bool) (int64, error) {
	var made struct {
		ID int64 `json:"id"`
	}
	err := s.send(ctx, http.MethodPost, "/audiences",
		map[string]any{"name": name, "kind": "dynamic", "rule": json.RawMessage(rule), "followed": followed}, &made)
	return made.ID, err
}

// members reads the first 100,000 of an audience.
func (s *server) members(ctx context.Context, m measuring) error {
	id, err := s.make(ctx, fmt.Sprint("members ", time.Now().UnixNano()), `{"facts":{"stream":"orders","agg":"count","window":{"last":`+strconv.Itoa(since()+365)+`}},"op":"gte","value":1}`, false)
	if err != nil {
		return err
	}
	var best time.Duration
	for range 5 {
		began, n, cursor := time.Now(), 0, ""
		for n < firstMembers {
			var page struct {
				Items      []json.RawMessage `json:"items"`
				NextCursor *string           `json:"next_cursor"`
			}
			if err := s.get(ctx, fmt.Sprintf("/audiences/%d/members?limit=%d&cursor=%s", id, membersPage, cursor), &page); err != nil {
				return err
			}
			if n += len(page.Items); page.NextCursor == nil {
				break
			}
			cursor = *page.NextCursor
		}
		if took := time.Since(began); best == 0 || took < best {
			best = took
		}
	}
	m.add("first 100,000 members, ms (≤ 300)", "%.0f", millis(best))
	return nil
}

// columnMemory is what columns take, with all that was asked before.
func (s *server) columnMemory(ctx context.Context, m measuring) error {
	bytes, err := s.metric(ctx, "zhike_columns_bytes")
	m.add("memory of the columns, MiB (≤ 250)", "%.0f", bytes/(1<<20))
	m.add("memory of the server with columns, MiB", "%.0f", s.memoryMiB())
	return err
}
