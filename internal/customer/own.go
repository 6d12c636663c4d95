package customer

import (
	"context"
	"strings"

	custom "zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/tag"
)

// Own is what a write of one record carries beside the fields of its row: what
// the company itself defined. It is written in the transaction of the row, and
// told as one change with it.
type Own struct {
	Fields map[string]any `json:"fields,omitempty" doc:"Custom fields by code; null empties one, what is left out stays"`
	TagIDs *[]int64       `json:"tag_ids,omitempty" maxItems:"100" doc:"All tags of the customer; what is left out changes none. Needs tag.assign"`
}

// RecordPatch is a Patch of one record with what is kept beside the row.
type RecordPatch struct {
	Patch
	Own
}

// maxOwnFields bounds the custom fields of one call.
const maxOwnFields = custom.MaxFields

// sent says whether there is anything in it.
func (o *Own) sent() bool { return len(o.Fields) > 0 || o.TagIDs != nil }

// parse reads custom values and collects what is wrong with them; the tags are
// read where they are given. Errors: forbidden without tag.assign where tags
// are sent.
func (s *Service) parseOwn(ctx context.Context, c *checker, o *Own) (map[string]custom.Value, error) {
	if o.TagIDs != nil {
		if err := auth.Require(ctx, tag.PermAssign); err != nil {
			return nil, err
		}
	}
	switch {
	case len(o.Fields) > maxOwnFields:
		_ = c.bad.WithField("fields", "customer.too_many", "max", maxOwnFields)
		return nil, nil
	case len(o.Fields) > 0 && s.Fields == nil:
		_ = c.bad.WithField("fields", "customer.unknown_field", "field", "fields")
		return nil, nil
	case o.TagIDs != nil && len(*o.TagIDs) > 0 && s.Tags == nil:
		_ = c.bad.WithField("tag_ids", "tag.not_found")
		return nil, nil
	case len(o.Fields) == 0:
		return nil, nil
	}
	values, err := s.Fields.ParseAll(ctx, "fields", o.Fields)
	return values, c.take(err)
}

// take keeps what is wrong with fields, and gives every other error back.
func (c *checker) take(err error) error {
	if err == nil {
		return nil
	}
	if e := errs.From(err); e.Kind == errs.Invalid && len(e.Fields) > 0 {
		c.bad.Fields = append(c.bad.Fields, e.Fields...)
		return nil
	}
	return err
}

// required demands the custom fields that a customer made by hand must have.
func (s *Service) required(ctx context.Context, c *checker, values map[string]custom.Value) error {
	if s.Fields == nil {
		return nil
	}
	return c.take(s.Fields.CheckRequired(ctx, "fields", values))
}

// ownFault names the values of a refused write as this request calls them.
func ownFault(err error) error {
	if err == nil {
		return nil
	}
	e := errs.From(err)
	if e.Kind != errs.Invalid {
		return err
	}
	for i := range e.Fields {
		if code, ok := strings.CutPrefix(e.Fields[i].Path, "values."); ok {
			e.Fields[i].Path = "fields." + code
		}
	}
	return e
}

// fieldHistory gives changes of custom fields in the form of the history.
func fieldHistory(list []custom.Change) []Change {
	out := make([]Change, len(list))
	for i := range list {
		e := list[i].Entry()
		out[i] = Change{CustomerID: e.CustomerID, Field: e.Field, Before: e.Before, After: e.After}
	}
	return out
}

// ownOfNew writes custom values and tags of customers that were just inserted
// and puts what they are into told, by customer.
func (b *createBatch) ownOfNew(ctx context.Context) error {
	s := b.service
	var writes []custom.Write
	tags := map[int64][]int64{}
	for i, r := range b.rows {
		if len(b.values[i]) > 0 {
			writes = append(writes, custom.Write{CustomerID: r.ID, Values: b.values[i]})
		}
		if len(b.tags[i]) > 0 {
			tags[r.ID] = b.tags[i]
		}
	}
	if len(writes) > 0 {
		done, err := s.Fields.SetMany(ctx, writes)
		if err != nil {
			return ownFault(err)
		}
		b.told = append(b.told, fieldHistory(done)...)
	}
	if len(tags) > 0 {
		done, err := s.Tags.AddEach(ctx, tags)
		if err != nil {
			return err
		}
		b.told = append(b.told, tagHistory(done)...)
	}
	return nil
}

// planOwn says what an edit would do to custom values and tags of a customer.
func (b *editBatch) planOwn(ctx context.Context, c *checker, o *Own, pl *planned) error {
	s := b.service
	values, err := s.parseOwn(ctx, c, o)
	if err != nil || len(c.bad.Fields) > 0 {
		return err
	}
	if len(values) > 0 {
		if pl.values, err = s.Fields.Compare(ctx, []custom.Write{{CustomerID: pl.was.ID, Values: values}}); c.take(ownFault(err)) != nil {
			return err
		}
		pl.changes = append(pl.changes, fieldHistory(pl.values)...)
	}
	if o.TagIDs != nil && s.Tags != nil {
		if pl.tags, err = s.Tags.CompareSet(ctx, pl.was.ID, *o.TagIDs); c.take(err) != nil {
			return err
		}
		pl.changes = append(pl.changes, tagHistory(pl.tags)...)
	}
	return nil
}

// writeOwn does what planOwn said, for a row whose version was not changed by
// anybody in between.
func (s *Service) writeOwn(ctx context.Context, pl *planned) error {
	if len(pl.values) > 0 {
		if err := s.Fields.Apply(ctx, pl.values); err != nil {
			return err
		}
	}
	if len(pl.tags) > 0 {
		return s.Tags.Apply(ctx, pl.tags)
	}
	return nil
}
