package lifecycle

import (
	"cmp"
	"context"
	"slices"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/clock"
)

// Auto is how a tool begins by itself: when a customer comes to one of its stages
// from a stage that is not, once for each visit, up to so many a day.
//
// Nothing begins for those who are there when the lifecycle begins, nor for whom a
// changed configuration puts elsewhere because their stage is gone. A customer who
// comes new counts where the first order is of the last days (freshDays): files of
// past orders bring thousands who were served long ago.
type Auto struct {
	From []string `json:"from" maxItems:"20" doc:"Codes of stages that the customer must come from; none: any, also customers who come new with a first order of the last three days"`
	Most int      `json:"most" minimum:"1" maximum:"5000" doc:"Tasks a day at most; whoever comes behind them is left out, and counted"`
}

const (
	maxAuto = 5000
	// freshDays is how many days ago the first order of a customer who comes new
	// may be.
	freshDays = 3
	// autoBack is how many days ago a day that is closed late may be for tools to
	// begin on it.
	autoBack = 7
)

// outcomeWithdrawn is of a task that began by itself and whose customer left the
// stage before anybody worked with it.
const outcomeWithdrawn = "withdrawn"

func (t *Tool) checkAuto(f *faults, c *Config, path string) {
	a := t.Auto
	if a == nil {
		return
	}
	path += ".auto"
	if len(t.Stages) == 0 {
		f.add(path, "lifecycle.auto_stages")
	}
	if a.Most < 1 || a.Most > maxAuto {
		f.add(path+".most", "lifecycle.bad_number", "min", 1, "max", maxAuto)
	}
	for i, code := range a.From {
		place := path + "." + at("from", i)
		f.knownStage(c, place, code)
		if slices.Contains(t.Stages, code) {
			f.add(place, "lifecycle.auto_from")
		}
	}
	opener := t.Who == WhoOpener
	for i := range t.Items {
		opener = opener || t.Items[i].Who == WhoOpener
	}
	if opener {
		f.add(path, "lifecycle.auto_opener")
	}
}

// begins says whether a tool begins by itself for what became of a customer on the
// open day.
func (t *Tool) begins(d *diff, open clock.Day) bool {
	from := d.new.before.Stage
	switch {
	case t.Auto == nil, !d.is, d.new.Since != open, d.new.why.cause == CauseGone, !slices.Contains(t.Stages, d.new.Stage), slices.Contains(t.Stages, from):
		return false
	}
	return len(t.Auto.From) == 0 || slices.Contains(t.Auto.From, from)
}

// staged begins and withdraws tasks for customers whose stages were written; inside
// the same transaction, so that it happens with the move or not at all. What it
// finds there already it leaves alone: a visit of a stage is named by its day.
func (s *Service) staged(ctx context.Context, list []diff, open clock.Day) error {
	counts := map[string]*autoCount{}
	if err := s.withdraw(ctx, list, counts); err != nil {
		return err
	}
	c, cfg, err := s.config(ctx, 0)
	if err != nil {
		return err
	}
	for i := range c.Tools {
		if err := s.begin(ctx, c, &c.Tools[i], cfg.version, list, open, counts); err != nil {
			return err
		}
	}
	return s.store.addBegun(ctx, open, counts)
}

// autoCount is lifecycle_begun of a tool.
type autoCount struct{ begun, withdrawn, leftOut int64 }

func countOf(counts map[string]*autoCount, tool string) *autoCount {
	if counts[tool] == nil {
		counts[tool] = &autoCount{}
	}
	return counts[tool]
}

// withdraw takes tasks back that began by themselves and that nobody has begun to
// work with, of customers who left the stages of the tool.
func (s *Service) withdraw(ctx context.Context, list []diff, counts map[string]*autoCount) error {
	any, err := s.store.anyBegun(ctx)
	if err != nil || !any {
		return err
	}
	stage := map[int64]string{}
	var left []int64
	for i := range list {
		if d := &list[i]; d.was && (!d.is || d.old.Stage != d.new.Stage) {
			stage[d.id] = ""
			if d.is {
				stage[d.id] = d.new.Stage
			}
			left = append(left, d.id)
		}
	}
	tasks, err := s.store.begunOf(ctx, left)
	if err != nil {
		return err
	}
	var ids []int64
	for i := range tasks {
		c, _, err := s.config(ctx, tasks[i].version)
		if err != nil {
			return err
		}
		if t := c.Tool(tasks[i].tool); t == nil || !slices.Contains(t.Stages, stage[tasks[i].customer]) {
			ids = append(ids, tasks[i].id)
			countOf(counts, tasks[i].tool).withdrawn++
		}
	}
	return s.store.withdrawTasks(ctx, ids, s.now())
}

