package tiering

import (
	"io"
	"strings"
	"time"

	"zhike/internal/document"
)

// WriteXLSX writes the report as a workbook: real numbers, dates, percentages
// and amounts in yuan, native charts, frozen headers. Text is written as text,
// never as a formula. The same report gives the same bytes. zone is the
// company's; nil is China Standard Time.
func WriteXLSX(w io.Writer, r *Report, zone *time.Location) error {
	p, err := newProse(r, zone)
	if err != nil {
		return err
	}
	b := &book{p, document.NewBook(p.zone, p.running())}
	defer b.Close()
	for _, s := range []struct {
		key   string
		write func(sheet string)
	}{
		{"sheet.overview", b.overview}, {"sheet.levels", b.levelSheet},
		{"sheet.key", func(sheet string) { b.people(sheet, r.KeyCustomers, "key.empty") }},
		{"sheet.slipping", func(sheet string) { b.people(sheet, r.Slipping, "slipping.empty") }},
		{"sheet.moves", b.moveSheet}, {"sheet.concentration", b.concentrationSheet},
		{"sheet.rfm", b.rfmSheet}, {"sheet.months", b.monthSheet},
	} {
		b.Sheet(p.t(s.key), s.write)
	}
	names := map[string]bool{}
	for _, sheet := range b.File.GetSheetList() {
		names[strings.ToLower(sheet)] = true
	}
	for _, s := range p.dimensionSections() {
		b.Sheet(document.SheetName(names, s.Sheet), func(sheet string) { b.Section(sheet, s) })
	}
	return b.Write(w, document.About{Title: p.full(), Subject: p.headline(), Company: r.Company, Locale: p.locale, MadeAt: p.s.ComputedAt})
}

// book lays out the sheets of one report.
type book struct {
	*prose
	*document.Book
}
