package main

import (
	"context"
	"fmt"

	"zhike/internal/demo"
)

// upserts measures bulk upserts by as many callers as there are clients, each
// with calls of 10,000 rows: of new customers, and of a day's exchange with
// another system. Of the latter each second customer is new, each fourth stands
// as it was sent before, and each fourth has another name and a further phone.
func (r *records) upserts(ctx context.Context, o options, e engine, t *table) error {
	fresh := newcomers(o, 'M', o.clients*upsertRows)
	for _, m := range []struct {
		name, target string
		row          func(i int) map[string]any
	}{
		{"new customers", " (≥ 10,000)", func(i int) map[string]any { return fresh[i] }},
		{"new, changed and known ones", "", exchange(newcomers(o, 'O', o.clients*upsertRows), fresh)},
	} {
		cpu := r.cpuTime()
		r.resetPeak()
		took, err := r.upsert(ctx, o.clients, len(fresh), m.row)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("bulk upsert of %s, %d callers", m.name, o.clients)
		t.add(name+", customers/s"+m.target, e, "%.0f", float64(len(fresh))/took.Seconds())
		t.add(name+", CPU µs of the program a customer", e, "%.0f", (r.cpuTime()-cpu).Seconds()*1e6/float64(len(fresh)))
		t.add(name+", peak memory of the server, MiB", e, "%.0f", r.peakMiB())
		if err := r.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// measureUpserts measures upserts by many callers, and an export right behind
// them, while the columns of lists are in memory.
func (s *server) measureUpserts(ctx context.Context, o options, e engine, t *table) error {
	r := &records{server: s}
	if err := r.define(ctx); err != nil {
		return err
	}
	lists, err := r.lists(ctx)
	if err != nil {
		return err
	}
	if err := r.warm(ctx, lists); err != nil {
		return err
	}
	if err := r.upserts(ctx, o, e, t); err != nil {
		return err
	}
	return r.export(ctx, e, t)
}

// exchange mixes new customers with those that were sent before.
func exchange(fresh, known []map[string]any) func(i int) map[string]any {
	return func(i int) map[string]any {
		switch i % 4 {
		case 1:
			return known[i]
		case 3:
			row := map[string]any{}
			for k, v := range known[i] {
				row[k] = v
			}
			row["name"] = fmt.Sprint(row["name"], "新")
			row["contacts"] = []map[string]any{{"kind": "phone", "value": fmt.Sprintf("192%08d", i)}}
			return row
		}
		return fresh[i]
	}
}

// newcomers are customers from another system, which gives them numbers with a
// letter of its own; one in copyEvery is a buyer of
// the bench data with another phone.
func newcomers(o options, letter byte, most int) []map[string]any {
	n := min(most, o.customers/5)
	rows := make([]map[string]any, 0, n)
	known := map[int]bool{}
	for order := range demo.BenchOrders(o.customers, o.orders, 1) {
		if known[order.Buyer] {
			continue
		}
		known[order.Buyer] = true
		i := len(rows)
		phone := fmt.Sprintf("1%d%08d", 60+int(letter-'H'), i) // 165 to 167
		if i%copyEvery == 0 {                                  // two digits in another order
			p := []byte(order.Phone)
			p[9], p[10] = p[10], p[9]
			phone = string(p)
		}
		rows = append(rows, map[string]any{
			"number": fmt.Sprintf("%c%07d", letter, i), "name": order.Name, "province": order.Province, "city": order.City,
			"contacts": []map[string]any{
				{"kind": "phone", "value": phone, "is_primary": true}, {"kind": "email", "value": fmt.Sprintf("%c%07d@example.com", letter, i)},
			},
		})
		if len(rows) == n {
			break
		}
	}
	return rows
}
