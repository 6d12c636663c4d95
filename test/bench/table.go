package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

// table collects figures: a row per figure, a column per engine.
type table struct {
	o     options
	rows  []string
	cells map[string]map[string]string
	names []string
}

func newTable(o options) *table { return &table{o: o, cells: map[string]map[string]string{}} }

func (t *table) add(row string, e engine, format string, v float64) {
	if t.cells[row] == nil {
		t.cells[row] = map[string]string{}
		t.rows = append(t.rows, row)
	}
	t.cells[row][e.name] = fmt.Sprintf(format, v)
	for _, n := range t.names {
		if n == e.name {
			return
		}
	}
	t.names = append(t.names, e.name)
}

func (t *table) print(w io.Writer) {
	fmt.Fprintf(w, "%s customers, %s orders; %d clients; %s; %d CPUs (%s), %s\n\n",
		humanCount(t.o.customers), humanCount(t.o.orders), t.o.clients, time.Now().Format(time.DateOnly),
		runtime.NumCPU(), cpuModel(), runtime.Version())
	fmt.Fprintf(w, "| | %s |\n|---|%s\n", strings.Join(t.names, " | "), strings.Repeat("---:|", len(t.names)))
	for _, r := range t.rows {
		fmt.Fprintf(w, "| %s |", r)
		for _, n := range t.names {
			fmt.Fprintf(w, " %s |", t.cells[r][n])
		}
		fmt.Fprintln(w)
	}
}

func cpuModel() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(b)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
		}
	}
	return "unknown"
}
