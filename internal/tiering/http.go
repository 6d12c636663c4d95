package tiering

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"

	"zhike/internal/customer"
	"zhike/internal/document"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
)

// CodePath names a scheme. (An embedded struct must be exported to be bound.)
type CodePath struct {
	Code string `path:"code" maxLength:"40"`
}

type versionInput struct {
	CodePath
	Version int `path:"version" minimum:"1"`
}

type compareInput struct {
	CodePath
	From int `query:"from" minimum:"0" doc:"Version; 0 is the newest"`
	To   int `query:"to" minimum:"0"`
}

// newScheme makes a scheme from another one or from a whole body.
type newScheme struct {
	Body struct {
		From      string  `json:"from,omitempty" maxLength:"40" doc:"Code of the scheme to copy"`
		Code      string  `json:"code,omitempty" maxLength:"40" doc:"Code of the copy"`
		Name      string  `json:"name,omitempty" maxLength:"200" doc:"Name of the copy"`
		Dimension string  `json:"dimension,omitempty" maxLength:"40" doc:"Code of the dimension of the copy; that of the scheme it is made from where left out"`
		Scheme    *Scheme `json:"scheme,omitempty" doc:"A whole scheme, in place of from"`
	}
}

type saveScheme struct {
	CodePath
	Body struct {
		Scheme      Scheme `json:"scheme"`
		BaseVersion int    `json:"base_version,omitempty" minimum:"0" doc:"Version the change was made on; 0 saves over whichever is newest"`
	}
}

type importScheme struct {
	RawBody []byte
}

type exportInput struct {
	CodePath
	Version int `query:"version" minimum:"0" doc:"0 is the newest"`
}

type schemePreviewInput struct {
	Body struct {
		Scheme Scheme     `json:"scheme"`
		AsOf   *clock.Day `json:"as_of,omitempty" format:"date"`
	}
}

type defaultInput struct {
	Body struct {
		Scheme string `json:"scheme" maxLength:"40"`
	}
}

type runsInput struct {
	web.ListQuery
	Dimension string `query:"dimension" maxLength:"40"`
	Scheme    string `query:"scheme" maxLength:"40"`
	Status    Status `query:"status" enum:"waiting,running,finished,failed,cancelled"`
}

type startInput struct{ Body RunInput }

type startTogether struct{ Body DimensionsInput }

// RunPath names a run.
type RunPath struct {
	ID int64 `path:"id" minimum:"0" doc:"0 is the newest finished run of the default scheme"`
}

// fullReportInput is a run and the dimensions that its report tells of too.
type fullReportInput struct {
	RunPath
	Dimensions string `query:"dimensions" maxLength:"600" doc:"Codes with commas between; left out: all that have levels in force; none: none"`
}

func (in *fullReportInput) codes() []string {
	switch in.Dimensions {
	case "":
		return nil
	case "none":
		return []string{}
	}
	return strings.Split(in.Dimensions, ",")
}

type membersInput struct {
	web.ListQuery
	RunPath
	Level string `query:"level" maxLength:"40"`
	Move  string `query:"move" maxLength:"10" doc:"up, down, new, changed, gone, fell (from the best level) or overdue (best level, long silent)"`
	Q     string `query:"q" maxLength:"200" doc:"Name and what else customers are searched by"`
	// Levels is empty for decided.
	Levels string `query:"levels" enum:"decided,proposed" default:"decided" doc:"By which levels and moves to choose: those that people left, or those that the run found"`
}

type memberInput struct {
	RunPath
	CustomerID int64 `path:"customer_id" minimum:"1"`
}

// MetricInfo describes a figure that a scheme may use.
type MetricInfo struct {
	Metric Metric `json:"metric"`
	Name   string `json:"name"`
	Doc    string `json:"doc" doc:"What it counts"`
	Unit   string `json:"unit" enum:"yuan,orders,days,months,share,count,stars,times,number,place" doc:"place: of the option of a choice, from 1"`
	Ops    []Op   `json:"ops"`

	Field    bool     `json:"field,omitempty" doc:"A custom field of the customer"`
	UnitName string   `json:"unit_name,omitempty" doc:"Of a custom field that is a number"`
	Options  []string `json:"options,omitempty" doc:"Of a choice, by their place"`
	Retired  bool     `json:"retired,omitempty" doc:"The custom field is out of use: schemes that have it keep their words, new ones cannot take it"`
}

// Routes registers the endpoints of this package.
func (s *Service) Routes(api *web.API) {
	s.dimensionRoutes(api)
	s.handRoutes(api)
	s.schemeRoutes(api)
	s.runRoutes(api)
	s.reportRoutes(api)
}

