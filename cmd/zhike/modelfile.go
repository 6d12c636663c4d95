package main

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"zhike/internal/clean"
	"zhike/internal/model"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/sheet"
)

// dateSample is of how many rows the order of day and month is told from.
const dateSample = 5000

// modelTable is a file read row by row: what package sheet reads, and tables
// of text with blanks between the cells, as statistics programs write them.
type modelTable struct {
	file    *sheet.File
	blanks  bool     // cells are separated by blanks
	header  []string // titles, or what stands in the first row where there is no header
	columns []int    // of the cells that were asked for
	first   *modelRow
	line    int64 // of the row read last
}

type modelRow struct {
	cells []string // in the order that was asked for
	line  int64    // of the file
}

// openModelTable finds the columns by their titles, in the first line or where
// package sheet finds the header. Names that are all numbers count columns from
// 1; then the first row may be titles or data, and next gives it. An empty name
// asks for nothing and gets an empty cell. Errors: cli.file, those of package
// sheet, model.no_such_column, model.no_such_number.
func openModelTable(ctx context.Context, path string, names []string) (*modelTable, error) {
	src, err := sheet.FromFile(path)
	if err != nil {
		return nil, fileFault(err, path)
	}
	if numbers := numbered(names); numbers != nil {
		return openByNumber(ctx, src, numbers)
	}
	var missing error
	for _, line := range []int64{1, 0} {
		t, err := openWithHeader(ctx, src, sheet.Options{HeaderLine: line})
		if err == nil {
			if err = t.find(names); err == nil {
				return t, nil
			}
			t.file.Close()
		}
		// The first line may be a caption; what the detected header lacks counts,
		// as it is what people take for the header.
		missing = err
	}
	return nil, missing
}

func openByNumber(ctx context.Context, src sheet.Source, numbers []int) (*modelTable, error) {
	t, err := openWithHeader(ctx, src, sheet.Options{NoHeader: true})
	if err != nil {
		return nil, err
	}
	row, err := t.nextRow()
	if err != nil {
		t.file.Close()
		return nil, err
	}
	t.header = append([]string(nil), row...)
	for _, n := range numbers {
		if n > len(t.header) {
			t.file.Close()
			return nil, errs.New(errs.Invalid, "model.no_such_number", "column", n, "count", len(t.header))
		}
		t.columns = append(t.columns, n-1)
	}
	t.first = &modelRow{cells: t.pick(row), line: t.line}
	return t, nil
}

func openWithHeader(ctx context.Context, src sheet.Source, opt sheet.Options) (*modelTable, error) {
	f, err := sheet.Open(ctx, src, opt)
	if err != nil {
		return nil, err
	}
	t := &modelTable{file: f, header: f.Info.Header}
	if len(t.header) == 1 && (opt.NoHeader || len(strings.Fields(t.header[0])) > 1) {
		t.blanks = true
		t.header = strings.Fields(t.header[0])
	}
	return t, nil
}

// numbered reads the names as numbers of columns from 1; nil where one is none.
func numbered(names []string) []int {
	var out []int
	for _, name := range names {
		if name == "" {
			out = append(out, 0)
			continue
		}
		n, err := strconv.Atoi(name)
		if err != nil || n < 1 {
			return nil
		}
		out = append(out, n)
	}
	return out
}

func (t *modelTable) find(names []string) error {
	t.columns = t.columns[:0]
	for _, name := range names {
		at := -1
		for i, h := range t.header {
			if name != "" && strings.TrimSpace(h) == name {
				at = i
				break
			}
		}
		if at < 0 && name != "" {
			return errs.New(errs.Invalid, "model.no_such_column", "column", name, "columns", shownColumns(t.header))
		}
		t.columns = append(t.columns, at)
	}
	return nil
}

func shownColumns(header []string) string {
	const most = 30
	s := strings.Join(header[:min(len(header), most)], ", ")
	if len(header) > most {
		s += " …"
	}
	return s
}

// nextRow gives all cells of the next row.
func (t *modelTable) nextRow() ([]string, error) {
	row, err := t.file.Next()
	if err != nil {
		return nil, err
	}
	t.line = row.Line
	if t.blanks && len(row.Cells) > 0 {
		return strings.Fields(row.Cells[0]), nil
	}
	return row.Cells, nil
}

