package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// wire is one keep-alive connection that speaks just enough HTTP/1.1 to put
// load on a server of ours: requests are bytes put together by hand, answers
// are read to their end and not looked at. net/http would cost the two CPUs
// that it shares with the server as much as the server itself.
type wire struct {
	conn         net.Conn
	r            *bufio.Reader
	before, rest []byte // around the path
	buf          []byte
}

// dial opens a connection that sends the given cookie with each request.
func dial(addr, cookie string) (*wire, error) {
	c, err := net.DialTimeout("tcp", addr, 10*time.Second)
	if err != nil {
		return nil, err
	}
	return &wire{
		conn: c, r: bufio.NewReaderSize(c, 32<<10), before: []byte("GET /api/v1"),
		rest: []byte(" HTTP/1.1\r\nHost: " + addr + "\r\nCookie: " + cookie + "\r\nAccept: application/json\r\n\r\n"),
	}, nil
}

func (w *wire) close() { _ = w.conn.Close() }

var (
	contentLength = []byte("content-length:")
	chunked       = []byte("transfer-encoding: chunked")
)

// get asks for a path below /api/v1 and reads the answer. Whatever is not 200 is an error.
func (w *wire) get(path string) error {
	w.buf = append(append(append(w.buf[:0], w.before...), path...), w.rest...)
	if err := w.conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return err
	}
	if _, err := w.conn.Write(w.buf); err != nil {
		return err
	}
	line, err := w.r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
		return fmt.Errorf("%s answered %s", path, bytes.TrimSpace(line))
	}
	length, inChunks := -1, false
	for {
		line, err := w.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if v, ok := cutFold(line, contentLength); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(v))); err != nil {
				return err
			}
		} else if _, ok := cutFold(line, chunked); ok {
			inChunks = true
		}
	}
	switch {
	case inChunks:
		return w.skipChunks()
	case length < 0:
		return errors.New(path + ": an answer without a length")
	}
	_, err = w.r.Discard(length)
	return err
}

// skipChunks reads a body sent in chunks.
func (w *wire) skipChunks() error {
	for {
		line, err := w.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return err
		}
		if _, err := w.r.Discard(int(n) + 2); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}

// cutFold cuts a lower-case prefix off a line, whatever the case of the line.
func cutFold(line, prefix []byte) ([]byte, bool) {
	if len(line) < len(prefix) || !bytes.EqualFold(line[:len(prefix)], prefix) {
		return nil, false
	}
	return line[len(prefix):], true
}
