package customer

import (
	"context"
	"slices"
	"strconv"

	"zhike/internal/clean"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
)

// upserting is a call, or the part of it that one transaction writes.
type upserting struct {
	*Service
	source   string
	sourceID int64
	set      int64
	items    []Upsert
	results  []UpsertResult
	numbers  []string // in the source, as they are kept; "" = none, or refused
	ids      []int64  // of each row; 0 = to be created
	ready    []upsertReady
	readyIDs []int64 // ids for which ready was made
	sealer   uint32  // and with which key
	fields   []ParsedFields
	tags     [][]int64
}

// upsertReady is what is known of a row before anything is written.
type upsertReady struct {
	row    newRow           // of a customer that is to be created
	sealed []*sealedContact // of one that is there already
	fault  error            // what is wrong with those
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

// name reads the numbers of all rows of a call, and refuses rows that mean the
// same customer as one before.
func (u *upserting) name(ctx context.Context) {
	u.numbers = make([]string, len(u.items))
	shows := Shows(ctx, AccessNumber)
	seen := make(map[string]int, len(u.items))
	for i := range u.items {
		u.results[i] = UpsertResult{Index: i}
		it := &u.items[i]
		if it.Number != "" && shows != nil { // who tries numbers would learn whose they are
			u.fail(ctx, i, shows)
			continue
		}
		// One that cannot be kept is refused when the row is checked.
		if text, err := clean.Text(it.Number); err == nil {
			u.numbers[i] = text
		}
		key := u.numbers[i]
		if it.ID != 0 {
			key = "\x00" + idText(it.ID)
		}
		if key == "" {
			continue
		}
		if first, twice := seen[key]; twice {
			u.fail(ctx, i, errs.New(errs.Invalid, "customer.row_twice", "index", first))
			continue
		}
		seen[key] = i
	}
}

// find matches rows with customers. again asks only for those that were found
// before: a number that was free then and is not now is told by the index that
// holds each once, and begins the part anew.
func (u *upserting) find(ctx context.Context, again bool) error {
	was := u.ids
	u.ids = make([]int64, len(u.items))
	blinds := make([][]byte, 0, len(u.items))
	at := make([]int, 0, len(u.items))
	for i := range u.items {
		switch {
		case u.failed(i) || again && was[i] == 0:
		case u.items[i].ID != 0:
			u.ids[i] = u.items[i].ID
		case u.numbers[i] != "":
			blinds, at = append(blinds, u.Vault.Blind(vault.KindExternalID, u.numbers[i])), append(at, i)
		}
	}
	found, err := u.store.KeysByExternal(ctx, u.sourceID, blinds)
	for k, b := range blinds {
		u.ids[at[k]] = found[string(b)]
	}
	return err
}

// prepare checks, seals and hashes rows: before the transaction where nothing
// of it has to be looked up, so that on SQLite the one writer is not kept.
func (u *upserting) prepare(ctx context.Context) error {
	u.readyIDs, u.sealer = slices.Clone(u.ids), u.Vault.Sealer()
	u.ready = make([]upsertReady, len(u.items))
	var list []New
	var at []int
	for i := range u.items {
		it := &u.items[i]
		if u.ids[i] != 0 || u.failed(i) || it.Version != 0 {
			continue
		}
		n := New{Patch: it.Patch, Contacts: it.Contacts, SourceID: u.sourceID, Number: it.Number}
		if !n.OwnerID.Sent {
			n.OwnerID.Sent = true // another system owns nothing: into the pool
		}
		list, at = append(list, n), append(at, i)
	}
	if len(list) > 0 {
		rows, err := u.checkNew(ctx, list)
		if err != nil {
			return err
		}
		for k := range rows {
			u.ready[at[k]].row = rows[k]
		}
	}
	return spread(len(u.items), func(i int) error { return u.seal(ctx, i) })
}

// seal checks and seals the contacts of a row whose customer is there.
func (u *upserting) seal(ctx context.Context, i int) error {
	if u.ids[i] == 0 || u.failed(i) || len(u.items[i].Contacts) == 0 {
		return nil
	}
	c := &checker{bad: errs.New(errs.Invalid, "invalid"), today: u.Zone.Today(u.Clock)}
	for k := range u.items[i].Contacts {
		sealed, err := u.sealContact(ctx, c, "contacts["+strconv.Itoa(k)+"].", &u.items[i].Contacts[k], u.sourceID)
		if err != nil {
			return err
		}
		sealed.CustomerID, sealed.Primary = u.ids[i], false
		u.ready[i].sealed = append(u.ready[i].sealed, sealed)
	}
	u.ready[i].fault = c.bad.OrNil()
	return nil
}

// stale says whether rows were prepared for other customers than they now
// mean, or sealed with a key that is no longer used.
func (u *upserting) stale() bool {
	return u.ready == nil || u.sealer != u.Vault.Sealer() || !slices.Equal(u.ids, u.readyIDs)
}

// looksUp says whether checking the rows needs the database.
func (u *upserting) looksUp() bool {
	return slices.ContainsFunc(u.items, func(it Upsert) bool {
		return it.OwnerID.Value != nil || it.AdviserID.Value != nil || it.DepartmentID.Value != nil
	})
}
