package jobs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// Options vary a [Client]; the zero value is right for one server.
type Options struct {
	// Node names this process among those that work jobs. On PostgreSQL a
	// caller that gives the same name at every start and guards it by a lock
	// (that of the data folder) has jobs of its killed predecessor picked up
	// at once; with "" (a random name) that takes LeaseTTL. On SQLite the
	// caller guarantees that one process works jobs, whatever the name.
	Node string
	// Workers is how many jobs of the default queue run at once: default 2 on
	// SQLite, 4 on PostgreSQL.
	Workers int
	// LeaseTTL is after what silence a process counts as dead (default 15 s);
	// leases are renewed three times as often.
	LeaseTTL time.Duration
	// Poll is how often each queue looks for work that nobody announced
	// (default 1 s).
	Poll time.Duration
	// Backoff is the pause before the next attempt (default 1 s, then three
	// times as long each time, at most an hour, ± 10 %).
	Backoff func(attempt int) time.Duration
	// Audit records retries and cancellations by people; nil records nothing.
	Audit Auditor
	// Names finds the names of staff for the jobs page; nil shows none.
	Names func(ctx context.Context, ids []int64) (map[int64]string, error)
	// Zone is the company's, for instants in files; nil is UTC.
	Zone clock.Zone
}

// Client enqueues jobs, works them between Start and Stop, and shows them.
type Client struct {
	d    *db.DB
	clk  clock.Clock
	log  *slog.Logger
	reg  *Registry
	opts Options
	node string
	st   store
	eng  engine
	bell *bell // nil on PostgreSQL

	held    holder
	flushMu sync.Mutex    // keeps writes of progress in order
	dirty   chan struct{} // some progress waits to be written
	metrics *metrics
	snap    snapshotter

	mu      sync.Mutex
	running bool
	cancel  context.CancelFunc // ends the background goroutines
	done    sync.WaitGroup
}

// New makes a client that can enqueue at once; [Client.Start] makes it work
// jobs. Handlers may be added to the registry until then.
func New(d *db.DB, clk clock.Clock, log *slog.Logger, r *Registry, o Options) (*Client, error) {
	if o.Workers == 0 {
		o.Workers = 4
		if d.Engine() == db.SQLite {
			o.Workers = 2
		}
	}
	if o.LeaseTTL == 0 {
		o.LeaseTTL = 15 * time.Second
	}
	if o.Poll == 0 {
		o.Poll = time.Second
	}
	if o.Backoff == nil {
		o.Backoff = backoff
	}
	c := &Client{
		d: d, clk: clk, log: log, reg: r, opts: o, node: o.Node,
		st: newStore(d), dirty: make(chan struct{}, 1), metrics: newMetrics(),
	}
	c.snap.c = c
	if c.node == "" {
		c.node = randomNode()
	}
	if d.Engine() == db.SQLite {
		c.bell = newBell()
	}
	var err error
	c.eng, err = newEngine(d, c.bell, c.config())
	return c, err
}

// Registry is where handlers are added.
func (c *Client) Registry() *Registry { return c.reg }

// config is what inserting and working clients share.
func (c *Client) config() *river.Config {
	return &river.Config{
		ID:            c.node,
		FetchCooldown: 10 * time.Millisecond,
		JobTimeout:    -1, // each kind has its own
		Logger:        slog.New(atLeast{c.log.Handler(), slog.LevelWarn}),
		MaxAttempts:   defaultMaxAttempts,
		Hooks:         []rivertype.Hook{river.HookInsertBeginFunc(setUniqueKey)},
	}
}

// Start begins to work jobs; it returns when the queues are open. First it
// takes back what a dead predecessor held. It does nothing where no handler
// is registered.
func (c *Client) Start(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running || len(c.reg.kinds) == 0 {
		return nil
	}
	if err := c.takeBack(ctx); err != nil {
		return err
	}
	ws := river.NewWorkers()
	for _, d := range c.reg.kinds {
		d.add(ws, c)
	}
	cfg := c.config()
	cfg.Workers = ws
	cfg.Queues = map[string]river.QueueConfig{}
	for name, n := range c.reg.queues {
		if n == 0 {
			n = c.opts.Workers
		}
		cfg.Queues[name] = river.QueueConfig{MaxWorkers: n}
	}
	cfg.FetchPollInterval = c.opts.Poll
	cfg.RetryPolicy = retryPolicy{c}
	cfg.ErrorHandler = errorHandler{}
	cfg.CompletedJobRetentionPeriod = 7 * 24 * time.Hour
	cfg.CancelledJobRetentionPeriod = 30 * 24 * time.Hour
	cfg.DiscardedJobRetentionPeriod = 30 * 24 * time.Hour
	// River's rescuer knows only how long a job has been running; the leases
	// know whether its process lives.
	cfg.RescueStuckJobsAfter = 10 * 365 * 24 * time.Hour
	if err := c.eng.start(ctx, cfg); err != nil {
		return err
	}
	loop, cancel := context.WithCancel(auth.With(context.WithoutCancel(ctx), auth.System("jobs")))
	c.cancel, c.running = cancel, true
	c.done.Go(func() { c.runKeeper(loop) })
	c.done.Go(func() { c.runFlusher(loop) })
	c.done.Go(func() { c.runPeriodic(loop) })
	return nil
}

