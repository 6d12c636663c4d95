package column

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// everybody is the column of all customers.
var everybody = Col{Table: "customers", ID: "id", Expr: "1", Kind: Keys}

const (
	// catchUpMost customers are read again before an answer; of more the
	// database answers until they were followed in the background.
	catchUpMost = 1000
	// stepMost customers are followed at a time in the background.
	stepMost = 5000
	// anewShare: where catching up has read again one in so many of all rows and
	// is not done, everything is read anew.
	anewShare = 3
	// loadStep is how many ids one query of a load reads.
	loadStep = 4 * blockRows
	// idleAfter is how long columns that nobody asks for are kept.
	idleAfter = 15 * time.Minute
	// refusedFor is how long a column that did not fit is not tried again.
	refusedFor = 10 * time.Minute
	// tickEvery is how often the keeper looks after memory and idleness, and
	// checks a block against the database.
	tickEvery = 30 * time.Second
	// aheadEvery is how often columns follow while nobody waits for it.
	aheadEvery = 400 * time.Millisecond
)

// Options are what a Set needs.
type Options struct {
	DB    *db.DB
	Clock clock.Clock
	Log   *slog.Logger
	// MaxBytes bounds the memory of all columns; 0 keeps none.
	MaxBytes int64
	// Sized, where not nil, hears how many bytes the columns take.
	Sized func(bytes int64)
	// ByDay is for tests: facts are looked at in the order of days, however few
	// customers are asked for.
	ByDay bool
	// File, where not "", is where the columns are written down, for the next
	// start; see [Set.Restore].
	File string
}

// held is a column in memory.
type held struct {
	data  data
	used  atomic.Int64 // unix ms
	bytes int64
}

// Set is the columns of one program. It is safe for concurrent use. The nil Set
// answers nothing.
type Set struct {
	o     Options
	store store
	heads heads

	// mu guards the columns and how far they are; asked for briefly.
	mu   sync.RWMutex
	cols map[Col]*held
	at   place
	kept *leaves // what conditions on facts came to
	// left is the memory for what is kept in the order of days, of what was set
	// apart for it last.
	left  spare
	apart int64
	// turn is raised when everything is dropped: a load from before is of no use.
	turn int64

	// applying is held by whoever moves at or adds columns, one at a time.
	applying sync.Mutex
	behind   atomic.Bool // far behind, and being followed
	doubting atomic.Bool

	work    sync.Mutex // guards what follows
	wants   map[Col]bool
	refused map[Col]time.Time
	loading bool
	loaded  chan struct{} // closed when a load ends
	beside  chan struct{} // turns of answers by the database meanwhile
	keeping bool
	ctx     context.Context
	stop    context.CancelFunc
	running sync.WaitGroup

	filed    atomic.Bool // the file is ours
	eager    atomic.Bool // follow before anybody asks
	saving   sync.Mutex
	lastSave saved // guarded by saving
	// restoring is closed when the snapshot was read; nil before it is begun.
	restoring chan struct{} // guarded by work
	// unchecked says that columns came from the snapshot and were not compared with
	// the database yet; used by load alone.
	unchecked bool

	stats counters
	next  int  // block to be checked next
	rush  Rush // of the keeper
	// For tests: called when a load has read a group.
	onLoaded func()
}

type counters struct {
	answered, passed, followed, rebuilt, differed, checked, failed, broke atomic.Int64
	loadMillis, loadedAt, checkedAt, snapshotBytes, fromSnapshot          atomic.Int64
}

// New makes a Set that keeps nothing yet; nil where MaxBytes is 0.
func New(o Options) *Set {
	if o.MaxBytes <= 0 {
		return nil
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Set{o: o, store: store{o.DB}, cols: map[Col]*held{}, wants: map[Col]bool{}, refused: map[Col]time.Time{},
		kept: newLeaves(o.MaxBytes / leafShare), beside: make(chan struct{}, 2*runtime.GOMAXPROCS(0))}
	s.heads.read = s.store.head
	if s.left.always = o.ByDay; o.ByDay {
		s.kept.every = 8
	}
	s.left.more = func(bytes int64) bool { return s.kept.yield(bytes, o.MaxBytes/leafLeast) }
	s.shrink(func(Col) bool { return false })
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s
}

// Restore begins to read the columns from their file, in the background, and
// has them written there from now on: every few minutes, and by Close. What is
// wrong with the file is logged; the columns are read from the database then.
// From now on columns in use follow twice a second, too, and not only before an
// answer. It is for the one program that serves: others leave the file alone.
func (s *Set) Restore() {
	if s == nil {
		return
	}
	s.eager.Store(true)
	if s.o.File != "" {
		s.filed.Store(true)
		s.want(nil)
	}
}

// Close ends background work, waits for it, and writes the columns down.
func (s *Set) Close() {
	if s == nil {
		return
	}
	s.stop()
	s.running.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	if err := s.save(ctx); err != nil {
		s.o.Log.Warn("columns were not written down", slog.String("file", s.o.File), slog.Any("error", err))
	}
}

// closeWithin is how long writing the columns down may take at the end.
const closeWithin = 20 * time.Second

func (s *Set) now() int64 { return clock.Millis(s.o.Clock.Now()) }

// Find answers a query from the columns as of now: with everything that was
// committed before the call. ok is false where it cannot; the database is to be
// asked then, and what is missing is read in the background.
// An error is one of the database, or that of a context that ended.
func (s *Set) Find(ctx context.Context, q *Query) (out Result, ok bool, err error) {
	if !s.knows(ctx, q.Where) {
		return out, false, nil
	}
	ok, err = s.ask(ctx, q.cols(), func(v *view) (err error) {
		out, err = q.answer(v)
		return err
	})
	return out, ok, err
}

// ask is with for what this package evaluates itself. A fault in it is told to the
// log and as ok = false: the database answers, and whoever asked goes on.
func (s *Set) ask(ctx context.Context, cols []Col, fn func(v *view) error) (ok bool, err error) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		ok, err = false, nil
		f, known := r.(fault)
		if !known {
			f = fault{r, debug.Stack()}
		}
		s.stats.broke.Add(1)
		s.o.Log.Error("columns did not answer because of a fault; the database does", slog.Any("fault", f.value), slog.String("stack", string(f.stack)))
		s.Doubt()
	}()
	return s.with(ctx, cols, fn)
}