func (s *Service) schemeRoutes(api *web.API) {
	route := func(method, path, id, summary string, p auth.Permission) web.Route {
		return web.Route{Method: method, Path: path, ID: id, Summary: summary, Tag: "tiering", Permission: p}
	}
	web.Register(api, route("GET", "/tiering/schemes", "listTierSchemes", "Newest version of every scheme", PermView),
		func(ctx context.Context, _ *struct{}) (web.List[SchemeView], error) {
			list, err := s.Schemes(ctx)
			return s.localSchemes(ctx, list, err)
		})
	create := route("POST", "/tiering/schemes", "createTierScheme", "Make a scheme, whole or as a copy of another", PermScheme)
	create.Status = http.StatusCreated
	web.Register(api, create, func(ctx context.Context, in *newScheme) (SchemeView, error) {
		if in.Body.Scheme != nil {
			return s.localScheme(ctx)(s.CreateScheme(ctx, in.Body.Scheme.canonical(web.Locale(ctx))))
		}
		return s.localScheme(ctx)(s.CopyScheme(ctx, in.Body.From, in.Body.Code, in.Body.Name, in.Body.Dimension))
	})
	web.Register(api, route("GET", "/tiering/presets", "listTierPresets", "Schemes to begin with, by industry", PermView),
		func(ctx context.Context, _ *struct{}) (web.List[Preset], error) {
			list, err := s.PresetsHere(ctx, web.Locale(ctx))
			return web.NewList(list), err
		})
	imp := route("POST", "/tiering/schemes/import", "importTierScheme", "Read a scheme file (YAML); an existing code gets a new version", PermScheme)
	imp.MaxBody = maxYAML
	web.Register(api, imp, func(ctx context.Context, in *importScheme) (SchemeView, error) {
		return s.localScheme(ctx)(s.ImportScheme(ctx, bytes.NewReader(in.RawBody)))
	})
	web.Register(api, route("GET", "/tiering/schemes/{code}", "getTierScheme", "Newest version of a scheme", PermView),
		func(ctx context.Context, in *CodePath) (SchemeView, error) {
			return s.localScheme(ctx)(s.Scheme(ctx, in.Code, 0))
		})
	web.Register(api, route("PUT", "/tiering/schemes/{code}", "saveTierScheme", "Save a scheme; a change makes a new version", PermScheme),
		func(ctx context.Context, in *saveScheme) (SchemeView, error) {
			if in.Body.Scheme.Code != in.Code {
				return SchemeView{}, errs.New(errs.Invalid, "invalid").WithField("scheme.code", "tier.code_fixed", "value", in.Code)
			}
			return s.localScheme(ctx)(s.SaveScheme(ctx, in.Body.Scheme.canonical(web.Locale(ctx)), in.Body.BaseVersion))
		})
	web.Register(api, route("GET", "/tiering/schemes/{code}/versions", "listTierSchemeVersions", "Versions of a scheme, newest first", PermView),
		func(ctx context.Context, in *CodePath) (web.List[SchemeView], error) {
			list, err := s.SchemeVersions(ctx, in.Code)
			return s.localSchemes(ctx, list, err)
		})
	web.Register(api, route("GET", "/tiering/schemes/{code}/versions/{version}", "getTierSchemeVersion", "One version of a scheme", PermView),
		func(ctx context.Context, in *versionInput) (SchemeView, error) {
			return s.localScheme(ctx)(s.Scheme(ctx, in.Code, in.Version))
		})
	web.Register(api, route("GET", "/tiering/schemes/{code}/compare", "compareTierSchemes", "What differs between two versions", PermView),
		func(ctx context.Context, in *compareInput) (web.List[Change], error) {
			list, err := s.CompareVersions(ctx, in.Code, in.From, in.To, web.Locale(ctx))
			return web.NewList(list), err
		})
	exp := route("GET", "/tiering/schemes/{code}/export", "exportTierScheme", "A scheme as YAML", PermView)
	exp.Produces = "application/yaml"
	web.RegisterDownload(api, exp, func(ctx context.Context, in *exportInput, w http.ResponseWriter) error {
		var b bytes.Buffer
		if err := s.ExportScheme(ctx, in.Code, in.Version, &b); err != nil {
			return err
		}
		return document.Send(w, "yaml", "application/yaml; charset=utf-8", in.Code+".yaml", b.Bytes())
	})
	pre := route("POST", "/tiering/preview", "previewTierScheme", "What a scheme would do, without writing anything", PermView)
	web.Register(api, pre, func(ctx context.Context, in *schemePreviewInput) (Preview, error) {
		if a := auth.From(ctx); a == nil || a.Scope != auth.ScopeAll {
			return Preview{}, errs.New(errs.Forbidden, "tier.report_scope")
		}
		return s.PreviewScheme(ctx, &in.Body.Scheme, in.Body.AsOf, web.Locale(ctx))
	})
	web.Register(api, route("PUT", "/tiering/default-scheme", "setDefaultTierScheme", "Choose the scheme whose levels lists show", PermScheme),
		func(ctx context.Context, in *defaultInput) (struct{}, error) {
			return struct{}{}, s.SetDefault(ctx, in.Body.Scheme)
		})
	web.Register(api, route("GET", "/tiering/metrics", "listTierMetrics", "The figures a scheme may use", PermView),
		func(ctx context.Context, _ *struct{}) (web.List[MetricInfo], error) {
			own, err := s.companyMetrics(ctx)
			return web.NewList(append(MetricCatalogue(web.Locale(ctx)), own...)), err
		})
}

