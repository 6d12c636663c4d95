package importer

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// SavedMapping is a mapping that people keep under a name.
type SavedMapping struct {
	ID        int64   `json:"id"`
	Name      string  `json:"name"`
	Kind      Kind    `json:"kind" enum:"orders,customers,behaviours"`
	Mapping   Mapping `json:"mapping"`
	Stale     bool    `json:"stale" doc:"it names custom fields that are no longer in use; they are read over"`
	UpdatedBy string  `json:"updated_by" doc:"\"\" where nobody of that id is known"`
	CreatedAt int64   `json:"created_at" doc:"unix milliseconds"`
	UpdatedAt int64   `json:"updated_at" doc:"unix milliseconds; send it with a change"`
}

// SavedMappingIn makes or changes a saved mapping.
type SavedMappingIn struct {
	Name    string  `json:"name" minLength:"1" maxLength:"60"`
	Mapping Mapping `json:"mapping"`
	// UpdatedAt refuses the change where somebody else was faster; 0 takes what is there.
	UpdatedAt int64 `json:"updated_at,omitempty" minimum:"0" doc:"updated_at as it was read; the change is refused where somebody else was faster"`
}

const (
	maxSavedName = 60 // characters
	maxSaved     = 200
)

// SavedMappings lists the mappings kept under names, by name.
func (s *Service) SavedMappings(ctx context.Context) ([]SavedMapping, error) {
	if err := auth.Require(ctx, PermRun); err != nil {
		return nil, err
	}
	rows, err := s.st.savedMappings(ctx)
	if err != nil {
		return nil, err
	}
	return s.savedViews(ctx, rows)
}

func (s *Service) savedViews(ctx context.Context, rows []savedRow) ([]SavedMapping, error) {
	out := make([]SavedMapping, 0, len(rows))
	var people []int64
	for i := range rows {
		r := &rows[i]
		v := SavedMapping{ID: r.id, Name: r.name, Kind: r.kind, CreatedAt: r.createdAt, UpdatedAt: r.updatedAt}
		if err := json.Unmarshal([]byte(r.mapping), &v.Mapping); err != nil {
			return nil, errs.Wrap(err, errs.Internal, "internal")
		}
		v.Stale = s.checkTargets(ctx, &v.Mapping) != nil
		if r.updatedBy != 0 && !slices.Contains(people, r.updatedBy) {
			people = append(people, r.updatedBy)
		}
		out = append(out, v)
	}
	if s.names == nil || len(people) == 0 {
		return out, nil
	}
	names, err := s.names(ctx, people)
	for i := range out {
		out[i].UpdatedBy = names[rows[i].updatedBy]
	}
	return out, err
}

// SavedMapping gives one. Error: import.no_saved_mapping.
func (s *Service) SavedMapping(ctx context.Context, id int64) (SavedMapping, error) {
	if err := auth.Require(ctx, PermRun); err != nil {
		return SavedMapping{}, err
	}
	r, err := s.st.savedByID(ctx, id)
	return s.savedView(ctx, r, err)
}

// MappingNamed gives the mapping kept under a name, for the command line. Error:
// import.no_saved_mapping_named.
func (s *Service) MappingNamed(ctx context.Context, name string) (*Mapping, error) {
	r, err := s.st.savedByName(ctx, strings.TrimSpace(name))
	if isNoRow(err) {
		return nil, errs.New(errs.NotFound, "import.no_saved_mapping_named", "name", cutText(name, 200))
	}
	v, err := s.savedView(ctx, r, err)
	return &v.Mapping, err
}

func (s *Service) savedView(ctx context.Context, r savedRow, err error) (SavedMapping, error) {
	if isNoRow(err) {
		return SavedMapping{}, errs.New(errs.NotFound, "import.no_saved_mapping")
	}
	if err != nil {
		return SavedMapping{}, err
	}
	list, err := s.savedViews(ctx, []savedRow{r})
	if err != nil {
		return SavedMapping{}, err
	}
	return list[0], nil
}

// check cleans and checks what is to be kept.
func (in *SavedMappingIn) check() error {
	in.Name = strings.Join(strings.Fields(in.Name), " ")
	if in.Name == "" || utf8.RuneCountInString(in.Name) > maxSavedName || strings.ContainsFunc(in.Name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return errs.New(errs.Invalid, "invalid").WithField("name", "import.bad_mapping_name", "max", maxSavedName)
	}
	in.Mapping.without(func(_ string, what Meaning) bool { return what == Ignore || what == "" })
	return in.Mapping.Validate()
}

