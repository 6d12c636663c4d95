package field

import (
	"context"
	"slices"
	"strconv"
	"sync/atomic"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// Change is what a write did to one field of one customer.
type Change struct {
	CustomerID int64
	Field      *Definition
	Before     Value
	After      Value
}

// Entry is a change in the form of the record's history.
type Entry struct {
	CustomerID    int64
	Field         string // "f.<code>"
	Before, After string // see Definition.Plain
}

// Entry gives the form for the history.
func (c Change) Entry() Entry {
	return Entry{CustomerID: c.CustomerID, Field: Prefix + c.Field.Code, Before: c.Field.Plain(c.Before), After: c.Field.Plain(c.After)}
}

// Prefix stands before the code of a field where fields of the record and
// custom fields are named side by side.
const Prefix = "f."

// Records is what this package needs of the customer's record; package
// customer gives it.
type Records interface {
	// Version gives the version of a customer's record; customer.not_found also
	// where the actor may not see the customer.
	Version(ctx context.Context, id int64) (int64, error)
	// Edit runs fn in a transaction of the record: it checks that the actor may
	// edit the customer and that the version is still the given one (0 for
	// any), and writes history, version, feed and event for what fn says it
	// changed. It gives the version afterwards.
	Edit(ctx context.Context, id, version int64, fn func(ctx context.Context) ([]Entry, error)) (int64, error)
}

// People gives the names that references point to.
// Ids that there are not, or that the actor may not see, are missing.
type People interface {
	Names(ctx context.Context, target string, ids []int64) (map[int64]string, error)
	// Find gives up to limit whom a typed text means.
	Find(ctx context.Context, target, text string, limit int) ([]Candidate, error)
}

// Candidate is somebody that a reference may point to.
type Candidate struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Note string `json:"note" doc:"What tells two of one name apart: department, or masked phone and city"`
}

// Deps are what a Service needs. Records and People may be nil where nobody
// asks for the values of a single customer.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Audit   *audit.Log
	Records Records
	People  People
	// Users names what goes by the figure of a field and would fail without it; nil
	// where nothing does.
	Users func(ctx context.Context, code string) ([]string, error)
	// Namers names what has a rule about a field: it may be retired, which is said
	// where it is used, and not deleted. nil where nothing does.
	Namers func(ctx context.Context, code string) ([]string, error)
	// Rebound hears, in the transaction of the change, that values may lie outside
	// of bounds now, or no longer. nil where nobody asks.
	Rebound func(ctx context.Context) error
}

// Service is the use cases over custom fields. It is safe for concurrent use.
type Service struct {
	Deps
	snap atomic.Pointer[Set]
}

// NewService makes the service.
func NewService(d Deps) *Service { return &Service{Deps: d} }

// Set is all definitions at one version.
type Set struct {
	version int64
	all     []*Definition
	byCode  map[string]*Definition
	byID    map[int64]*Definition
}

// All gives every definition in order, retired ones too. It is only read.
func (s *Set) All() []*Definition { return s.all }

// Active gives those that take values.
func (s *Set) Active() []*Definition {
	return slices.DeleteFunc(slices.Clone(s.all), func(d *Definition) bool { return d.Retired })
}

// Code gives a definition by its code, nil where there is none.
func (s *Set) Code(code string) *Definition { return s.byCode[code] }

// ID gives a definition by its id, nil where there is none.
func (s *Set) ID(id int64) *Definition { return s.byID[id] }

// Definitions gives all definitions as the database has them now. They are
// shared: nobody changes them.
func (s *Service) Definitions(ctx context.Context) (*Set, error) {
	v, err := s.version(ctx)
	if err != nil {
		return nil, err
	}
	if set := s.snap.Load(); set != nil && set.version == v {
		return set, nil
	}
	set := &Set{byCode: map[string]*Definition{}, byID: map[int64]*Definition{}}
	err = s.DB.InReadTx(ctx, func(ctx context.Context) error {
		if set.version, err = s.version(ctx); err != nil {
			return err
		}
		set.all, err = s.allDefinitions(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, d := range set.all {
		set.byCode[d.Code], set.byID[d.ID] = d, d
	}
	// What is not committed yet must not be kept.
	if !db.InTransaction(ctx) {
		s.snap.Store(set)
	}
	return set, nil
}

func (s *Service) now() int64 { return clock.Millis(s.Clock.Now()) }

// change runs a write to definitions under the lock of the state row.
func (s *Service) change(ctx context.Context, fn func(ctx context.Context, set *Set) error) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		if err := s.raiseVersion(ctx); err != nil {
			return err
		}
		set, err := s.Definitions(ctx)
		if err != nil {
			return err
		}
		return fn(ctx, set)
	})
}

