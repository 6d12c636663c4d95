package tiering

import (
	"io"
	"time"

	"zhike/internal/document"
)

// reportFormats are the files a report is written as.
var reportFormats = []struct {
	ext, id, media, summary string
	write                   func(io.Writer, *Report, *time.Location) error
}{
	{"xlsx", "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "The report as a workbook", WriteXLSX},
	{"docx", "DOCX", document.MediaDOCX, "The report as a file for Word", WriteDOCX},
	{"html", "HTML", "text/html; charset=utf-8", "The report as a page to print", WriteHTML},
}
