package duplicate

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// FieldChoice is one field of a merge beside the other.
type FieldChoice struct {
	Field   string `json:"field"`
	Winner  string `json:"winner" doc:"Value of the customer that stays; sealed values masked"`
	Loser   string `json:"loser"`
	Chosen  Side   `json:"chosen" enum:"winner,loser"`
	Differs bool   `json:"differs"`
}

// Redact tells of a hidden field only that it is merged by the rule.
func (v *Preview) Redact(hides func(key string) bool) {
	v.Fields = slices.DeleteFunc(slices.Clone(v.Fields), func(c FieldChoice) bool { return hides(c.Field) })
}

// Moving says how much moves by one link.
type Moving struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
}

// Preview is what a merge would do.
type Preview struct {
	Winner        customer.Item `json:"winner"`
	Loser         customer.Item `json:"loser"`
	WinnerVersion int64         `json:"winner_version"`
	LoserVersion  int64         `json:"loser_version"`
	Fields        []FieldChoice `json:"fields"`
	Moves         []Moving      `json:"moves" doc:"What points to the customer that goes and will point to the one that stays"`
}

// Preview shows field by field what a merge would keep; it writes nothing.
// Errors as of Merge.
func (s *Service) Preview(ctx context.Context, in MergeInput) (Preview, error) {
	var v Preview
	if err := auth.Require(ctx, PermMerge); err != nil {
		return v, err
	}
	if in.WinnerID == in.LoserID {
		return v, errs.New(errs.Invalid, "duplicate.same_customer")
	}
	err := mayChoose(ctx, in.Choices)
	if err != nil {
		return v, err
	}
	if v.Winner, err = s.Customers.Card(ctx, in.WinnerID); err != nil {
		return v, err
	}
	if v.Loser, err = s.Customers.Card(ctx, in.LoserID); err != nil {
		return v, err
	}
	err = s.DB.InReadTx(ctx, func(ctx context.Context) error {
		winner, err := s.store.plainCustomer(ctx, in.WinnerID)
		if err != nil {
			return err
		}
		loser, err := s.store.plainCustomer(ctx, in.LoserID)
		if err != nil {
			return err
		}
		if winner == nil || loser == nil {
			return errs.New(errs.NotFound, "customer.not_found", "id", in.LoserID)
		}
		_, chosen, err := plan(winner, loser, in.Choices)
		if err != nil {
			return err
		}
		v.WinnerVersion, v.LoserVersion = number(winner["version"]), number(loser["version"])
		names, err := s.Names(ctx, []int64{
			number(winner["owner_id"]), number(loser["owner_id"]), number(winner["adviser_id"]), number(loser["adviser_id"]),
		})
		if err != nil {
			return err
		}
		v.Fields = []FieldChoice{}
		for i := range groups {
			g := &groups[i]
			c := FieldChoice{Field: g.name, Winner: s.shown(g, winner, names), Loser: s.shown(g, loser, names), Chosen: chosen[g.name]}
			for _, col := range g.columns {
				c.Differs = c.Differs || col != "owned_at" && !s.same(col, winner[col], loser[col])
			}
			v.Fields = append(v.Fields, c)
		}
		v.Moves = []Moving{}
		counts := map[string]int{}
		for i := range s.Links {
			l := &s.Links[i]
			if l.Derived {
				continue
			}
			n, err := s.store.count(ctx, l, in.LoserID)
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			if at, ok := counts[l.Table]; ok {
				v.Moves[at].Rows += n
				continue
			}
			counts[l.Table] = len(v.Moves)
			v.Moves = append(v.Moves, Moving{l.Table, n})
		}
		return nil
	})
	return v, err
}

// shown is a group as people read it; names are those of staff.
func (s *Service) shown(g *group, r row, names map[int64]string) string {
	switch g.name {
	case "region":
		return text(r["province"]) + text(r["city"]) + text(r["district"])
	case "owner", "adviser":
		return names[number(r[g.decisive])]
	case "favourite_categories":
		var list []string
		if err := json.Unmarshal([]byte(text(r[g.decisive])), &list); err != nil {
			return ""
		}
		return strings.Join(list, ", ")
	case "invoice":
		if s.open(r["invoice_cipher"]) != "" {
			return "****"
		}
		return ""
	}
	return said(g.decisive, r[g.decisive])
}

// Merges lists merges, newest first; those of one customer where customerID is
// not 0. Of a merge whose customer the actor may not see nothing is shown.
func (s *Service) Merges(ctx context.Context, customerID int64, limit int, cursor string) (web.Page[Merged], error) {
	var none web.Page[Merged]
	before := int64(0)
	if cursor != "" {
		if err := web.DecodeCursor(cursor, &before); err != nil {
			return none, err
		}
	}
	rows, err := s.store.mergesBefore(ctx, customerID, before, limit+1)
	if err != nil {
		return none, err
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = web.EncodeCursor(rows[limit-1].ID)
	}
	items := []Merged{}
	for i := range rows {
		items = append(items, rows[i].view())
	}
	seen, err := s.name(ctx, items)
	if err != nil {
		return none, err
	}
	if a := auth.From(ctx); a == nil || a.Scope != auth.ScopeAll {
		// The one that stayed may itself have been merged on: then who sees all sees it.
		items = slices.DeleteFunc(items, func(m Merged) bool { _, ok := seen[m.WinnerID]; return !ok })
	}
	return web.NewPage(items, next, nil), nil
}

// name puts names to the customers that stayed, as far as the actor sees them,
// and to the staff of merges, and tells which customers those are.
func (s *Service) name(ctx context.Context, list []Merged) (seen map[int64]string, err error) {
	var customers, staff []int64
	for i := range list {
		customers, staff = append(customers, list[i].WinnerID), append(staff, list[i].MergedBy)
		if by := list[i].UndoneBy; by != nil {
			staff = append(staff, *by)
		}
	}
	if seen, err = s.Customers.Seen(ctx, customers); err != nil {
		return nil, err
	}
	names, err := s.Names(ctx, staff)
	for i := range list {
		m := &list[i]
		m.WinnerName, m.MergedByName = seen[m.WinnerID], names[m.MergedBy]
		if m.UndoneBy != nil {
			m.UndoneByName = names[*m.UndoneBy]
		}
	}
	return seen, err
}

// named is what a call that merged or undid answers.
func (s *Service) named(ctx context.Context, m Merged, err error) (Merged, error) {
	if err != nil {
		return Merged{}, err
	}
	list := []Merged{m}
	_, err = s.name(ctx, list)
	return list[0], err
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
