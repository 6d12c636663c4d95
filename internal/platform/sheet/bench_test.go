package sheet

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"
)

// orders are n rows of eight columns, as an export of a shop has them.
func orders(n int) []byte {
	var b bytes.Buffer
	b.WriteString("订单编号,买家昵称,手机,付款时间,订单状态,实付金额,省份,城市\n")
	for i := range n {
		fmt.Fprintf(&b, "2026%010d,买家%d,138%08d,2026-09-%02d 14:05:06,交易成功,%d.%02d,广东省,深圳市\n", i, i%9973, i, i%28+1, i%500, i%100)
	}
	return b.Bytes()
}

func BenchmarkCSV(b *testing.B) {
	plain := orders(200_000)
	for _, c := range []struct {
		name string
		in   []byte
	}{{"utf8", plain}, {"gb18030", gb(b, string(plain))}, {"gz", gzBytes(b, plain)}} {
		b.Run(c.name, func(b *testing.B) { benchRead(b, c.in, 200_000) })
	}
	quoted := bytes.ReplaceAll(bytes.ReplaceAll(plain, []byte(","), []byte(`","`)), []byte("\n"), []byte("\"\r\n\""))
	quoted = append([]byte{'"'}, quoted[:len(quoted)-1]...)
	b.Run("quoted", func(b *testing.B) { benchRead(b, quoted, 200_000) })
}

func BenchmarkXLSX(b *testing.B) {
	var out bytes.Buffer
	w, err := NewXLSX(&out, sampleColumns(), XLSXOptions{})
	if err != nil {
		b.Fatal(err)
	}
	cells := sampleCells()
	for range 100_000 {
		if err := w.Write(cells...); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	b.Run("read", func(b *testing.B) { benchRead(b, out.Bytes(), 100_000) })
	b.Run("write", func(b *testing.B) {
		w, err := NewXLSX(io.Discard, sampleColumns(), XLSXOptions{})
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := w.Write(cells...); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func benchRead(b *testing.B, in []byte, rows int) {
	b.ReportAllocs()
	b.SetBytes(int64(len(in)))
	start := time.Now()
	n := 0
	for b.Loop() {
		f, err := Open(t0, FromBytes(in), Options{})
		if err != nil {
			b.Fatal(err)
		}
		for {
			if _, err := f.Next(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			n++
		}
		f.Close()
	}
	if n%rows != 0 {
		b.Fatalf("%d rows", n)
	}
	b.ReportMetric(float64(n)/time.Since(start).Seconds(), "rows/s")
}

// Reading holds blocks and one row, whatever the file's length.
func TestReadMemory(t *testing.T) {
	in := orders(400_000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f, err := Open(t0, FromBytes(in), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Next()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 8<<20 {
		t.Errorf("%d bytes held for a file of %d", held, len(in))
	}
	runtime.KeepAlive(f)
}