// SaveMapping keeps a mapping under a name. Errors: import.bad_mapping with
// fields, import.mapping_name_taken, import.too_many_mappings.
func (s *Service) SaveMapping(ctx context.Context, in SavedMappingIn) (SavedMapping, error) {
	if err := auth.Require(ctx, PermRun); err != nil {
		return SavedMapping{}, err
	}
	if err := in.check(); err != nil {
		return SavedMapping{}, err
	}
	if err := s.checkTargets(ctx, &in.Mapping); err != nil {
		return SavedMapping{}, err
	}
	var r savedRow
	err := s.db.InTx(ctx, func(ctx context.Context) error {
		all, err := s.st.savedMappings(ctx)
		if err != nil {
			return err
		}
		if len(all) >= maxSaved {
			return errs.New(errs.TooLarge, "import.too_many_mappings", "max", maxSaved)
		}
		if r, err = s.savedRow(ctx, in); err != nil {
			return err
		}
		if r.id, err = s.db.NextID(ctx, "saved_mapping"); err != nil {
			return err
		}
		r.createdAt, r.createdBy = r.updatedAt, r.updatedBy
		if err := taken(s.st.insertSaved(ctx, &r), r.name); err != nil {
			return err
		}
		return s.audit.Append(ctx, audit.Entry{Action: "import.mapping_create", ObjectType: "import_mapping", ObjectID: idText10(r.id), After: in})
	})
	if err != nil {
		return SavedMapping{}, err
	}
	return s.savedView(ctx, r, nil)
}

func (s *Service) savedRow(ctx context.Context, in SavedMappingIn) (savedRow, error) {
	b, err := json.Marshal(in.Mapping)
	if err != nil {
		return savedRow{}, errs.Wrap(err, errs.Internal, "internal")
	}
	r := savedRow{name: in.Name, kind: in.Mapping.Kind, mapping: string(b), updatedAt: s.now()}
	if a := auth.From(ctx); a != nil {
		r.updatedBy = a.StaffID
	}
	return r, nil
}

func taken(err error, name string) error {
	if errs.Is(err, "db.unique") {
		return errs.New(errs.Conflict, "import.mapping_name_taken", "name", name).WithField("name", "import.mapping_name_taken", "name", name)
	}
	return err
}

// ChangeMapping renames or changes a saved mapping; its kind stays. Errors:
// those of SaveMapping, import.no_saved_mapping, import.mapping_changed.
func (s *Service) ChangeMapping(ctx context.Context, id int64, in SavedMappingIn) (SavedMapping, error) {
	if err := auth.Require(ctx, PermRun); err != nil {
		return SavedMapping{}, err
	}
	var r savedRow
	err := s.db.InTx(ctx, func(ctx context.Context) error {
		old, err := s.st.savedByID(ctx, id)
		if err != nil {
			return err
		}
		before, err := s.savedView(ctx, old, nil)
		if err != nil {
			return err
		}
		in.Mapping.Kind = old.kind
		if err := in.check(); err != nil {
			return err
		}
		if err := s.checkTargets(ctx, &in.Mapping); err != nil {
			return err
		}
		if r, err = s.savedRow(ctx, in); err != nil {
			return err
		}
		r.id, r.createdAt, r.createdBy = old.id, old.createdAt, old.createdBy
		r.updatedAt = max(r.updatedAt, old.updatedAt+1)
		if in.UpdatedAt == 0 {
			in.UpdatedAt = old.updatedAt
		}
		ok, err := s.st.updateSaved(ctx, &r, in.UpdatedAt)
		if err = taken(err, r.name); err != nil {
			return err
		}
		if !ok {
			return errs.New(errs.Conflict, "import.mapping_changed")
		}
		return s.audit.Append(ctx, audit.Entry{Action: "import.mapping_update", ObjectType: "import_mapping", ObjectID: idText10(id),
			Before: map[string]any{"name": before.Name, "mapping": before.Mapping}, After: map[string]any{"name": in.Name, "mapping": in.Mapping}})
	})
	return s.savedView(ctx, r, err)
}

// DropMapping forgets a saved mapping. Error: import.no_saved_mapping.
func (s *Service) DropMapping(ctx context.Context, id int64) error {
	old, err := s.SavedMapping(ctx, id)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context) error {
		if err := s.st.deleteSaved(ctx, id); err != nil {
			return err
		}
		return s.audit.Append(ctx, audit.Entry{Action: "import.mapping_delete", ObjectType: "import_mapping", ObjectID: idText10(id), Before: old})
	})
}

// fitted is a saved mapping as far as a file has its columns, with those that
// the file lacks.
func (s *Service) fitted(ctx context.Context, id int64, header []string) (m Mapping, missing []string, err error) {
	v, err := s.SavedMapping(ctx, id)
	if err != nil {
		return m, nil, err
	}
	m = v.Mapping
	if err := s.prune(ctx, &m); err != nil {
		return m, nil, err
	}
	keys := ColumnKeys(header)
	m.without(func(col string, _ Meaning) bool {
		if slices.Contains(keys, col) {
			return false
		}
		missing = append(missing, cutText(col, 60))
		return true
	})
	slices.Sort(missing)
	return m, missing, nil
}