func (s *Service) record(ctx context.Context, action string, id int64, before, after any) error {
	return s.Audit.Append(ctx, audit.Entry{Action: action, ObjectType: "field", ObjectID: strconv.FormatInt(id, 10), Before: before, After: after})
}

// In is what makes a field.
type In struct {
	Code     string   `json:"code,omitempty" maxLength:"40" doc:"a-z, 0-9 and _, beginning with a letter; made from the name where it is empty"`
	Kind     Kind     `json:"kind" enum:"text,number,money,date,choice,multi_choice,reference"`
	Scale    int      `json:"scale,omitempty" minimum:"0" maximum:"6"`
	Target   string   `json:"target,omitempty" enum:"customer,staff,"`
	Name     Label    `json:"name"`
	Help     Label    `json:"help,omitempty"`
	Section  Label    `json:"section,omitempty"`
	Unit     string   `json:"unit,omitempty" maxLength:"60"`
	Required bool     `json:"required,omitempty"`
	Options  []Option `json:"options,omitempty" maxItems:"300"`
	Bounds   Bounds   `json:"bounds,omitempty"`
}

// Patch changes the parts that are sent. Options are sent as a whole, in their
// order; one that is left out goes, unless a customer has it.
type Patch struct {
	Kind     *Kind     `json:"kind,omitempty" enum:"text,number,money,date,choice,multi_choice,reference"`
	Scale    *int      `json:"scale,omitempty" minimum:"0" maximum:"6"`
	Target   *string   `json:"target,omitempty" enum:"customer,staff,"`
	Name     *Label    `json:"name,omitempty"`
	Help     *Label    `json:"help,omitempty"`
	Section  *Label    `json:"section,omitempty"`
	Unit     *string   `json:"unit,omitempty" maxLength:"60"`
	Required *bool     `json:"required,omitempty"`
	Retired  *bool     `json:"retired,omitempty"`
	Options  *[]Option `json:"options,omitempty" maxItems:"300"`
	Bounds   *Bounds   `json:"bounds,omitempty" doc:"Sent as a whole; values that are there stay as they are"`
}

// Create adds a field behind the others. Errors: invalid with its fields,
// field.code_taken, field.name_taken, field.too_many.
func (s *Service) Create(ctx context.Context, in In) (out *Definition, err error) {
	err = s.change(ctx, func(ctx context.Context, set *Set) error {
		out, err = s.add(ctx, set, in)
		return err
	})
	return out, err
}

// add inserts one field and puts it into set.
func (s *Service) add(ctx context.Context, set *Set, in In) (*Definition, error) {
	if len(set.all) >= MaxFields {
		return nil, errs.New(errs.TooLarge, "field.too_many", "max", MaxFields)
	}
	given := in.Code != ""
	d := &Definition{
		Code: in.Code, Kind: in.Kind, Scale: in.Scale, Target: in.Target, Name: in.Name, Help: in.Help, Section: in.Section,
		Unit: in.Unit, Required: in.Required, Options: slices.Clone(in.Options), Bounds: in.Bounds, Position: 1,
	}
	if err := d.validate(); err != nil {
		return nil, err
	}
	if !given {
		d.Code = freeCode(d.Code, func(c string) bool { return set.byCode[c] != nil })
	} else if set.byCode[d.Code] != nil {
		return nil, errs.New(errs.Conflict, "field.code_taken", "code", d.Code).WithField("code", "field.code_taken", "code", d.Code)
	}
	if err := set.freeName(d); err != nil {
		return nil, err
	}
	if n := len(set.all); n > 0 {
		d.Position = set.all[n-1].Position + 1
	}
	var err error
	if d.ID, err = s.DB.NextID(ctx, "field"); err != nil {
		return nil, err
	}
	d.CreatedAt = s.now()
	d.UpdatedAt = d.CreatedAt
	if err := s.insertDefinition(ctx, d); err != nil {
		return nil, err
	}
	set.all = append(set.all, d)
	set.byCode[d.Code], set.byID[d.ID] = d, d
	return d, s.record(ctx, "field.create", d.ID, nil, d)
}

