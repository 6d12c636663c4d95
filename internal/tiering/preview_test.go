package tiering

import (
	"context"
	"errors"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// A preview waits for the one before it, and whoever leaves meanwhile takes no place.
func TestPreviewsComeInTurn(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		s, ctx := newTestService(t, d)
		sch, err := s.Scheme(ctx, "value-rules", 0)
		if err != nil {
			t.Fatal(err)
		}
		s.preview <- struct{}{}
		left, leave := context.WithCancel(ctx)
		leave()
		if _, err := s.PreviewScheme(left, sch.Scheme, nil, "en"); !errors.Is(err, context.Canceled) {
			t.Errorf("who left is answered %v", err)
		}
		answered := make(chan error, 1)
		go func() {
			_, err := s.PreviewScheme(ctx, sch.Scheme, nil, "en")
			answered <- err
		}()
		select {
		case err := <-answered:
			t.Fatalf("beside another preview the answer is %v", err)
		default:
		}
		<-s.preview
		if err := <-answered; err != nil {
			t.Errorf("behind another preview: %v", err)
		}
	})
}
