package column

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"time"
)

// forgetFile removes the file of columns that nobody asks for any more: it
// would keep what was deleted meanwhile.
func (s *Set) forgetFile() {
	if !s.filed.Load() {
		return
	}
	if err := os.Remove(s.o.File); err != nil && !errors.Is(err, os.ErrNotExist) {
		s.o.Log.Warn("the snapshot of columns was not removed", slog.String("file", s.o.File), slog.Any("error", err))
	}
	s.stats.snapshotBytes.Store(0)
}

// restore reads the snapshot, once, before anything else is read.
func (s *Set) restore() {
	began := time.Now()
	n, err := s.restoreFile()
	switch {
	case err == nil && n > 0:
		s.stats.fromSnapshot.Store(max(time.Since(began).Milliseconds(), 1))
		s.o.Log.Info("columns come from their snapshot", slog.Int("columns", n), slog.Int64("ms", s.stats.fromSnapshot.Load()))
		s.unchecked = true
	case err == nil || errors.Is(err, os.ErrNotExist) || s.ctx.Err() != nil:
	default:
		s.o.Log.Warn("snapshot of columns is not used; they are read from the database", slog.String("file", s.o.File), slog.String("reason", err.Error()))
		var no unusable
		if errors.As(err, &no) {
			_ = os.Remove(s.o.File)
		}
	}
}

// checkRestored compares a block of what came from the snapshot with the database,
// behind what questions wait for: it takes longer than reading the file.
func (s *Set) checkRestored() {
	if same, _, err := s.compare(s.ctx, blockSpan(0)); err == nil && !same {
		s.stats.differed.Add(1)
		s.o.Log.Error("columns of the snapshot differ from the database; they are read anew", slog.String("file", s.o.File))
		s.anew()
	}
}

func (s *Set) restoreFile() (n int, err error) {
	f, err := os.Open(s.o.File)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	head, at, err := s.readHead(f)
	if err != nil {
		return 0, err
	}
	from := place{head.Feed, head.Marks}
	if err := s.belongs(head, from); err != nil {
		return 0, err
	}
	sum := int64(0)
	for _, c := range head.Columns {
		sum += c.Bytes
	}
	if sum > s.o.MaxBytes {
		return 0, unusable{fmt.Sprintf("it takes %d bytes, more than columns may take", sum)}
	}
	if info, err := f.Stat(); err != nil || info.Size() != at+sum {
		return 0, unusable{"it is not as long as its header says"}
	}
	fresh, err := readColumns(f, head, at)
	if err != nil {
		return 0, err
	}
	if fresh[everybody] == nil {
		return 0, unusable{"the customers are missing"}
	}
	s.mu.Lock()
	if len(s.cols) > 0 {
		s.mu.Unlock()
		return 0, nil
	}
	s.at = from
	s.kept.drop()
	turn := s.turn
	s.mu.Unlock()
	s.applying.Lock()
	defer s.applying.Unlock()
	for reached := false; !reached; {
		from, reached, err = s.join(fresh, from, turn)
		if errors.Is(err, errGap) {
			err = unusable{"the database no longer knows what happened since"}
		}
		if err != nil {
			return 0, err
		}
	}
	s.mu.Lock()
	if s.turn == turn {
		s.at = from // nothing else is held
	}
	s.mu.Unlock()
	if err := s.add(fresh, turn); err != nil {
		return 0, err
	}
	s.saving.Lock()
	s.lastSave = saved{at: place{head.Feed, head.Marks}, turn: turn, cols: len(fresh), when: s.o.Clock.Now(), bytes: at + sum}
	s.saving.Unlock()
	s.stats.snapshotBytes.Store(at + sum)
	s.stats.loadedAt.Store(s.now())
	return len(fresh), nil
}

func (s *Set) readHead(f *os.File) (*snapshotHead, int64, error) {
	front := make([]byte, len(snapshotMark)+8)
	if _, err := io.ReadFull(f, front); err != nil {
		return nil, 0, unusable{"it is cut off"}
	}
	if mark := string(front[:len(snapshotMark)]); mark != snapshotMark {
		if mark[:14] == snapshotMark[:14] {
			return nil, 0, unusable{"it is of another version of the program"}
		}
		return nil, 0, unusable{"it is no snapshot of columns"}
	}
	n := binary.LittleEndian.Uint32(front[len(snapshotMark):])
	if n > headerMost {
		return nil, 0, unusable{"its header is damaged"}
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(f, text); err != nil {
		return nil, 0, unusable{"it is cut off"}
	}
	head := &snapshotHead{}
	if crc32.Checksum(text, castagnoli) != binary.LittleEndian.Uint32(front[len(snapshotMark)+4:]) || json.Unmarshal(text, head) != nil {
		return nil, 0, unusable{"its header is damaged"}
	}
	if !bytes.Equal(head.Order, byteOrder()) {
		return nil, 0, unusable{"it is of another kind of machine"}
	}
	return head, int64(len(front) + len(text)), nil
}

// belongs looks whether a snapshot is of this database, and not from long ago.
func (s *Set) belongs(head *snapshotHead, at place) error {
	database, schema, err := s.store.identity(s.ctx, s.now())
	if err != nil {
		return err
	}
	if database != head.Database {
		return unusable{"it is of another database"}
	}
	if schema != head.Schema {
		return unusable{"the tables of the database changed since"}
	}
	now, err := s.store.head(s.ctx)
	if err != nil {
		return err
	}
	if !now.reached(at) {
		return unusable{"the database is older than it"}
	}
	witness, err := s.store.witness(s.ctx, at)
	if err != nil {
		return err
	}
	if witness != head.Witness {
		return unusable{"the database has another history, or no longer knows what happened since"}
	}
	count, err := s.store.count(s.ctx)
	if err != nil {
		return err
	}
	if missed := now.feed - at.feed + now.marks - at.marks; missed > stepMost+count/anewShare {
		return unusable{fmt.Sprintf("it is too old: %d changes since", missed)}
	}
	return nil
}

// readColumns reads the columns, several at a time.
func readColumns(f *os.File, head *snapshotHead, at int64) (map[Col]data, error) {
	fresh := make(map[Col]data, len(head.Columns))
	var mu sync.Mutex
	var first error
	var wait sync.WaitGroup
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, c := range head.Columns {
		from := at
		at += c.Bytes
		turn <- struct{}{}
		wait.Go(func() {
			defer func() { <-turn }()
			d, err := readColumn(io.NewSectionReader(f, from, c.Bytes), c)
			mu.Lock()
			defer mu.Unlock()
			if fresh[c.Col] = d; err != nil {
				first = err
			}
		})
	}
	wait.Wait()
	return fresh, first
}

func readColumn(r io.Reader, c savedColumn) (d data, err error) {
	defer func() {
		if recover() != nil { // what passes the checksum and yet cannot be
			err = unusable{"a column is damaged"}
		}
	}()
	b := make([]byte, c.Bytes)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, unusable{"it is cut off"}
	}
	if crc32.Checksum(b, castagnoli) != c.Sum {
		return nil, unusable{"a column is damaged"}
	}
	if d, err = decodeData(c.Col.Kind, b); err != nil {
		return nil, unusable{"a column is damaged"}
	}
	return d, nil
}