// with calls fn with columns as of now: with everything that was committed
// before the call. Where it cannot, it has what is missing read in the background.
func (s *Set) with(ctx context.Context, cols []Col, fn func(v *view) error) (ok bool, err error) {
	if !s.ready(ctx, cols) {
		s.want(cols)
		s.stats.passed.Add(1)
		return false, nil
	}
	head, err := s.heads.now(ctx)
	if err != nil {
		return false, err
	}
	if ok, err = s.reach(ctx, head); err != nil || !ok {
		s.stats.passed.Add(1)
		return false, err
	}
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	now := s.now()
	for _, c := range cols {
		h := s.cols[c]
		if h == nil { // dropped meanwhile
			s.stats.passed.Add(1)
			return false, nil
		}
		h.used.Store(now)
	}
	v := &view{ctx: ctx, get: func(c Col) data { return s.cols[c].data }, kept: s.kept, at: s.at, left: &s.left}
	defer v.giveBack()
	if err := fn(v); err != nil {
		return false, err
	}
	s.stats.answered.Add(1)
	return true, nil
}

// ready says whether columns are there. While the snapshot is being read it waits
// for it: that takes less than an answer of the database.
func (s *Set) ready(ctx context.Context, cols []Col) bool {
	if s.has(cols) {
		return true
	}
	s.work.Lock()
	restoring := s.restoring
	s.work.Unlock()
	if restoring == nil {
		return false
	}
	select {
	case <-restoring:
	case <-ctx.Done():
	case <-time.After(restoreWait):
	}
	return s.has(cols)
}

// restoreWait is how long a question waits for the snapshot at most.
const restoreWait = 3 * time.Second

func (s *Set) has(cols []Col) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return !slices.ContainsFunc(cols, func(c Col) bool { return s.cols[c] == nil })
}

func (s *Set) place() (at place, turn int64, any bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.at, s.turn, len(s.cols) > 0
}

// reach brings the columns up to a head, if little is missing.
func (s *Set) reach(ctx context.Context, head place) (bool, error) {
	if at, _, _ := s.place(); at.reached(head) {
		return true, nil
	}
	if s.behind.Load() {
		return false, nil
	}
	s.applying.Lock()
	defer s.applying.Unlock()
	at, _, any := s.place()
	if !any {
		return false, nil
	}
	if at.reached(head) {
		return true, nil
	}
	ch, err := s.store.changes(ctx, at, head, catchUpMost)
	if err == nil && ch.upTo.reached(head) {
		if _, err = s.apply(ctx, &ch); err == nil {
			return true, nil
		}
	}
	if err != nil && !errors.Is(err, errGap) {
		return false, err
	}
	s.follow()
	return false, nil
}

// apply follows changes and says how many rows it read again, which are none
// where only tables changed that no column reads; the caller holds applying.
// Where a value has no place in its column everything is dropped.
func (s *Set) apply(ctx context.Context, ch *changes) (rows int64, err error) {
	s.mu.RLock()
	turn := s.turn
	var cols []Col
	for c := range s.cols {
		cols = append(cols, c)
	}
	s.mu.RUnlock()
	patches, err := s.fetch(ctx, cols, ch)
	if err != nil {
		return 0, err
	}
	customers := 0
	for i := range patches {
		customers = max(customers, len(patches[i].ids))
		rows += patches[i].rows()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.turn != turn {
		return rows, errGap
	}
	s.kept.changed(ch)
	if err := into(patches, s.datas()); err != nil {
		s.drop()
		return rows, errGap
	}
	s.at = ch.upTo
	s.stats.followed.Add(int64(customers))
	return rows, nil
}

// drop forgets everything; the caller holds mu.
func (s *Set) drop() {
	s.cols = map[Col]*held{}
	s.kept.drop()
	s.turn++
}

// datas are the columns; the caller holds mu.
func (s *Set) datas() map[Col]data {
	out := make(map[Col]data, len(s.cols))
	for c, h := range s.cols {
		out[c] = h.data
	}
	return out
}

func (s *Set) customers() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	h := s.cols[everybody]
	if h == nil {
		return 0
	}
	n := 0
	for _, b := range h.data.(*sets).blocks {
		if b != nil {
			n += b.any.count()
		}
	}
	return int64(n)
}

func (s *Set) background(fn func()) {
	if s.ctx.Err() != nil {
		return
	}
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		fn()
	}()
}
