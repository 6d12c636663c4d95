package audience

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhike/internal/clean"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

func notFound() error { return errs.New(errs.NotFound, "audience.not_found") }

// fold is a text as it is compared: one width, lower case.
func fold(text string) string {
	text, _ = clean.Text(text)
	return strings.ToLower(text)
}

// line is a text of a person on one line, without signs that nobody sees. It
// stays as it was written: clean.Text, by which texts are compared, would put
// the punctuation of ASCII into Chinese ("，" becomes ",").
func line(bad *errs.Error, path, text string, most int, must bool) string {
	_, err := clean.Text(text)
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))), " ")
	switch {
	case err != nil || utf8.RuneCountInString(text) > most:
		_ = bad.WithField(path, "audience.too_long", "max", most)
	case must && (text == "" || clean.IsBlank(text)):
		_ = bad.WithField(path, "audience.name_missing")
	}
	return text
}

// parse reads a stored rule of a format, and gives its text in the present one;
// "" is none. Error: rule.newer_format.
func parse(text string, format int) (string, *rule.Node, error) {
	if text == "" {
		return "", nil, nil
	}
	now, err := rule.Upgrade([]byte(text), format)
	if err != nil {
		return "", nil, err
	}
	n, err := rule.Parse(now, "rule", rule.RuleLimits)
	if err != nil {
		return "", nil, errs.Wrap(err, errs.Internal, "internal", "detail", "a stored rule cannot be read")
	}
	return string(now), n, nil
}

// read reads the rule of an audience, nil of a list, and brings it to the
// present format.
func (r *row) read() (*rule.Node, error) {
	text, n, err := parse(r.rule, r.format)
	if err == nil && r.format != rule.Format && text != "" {
		r.rule, r.format = text, rule.Format
	}
	return n, err
}

// Create saves a rule or begins a static list. Errors: invalid,
// audience.name_taken, audience.too_many, and those of the rule.
func (s *Service) Create(ctx context.Context, in In) (Full, error) { return s.create(ctx, in, "", nil) }

// create is Create with the code of a preset; inside, where not nil, runs in
// the transaction, with the new id.
func (s *Service) create(ctx context.Context, in In, preset string, inside func(ctx context.Context, id int64) error) (Full, error) {
	bad := errs.New(errs.Invalid, "invalid")
	r := &row{version: 1, ownerID: auth.StaffID(ctx), kind: in.Kind, preset: preset, format: rule.Format, followed: in.Followed == nil || *in.Followed, size: -1}
	r.name = line(bad, "name", in.Name, maxName, true)
	r.description = line(bad, "description", in.Description, maxDescription, false)
	note := line(bad, "note", in.Note, maxNote, false)
	if in.Kind != Dynamic && in.Kind != Static {
		_ = bad.WithField("kind", "audience.bad_kind")
	}
	if in.Kind == Static && given(in.Rule) {
		_ = bad.WithField("rule", "audience.rule_of_list")
	}
	if err := bad.OrNil(); err != nil {
		return Full{}, err
	}
	var n *rule.Node
	if in.Kind == Dynamic {
		var err error
		if n, err = s.checkRule(ctx, 0, in.Rule); err != nil {
			return Full{}, err
		}
	} else {
		r.size, r.evaluatedAt = 0, s.now()
	}
	err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
		if err := s.store.lock(ctx); err != nil {
			return err
		}
		have, err := s.store.count(ctx)
		if err != nil {
			return err
		}
		if have >= maxAudiences {
			return errs.New(errs.TooLarge, "audience.too_many", "max", maxAudiences)
		}
		if err := s.there(ctx, n); err != nil {
			return err
		}
		if r.id, err = s.DB.NextID(ctx, "audience"); err != nil {
			return err
		}
		r.createdAt = s.now()
		if err := s.write(ctx, nil, r, n, note, "create"); err != nil || inside == nil {
			return err
		}
		return inside(ctx, r.id)
	})
	if err != nil {
		return Full{}, err
	}
	return s.Get(ctx, r.id)
}

// given says whether a raw rule is there at all.
func given(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) > 0 && string(raw) != "null"
}

// there checks again, under the lock, that the audiences which a rule names exist.
func (s *Service) there(ctx context.Context, n *rule.Node) error {
	for _, ref := range references(n) {
		a, err := s.store.get(ctx, ref.id)
		if err != nil {
			return err
		}
		if a == nil {
			return rule.Bad(ref.path, "rule.unknown_audience")
		}
	}
	return nil
}

// write writes an audience, new where before is nil, with version, uses and
// audit entry; inside InTx, under the lock.
func (s *Service) write(ctx context.Context, before, r *row, n *rule.Node, note, action string) error {
	r.fold, r.updatedAt = fold(r.name), s.now()
	if r.archivedAt == 0 {
		other, err := s.store.named(ctx, r.fold)
		if err != nil {
			return err
		}
		if other != 0 && other != r.id {
			return errs.New(errs.Conflict, "audience.name_taken", "name", r.name).WithField("name", "audience.name_taken", "name", r.name)
		}
	}
	if n != nil {
		r.rule, r.format = string(encode(n)), rule.Format
	}
	if before == nil || r.version != before.version {
		v := versionRow{version: r.version, authorID: auth.StaffID(ctx), createdAt: r.updatedAt, rule: r.rule, name: r.name,
			description: r.description, note: note, format: r.format}
		if err := s.store.insertVersion(ctx, r.id, &v); err != nil {
			return err
		}
	}
	var err error
	if before == nil {
		err = s.store.insert(ctx, r)
	} else {
		err = s.store.update(ctx, r)
	}
	if err != nil {
		return err
	}
	if n != nil {
		if err := s.store.setUses(ctx, r.id, used(n)); err != nil {
			return err
		}
	}
	return s.record(ctx, action, r.id, before.audited(), r.audited())
}

