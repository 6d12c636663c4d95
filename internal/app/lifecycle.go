package app

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/lifecycle"
	"zhike/internal/org"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/i18n"
	"zhike/internal/timeline"
)

// lifecycle makes the service of stages and what works them out while the
// program serves.
func (a *App) lifecycle(zone clock.Zone) {
	a.Lifecycle = lifecycle.NewService(lifecycle.Deps{
		DB: a.DB, Clock: a.Clock, Zone: zone, Vault: a.Vault, Audit: a.Audit, Events: a.Events, Log: a.Log,
		Customers: a.Customer, Audiences: a.Audiences, Columns: a.Columns, Orders: a.Orders, Streams: &a.Streams,
		Fields: a.Fields, Tags: a.Tags, Texts: texts{}, Names: a.Org.Names, Organisation: a.Org, Company: a.companyName, Notify: a.tellOwed, Locale: a.companyLocale,
	})
	a.Stages = lifecycle.NewEngine(a.Lifecycle, a.node)
	a.Customer.OnDelete("lifecycle", a.Lifecycle.Forget)
	a.Lifecycle.Register(a.Jobs.Registry())
}

// tellOwed sends the notices of the lifecycle.
func (a *App) tellOwed(ctx context.Context, list []lifecycle.Notice) error {
	out := make([]org.Notice, len(list))
	for i, n := range list {
		out[i] = org.Notice{StaffID: n.StaffID, Kind: n.Kind, Params: n.Params}
	}
	return a.Org.Tell(ctx, out)
}

// companyLocale is the language of what the program says unasked.
func (a *App) companyLocale(ctx context.Context) string {
	s, err := a.Org.Settings(ctx)
	if err != nil {
		return i18n.ZhCN
	}
	return s.Locale
}

// passages tells timelines how the stage of a customer changed.
// i18n-keys: timeline.text.lifecycle timeline.kind.lifecycle timeline.source.lifecycle
type passages struct{ a *App }

// Name names the source.
func (passages) Name() string { return "lifecycle" }

// AccessKey is that of the stage.
func (passages) AccessKey() string { return customer.LifecycleField }

// Kinds is one: another stage.
func (passages) Kinds() []string { return []string{"lifecycle"} }

// Entries are passages. Each stands at the beginning of its day: the instant at
// which it was found may be behind its end.
func (p passages) Entries(ctx context.Context, customerID int64, before timeline.Position, limit int, _ []string) ([]timeline.Entry, error) {
	zone := p.a.Org.Zone()
	below := before.Day + 1
	if at, id := clock.Millis(before.Day.Start(zone)), int64(before.Day); before.At < at || before.At == at && before.ID <= id {
		below = before.Day
	}
	list, err := p.a.Lifecycle.History(ctx, customerID, below, limit)
	out := make([]timeline.Entry, len(list))
	for i, l := range list {
		out[i] = timeline.Entry{Source: p.Name(), ID: int64(l.Day), Kind: "lifecycle", At: clock.Millis(l.Day.Start(zone)), Day: l.Day,
			Text: timeline.Text{Key: "timeline.text.lifecycle", Params: map[string]string{"stage": l.Stage.Name, "text": l.Text}}}
		if l.By != "" {
			out[i].Facts = append(out[i].Facts, timeline.Fact{Key: "timeline.fact.decided_by", Type: timeline.FactText, Text: l.By})
		}
	}
	return out, err
}

// stages tells lists of the lifecycle.
type stages struct{ a *App }

// Stages is lifecycle.Service.Stages.
func (s stages) Stages(ctx context.Context) ([]customer.LifecycleStage, error) {
	return s.a.Lifecycle.Stages(ctx)
}

// Now is lifecycle.Service.Now.
func (s stages) Now(ctx context.Context, id int64) (*customer.LifecycleNow, error) {
	return s.a.Lifecycle.Now(ctx, id)
}

// StageCodes is lifecycle.Service.StageCodes.
func (s stages) StageCodes(ctx context.Context) ([]string, error) {
	return s.a.Lifecycle.StageCodes(ctx)
}
