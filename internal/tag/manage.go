package tag

import (
	"context"

	"zhike/internal/field"
	"zhike/internal/platform/errs"
)

// In makes a tag.
type In struct {
	GroupID int64  `json:"group_id" minimum:"1"`
	Name    string `json:"name" minLength:"1" maxLength:"200"`
	Tone    int    `json:"tone,omitempty" minimum:"0" maximum:"8"`
}

// Patch changes the parts that are sent.
type Patch struct {
	GroupID *int64  `json:"group_id,omitempty" minimum:"1"`
	Name    *string `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Tone    *int    `json:"tone,omitempty" minimum:"0" maximum:"8"`
	Retired *bool   `json:"retired,omitempty" doc:"A retired tag keeps its members and is not given anew"`
}

// Create adds a tag. Errors: invalid, tag.group_not_found, tag.name_taken,
// tag.too_many.
func (s *Service) Create(ctx context.Context, in In) (out Tag, err error) {
	err = s.change(ctx, func(ctx context.Context, c *Catalogue) error {
		out, err = s.add(ctx, c, in)
		return err
	})
	return out, err
}

func (s *Service) add(ctx context.Context, c *Catalogue, in In) (Tag, error) {
	name, err := checkName(in.Name)
	if err != nil {
		return Tag{}, err
	}
	t := Tag{GroupID: in.GroupID, Name: name, Tone: in.Tone, CreatedAt: s.now()}
	t.UpdatedAt = t.CreatedAt
	t.index()
	if c.Group(t.GroupID) == nil {
		return t, errs.New(errs.Invalid, "invalid").WithField("group_id", "tag.group_not_found")
	}
	if err := s.freeName(ctx, c, &t); err != nil {
		return t, err
	}
	if len(c.tags) >= MaxTags {
		return t, errs.New(errs.TooLarge, "tag.too_many", "max", MaxTags)
	}
	if t.ID, err = s.DB.NextID(ctx, "tag"); err != nil {
		return t, err
	}
	if err := s.insertTag(ctx, &t); err != nil {
		return t, err
	}
	kept := t
	c.tags[t.ID], c.byFold[t.fold] = &kept, &kept
	return t, s.record(ctx, "tag.create", "tag", t.ID, nil, t)
}

// freeName refuses a name that another tag has. The name of a merged tag is
// given up once its members have moved.
func (s *Service) freeName(ctx context.Context, c *Catalogue, t *Tag) error {
	o := c.byFold[t.fold]
	if o == nil || o.ID == t.ID {
		return nil
	}
	taken := errs.New(errs.Conflict, "tag.name_taken", "name", o.Name).WithField("name", "tag.name_taken", "name", o.Name)
	if o.MergedInto == 0 {
		return taken
	}
	if n, err := s.memberCount(ctx, o.ID, 1); err != nil || n > 0 {
		if err != nil {
			return err
		}
		return taken
	}
	delete(c.byFold, o.fold)
	delete(c.tags, o.ID)
	return s.deleteTag(ctx, o.ID)
}

// Update renames, moves, colours, retires or restores a tag. Errors:
// tag.not_found, invalid, tag.name_taken.
func (s *Service) Update(ctx context.Context, id int64, p Patch) (out Tag, err error) {
	err = s.change(ctx, func(ctx context.Context, c *Catalogue) error {
		before := c.tags[id]
		if before == nil || before.MergedInto != 0 {
			return errs.New(errs.NotFound, "tag.not_found")
		}
		out = *before
		if p.Name != nil {
			if out.Name, err = checkName(*p.Name); err != nil {
				return err
			}
			out.index()
			if err := s.freeName(ctx, c, &out); err != nil {
				return err
			}
		}
		if p.GroupID != nil {
			if out.GroupID = *p.GroupID; c.Group(out.GroupID) == nil {
				return errs.New(errs.Invalid, "invalid").WithField("group_id", "tag.group_not_found")
			}
		}
		if p.Tone != nil {
			out.Tone = *p.Tone
		}
		if p.Retired != nil {
			out.Retired = *p.Retired
		}
		if out.Name == before.Name && out.GroupID == before.GroupID && out.Tone == before.Tone && out.Retired == before.Retired {
			return nil
		}
		out.UpdatedAt = s.now()
		if err := s.updateTag(ctx, &out); err != nil {
			return err
		}
		action := "tag.update"
		if out.Retired != before.Retired {
			action = map[bool]string{true: "tag.retire", false: "tag.restore"}[out.Retired]
		}
		return s.record(ctx, action, "tag", id, before, out)
	})
	return out, err
}

// Delete removes a tag without members. Errors: tag.not_found, tag.in_use.
func (s *Service) Delete(ctx context.Context, id int64) error {
	return s.change(ctx, func(ctx context.Context, c *Catalogue) error {
		t := c.tags[id]
		if t == nil || t.MergedInto != 0 {
			return errs.New(errs.NotFound, "tag.not_found")
		}
		if err := s.lockTag(ctx, id); err != nil {
			return err
		}
		n, err := s.memberCount(ctx, id, 10_000)
		if err != nil {
			return err
		}
		if n > 0 {
			return errs.New(errs.Conflict, "tag.in_use", "count", n)
		}
		for i := range c.Tags {
			// Its other names go with it.
			if o := &c.Tags[i]; o.MergedInto == id {
				if left, err := s.memberCount(ctx, o.ID, 1); err != nil || left > 0 {
					if err == nil {
						err = errs.New(errs.Conflict, "tag.in_use", "count", left)
					}
					return err
				}
				if err := s.deleteTag(ctx, o.ID); err != nil {
					return err
				}
			}
		}
		if err := s.deleteTag(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, "tag.delete", "tag", id, t, nil)
	})
}

// importGroup is where tags go that a file brings and nobody has defined.
var importGroup = field.Label{ZH: "导入", EN: "Imported"}

// Named finds tags by their names, "教育" or "行业/教育", in any width and
// case; missing has the names that there is no tag for, once each. With create
// the missing ones are made, those without a group in the group Imported; the
// caller has checked tag.manage. Errors with create: those of Create.
func (s *Service) Named(ctx context.Context, names []string, create bool) (found map[string]*Tag, missing []string, err error) {
	c, err := s.Catalogue(ctx)
	if err != nil {
		return nil, nil, err
	}
	found = make(map[string]*Tag, len(names))
	unknown := map[string]bool{}
	for _, name := range names {
		_, bare := splitGroup(name)
		if t := c.Named(bare); t != nil {
			found[name] = t
		} else if !unknown[foldName(bare)] {
			unknown[foldName(bare)] = true
			missing = append(missing, name)
		}
	}
	if !create || len(missing) == 0 {
		return found, missing, nil
	}
	err = s.change(ctx, func(ctx context.Context, c *Catalogue) error {
		for _, name := range missing {
			group, bare := splitGroup(name)
			if c.Named(bare) != nil {
				continue // made by somebody else meanwhile
			}
			id, err := s.groupFor(ctx, c, group)
			if err != nil {
				return err
			}
			if _, err := s.add(ctx, c, In{GroupID: id, Name: bare}); err != nil {
				return err
			}
		}
		for _, name := range names {
			_, bare := splitGroup(name)
			found[name] = c.Named(bare)
		}
		return nil
	})
	return found, nil, err
}

// groupFor gives a group by its name, made where it is missing.
func (s *Service) groupFor(ctx context.Context, c *Catalogue, name string) (int64, error) {
	label := importGroup
	if name != "" {
		label = field.Label{ZH: name}
	}
	for i := range c.Groups {
		if g := &c.Groups[i]; foldName(g.Name.ZH) == foldName(label.ZH) || g.Name.EN != "" && foldName(g.Name.EN) == foldName(label.In("en")) {
			return g.ID, nil
		}
	}
	label, err := checkLabel(label)
	if err != nil {
		return 0, err
	}
	g, err := s.addGroup(ctx, c, GroupIn{Name: label})
	if err != nil {
		return 0, err
	}
	c.Groups = append(c.Groups, g)
	c.groups[g.ID] = &c.Groups[len(c.Groups)-1]
	return g.ID, nil
}
