package customer

import (
	"cmp"
	"context"
	"slices"

	custom "zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/tag"
)

// previewExamples is how many customers a preview shows.
const previewExamples = 10

// BulkExample is one customer before and after.
type BulkExample struct {
	ID      int64        `json:"id"`
	Name    string       `json:"name"`
	Changes []ChangeItem `json:"changes"`
}

// Refusal says how many customers are left as they are, and why.
type Refusal struct {
	Reason string `json:"reason" doc:"A code whose text is errors.<code>"`
	Text   string `json:"text"`
	Count  int64  `json:"count"`
}

// BulkPreview is what a bulk edit would do. Its members are frozen: starting it
// by its id does exactly this, apart from what others change meanwhile.
type BulkPreview struct {
	ID        int64         `json:"id" doc:"Give it to POST /bulk within an hour"`
	Total     int64         `json:"total" doc:"Selected"`
	Changed   int64         `json:"changed"`
	Unchanged int64         `json:"unchanged" doc:"Have what is to be set already"`
	Moved     int64         `json:"moved" doc:"Of changed: come into another department, because the new owner is of it"`
	Stayed    int64         `json:"stayed" doc:"Of changed: get another owner and stay in a department that was chosen on purpose"`
	Refused   []Refusal     `json:"refused"`
	Examples  []BulkExample `json:"examples"`
	ExpiresAt int64         `json:"expires_at" doc:"unix ms"`
}

// previewTTL is how long a preview can be started, in ms.
const previewTTL = 3_600_000

// PreviewBulk counts exactly what a bulk edit would do, writes none of it, and
// keeps who belongs to it. Errors: forbidden, invalid, list.nobody_selected,
// list.too_many_selected.
func (s *Service) PreviewBulk(ctx context.Context, sel Selection, actions BulkActions) (BulkPreview, error) {
	out := BulkPreview{Refused: []Refusal{}, Examples: []BulkExample{}}
	b, err := s.bulkEdit(ctx, actions)
	if err != nil {
		return out, err
	}
	ids, err := s.members(ctx, sel)
	if err != nil {
		return out, err
	}
	out.Total = int64(len(ids))
	refused := map[string]int64{}
	for part := range slices.Chunk(ids, bulkPart) {
		if err := ctx.Err(); err != nil {
			return out, errs.From(err)
		}
		v, err := s.judge(ctx, b, part)
		if err != nil {
			return out, err
		}
		out.Changed += int64(len(v.touched))
		out.Unchanged += v.unchanged
		out.Moved += v.moved
		out.Stayed += v.stayed
		for reason, n := range v.refused {
			refused[reason] += n
		}
		for _, id := range part {
			if len(out.Examples) < previewExamples && v.touched[id] {
				out.Examples = append(out.Examples, BulkExample{ID: id, Name: v.names[id], Changes: s.wouldChange(ctx, b, v, id)})
			}
		}
	}
	for i := range out.Examples {
		if err := s.labels(ctx, out.Examples[i].Changes); err != nil {
			return out, err
		}
	}
	out.Refused = s.refusals(ctx, refused)
	out.ID, out.ExpiresAt, err = s.keepBulk(ctx, b, ids, bulkPreviewed, s.now()+previewTTL)
	return out, err
}

// wouldChange lists what a bulk edit does to one customer.
func (s *Service) wouldChange(ctx context.Context, b *bulkEdit, v *verdict, id int64) []ChangeItem {
	out := []ChangeItem{}
	add := func(field, before, after string) {
		out = append(out, ChangeItem{Field: field, Before: before, After: after, Origin: OriginBulk})
	}
	for i := range v.plan {
		if v.plan[i].row.ID == id {
			for _, c := range v.plan[i].changes {
				add(c.Field, c.Before, c.After)
			}
		}
	}
	c := &compiler{ctx: ctx, s: s}
	set, err := c.custom()
	if err != nil {
		return out
	}
	for _, w := range v.values {
		if w.CustomerID != id {
			continue
		}
		for code, value := range w.Values {
			if d := set.Code(code); d != nil {
				add(custom.Prefix+code, d.Plain(v.had[id][code]), d.Plain(value))
			}
		}
	}
	cat, err := c.catalogue()
	if err != nil {
		return out
	}
	has := func(tagID int64) bool {
		return slices.ContainsFunc(v.tagged[id], func(t *tag.Tag) bool { return t.ID == tagID })
	}
	for _, t := range b.remove {
		if has(t) {
			add(tag.HistoryField, cat.Tag(t).Name, "")
		}
	}
	for _, t := range b.add {
		if !has(t) {
			add(tag.HistoryField, "", cat.Tag(t).Name)
		}
	}
	slices.SortStableFunc(out, func(x, y ChangeItem) int { return cmp.Compare(x.Field, y.Field) })
	return out
}

// refusals puts reasons into words, the most frequent first. i18n-keys: errors.*
func (s *Service) refusals(ctx context.Context, counts map[string]int64) []Refusal {
	out := make([]Refusal, 0, len(counts))
	for reason, n := range counts {
		out = append(out, Refusal{Reason: reason, Text: s.Texts.T(localeOf(ctx), "errors."+reason, nil), Count: n})
	}
	slices.SortFunc(out, func(a, b Refusal) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason)) })
	return out
}

// keepBulk writes a bulk edit and its members.
func (s *Service) keepBulk(ctx context.Context, b *bulkEdit, ids []int64, status string, expires int64) (int64, int64, error) {
	actions, err := marshalText(b.actions)
	if err != nil {
		return 0, 0, err
	}
	r := &bulkRow{actorID: auth.From(ctx).StaffID, status: status, actions: actions, total: int64(len(ids)), createdAt: s.now(), expiresAt: expires}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		var err error
		if r.id, err = s.DB.NextID(ctx, "bulk"); err != nil {
			return err
		}
		if err := s.store.insertBulk(ctx, r); err != nil {
			return err
		}
		return s.store.insertParts(ctx, r.id, ids)
	})
	return r.id, expires, err
}