func (s *Service) runRoutes(api *web.API) {
	route := func(method, path, id, summary string, p auth.Permission) web.Route {
		return web.Route{Method: method, Path: path, ID: id, Summary: summary, Tag: "tiering", Permission: p}
	}
	web.Register(api, route("GET", "/tiering/runs", "listTierRuns", "Runs, newest first", PermView),
		func(ctx context.Context, in *runsInput) (web.Page[RunView], error) {
			var below int64
			if err := web.DecodeCursor(in.Cursor, &below); err != nil {
				return web.Page[RunView]{}, err
			}
			list, err := s.Runs(ctx, RunFilter{in.Dimension, in.Scheme, in.Status}, below, in.Limit+1)
			for i := range list {
				list[i] = list[i].Localized(web.Locale(ctx))
			}
			next := ""
			if len(list) > in.Limit {
				list = list[:in.Limit]
				next = web.EncodeCursor(list[in.Limit-1].ID)
			}
			return web.NewPage(list, next, nil), err
		})
	start := route("POST", "/tiering/runs", "startTierRun", "Queue a run", PermRun)
	start.Status = http.StatusAccepted
	web.Register(api, start, func(ctx context.Context, in *startInput) (RunView, error) {
		return localRun(ctx)(s.StartRun(ctx, in.Body))
	})
	together := route("POST", "/tiering/runs/together", "startTierRuns", "Queue runs of several dimensions, made together on the facts of one day", PermRun)
	together.Status = http.StatusAccepted
	web.Register(api, together, func(ctx context.Context, in *startTogether) (web.List[RunView], error) {
		list, err := s.StartRuns(ctx, in.Body)
		for i := range list {
			list[i] = list[i].Localized(web.Locale(ctx))
		}
		return web.NewList(list), err
	})
	web.Register(api, route("GET", "/tiering/runs/{id}", "getTierRun", "A run with what it found", PermView),
		func(ctx context.Context, in *RunPath) (RunDetail, error) { return s.runPage(ctx, in.ID) })
	web.Register(api, route("POST", "/tiering/runs/{id}/cancel", "cancelTierRun", "Stop a run that waits or runs", PermRun),
		func(ctx context.Context, in *RunPath) (RunView, error) { return localRun(ctx)(s.CancelRun(ctx, in.ID)) })
	web.Register(api, ofCustomers(route("GET", "/tiering/runs/{id}/customers", "listTierRunCustomers", "Customers of a run by falling spend, with their reasons", PermView)),
		func(ctx context.Context, in *membersInput) (web.Page[Member], error) {
			return s.Members(ctx, in.ID, MemberFilter{in.Level, in.Move, in.Q, in.Levels}, in.Cursor, in.Limit, web.Locale(ctx))
		})
	web.Register(api, ofCustomers(route("GET", "/tiering/runs/{id}/customers/{customer_id}", "getTierRunCustomer", "Why a customer has its level", PermView)),
		func(ctx context.Context, in *memberInput) (Explanation, error) {
			return s.Explain(ctx, in.ID, in.CustomerID, web.Locale(ctx))
		})
}

// ofCustomers is a route that tells of customers: an auditor may see what was
// decided how, and not about whom.
func ofCustomers(r web.Route) web.Route {
	r.Also = customer.PermView
	return r
}

// runPage is a run as the caller may see it: sums over the whole company only
// with the scope for it.
func (s *Service) runPage(ctx context.Context, id int64) (RunDetail, error) {
	if id == 0 {
		r, err := s.finished(ctx, 0)
		if err != nil {
			return RunDetail{}, err
		}
		id = r.ID
	}
	d, err := s.Run(ctx, id)
	if err != nil {
		return d, err
	}
	if a := auth.From(ctx); a == nil || a.Scope != auth.ScopeAll {
		d.Summary, d.Moves, d.Decided = nil, nil, nil
	}
	return d.Localized(web.Locale(ctx)), nil
}

