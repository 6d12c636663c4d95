package lifecycle

import (
	"bytes"
	"context"
	"net/http"
	"strconv"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
	"zhike/internal/tiering"
)

type versionQuery struct {
	Version int64 `query:"version" minimum:"0" doc:"0 is the one in force"`
}

type versionsQuery struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Entries a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
}

type saveConfig struct {
	Body struct {
		Config Config `json:"config"`
		Base   int64  `json:"base" minimum:"0" doc:"Version that the change was made of"`
		Note   string `json:"note,omitempty" maxLength:"500" doc:"Why"`
	}
}

type checkConfig struct {
	Body struct {
		Config Config `json:"config"`
	}
}

type importConfig struct {
	Base    int64  `query:"base" minimum:"0" doc:"Version in force that it replaces"`
	Note    string `query:"note" maxLength:"500" doc:"Why"`
	RawBody []byte
}

type readConfig struct {
	RawBody []byte
}

// FileConfig is a configuration that was read and not saved.
type FileConfig struct {
	Config Config `json:"config"`
}

type compareConfigs struct {
	From int64 `query:"from" minimum:"0" doc:"Version; 0 is the one in force"`
	To   int64 `query:"to" minimum:"0"`
}

type presetInput struct {
	Code string `path:"code" maxLength:"40"`
}

type ofInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type historyInput struct {
	ID     int64  `path:"id" minimum:"1"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Entries a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
}

type decideInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body DecisionIn
}

type trendInput struct {
	DaysQuery
	By string `query:"by" enum:"day,week," doc:"day where left out"`
}

// DaysQuery is a stretch of days. (An embedded struct must be exported to be bound.)
type DaysQuery struct {
	From string `query:"from" required:"true" maxLength:"10" doc:"2026-01-31"`
	To   string `query:"to" maxLength:"10" doc:"Left out: the open day"`
}

type monthsInput struct {
	From string `query:"from" required:"true" maxLength:"7" doc:"Month of the first purchase, 2026-01"`
	To   string `query:"to" required:"true" maxLength:"7" doc:"2026-12"`
}

type changesInput struct {
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before; left out: from the beginning"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"500"`
}

type toolInput struct {
	Code string `path:"code" maxLength:"40"`
}

type openTask struct {
	ID   int64 `path:"id" minimum:"1"`
	Body TaskIn
}

type fillItem struct {
	ID     int64  `path:"id" minimum:"1"`
	TaskID int64  `path:"task_id" minimum:"1"`
	Item   string `path:"item" maxLength:"40"`
	Body   TaskItemIn
}

type stepsInput struct {
	Of      string `query:"of" enum:"mine,all," doc:"mine where left out; all is what anybody owes"`
	Overdue bool   `query:"overdue" doc:"Those that are overdue, and no others"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Entries a page"`
	Cursor  string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
}

type closeTask struct {
	ID     int64 `path:"id" minimum:"1"`
	TaskID int64 `path:"task_id" minimum:"1"`
	Body   TaskOutcome
}

// ChangeList is a page of changes.
type ChangeList struct {
	Items      []Change `json:"items"`
	NextCursor string   `json:"next_cursor" doc:"Where to go on, also when nothing was new; kept by the reader"`
	More       bool     `json:"more"`
}

const tagName = "lifecycle"

// Routes registers the endpoints.
func (s *Service) Routes(api *web.API) {
	s.configRoutes(api)
	s.customerRoutes(api)
	s.figureRoutes(api)
	s.taskRoutes(api)
	s.manualRoutes(api)
}

