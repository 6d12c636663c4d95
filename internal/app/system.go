package app

import (
	"context"
	"net/http"
	"runtime"
	"runtime/debug"

	"zhike/internal/platform/web"
)

// SystemInfo describes the running program.
type SystemInfo struct {
	Version   string     `json:"version"`
	Commit    string     `json:"commit"`
	BuiltAt   string     `json:"built_at" doc:"time of the commit it was built from, RFC 3339; empty where unknown"`
	GoVersion string     `json:"go_version"`
	StartedAt int64      `json:"started_at"`
	TimeZone  string     `json:"time_zone"`
	DataDir   string     `json:"data_dir"`
	Engine    EngineInfo `json:"engine"`
	Checks    []Check    `json:"checks"`
}

func (a *App) systemRoutes(api *web.API) {
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/system", ID: "getSystem", Tag: "system", Permission: SystemView,
		Summary: "Version, database and the state of the running program",
	}, a.System)
}

// System describes the running program and checks what can be checked beside
// work: the whole database is read by `zhike doctor` alone.
func (a *App) System(ctx context.Context, _ *struct{}) (SystemInfo, error) {
	s := SystemInfo{
		Version: Version, GoVersion: runtime.Version(), StartedAt: a.started.UnixMilli(),
		TimeZone: a.Config.TimeZone, DataDir: a.Config.Data,
	}
	if b, ok := debug.ReadBuildInfo(); ok {
		for _, kv := range b.Settings {
			switch kv.Key {
			case "vcs.revision":
				s.Commit = kv.Value
			case "vcs.time":
				s.BuiltAt = kv.Value
			}
		}
	}
	var err error
	if s.Engine, err = serverInfo(ctx, a.DB); err != nil {
		return s, err
	}
	d := &doctor{locale: web.Locale(ctx)}
	d.configuration(a.Config)
	d.folder(a.Config)
	d.clock()
	d.add("database", StatusOK, "doctor.database.ok", "", "engine", s.Engine.Name, "version", s.Engine.Version, "mib", s.Engine.SizeBytes>>20)
	d.keys(ctx, a.Config, a.DB)
	d.jobs(ctx, a.DB)
	d.columns(a)
	d.following(ctx, a)
	d.lifecycle(ctx, a)
	s.Checks = d.checks
	return s, nil
}