// localScheme and localRun give an answer in the language of the request.
func (s *Service) localScheme(ctx context.Context) func(SchemeView, error) (SchemeView, error) {
	return func(v SchemeView, err error) (SchemeView, error) {
		if err != nil {
			return v, err
		}
		return s.said(ctx, v.Localized(web.Locale(ctx)))
	}
}

func localRun(ctx context.Context) func(RunView, error) (RunView, error) {
	return func(v RunView, err error) (RunView, error) { return v.Localized(web.Locale(ctx)), err }
}

func (s *Service) localSchemes(ctx context.Context, list []SchemeView, err error) (web.List[SchemeView], error) {
	for i := range list {
		if list[i], err = s.said(ctx, list[i].Localized(web.Locale(ctx))); err != nil {
			return web.List[SchemeView]{}, err
		}
	}
	return web.NewList(list), err
}

// said puts the sentences of the rules of audiences into an answer.
func (s *Service) said(ctx context.Context, v SchemeView) (SchemeView, error) {
	people, err := s.sentences(ctx, v.Scheme, web.Locale(ctx))
	if len(people) > 0 {
		v.Sentences = make([]string, len(v.Scheme.Conditions()))
		for k, text := range people {
			v.Sentences[k] = text
		}
	}
	return v, err
}

func (s *Service) reportRoutes(api *web.API) {
	web.Register(api, web.Route{
		Method: "GET", Path: "/tiering/runs/{id}/report", ID: "getTierReport", Tag: "tiering", Permission: PermReport,
		Summary: "The tiering report of a run",
	}, func(ctx context.Context, in *RunPath) (*Report, error) { return s.Report(ctx, in.ID, web.Locale(ctx)) })
	web.Register(api, web.Route{
		Method: "GET", Path: "/tiering/runs/{id}/report/dimensions", ID: "getTierReportDimensions", Tag: "tiering", Permission: PermReport,
		Summary: "What the report says of need, loyalty and other dimensions, and of decisions",
	}, func(ctx context.Context, in *fullReportInput) (ReportDimensions, error) {
		return s.ReportDimensions(ctx, in.ID, in.codes(), web.Locale(ctx))
	})
	for _, f := range reportFormats {
		web.RegisterDownload(api, web.Route{
			Method: "GET", Path: "/tiering/runs/{id}/report." + f.ext, ID: "getTierReport" + f.id, Tag: "tiering",
			Permission: PermReportExport, Produces: f.media, Summary: f.summary,
		}, func(ctx context.Context, in *fullReportInput, w http.ResponseWriter) error {
			r, err := s.FullReport(ctx, in.ID, in.codes(), web.Locale(ctx))
			if err != nil {
				return err
			}
			var b bytes.Buffer
			if err := f.write(&b, r, s.Zone()); err != nil {
				return err
			}
			// Recorded before the first byte leaves.
			err = s.Audit.Append(ctx, audit.Entry{
				Action: "report.export", ObjectType: "tier_run", ObjectID: strconv.FormatInt(r.RunID, 10),
				After: map[string]any{"format": f.ext, "named_customers": len(r.KeyCustomers) + len(r.Slipping)},
			})
			if err != nil {
				return err
			}
			name := "tiering-report-" + strconv.FormatInt(r.RunID, 10) + "." + f.ext
			return document.Send(w, f.ext, f.media, name, b.Bytes())
		})
	}
}

// i18n-keys: tier.metric.*, tier.metric_doc.*

// MetricCatalogue describes the figures in a language.
func MetricCatalogue(locale string) []MetricInfo {
	units := map[Metric]string{
		MetricSpend: "yuan", MetricAOV: "yuan", MetricSpendAll: "yuan", MetricOrders: "orders", MetricOrdersAll: "orders",
		MetricRecency: "days", MetricTenure: "days", MetricMonths: "months", MetricRepurchase: "share", MetricGrowth: "share",
		MetricCarts: "count", MetricRating: "stars", MetricRhythm: "times",
		MetricIndustryGrowth: "share", MetricReferrals: "count", MetricAlive: "share", MetricChurn: "share", MetricExpected: "orders", MetricCLV: "yuan",
	}
	out := make([]MetricInfo, 0, len(Metrics))
	for _, m := range Metrics {
		ops := []Op{OpAtLeast, OpAtMost, OpMeanMul, OpTopShare}
		if m == MetricSpend {
			ops = append(ops, OpRevShare)
		}
		out = append(out, MetricInfo{
			Metric: m, Name: i18n.T(locale, "tier.metric."+string(m), nil), Doc: i18n.T(locale, "tier.metric_doc."+string(m), nil),
			Unit: units[m], Ops: ops,
		})
	}
	return out
}
