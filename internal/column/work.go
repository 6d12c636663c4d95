package column

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// slots bound how many goroutines look at blocks at a time, for all queries
// together: whoever waits comes in turn.
var slots = make(chan struct{}, runtime.GOMAXPROCS(0))

// view is the columns as a query sees them.
type view struct {
	ctx context.Context
	get func(Col) data
	// kept is what conditions came to before; nil keeps nothing. With one set
	// only values that are compared with others are kept: one customer is asked for.
	kept *leaves
	one  bool
	at   place
	// left is the memory for what is kept in the order of days.
	left *spare
	lent []*leaf // see giveBack
}

// fault is what a goroutine panicked with, and where.
type fault struct {
	value any
	stack []byte
}

func (f fault) String() string { return fmt.Sprintf("%v\n%s", f.value, f.stack) }

// each calls fn with numbers below n, in several goroutines where there are
// slots for them; the caller has one. It ends early, with the error of the
// context, where nobody waits for the answer.
func (v *view) each(n int, fn func(i int)) error {
	var next atomic.Int64
	var wait sync.WaitGroup
	var broke atomic.Pointer[fault] // of a helper
	helpers := 0
	run := func(more func()) {
		for v.ctx.Err() == nil {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			if more != nil && i+1 < n {
				more()
			}
			fn(i)
		}
	}
	run(func() {
		if helpers == cap(slots)-1 {
			return
		}
		select {
		case slots <- struct{}{}:
			helpers++
			wait.Go(func() {
				defer func() {
					if r := recover(); r != nil {
						broke.Store(&fault{r, debug.Stack()})
					}
					<-slots
				}()
				run(nil)
			})
		default:
		}
	})
	wait.Wait()
	if r := broke.Load(); r != nil {
		panic(*r)
	}
	return v.ctx.Err()
}

var cursors = sync.Pool{New: func() any { return &cursor{} }}

// everybody are the blocks with customers, and who is in them.
func (v *view) everybody() (at []int, all []*rows) {
	for b, k := range v.get(everybody).(*sets).blocks {
		if k != nil {
			at, all = append(at, b), append(all, &k.any)
		}
	}
	return at, all
}
