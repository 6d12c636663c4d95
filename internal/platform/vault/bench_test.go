package vault

import (
	"bytes"
	"io"
	"testing"
)

func BenchmarkSeal(b *testing.B) {
	v := ephemeral(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Seal(KindPhone, phone); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	v := ephemeral(b)
	c := seal(b, v, KindPhone, phone)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Open(KindPhone, c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBlind(b *testing.B) {
	v := ephemeral(b)
	b.ReportAllocs()
	for b.Loop() {
		v.Blind(KindPhone, phone)
	}
}

func BenchmarkAppendBlind(b *testing.B) {
	v := ephemeral(b)
	buf := make([]byte, 0, BlindSize)
	b.ReportAllocs()
	for b.Loop() {
		v.AppendBlind(buf, KindPhone, phone)
	}
}

func BenchmarkSealRow(b *testing.B) {
	v := ephemeral(b)
	row := string(bytes.Repeat([]byte("x"), 300))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Seal(KindRow, row); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSealFile(b *testing.B) {
	v := ephemeral(b)
	plain := content(16 << 20)
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		sealFile(b, v, io.Discard, "7", plain)
	}
}

func BenchmarkOpenFile(b *testing.B) {
	v := ephemeral(b)
	var sealed bytes.Buffer
	sealFile(b, v, &sealed, "7", content(16<<20))
	b.SetBytes(16 << 20)
	for b.Loop() {
		in, err := v.OpenReader(bytes.NewReader(sealed.Bytes()), "7")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, in); err != nil {
			b.Fatal(err)
		}
	}
}
