package customer

import (
	"context"
	"slices"
	"strconv"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
)

// PermUpsert lets another system write customers many at a time; beside it the
// caller needs customer.create and customer.edit.
const PermUpsert auth.Permission = "api.upsert"

// MaxUpsert is how many customers one call carries.
const MaxUpsert = 10_000

// upsertChunk is how many customers one transaction writes.
const upsertChunk = 1000

// Upsert is one customer from another system: found by id, else by its number
// in the source, else created.
type Upsert struct {
	ID     int64  `json:"id,omitempty" minimum:"1" doc:"Id here; without one the number in the source decides"`
	Number string `json:"number,omitempty" maxLength:"100" doc:"The customer's number in the source"`
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
// same call again changes nothing. Errors of the call: forbidden, and
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
	set, err := s.newChangeSet(ctx)
	if err != nil {
		return out, err
	}
	seen := map[string]int{}
	for at := 0; at < len(in.Items); at += upsertChunk {
		u := upserting{
			Service: s, source: in.Source, set: set, items: in.Items[at:min(at+upsertChunk, len(in.Items))],
			results: out.Results[at:min(at+upsertChunk, len(in.Items))], seen: seen, base: at,
		}
		if err := s.DB.InTx(ctx, u.run); err != nil {
			return out, err
		}
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

// upserting is one chunk.
type upserting struct {
	*Service
	source  string
	set     int64
	items   []Upsert
	results []UpsertResult
	seen    map[string]int // number → index of the row that had it
	base    int
	ids     []int64 // of each row; 0 = to be created
	fields  []ParsedFields
	tags    [][]int64
	sealed  [][]*sealedContact // of rows that are there already
}

func (u *upserting) run(ctx context.Context) error {
	source, err := u.store.ensureSource(ctx, u.source, u.source, u.now())
	if err != nil {
		return err
	}
	n := len(u.items)
	u.fields, u.tags, u.ids, u.sealed = make([]ParsedFields, n), make([][]int64, n), make([]int64, n), make([][]*sealedContact, n)
	for i := range u.results {
		u.results[i] = UpsertResult{Index: u.base + i}
	}
	if err := u.find(ctx, source); err != nil {
		return err
	}
	if err := u.parse(ctx); err != nil {
		return err
	}
	if err := u.seal(ctx, source); err != nil {
		return err
	}
	if err := u.create(ctx, source); err != nil {
		return err
	}
	if err := u.edit(ctx); err != nil {
		return err
	}
	return u.rest(ctx)
}

// failed says whether a row was refused already.
func (u *upserting) failed(i int) bool { return u.results[i].Status == "failed" }

func (u *upserting) fail(ctx context.Context, i int, err error) {
	e := errs.From(err)
	lang := web.Locale(ctx)
	// i18n-keys: errors.*
	p := &UpsertProblem{Code: e.Code, Detail: u.Texts.T(lang, "errors."+e.Code, e.Params), Errors: []web.ProblemField{}}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, web.ProblemField{Path: f.Path, Code: f.Code, Message: u.Texts.T(lang, "errors."+f.Code, f.Params)})
	}
	u.results[i].Status, u.results[i].Error = "failed", p
}

// find matches rows with customers.
func (u *upserting) find(ctx context.Context, source int64) error {
	blinds := make([][]byte, 0, len(u.items))
	at := make([]int, 0, len(u.items))
	for i := range u.items {
		it := &u.items[i]
		if it.Number != "" {
			if err := Shows(ctx, AccessNumber); err != nil { // who tries numbers would learn whose they are
				u.fail(ctx, i, err)
				continue
			}
		}
		name := it.Number
		if it.ID != 0 {
			u.ids[i], name = it.ID, "\x00"+idText(it.ID)
		}
		if name != "" {
			if first, twice := u.seen[name]; twice {
				u.fail(ctx, i, errs.New(errs.Invalid, "customer.row_twice", "index", first))
				continue
			}
			u.seen[name] = u.base + i
		}
		if it.ID == 0 && it.Number != "" {
			blinds, at = append(blinds, u.Vault.Blind(vault.KindExternalID, it.Number)), append(at, i)
		}
	}
	found, err := u.store.KeysByExternal(ctx, source, blinds)
	for k, b := range blinds {
		u.ids[at[k]] = found[string(b)]
	}
	return err
}

