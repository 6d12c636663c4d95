package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"

	"zhike/internal/platform/sheet"
)

// digest is the SHA-256 of a file, by which an import finds its file again.
func digest(ctx context.Context, src sheet.Source, progress func(done, total int64)) (string, error) {
	in, err := src.Open()
	if err != nil {
		return "", err
	}
	defer in.Close()
	h := sha256.New()
	buf := make([]byte, 256<<10)
	done := int64(0)
	for {
		n, err := in.Read(buf)
		h.Write(buf[:n])
		done += int64(n)
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", err
		}
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		progress(done, src.Size())
	}
}
