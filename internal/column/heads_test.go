package column

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// TestHeads: questions that come while the head is being read share the next
// reading, which begins after they came; one whose context ends does not wait.
func TestHeads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		committed, reads := int64(0), 0
		var fails error
		goOn := make(chan struct{})
		h := heads{read: func(ctx context.Context) (place, error) {
			reads++
			at := place{feed: committed}
			<-goOn
			return at, fails
		}}
		type answer struct {
			at  place
			err error
		}
		answers := make(chan answer, 16)
		ask := func(ctx context.Context, n int) {
			for range n {
				go func() {
					at, err := h.now(ctx)
					answers <- answer{at, err}
				}()
			}
			synctest.Wait()
		}
		ask(t.Context(), 1)
		committed = 7 // behind the first question, before the others
		ask(t.Context(), 15)
		if goOn <- struct{}{}; (<-answers).at.feed != 0 {
			t.Error("the first question knows what came later")
		}
		synctest.Wait()
		committed = 8 // the second reading has begun
		goOn <- struct{}{}
		for range 15 {
			if a := <-answers; a.at.feed != 7 || a.err != nil {
				t.Errorf("%v instead of what was committed before the question", a)
			}
		}
		if reads != 2 {
			t.Errorf("%d readings for 16 questions", reads)
		}

		ended, end := context.WithCancel(t.Context())
		ask(ended, 1)
		ask(t.Context(), 1)
		end()
		if a := <-answers; a.err == nil {
			t.Error("a question whose context ended was answered")
		}
		fails = errors.New("gone")
		goOn <- struct{}{} // nobody waits for this one
		goOn <- struct{}{}
		if a := <-answers; !errors.Is(a.err, fails) {
			t.Errorf("%v instead of the fault of the reading", a.err)
		}
	})
}
