package lifecycle

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"

	"zhike/internal/document"
	"zhike/internal/platform/web"
)

type approveManual struct {
	Body struct {
		Version int64  `json:"version" minimum:"1" doc:"Version in force that was read"`
		Note    string `json:"note,omitempty" maxLength:"500"`
	}
}

type withdrawManual struct {
	Body struct {
		Version int64  `json:"version" minimum:"1" doc:"Version whose approval is withdrawn"`
		Reason  string `json:"reason" minLength:"1" maxLength:"500" doc:"Why; it stands in the document"`
	}
}

// manualFormats are the files a manual is written as.
var manualFormats = []struct {
	ext, id, media, summary string
	write                   func(io.Writer, *document.Document) error
}{
	{"docx", "DOCX", document.MediaDOCX, "as a file for Word", document.WriteDOCX},
	{"xlsx", "XLSX", document.MediaXLSX, "as a workbook", document.WriteXLSX},
	{"html", "HTML", "text/html; charset=utf-8", "as a page to print", document.WriteHTML},
}

// manualNames are how operations and files of the kinds are called.
var manualNames = map[ManualKind]struct{ id, file, summary string }{
	Handbook: {"Handbook", "lifecycle-handbook", "The lifecycle handbook"},
	SOP:      {"SOP", "lifecycle-sop", "The lifecycle SOP"},
}

func (s *Service) manualRoutes(api *web.API) {
	for _, kind := range Manuals {
		n := manualNames[kind]
		web.Register(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/" + string(kind), ID: "getLifecycle" + n.id, Tag: tagName, Permission: PermView,
			Summary: n.summary + ", written from a version of the configuration"},
			func(ctx context.Context, in *versionQuery) (Manual, error) { return s.Manual(ctx, kind, in.Version) })
		web.Register(api, web.Route{Method: http.MethodPost, Path: "/lifecycle/" + string(kind) + "/approval", ID: "approveLifecycle" + n.id, Tag: tagName, Permission: PermApprove,
			Summary: "Approve it as the version in force has it"},
			func(ctx context.Context, in *approveManual) (Manual, error) {
				return s.Approve(ctx, kind, in.Body.Version, in.Body.Note)
			})
		web.Register(api, web.Route{Method: http.MethodPost, Path: "/lifecycle/" + string(kind) + "/withdrawal", ID: "withdrawLifecycle" + n.id, Tag: tagName, Permission: PermApprove,
			Summary: "Withdraw the approval of a version; it stays in the history"},
			func(ctx context.Context, in *withdrawManual) (Manual, error) {
				return s.Withdraw(ctx, kind, in.Body.Version, in.Body.Reason)
			})
		for _, f := range manualFormats {
			web.RegisterDownload(api, web.Route{Method: http.MethodGet, Path: "/lifecycle/" + string(kind) + "." + f.ext, ID: "getLifecycle" + n.id + f.id, Tag: tagName,
				Permission: PermView, Produces: f.media, Summary: n.summary + " " + f.summary},
				func(ctx context.Context, in *versionQuery, w http.ResponseWriter) error {
					m, err := s.Manual(ctx, kind, in.Version)
					if err != nil {
						return err
					}
					var b bytes.Buffer
					if err := f.write(&b, m.Document()); err != nil {
						return err
					}
					name := n.file + "-v" + strconv.FormatInt(m.Version, 10) + "." + f.ext
					return document.Send(w, f.ext, f.media, name, b.Bytes())
				})
		}
	}
}