// parse reads custom values and names of tags.
func (u *upserting) parse(ctx context.Context) error {
	var names []string
	for i := range u.items {
		names = append(names, u.items[i].Tags...)
		if len(u.items[i].Fields) == 0 || u.failed(i) {
			continue
		}
		if u.Parts == nil {
			u.fail(ctx, i, errs.New(errs.Invalid, "customer.unknown_field", "field", "fields"))
			continue
		}
		v, err := u.Parts.ParseFields(ctx, u.items[i].Fields)
		if err != nil {
			u.fail(ctx, i, err)
			continue
		}
		u.fields[i] = v
	}
	if len(names) == 0 || u.Parts == nil {
		return nil
	}
	slices.Sort(names)
	known, err := u.Parts.TagIDs(ctx, slices.Compact(names))
	if err != nil {
		return err
	}
	for i := range u.items {
		for _, name := range u.items[i].Tags {
			id, ok := known[name]
			if !ok && !u.failed(i) {
				u.fail(ctx, i, errs.New(errs.Invalid, "invalid").WithField("tags", "customer.unknown_tag", "tag", name))
			}
			u.tags[i] = append(u.tags[i], id)
		}
	}
	return nil
}

func (u *upserting) options(action string) WriteOptions {
	return WriteOptions{Origin: OriginAPI, ChangeSet: u.set, Action: action, Note: map[string]any{"source": u.source}}
}

func (u *upserting) create(ctx context.Context, source int64) error {
	var list []New
	var at []int
	for i := range u.items {
		if u.ids[i] != 0 || u.failed(i) {
			continue
		}
		it := &u.items[i]
		if it.Version != 0 { // of a record that is not there, or no longer
			u.fail(ctx, i, errs.New(errs.NotFound, "customer.not_found"))
			continue
		}
		n := New{Patch: it.Patch, Contacts: it.Contacts, SourceID: source, Number: it.Number}
		if !n.OwnerID.Sent {
			n.OwnerID.Sent = true // another system owns nothing: into the pool
		}
		list, at = append(list, n), append(at, i)
	}
	if len(list) == 0 {
		return nil
	}
	made, _, err := u.CreateMany(ctx, list, u.options("customer.create"))
	if err != nil {
		return err
	}
	for k := range made {
		i := at[k]
		if made[k].Err != nil {
			u.fail(ctx, i, made[k].Err)
			continue
		}
		u.ids[i] = made[k].ID
		u.results[i].Status, u.results[i].ID, u.results[i].Version = "created", &made[k].ID, &made[k].Version
	}
	return nil
}

func (u *upserting) edit(ctx context.Context) error {
	var edits []Edit
	var at []int
	taken := map[int64]bool{}
	for i := range u.items {
		if u.ids[i] == 0 || u.failed(i) || u.results[i].Status == "created" {
			continue
		}
		if taken[u.ids[i]] {
			u.fail(ctx, i, errs.New(errs.Invalid, "customer.row_twice", "index", u.base))
			continue
		}
		taken[u.ids[i]] = true
		edits, at = append(edits, Edit{ID: u.ids[i], Version: u.items[i].Version, Patch: u.items[i].Patch}), append(at, i)
	}
	if len(edits) == 0 {
		return nil
	}
	results, _, err := u.ChangeMany(ctx, edits, u.options(""))
	if err != nil {
		return err
	}
	for k := range results {
		i, r := at[k], &results[k]
		if r.Err != nil {
			u.fail(ctx, i, r.Err)
			continue
		}
		u.results[i].Status = "unchanged"
		if len(r.Changed) > 0 {
			u.results[i].Status = "updated"
		}
		u.results[i].ID, u.results[i].Version = &r.ID, &r.Version
	}
	return nil
}

