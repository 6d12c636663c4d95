package importer

// Finished says that an import has ended and its figures are computed.
type Finished struct {
	ImportID int64 `json:"import_id"`
	SourceID int64 `json:"source_id"`
	FileKind Kind  `json:"kind"`
	Accepted int64 `json:"accepted"`
	Rejected int64 `json:"rejected"`
}

// EventKind names the event.
func (Finished) EventKind() string { return "import.finished" }
