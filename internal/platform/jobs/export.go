package jobs

import (
	"context"
	"net/http"
	"time"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/web"
)

// exportBatch is how many jobs an export reads at once.
const exportBatch = 500

type exportInput struct {
	State   string `query:"state" enum:"running,scheduled,failed,finished" doc:"Which tab; all jobs where left out"`
	Kind    string `query:"kind" maxLength:"100" doc:"Only jobs of this kind"`
	Format  string `query:"format" enum:"csv,xlsx" default:"csv"`
	Sort    string `query:"sort" maxLength:"64" doc:"Not used: the newest come first"`
	Columns string `query:"columns" maxLength:"1000" doc:"Not used: the file is always whole"`
}

// export writes the jobs as a table, the newest first. What a job works on
// stays out of it.
func (c *Client) export(ctx context.Context, in *exportInput, w http.ResponseWriter) error {
	f := filter{states: groups[Group(in.State)], kind: in.Kind}
	record := func(ctx context.Context, action string, about map[string]any) error {
		if c.opts.Audit == nil {
			return nil
		}
		return c.opts.Audit.Append(ctx, audit.Entry{Action: action, ObjectType: "job", After: about})
	}
	if err := record(ctx, "job.export", map[string]any{"state": in.State, "kind": in.Kind, "format": in.Format}); err != nil {
		return err
	}
	rows, err := c.writeExport(ctx, in.Format, f, w)
	// Written even where the caller went away in the middle.
	ended := map[string]any{"rows": rows, "format": in.Format, "complete": err == nil}
	if e := record(context.WithoutCancel(ctx), "job.export_ended", ended); err == nil {
		err = e
	}
	return err
}

// i18n-keys: jobs.*, job.kind.*, job.state.*, common.*

func (c *Client) writeExport(ctx context.Context, format string, f filter, w http.ResponseWriter) (rows int64, err error) {
	locale, zone := web.Locale(ctx), time.UTC
	if c.opts.Zone != nil {
		zone = c.opts.Zone()
	}
	t := func(key string) string { return i18n.T(locale, key, nil) }
	columns := make([]sheet.Column, 0, 10)
	for _, key := range []string{
		"jobs.number", "jobs.kind", "common.status", "jobs.actor", "common.created_at", "jobs.scheduled_for", "jobs.started",
		"jobs.finished", "jobs.attempt", "jobs.export.error",
	} {
		columns = append(columns, sheet.Column{Title: t(key), Width: 16})
	}
	web.Attachment(w.Header(), t("jobs.export.name")+"-"+c.clk.Now().In(zone).Format(time.DateOnly)+"."+format, "")
	out, err := sheet.NewWriter(w, format, t("jobs.export.name"), columns)
	if err != nil {
		return 0, err
	}
	at := func(ms *int64) sheet.Cell {
		if ms == nil {
			return sheet.Cell{}
		}
		return sheet.DateTime(time.UnixMilli(*ms).In(zone))
	}
	for before, more := int64(0), true; more; {
		var list []View
		if list, more, err = c.page(ctx, f, before, exportBatch); err != nil {
			return rows, err
		}
		for i := range list {
			v := &list[i]
			kind, code := v.Kind, ""
			if key := "job.kind." + v.Kind; i18n.Default().Has(i18n.Fallback, key) {
				kind = t(key)
			}
			if v.ErrorCode != nil {
				code = *v.ErrorCode
			}
			err := out.Write(sheet.Int(v.ID), sheet.Text(kind), sheet.Text(t("job.state."+string(v.State))), sheet.Text(v.ActorName),
				at(&v.CreatedAt), at(&v.ScheduledAt), at(v.StartedAt), at(v.FinishedAt), sheet.Int(int64(v.Attempt)), sheet.Text(code))
			if err != nil {
				return rows, err
			}
			rows++
			before = v.ID
		}
	}
	return rows, out.Close()
}