func (s *Service) configRoutes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle", ID: "getLifecycle", Tag: tagName, Permission: PermView,
		Summary: "Stages with their customers, and how fresh they are"},
		func(ctx context.Context, _ *struct{}) (Overview, error) { return s.Overview(ctx) })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/config", ID: "getLifecycleConfig", Tag: tagName, Permission: PermView,
		Summary: "A version of the configuration"},
		func(ctx context.Context, in *versionQuery) (Version, error) { return s.Current(ctx, in.Version) })
	web.Register(api, web.Route{Method: http.MethodPut, Path: "/lifecycle/config", ID: "saveLifecycleConfig", Tag: tagName, Permission: PermConfig, MaxBody: maxConfig + 64<<10,
		Summary: "Put a configuration in force; it counts from the open day on"},
		func(ctx context.Context, in *saveConfig) (Version, error) {
			return s.Save(ctx, in.Body.Config, in.Body.Base, in.Body.Note)
		})
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/lifecycle/config/check", ID: "checkLifecycleConfig", Tag: tagName, Permission: PermConfig, MaxBody: maxConfig + 64<<10,
		Summary: "Say what is wrong with a configuration, and save nothing"},
		func(ctx context.Context, in *checkConfig) (struct{}, error) {
			return struct{}{}, s.Check(ctx, in.Body.Config)
		})
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/lifecycle/config/read", ID: "readLifecycleConfig", Tag: tagName, Permission: PermConfig, MaxBody: maxConfig,
		Summary: "A configuration file (YAML) as the page edits it; nothing is saved"},
		func(ctx context.Context, in *readConfig) (FileConfig, error) {
			c, err := ParseYAML(bytes.NewReader(in.RawBody))
			if err != nil {
				return FileConfig{}, err
			}
			return FileConfig{*c.Localized(web.Locale(ctx))}, nil
		})
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/lifecycle/config/preview", ID: "previewLifecycleConfig", Tag: tagName, Permission: PermConfig, MaxBody: maxConfig + 64<<10,
		Summary: "What a configuration would make of the open day; nothing is saved"},
		func(ctx context.Context, in *checkConfig) (Preview, error) { return s.Preview(ctx, in.Body.Config) })
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/lifecycle/config/import", ID: "importLifecycleConfig", Tag: tagName, Permission: PermConfig, MaxBody: maxConfig,
		Summary: "Put a configuration file (YAML) in force"},
		func(ctx context.Context, in *importConfig) (Version, error) {
			c, err := ParseYAML(bytes.NewReader(in.RawBody))
			if err != nil {
				return Version{}, err
			}
			return s.Save(ctx, *c, in.Base, in.Note)
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/config/versions", ID: "listLifecycleConfigs", Tag: tagName, Permission: PermView,
		Summary: "Versions of the configuration, newest first"},
		func(ctx context.Context, in *versionsQuery) (web.Page[Version], error) {
			var before int64
			if err := web.DecodeCursor(in.Cursor, &before); err != nil {
				return web.Page[Version]{}, err
			}
			list, err := s.Versions(ctx, before, in.Limit+1)
			next := ""
			if len(list) > in.Limit {
				list = list[:in.Limit]
				next = web.EncodeCursor(list[in.Limit-1].Version)
			}
			return web.NewPage(list, next, nil), err
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/config/compare", ID: "compareLifecycleConfigs", Tag: tagName, Permission: PermView,
		Summary: "What differs between two versions"},
		func(ctx context.Context, in *compareConfigs) (web.List[tiering.Change], error) {
			list, err := s.Compare(ctx, in.From, in.To)
			return web.NewList(list), err
		})
	web.RegisterDownload(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/config/export", ID: "exportLifecycleConfig", Tag: tagName, Permission: PermView,
		Produces: "application/yaml", Summary: "A version of the configuration as YAML"},
		func(ctx context.Context, in *versionQuery, w http.ResponseWriter) error {
			var b bytes.Buffer
			if err := s.Export(ctx, in.Version, &b); err != nil {
				return err
			}
			w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
			w.Header().Set("Content-Disposition", `attachment; filename="lifecycle.yaml"`)
			w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
			_, err := w.Write(b.Bytes())
			return err
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/presets", ID: "listLifecyclePresets", Tag: tagName, Permission: PermView,
		Summary: "The industries that a configuration ships for"},
		func(context.Context, *struct{}) (web.List[string], error) { return web.NewList(Presets()), nil })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/presets/{code}", ID: "getLifecyclePreset", Tag: tagName, Permission: PermView,
		Summary: "The configuration that ships for an industry"},
		func(ctx context.Context, in *presetInput) (Config, error) {
			c := Shipped(in.Code)
			if c == nil {
				return Config{}, errs.New(errs.NotFound, "lifecycle.no_preset")
			}
			return *c.Localized(web.Locale(ctx)), nil
		})
}

