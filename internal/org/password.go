package org

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/memory"
)

// Cost is what one password hash costs.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// DefaultCost is the recommendation of the OWASP Password Storage Cheat Sheet
// for argon2id with the least memory a lane: 19 MiB, two passes.
var DefaultCost = Cost{MemoryKiB: 19 << 10, Passes: 2, Lanes: 1}

// Bounds of a stored hash, so that a damaged row cannot eat the machine.
const (
	maxMemoryKiB = 256 << 10
	maxPasses    = 16
	maxLanes     = 16
	saltBytes    = 16
	keyBytes     = 32
)

// maxWaiting is how many may wait for a hash; who comes beyond it is sent away
// at once instead of being let wait until the time is out.
const maxWaiting = 64

// hasher makes and checks argon2id hashes, a few at a time: each takes its
// cost in memory.
type hasher struct {
	cost    Cost
	slots   chan struct{}
	waiting atomic.Int64
	dummy   string // hash of nothing, for logins that do not exist
}

func newHasher(c Cost) *hasher {
	h := &hasher{cost: c, slots: make(chan struct{}, min(4, max(1, runtime.GOMAXPROCS(0))))}
	// Right form and cost, but no password gives this key.
	h.dummy = phc(c, make([]byte, saltBytes), make([]byte, keyBytes))
	return h
}

// enter waits for a slot; leave must follow.
func (h *hasher) enter(ctx context.Context) error {
	if h.waiting.Add(1) > maxWaiting {
		h.waiting.Add(-1)
		return errs.New(errs.Unavailable, "org.busy", "seconds", 2)
	}
	defer h.waiting.Add(-1)
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errs.From(ctx.Err())
	}
}

// leave gives the slot back. The memory of a hash is garbage now.
func (h *hasher) leave() {
	<-h.slots
	memory.FreeSoon()
}

// hash gives the PHC form of a password: $argon2id$v=19$m=…,t=…,p=…$salt$key.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	return phc(h.cost, salt, derive(h.cost, password, salt, keyBytes)), nil
}

// verify says whether the password gives the hash, and whether the hash was
// made with another cost than today's.
func (h *hasher) verify(ctx context.Context, password, encoded string) (ok, old bool, err error) {
	c, salt, key, err := parsePHC(encoded)
	if err != nil {
		return false, false, errs.Wrap(err, errs.Internal, "internal")
	}
	if err := h.enter(ctx); err != nil {
		return false, false, err
	}
	defer h.leave()
	got := derive(c, password, salt, uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1, c != h.cost || len(key) != keyBytes, nil
}

// derive is argon2id over the NFKC form, so that a password typed full-width
// or composed differently is the same one.
func derive(c Cost, password string, salt []byte, n uint32) []byte {
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, c.Passes, c.MemoryKiB, c.Lanes, n)
}

func phc(c Cost, salt, key []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.MemoryKiB, c.Passes, c.Lanes,
		b.EncodeToString(salt), b.EncodeToString(key))
}

func parsePHC(s string) (c Cost, salt, key []byte, err error) {
	bad := func() (Cost, []byte, []byte, error) {
		return Cost{}, nil, nil, fmt.Errorf("stored password hash is not argon2id in PHC form")
	}
	p := strings.Split(s, "$")
	if len(p) != 6 || p[0] != "" || p[1] != "argon2id" || p[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return bad()
	}
	if _, err := fmt.Sscanf(p[3], "m=%d,t=%d,p=%d", &c.MemoryKiB, &c.Passes, &c.Lanes); err != nil {
		return bad()
	}
	if salt, err = base64.RawStdEncoding.DecodeString(p[4]); err != nil {
		return bad()
	}
	if key, err = base64.RawStdEncoding.DecodeString(p[5]); err != nil {
		return bad()
	}
	if c.MemoryKiB < 8 || c.MemoryKiB > maxMemoryKiB || c.Passes < 1 || c.Passes > maxPasses ||
		c.Lanes < 1 || c.Lanes > maxLanes || len(salt) < 8 || len(key) < 16 || len(key) > 64 {
		return bad()
	}
	return c, salt, key, nil
}

// oneTimeLetters leaves out what is taken for something else when read aloud
// or copied by hand.
const oneTimeLetters = "abcdefghjkmnpqrstuvwxyz23456789"

// oneTimePassword makes a random password of four groups of four, 79 bits.
func oneTimePassword() string {
	var b strings.Builder
	var r [1]byte
	for n := 0; n < 16; {
		_, _ = rand.Read(r[:])
		// The rest of the range would make the first letters likelier.
		if int(r[0]) >= 256/len(oneTimeLetters)*len(oneTimeLetters) {
			continue
		}
		if n > 0 && n%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(oneTimeLetters[int(r[0])%len(oneTimeLetters)])
		n++
	}
	return b.String()
}
