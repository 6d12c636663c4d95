package timeline

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/web"
)

const pngFile = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

func zipFile(names ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		w, _ := z.Create(n)
		_, _ = io.WriteString(w, strings.Repeat("<x/>", 200))
	}
	_ = z.Close()
	return b.String()
}

func sniff(name, content string, piece int) *fileType {
	s := &sniffer{}
	for i := 0; i < len(content); i += piece {
		_, _ = s.Write([]byte(content[i:min(len(content), i+piece)]))
	}
	return s.found(name)
}

func TestTypesAreToldFromContent(t *testing.T) {
	word := zipFile("[Content_Types].xml", "_rels/.rels", "word/document.xml")
	for i, c := range []struct {
		name, content string
		want          *fileType
		fits          bool
	}{
		{"a.pdf", "%PDF-1.7\n…", typePDF, true},
		{"a.png", pngFile, typePNG, true},
		{"a.jpg", "\xff\xd8\xff\xe0xxxx", typeJPEG, true},
		{"a.heic", "\xff\xd8\xff\xe0xxxx", typeJPEG, true}, // phones do that
		{"照片", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", typeHEIC, true},
		{"a.webp", "RIFF\x10\x00\x00\x00WEBPVP8 ", typeWebP, true},
		{"a.wav", "RIFF\x10\x00\x00\x00WAVEfmt ", typeWAV, true},
		{"a.mp3", "ID3\x04\x00", typeMP3, true},
		{"a.mp3", "\xff\xfb\x90\x00", typeMP3, true},
		{"a.m4a", "\x00\x00\x00\x18ftypM4A \x00\x00", typeM4A, true},
		{"a.mp4", "\x00\x00\x00\x18ftypisom\x00\x00", nil, false}, // a film
		{"a.amr", "#!AMR\n<", typeAMR, true},
		{"a.docx", word, typeDOCX, true},
		{"a.xlsx", zipFile("[Content_Types].xml", "xl/workbook.xml"), typeXLSX, true},
		{"a.pptx", zipFile("ppt/presentation.xml", "[Content_Types].xml"), typePPTX, true},
		{"a.xlsx", word, typeDOCX, false},
		{"a.docx", zipFile("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), nil, false},
		{"a.zip", zipFile("readme.txt"), nil, false},
		{"a.docx", zipFile("evil.exe"), nil, false},
		{"a.txt", "说明：明天送货\r\n", typeText, true},
		{"a.csv", "姓名,电话\n", typeCSV, true},
		{"a.txt", "\xc4\xe3\xba\xc3", typeText, true}, // GB18030
		{"a.html", "<html><script>alert(1)</script>", typeText, false},
		{"a.svg", "<svg onload=alert(1)>", typeText, false},
		{"a.png", "<script>alert(1)</script>", typeText, false},
		{"a.pdf", "MZ\x90\x00\x03", nil, false},
		{"a.pdf", "\x7fELF\x02\x01", nil, false},
		{"a.pdf", pngFile, typePNG, false},
		{"a.jpg", "GIF89a", typeText, false}, // all printable, and no text by its name
		{"a.txt", "a\x00b", nil, false},
		{"a.txt", "\xff\xfe\x00", nil, false},
	} {
		for _, piece := range []int{1, 7, 4096} {
			got := sniff(c.name, c.content, piece)
			if got != c.want || (got != nil && got.fits(c.name) != c.fits) {
				t.Errorf("%d %s in pieces of %d: %+v", i, c.name, piece, got)
			}
		}
	}
}

func TestFileNames(t *testing.T) {
	for in, want := range map[string]string{
		"../../etc/passwd": "passwd", `C:\tmp\合同.pdf`: "合同.pdf", "": "file", "...": "file", ".hidden": "hidden", "a\x00b\n.png": "ab .png",
		"a<b>\"c.png": "abc.png", "invoice\u202egnp.exe": "invoicegnp.exe", strings.Repeat("长", 300) + ".pdf": strings.Repeat("长", 116) + ".pdf",
	} {
		if got := fileName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func (f *fixture) upload(t testing.TB, actor string, note int64, name, content string) (a Attachment, w *httptest.ResponseRecorder) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", name)
	must(t, err)
	_, _ = io.WriteString(part, content)
	must(t, m.Close())
	r := httptest.NewRequest("POST", fmt.Sprintf("%s/notes/%d/attachments", web.Prefix, note), &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	w = f.send(t, actor, r, &a)
	return a, w
}

func (f *fixture) filesOnDisk(t testing.TB) (out []string) {
	t.Helper()
	must(t, filepath.WalkDir(f.dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			out = append(out, path)
		}
		return err
	}))
	return out
}

func TestAttachmentsLiveAndDie(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		n := f.note(t, "seller", "1", `{"kind":"visit","text":"x"}`)
		content := pngFile + strings.Repeat("readable picture ", 1000)
		a, w := f.upload(t, "seller", n.ID, "../现场\".png", content)
		if w.Code != 201 || a.Name != "现场.png" || a.MediaType != "image/png" || a.Size != int64(len(content)) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		files := f.filesOnDisk(t)
		raw, err := os.ReadFile(files[0])
		must(t, err)
		if len(files) != 1 || bytes.Contains(raw, []byte("readable picture")) || strings.Contains(files[0], "现场") {
			t.Fatalf("%v lie in clear", files)
		}
		if c := f.count(t, `SELECT COUNT(*) FROM audit_log WHERE action = 'attachment.created' AND after_data NOT LIKE '%现场%'`); c != 1 {
			t.Errorf("%d audit entries", c)
		}
		// Sent again, under another name: the same.
		again, w := f.upload(t, "seller", n.ID, "b.png", content)
		if w.Code != 201 || again.ID != a.ID || len(f.filesOnDisk(t)) != 1 || f.count(t, `SELECT COUNT(*) FROM note_attachments`) != 1 {
			t.Errorf("a second time: %d %s", w.Code, w.Body)
		}
		w = f.call(t, "head", "GET", fmt.Sprint("/attachments/", a.ID), "", nil)
		h := w.Header()
		if w.Code != 200 || w.Body.String() != content || h.Get("Content-Type") != "image/png" || h.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(h.Get("Content-Disposition"), "attachment; ") || !strings.Contains(h.Get("Content-Disposition"), "UTF-8''%E7%8E%B0%E5%9C%BA.png") ||
			!strings.Contains(h.Get("Cache-Control"), "no-store") || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%d %v", w.Code, h)
		}
		if c := f.count(t, `SELECT COUNT(*) FROM audit_log WHERE action = 'attachment.downloaded' AND actor_id = 4`); c != 1 {
			t.Errorf("%d downloads on record", c)
		}
		for name, c := range map[string]struct{ content, code string }{
			"a.pdf": {"MZ\x90\x00", "attachment.type_unknown"}, "b.html": {"<html>", "attachment.type_mismatch"}, "c.png": {"", "attachment.empty"},
			"d.txt": {strings.Repeat("x", 1<<20+1), "attachment.too_large"}, "e.pdf": {pngFile + "!", "attachment.type_mismatch"},
		} {
			if _, w := f.upload(t, "seller", n.ID, name, c.content); w.Code < 400 || !strings.Contains(w.Body.String(), c.code) {
				t.Errorf("%s: %d %s", name, w.Code, w.Body)
			}
		}
		if w := f.call(t, "seller", "POST", fmt.Sprintf("/notes/%d/attachments", n.ID), `{}`, nil); w.Code != 422 {
			t.Errorf("no form: %d %s", w.Code, w.Body)
		}
		if left := f.filesOnDisk(t); len(left) != 1 {
			t.Errorf("refused files stay: %v", left)
		}
		for i := 1; i < maxFiles; i++ {
			f.upload(t, "seller", n.ID, "t.txt", fmt.Sprint("file ", i))
		}
		if _, w := f.upload(t, "seller", n.ID, "t.txt", "one more"); w.Code != 409 || len(f.filesOnDisk(t)) != maxFiles {
			t.Errorf("one too many: %d", w.Code)
		}
		if w := f.call(t, "seller", "DELETE", fmt.Sprint("/attachments/", a.ID), "", nil); w.Code != 204 || len(f.filesOnDisk(t)) != maxFiles-1 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if w := f.call(t, "seller", "GET", fmt.Sprint("/attachments/", a.ID), "", nil); w.Code != 404 {
			t.Errorf("after its deletion: %d", w.Code)
		}
		// A delete that is rolled back takes no file with it; one that commits takes all.
		boom := errors.New("boom")
		err = d.InTx(as("boss"), func(ctx context.Context) error {
			must(t, f.s.Forget(ctx, 1))
			return boom
		})
		if !errors.Is(err, boom) || len(f.filesOnDisk(t)) != maxFiles-1 {
			t.Errorf("rolled back: %d files", len(f.filesOnDisk(t)))
		}
		must(t, f.s.Forget(as("boss"), 1))
		if left := f.filesOnDisk(t); len(left) != 0 || f.count(t, `SELECT COUNT(*) FROM note_attachments`)+f.count(t, `SELECT COUNT(*) FROM customer_notes`) != 0 {
			t.Errorf("left: %v", left)
		}
	})
}