func (s *Service) customerRoutes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/customers/{id}/lifecycle", ID: "getCustomerLifecycle", Tag: tagName, Permission: PermView,
		Summary: "The stage of a customer, why, and what would come next"},
		func(ctx context.Context, in *ofInput) (OfCustomer, error) { return s.Of(ctx, in.ID) })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/customers/{id}/lifecycle/history", ID: "listCustomerPassages", Tag: tagName, Permission: PermView,
		Summary: "How the stage of a customer changed, newest first, with the days in each"},
		func(ctx context.Context, in *historyInput) (web.Page[Passage], error) {
			before := int64(1 << 30)
			if err := web.DecodeCursor(in.Cursor, &before); err != nil {
				return web.Page[Passage]{}, err
			}
			list, err := s.History(ctx, in.ID, clock.Day(before), in.Limit+1)
			next := ""
			if len(list) > in.Limit {
				list = list[:in.Limit]
				next = web.EncodeCursor(int64(list[in.Limit-1].Day))
			}
			return web.NewPage(list, next, nil), err
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/customers/{id}/lifecycle/decisions", ID: "listCustomerDecisions", Tag: tagName, Permission: PermView,
		Summary: "What people decided about the stage of a customer, newest first"},
		func(ctx context.Context, in *ofInput) (web.List[Decision], error) {
			list, err := s.Decisions(ctx, in.ID, 200)
			return web.NewList(list), err
		})
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/customers/{id}/lifecycle/decisions", ID: "decideCustomerStage", Tag: tagName, Permission: PermEdit,
		Summary: "Decide about the stage of a customer, and how long rules keep off"},
		func(ctx context.Context, in *decideInput) (OfCustomer, error) {
			if err := s.Decide(ctx, in.ID, in.Body); err != nil {
				return OfCustomer{}, err
			}
			return s.Of(ctx, in.ID)
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/changes", ID: "listLifecycleChanges", Tag: tagName, Permission: PermView,
		Summary: "Customers who came to another stage on days that are over, each change once and in order"},
		func(ctx context.Context, in *changesInput) (ChangeList, error) {
			var day, id int64
			if err := web.DecodeCursor(in.Cursor, &day, &id); err != nil {
				return ChangeList{}, err
			}
			p, err := s.Changes(ctx, clock.Day(day), id, in.Limit)
			return ChangeList{p.Items, web.EncodeCursor(int64(p.NextDay), p.NextCustomer), p.More}, err
		})
}

// stretch reads days; the last one is far ahead where it was left out.
func (q *DaysQuery) stretch() (from, to clock.Day, err error) {
	bad := func(path string) error {
		return errs.New(errs.Invalid, "invalid").WithField(path, "lifecycle.bad_day")
	}
	if from, err = clock.ParseDay(q.From); err != nil {
		return 0, 0, bad("from")
	}
	to = 1 << 30
	if q.To != "" {
		if to, err = clock.ParseDay(q.To); err != nil {
			return 0, 0, bad("to")
		}
	}
	return from, to, nil
}

func (q *monthsInput) months() (from, to int32, err error) {
	if from, err = ReadMonth(q.From, "from"); err == nil {
		to, err = ReadMonth(q.To, "to")
	}
	return from, to, err
}

