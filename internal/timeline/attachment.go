package timeline

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
)

// maxName bounds the name of a file, in characters.
const maxName = 120

// fileName is the last part of a path in printable characters.
func fileName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.TrimLeft(tidy(name, false), ". ")
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"|?*`, r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f {
			return -1 // what Windows refuses, and what turns the direction of writing
		}
		return r
	}, name)
	if utf8.RuneCountInString(name) > maxName {
		end := nameEnd(name)
		r := []rune(name)
		name = string(r[:maxName-utf8.RuneCountInString(end)]) + end
	}
	if name == "" {
		return "file"
	}
	return name
}

// Attach adds a file to a note: its author may, while the note may be edited.
// The same content twice is one file. Errors: note.not_found, note.not_author,
// note.edit_over, attachment.too_many, attachment.too_large,
// attachment.type_unknown, attachment.type_mismatch, attachment.cut,
// attachment.empty, attachment.disk.
func (s *Service) Attach(ctx context.Context, noteID int64, name string, body io.Reader) (Attachment, error) {
	if _, err := s.ownNote(ctx, noteID); err != nil {
		return Attachment{}, err
	}
	name = fileName(name)
	w, err := s.writeFile(name, body, s.MaxFile)
	if err != nil {
		return Attachment{}, err
	}
	defer os.Remove(w.tmp)
	switch {
	case w.kind == nil:
		return Attachment{}, errs.New(errs.Invalid, "attachment.type_unknown", "types", strings.Join(fileEnds(), " "))
	case !w.kind.fits(name):
		return Attachment{}, errs.New(errs.Invalid, "attachment.type_mismatch", "found", strings.TrimPrefix(w.kind.ends[0], "."))
	}
	sealed, err := s.Vault.Seal(vault.KindNote, w.kind.named(name))
	if err != nil {
		return Attachment{}, err
	}
	if err := s.place(&w); err != nil {
		return Attachment{}, err
	}
	row := fileRow{noteID: noteID, key: w.key, sha256: w.sha256, size: w.size, media: w.kind.media, name: sealed, createdBy: me(ctx).ID, createdAt: s.now()}
	kept, err := s.keepFile(ctx, &row)
	if err != nil || kept.key != w.key {
		// Not named by a row: what a crash here leaves, the sweep removes.
		if e := os.Remove(s.filePath(w.key)); e != nil && !errors.Is(e, fs.ErrNotExist) {
			s.Log.WarnContext(ctx, "a file was not removed; the sweep will try again", "error", e)
		}
	}
	if err != nil {
		return Attachment{}, err
	}
	return s.fileView(kept)
}

// keepFile writes the row of a file that lies in its place, or gives the one
// that has the same content already.
func (s *Service) keepFile(ctx context.Context, row *fileRow) (kept *fileRow, err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := s.ownNote(ctx, row.noteID) // again: the file may have taken a while
		if err != nil {
			return err
		}
		if ok, err := s.st.lockNote(ctx, n.id); err != nil || !ok {
			return errors.Join(err, noNote(n.id))
		}
		have, err := s.st.attachments(ctx, []int64{n.id})
		if err != nil {
			return err
		}
		for i := range have {
			if have[i].sha256 == row.sha256 {
				kept = &have[i]
				return nil
			}
		}
		if len(have) >= maxFiles {
			return errs.New(errs.Conflict, "attachment.too_many", "max", maxFiles)
		}
		if _, err := s.st.addFile(ctx, row); err != nil {
			return err
		}
		kept = row
		return s.fileTold(ctx, "attachment.created", row, n)
	})
	return kept, err
}

// fileTold writes the audit entry of a file: not its name.
func (s *Service) fileTold(ctx context.Context, action string, f *fileRow, n *noteRow) error {
	return s.Audit.Append(ctx, audit.Entry{
		Action: action, ObjectType: "attachment", ObjectID: strconv.FormatInt(f.id, 10),
		After: map[string]any{"customer_id": n.customerID, "note_id": n.id, "size": f.size, "media_type": f.media, "sha256": f.sha256},
	})
}

