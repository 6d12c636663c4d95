package org

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

// Settings are those of the company.
type Settings struct {
	CompanyName string `json:"company_name" maxLength:"100"`
	TimeZone    string `json:"time_zone" doc:"IANA name; business days begin at its midnight"`
	Currency    string `json:"currency" doc:"ISO 4217"`
	Locale      string `json:"locale" doc:"Language of what the program makes unasked"`
}

// SettingsIn changes the settings that are sent.
type SettingsIn struct {
	CompanyName *string `json:"company_name,omitempty" maxLength:"100"`
	TimeZone    *string `json:"time_zone,omitempty" maxLength:"64"`
	Currency    *string `json:"currency,omitempty" maxLength:"3"`
	Locale      *string `json:"locale,omitempty" maxLength:"10"`
}

// currencies have two decimals, as the money of the program does.
var currencies = []string{"CNY", "HKD", "MOP", "TWD", "SGD", "MYR", "THB", "USD", "EUR", "GBP", "AUD", "CAD", "CHF", "NZD"}

// fields gives the settings by their names in the table.
func (st *Settings) fields() map[string]*string {
	return map[string]*string{
		"company.name":      &st.CompanyName,
		"company.time_zone": &st.TimeZone,
		"company.currency":  &st.Currency,
		"company.locale":    &st.Locale,
	}
}

// orElse fills what is empty.
func (st Settings) orElse(d Settings) Settings {
	from := d.fields()
	for name, v := range st.fields() {
		if *v == "" {
			*v = *from[name]
		}
	}
	return st
}

// Location is the time zone, UTC where the name is not known to this machine.
func (st Settings) Location() *time.Location {
	if l, err := time.LoadLocation(st.TimeZone); err == nil {
		return l
	}
	return time.UTC
}

func (s *Service) readSettings(ctx context.Context) (Settings, error) {
	stored, err := s.allSettings(ctx)
	if err != nil {
		return Settings{}, err
	}
	var out Settings
	for name, v := range out.fields() {
		*v = stored[name]
	}
	return out.orElse(s.Defaults), nil
}

// Settings gives the settings that hold now.
func (s *Service) Settings(ctx context.Context) (Settings, error) {
	p, err := s.current(ctx)
	if err != nil {
		return Settings{}, err
	}
	return p.settings, nil
}

// Zone is the company's time zone as this process last saw it, for what cannot
// wait for the database: it is a [clock.Zone]. A change that this process makes
// shows at once, one of another process with the next request, or within
// [followEvery].
func (s *Service) Zone() *time.Location {
	if p := s.snap.Load(); p != nil {
		return p.zone
	}
	return s.Defaults.Location()
}

// SaveSettings changes what is sent. A change of the time zone moves business
// days: imports and runs that begin from then on, and schedules, follow the new
// zone; figures that were computed stay until they are computed again.
// i18n-keys: errors.org.setting_*
func (s *Service) SaveSettings(ctx context.Context, in SettingsIn) (out Settings, err error) {
	if err := s.checkSettings(ctx, &in); err != nil {
		return out, err
	}
	err = s.change(ctx, func(ctx context.Context) error {
		before, err := s.readSettings(ctx)
		if err != nil {
			return err
		}
		out = before
		for _, f := range []struct{ to, from *string }{
			{&out.CompanyName, in.CompanyName}, {&out.TimeZone, in.TimeZone}, {&out.Currency, in.Currency},
			{&out.Locale, in.Locale},
		} {
			if f.from != nil {
				*f.to = strings.TrimSpace(*f.from)
			}
		}
		if out == before {
			return nil
		}
		was := before.fields()
		for name, v := range out.fields() {
			if *v == *was[name] {
				continue
			}
			if err := s.putSetting(ctx, name, *v, s.now()); err != nil {
				return err
			}
		}
		return s.record(ctx, "settings.update", "settings", 0, before, out)
	})
	if err == nil {
		_, err = s.current(ctx) // for Zone, which does not ask
	}
	return out, err
}