// rest adds contacts to customers that were there, and custom values and tags
// to all; it writes what changed as one change of each customer.
func (u *upserting) rest(ctx context.Context) error {
	changes, err := u.contacts(ctx)
	if err != nil {
		return err
	}
	values, tags := map[int64]ParsedFields{}, map[int64][]int64{}
	for i := range u.items {
		if u.failed(i) {
			continue
		}
		if u.fields[i] != nil {
			values[u.ids[i]] = u.fields[i]
		}
		if len(u.tags[i]) > 0 {
			tags[u.ids[i]] = u.tags[i]
		}
	}
	if len(values) > 0 {
		more, err := u.Parts.SetFields(ctx, values)
		if err != nil {
			return err
		}
		changes = append(changes, more...)
	}
	if len(tags) > 0 {
		more, err := u.Parts.AddTags(ctx, tags)
		if err != nil {
			return err
		}
		changes = append(changes, more...)
	}
	if len(changes) == 0 {
		return nil
	}
	touched := map[int64]bool{}
	var ids []int64
	for i := range changes {
		if !touched[changes[i].CustomerID] {
			touched[changes[i].CustomerID] = true
			ids = append(ids, changes[i].CustomerID)
		}
	}
	versions, err := u.store.raise(ctx, ids, u.now())
	if err != nil {
		return err
	}
	if _, err := u.finish(ctx, u.options(""), ids, versions, changes); err != nil {
		return err
	}
	for i := range u.results {
		if v, ok := versions[u.ids[i]]; ok && !u.failed(i) {
			u.results[i].Version = &v
			if u.results[i].Status == "unchanged" {
				u.results[i].Status = "updated"
			}
		}
	}
	return nil
}

// seal checks and seals the contacts of rows whose customer is there.
func (u *upserting) seal(ctx context.Context, source int64) error {
	for i := range u.items {
		if u.ids[i] == 0 || u.failed(i) {
			continue
		}
		c := &checker{bad: errs.New(errs.Invalid, "invalid"), today: u.Zone.Today(u.Clock)}
		for k := range u.items[i].Contacts {
			sealed, err := u.sealContact(ctx, c, "contacts["+strconv.Itoa(k)+"].", &u.items[i].Contacts[k], source)
			if err != nil {
				return err
			}
			sealed.CustomerID, sealed.Primary = u.ids[i], false
			u.sealed[i] = append(u.sealed[i], sealed)
		}
		if err := c.bad.OrNil(); err != nil {
			u.fail(ctx, i, err)
		}
	}
	return nil
}

// contacts adds those that a customer does not have yet.
func (u *upserting) contacts(ctx context.Context) ([]Change, error) {
	var blinds [][]byte
	for i := range u.items {
		for _, c := range u.sealed[i] {
			if !u.failed(i) {
				blinds = append(blinds, c.Blind)
			}
		}
	}
	if len(blinds) == 0 {
		return nil, nil
	}
	have, err := u.store.ContactsByBlind(ctx, blinds)
	if err != nil {
		return nil, err
	}
	var fresh []*sealedContact
	var changes []Change
	for i := range u.items {
		for _, c := range u.sealed[i] {
			if u.failed(i) || slices.Contains(have[string(c.Blind)], c.CustomerID) {
				continue
			}
			have[string(c.Blind)] = append(have[string(c.Blind)], c.CustomerID)
			fresh = append(fresh, c)
			changes = append(changes, Change{CustomerID: c.CustomerID, Field: string(c.Kind), After: mask(c.Kind, c.clear), AfterClear: c.clear})
		}
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	return changes, u.store.insertContacts(ctx, fresh)
}