func (s *Service) fileView(f *fileRow) (Attachment, error) {
	name, err := s.Vault.Open(vault.KindNote, f.name)
	return Attachment{ID: f.id, Name: name, Size: f.size, MediaType: f.media, SHA256: f.sha256, CreatedAt: f.createdAt}, err
}

// seenFile reads an attachment of a customer that the actor may see.
func (s *Service) seenFile(ctx context.Context, id int64) (*fileRow, *noteRow, error) {
	f, err := s.st.attachment(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	n, err := s.seenNote(ctx, f.noteID)
	if err != nil && errs.KindOf(err) == errs.NotFound {
		return nil, nil, noFile(id)
	}
	return f, n, err
}

// FileOf is the customer of whose note an attachment is. Error
// attachment.not_found, also outside of what the actor may see.
func (s *Service) FileOf(ctx context.Context, id int64) (customerID int64, err error) {
	_, n, err := s.seenFile(ctx, id)
	if err != nil {
		return 0, err
	}
	return n.customerID, nil
}

// Detach removes a file: the note's author may while the note may be edited,
// and whoever may delete notes. Errors: attachment.not_found, note.not_author,
// note.edit_over.
func (s *Service) Detach(ctx context.Context, id int64) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		f, n, err := s.seenFile(ctx, id)
		if err != nil {
			return err
		}
		if err := mayWrite(ctx); err != nil {
			return err
		}
		if can(ctx, PermNoteDelete) {
			err = s.Customers.Writable(ctx, n.customerID)
		} else {
			_, err = s.ownNote(ctx, n.id)
		}
		if err != nil {
			return err
		}
		if err := s.st.deleteFile(ctx, id); err != nil {
			return err
		}
		s.dropFiles(ctx, []string{f.key})
		return s.fileTold(ctx, "attachment.deleted", f, n)
	})
}

// Download sends an attachment, always as a file to be saved; who took which
// one is on record first. Errors: attachment.not_found, attachment.gone.
func (s *Service) Download(ctx context.Context, id int64, w http.ResponseWriter) error {
	f, n, err := s.seenFile(ctx, id)
	if err != nil {
		return err
	}
	view, err := s.fileView(f)
	if err != nil {
		return err
	}
	file, err := os.Open(s.filePath(f.key))
	if errors.Is(err, fs.ErrNotExist) {
		return errs.Wrap(err, errs.NotFound, "attachment.gone")
	}
	if err != nil {
		return diskError(err)
	}
	defer file.Close()
	plain, err := s.Vault.OpenReader(file, sealedName(f.key))
	if err != nil {
		return err
	}
	if err := s.DB.InTx(ctx, func(ctx context.Context) error { return s.fileTold(ctx, "attachment.downloaded", f, n) }); err != nil {
		return err
	}
	h := w.Header()
	web.Attachment(h, view.Name, f.media)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Length", strconv.FormatInt(f.size, 10))
	_, err = io.Copy(w, plain)
	return err
}

// Forget removes everything this package knows of a customer, with the files:
// for whoever deletes the customer, inside that transaction.
func (s *Service) Forget(ctx context.Context, customerID int64) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		for {
			ids, err := s.st.notesOfCustomer(ctx, customerID, db.MaxIn)
			if err != nil || len(ids) == 0 {
				return err
			}
			files, err := s.st.deleteNotes(ctx, ids)
			if err != nil {
				return err
			}
			s.dropFiles(ctx, files)
		}
	})
}

// sweep removes files without a row, and notes whose customer is gone.
func (s *Service) sweep(ctx context.Context) error {
	after := int64(0)
	for {
		ids, err := s.st.orphanNotes(ctx, after, 500)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			break
		}
		err = s.DB.InTx(ctx, func(ctx context.Context) error {
			files, err := s.st.deleteNotes(ctx, ids)
			if err == nil {
				s.dropFiles(ctx, files)
			}
			return err
		})
		if err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
	n, err := s.sweepFiles(ctx)
	if n > 0 {
		s.Log.InfoContext(ctx, "files without a row were removed", "files", n, "at", clock.Millis(s.Clock.Now()))
	}
	return err
}
