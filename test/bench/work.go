package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"time"

	"zhike/internal/column"
)

// bulk edits 100,000 customers and undoes it.
func (r *records) bulk(ctx context.Context, m measuring) error {
	filter := json.RawMessage(fmt.Sprintf(`{"field":"f.score","op":"between","value":[0,%d]}`, scoreMax/3-1))
	var preview struct {
		ID      int64 `json:"id"`
		Changed int64 `json:"changed"`
	}
	body := map[string]any{"selection": map[string]any{"filter": filter}, "actions": map[string]any{"set": map[string]any{"industry": "零售"}}}
	started := time.Now()
	if err := r.send(ctx, "POST", "/bulk/preview", body, &preview); err != nil {
		return err
	}
	per100k := func(d time.Duration) float64 { return d.Seconds() * 100_000 / float64(preview.Changed) }
	m.add("preview of a bulk edit of 100,000, s", "%.1f", per100k(time.Since(started)))
	var run struct {
		ID         int64  `json:"id"`
		Status     string `json:"status"`
		UndoStatus string `json:"undo_status"`
		Changed    int64  `json:"changed"`
		Undone     int64  `json:"undone"`
	}
	cpu, postgres := r.cpuTime(), familyCPU(m.postmaster)
	spent := func(what string) {
		m.add(what+": CPU s of the program", "%.1f", per100k(r.cpuTime()-cpu))
		if m.postmaster != 0 {
			m.add(what+": CPU s of PostgreSQL", "%.1f", per100k(familyCPU(m.postmaster)-postgres))
		}
		cpu, postgres = r.cpuTime(), familyCPU(m.postmaster)
	}
	m.note("the edit itself")
	started = time.Now()
	if err := r.send(ctx, "POST", "/bulk", map[string]any{"preview_id": preview.ID}, &run); err != nil {
		return err
	}
	path := fmt.Sprintf("/bulk/%d", run.ID)
	if err := r.wait(ctx, path, &run, func() string { return run.Status }); err != nil {
		return err
	}
	if run.Changed != preview.Changed {
		return fmt.Errorf("%d customers were changed, %d were promised", run.Changed, preview.Changed)
	}
	m.add("bulk edit of 100,000, s (≤ 10)", "%.1f", per100k(time.Since(started)))
	spent("bulk edit of 100,000")
	m.note("its undo")
	started = time.Now()
	if err := r.send(ctx, "POST", path+"/undo", nil, nil); err != nil {
		return err
	}
	if err := r.wait(ctx, path, &run, func() string { return run.UndoStatus }); err != nil {
		return err
	}
	if run.Undone != preview.Changed {
		return fmt.Errorf("%d customers were restored of %d", run.Undone, preview.Changed)
	}
	m.add("its undo, s (≤ 10)", "%.1f", per100k(time.Since(started)))
	spent("its undo")
	m.note("edited and undone")
	return nil
}

// export makes a file of everybody.
func (r *records) export(ctx context.Context, m measuring, behind string) error {
	var run struct {
		ID     int64  `json:"id"`
		Status string `json:"status"`
		Rows   int64  `json:"rows"`
	}
	before := statusMiB(r.pid, "VmRSS:")
	r.resetPeak()
	started := time.Now()
	if err := r.send(ctx, "POST", "/customers/exports", map[string]any{"format": "csv"}, &run); err != nil {
		return err
	}
	if err := r.wait(ctx, fmt.Sprintf("/customers/exports/%d", run.ID), &run, func() string { return run.Status }); err != nil {
		return err
	}
	m.add("export of 1,000,000 rows to CSV"+behind+", s (≤ 60)", "%.1f", time.Since(started).Seconds()*1e6/float64(run.Rows))
	m.add("export"+behind+", peak memory of the server with its columns, MiB", "%.0f", r.peakMiB())
	m.add("export"+behind+", the same before it, MiB", "%.0f", before)
	return nil
}

