package customer

import (
	"context"

	"zhike/internal/clean"
	"zhike/internal/column"
)

// sortNameField goes with the name and is not told apart in the history.
var sortNameField = field{name: "sort_name", column: "sort_name", value: func(r *Stored) any { return clean.SortKey(r.Name) }}

// sortNameStep is how many names one transaction makes ready for sorting.
const sortNameStep = 2000

// FillSortNames makes the names sortable that came without: those from before
// lists sorted by name, and those restored as they once were.
func (s *Service) FillSortNames(ctx context.Context) error {
	for after := int64(0); ; {
		rows, err := s.store.unsorted(ctx, after, sortNameStep)
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1].ID
		err = s.DB.InTx(ctx, func(ctx context.Context) error {
			ids := make([]int64, len(rows))
			for i := range rows {
				ids[i] = rows[i].ID
			}
			if err := column.Tell(ctx, s.DB, "customers", s.now(), ids...); err != nil {
				return err
			}
			return s.store.setSortNames(ctx, rows)
		})
		if err != nil {
			return err
		}
	}
}
