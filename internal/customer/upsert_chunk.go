package customer

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// A transaction on SQLite writes a whole call: the entries of its indexes lie
// all over them, and each page that is touched is written once a transaction,
// whether for one entry or for five. PostgreSQL writes entries and not pages,
// but uses one CPU for a transaction.
const (
	upsertChunkSQLite   = MaxUpsert
	upsertChunkPostgres = 2500
)

// upsertWide is from how many rows on a wide cache is worth it.
const upsertWide = 1000

// maxUpsertAt bounds the transactions that one call runs beside each other.
const maxUpsertAt = 4

// upsertTries: how often a part is written anew where somebody else made one
// of its customers meanwhile.
const upsertTries = 3

// chunks writes a call.
func (u *upserting) chunks(ctx context.Context) error {
	u.name(ctx)
	size, at := upsertChunkSQLite, 1
	if u.DB.Engine() == db.Postgres {
		size = upsertChunkPostgres
		// Each customer is in one part only, so that parts do not wait for each
		// other: rows with ids and rows with numbers may mean the same one.
		if !db.InTransaction(ctx) && !(u.by(func(it *Upsert) bool { return it.ID != 0 }) && u.by(func(it *Upsert) bool { return it.ID == 0 })) {
			at = min(maxUpsertAt, max(2, runtime.GOMAXPROCS(0)))
		}
	}
	var parts []*upserting
	for from := 0; from < len(u.items); from += size {
		to := min(from+size, len(u.items))
		part := *u
		part.items, part.results, part.numbers = u.items[from:to], u.results[from:to], u.numbers[from:to]
		parts = append(parts, &part)
	}
	if at = min(at, len(parts)); at < 2 {
		for _, p := range parts {
			if err := p.write(ctx); err != nil {
				return err
			}
		}
		return nil
	}
	return together(ctx, at, parts)
}

func (u *upserting) by(is func(it *Upsert) bool) bool {
	for i := range u.items {
		if is(&u.items[i]) {
			return true
		}
	}
	return false
}

// together writes parts, some at a time, until one fails.
func together(ctx context.Context, workers int, parts []*upserting) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan *upserting, len(parts))
	for _, p := range parts {
		next <- p
	}
	close(next)
	panicked := make([]any, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			// In a goroutine of its own it would end the program.
			defer func() {
				if panicked[w] = recover(); panicked[w] != nil {
					cancel(nil)
				}
			}()
			for p := range next {
				if ctx.Err() != nil {
					return
				}
				if err := p.write(ctx); err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	for _, p := range panicked {
		if p != nil {
			panic(p)
		}
	}
	return context.Cause(ctx)
}

// write writes a part in one transaction.
func (u *upserting) write(ctx context.Context) error {
	was := slices.Clone(u.results)
	for try := 1; ; try++ {
		if !db.InTransaction(ctx) && !u.looksUp() {
			if err := u.find(ctx, false); err != nil {
				return err
			}
			if err := u.prepare(ctx); err != nil {
				return err
			}
		}
		err := u.inTurn(ctx)
		if !db.IsUnique(err) || try == upsertTries || db.InTransaction(ctx) {
			return err
		}
		copy(u.results, was)
		u.ready = nil // it has ids that were taken back
	}
}

// inTurn writes a part. On SQLite only one call waits for the writer, so that
// who edits a single customer waits for one call at most and not for a row of them.
func (u *upserting) inTurn(ctx context.Context) error {
	if u.DB.Engine() == db.SQLite && !db.InTransaction(ctx) {
		select {
		case u.upsertTurn <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		defer func() { <-u.upsertTurn }()
	}
	return u.DB.InTx(ctx, u.run)
}

func (u *upserting) run(ctx context.Context) error {
	n := len(u.items)
	u.fields, u.tags = make([]ParsedFields, n), make([][]int64, n)
	if n >= upsertWide {
		u.DB.WideCache(ctx)
	}
	if err := u.find(ctx, u.ready != nil); err != nil {
		return err
	}
	if u.stale() {
		if err := u.prepare(ctx); err != nil {
			return err
		}
	}
	if err := u.parse(ctx); err != nil {
		return err
	}
	for i := range u.ready {
		if u.ready[i].fault != nil && !u.failed(i) {
			u.fail(ctx, i, u.ready[i].fault)
		}
	}
	if err := u.create(ctx); err != nil {
		return err
	}
	if err := u.edit(ctx); err != nil {
		return err
	}
	return u.rest(ctx)
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
	if u.Parts == nil {
		return nil
	}
	faults, err := u.Parts.BoundFields(ctx, u.ids, u.fields)
	if err != nil {
		return err
	}
	for i, fault := range faults {
		if fault != nil && !u.failed(i) {
			u.fail(ctx, i, fault)
			u.fields[i] = nil
		}
	}
	if len(names) == 0 {
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

func (u *upserting) create(ctx context.Context) error {
	var rows []newRow
	var at []int
	for i := range u.items {
		if u.ids[i] != 0 || u.failed(i) {
			continue
		}
		if u.items[i].Version != 0 { // of a record that is not there, or no longer
			u.fail(ctx, i, errs.New(errs.NotFound, "customer.not_found"))
			continue
		}
		rows, at = append(rows, u.ready[i].row), append(at, i)
	}
	if len(rows) == 0 {
		return nil
	}
	made, _, err := u.writeNew(ctx, rows, u.options("customer.create"))
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
