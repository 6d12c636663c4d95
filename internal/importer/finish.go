package importer

import (
	"context"
	"encoding/json"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/errs"
)

// close ends an import whose work is over or broken off: figures first, since
// what was committed stays.
func (s *Service) close(ctx context.Context, rec *Record, end Status, cause error, progress Progress) error {
	m := &met{}
	if err := s.st.met(ctx, rec.ID, func(_ int64, ids []byte) error { return m.unpack(ids) }); err != nil {
		return err
	}
	return s.finish(ctx, rec, m, end, cause, progress)
}

// finish computes the figures of the customers whose facts changed, and ends
// the import with its event and its audit entry.
func (s *Service) finish(ctx context.Context, rec *Record, m *met, end Status, cause error, progress Progress) error {
	if !rec.DryRun {
		if err := s.db.RestoreIndexes(ctx, func(statement string) bool { return !ofFigures(statement) }); err != nil {
			return err
		}
		if rec.Accepted >= largeImport {
			if err := s.st.settle(ctx, "orders", "order_lines", "behaviours", "customers", "customer_keys", "customer_terms", "contacts"); err != nil {
				return err
			}
		}
		if err := s.link(ctx, rec); err != nil {
			return err
		}
		if err := s.figures(ctx, m, progress); err != nil {
			return err
		}
		if err := s.Recover(ctx); err != nil {
			return err
		}
		if end == StatusFinished {
			if err := s.compareMade(ctx, rec, m, progress); err != nil {
				return err
			}
		}
		if rec.Accepted >= largeImport {
			if err := s.st.settle(ctx, "customer_metrics"); err != nil {
				return err
			}
		}
	}
	rec.Status, rec.ErrorCode, rec.ErrorParams = end, "", ""
	if cause != nil {
		e := errs.From(cause)
		rec.ErrorCode = e.Code
		if len(e.Params) > 0 {
			p, err := json.Marshal(e.Params)
			if err == nil {
				rec.ErrorParams = string(p)
			}
		}
	}
	err := s.db.InTx(ctx, func(ctx context.Context) error {
		ok, err := s.st.finish(ctx, rec, s.now())
		if err != nil {
			return err
		}
		if !ok {
			return errStopped
		}
		if !rec.DryRun {
			if err := s.st.saveCreated(ctx, rec.ID, m.sets[metCreated].ranges(maxRanges)); err != nil {
				return err
			}
		}
		if err := s.st.clearWork(ctx, rec.ID); err != nil {
			return err
		}
		if end == StatusFinished && !rec.DryRun {
			if err := s.events.Publish(ctx, Finished{
				ImportID: rec.ID, SourceID: rec.SourceID, FileKind: rec.Kind, Accepted: rec.Accepted, Rejected: rec.Rejected,
			}); err != nil {
				return err
			}
		}
		return s.audit.Append(ctx, audit.Entry{
			Action: "import." + string(end), ObjectType: "import", ObjectID: idText10(rec.ID),
			After: map[string]any{
				"rows_read": rec.RowsRead, "accepted": rec.Accepted, "rejected": rec.Rejected, "unchanged": rec.Unchanged,
				"customers_created": rec.CustomersCreated, "orders_created": rec.OrdersCreated, "orders_updated": rec.OrdersUpdated,
				"error": rec.ErrorCode, "dry_run": rec.DryRun,
			},
		})
	})
	if err == nil {
		s.uploadDone(ctx, rec)
	}
	return err
}

// Recover brings back the indexes that a first large import has taken away, if
// it was killed and nobody went on with it. It does nothing otherwise, and is
// called at the end of every import, by a job, and when the program starts.
func (s *Service) Recover(ctx context.Context) error {
	return s.db.RestoreIndexes(ctx, func(string) bool { return true })
}

// firstLarge is from how many rows on the first import of a database takes
// indexes away while it works.
const firstLarge = 200_000

// largeImport is from how many rows on the database is told to look at what came.
const largeImport = 20_000

// figures brings the figures per customer up to date: those of the customers
// met, or of all where these are many.
func (s *Service) figures(ctx context.Context, m *met, progress Progress) error {
	touched := m.sets[metTouched].len()
	if touched == 0 {
		return nil
	}
	asOf, ok, err := s.metrics.AsOf(ctx)
	if err != nil {
		return err
	}
	if !ok {
		asOf = s.zone.Today(s.clock)
	}
	all, err := s.st.customerCount(ctx)
	if err != nil {
		return err
	}
	if !ok || touched*5 > all {
		return s.metrics.RefreshAll(ctx, asOf, func(done, total int64) { progress(PhaseFigures, done, total) })
	}
	ids := m.sets[metTouched].list()
	total := int64(len(ids))
	const chunk = 4000
	for i := 0; i < len(ids); i += chunk {
		part := ids[i:min(i+chunk, len(ids))]
		if err := s.metrics.RefreshMetrics(ctx, asOf, part); err != nil {
			return err
		}
		progress(PhaseFigures, int64(i+len(part)), total)
	}
	return nil
}
