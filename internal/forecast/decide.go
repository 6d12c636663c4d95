package forecast

import (
	"context"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// State is a kind with its settings and what is in use.
type State struct {
	Kind            Kind     `json:"kind" enum:"purchases,churn"`
	Settings        Settings `json:"settings"`
	SettingsVersion int      `json:"settings_version" doc:"A change is made on; 0 as shipped"`
	InUse           *Model   `json:"in_use" doc:"null where none is yet"`
	Newest          *Model   `json:"newest" doc:"The newest fit, whatever came of it; null before the first"`
	DueAt           *int64   `json:"due_at" doc:"Unix milliseconds; null where it is fitted only when asked"`
}

// States lists the kinds.
func (s *Service) States(ctx context.Context) ([]State, error) {
	out := make([]State, len(Kinds))
	for i, k := range Kinds {
		set, err := s.store.settings(ctx, k)
		if err != nil {
			return nil, err
		}
		out[i] = State{Kind: k, Settings: set.Settings, SettingsVersion: set.Version}
		show := func(r *row) (*Model, error) {
			m, err := s.view(ctx, r)
			return &m, err
		}
		switch r, err := s.store.inUse(ctx, k); {
		case err == nil:
			if out[i].InUse, err = show(r); err != nil {
				return nil, err
			}
		case !errs.Is(err, "forecast.no_such_model"):
			return nil, err
		}
		list, err := s.store.newest(ctx, k, 1<<30, 1)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			if out[i].Newest, err = show(list[0]); err != nil {
				return nil, err
			}
		}
		due, err := s.due(ctx, k)
		if err != nil {
			return nil, err
		}
		if due > 0 {
			out[i].DueAt = &due
		}
	}
	return out, nil
}

// Versions lists models of a kind below a version (0 = from the newest).
// Error: forecast.no_such_kind.
func (s *Service) Versions(ctx context.Context, k Kind, below, n int) ([]Model, error) {
	if err := known(k); err != nil {
		return nil, err
	}
	if below <= 0 {
		below = 1 << 30
	}
	rows, err := s.store.newest(ctx, k, below, n)
	if err != nil {
		return nil, err
	}
	return s.views(ctx, rows)
}

// SaveSettings changes how a kind is fitted. version is the one the change was
// made on. Errors: forecast.no_such_kind, invalid with its fields,
// forecast.settings_changed.
func (s *Service) SaveSettings(ctx context.Context, k Kind, in Settings, version int) (State, error) {
	if err := known(k); err != nil {
		return State{}, err
	}
	defs, err := s.Fields.Definitions(ctx)
	if err != nil {
		return State{}, err
	}
	if err := in.check(k, defs); err != nil {
		return State{}, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		before, err := s.store.settings(ctx, k)
		if err != nil {
			return err
		}
		ok := before.Version == version
		if ok {
			ok, err = s.store.saveSettings(ctx, k, keptSettings{Settings: in, Version: version + 1, UpdatedBy: auth.StaffID(ctx), UpdatedAt: s.now()})
		}
		if err != nil {
			return err
		}
		if !ok {
			return errs.New(errs.Conflict, "forecast.settings_changed")
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "forecast.settings", ObjectType: "forecast_kind", ObjectID: string(k), Before: before.Settings, After: in})
	})
	if err != nil {
		return State{}, err
	}
	list, err := s.States(ctx)
	for _, st := range list {
		if st.Kind == k {
			return st, err
		}
	}
	return State{}, err
}

// Cancel ends a fit that waits or runs. Errors: forecast.no_such_model,
// forecast.over where it does neither.
func (s *Service) Cancel(ctx context.Context, id int64) (Model, error) {
	return s.change(ctx, id, "forecast.cancel", func(ctx context.Context, r *row) (bool, error) {
		return s.store.end(ctx, id, Cancelled, "", s.now())
	}, "forecast.over")
}

// Use puts a model in use that is held, or one that was in use before. The one
// in use is kept. Errors: forecast.no_such_model, forecast.not_usable.
func (s *Service) Use(ctx context.Context, id int64) (Model, error) {
	return s.change(ctx, id, "forecast.use", func(ctx context.Context, r *row) (bool, error) {
		if r.Status != Held && r.Status != Retired {
			return false, nil
		}
		if err := s.store.retire(ctx, r.Kind); err != nil {
			return false, err
		}
		if err := s.recordLater(ctx, r); err != nil {
			return false, err
		}
		return s.store.decide(ctx, id, r.Status, InUse, auth.StaffID(ctx), s.now())
	}, "forecast.not_usable")
}

// Discard says that a held model is not to be used. Errors:
// forecast.no_such_model, forecast.not_held.
func (s *Service) Discard(ctx context.Context, id int64) (Model, error) {
	return s.change(ctx, id, "forecast.discard", func(ctx context.Context, _ *row) (bool, error) {
		return s.store.decide(ctx, id, Held, Discarded, auth.StaffID(ctx), s.now())
	}, "forecast.not_held")
}

// change does something to a model with its entry in the audit log; refused is
// the code where fn says no.
func (s *Service) change(ctx context.Context, id int64, action string, fn func(ctx context.Context, r *row) (bool, error), refused string) (Model, error) {
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		r, err := s.store.model(ctx, id)
		if err != nil {
			return err
		}
		ok, err := fn(ctx, r)
		if err != nil {
			return err
		}
		if !ok {
			return errs.New(errs.Conflict, refused) // i18n-keys: errors.forecast.*
		}
		after, err := s.store.model(ctx, id)
		if err != nil {
			return err
		}
		return s.audit(ctx, action, r, map[string]any{"status": string(r.Status)}, map[string]any{"status": string(after.Status), "kind": string(r.Kind), "version": r.Version})
	})
	if err != nil {
		return Model{}, err
	}
	r, err := s.store.model(ctx, id)
	if err != nil {
		return Model{}, err
	}
	return s.view(ctx, r)
}