func (s *Service) figureRoutes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/trend", ID: "getLifecycleTrend", Tag: tagName, Permission: PermView,
		Summary: "Customers of each stage by day or week, who came and who left"},
		func(ctx context.Context, in *trendInput) (Trend, error) {
			from, to, err := in.stretch()
			if err != nil {
				return Trend{}, err
			}
			return s.Trend(ctx, from, to, in.By == "week")
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/flow", ID: "getLifecycleFlow", Tag: tagName, Permission: PermView,
		Summary: "Who came from which stage to which between the ends of two days"},
		func(ctx context.Context, in *DaysQuery) (Flow, error) {
			from, to, err := in.stretch()
			if err != nil {
				return Flow{}, err
			}
			return s.Flow(ctx, from, to)
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/cohorts/stages", ID: "getLifecycleStageCohorts", Tag: tagName, Permission: PermView,
		Summary: "Funnel, conversion and time in stages by the month of the first purchase"},
		func(ctx context.Context, in *monthsInput) (StageCohorts, error) {
			from, to, err := in.months()
			if err != nil {
				return StageCohorts{}, err
			}
			return s.StageCohorts(ctx, from, to)
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/cohorts/retention", ID: "getLifecycleRetention", Tag: tagName, Permission: PermView,
		Summary: "Who bought again in which month, by the month of the first purchase"},
		func(ctx context.Context, in *monthsInput) (Retention, error) {
			from, to, err := in.months()
			if err != nil {
				return Retention{}, err
			}
			return s.Retention(ctx, from, to)
		})
}

func (s *Service) taskRoutes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/steps", ID: "listOwedSteps", Tag: tagName, Permission: PermView,
		Summary: "Steps of tools that are to be done, by whom and until when; the longest overdue first"},
		func(ctx context.Context, in *stepsInput) (OwedList, error) {
			return s.Steps(ctx, in.Of == "all", in.Overdue, in.Limit, in.Cursor)
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/duty-holders", ID: "listDutyHolders", Tag: tagName, Permission: PermView,
		Summary: "Departments and roles that steps may be given to"},
		func(ctx context.Context, _ *struct{}) (web.List[DutyHolder], error) {
			list, err := s.DutyHolders(ctx)
			return web.NewList(list), err
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/begun", ID: "getLifecycleBegun", Tag: tagName, Permission: PermConfig,
		Summary: "How many tasks begin by themselves, and how many customers come from which stage to which"},
		func(ctx context.Context, _ *struct{}) (BegunFigures, error) { return s.Begun(ctx) })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/tools/{code}/figures", ID: "getLifecycleToolFigures", Tag: tagName, Permission: PermView,
		Summary: "What came of the tasks of a tool: causes, measures, answers, won and lost"},
		func(ctx context.Context, in *toolInput) (ToolFigures, error) { return s.Figures(ctx, in.Code) })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/customers/{id}/lifecycle/tasks", ID: "listCustomerTasks", Tag: tagName, Permission: PermView,
		Summary: "Steps, diagnoses and questionnaires of a customer, newest first"},
		func(ctx context.Context, in *ofInput) (web.List[Task], error) {
			list, err := s.Tasks(ctx, in.ID)
			return web.NewList(list), err
		})
	open := web.Route{Method: http.MethodPost, Path: "/customers/{id}/lifecycle/tasks", ID: "openCustomerTask", Tag: tagName, Permission: PermEdit,
		Summary: "Begin to work with a tool", Status: http.StatusCreated}
	web.Register(api, open, func(ctx context.Context, in *openTask) (Task, error) { return s.OpenTask(ctx, in.ID, in.Body) })
	web.Register(api, web.Route{Method: http.MethodPut, Path: "/customers/{id}/lifecycle/tasks/{task_id}/items/{item}", ID: "fillCustomerTaskItem", Tag: tagName, Permission: PermEdit,
		Summary: "Write what came of a step, a cause or a question"},
		func(ctx context.Context, in *fillItem) (Task, error) {
			return s.FillItem(ctx, in.ID, in.TaskID, in.Item, in.Body)
		})
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/customers/{id}/lifecycle/tasks/{task_id}/close", ID: "closeCustomerTask", Tag: tagName, Permission: PermEdit,
		Summary: "Note what came of a task, or open it again"},
		func(ctx context.Context, in *closeTask) (Task, error) {
			return s.CloseTask(ctx, in.ID, in.TaskID, in.Body)
		})
}
