package importer

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/memory"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/vault"
)

// Phase is the step an import is at.
type Phase string

// The phases, in their order.
const (
	PhaseHash    Phase = "hash"    // bytes
	PhaseCheck   Phase = "check"   // bytes
	PhaseRows    Phase = "rows"    // rows
	PhaseHeld    Phase = "held"    // rows
	PhaseFigures Phase = "figures" // customers
	PhaseAlike   Phase = "alike"   // customers
)

// Progress hears how far an import is: done of total units, total 0 where it
// is not known.
type Progress func(phase Phase, done, total int64)

// execute works an import to its end, or as far as it comes. It may be called
// again for an import that was cut off.
func (s *Service) execute(ctx context.Context, rec *Record, src sheet.Source, progress Progress) error {
	if progress == nil {
		progress = func(Phase, int64, int64) {}
	}
	if err := s.acquire(ctx, rec); err != nil {
		return err
	}
	defer memory.Frugal()()
	held, stop := s.keepLease(ctx, rec)
	err := s.work(held, rec, src, progress)
	stop()
	// What follows must be done even where the caller went away.
	rest := context.WithoutCancel(ctx)
	if errors.Is(err, errStopped) || errors.Is(context.Cause(held), errStopped) {
		cur, e := s.st.byID(rest, rec.ID)
		if e != nil {
			return e
		}
		if cur.Status == StatusCancelling && cur.Runner == rec.Runner {
			*rec = *cur
			return s.close(ctx, rec, StatusCancelled, nil, progress)
		}
		return errStopped
	}
	if err == nil {
		return nil
	}
	switch errs.KindOf(err) {
	case errs.Canceled, errs.Unavailable:
		// The next attempt goes on from here.
		if e := s.db.InTx(rest, func(ctx context.Context) error { return s.st.release(ctx, rec.ID, rec.Runner) }); e != nil {
			s.log.WarnContext(ctx, "lease of an import was not given back", "import_id", rec.ID, "error", e)
		}
		return err
	}
	if e := s.close(rest, rec, StatusFailed, err, progress); e != nil {
		s.log.ErrorContext(ctx, "import could not be marked as failed", "import_id", rec.ID, "error", e)
	}
	return err
}

// work does the passes and ends the import.
func (s *Service) work(ctx context.Context, rec *Record, src sheet.Source, progress Progress) error {
	if rec.Status == StatusCancelling {
		return errStopped
	}
	if rec.Status == StatusFinishing {
		return s.close(ctx, rec, StatusFinished, nil, progress)
	}
	if rec.Status == StatusWaiting {
		if err := s.step(ctx, rec, StatusWaiting, StatusChecking); err != nil {
			return err
		}
	}
	if rec.FileSHA256 == "" {
		sum, err := digest(ctx, src, func(done, total int64) { progress(PhaseHash, done, total) })
		if err != nil {
			return err
		}
		rec.FileSHA256 = sum
	}
	f, err := sheet.Open(ctx, src, s.sheetOptions(&rec.Mapping))
	if err != nil {
		return err
	}
	header := f.Info.Header
	cols, err := rec.Mapping.columnsFor(header)
	if err != nil {
		f.Close()
		return err
	}
	// Both passes read with the same bounds, whenever they run.
	now := time.UnixMilli(rec.CreatedAt)
	extra, err := s.extraFor(ctx, rec, cols)
	if err != nil {
		f.Close()
		return err
	}
	p := newParser(&rec.Mapping, cols, s.vault, s.zone(), now, extra)
	found, err := p.scan(ctx, f, s.maxRows, func(done, total int64) { progress(PhaseCheck, done, total) })
	f.Close()
	if err != nil {
		return err
	}
	if rec.RowsTotal != 0 && rec.RowsTotal != found.rows {
		return errs.New(errs.Conflict, "import.file_changed")
	}
	if err := s.prepare(ctx, rec, header, found.rows); err != nil {
		return err
	}
	rec.Counts.ColumnsIgnored = int64(len(withoutErrorColumns(header)) - len(cols.at))
	w, err := s.newWriter(ctx, rec, header, extra)
	if err != nil {
		return err
	}
	if err := s.readRows(ctx, rec, src, p, found, w, progress); err != nil {
		return err
	}
	if err := s.readHeld(ctx, p, w, progress); err != nil {
		return err
	}
	if err := s.compareDry(ctx, rec, w, progress); err != nil {
		return err
	}
	if err := s.step(ctx, rec, StatusRunning, StatusFinishing); err != nil {
		return err
	}
	return s.finish(ctx, rec, &w.met, StatusFinished, nil, progress)
}

// step moves the status on; errStopped where the import is not ours any more.
func (s *Service) step(ctx context.Context, rec *Record, from, to Status) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		ok, err := s.st.setStatus(ctx, rec, from, to)
		if err != nil {
			return err
		}
		if !ok {
			return errStopped
		}
		rec.Status = to
		return nil
	})
}