// freeName refuses a name that another field in use has in either language:
// files name fields by it.
func (s *Set) freeName(d *Definition) error {
	for _, o := range s.all {
		if o.ID == d.ID || o.Retired || d.Retired {
			continue
		}
		if path, name := d.Name.Clash(o.Name); path != "" {
			return errs.New(errs.Conflict, "field.name_taken", "name", name).WithField("name."+path, "field.name_taken", "name", name)
		}
	}
	return nil
}

// Update changes a field. Errors: field.not_found, invalid with its fields,
// field.name_taken; field.in_use where kind, scale or target of a field that
// had values would change; field.option_in_use where an option that customers
// have is left out; field.graded where a scheme in use goes by the field and it
// would be retired, become another kind, or its options change places.
func (s *Service) Update(ctx context.Context, id int64, p Patch) (out *Definition, err error) {
	err = s.change(ctx, func(ctx context.Context, set *Set) error {
		before := set.ID(id)
		if before == nil {
			return errs.New(errs.NotFound, "field.not_found")
		}
		d := *before
		d.Options = slices.Clone(d.Options)
		d.patch(p)
		if err := d.validate(); err != nil {
			return err
		}
		if err := set.freeName(&d); err != nil {
			return err
		}
		keep := d.Kind == before.Kind && d.Scale == before.Scale && d.Target == before.Target
		if before.Used && !keep {
			return errs.New(errs.Conflict, "field.in_use")
		}
		if err := s.optionsLeft(ctx, before, &d); err != nil {
			return err
		}
		if d.Retired && !before.Retired || d.Kind != before.Kind || before.moves(&d) {
			if err := s.unused(ctx, before); err != nil {
				return err
			}
		}
		out = &d
		if same(before, &d) {
			return nil
		}
		d.UpdatedAt = s.now()
		if err := s.updateDefinition(ctx, &d, keep); err != nil {
			return err
		}
		bounded := func(d *Definition) bool { return d.least != nil || d.greatest != nil }
		if before.Used && s.Rebound != nil && (!sameBounds(before, &d) || d.Retired != before.Retired && bounded(&d)) {
			if err := s.Rebound(ctx); err != nil {
				return err
			}
		}
		action := "field.update"
		if d.Retired != before.Retired {
			action = map[bool]string{true: "field.retire", false: "field.restore"}[d.Retired]
		}
		return s.record(ctx, action, id, before, &d)
	})
	return out, err
}

func (d *Definition) patch(p Patch) {
	set(&d.Kind, p.Kind)
	set(&d.Scale, p.Scale)
	set(&d.Target, p.Target)
	set(&d.Name, p.Name)
	set(&d.Help, p.Help)
	set(&d.Section, p.Section)
	set(&d.Unit, p.Unit)
	set(&d.Required, p.Required)
	set(&d.Retired, p.Retired)
	set(&d.Bounds, p.Bounds)
	if p.Options != nil {
		d.Options = slices.Clone(*p.Options)
	}
}

func set[T any](dst *T, v *T) {
	if v != nil {
		*dst = *v
	}
}

func same(a, b *Definition) bool {
	return a.Kind == b.Kind && a.Scale == b.Scale && a.Target == b.Target && a.Name == b.Name && a.Help == b.Help &&
		a.Section == b.Section && a.Unit == b.Unit && a.Required == b.Required && a.Retired == b.Retired && sameBounds(a, b) && slices.Equal(a.Options, b.Options)
}

// optionsLeft refuses to lose an option that a customer has.
func (s *Service) optionsLeft(ctx context.Context, before, after *Definition) error {
	if !before.Used {
		return nil
	}
	for i := range before.Options {
		o := &before.Options[i]
		if after.Option(o.Code) != nil {
			continue
		}
		used, err := s.hasOption(ctx, before.ID, o.Code)
		if err != nil {
			return err
		}
		if used {
			return errs.New(errs.Conflict, "field.option_in_use", "name", o.Label.ZH)
		}
	}
	return nil
}

// moves says whether an option gets another place: schemes count by it.
func (d *Definition) moves(after *Definition) bool {
	for i := range d.Options {
		if i >= len(after.Options) || after.Options[i].Code != d.Options[i].Code {
			return true
		}
	}
	return false
}
