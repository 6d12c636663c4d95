// Command bench measures the built program against the bare engine on this
// machine, in one run, and prints the table of docs/benchmarks.md.
//
//	go run ./test/bench -customers 100000 -orders 1000000 -program bin/zhike [-postgres URL]
//
// "Bare" is what a careful person gets from the engine alone: the same rows
// inserted by the same driver into the same tables with the same indexes, and
// the same aggregate as one SQL text. The program does all its work beside it:
// reading and checking the file, encryption, matching, history, reasons.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"zhike/internal/demo"
)

type options struct {
	customers, orders int
	program           string
	postgres          string
	dir               string
	clients           int
	seconds           int
	serving           string
	pid               int
	postmaster        int
	only              string
	data, base        string
	engine            string
}

func main() {
	var o options
	flag.IntVar(&o.customers, "customers", 100_000, "number of customers")
	flag.IntVar(&o.orders, "orders", 1_000_000, "number of orders")
	flag.StringVar(&o.program, "program", "bin/zhike", "the built program")
	flag.StringVar(&o.postgres, "postgres", "", "URL of a PostgreSQL superuser; empty leaves PostgreSQL out")
	flag.StringVar(&o.engine, "engine", "", "measure this engine alone: sqlite or postgres")
	flag.StringVar(&o.dir, "dir", "", "working folder (default: a temporary one)")
	flag.IntVar(&o.clients, "clients", 16, "concurrent clients")
	flag.IntVar(&o.seconds, "seconds", 8, "seconds per load figure")
	flag.StringVar(&o.serving, "serving", "", "address of a program that serves bench data already: only what is asked of it is measured")
	flag.IntVar(&o.pid, "pid", 0, "with -serving: its process, for the CPU time")
	flag.IntVar(&o.postmaster, "postmaster", 0, "with -serving: the first process of its PostgreSQL, for the CPU time of all of them")
	flag.StringVar(&o.only, "only", "", "measure only loads whose name begins so; with -serving also records: what needs custom fields and tags, lists: only those with three filters, upserts: only those by many callers, and an export behind them, and bulk: only a bulk edit and its undo; with -data counts, members, followed, changes, memory, full, snapshot, sql, grading, review, stages")
	flag.StringVar(&o.data, "data", "", "data folder of a base that is there already: only audiences, grading and the lifecycle are measured on it")
	flag.StringVar(&o.base, "db", "", "with -data: the URL of its database; empty for SQLite in the folder")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.serving != "" {
		return loadOnly(ctx, o)
	}
	if o.data != "" {
		return audiencesOnly(ctx, o)
	}
	if o.dir == "" {
		dir, err := os.MkdirTemp("", "zhike-bench")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.dir = dir
	}
	abs, err := filepath.Abs(o.program)
	if err != nil {
		return err
	}
	o.program = abs
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return err
	}
	file := filepath.Join(o.dir, "orders.csv")
	if err := writeOrders(file, o); err != nil {
		return err
	}
	var engines []engine
	if o.engine != "postgres" {
		engines = append(engines, engine{name: "SQLite", dir: filepath.Join(o.dir, "sqlite")})
	}
	if o.postgres != "" && o.engine != "sqlite" {
		engines = append(engines, engine{name: "PostgreSQL", server: o.postgres, dir: filepath.Join(o.dir, "postgres")})
	}
	t := newTable(o)
	defer t.print(os.Stdout) // also what was measured before something failed
	for _, e := range engines {
		if err := measure(ctx, o, e, file, t); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return nil
}

func writeOrders(path string, o options) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := demo.WriteBenchOrders(f, o.customers, o.orders, 1); err != nil {
		return err
	}
	return f.Close()
}

