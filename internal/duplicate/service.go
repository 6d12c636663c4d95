package duplicate

import (
	"context"
	"log/slog"

	"zhike/internal/customer"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/vault"
)

// PermMerge lets a person decide on duplicates, merge and undo.
const PermMerge auth.Permission = "customer.merge"

// Permissions lists them for the role editor.
var Permissions = []auth.Permission{PermMerge}

// Customers is what merging needs of package customer.
type Customers interface {
	// Seen gives the names of those customers that the actor may see.
	Seen(ctx context.Context, ids []int64) (map[int64]string, error)
	// Card is a customer as lists show it; customer.not_found outside the scope.
	Card(ctx context.Context, id int64) (customer.Item, error)
	// Record makes a change known: version, history, event, feed.
	Record(ctx context.Context, o customer.WriteOptions, ids []int64, changes []customer.Change) (customer.Written, error)
	// Reindex makes the search terms of a customer anew.
	Reindex(ctx context.Context, id int64) error
}

// Deps are what a Service needs.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Vault     *vault.Vault
	Audit     *audit.Log
	Jobs      *jobs.Client
	Customers Customers
	// Refresh computes the figures of customers anew; it joins InTx.
	Refresh func(ctx context.Context, ids []int64) error
	// Names gives the names of staff.
	Names auth.Names
	Links []Link
	Log   *slog.Logger
}

// Service is the use cases over duplicates.
type Service struct {
	Deps
	store *Store
}

// NewService makes the service.
func NewService(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Deps: d, store: &Store{db: d.DB}}
}

func (s *Service) seal() sealer { return sealer{s.Vault} }

func (s *Service) now() int64 { return clock.Millis(s.Clock.Now()) }

// Merged is a merge as people see it.
type Merged struct {
	ID           int64  `json:"id"`
	WinnerID     int64  `json:"winner_id"`
	WinnerName   string `json:"winner_name" doc:"Empty where the actor may not see the customer"`
	LoserID      int64  `json:"loser_id"`
	LoserName    string `json:"loser_name"`
	Status       string `json:"status" enum:"done,undone"`
	Origin       string `json:"origin" enum:"page,bulk,api"`
	Moved        int64  `json:"moved" doc:"Rows that moved to the customer that stays"`
	MergedBy     int64  `json:"merged_by"`
	MergedByName string `json:"merged_by_name"`
	MergedAt     int64  `json:"merged_at" doc:"unix ms"`
	UndoneBy     *int64 `json:"undone_by"`
	UndoneByName string `json:"undone_by_name"`
	UndoneAt     *int64 `json:"undone_at"`
}

func (m *mergeRow) view() Merged {
	v := Merged{ID: m.ID, WinnerID: m.WinnerID, LoserID: m.LoserID, LoserName: m.LoserName, Status: m.Status, Origin: m.Origin,
		Moved: m.Moved, MergedBy: m.MergedBy, MergedAt: m.MergedAt}
	if m.Status == statusUndone {
		v.UndoneBy, v.UndoneAt = &m.UndoneBy, &m.UndoneAt
	}
	return v
}
