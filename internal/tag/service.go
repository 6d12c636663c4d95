package tag

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zhike/internal/clean"
	"zhike/internal/field"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/jobs"
)

// Change is one tag that a customer was given or lost.
type Change struct {
	CustomerID int64
	Tag        *Tag
	Added      bool
}

// HistoryField is what the record's history calls a tag.
const HistoryField = "tag"

// History gives the change as the record's history writes it: the name of the
// tag before or after.
func (c Change) History() (before, after string) {
	if c.Added {
		return "", c.Tag.Name
	}
	return c.Tag.Name, ""
}

// Records is what this package needs of the customers' records; package
// customer gives it.
type Records interface {
	// Version gives the version of a customer's record; customer.not_found also
	// where the actor may not see the customer.
	Version(ctx context.Context, id int64) (int64, error)
	// Edit runs fn in a transaction of the record: it checks that the actor may
	// see the customer, and writes history, version, feed and event for what fn
	// says it changed. It gives the version afterwards.
	Edit(ctx context.Context, id int64, fn func(ctx context.Context) ([]Change, error)) (int64, error)
	// Note does the same, inside a transaction, for what a merge of tags changed
	// in many customers.
	Note(ctx context.Context, changes []Change) error
}

// Deps are what a Service needs. Records and Jobs may be nil where nobody asks
// for a single customer or merges.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Audit   *audit.Log
	Jobs    jobs.Enqueuer
	Records Records
	Log     *slog.Logger
}

// Service is the use cases over tags. It is safe for concurrent use.
type Service struct {
	Deps
	snap   atomic.Pointer[Catalogue]
	counts counts
	// step is how many members a merge moves in one transaction.
	step int
}

// NewService makes the service.
func NewService(d Deps) *Service { return &Service{Deps: d, step: 2000} }

// Catalogue is all groups and tags at one version. It is only read.
type Catalogue struct {
	version int64
	Groups  []Group // in their order
	Tags    []Tag   // by group and name, merged ones too
	groups  map[int64]*Group
	tags    map[int64]*Tag
	byFold  map[string]*Tag
}

// Group gives a group by its id, nil where there is none.
func (c *Catalogue) Group(id int64) *Group { return c.groups[id] }

// Tag gives a tag by its id, of a merged one the tag it went into; nil where
// there is none.
func (c *Catalogue) Tag(id int64) *Tag { return c.follow(c.tags[id]) }

// Named gives a tag by its name or a name it was merged from, nil where there
// is none.
func (c *Catalogue) Named(name string) *Tag { return c.follow(c.byFold[foldName(name)]) }

// follow goes from a merged tag to the one it went into. Merges of merges are
// shortened when they happen; the bound is for safety.
func (c *Catalogue) follow(t *Tag) *Tag {
	for n := 0; t != nil && t.MergedInto != 0; n++ {
		if n == 100 {
			return nil
		}
		t = c.tags[t.MergedInto]
	}
	return t
}

// Catalogue gives groups and tags as the database has them now.
func (s *Service) Catalogue(ctx context.Context) (*Catalogue, error) {
	v, err := s.version(ctx)
	if err != nil {
		return nil, err
	}
	if c := s.snap.Load(); c != nil && c.version == v {
		return c, nil
	}
	c := &Catalogue{groups: map[int64]*Group{}, tags: map[int64]*Tag{}, byFold: map[string]*Tag{}}
	err = s.DB.InReadTx(ctx, func(ctx context.Context) error {
		if c.version, err = s.version(ctx); err != nil {
			return err
		}
		if c.Groups, err = s.allGroups(ctx); err != nil {
			return err
		}
		c.Tags, err = s.allTags(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range c.Groups {
		c.groups[c.Groups[i].ID] = &c.Groups[i]
	}
	for i := range c.Tags {
		t := &c.Tags[i]
		c.tags[t.ID], c.byFold[t.fold] = t, t
	}
	// What is not committed yet must not be kept.
	if !db.InTransaction(ctx) {
		s.snap.Store(c)
	}
	return c, nil
}

func (s *Service) now() int64 { return clock.Millis(s.Clock.Now()) }

// change runs a write to tags and groups under the lock of the state row.
func (s *Service) change(ctx context.Context, fn func(ctx context.Context, c *Catalogue) error) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		if err := s.raiseVersion(ctx); err != nil {
			return err
		}
		c, err := s.Catalogue(ctx)
		if err != nil {
			return err
		}
		return fn(ctx, c)
	})
}

func (s *Service) record(ctx context.Context, action, kind string, id int64, before, after any) error {
	return s.Audit.Append(ctx, audit.Entry{Action: action, ObjectType: kind, ObjectID: strconv.FormatInt(id, 10), Before: before, After: after})
}

// Find gives up to limit tags that a typed text means, by the beginning of
// names, pinyin and initials; exact names first, then by name. Retired tags
// are found: customers still have them. Merged ones are not.
func (s *Service) Find(ctx context.Context, text string, limit int) ([]Tag, error) {
	query := clean.FoldQuery(text)
	if len(query) == 0 || limit <= 0 {
		return []Tag{}, nil
	}
	c, err := s.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	out := []Tag{}
	fold := foldName(text)
	for i := range c.Tags {
		if t := &c.Tags[i]; t.MergedInto == 0 && t.matches(query) {
			out = append(out, *t)
		}
	}
	slices.SortStableFunc(out, func(a, b Tag) int {
		if (a.fold == fold) != (b.fold == fold) {
			return map[bool]int{true: -1, false: 1}[a.fold == fold]
		}
		if a.Retired != b.Retired {
			return map[bool]int{true: 1, false: -1}[a.Retired]
		}
		return strings.Compare(a.fold, b.fold)
	})
	return out[:min(limit, len(out))], nil
}

// counts keeps the numbers of members for a while: counting walks an index
// with an entry a member.
type counts struct {
	mu   sync.Mutex
	kept map[int64]int64
	at   time.Time
}

// countsTTL is how old shown numbers of members may be, where another process
// gave the tags.
const countsTTL = 15 * time.Second

func (c *counts) forget() {
	c.mu.Lock()
	c.kept = nil
	c.mu.Unlock()
}

// Counts gives the number of members of each tag that has any, of merged tags
// under the one they went into.
func (s *Service) Counts(ctx context.Context) (map[int64]int64, error) {
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	now := s.Clock.Now()
	if s.counts.kept != nil && now.Sub(s.counts.at) < countsTTL {
		return s.counts.kept, nil
	}
	list, err := s.memberCounts(ctx)
	if err != nil {
		return nil, err
	}
	c, err := s.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]int64, len(list))
	for id, n := range list {
		if t := c.Tag(id); t != nil {
			out[t.ID] += n
		}
	}
	if !db.InTransaction(ctx) {
		s.counts.kept, s.counts.at = out, now
	}
	return out, nil
}

// GroupIn makes a group.
type GroupIn struct {
	Name      field.Label `json:"name"`
	Exclusive bool        `json:"exclusive,omitempty"`
}

// GroupPatch changes the parts that are sent. A group that becomes exclusive
// leaves customers that have several of its tags as they are.
type GroupPatch struct {
	Name      *field.Label `json:"name,omitempty"`
	Exclusive *bool        `json:"exclusive,omitempty"`
	Position  *int         `json:"position,omitempty" minimum:"1" maximum:"100" doc:"Place among the groups, from 1"`
}