// measure fills the column of one engine.
func measure(ctx context.Context, o options, e engine, file string, t *table) error {
	m := measuring{o, e, t}
	m.note("bare insert")
	bare, err := bareInsert(ctx, o, e)
	if err != nil {
		return fmt.Errorf("bare insert: %w", err)
	}
	m.note("bare grading")
	bareGrade, err := bareGrading(ctx, o, e)
	if err != nil {
		return fmt.Errorf("bare grading: %w", err)
	}
	if err := e.drop(ctx, "bare"); err != nil {
		return err
	}
	p, err := newProgram(ctx, o, e)
	if err != nil {
		return err
	}
	m.note("import")
	imp, err := p.run("import", "orders", file, "--json")
	if err != nil {
		return err
	}
	rows := float64(o.orders)
	m.add("bare insert, rows/s", "%.0f", rows/bare.Seconds())
	m.add("import end to end, rows/s", "%.0f", rows/imp.wall.Seconds())
	m.add("import ÷ bare insert (≤ 2.5)", "%.2f", imp.wall.Seconds()/bare.Seconds())
	m.add("import peak memory, MiB (≤ 300)", "%.0f", imp.peakMiB)
	m.note("grading")
	grade, err := p.run("tier", "run", "--scheme", "value-rules", "--as-of", demo.BenchAsOf.String(), "--json")
	if err != nil {
		return err
	}
	m.add("bare grading SQL, s", "%.2f", bareGrade.Seconds())
	m.add("value-rules run, s", "%.2f", grade.wall.Seconds())
	m.add("value-rules ÷ bare (≤ 1.5)", "%.2f", grade.wall.Seconds()/bareGrade.Seconds())
	m.note("serving")
	s, err := p.serve(ctx)
	if err != nil {
		return err
	}
	defer func() { s.stop() }()
	m.add("start to ready, ms (≤ 300)", "%.0f", float64(s.ready.Milliseconds()))
	columns, err := s.metric(ctx, "zhike_columns_bytes")
	if err != nil {
		return err
	}
	m.add("idle memory with columns, MiB", "%.0f", s.idleMiB)
	m.add("idle memory beside the columns, MiB (≤ 100)", "%.0f", s.idleMiB-columns/(1<<20))
	if err := s.measure(ctx, m); err != nil {
		return err
	}
	m.add("memory after the load, MiB", "%.0f", s.memoryMiB())
	if err := s.rest(ctx); err != nil {
		return err
	}
	s.stop()
	if err := p.measureWriting(ctx, m); err != nil {
		return err
	}
	if err := p.measureAudiences(ctx, m); err != nil {
		return fmt.Errorf("audiences: %w", err)
	}
	if err := p.measureGrading(ctx, m); err != nil {
		return fmt.Errorf("grading: %w", err)
	}
	m.note("models")
	if err := p.measureModels(m, file); err != nil {
		return fmt.Errorf("models: %w", err)
	}
	if err := p.refitModels(m); err != nil {
		return fmt.Errorf("own models: %w", err)
	}
	st, err := os.Stat(o.program)
	if err != nil {
		return err
	}
	m.add("program, MB (≤ 60)", "%.1f", float64(st.Size())/1e6)
	return nil
}

// audiencesOnly measures audiences and grading on a base that is there already.
func audiencesOnly(ctx context.Context, o options) error {
	abs, err := filepath.Abs(o.program)
	if err != nil {
		return err
	}
	e, t := engine{name: "SQLite"}, newTable(o)
	if o.base != "" {
		e.name = "PostgreSQL"
	}
	p := &program{path: abs, env: append(os.Environ(), "ZHIKE_DATA="+o.data, "ZHIKE_LOG_LEVEL=warn", "ZHIKE_DB="+o.base)}
	m := measuring{o, e, t}
	if !slices.Contains([]string{"grading", "review", "stages"}, o.only) {
		err = p.measureAudiences(ctx, m)
	}
	if err == nil {
		err = p.measureGrading(ctx, m)
	}
	t.print(os.Stdout)
	return err
}

// loadOnly measures a program that serves already, signed in as [benchLogin].
func loadOnly(ctx context.Context, o options) error {
	s, m := newServer(o.serving), measuring{o, engine{name: o.serving}, newTable(o)}
	s.pid = o.pid
	if err := s.login(); err != nil {
		return err
	}
	err := s.measure(ctx, m)
	if err == nil && o.only == "" || o.only == "records" {
		err = s.measureRecords(ctx, m)
	}
	switch o.only {
	case "lists":
		err = s.listsOnly(ctx, m)
	case "upserts":
		err = s.measureUpserts(ctx, m)
	case "bulk":
		err = s.bulkOnly(ctx, m)
	}
	m.t.print(os.Stdout)
	return err
}

// measure fills in the figures of all loads.
func (s *server) measure(ctx context.Context, m measuring) error {
	all, err := loads(s)
	if err != nil {
		return err
	}
	for _, l := range all {
		if !strings.HasPrefix(l.name, m.only) {
			continue
		}
		m.note("%s", l.name)
		if err := s.measureLoad(ctx, m, l); err != nil {
			return err
		}
	}
	return nil
}

// measureLoad fills in the figures of one load.
func (s *server) measureLoad(ctx context.Context, m measuring, l load) error {
	r, err := s.load(ctx, m.options, l)
	if err != nil {
		return fmt.Errorf("%s: %w", l.name, err)
	}
	m.add(l.name+", per second"+l.target, "%.0f", r.perSecond)
	m.add(l.name+", p95 ms (≤ 50)", "%.1f", r.p95.Seconds()*1000)
	m.add(l.name+", CPU µs of the program", "%.0f", float64(r.cpu.Microseconds()))
	if m.postmaster != 0 {
		m.add(l.name+", CPU µs of PostgreSQL", "%.0f", float64(r.postgres.Microseconds()))
	}
	return nil
}

func humanCount(n int) string {
	s := fmt.Sprint(n)
	var parts []string
	for len(s) > 3 {
		parts = append([]string{s[len(s)-3:]}, parts...)
		s = s[:len(s)-3]
	}
	return strings.Join(append([]string{s}, parts...), ",")
}
