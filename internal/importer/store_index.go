package importer

import (
	"context"
	"strings"

	"zhike/internal/platform/db"
)

// secondary are the indexes not needed to import a kind ("" for any), by the
// table that has to be empty for them to go. Those of customer_metrics come
// back last: the figures are written once more at the end.
var secondary = []struct {
	kind    Kind
	table   string
	indexes []string
}{
	{KindOrders, "orders", []string{"orders_customer", "orders_day"}},
	{KindBehaviours, "behaviours", []string{"behaviours_customer"}},
	{"", "customers", []string{
		"customers_city", "customers_province", "customer_terms_term", "contacts_tail",
		"customer_metrics_net365", "customer_metrics_netall", "customer_metrics_last",
	}},
}

// secondaryOf lists the secondary indexes of a kind.
func secondaryOf(kind Kind) (names []string) {
	for _, group := range secondary {
		if group.kind == kind || group.kind == "" {
			names = append(names, group.indexes...)
		}
	}
	return names
}

// ofFigures says whether a statement makes an index of the figures.
func ofFigures(statement string) bool { return strings.Contains(statement, "customer_metrics") }

// deferIndexes takes the secondary indexes of empty tables away until the import
// ends.
func (s *store) deferIndexes(ctx context.Context, kind Kind) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		for _, group := range secondary {
			if group.kind != kind && group.kind != "" {
				continue
			}
			var n int64
			err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM `+group.table+` LIMIT 1) AS one`).Scan(&n)
			if err != nil {
				return db.MapError(err)
			}
			if n > 0 {
				continue
			}
			if err := s.db.DeferIndexes(ctx, group.indexes); err != nil {
				return err
			}
		}
		return nil
	})
}
