package audit

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/sheet"
)

// Filter narrows a list; zero values do not.
type Filter struct {
	Actor      string `query:"actor" maxLength:"200" doc:"Name or login of the person"`
	Action     string `query:"action" maxLength:"200" doc:"An action, or its beginning with a dot at the end: staff."`
	ObjectType string `query:"object_type" maxLength:"200" doc:"Kind of thing"`
	ObjectID   string `query:"object_id" maxLength:"200" doc:"Its id, with object_type"`
	AtFrom     string `query:"at_from" format:"date" doc:"First day in company time"`
	AtTo       string `query:"at_to" format:"date" doc:"Last day in company time, that day included"`
}

// search is a filter ready for the store.
type search struct {
	Filter
	actors   []int64 // ids of the people whom Actor names
	from, to int64   // unix ms, 0 = open
}

// People finds the ids of those whom a typed name or login means, at most a few.
type People func(ctx context.Context, text string) ([]int64, error)

func (l *Log) prepare(ctx context.Context, f Filter, people People, zone *time.Location) (search, error) {
	s := search{Filter: f}
	e := errs.New(errs.Invalid, "invalid")
	day := func(path, text string, end bool) int64 {
		if text == "" {
			return 0
		}
		d, err := clock.ParseDay(text)
		if err != nil {
			e.WithField(path, "web.date")
			return 0
		}
		if end {
			return clock.Millis(d.End(zone))
		}
		return clock.Millis(d.Start(zone))
	}
	s.from, s.to = day("at_from", f.AtFrom, false), day("at_to", f.AtTo, true)
	if err := e.OrNil(); err != nil {
		return s, err
	}
	if f.Actor != "" && people != nil {
		var err error
		if s.actors, err = people(ctx, f.Actor); err != nil {
			return s, err
		}
	}
	return s, nil
}

// View is an entry as it is shown.
type View struct {
	ID         int64           `json:"id"`
	At         int64           `json:"at" doc:"Unix ms"`
	ActorID    int64           `json:"actor_id" doc:"0 for the program itself"`
	ActorName  string          `json:"actor_name"`
	IP         string          `json:"ip"`
	Action     string          `json:"action"`
	ObjectType string          `json:"object_type"`
	ObjectID   string          `json:"object_id"`
	Before     *map[string]any `json:"before" nullable:"true" doc:"Fields that changed, before"`
	After      *map[string]any `json:"after" nullable:"true" doc:"Fields that changed, after"`
	RequestID  string          `json:"request_id"`
	Hash       string          `json:"hash"`
}

// ofCustomers are the kinds of things whose entries hold values of customers.
var ofCustomers = []string{"customer", "note", "attachment", "merge", "merge_batch", "duplicate", "tier_appeal"}

// cover takes the values of customers out of what somebody sees from whom
// fields of customers are hidden: that there was a change stays. Who may see no
// customer at all, as an auditor, is told which fields changed.
func (r *Record) cover(a *auth.Actor) {
	switch {
	case r.ObjectType == "customer" && a.HidesAny():
		r.Before, r.After = "", ""
	case slices.Contains(ofCustomers, r.ObjectType) && !a.Can(auth.ViewCustomers):
		r.Before, r.After = veiled(r.Before), veiled(r.After)
	}
}

// veiled keeps the names of the fields of a side, and none of its values.
func veiled(side string) string {
	fields := object(side)
	if fields == nil {
		return ""
	}
	for name := range *fields {
		(*fields)[name] = "***"
	}
	out, err := json.Marshal(fields)
	if err != nil {
		return ""
	}
	return string(out)
}

func (r *Record) view() View {
	return View{
		ID: r.ID, At: r.At, ActorID: r.ActorID, ActorName: r.ActorName, IP: r.IP, Action: r.Action,
		ObjectType: r.ObjectType, ObjectID: r.ObjectID, Before: object(r.Before), After: object(r.After),
		RequestID: r.RequestID, Hash: r.Hash,
	}
}

// object reads the JSON of a side; what is no object is shown under "value".
func object(s string) *map[string]any {
	if s == "" {
		return nil
	}
	var v any
	if json.Unmarshal([]byte(s), &v) != nil {
		v = s
	}
	m, ok := v.(map[string]any)
	if !ok {
		m = map[string]any{"value": v}
	}
	return &m
}

// list gives entries, newest first. before is the id from the cursor, 0 for
// the first page.
func (l *Log) list(ctx context.Context, s search, before int64, limit int) ([]View, error) {
	rows, err := l.find(ctx, s, before, limit)
	if err != nil {
		return nil, err
	}
	out := make([]View, len(rows))
	for i := range rows {
		rows[i].cover(auth.From(ctx))
		out[i] = rows[i].view()
	}
	return out, nil
}

// exportBatch is how many entries an export reads at a time.
const exportBatch = 1000

// export writes the matching entries, newest first, with instants in the given
// zone, and records that it did. It walks without a snapshot: entries never
// change, and those appended meanwhile have greater ids.
func (l *Log) export(ctx context.Context, s search, out sheet.Writer, zone *time.Location) error {
	if err := l.Append(ctx, Entry{Action: "audit.export", ObjectType: "audit", After: s.recorded()}); err != nil {
		return err
	}
	for before := int64(0); ; {
		rows, err := l.find(ctx, s, before, exportBatch)
		if err != nil {
			return err
		}
		for i := range rows {
			r := &rows[i]
			r.cover(auth.From(ctx))
			if err := out.Write(sheet.Int(r.ID), sheet.DateTime(time.UnixMilli(r.At).In(zone)), sheet.Text(r.ActorName),
				sheet.Text(r.IP), sheet.Text(r.Action), sheet.Text(r.ObjectType), sheet.Text(r.ObjectID),
				sheet.Text(r.Before), sheet.Text(r.After), sheet.Text(r.RequestID), sheet.Text(r.Hash)); err != nil {
				return err
			}
		}
		if len(rows) < exportBatch {
			return out.Close()
		}
		before = rows[len(rows)-1].ID
	}
}

// i18n-keys: audit.column.*
var exportColumns = []string{
	"id", "at", "actor", "ip", "action", "object_type", "object_id", "before", "after", "request_id", "hash",
}

// sheetWriter starts a file of the wanted format.
func sheetWriter(w io.Writer, format string, title func(key string) string) (sheet.Writer, error) {
	cols := make([]sheet.Column, len(exportColumns))
	for i, c := range exportColumns {
		cols[i] = sheet.Column{Title: title("audit.column." + c)}
	}
	if format == "xlsx" {
		return sheet.NewXLSX(w, cols, sheet.XLSXOptions{})
	}
	return sheet.NewCSV(w, cols, sheet.CSVOptions{})
}

// recorded is what the entry about an export says of its filter.
func (f Filter) recorded() map[string]string {
	m := map[string]string{}
	for k, v := range map[string]string{
		"actor": f.Actor, "action": f.Action, "object_type": f.ObjectType, "object_id": f.ObjectID,
		"at_from": f.AtFrom, "at_to": f.AtTo,
	} {
		if v != "" {
			m[k] = v
		}
	}
	return m
}
