package main

import (
	"context"

	"zhike/internal/platform/db"
)

// age moves the day on which customers came back. No program may have the folder.
func age(ctx context.Context, dir string, days int) error {
	d, err := db.Open(ctx, db.Config{Dir: dir})
	if err != nil {
		return err
	}
	defer d.Close()
	return d.InTx(ctx, func(ctx context.Context) error {
		_, err := d.Q(ctx).ExecContext(ctx, "UPDATE customers SET created_at = created_at - $1", int64(days)*24*3600*1000)
		return err
	})
}
