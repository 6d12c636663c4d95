package db

import "context"

// MigrateTo takes the steps of the schema up to a version, without the job queue.
func (d *DB) MigrateTo(ctx context.Context, version int64) error {
	p, err := d.goose()
	if err != nil {
		return err
	}
	_, err = p.UpTo(ctx, version)
	return err
}