func (t *modelTable) pick(cells []string) []string {
	out := make([]string, len(t.columns))
	for i, c := range t.columns {
		if c >= 0 && c < len(cells) {
			out[i] = strings.TrimSpace(cells[c])
		}
	}
	return out
}

// next gives the cells that were asked for, io.EOF after the last row. into is
// used again.
func (t *modelTable) next(into *modelRow) error {
	if t.first != nil {
		*into, t.first = *t.first, nil
		return nil
	}
	cells, err := t.nextRow()
	if err != nil {
		return err
	}
	into.line = t.line
	into.cells = into.cells[:0]
	for _, c := range t.columns {
		if c >= 0 && c < len(cells) {
			into.cells = append(into.cells, strings.TrimSpace(cells[c]))
		} else {
			into.cells = append(into.cells, "")
		}
	}
	return nil
}

// orderFile is a file of orders and what its columns are called.
type orderFile struct {
	path                   string
	customer, date, amount string
}

// orderRead is what was found in one.
type orderRead struct {
	ledger *model.Ledger
	rows   int64
	guests int64 // rows without a customer
}

// read puts all rows into a ledger. Customers are told apart by a hash of 64
// bits: with ten million of them two fall together once in 400,000 files. A cell that
// cannot be read ends it with model.bad_cell, line and column; a row without a
// customer is counted and left out.
func (o orderFile) read(ctx context.Context, end clock.Day, now time.Time, progress func(done, total int64)) (orderRead, error) {
	out := orderRead{ledger: model.NewLedger(end)}
	order, err := o.dateOrder(ctx)
	if err != nil {
		return out, err
	}
	t, err := openModelTable(ctx, o.path, []string{o.customer, o.date, o.amount})
	if err != nil {
		return out, err
	}
	defer t.file.Close()
	beijing := time.FixedZone("CST", 8*3600)
	dates := clean.Dates{Loc: beijing, Now: now, Order: order}
	numbers := map[uint64]uint32{}
	headless := t.first != nil
	var row modelRow
	for n := int64(0); ; n++ {
		err := t.next(&row)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		if n%8192 == 0 {
			if ctx.Err() != nil {
				return out, ctx.Err()
			}
			progress(t.file.Offset(), max(t.file.Info.Size, 0))
		}
		at, dateErr := dates.Parse(row.cells[1])
		value, valueErr := clean.Money(row.cells[2])
		if n == 0 && headless && dateErr != nil && valueErr != nil {
			continue // titles: the columns were named by number
		}
		out.rows++
		if clean.IsBlank(row.cells[0]) {
			out.guests++
			continue
		}
		if dateErr != nil {
			return out, badCell(row.line, o.date, dateErr)
		}
		if valueErr != nil {
			return out, badCell(row.line, o.amount, valueErr)
		}
		key := xxhash.Sum64String(row.cells[0])
		customer, known := numbers[key]
		if !known {
			customer = uint32(len(numbers))
			numbers[key] = customer
		}
		if err := out.ledger.Add(int(customer), clock.DayOf(at.Time, beijing), value.Milli()); err != nil {
			return out, err
		}
	}
}

// dateOrder looks at the first dates for one that tells day from month.
func (o orderFile) dateOrder(ctx context.Context) (clean.DateOrder, error) {
	t, err := openModelTable(ctx, o.path, []string{o.customer, o.date, o.amount})
	if err != nil {
		return 0, err
	}
	defer t.file.Close()
	var values []string
	var row modelRow
	for range dateSample {
		if err := t.next(&row); err != nil {
			break // an error comes again when the file is read
		}
		values = append(values, row.cells[1])
	}
	return clean.GuessDateOrder(values), nil
}

// badCell names the line and the column; what is wrong stands below it.
// i18n-keys: errors.clean.*
func badCell(line int64, column string, cause error) error {
	e := errs.From(cause)
	return errs.New(errs.Invalid, "model.bad_cell", "line", line, "column", column).WithField(column, e.Code, flatten(e.Params)...)
}

func flatten(params map[string]any) []any {
	var out []any
	for k, v := range params {
		out = append(out, k, v)
	}
	return out
}