// begin begins a tool for those who came to its stages.
func (s *Service) begin(ctx context.Context, c *Config, t *Tool, version int64, list []diff, open clock.Day, counts map[string]*autoCount) error {
	var came []*diff
	for i := range list {
		if t.begins(&list[i], open) {
			came = append(came, &list[i])
		}
	}
	if len(came) == 0 {
		return nil
	}
	today := clock.DayOf(s.Clock.Now(), s.zone())
	h, err := s.store.head(ctx)
	if err != nil || open <= h.begun || today-open > autoBack {
		return err
	}
	if came, err = s.recent(ctx, came, open); err != nil || len(came) == 0 {
		return err
	}
	// Where the day has room for some only, those who come from a later stage go
	// first: they are worth more.
	slices.SortStableFunc(came, func(a, b *diff) int {
		return cmp.Compare(c.stage(b.new.before.Stage), c.stage(a.new.before.Stage))
	})
	have, err := s.store.tasksOf(ctx, idsOf(came), t.Code)
	if err != nil {
		return err
	}
	n, err := s.store.begunOn(ctx, open, t.Code)
	if err != nil {
		return err
	}
	count, room := countOf(counts, t.Code), int64(t.Auto.Most)-n
	var fresh, again []taskRow
	for _, d := range came {
		visit := func(r taskRow) bool { return r.openedBy == 0 && r.from == open }
		old := have[d.id]
		switch at := slices.IndexFunc(old, visit); {
		case slices.ContainsFunc(old, func(r taskRow) bool { return r.outcome == "" }), len(old) >= maxTasks:
		case at >= 0 && old[at].outcome == outcomeWithdrawn:
			r := old[at]
			r.outcome, r.closedAt, r.closedBy = "", 0, 0
			again = append(again, r)
			count.withdrawn--
		case at >= 0:
		case room <= 0:
			count.leftOut++
		default:
			room--
			count.begun++
			fresh = append(fresh, taskRow{customer: d.id, tool: t.Code, version: version, openedAt: s.now(), from: open})
		}
	}
	return s.beginTasks(ctx, t, fresh, again)
}

// beginTasks writes tasks that begin by themselves, and those that were withdrawn
// on the same day, with what is owed of them.
func (s *Service) beginTasks(ctx context.Context, t *Tool, fresh, again []taskRow) error {
	if len(fresh)+len(again) == 0 {
		return nil
	}
	if len(fresh) > 0 {
		first, err := s.DB.NextIDs(ctx, "lifecycle_task", len(fresh))
		if err != nil {
			return err
		}
		for i := range fresh {
			fresh[i].id = first + int64(i)
		}
		if err := s.store.insertTasks(ctx, fresh); err != nil {
			return err
		}
	}
	for i := range again {
		if err := s.store.closeTask(ctx, &again[i]); err != nil {
			return err
		}
	}
	k, err := s.reckoning(ctx)
	if err != nil {
		return err
	}
	var owed []dutyRow
	var ids []int64
	for _, r := range slices.Concat(fresh, again) {
		ids = append(ids, r.id)
		owed = append(owed, t.owes(&r, nil, k)...)
	}
	if err := s.store.putDuties(ctx, ids, owed); err != nil {
		return err
	}
	return s.Audit.Append(ctx, audit.Entry{Action: "lifecycle.task_begin", ObjectType: "lifecycle", ObjectID: t.Code,
		After: map[string]any{"tasks": len(ids)}})
}

// recent leaves out who came new with a first order that is long ago, or none.
func (s *Service) recent(ctx context.Context, came []*diff, open clock.Day) ([]*diff, error) {
	var news []int64
	for _, d := range came {
		if d.new.before.Stage == "" {
			news = append(news, d.id)
		}
	}
	if len(news) == 0 {
		return came, nil
	}
	first, err := s.store.firstOrders(ctx, news)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(came, func(d *diff) bool {
		day, ordered := first[d.id]
		return d.new.before.Stage == "" && (!ordered || open-day > freshDays)
	}), nil
}

func idsOf(list []*diff) []int64 {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].id
	}
	return ids
}