// audited is what the audit log keeps of an audience: of the rule the fields
// that it names, because values may name people.
func (r *row) audited() any {
	if r == nil {
		return nil
	}
	out := map[string]any{"name": r.name, "description": r.description, "kind": r.kind, "version": r.version, "followed": r.followed,
		"owner_id": r.ownerID, "archived": r.archivedAt != 0}
	if _, n, err := parse(r.rule, r.format); err == nil && n != nil {
		out["fields"], out["conditions"] = n.Names(), n.Count()
	}
	return out
}

// Update changes what is sent, of the version that was seen. Rule, name and
// description make a new version. Errors: audience.not_found,
// audience.changed, and those of Create.
func (s *Service) Update(ctx context.Context, id, version int64, p Patch) (Full, error) {
	var n *rule.Node
	if given(p.Rule) {
		var err error
		if n, err = s.checkRule(ctx, id, p.Rule); err != nil {
			return Full{}, err
		}
	}
	if err := s.mayOwn(ctx, p.OwnerID); err != nil {
		return Full{}, err
	}
	err := s.change(ctx, id, version, func(ctx context.Context, before, r *row) error {
		bad := errs.New(errs.Invalid, "invalid")
		if p.Name != nil {
			r.name = line(bad, "name", *p.Name, maxName, true)
		}
		if p.Description != nil {
			r.description = line(bad, "description", *p.Description, maxDescription, false)
		}
		note := line(bad, "note", p.Note, maxNote, false)
		if n != nil && r.kind == Static {
			_ = bad.WithField("rule", "audience.rule_of_list")
		}
		if err := bad.OrNil(); err != nil {
			return err
		}
		if p.Followed != nil {
			r.followed = *p.Followed
		}
		if p.OwnerID != nil {
			r.ownerID = *p.OwnerID
		}
		if n != nil {
			// Again under the lock: another may have closed a circle meanwhile.
			if err := s.circle(ctx, id, n); err != nil {
				return err
			}
			if err := s.there(ctx, n); err != nil {
				return err
			}
			r.rule = string(encode(n))
		}
		if r.rule != before.rule || r.name != before.name || r.description != before.description {
			r.version++
		}
		return s.write(ctx, before, r, n, note, "update")
	})
	if err != nil {
		return Full{}, err
	}
	return s.Get(ctx, id)
}

// mayOwn checks that somebody may be the owner of an audience.
func (s *Service) mayOwn(ctx context.Context, staffID *int64) error {
	if staffID == nil || s.Actor == nil {
		return nil
	}
	a, err := s.Actor(ctx, *staffID)
	if err != nil {
		return err
	}
	if a == nil || !a.Can(PermView) {
		return rule.Bad("owner_id", "audience.bad_owner")
	}
	return nil
}

// change runs a write of an audience under the lock; version 0 is whichever
// there is.
func (s *Service) change(ctx context.Context, id, version int64, fn func(ctx context.Context, before, r *row) error) error {
	if err := auth.Require(ctx, PermEdit); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		if err := s.store.lock(ctx); err != nil {
			return err
		}
		before, err := s.store.get(ctx, id)
		if err != nil {
			return err
		}
		if before == nil {
			return notFound()
		}
		if version != 0 && before.version != version {
			return errs.New(errs.Conflict, "audience.changed", "version", before.version)
		}
		r := *before
		return fn(ctx, before, &r)
	})
}

// Archive takes an audience out of use, or into use again. What names it goes
// on working. Errors: audience.not_found, audience.name_taken.
func (s *Service) Archive(ctx context.Context, id int64, yes bool) (Full, error) {
	err := s.change(ctx, id, 0, func(ctx context.Context, before, r *row) error {
		if yes == (r.archivedAt != 0) {
			return nil
		}
		action := "restore"
		r.archivedAt = 0
		if yes {
			action, r.archivedAt = "archive", s.now()
		}
		return s.write(ctx, before, r, nil, "", action)
	})
	if err != nil {
		return Full{}, err
	}
	return s.Get(ctx, id)
}

// Delete removes an audience that nothing uses, with its history. Errors:
// audience.not_found, audience.in_use.
func (s *Service) Delete(ctx context.Context, id int64) error {
	return s.change(ctx, id, 0, func(ctx context.Context, before, _ *row) error {
		uses, err := s.uses(ctx, []int64{id})
		if err != nil {
			return err
		}
		list := uses[id]
		if len(list) > 0 {
			var names []string
			for _, u := range list {
				if u.Name != "" && len(names) < 3 {
					names = append(names, u.Name)
				}
			}
			return errs.New(errs.Conflict, "audience.in_use", "count", len(list), "names", strings.Join(names, ", "))
		}
		if err := s.forgetList(ctx, before); err != nil {
			return err
		}
		if err := s.store.remove(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, "delete", id, before.audited(), nil)
	})
}
