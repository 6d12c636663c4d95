package importer

import (
	"context"
	"encoding/json"
	"strconv"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// store holds the SQL of imports; store_rows.go that of their rows, and
// store_upload.go that of uploads.
type store struct{ db *db.DB }

const importColumns = `i.id, i.kind, i.source_id, s.code, s.name, i.status, i.file_name, i.file_ref, i.file_size, i.file_sha256,
  i.mapping, i.header_cipher, i.notes_cipher, i.dry_run, i.fresh, i.cursor_row, i.rows_total, i.rows_read, i.accepted, i.rejected, i.unchanged,
  i.customers_created, i.customers_matched, i.orders_created, i.orders_updated, i.counts, i.error_code, i.error_params,
  i.runner, i.lease_until, COALESCE(i.job_id, 0), i.created_by, i.created_at, i.started_at, i.finished_at`

const fromImports = ` FROM imports i JOIN sources s ON s.id = i.source_id `

type scanner interface{ Scan(dst ...any) error }

func scanImport(row scanner) (*Record, error) {
	r := &Record{}
	var mapping, counts string
	err := row.Scan(&r.ID, &r.Kind, &r.SourceID, &r.SourceCode, &r.SourceName, &r.Status, &r.FileName, &r.FileRef, &r.FileSize, &r.FileSHA256,
		&mapping, &r.Header, &r.Notes, &r.DryRun, &r.Fresh, &r.Cursor, &r.RowsTotal, &r.RowsRead, &r.Accepted, &r.Rejected, &r.Unchanged,
		&r.CustomersCreated, &r.CustomersMatched, &r.OrdersCreated, &r.OrdersUpdated, &counts, &r.ErrorCode, &r.ErrorParams,
		&r.Runner, &r.LeaseUntil, &r.JobID, &r.CreatedBy, &r.CreatedAt, &r.StartedAt, &r.FinishedAt)
	if err != nil {
		return nil, db.MapError(err)
	}
	if err := json.Unmarshal([]byte(mapping), &r.Mapping); err != nil {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	if err := json.Unmarshal([]byte(counts), &r.Counts); err != nil {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	return r, nil
}

// byID reads an import; import.not_found.
func (s *store) byID(ctx context.Context, id int64) (*Record, error) {
	r, err := scanImport(s.db.Q(ctx).QueryRowContext(ctx, `SELECT `+importColumns+fromImports+`WHERE i.id = $1`, id))
	if isNoRow(err) {
		return nil, errs.New(errs.NotFound, "import.not_found", "id", id)
	}
	return r, err
}

// unfinished finds the newest import of the same file into the same source
// that has begun and not ended; nil where there is none.
func (s *store) unfinished(ctx context.Context, sha string, sourceID int64, kind Kind, dryRun bool) (*Record, error) {
	r, err := scanImport(s.db.Q(ctx).QueryRowContext(ctx, `SELECT `+importColumns+fromImports+
		`WHERE i.file_sha256 = $1 AND i.source_id = $2 AND i.kind = $3 AND i.dry_run = $4
		   AND i.status IN ('checking', 'running', 'finishing')
		 ORDER BY i.id DESC LIMIT 1`, sha, sourceID, string(kind), dryRun))
	if errs.Is(err, "db.no_row") {
		return nil, nil
	}
	return r, err
}

// filter narrows a list of imports; a field at zero does not.
type filter struct {
	SourceID  int64
	Kind      Kind
	Status    []Status
	CreatedBy int64 // id of a member of staff
}

// where gives the conditions as " WHERE …" and their arguments; below is an id
// that those of the list are below of.
func (f filter) where(below int64) (string, []any) {
	cond, args := ` WHERE i.id < $1`, []any{below}
	add := func(column string, v any) {
		args = append(args, v)
		cond += ` AND ` + column + ` = $` + strconv.Itoa(len(args))
	}
	if f.SourceID != 0 {
		add("i.source_id", f.SourceID)
	}
	if f.Kind != "" {
		add("i.kind", string(f.Kind))
	}
	if f.CreatedBy != 0 {
		add("i.created_by", f.CreatedBy)
	}
	if len(f.Status) > 0 {
		words := make([]string, len(f.Status))
		for i, s := range f.Status {
			words[i] = string(s)
		}
		in, list := db.InArgs(len(args)+1, words)
		cond += ` AND i.status IN (` + in + `)`
		args = append(args, list...)
	}
	return cond, args
}

// list gives imports with ids below before, 0 = from the newest.
func (s *store) list(ctx context.Context, f filter, before int64, limit int) ([]*Record, error) {
	if before <= 0 {
		before = 1 << 62
	}
	cond, args := f.where(before)
	rows, err := s.db.Q(ctx).QueryContext(ctx,
		`SELECT `+importColumns+fromImports+cond+` ORDER BY i.id DESC LIMIT `+strconv.Itoa(limit), args...)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []*Record
	for rows.Next() {
		r, err := scanImport(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

func (s *store) count(ctx context.Context, f filter) (n int64, err error) {
	cond, args := f.where(1 << 62)
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT count(*) FROM imports i`+cond, args...).Scan(&n)
	return n, db.MapError(err)
}

// insert adds an import inside InTx and sets its id.
func (s *store) insert(ctx context.Context, r *Record) error {
	id, err := s.db.NextID(ctx, "import")
	if err != nil {
		return err
	}
	mapping, err := json.Marshal(r.Mapping)
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	r.ID = id
	_, err = s.db.Q(ctx).ExecContext(ctx, `INSERT INTO imports
		(id, kind, source_id, status, file_name, file_ref, file_size, file_sha256, mapping, header_cipher, dry_run, fresh,
		 cursor_row, rows_total, rows_read, accepted, rejected, unchanged, customers_created, customers_matched,
		 orders_created, orders_updated, counts, error_code, error_params, runner, lease_until, job_id,
		 created_by, created_at, started_at, finished_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, $10, $11,
		 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, $12, '', '', '', 0, NULL, $13, $14, 0, 0)`,
		r.ID, string(r.Kind), r.SourceID, string(r.Status), r.FileName, r.FileRef, r.FileSize, r.FileSHA256, string(mapping),
		r.DryRun, r.Fresh, r.Counts.encode(), r.CreatedBy, r.CreatedAt)
	return db.MapError(err)
}

func (s *store) setJob(ctx context.Context, id, jobID int64) error {
	return s.exec(ctx, `UPDATE imports SET job_id = $1 WHERE id = $2`, jobID, id)
}

// claim gives the import to a runner, if it is in one of the unfinished
// statuses and nobody holds it, or only a runner in dead.
func (s *store) claim(ctx context.Context, id int64, runner string, now, until int64, dead string) (bool, error) {
	return s.changed(ctx, `UPDATE imports SET runner = $1, lease_until = $2,
		  started_at = CASE WHEN started_at = 0 THEN $3 ELSE started_at END
		WHERE id = $4 AND status NOT IN ('finished', 'failed', 'cancelled')
		  AND (runner = '' OR lease_until < $5 OR runner = $6)`,
		runner, until, now, id, now, dead)
}

// others finds a live import of the source by another runner; nil without one.
func (s *store) others(ctx context.Context, sourceID, exceptID, now int64) (*Record, error) {
	r, err := scanImport(s.db.Q(ctx).QueryRowContext(ctx, `SELECT `+importColumns+fromImports+
		`WHERE i.source_id = $1 AND i.id <> $2 AND i.runner <> '' AND i.lease_until >= $3 AND NOT i.dry_run
		   AND i.status IN ('checking', 'running', 'finishing', 'cancelling')
		 ORDER BY i.id DESC LIMIT 1`, sourceID, exceptID, now))
	if errs.Is(err, "db.no_row") {
		return nil, nil
	}
	return r, err
}

// live says whether any import is being worked on.
func (s *store) live(ctx context.Context, now int64) (bool, error) {
	var n int64
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT count(*) FROM imports WHERE runner <> '' AND lease_until >= $1
		AND status NOT IN ('finished', 'failed', 'cancelled')`, now).Scan(&n)
	return n > 0, db.MapError(err)
}

// lockSource makes claims of imports of one source wait for each other.
func (s *store) lockSource(ctx context.Context, sourceID int64) error {
	return s.exec(ctx, `UPDATE sources SET name = name WHERE id = $1`, sourceID)
}

// renew prolongs a lease; false where another runner has the import or it is
// to stop.
func (s *store) renew(ctx context.Context, id int64, runner string, until int64) (bool, error) {
	return s.changed(ctx, `UPDATE imports SET lease_until = $1 WHERE id = $2 AND runner = $3 AND status <> 'cancelling'`, until, id, runner)
}

// release gives the import back, for whoever comes next.
func (s *store) release(ctx context.Context, id int64, runner string) error {
	return s.exec(ctx, `UPDATE imports SET runner = '', lease_until = 0 WHERE id = $1 AND runner = $2`, id, runner)
}

// begin is the step from checking to running.
func (s *store) begin(ctx context.Context, r *Record) (bool, error) {
	return s.changed(ctx, `UPDATE imports SET status = 'running', rows_total = $1, header_cipher = $2, file_sha256 = $3, fresh = $4
		WHERE id = $5 AND runner = $6 AND status = 'checking'`, r.RowsTotal, r.Header, r.FileSHA256, r.Fresh, r.ID, r.Runner)
}

// setStatus moves on from one status to another.
func (s *store) setStatus(ctx context.Context, r *Record, from, to Status) (bool, error) {
	return s.changed(ctx, `UPDATE imports SET status = $1 WHERE id = $2 AND runner = $3 AND status = $4`,
		string(to), r.ID, r.Runner, string(from))
}

// fence takes the import's row before a batch: false where the batch is not
// this runner's to write, or the import is being cancelled.
func (s *store) fence(ctx context.Context, r *Record, cursor, until int64) (bool, error) {
	return s.changed(ctx, `UPDATE imports SET lease_until = $1
		WHERE id = $2 AND runner = $3 AND cursor_row = $4 AND status = 'running'`, until, r.ID, r.Runner, cursor)
}

// advance writes the cursor and the counts of a batch.
func (s *store) advance(ctx context.Context, r *Record) error {
	return s.exec(ctx, `UPDATE imports SET cursor_row = $1, rows_read = $2, accepted = $3, rejected = $4, unchanged = $5,
		  customers_created = $6, customers_matched = $7, orders_created = $8, orders_updated = $9, counts = $10
		WHERE id = $11`,
		r.Cursor, r.RowsRead, r.Accepted, r.Rejected, r.Unchanged, r.CustomersCreated, r.CustomersMatched,
		r.OrdersCreated, r.OrdersUpdated, r.Counts.encode(), r.ID)
}

// finish ends the import in a status; false where it is no longer this runner's.
func (s *store) finish(ctx context.Context, r *Record, now int64) (bool, error) {
	return s.changed(ctx, `UPDATE imports SET status = $1, error_code = $2, error_params = $3, counts = $4, runner = '', lease_until = 0, finished_at = $5
		WHERE id = $6 AND runner = $7 AND status NOT IN ('finished', 'failed', 'cancelled')`,
		string(r.Status), r.ErrorCode, r.ErrorParams, r.Counts.encode(), now, r.ID, r.Runner)
}

// supersede ends an unfinished import in whose place another begins.
func (s *store) supersede(ctx context.Context, id, now int64) error {
	return s.exec(ctx, `UPDATE imports SET status = 'failed', error_code = 'import.superseded', runner = '', lease_until = 0, finished_at = $1
		WHERE id = $2 AND status IN ('checking', 'running', 'finishing')`, now, id)
}

// requestCancel asks a runner to stop, or ends what has not begun.
func (s *store) requestCancel(ctx context.Context, id, now int64) (bool, error) {
	return s.changed(ctx, `UPDATE imports SET
		  status = CASE WHEN status = 'waiting' THEN 'cancelled' ELSE 'cancelling' END,
		  finished_at = CASE WHEN status = 'waiting' THEN $1 ELSE finished_at END
		WHERE id = $2 AND status IN ('waiting', 'checking', 'running')`, now, id)
}

// restart sets a dry run back to its beginning: what it found is in memory only.
func (s *store) restart(ctx context.Context, r *Record) error {
	for _, table := range []string{"import_rejects", "import_pending", "import_customers"} {
		if err := s.exec(ctx, `DELETE FROM `+table+` WHERE import_id = $1`, r.ID); err != nil {
			return err
		}
	}
	r.Cursor, r.Tally = 0, Tally{}
	if err := s.advance(ctx, r); err != nil {
		return err
	}
	r.Status = StatusChecking
	return s.exec(ctx, `UPDATE imports SET status = 'checking' WHERE id = $1 AND runner = $2`, r.ID, r.Runner)
}

// empty says whether nothing of the kind is in the source.
func (s *store) empty(ctx context.Context, kind Kind, sourceID int64) (bool, error) {
	table := map[Kind]string{KindOrders: "orders", KindCustomers: "customer_keys", KindBehaviours: "behaviours"}[kind]
	var n int64
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM `+table+` WHERE source_id = $1 LIMIT 1) AS one`, sourceID).Scan(&n)
	return n == 0, db.MapError(err)
}

// visited says whether another import wrote into the source since this one began.
func (s *store) visited(ctx context.Context, r *Record) (bool, error) {
	var n int64
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT count(*) FROM imports
		WHERE source_id = $1 AND id <> $2 AND NOT dry_run AND accepted > 0 AND started_at >= $3`, r.SourceID, r.ID, r.StartedAt).Scan(&n)
	return n > 0, db.MapError(err)
}

// gate makes batches that create customers wait for each other.
func (s *store) gate(ctx context.Context) error {
	return s.exec(ctx, `UPDATE import_gate SET turn = turn + 1 WHERE id = 1`)
}

// maxCustomerID is the highest id in use, for the numbers that a dry run invents.
func (s *store) maxCustomerID(ctx context.Context) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE(max(id), 0) FROM customers`).Scan(&n)
	return n, db.MapError(err)
}

func (s *store) customerCount(ctx context.Context) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT count(*) FROM customers`).Scan(&n)
	return n, db.MapError(err)
}

// settle lets PostgreSQL look at what a large import wrote: without statistics
// it plans for empty tables, and without a vacuum its covering indexes send it
// to the table for each row. SQLite needs neither. Not inside a transaction.
func (s *store) settle(ctx context.Context, tables ...string) error {
	if s.db.Engine() != db.Postgres {
		return nil
	}
	for _, table := range tables {
		if err := s.exec(ctx, `VACUUM (ANALYZE) `+table); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) exec(ctx context.Context, q string, args ...any) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, q, args...)
	return db.MapError(err)
}

func (s *store) changed(ctx context.Context, q string, args ...any) (bool, error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, q, args...)
	if err != nil {
		return false, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n > 0, db.MapError(err)
}

func isNoRow(err error) bool { return errs.Is(err, "db.no_row") }
