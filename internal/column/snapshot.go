package column

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// A snapshot is the columns in a file, so that a program that starts need not
// read them from the database. It is a copy that may be thrown away: whatever
// is wrong with it, it is not used and the columns are read as ever.
//
// The file is snapshotMark, the length of a header, its checksum, the header as
// JSON, and then the columns one behind the other, each with a checksum in the
// header. A column has everything up to the place of the file, and perhaps
// something that came later; what came later is read again, of all columns
// together.

// snapshotMark begins every file; its last byte but one is the version of the form.
const snapshotMark = "zhike columns 1\n"

const (
	// saveEvery is how often changed columns are written down.
	saveEvery = 5 * time.Minute
	// headerMost bounds the header, in bytes.
	headerMost = 16 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// snapshotHead is the header of a file.
type snapshotHead struct {
	// Order is 0x0102030405060708 as bytes of the machine that wrote it.
	Order []byte `json:"order"`
	// Database is whose columns they are, and Schema its version.
	Database string `json:"database"`
	Schema   int64  `json:"schema"`
	Feed     int64  `json:"feed"`
	Marks    int64  `json:"marks"`
	// Witness is what the database says of the place: another history that
	// came just as far, of a backup that was put back, says something else.
	Witness string        `json:"witness"`
	SavedAt int64         `json:"saved_at"`
	Columns []savedColumn `json:"columns"`
}

type savedColumn struct {
	Col   Col    `json:"col"`
	Bytes int64  `json:"bytes"`
	Sum   uint32 `json:"sum"`
}

func byteOrder() []byte { return slices.Clone(raw([]uint64{0x0102030405060708})) }

// unusable says why a snapshot is not used.
type unusable struct{ why string }

func (e unusable) Error() string { return e.why }

// saved is what was written down last.
type saved struct {
	at    place
	turn  int64
	cols  int
	when  time.Time
	bytes int64
}

// save writes the columns down where something changed since that was done.
func (s *Set) save(ctx context.Context) error {
	if !s.filed.Load() {
		return nil
	}
	s.saving.Lock()
	defer s.saving.Unlock()
	s.mu.RLock()
	at, turn, n := s.at, s.turn, len(s.cols)
	var cols []Col
	for c := range s.cols {
		cols = append(cols, c)
	}
	s.mu.RUnlock()
	last := s.lastSave
	if n == 0 || last.at == at && last.turn == turn && last.cols == n {
		return nil
	}
	head := snapshotHead{Order: byteOrder(), Feed: at.feed, Marks: at.marks, SavedAt: s.now()}
	var err error
	if head.Database, head.Schema, err = s.store.identity(ctx, s.now()); err != nil {
		return err
	}
	if head.Witness, err = s.store.witness(ctx, at); err != nil {
		return err
	}
	bytes, err := s.write(ctx, &head, cols, turn)
	if err != nil {
		return err
	}
	s.lastSave = saved{at: at, turn: turn, cols: n, when: s.o.Clock.Now(), bytes: bytes}
	s.stats.snapshotBytes.Store(bytes)
	return nil
}

// write makes the file beside the old one and puts it in its place at the end.
func (s *Set) write(ctx context.Context, head *snapshotHead, cols []Col, turn int64) (int64, error) {
	if err := os.MkdirAll(filepath.Dir(s.o.File), 0o700); err != nil {
		return 0, err
	}
	// One name: what a program that was killed left is written over.
	body, err := os.OpenFile(s.o.File+".part", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	done := false
	defer func() {
		_ = body.Close()
		if !done {
			_ = os.Remove(s.o.File + ".part")
		}
	}()
	// The header stands in front but is known at the end: room is left for it,
	// more than it will need. What SQL a column is may be long.
	room := int64(4096 + 4096*len(cols))
	for _, c := range cols {
		text, err := json.Marshal(c)
		if err != nil {
			return 0, err
		}
		room += int64(len(text))
	}
	if _, err := body.Seek(room, io.SeekStart); err != nil {
		return 0, err
	}
	var e encoder
	at := room
	for _, c := range cols {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		e.b = e.b[:0]
		s.mu.RLock()
		h := s.cols[c]
		same := s.turn == turn
		if h != nil && same {
			e.b = slices.Grow(e.b, int(h.bytes+h.bytes/16))
			encodeData(&e, h.data)
		}
		s.mu.RUnlock()
		if !same {
			return 0, errGap // all was dropped meanwhile
		}
		if h == nil {
			continue // dropped meanwhile
		}
		if err := writeGently(body, e.b); err != nil {
			return 0, err
		}
		n := int64(len(e.b))
		at += n
		head.Columns = append(head.Columns, savedColumn{c, n, crc32.Checksum(e.b, castagnoli)})
	}
	text, err := json.Marshal(head)
	if err != nil {
		return 0, err
	}
	front := append([]byte(snapshotMark), make([]byte, 8)...)
	if int64(len(front)+len(text)) > room {
		return 0, unusable{"the header does not fit"}
	}
	text = append(text, bytes.Repeat([]byte{' '}, int(room)-len(front)-len(text))...)
	binary.LittleEndian.PutUint32(front[len(snapshotMark):], uint32(len(text)))
	binary.LittleEndian.PutUint32(front[len(snapshotMark)+4:], crc32.Checksum(text, castagnoli))
	if _, err := body.WriteAt(append(front, text...), 0); err != nil {
		return 0, err
	}
	if err := body.Sync(); err != nil {
		return 0, err
	}
	if err := body.Close(); err != nil {
		return 0, err
	}
	if err := os.Rename(s.o.File+".part", s.o.File); err != nil {
		return 0, err
	}
	done = true
	return at, nil
}

// gently is how much of a snapshot is handed to the disk at a time. A hundred
// megabytes at once keep it busy for seconds, and every commit waits behind them.
const gently = 4 << 20

func writeGently(f *os.File, b []byte) error {
	for part := range slices.Chunk(b, gently) {
		if _, err := f.Write(part); err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			return err
		}
	}
	return nil
}
