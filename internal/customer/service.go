package customer

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"zhike/internal/clean"
	"zhike/internal/column"
	custom "zhike/internal/field"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/events"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
	"zhike/internal/tag"
)

// AsOf says for which day the figures are kept; package order gives it.
type AsOf interface {
	// AsOf is that day; ok is false before figures were computed.
	AsOf(ctx context.Context) (day clock.Day, ok bool, err error)
}

// OrderNumbers finds customers by the whole number of an order; package order
// gives it.
type OrderNumbers interface {
	CustomersByOrderNumber(ctx context.Context, number string) ([]int64, error)
}

// Texts gives the sentence of a catalogue key in a language.
type Texts interface {
	T(locale, key string, params map[string]any) string
}

type noTexts struct{}

func (noTexts) T(_, key string, _ map[string]any) string { return key }

// Deps are what a Service needs. Levels, AsOf, Orders and Texts may be nil:
// there are no levels then, figures are as of today, orders are not searched
// and exports carry keys as titles.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Vault  *vault.Vault
	Audit  *audit.Log
	Levels Levels
	// Lifecycle names the stages of the lifecycle; nil knows none.
	Lifecycle Lifecycle
	AsOf      AsOf
	Orders    OrderNumbers
	Texts     Texts
	Zone      clock.Zone // company time
	Log       *slog.Logger
	// Parts keeps custom fields and tags; nil knows none.
	Parts Parts
	// Events hears of every write; nil tells nobody.
	Events events.Publisher

	// What follows is for lists. Without Fields and Tags there are none; without
	// Jobs, Files and Actor nothing runs in the background.
	Fields *custom.Service
	Tags   *tag.Service
	// Rules knows streams of facts and audiences; nil knows none.
	Rules Rules
	// PastModels has what models say as of past days; nil knows the present one only.
	PastModels PastModels
	// Columns, where not nil, answers filtered lists from memory.
	Columns *column.Set
	Jobs    jobs.Enqueuer
	Files   string  // folder for exports
	Issues  []Issue // rules of quality
	// Actor gives a member of staff as he or she may act now; nil who may not.
	Actor func(ctx context.Context, staffID int64) (*auth.Actor, error)
}

// Issue is a rule of quality that lists can be filtered by. Its name is the
// text quality.rule.<code>.
type Issue struct {
	Bit    int64
	Code   string
	Fields []string // keys of the field access that it tells of
}

// Service is the use cases over customers.
type Service struct {
	Deps
	store   *Store
	counts  *memo[int64]
	asOf    *memo[clock.Day]
	runs    *memo[*LevelRun]
	dims    *memo[[]LevelDimension]
	broad   *memo[int64]
	took    *memo[time.Duration]
	regions *memo[[]Region]
	teams   *memo[[]int64]
	// many says of searches that they find more than is counted, or take too long.
	many   *memo[int64]
	valued *memo[map[string]int64] // how many have which value, by SQL; nil took too long
	// found keeps who was found for the pages that follow; its keys change with every write.
	found *memo[[]hit]
	// recalls counts pages from memory.
	recalls atomic.Int64
	// countTime and broadTime are the budgets of those names; tests are patient.
	countTime, broadTime time.Duration
	// upsertTurn is held by the call of a bulk upsert that writes, on SQLite.
	upsertTurn chan struct{}
	// For tests: called before a part of a bulk edit commits, and behind it.
	beforeStep, betweenParts func()
	// deletions clean up what hangs on a customer; see OnDelete.
	deletions []deletion
}

const (
	// countTTL is how old a shown number of matches may be.
	countTTL = 30 * time.Second
	// broadTTL is how old the number of hits may be by which a plan is chosen.
	broadTTL = 10 * time.Minute
	// nowTTL is how long a new as-of day or run may take to show.
	nowTTL = time.Second
)

// NewService makes the service.
func NewService(d Deps) *Service {
	if d.Levels == nil {
		d.Levels = noLevels{}
	}
	if d.Texts == nil {
		d.Texts = noTexts{}
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	now := d.Clock.Now
	return &Service{
		Deps: d, store: NewStore(d.DB), countTime: countTime, broadTime: broadTime,
		counts: newMemo[int64](2000, countTTL, now), broad: newMemo[int64](20_000, broadTTL, now),
		took: newMemo[time.Duration](4000, broadTTL, now),
		dims: newMemo[[]LevelDimension](4, nowTTL, now),
		asOf: newMemo[clock.Day](1, nowTTL, now), runs: newMemo[*LevelRun](64, nowTTL, now),
		regions: newMemo[[]Region](1, time.Minute, now), teams: newMemo[[]int64](2000, nowTTL, now),
		valued: newMemo[map[string]int64](500, 5*time.Minute, now),
		many:   newMemo[int64](2000, countTTL, now), found: newMemo[[]hit](400, countTTL, now),
		upsertTurn: make(chan struct{}, 1),
	}
}

// Store is the service's store, for imports.
func (s *Service) Store() *Store { return s.store }

// Today is the day for which figures are kept, or the present day in company
// time before any are.
func (s *Service) Today(ctx context.Context) (clock.Day, error) {
	return s.asOf.get("", func() (clock.Day, error) {
		if s.AsOf != nil {
			if d, ok, err := s.AsOf.AsOf(ctx); ok || err != nil {
				return d, err
			}
		}
		return s.Zone.Today(s.Clock), nil
	})
}

// run is the run whose levels are in force in the dimension of value.
func (s *Service) run(ctx context.Context) (*LevelRun, error) { return s.runOf(ctx, ValueDimension) }

func (s *Service) runOf(ctx context.Context, dimension string) (*LevelRun, error) {
	return s.runs.get(dimension+" "+web.Locale(ctx), func() (*LevelRun, error) {
		r, err := s.Levels.CurrentRun(ctx, dimension)
		if r == nil {
			r = &LevelRun{}
		}
		return r, err
	})
}

// masked opens a sealed contact and hides most of it.
func (s *Service) masked(c *Contact) (string, error) {
	text, err := s.Vault.Open(vault.Kind(c.Kind), c.Cipher)
	if err != nil {
		return "", err
	}
	return mask(c.Kind, text), nil
}

// mask hides most of a contact: 138****8000, t***@example.com, 浙江省杭州市****.
func mask(kind ContactKind, text string) string {
	switch kind {
	case ContactPhone:
		return clean.MaskPhone(text)
	case ContactEmail:
		return clean.MaskEmail(text)
	case ContactAddress:
		return maskAddress(text)
	}
	return clean.MaskTail(text, 4, 4)
}

// maskAddress keeps province and city; of an address without them, its
// beginning.
func maskAddress(text string) string {
	if province, city, rest, err := clean.SplitAddress(text); err == nil && province+city != "" && rest != text {
		if city == province { // a municipality
			city = ""
		}
		return province + city + "****"
	}
	r := []rune(text)
	return string(r[:min(len(r)/3, 6)]) + "****"
}

// maskNumber shows a customer's number in a source, unless it is a mobile
// number, an e-mail address or a citizen's number. What an import made of a
// name where the source had no number is no number.
func maskNumber(text string) (shown string, hidden bool) {
	if strings.HasPrefix(text, "name:") {
		return "", false
	}
	if clean.LooksLikeMobile(text) {
		return clean.MaskPhone(text), true
	}
	if strings.Contains(text, "@") {
		return clean.MaskEmail(text), true
	}
	if _, err := clean.IDNumber(text); err == nil {
		return clean.MaskTail(text, 4, 4), true
	}
	return text, false
}