// Deleting the customer deletes the notes and the files.
func TestFilesGoWithTheCustomer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		customers := f.s.Customers.(*customer.Service)
		customers.OnDelete("timeline", f.s.Forget)
		n := f.note(t, "seller", "1", `{"kind":"visit","text":"x","next_step":{"text":"y","due":"2024-10-07"}}`)
		if _, w := f.upload(t, "seller", n.ID, "a.png", pngFile); w.Code != 201 {
			t.Fatal(w.Body)
		}
		boss := *actors["boss"]
		boss.Permissions = perms(customer.PermDelete)
		must(t, customers.Delete(auth.With(context.Background(), &boss), 1, 0))
		if left := f.filesOnDisk(t); len(left) != 0 || f.count(t, `SELECT COUNT(*) FROM customer_notes`)+f.count(t, `SELECT COUNT(*) FROM note_attachments`)+
			f.count(t, `SELECT COUNT(*) FROM note_steps`) != 0 {
			t.Errorf("left: %v", left)
		}
	})
}

// Killed between the file and its row, or between the rows and the files: what
// is left over goes, what a row names stays.
func TestSweepRemovesWhatNoRowNames(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		n := f.note(t, "seller", "1", `{"kind":"visit","text":"x"}`)
		if _, w := f.upload(t, "seller", n.ID, "a.png", pngFile); w.Code != 201 {
			t.Fatal(w.Body)
		}
		kept := f.filesOnDisk(t)[0]
		// The kill: written and placed, no row.
		killed, err := f.s.writeFile("b.png", strings.NewReader(pngFile+"b"), 100)
		must(t, err)
		must(t, f.s.place(&killed))
		// Killed while it was being written.
		half, err := f.s.writeFile("c.png", strings.NewReader(pngFile+"c"), 100)
		must(t, err)
		foreign := filepath.Join(filepath.Dir(kept), "README")
		must(t, os.WriteFile(foreign, []byte("x"), 0o600))
		old := f.clock.Now().Add(-2 * time.Hour)
		for _, p := range []string{kept, f.s.filePath(killed.key), half.tmp, foreign} {
			must(t, os.Chtimes(p, old, old))
		}
		fresh, err := f.s.writeFile("d.png", strings.NewReader(pngFile+"d"), 100) // is being uploaded now
		must(t, err)
		must(t, os.Chtimes(fresh.tmp, f.clock.Now(), f.clock.Now()))
		// A note whose customer is gone, with its file.
		other := f.note(t, "other", "2", `{"kind":"visit","text":"x"}`)
		if _, w := f.upload(t, "other", other.ID, "e.png", pngFile+"e"); w.Code != 201 {
			t.Fatal(w.Body)
		}
		f.exec(t, `DELETE FROM customers WHERE id = 2`)
		must(t, f.s.sweep(context.Background()))
		left := f.filesOnDisk(t)
		if len(left) != 3 || f.count(t, `SELECT COUNT(*) FROM customer_notes`) != 1 {
			t.Errorf("left: %v", left)
		}
		for _, p := range []string{kept, foreign, fresh.tmp} {
			if _, err := os.Stat(p); err != nil {
				t.Errorf("%s is gone", p)
			}
		}
	})
}

func TestUploadThatBreaksOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		n := f.note(t, "seller", "1", `{"kind":"visit","text":"x"}`)
		_, err := f.s.Attach(as("seller"), n.ID, "a.png", io.MultiReader(strings.NewReader(pngFile), iotest.ErrReader(errors.New("gone"))))
		if err == nil || len(f.filesOnDisk(t)) != 0 || f.count(t, `SELECT COUNT(*) FROM note_attachments`) != 0 {
			t.Errorf("%v, %v", err, f.filesOnDisk(t))
		}
	})
}
