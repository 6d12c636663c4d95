package customer

import (
	"runtime"
	"sync"
)

// spreadPart is how many things are worth a goroutine of their own.
const spreadPart = 128

// spread calls fn with 0 to n-1, on every CPU where there are enough of them,
// and gives the first error.
func spread(n int, fn func(i int) error) error {
	workers := min(runtime.GOMAXPROCS(0), n/spreadPart)
	if workers < 2 {
		for i := range n {
			if err := fn(i); err != nil {
				return err
			}
		}
		return nil
	}
	failed := make([]error, workers)
	panicked := make([]any, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			// In a goroutine of its own it would end the program.
			defer func() { panicked[w] = recover() }()
			for i := w * n / workers; i < (w+1)*n/workers && failed[w] == nil; i++ {
				failed[w] = fn(i)
			}
		})
	}
	wg.Wait()
	for _, p := range panicked {
		if p != nil {
			panic(p)
		}
	}
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}
