package memory

import (
	"runtime/debug"
	"sync"
	"time"
)

// freeAfter is how long after the last call of FreeSoon memory is given back.
const freeAfter = 3 * time.Second

var soon struct {
	mu    sync.Mutex
	timer *time.Timer
}

// FreeSoon gives garbage back to the system once nobody has called it for some
// seconds: whoever has just used much calls it, and several in a row cost one
// collection.
func FreeSoon() {
	soon.mu.Lock()
	defer soon.mu.Unlock()
	if soon.timer == nil {
		soon.timer = time.AfterFunc(freeAfter, debug.FreeOSMemory)
		return
	}
	soon.timer.Reset(freeAfter)
}
