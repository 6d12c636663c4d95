package lifecycle

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
	"zhike/internal/tiering"
)

// Version is one version of the configuration.
type Version struct {
	Version   int64  `json:"version" doc:"0: the one that ships with the program, before the lifecycle has begun"`
	Note      string `json:"note" doc:"Why it was made"`
	AuthorID  int64  `json:"author_id" doc:"Staff id; 0 where the program made it"`
	Author    string `json:"author"`
	CreatedAt int64  `json:"created_at" doc:"unix ms; 0 of version 0"`
	Config    Config `json:"config"`
}

// config gives a version, the one in force for 0. Before anybody saved one that
// is the shipped one of retail. Error: lifecycle.no_version.
func (s *Service) config(ctx context.Context, version int64) (*Config, configRow, error) {
	r, ok, err := s.store.config(ctx, version)
	if err != nil {
		return nil, r, err
	}
	if !ok {
		if version != 0 {
			return nil, r, errs.New(errs.NotFound, "lifecycle.no_version", "version", version)
		}
		return Shipped(DefaultPreset), configRow{}, nil
	}
	c, err := s.parsed(r)
	return c, r, err
}

// parsed reads a version once. Nobody changes what it gives.
func (s *Service) parsed(r configRow) (*Config, error) {
	s.mu.Lock()
	c := s.kept[r.version]
	s.mu.Unlock()
	if c != nil {
		return c, nil
	}
	c, err := decode([]byte(r.body))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) > 200 {
		clear(s.kept)
	}
	s.kept[r.version] = c
	return c, nil
}

// Current gives a version, the one in force for 0, with the texts that came
// with the program in the language of the request. Error: lifecycle.no_version.
func (s *Service) Current(ctx context.Context, version int64) (Version, error) {
	c, r, err := s.config(ctx, version)
	if err != nil {
		return Version{}, err
	}
	names, err := s.people(ctx, []int64{r.author})
	return s.view(ctx, c, r, names), err
}

func (s *Service) view(ctx context.Context, c *Config, r configRow, names map[int64]string) Version {
	return Version{Version: r.version, Note: r.note, AuthorID: r.author, Author: names[r.author], CreatedAt: r.at, Config: *c.Localized(web.Locale(ctx))}
}

// Versions lists versions before one, newest first; 0 begins with the newest.
func (s *Service) Versions(ctx context.Context, before int64, limit int) ([]Version, error) {
	rows, err := s.store.configs(ctx, before, limit)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].author
	}
	names, err := s.people(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Version, len(rows))
	for i, r := range rows {
		c, err := s.parsed(r)
		if err != nil {
			return nil, err
		}
		out[i] = s.view(ctx, c, r, names)
	}
	return out, nil
}

const maxNote = 500

// Check says what is wrong with a configuration, as Save would, and saves nothing.
func (s *Service) Check(ctx context.Context, c Config) error {
	c.plain()
	if err := c.validate(); err != nil {
		return err
	}
	if err := s.checkDuties(ctx, &c); err != nil {
		return err
	}
	return s.checkRules(ctx, &c)
}

// Save puts a configuration in force. base is the version that it was made of;
// nothing new is saved where nothing differs. It counts from the open day on:
// days that are over stay as they are. Errors: lifecycle.invalid with its fields,
// lifecycle.changed where base is not in force any more, lifecycle.note_long.
func (s *Service) Save(ctx context.Context, c Config, base int64, note string) (Version, error) {
	if note = strings.TrimSpace(note); utf8.RuneCountInString(note) > maxNote {
		return Version{}, errs.New(errs.Invalid, "invalid").WithField("note", "lifecycle.note_long", "max", maxNote)
	}
	c = *c.canonical(web.Locale(ctx))
	if err := s.Check(ctx, c); err != nil {
		return Version{}, err
	}
	c.plain()
	body, err := json.Marshal(&c)
	if err != nil {
		return Version{}, errs.Wrap(err, errs.Internal, "internal")
	}
	if len(body) > maxConfig {
		return Version{}, errs.New(errs.TooLarge, "lifecycle.file_too_large", "max_kib", maxConfig>>10)
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		before, r, err := s.config(ctx, 0)
		if err != nil {
			return err
		}
		if r.version != base {
			return errs.New(errs.Conflict, "lifecycle.changed", "version", r.version)
		}
		changes := tiering.Differences(before, &c)
		if len(changes) == 0 && r.version != 0 {
			return nil
		}
		err = s.store.insertConfig(ctx, &configRow{version: r.version + 1, body: string(body), note: note, author: auth.StaffID(ctx), at: s.now()})
		if db.IsUnique(err) {
			return errs.New(errs.Conflict, "lifecycle.changed", "version", r.version+1)
		}
		if err != nil {
			return err
		}
		// Places only: values in rules may name people.
		places := make([]string, len(changes))
		for i := range changes {
			places[i] = changes[i].Path
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "lifecycle.config", ObjectType: "lifecycle", ObjectID: "config",
			Before: map[string]any{"version": r.version}, After: map[string]any{"version": r.version + 1, "changed": places}})
	})
	if err != nil {
		return Version{}, err
	}
	s.wake()
	return s.Current(ctx, 0)
}

// plant puts the configuration in force that ships with the program; inside InTx.
func (s *Service) plant(ctx context.Context) error {
	body, err := json.Marshal(Shipped(DefaultPreset))
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	return s.store.insertConfig(ctx, &configRow{version: 1, body: string(body), at: s.now()})
}

// Compare lists what differs between two versions.
func (s *Service) Compare(ctx context.Context, from, to int64) ([]tiering.Change, error) {
	a, _, err := s.config(ctx, from)
	if err != nil {
		return nil, err
	}
	b, _, err := s.config(ctx, to)
	if err != nil {
		return nil, err
	}
	locale := web.Locale(ctx)
	return tiering.Differences(a.Localized(locale), b.Localized(locale)), nil
}

// Export writes a version, the one in force for 0, as YAML.
func (s *Service) Export(ctx context.Context, version int64, w io.Writer) error {
	c, _, err := s.config(ctx, version)
	if err != nil {
		return err
	}
	return c.WriteYAML(w)
}