// followEvery is how late a process that nobody sends requests may learn of a
// change that another one made.
const followEvery = 30 * time.Second

// Follow keeps what Zone says up to date until ctx ends.
func (s *Service) Follow(ctx context.Context) {
	s.follow(ctx, followEvery)
}

func (s *Service) follow(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := s.current(ctx); err != nil && ctx.Err() == nil {
				s.Log.WarnContext(ctx, "settings were not read", slog.Any("error", err))
			}
		}
	}
}

func (s *Service) checkSettings(ctx context.Context, in *SettingsIn) error {
	e := errs.New(errs.Invalid, "invalid")
	if in.CompanyName != nil {
		if _, err := checkName("company_name", *in.CompanyName, 100); err != nil {
			e.Fields = append(e.Fields, errs.From(err).Fields...)
		}
	}
	if in.TimeZone != nil && !goodZone(*in.TimeZone) {
		e.WithField("time_zone", "org.setting_time_zone")
	}
	if in.Currency != nil && !slices.Contains(currencies, *in.Currency) {
		e.WithField("currency", "org.setting_currency")
	}
	if in.Locale != nil && *in.Locale != i18n.ZhCN && *in.Locale != i18n.En {
		e.WithField("locale", "org.setting_locale")
	}
	return e.OrNil()
}

// goodZone refuses the machine's own zone, which is another one elsewhere.
func goodZone(name string) bool {
	name = strings.TrimSpace(name)
	if name == "" || name == "Local" {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// Me is who is signed in, and where.
type Me struct {
	Staff       MeStaff           `json:"staff"`
	Roles       []RoleRef         `json:"roles"`
	Permissions []auth.Permission `json:"permissions" doc:"In the order of the catalogue"`
	Scope       string            `json:"scope" enum:"own,department,all"`
	Fields      map[string]string `json:"fields" doc:"Fields of customers that are not to be edited: key → read or hidden"`
	Locale      string            `json:"locale" doc:"The company's language"`
	Company     Company           `json:"company"`
}

// MeStaff is the person of a session.
type MeStaff struct {
	ID             int64  `json:"id"`
	Login          string `json:"login"`
	Name           string `json:"name"`
	DepartmentID   int64  `json:"department_id"`
	DepartmentName string `json:"department_name"`
	MustChange     bool   `json:"must_change_password"`
}

// Company is what every page shows of the company.
type Company struct {
	Name     string `json:"name"`
	TimeZone string `json:"time_zone"`
	Currency string `json:"currency"`
}

// Me gives the person who acts.
func (s *Service) Me(ctx context.Context) (Me, error) {
	a := auth.From(ctx)
	if a == nil || a.StaffID == 0 {
		return Me{}, errs.New(errs.Unauthenticated, "unauthenticated")
	}
	return s.me(ctx, a.StaffID)
}

func (s *Service) me(ctx context.Context, id int64) (Me, error) {
	p, err := s.current(ctx)
	if err != nil {
		return Me{}, err
	}
	m, err := p.member(ctx, s, id)
	if err != nil {
		return Me{}, err
	}
	held := make([]auth.Permission, 0, len(m.actor.Permissions))
	for perm := range m.actor.Permissions {
		held = append(held, perm)
	}
	return Me{
		Staff: MeStaff{ID: id, Login: m.actor.Login, Name: m.actor.Name, DepartmentID: m.actor.DepartmentID,
			DepartmentName: p.departmentName(m.actor.DepartmentID), MustChange: m.actor.MustChangePass},
		Roles: roleRefs(m.roles), Permissions: s.inCatalogue(held), Scope: m.actor.Scope.String(), Fields: accessNames(m.actor.Fields), Locale: p.settings.Locale,
		Company: Company{Name: p.settings.CompanyName, TimeZone: p.settings.TimeZone, Currency: p.settings.Currency},
	}, nil
}