// prepare goes from the first pass to the second.
func (s *Service) prepare(ctx context.Context, rec *Record, header []string, rows int64) error {
	if rec.Status == StatusRunning && rec.DryRun {
		if err := s.db.InTx(ctx, func(ctx context.Context) error { return s.st.restart(ctx, rec) }); err != nil {
			return err
		}
	}
	titles, err := json.Marshal(header)
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	if rec.Header, err = s.vault.Seal(vault.KindRow, string(titles)); err != nil {
		return err
	}
	rec.RowsTotal = rows
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		if rec.Status == StatusRunning {
			// A source that was empty stays so for us only while nobody else wrote into it.
			if rec.Fresh {
				visited, err := s.st.visited(ctx, rec)
				if err != nil {
					return err
				}
				rec.Fresh = !visited
			}
			return nil
		}
		empty, err := s.st.empty(ctx, rec.Kind, rec.SourceID)
		if err != nil {
			return err
		}
		rec.Fresh = empty
		ok, err := s.st.begin(ctx, rec)
		if err != nil {
			return err
		}
		if !ok {
			return errStopped
		}
		rec.Status = StatusRunning
		if err := s.rememberMapping(ctx, rec, header); err != nil {
			return err
		}
		return s.audit.Append(ctx, audit.Entry{
			Action: "import.start", ObjectType: "import", ObjectID: idText10(rec.ID),
			After: map[string]any{"kind": rec.Kind, "source": rec.SourceCode, "rows": rows, "dry_run": rec.DryRun, "sha256": rec.FileSHA256},
		})
	})
	if err == nil && !rec.DryRun && rec.Fresh && rec.Cursor == 0 && rows >= s.deferRows {
		err = s.st.deferIndexes(ctx, rec.Kind)
	}
	return err
}

func (s *Service) newWriter(ctx context.Context, rec *Record, header []string, extra *extraPlace) (*writer, error) {
	w := &writer{
		fields: s.fields, tags: s.tags, extra: extra, db: s.db, st: s.st, vault: s.vault, customers: s.customers, orders: s.orders, rec: rec, header: header,
		nowMS: s.now(), cache: newBuyerCache(), products: s.orders.ProductCache(rec.SourceID, s.now()),
		now: s.now,
	}
	w.tagsMade = map[string]bool{}
	var err error
	if rec.Cursor > 0 {
		if w.notes, err = openNotes(s.vault, rec.Notes); err != nil {
			return nil, err
		}
	}
	if rec.DryRun {
		w.dryKeys, w.dryContacts, w.dryAdded = map[blind]int64{}, map[blind]int64{}, map[ownContact]bool{}
		n, err := s.st.maxCustomerID(ctx)
		w.nextDry = n
		if err != nil {
			return nil, err
		}
	}
	if rec.Cursor == 0 {
		empty, err := s.st.empty(ctx, KindCustomers, rec.SourceID)
		w.virgin = empty
		return w, err
	}
	return w, s.st.met(ctx, rec.ID, func(batch int64, ids []byte) error {
		w.batches = batch + 1
		return w.met.unpack(ids)
	})
}

// readRows is the second pass: one goroutine reads and parses, this one writes.
func (s *Service) readRows(ctx context.Context, rec *Record, src sheet.Source, p *parser, found scanned, w *writer, progress Progress) error {
	skip := rec.Cursor
	if skip >= found.rows {
		return nil
	}
	f, err := sheet.Open(ctx, src, s.sheetOptions(&rec.Mapping))
	if err != nil {
		return err
	}
	defer f.Close()
	r := &reader{p: p, feed: &fileFeed{f: f}, repeats: found.repeats, limit: s.batch}
	return pipe(ctx, w, func(ctx context.Context, b *batch, send func(*batch) (*batch, error)) error {
		return r.run(ctx, b, skip, p.extra.checked(send))
	}, func() { progress(PhaseRows, rec.Cursor, rec.RowsTotal) })
}

// readHeld applies the rows that were put aside.
func (s *Service) readHeld(ctx context.Context, p *parser, w *writer, progress Progress) error {
	r := &reader{p: p, limit: s.batch}
	const pageRows = 2000
	page := func(hash, no int64) ([]pendingRow, error) {
		return s.st.pending(ctx, w.rec.ID, hash, no, pageRows)
	}
	return pipe(ctx, w, func(ctx context.Context, b *batch, send func(*batch) (*batch, error)) error {
		return r.runHeld(ctx, b, page, p.extra.checked(send))
	}, func() { progress(PhaseHeld, w.rec.Accepted+w.rec.Rejected+w.rec.Unchanged, w.rec.RowsRead) })
}

// pipe runs read in a goroutine of its own and applies what it sends, in order.
// Few batches travel, and they are used again, so memory stays the same
// whatever the file.
func pipe(ctx context.Context, w *writer, read func(ctx context.Context, b *batch, send func(*batch) (*batch, error)) error, applied func()) error {
	g, ctx := errgroup.WithContext(ctx)
	full := make(chan *batch)
	empty := make(chan *batch, inFlight)
	for range inFlight {
		empty <- &batch{}
	}
	send := func(b *batch) (*batch, error) {
		select {
		case full <- b:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		select {
		case b = <-empty:
			b.reset()
			return b, nil
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	g.Go(func() error {
		defer close(full)
		return read(ctx, <-empty, send)
	})
	g.Go(func() error {
		waiting := func() *batch {
			select {
			case b := <-full: // nil after the last
				return b
			default:
				return nil
			}
		}
		for b := range full {
			if err := w.applyGroup(ctx, b, waiting, func(b *batch) { empty <- b }); err != nil {
				return err
			}
			applied()
		}
		return nil
	})
	err := g.Wait()
	if err != nil && errors.Is(err, context.Canceled) && context.Cause(ctx) != nil {
		if own := errs.From(context.Cause(ctx)); own.Code != "canceled" {
			return own
		}
	}
	return err
}
