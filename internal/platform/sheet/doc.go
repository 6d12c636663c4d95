// Package sheet reads and writes tables of text: CSV (UTF-8, GB18030, UTF-16,
// plain or gzipped) and XLSX.
//
// Reading is streaming and knows a file by its content, never by its name.
// [Open] decides format, encoding and delimiter, finds the header row and
// gives rows one by one; nothing is guessed afterwards: bytes that do not
// belong to the decided encoding are an error with the line, not a "?".
// Everything has a bound (see [Options]), so that a hostile file costs a fixed
// amount of memory and is refused with a stable code:
//
//	sheet.empty              nothing in it
//	sheet.header_only        a header without rows
//	sheet.not_table          a picture, PDF, program or other non-table
//	sheet.other_format       a table in a format we do not read (ODS, XLSB, HTML, …)
//	sheet.zip_archive        a ZIP that is not a workbook
//	sheet.old_xls            Excel 97–2003
//	sheet.encrypted          a workbook with a password
//	sheet.damaged            cut off or corrupt; param part says where
//	sheet.bomb               unpacks to far more than a table would
//	sheet.file_too_large     over Options.MaxXLSX or MaxUnpacked
//	sheet.too_many_columns   over Options.MaxColumns; columns, max, line
//	sheet.cell_too_large     over Options.MaxCell; line, column, max_kb
//	sheet.row_too_large      one record over the row bound; line
//	sheet.text_too_large     a shared text of an XLSX over Options.MaxCell; max_kb
//	sheet.too_much_text      the shared texts of an XLSX need over Options.MaxMemory
//	sheet.nul_bytes          a NUL byte; line, offset
//	sheet.mixed_encoding     bytes outside the decided encoding; line, offset, encoding
//	sheet.unknown_encoding   neither UTF-8, UTF-16 nor GB18030; line
//	sheet.unterminated_quote a quote that never closes; line
//	sheet.no_such_sheet      Options.Sheet is not in the workbook; sheet, sheets
//	sheet.no_such_header     Options.HeaderLine is past the end; line
//	sheet.bad_option         an unknown encoding or delimiter
//
// Writing is streaming too: rows leave through the given io.Writer while they
// come in. Text that a spreadsheet would run as a formula is escaped, and the
// reader takes exactly that escape off again (see [Escape]).
package sheet
