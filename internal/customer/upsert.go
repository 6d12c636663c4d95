package customer

import (
	"context"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// PermUpsert lets another system write customers many at a time; beside it the
// caller needs customer.create and customer.edit.
const PermUpsert auth.Permission = "api.upsert"

// MaxUpsert is how many customers one call carries.
const MaxUpsert = 10_000

// Upsert is one customer from another system: found by id, else by its number
// in the source, else created.
type Upsert struct {
	ID     int64  `json:"id,omitempty" minimum:"1" doc:"Id here; without one the number in the source decides"`
	Number string `json:"number,omitempty" maxLength:"100" doc:"The customer's number in the source. A row without id and number is a new customer in each call: send those with an Idempotency-Key"`
	// Version refuses the row where the record is no longer at it or not there; 0
	// takes what is there, or makes it.
	Version int64 `json:"version,omitempty" minimum:"0" doc:"Refuse the row unless the record is there at this version"`
	Patch
	// Contacts are added where the customer does not have them; none is removed.
	Contacts []ContactIn    `json:"contacts,omitempty" maxItems:"50" doc:"Added where missing; none is removed"`
	Fields   map[string]any `json:"fields,omitempty" doc:"Custom fields by code; null empties one"`
	Tags     []string       `json:"tags,omitempty" maxItems:"100" doc:"Names of tags to add, \"group/name\" or \"name\"; they must exist"`
}

// UpsertInput is a call.
type UpsertInput struct {
	Source string   `json:"source" minLength:"1" maxLength:"64" pattern:"^[a-z0-9_.-]+$" doc:"Code of the system the customers come from"`
	Items  []Upsert `json:"items" minItems:"1" maxItems:"10000"`
}

// UpsertResult is what became of one row.
type UpsertResult struct {
	Index   int            `json:"index" doc:"Place in items, from 0"`
	Status  string         `json:"status" enum:"created,updated,unchanged,failed"`
	ID      *int64         `json:"id"`
	Version *int64         `json:"version"`
	Error   *UpsertProblem `json:"error" doc:"Why nothing of the row was written"`
}

// UpsertProblem says what is wrong with a row.
type UpsertProblem struct {
	Code   string             `json:"code"`
	Detail string             `json:"detail"`
	Errors []web.ProblemField `json:"errors"`
}

// UpsertAnswer has a result for each row, in their order.
type UpsertAnswer struct {
	Created   int            `json:"created"`
	Updated   int            `json:"updated"`
	Unchanged int            `json:"unchanged"`
	Failed    int            `json:"failed"`
	Results   []UpsertResult `json:"results"`
}

// Parts writes what other packages keep of a record: custom fields and tags.
type Parts interface {
	// ParseFields reads the custom values of a row.
	ParseFields(ctx context.Context, in map[string]any) (ParsedFields, error)
	// BoundFields says by place why values cannot be given to the customers of ids,
	// 0 of one who is not there yet; nil where they can.
	BoundFields(ctx context.Context, ids []int64, values []ParsedFields) ([]error, error)
	// SetFields writes them by customer, inside InTx.
	SetFields(ctx context.Context, values map[int64]ParsedFields) ([]Change, error)
	// TagIDs finds tags by name; those that do not exist are missing.
	TagIDs(ctx context.Context, names []string) (map[string]int64, error)
	// AddTags gives tags to customers, inside InTx.
	AddTags(ctx context.Context, tags map[int64][]int64) ([]Change, error)
}

// ParsedFields are custom values that were checked.
type ParsedFields any

// Upsert writes up to MaxUpsert customers, some thousand in one transaction;
// what is wrong with one row is in its result and keeps back no other. The
// same call again changes nothing, but that rows without id and number are new
// customers each time. Errors of the call: forbidden, and
// customer.too_many_rows.
func (s *Service) Upsert(ctx context.Context, in UpsertInput) (UpsertAnswer, error) {
	out := UpsertAnswer{Results: make([]UpsertResult, len(in.Items))}
	for _, p := range []auth.Permission{PermUpsert, PermCreate, PermEdit} {
		if err := auth.Require(ctx, p); err != nil {
			return out, err
		}
	}
	if len(in.Items) > MaxUpsert {
		return out, errs.New(errs.TooLarge, "customer.too_many_rows", "max", MaxUpsert)
	}
	set, source, err := s.beginUpsert(ctx, in.Source)
	if err != nil {
		return out, err
	}
	all := upserting{Service: s, source: in.Source, sourceID: source, set: set, items: in.Items, results: out.Results}
	if err := all.chunks(ctx); err != nil {
		return out, err
	}
	for i := range out.Results {
		switch out.Results[i].Status {
		case "created":
			out.Created++
		case "updated":
			out.Updated++
		case "unchanged":
			out.Unchanged++
		default:
			out.Failed++
		}
	}
	return out, nil
}

// beginUpsert gives the number under which the changes of a call stand together,
// and the source, which it makes where it is not there yet.
func (s *Service) beginUpsert(ctx context.Context, code string) (set, source int64, err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		if set, err = s.DB.NextID(ctx, "change_set"); err != nil {
			return err
		}
		source, err = s.store.ensureSource(ctx, code, code, s.now())
		return err
	})
	return set, source, err
}