// duplicates looks through the whole base.
func (r *records) duplicates(ctx context.Context, m measuring) error {
	var begun struct {
		JobID int64 `json:"job_id"`
	}
	var job struct {
		State string `json:"state"`
	}
	r.resetPeak()
	started := time.Now()
	if err := r.send(ctx, "POST", "/duplicates/scan", nil, &begun); err != nil {
		return err
	}
	if err := r.wait(ctx, fmt.Sprintf("/jobs/%d", begun.JobID), &job, func() string { return job.State }); err != nil {
		return err
	}
	m.add("duplicates over the whole base, s (≤ 300)", "%.0f", time.Since(started).Seconds())
	m.add("duplicates, peak memory of the server, MiB (≤ 1,024)", "%.0f", r.peakMiB())
	var page struct {
		Items []json.RawMessage `json:"items"`
	}
	if err := r.get(ctx, "/duplicates", &page); err != nil {
		return err
	}
	if len(page.Items) == 0 {
		return errors.New("none was found, some are there")
	}
	return nil
}

// warm asks for every kind of list once and waits until the columns that they
// need are in memory: what is measured is a day's work, not its first minute.
func (r *records) warm(ctx context.Context, lists []load) error {
	g := rand.New(rand.NewPCG(7, 7))
	for range 3 {
		for _, l := range lists {
			if err := r.get(ctx, l.path(g), nil); err != nil {
				return err
			}
		}
		time.Sleep(5 * time.Second)
	}
	return nil
}

// lookEvery is how often it is looked whether jobs run.
const lookEvery = 500 * time.Millisecond

// settle waits until the jobs that a start, a new day or earlier steps began
// are through, so that one figure does not pay for another. Jobs begin others:
// it is quiet when none ran for longer than work waits for the end of a bulk write.
func (r *records) settle(ctx context.Context) error {
	quiet, enough := 0, int(column.RushCalm/lookEvery)+2
	for range 1200 {
		var page struct {
			Items []json.RawMessage `json:"items"`
		}
		if err := r.get(ctx, "/jobs?limit=1&state=running", &page); err != nil {
			return err
		}
		if quiet++; len(page.Items) > 0 {
			quiet = 0
		}
		if quiet == enough {
			return nil
		}
		time.Sleep(lookEvery)
	}
	return errors.New("jobs did not come to an end within 10 minutes")
}

// wait asks until something is finished; anything that is over otherwise fails.
func (r *records) wait(ctx context.Context, path string, into any, state func() string) error {
	for {
		if err := r.get(ctx, path, into); err != nil {
			return err
		}
		switch state() {
		case "finished", "completed", "done", "succeeded":
			return nil
		case "failed", "cancelled", "discarded":
			return fmt.Errorf("%s ended as %s", path, state())
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// send makes a request with a body and reads its answer.
func (s *server) send(ctx context.Context, method, path string, body, into any) error {
	return s.sendIf(ctx, method, path, "", body, into)
}

// sendIf is send for the version of what is written, as If-Match has it.
func (s *server) sendIf(ctx context.Context, method, path, version string, body, into any) error {
	b, made := body.(json.RawMessage)
	if !made {
		var err error
		if b, err = json.Marshal(body); err != nil {
			return err
		}
	}
	if body == nil {
		b = []byte("{}")
	}
	req, err := http.NewRequestWithContext(ctx, method, s.base+"/api/v1"+path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	req.Header.Set("Cookie", s.cookie)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", s.base)
	if version != "" {
		req.Header.Set("If-Match", version)
	}
	client := *s.client
	client.Timeout = 5 * time.Minute
	r, err := client.Do(req)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if r.StatusCode >= 300 {
		var text [500]byte
		n, _ := r.Body.Read(text[:])
		return fmt.Errorf("%s answered %s: %s", path, r.Status, text[:n])
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(r.Body).Decode(into)
}

// resetPeak makes the peak of the server's memory begin anew.
func (s *server) resetPeak() {
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.pid), []byte("5"), 0o200)
}

// peakMiB is the largest resident memory since resetPeak.
func (s *server) peakMiB() float64 { return statusMiB(s.pid, "VmHWM:") }