// Stop takes no new jobs, ends the contexts of running ones (cause
// [ErrStopping]), waits for their handlers and makes their jobs available
// again without counting a failure. Where ctx ends first it fails with
// jobs.stop_timeout; what still runs then is picked up by its lease.
func (c *Client) Stop(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.running {
		return nil
	}
	err := c.eng.stop(ctx)
	c.cancel()
	c.done.Wait()
	c.running = false
	if err != nil {
		return errs.Wrap(err, errs.Unavailable, "jobs.stop_timeout")
	}
	c.flush(ctx)
	return c.d.InTx(ctx, func(ctx context.Context) error { return c.st.dropLeases(ctx, c.node) })
}

// maxArgs bounds the encoded args of a job in bytes: args name things, they do
// not carry them.
const maxArgs = 64 << 10

// Enqueue stores a job in the transaction of ctx, or in one of its own, and
// returns its id: that of the job already there where the kind or the key is
// unique. The job starts only after the commit. Codes: jobs.unknown_kind
// (Internal), jobs.args_too_large (TooLarge).
func (c *Client) Enqueue(ctx context.Context, args Args, o EnqueueOpts) (jobID int64, err error) {
	def := c.reg.kinds[args.Kind()]
	if def == nil {
		return 0, errs.New(errs.Internal, "jobs.unknown_kind", "kind", args.Kind())
	}
	raw, err := json.Marshal(args)
	if err != nil {
		return 0, errs.Wrap(err, errs.Internal, "internal")
	}
	if len(raw) > maxArgs {
		return 0, errs.New(errs.TooLarge, "jobs.args_too_large", "max", maxArgs)
	}
	meta, err := json.Marshal(metadata{StaffID: auth.StaffID(ctx)})
	if err != nil {
		return 0, errs.Wrap(err, errs.Internal, "internal")
	}
	opts := &river.InsertOpts{
		MaxAttempts: def.maxAttempts, Metadata: meta, Priority: o.Priority, Queue: def.queue, ScheduledAt: o.At,
	}
	key := o.UniqueKey
	if key == "" && def.unique {
		key = "args:" + string(raw)
	}
	if key != "" {
		opts.UniqueOpts = river.UniqueOpts{ByQueue: true, ByState: unfinished}
		ctx = context.WithValue(ctx, uniqueKey{}, sha256.Sum256([]byte(def.kind+"\n"+key)))
	}
	err = c.d.InTx(ctx, func(ctx context.Context) error {
		res, err := c.eng.insert(ctx, insertArgs{def.kind, raw}, opts)
		if err != nil {
			return err
		}
		jobID = res.Job.ID
		c.wakeAfterCommit(ctx, def.queue)
		return nil
	})
	return jobID, err
}

// wakeAfterCommit makes this process look at a queue once ctx's transaction is
// visible. PostgreSQL tells all processes by itself.
func (c *Client) wakeAfterCommit(ctx context.Context, queue string) {
	if c.bell != nil {
		db.AfterCommit(ctx, func() { c.bell.inserted(queue) })
	}
}

// metadata is what this package keeps in River's metadata column.
type metadata struct {
	StaffID         int64  `json:"staff_id,omitempty"`
	CancelAttempted string `json:"cancel_attempted_at,omitempty"` // River's
}

// unfinished are the states in which a unique job keeps others out.
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
	rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

type uniqueKey struct{}

// setUniqueKey puts our own key in the place of the one River derives.
func setUniqueKey(ctx context.Context, p *rivertype.JobInsertParams) error {
	if k, ok := ctx.Value(uniqueKey{}).([sha256.Size]byte); ok {
		p.UniqueKey = k[:]
	}
	return nil
}

func randomNode() string {
	b := make([]byte, 12)
	_, _ = rand.Read(b)
	return "node-" + hex.EncodeToString(b)
}

// atLeast drops records below a level: River tells each attempt at info level.
type atLeast struct {
	slog.Handler
	level slog.Level
}

func (h atLeast) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= h.level && h.Handler.Enabled(ctx, l)
}

func (h atLeast) WithAttrs(a []slog.Attr) slog.Handler {
	return atLeast{h.Handler.WithAttrs(a), h.level}
}

func (h atLeast) WithGroup(name string) slog.Handler {
	return atLeast{h.Handler.WithGroup(name), h.level}
}
