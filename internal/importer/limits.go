package importer

import "zhike/internal/platform/sheet"

// Limits are the bounds of an upload, in bytes unless said otherwise.
type Limits struct {
	MaxFile     int64 `json:"max_file_bytes" doc:"of a file as it is sent"`
	MaxXLSX     int64 `json:"max_xlsx_bytes" doc:"of a workbook; larger tables come as CSV"`
	MaxUnpacked int64 `json:"max_unpacked_bytes" doc:"of a compressed file once unpacked"`
	MaxRows     int64 `json:"max_rows"`
	MaxPiece    int64 `json:"max_piece_bytes" doc:"of one piece of an upload"`
	KeptDays    int   `json:"kept_days" doc:"days an upload waits for its import"`
}

// Limits tells what this program takes.
func (s *Service) Limits() Limits {
	return Limits{
		MaxFile: s.maxUpload, MaxXLSX: min(s.maxUpload, sheet.DefaultMaxXLSX), MaxUnpacked: s.maxUnpacked, MaxRows: s.maxRows,
		MaxPiece: MaxPiece, KeptDays: int(uploadKept.Hours() / 24),
	}
}
