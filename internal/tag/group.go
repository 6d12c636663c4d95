package tag

import (
	"context"
	"slices"

	"zhike/internal/field"
	"zhike/internal/platform/errs"
)

func (c *Catalogue) freeGroupName(l field.Label, except int64) error {
	for i := range c.Groups {
		g := &c.Groups[i]
		if path, name := l.Clash(g.Name); g.ID != except && path != "" {
			return errs.New(errs.Conflict, "tag.group_taken", "name", name).WithField("name."+path, "tag.group_taken", "name", name)
		}
	}
	return nil
}

// CreateGroup adds a group behind the others. Errors: invalid,
// tag.group_taken, tag.too_many_groups.
func (s *Service) CreateGroup(ctx context.Context, in GroupIn) (out Group, err error) {
	if in.Name, err = checkLabel(in.Name); err != nil {
		return out, err
	}
	err = s.change(ctx, func(ctx context.Context, c *Catalogue) error {
		out, err = s.addGroup(ctx, c, in)
		return err
	})
	return out, err
}

func (s *Service) addGroup(ctx context.Context, c *Catalogue, in GroupIn) (Group, error) {
	if len(c.Groups) >= MaxGroups {
		return Group{}, errs.New(errs.TooLarge, "tag.too_many_groups", "max", MaxGroups)
	}
	if err := c.freeGroupName(in.Name, 0); err != nil {
		return Group{}, err
	}
	g := Group{Name: in.Name, Exclusive: in.Exclusive, Position: 1, CreatedAt: s.now()}
	g.UpdatedAt = g.CreatedAt
	if n := len(c.Groups); n > 0 {
		g.Position = c.Groups[n-1].Position + 1
	}
	var err error
	if g.ID, err = s.DB.NextID(ctx, "tag_group"); err != nil {
		return g, err
	}
	if err := s.insertGroup(ctx, &g); err != nil {
		return g, err
	}
	return g, s.record(ctx, "tag.group_create", "tag_group", g.ID, nil, g)
}

// UpdateGroup changes a group. Errors: tag.group_not_found, invalid,
// tag.group_taken.
func (s *Service) UpdateGroup(ctx context.Context, id int64, p GroupPatch) (out Group, err error) {
	err = s.change(ctx, func(ctx context.Context, c *Catalogue) error {
		before := c.Group(id)
		if before == nil {
			return errs.New(errs.NotFound, "tag.group_not_found")
		}
		out = *before
		if p.Name != nil {
			if out.Name, err = checkLabel(*p.Name); err != nil {
				return err
			}
			if err := c.freeGroupName(out.Name, id); err != nil {
				return err
			}
		}
		if p.Exclusive != nil {
			out.Exclusive = *p.Exclusive
		}
		if p.Position != nil {
			if err := s.moveGroup(ctx, c, &out, *p.Position); err != nil {
				return err
			}
		}
		if out == *before {
			return nil
		}
		out.UpdatedAt = s.now()
		if err := s.updateGroup(ctx, &out); err != nil {
			return err
		}
		return s.record(ctx, "tag.group_update", "tag_group", id, before, out)
	})
	return out, err
}

// moveGroup gives g a place and the others theirs around it.
func (s *Service) moveGroup(ctx context.Context, c *Catalogue, g *Group, to int) error {
	order := make([]*Group, 0, len(c.Groups))
	for i := range c.Groups {
		if c.Groups[i].ID != g.ID {
			other := c.Groups[i]
			order = append(order, &other)
		}
	}
	order = slices.Insert(order, min(to, len(order)+1)-1, g)
	for i, o := range order {
		moved := o.Position != i+1
		o.Position = i + 1
		if moved && o != g {
			if err := s.updateGroup(ctx, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// DeleteGroup removes a group without tags. Errors: tag.group_not_found,
// tag.group_in_use.
func (s *Service) DeleteGroup(ctx context.Context, id int64) error {
	return s.change(ctx, func(ctx context.Context, c *Catalogue) error {
		g := c.Group(id)
		if g == nil {
			return errs.New(errs.NotFound, "tag.group_not_found")
		}
		n := 0
		for i := range c.Tags {
			t := &c.Tags[i]
			if t.GroupID != id {
				continue
			}
			if t.MergedInto == 0 {
				n++
				continue
			}
			// Another name of a tag elsewhere goes there with it.
			t.GroupID = c.Tag(t.ID).GroupID
			if t.GroupID == id {
				n++
				continue
			}
			if err := s.updateTag(ctx, t); err != nil {
				return err
			}
		}
		if n > 0 {
			return errs.New(errs.Conflict, "tag.group_in_use", "count", n)
		}
		if err := s.deleteGroup(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, "tag.group_delete", "tag_group", id, g, nil)
	})
}
