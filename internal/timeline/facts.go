package timeline

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"zhike/internal/customer"
	"zhike/internal/order"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
	"zhike/internal/tiering"
)

// orderSource tells orders and return documents.
// i18n-keys: timeline.text.* timeline.fact.* order.status.*
type orderSource struct{ s *Service }

// Name names the source.
func (orderSource) Name() string { return "order" }

// AccessKey is that of purchases.
func (orderSource) AccessKey() string { return customer.AccessOrders }

// Kinds are sales and returns.
func (orderSource) Kinds() []string { return []string{"order", "return"} }

// shownProducts is how many products of an order its entry names.
const shownProducts = 3

// Entries reads orders.
func (o orderSource) Entries(ctx context.Context, customerID int64, before Position, limit int, kinds []string) ([]Entry, error) {
	var of []order.Kind
	for _, k := range kinds {
		if k == "order" {
			of = append(of, order.KindSale)
		} else {
			of = append(of, order.KindReturn)
		}
	}
	items, err := o.s.Orders.OrdersBefore(ctx, customerID, of, order.Before(before), limit)
	if err != nil {
		return nil, err
	}
	out := make([]Entry, len(items))
	for i := range items {
		out[i] = orderEntry(&items[i])
	}
	return out, nil
}

func orderEntry(it *order.Item) Entry {
	e := Entry{
		Source: "order", ID: it.ID, Kind: "order", At: it.PaidAt, Day: it.Day,
		Text: Text{"timeline.text.order", map[string]string{"number": it.ExternalID}},
	}
	amount := it.SalesFen
	if it.Kind == "return" {
		e.Kind, e.Text.Key, amount = "return", "timeline.text.return", it.NetFen
	}
	e.Facts = append(e.Facts, Fact{Key: "timeline.fact.amount", Type: FactMoney, Number: amount})
	if it.Kind == "sale" {
		if it.RefundedFen != 0 {
			e.Facts = append(e.Facts, Fact{Key: "timeline.fact.refunded", Type: FactMoney, Number: it.RefundedFen})
		}
		e.Facts = append(e.Facts, Fact{Key: "timeline.fact.status", Type: FactKey, Text: "order.status." + it.Status})
	}
	var names []string
	for i := range it.Lines {
		if p := it.Lines[i].Product; p != nil && p.Name != "" && len(names) < shownProducts {
			names = append(names, p.Name)
		}
	}
	if len(names) > 0 {
		e.Facts = append(e.Facts, Fact{Key: "timeline.fact.products", Type: FactText, Text: strings.Join(names, " · ")})
	}
	if int(it.LineCount) > len(names) {
		e.Facts = append(e.Facts, Fact{Key: "timeline.fact.lines", Type: FactCount, Number: int64(it.LineCount)})
	}
	if where := strings.Join(nonEmpty(it.Channel, it.Store), " · "); where != "" {
		e.Facts = append(e.Facts, Fact{Key: "timeline.fact.channel", Type: FactText, Text: where})
	}
	return e
}

