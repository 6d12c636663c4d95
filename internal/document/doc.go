// Package document writes what the program has to say on paper: one model of a
// document that a domain fills once ([Document]), and a writer for each form, a
// page to read and print ([WriteHTML]), a file for Word and WPS ([WriteDOCX]), a
// workbook ([WriteXLSX], or a [Book] that a domain lays out itself), lines of a
// terminal ([Table.Lines]) and what the web UI draws ([Document.View]).
//
// Values stay values as long as they can: a cell holds a number, a day, an amount
// in 分 and the kind of its column says how it reads, so that a workbook gets
// numbers and a page gets texts. nil is "there is none" and reads as a dash.
//
// Whatever comes from people is text and nothing else in every form: never mark-up,
// never a formula, never a control character.
package document
