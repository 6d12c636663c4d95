package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"zhike/internal/platform/errs"
)

const (
	defaultQueue       = river.QueueDefault
	defaultMaxAttempts = 10
	defaultTimeout     = time.Hour
)

// Registry holds the handlers by kind and the periodic jobs. It is filled
// before [Client.Start] and only read afterwards.
type Registry struct {
	kinds  map[string]*kindDef
	queues map[string]int // name → workers; 0 = the engine's default
	every  []periodic
}

type kindDef struct {
	kind        string
	queue       string
	maxAttempts int
	timeout     time.Duration
	unique      bool
	add         func(ws *river.Workers, c *Client)
}

// NewRegistry makes an empty registry.
func NewRegistry() *Registry {
	return &Registry{kinds: map[string]*kindDef{}, queues: map[string]int{defaultQueue: 0}}
}

// Kinds lists the registered kinds, sorted.
func (r *Registry) Kinds() []string {
	kinds := make([]string, 0, len(r.kinds))
	for k := range r.kinds {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

// Option varies how a kind is run.
type Option func(r *Registry, d *kindDef)

// MaxAttempts is how often a job is started before it counts as failed
// (default 10).
func MaxAttempts(n int) Option {
	return func(_ *Registry, d *kindDef) { d.maxAttempts = n }
}

// Timeout ends the handler's context after t (default one hour); 0 means never.
func Timeout(t time.Duration) Option {
	return func(_ *Registry, d *kindDef) { d.timeout = t }
}

// Unique admits one unfinished job of the kind with the same args, unless
// EnqueueOpts.UniqueKey says otherwise.
func Unique() Option {
	return func(_ *Registry, d *kindDef) { d.unique = true }
}

// Queue runs the kind in a queue of its own workers, so that long jobs
// elsewhere do not hold it up. The name is lower-case letters and underscores.
func Queue(name string, workers int) Option {
	return func(r *Registry, d *kindDef) {
		d.queue = name
		r.queues[name] = max(workers, r.queues[name])
	}
}

var kindPattern = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)

// Handle registers the handler of a kind. An error of kind Invalid, Forbidden,
// Unauthenticated, NotFound, Conflict or TooLarge, or one that wraps
// [ErrDiscard], ends the job; any other is retried with growing pauses. It
// panics on a kind that is taken or malformed: that is a mistake in the program.
func Handle[A Args](r *Registry, fn func(ctx context.Context, job Job[A]) error, o ...Option) {
	var zero A
	kind := zero.Kind()
	if !kindPattern.MatchString(kind) {
		panic(fmt.Sprintf("jobs: kind %q is not of the form domain.verb", kind))
	}
	if r.kinds[kind] != nil {
		panic(fmt.Sprintf("jobs: kind %q has a handler already", kind))
	}
	d := &kindDef{kind: kind, queue: defaultQueue, maxAttempts: defaultMaxAttempts, timeout: defaultTimeout}
	for _, opt := range o {
		opt(r, d)
	}
	d.add = func(ws *river.Workers, c *Client) {
		river.AddWorker(ws, &worker[A]{c: c, def: d, fn: fn})
	}
	r.kinds[kind] = d
}

// box carries the args through River undecoded, so that bad args end in one of
// our codes and not in a decoder's text.
type box[A Args] struct{ raw json.RawMessage }

// Kind is the kind of A.
func (box[A]) Kind() string {
	var a A
	return a.Kind()
}

// UnmarshalJSON keeps the bytes.
func (b *box[A]) UnmarshalJSON(p []byte) error {
	b.raw = slices.Clone(p)
	return nil
}

type worker[A Args] struct {
	river.WorkerDefaults[box[A]]
	c   *Client
	def *kindDef
	fn  func(context.Context, Job[A]) error
}

func (w *worker[A]) Timeout(*river.Job[box[A]]) time.Duration {
	if w.def.timeout == 0 {
		return -1
	}
	return w.def.timeout
}

func (w *worker[A]) Work(ctx context.Context, j *river.Job[box[A]]) error {
	return w.c.run(ctx, j.JobRow, func(ctx context.Context, staff int64) error {
		var a A
		if err := json.Unmarshal(j.Args.raw, &a); err != nil {
			return errs.Wrap(err, errs.Invalid, "jobs.bad_args")
		}
		return w.fn(ctx, Job[A]{ID: j.ID, Args: a, Attempt: j.Attempt, StaffID: staff})
	})
}

// insertArgs carries encoded args into River.
type insertArgs struct {
	kind string
	raw  json.RawMessage
}

func (a insertArgs) Kind() string { return a.kind }

// MarshalJSON gives the bytes that Enqueue encoded.
func (a insertArgs) MarshalJSON() ([]byte, error) { return a.raw, nil }

var _ rivertype.JobArgs = insertArgs{}
