package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"zhike/internal/demo"
)

// upserts measures bulk upserts by as many callers as there are clients, each
// with calls of 10,000 rows: of new customers, and of a day's exchange with
// another system. Of the latter each second customer is new, each fourth stands
// as it was sent before, and each fourth has another name and a further phone.
func (r *records) upserts(ctx context.Context, m measuring, behind string) error {
	fresh := newcomers(m.options, 'M', m.clients*upsertRows)
	for _, kind := range []struct {
		name, target string
		row          func(i int) map[string]any
	}{
		{"new customers", " (≥ 10,000)", func(i int) map[string]any { return fresh[i] }},
		{"new, changed and known ones", "", exchange(newcomers(m.options, 'O', m.clients*upsertRows), fresh)},
	} {
		cpu := r.cpuTime()
		r.resetPeak()
		took, err := r.upsert(ctx, m.clients, len(fresh), kind.row)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("bulk upsert of %s, %d callers%s", kind.name, m.clients, behind)
		m.add(name+", customers/s"+kind.target, "%.0f", float64(len(fresh))/took.Seconds())
		m.add(name+", CPU µs of the program a customer", "%.0f", (r.cpuTime()-cpu).Seconds()*1e6/float64(len(fresh)))
		m.add(name+", peak memory of the server, MiB", "%.0f", r.peakMiB())
		if err := r.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// measureWriting measures what adds customers, each part on a copy of the base: none
// pays for another, and what comes after has its million still.
func (p *program) measureWriting(ctx context.Context, m measuring) error {
	on := func(measure func(*server, context.Context, measuring) error) func(context.Context, measuring) error {
		return func(ctx context.Context, m measuring) error {
			return p.onCopy(ctx, m.engine, func(p *program) error {
				s, err := p.start()
				if err != nil {
					return err
				}
				defer s.stop()
				if err := s.login(); err != nil {
					return err
				}
				return measure(s, ctx, m)
			})
		}
	}
	return m.run(ctx, part{"upserts", on((*server).measureUpserts)}, part{"records", on((*server).measureRecords)}, part{"export", p.export})
}

// export writes everybody by the command line, without a server.
func (p *program) export(_ context.Context, m measuring) error {
	file := filepath.Join(m.engine.dir, "customers.csv")
	defer os.Remove(file)
	r, err := p.run("export", "customers", "--out", file)
	if err != nil {
		return err
	}
	m.add("export of 1,000,000 rows by the command line, s (≤ 60)", "%.1f", r.wall.Seconds()*1e6/float64(m.customers))
	m.add("export by the command line, peak memory, MiB (≤ 300)", "%.0f", r.peakMiB)
	return nil
}

// measureUpserts measures upserts by many callers, and an export right behind
// them, while the columns of lists are in memory.
func (s *server) measureUpserts(ctx context.Context, m measuring) error {
	r := &records{server: s}
	if err := r.unlessKnown(ctx, func() error { return r.define(ctx) }); err != nil {
		return err
	}
	if _, err := r.warmLists(ctx); err != nil {
		return err
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	if err := r.upserts(ctx, m, ""); err != nil {
		return err
	}
	return r.export(ctx, m, " behind upserts")
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
