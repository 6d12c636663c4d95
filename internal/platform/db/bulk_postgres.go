package db

import (
	"context"
	"encoding/binary"
	"io"
	"math"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"zhike/internal/platform/errs"
)

// copyIn is COPY in PostgreSQL's binary form. The driver has one of its own,
// which finds out anew for every value how to write it; here the few types
// that tables have are written at once, which takes a third of the time.
func (d *DB) copyIn(ctx context.Context, c *pgx.Conn, table string, columns []string, n int, row func(i int, vals []any)) error {
	names := make([]string, len(columns))
	for i, name := range columns {
		names[i] = pgx.Identifier{name}.Sanitize()
	}
	list, target := strings.Join(names, ", "), pgx.Identifier{table}.Sanitize()
	types, err := d.columnTypes(ctx, c, "select "+list+" from "+target)
	if err != nil {
		return err
	}
	src := &copyRows{types: types, m: c.TypeMap(), n: n, row: row, vals: make([]any, len(columns))}
	_, err = c.PgConn().CopyFrom(ctx, src, "copy "+target+" ("+list+") from stdin binary")
	return err
}

// columnTypes are the types of a query's columns, remembered: the schema does
// not change while the program runs.
func (d *DB) columnTypes(ctx context.Context, c *pgx.Conn, query string) ([]uint32, error) {
	if known, ok := d.copyTypes.Load(query); ok {
		return known.([]uint32), nil
	}
	sd, err := c.PgConn().Prepare(ctx, "", query, nil)
	if err != nil {
		return nil, err
	}
	types := make([]uint32, len(sd.Fields))
	for i, f := range sd.Fields {
		types[i] = f.DataTypeOID
	}
	d.copyTypes.Store(query, types)
	return types, nil
}

// copyRows is read by the driver while the server takes what came before.
type copyRows struct {
	types []uint32
	m     *pgtype.Map
	n, i  int
	row   func(i int, vals []any)
	vals  []any

	buf   []byte
	sent  int // of buf
	begun bool
	ended bool
}

// Head and end of the binary form: signature, flags and extension; −1 columns.
const (
	copyHead = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	copyEnd  = "\xff\xff"
)

func (s *copyRows) Read(p []byte) (int, error) {
	if s.sent == len(s.buf) {
		if err := s.fill(len(p)); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.buf[s.sent:])
	s.sent += n
	return n, nil
}

// fill writes about size bytes of rows.
func (s *copyRows) fill(size int) error {
	s.buf, s.sent = s.buf[:0], 0
	if s.ended {
		return io.EOF
	}
	if !s.begun {
		s.begun = true
		s.buf = append(s.buf, copyHead...)
	}
	for ; s.i < s.n && len(s.buf) < size; s.i++ {
		s.row(s.i, s.vals)
		s.buf = binary.BigEndian.AppendUint16(s.buf, uint16(len(s.vals)))
		for c, v := range s.vals {
			var err error
			if s.buf, err = s.value(s.buf, s.types[c], v); err != nil {
				return err
			}
		}
	}
	if s.i == s.n {
		s.ended = true
		s.buf = append(s.buf, copyEnd...)
	}
	return nil
}

// value appends a value with its length before it.
func (s *copyRows) value(b []byte, oid uint32, v any) ([]byte, error) {
	switch x := v.(type) {
	case nil:
		return append(b, 0xff, 0xff, 0xff, 0xff), nil
	case int64:
		switch {
		case oid == pgtype.Int8OID:
			return binary.BigEndian.AppendUint64(append(b, 0, 0, 0, 8), uint64(x)), nil
		case oid == pgtype.Int4OID && x >= math.MinInt32 && x <= math.MaxInt32:
			return binary.BigEndian.AppendUint32(append(b, 0, 0, 0, 4), uint32(x)), nil
		case oid == pgtype.Int2OID && x >= math.MinInt16 && x <= math.MaxInt16:
			return binary.BigEndian.AppendUint16(append(b, 0, 0, 0, 2), uint16(x)), nil
		}
	case string:
		if oid == pgtype.TextOID && len(x) <= math.MaxInt32 {
			return append(binary.BigEndian.AppendUint32(b, uint32(len(x))), x...), nil
		}
	case []byte:
		if oid == pgtype.ByteaOID && x != nil && len(x) <= math.MaxInt32 {
			return append(binary.BigEndian.AppendUint32(b, uint32(len(x))), x...), nil
		}
	}
	// Anything else, and what does not fit, is the driver's business.
	at := len(b)
	b, err := s.m.Encode(oid, pgtype.BinaryFormatCode, v, append(b, 0, 0, 0, 0))
	if err != nil {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	if b == nil {
		return nil, errs.New(errs.Internal, "internal", "detail", "a value that is null only once it is written")
	}
	binary.BigEndian.PutUint32(b[at:], uint32(len(b)-at-4))
	return b, nil
}
