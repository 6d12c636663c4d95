package auth

import (
	"context"
	"slices"
)

// Names gives the names of members of staff by id; nil knows nobody.
type Names func(ctx context.Context, ids []int64) (map[int64]string, error)

// Author is a place for the name of whoever made something.
type Author struct {
	id   int64
	name *string
}

// By is a place for the name of a member of staff; id 0 is the program, which has none.
func By(id int64, name *string) Author { return Author{id, name} }

// Sign fills in names, all by one question.
func (n Names) Sign(ctx context.Context, list ...Author) error {
	var ids []int64
	for _, a := range list {
		if a.id != 0 && !slices.Contains(ids, a.id) {
			ids = append(ids, a.id)
		}
	}
	if n == nil || len(ids) == 0 {
		return nil
	}
	names, err := n(ctx, ids)
	if err != nil {
		return err
	}
	for _, a := range list {
		*a.name = names[a.id]
	}
	return nil
}
