package customer

import "context"

// ImportParts makes known inside InTx what an import changed in the parts of
// records that other packages keep, custom fields and tags: version and history
// of customers that were there before. fresh are customers that the same import
// made, who have no history of their beginnings. The feed is for the caller,
// who writes it last (Imported). at is in unix ms.
func (s *Store) ImportParts(ctx context.Context, at, actorID int64, changes []Change, fresh map[int64]bool) (changed []int64, err error) {
	seen := map[int64]bool{}
	var old []int64
	for i := range changes {
		id := changes[i].CustomerID
		if seen[id] {
			continue
		}
		seen[id] = true
		changed = append(changed, id)
		if !fresh[id] {
			old = append(old, id)
		}
	}
	if len(old) == 0 {
		return changed, nil
	}
	versions, err := s.raise(ctx, old, at)
	if err != nil {
		return nil, err
	}
	rows := make([]changeRow, 0, len(changes))
	for i := range changes {
		c := &changes[i]
		if fresh[c.CustomerID] {
			continue
		}
		rows = append(rows, changeRow{
			customerID: c.CustomerID, at: at, actorID: actorID, actorName: actorName(ctx), origin: OriginImport,
			version: versions[c.CustomerID], field: c.Field, before: c.Before, after: c.After,
		})
	}
	return changed, s.writeImported(ctx, rows)
}