func nonEmpty(list ...string) []string {
	var out []string
	for _, t := range list {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

// behaviourSource tells what a customer did without buying.
type behaviourSource struct{ s *Service }

// Name names the source.
func (behaviourSource) Name() string { return "behaviour" }

// AccessKey is that of purchases.
func (behaviourSource) AccessKey() string { return customer.AccessOrders }

// Kinds are those of behaviours.
func (behaviourSource) Kinds() []string { return []string{"view", "cart", "favourite", "review"} }

// Entries reads behaviours.
func (b behaviourSource) Entries(ctx context.Context, customerID int64, before Position, limit int, kinds []string) ([]Entry, error) {
	var of []order.BehaviourKind
	for _, k := range kinds {
		if kind, ok := order.ParseBehaviourKind(k); ok {
			of = append(of, kind)
		}
	}
	items, err := b.s.Orders.BehavioursBefore(ctx, customerID, of, order.Before(before), limit)
	if err != nil {
		return nil, err
	}
	out := make([]Entry, len(items))
	for i := range items {
		it := &items[i]
		e := Entry{Source: "behaviour", ID: it.ID, Kind: it.Kind, At: it.At, Day: it.Day, Text: Text{Key: "timeline.text." + it.Kind, Params: map[string]string{}}}
		if p := it.Product; p != nil {
			name := p.Name
			if name == "" {
				name = p.Code
			}
			e.Facts = append(e.Facts, Fact{Key: "timeline.fact.product", Type: FactText, Text: name})
		}
		if it.Rating != nil {
			e.Facts = append(e.Facts, Fact{Key: "timeline.fact.rating", Type: FactCount, Number: *it.Rating})
		}
		out[i] = e
	}
	return out, nil
}

// levelSource tells changes of the level.
type levelSource struct{ s *Service }

// Name names the source.
func (levelSource) Name() string { return "tiering" }

// AccessKey is that of levels.
func (levelSource) AccessKey() string { return customer.AccessLevel }

// Kinds is one: a change of the level.
func (levelSource) Kinds() []string { return []string{"level"} }

// Entries reads level changes.
func (l levelSource) Entries(ctx context.Context, customerID int64, before Position, limit int, _ []string) ([]Entry, error) {
	zone := l.s.Zone()
	at, run := before.Instant(zone)
	rows, err := l.s.Levels.History(ctx, customerID, at, run, limit, web.Locale(ctx))
	if err != nil {
		return nil, err
	}
	out := make([]Entry, len(rows))
	for i := range rows {
		r := &rows[i]
		out[i] = Entry{
			Source: "tiering", ID: r.RunID, Kind: "level", At: r.At, Day: dayOf(r.At, zone),
			Text:  Text{"timeline.text.level_" + r.Move.Code(), map[string]string{"level": r.LevelName, "before": r.PrevLevelName}},
			Facts: []Fact{{Key: "timeline.fact.scheme", Type: FactText, Text: r.SchemeName}},
		}
		if r.Move == tiering.MoveNew || r.PrevLevelName == "" {
			out[i].Text.Key = "timeline.text.level_new"
		}
	}
	return out, nil
}

// editSource tells what was changed on the record.
type editSource struct{ s *Service }

// Name names the source.
func (editSource) Name() string { return "edit" }

// Kinds is one: an edit.
func (editSource) Kinds() []string { return []string{"edit"} }

// Entries reads edits: the changes that were made together are one entry.
// Contacts come masked, as they were written down. i18n-keys: timeline.origin.*
func (x editSource) Entries(ctx context.Context, customerID int64, before Position, limit int, _ []string) ([]Entry, error) {
	zone := x.s.Zone()
	at, id := before.Instant(zone)
	sets, err := x.s.st.changeSets(ctx, customerID, at, id, limit, customer.HiddenNames(auth.From(ctx)))
	if err != nil {
		return nil, err
	}
	var items []customer.ChangeItem
	for _, set := range sets {
		for i := range set.fields {
			f := &set.fields[i]
			if customer.FreeText(f.field) {
				if err := customer.OpenFreeText(x.s.Vault, f.beforeCipher, f.afterCipher, &f.before, &f.after); err != nil {
					return nil, err
				}
			}
			items = append(items, customer.ChangeItem{Field: f.field, Before: f.before, After: f.after})
		}
	}
	if err := x.s.Customers.LabelChanges(ctx, items); err != nil {
		return nil, err
	}
	out := make([]Entry, len(sets))
	for i, set := range sets {
		e := Entry{
			Source: "edit", ID: set.id, Kind: "edit", At: set.at, Day: dayOf(set.at, zone),
			Actor: &Person{set.actorID, set.actorName},
			Text:  Text{"timeline.text.edit", map[string]string{"count": strconv.Itoa(len(set.fields))}},
			Facts: []Fact{{Key: "timeline.fact.origin", Type: FactKey, Text: "timeline.origin." + set.origin}},
		}
		for k := range set.fields {
			it := &items[k]
			e.Facts = append(e.Facts, Fact{
				Key: it.Field, Type: FactChange, Label: it.FieldLabel, Before: cmp.Or(it.BeforeLabel, it.Before), Text: cmp.Or(it.AfterLabel, it.After),
				BeforeCode: it.Before, TextCode: it.After,
			})
		}
		items = items[len(set.fields):]
		out[i] = e
	}
	return out, nil
}
