package audience_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"zhike/internal/audience"
	"zhike/internal/platform/web"
)

// TestListItems: a page of the list says what each audience means, who names it
// and what the day changed, without asking for each; a rule of a newer program
// is a problem of its row alone.
func TestListItems(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ctx := context.Background()
		short := s.make("boss", "a", zhejiang)
		var parts []string
		for i := range 30 {
			parts = append(parts, fmt.Sprintf(`{"field":"company","op":"eq","value":"有限公司%02d"}`, i))
		}
		long := s.make("boss", "b", `{"any":[`+strings.Join(parts, ",")+`]}`)
		nested := s.make("boss", "c", both(of(short), of(long)))
		list := s.make("boss", "d", "")
		newer := s.make("boss", "e", women)
		s.make("boss", "f", both(of(nested), of(newer)))
		s.ok("boss", "POST", "/views", 0, object{"name": "v", "body": object{"filter": json.RawMessage(both(of(short), of(short)))}}, nil)
		write := func(text string, args ...any) {
			must(t, s.db.InTx(ctx, func(ctx context.Context) error { return s.exec(ctx, text, args...) }))
		}
		write(`UPDATE audiences SET format = 99 WHERE id = $1`, newer)
		// Yesterday ended with 30; nothing is known of c before today.
		for _, x := range []struct{ id, day, size int64 }{{short, -3, 25}, {short, -1, 30}, {short, 0, 33}, {nested, 0, 4}} {
			write(`INSERT INTO audience_sizes (audience_id, day, size, entered, left_count) VALUES ($1, $2, $3, 0, 0)`, x.id, int64(today)+x.day, x.size)
			write(`UPDATE audiences SET size = $1, evaluated_at = 1 WHERE id = $2`, x.size, x.id)
		}
		var page web.Page[audience.Item]
		s.ok("boss", "GET", "/audiences?sort=name", 0, nil, &page)
		if len(page.Items) != 6 {
			t.Fatalf("%d rows", len(page.Items))
		}
		items := map[int64]audience.Item{}
		for _, it := range page.Items {
			items[it.ID] = it
			if it.ID == newer {
				continue
			}
			var full audience.Full
			s.ok("boss", "GET", at(it.ID, ""), 0, nil, &full)
			head, cut := strings.CutSuffix(it.Sentence, "…")
			if cut && (len([]rune(it.Sentence)) != 200 || !strings.HasPrefix(full.Sentence, head)) || !cut && it.Sentence != full.Sentence ||
				(it.Sentence == "") != (it.ID == list) || cut != (it.ID == long) {
				t.Errorf("%s: %q of %q", it.Name, it.Sentence, full.Sentence)
			}
			if it.UsedBy != full.UsedBy || it.Conditions != full.Conditions || (it.Problem == nil) != (full.Problem == nil) {
				t.Errorf("%s: used by %d, %d conditions, problem %v; alone %d, %d, %v", it.Name, it.UsedBy, it.Conditions, it.Problem, full.UsedBy, full.Conditions, full.Problem)
			}
			if (it.Change == nil) != (full.Change == nil) || it.Change != nil && *it.Change != *full.Change {
				t.Errorf("%s: changed by %v, alone %v", it.Name, it.Change, full.Change)
			}
		}
		if by := items[short].UsedBy; by != 2 {
			t.Errorf("used by %d, want an audience and a view", by)
		}
		if by := items[short].Change; by == nil || *by != 3 {
			t.Errorf("change %v, want 3", by)
		}
		if by := items[nested].Change; by != nil {
			t.Errorf("change %d of an audience without a yesterday", *by)
		}
		if p := items[newer].Problem; p == nil || p.Code != "rule.newer_format" || items[newer].UsedBy != 1 {
			t.Errorf("newer: %+v", items[newer])
		}
		if !strings.Contains(items[nested].Sentence, "a") {
			t.Errorf("nested reads %q", items[nested].Sentence)
		}
		s.ok("seller", "GET", "/audiences?sort=name", 0, nil, &page)
		if it := page.Items[0]; it.Size != nil || it.Change != nil || it.Sentence == "" {
			t.Errorf("who sees some customers only gets %+v", it)
		}
		s.ok("veiled", "GET", "/audiences?sort=name", 0, nil, &page)
		if got := s.refused("boss", "GET", at(newer, ""), 0, nil); got != "422 rule.newer_format" {
			t.Error(got)
		}
	})
}
