package db

import "context"

// idLease is how many ids a process takes at once on PostgreSQL. Unused ones
// are lost at exit, which is harmless: ids are dense, not gapless.
const idLease = 64

const nextIDsSQL = `INSERT INTO id_sequences (name, next) VALUES ($1, $2 + 1)
ON CONFLICT (name) DO UPDATE SET next = id_sequences.next + $2
RETURNING next - $2`

// NextIDs reserves n consecutive ids of a kind ("customer") and returns the
// first. Ids start at 1 and stay far below 2⁵³, so that JSON numbers hold
// them. It needs InTx on SQLite, whose single writer hands them out; on
// PostgreSQL they come from a connection of their own, so that two
// transactions never wait for each other.
func (d *DB) NextIDs(ctx context.Context, name string, n int) (first int64, err error) {
	if d.engine == SQLite {
		err = d.Q(ctx).QueryRowContext(ctx, nextIDsSQL, name, n).Scan(&first)
		return first, MapError(err)
	}
	if n >= idLease {
		err = d.idPool.QueryRow(ctx, nextIDsSQL, name, n).Scan(&first)
		return first, MapError(err)
	}
	d.ids.mu.Lock()
	defer d.ids.mu.Unlock()
	b := d.ids.blocks[name]
	if b.end-b.next < int64(n) {
		if err = d.idPool.QueryRow(ctx, nextIDsSQL, name, idLease).Scan(&b.next); err != nil {
			return 0, MapError(err)
		}
		b.end = b.next + idLease
	}
	first = b.next
	b.next += int64(n)
	if d.ids.blocks == nil {
		d.ids.blocks = map[string]idBlock{}
	}
	d.ids.blocks[name] = b
	return first, nil
}

// NextID is NextIDs for one.
func (d *DB) NextID(ctx context.Context, name string) (int64, error) {
	return d.NextIDs(ctx, name, 1)
}

// AssignIDs gives those of n rows whose id is 0 consecutive ids of a kind; at
// points to the id of row i. It needs InTx as [DB.NextIDs] does.
func (d *DB) AssignIDs(ctx context.Context, name string, n int, at func(i int) *int64) error {
	missing := 0
	for i := range n {
		if *at(i) == 0 {
			missing++
		}
	}
	if missing == 0 {
		return nil
	}
	next, err := d.NextIDs(ctx, name, missing)
	if err != nil {
		return err
	}
	for i := range n {
		if p := at(i); *p == 0 {
			*p = next
			next++
		}
	}
	return nil
}
