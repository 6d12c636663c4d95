// Package vault keeps personal data unreadable in the database and in files.
//
// A master key, 32 bytes outside the database, wraps three data keysets that the
// database holds: one seals fields, one makes the keyed hashes by which sealed
// values are found again ("blind indexes"), one seals files. Whoever has the
// database or a backup of it without the master key has nothing readable.
//
// A sealed value is bound to its [Kind]: a phone number's ciphertext does not open
// as an e-mail address. docs/adr/0003-vault.md says what a blind index gives away
// and how keys are changed.
package vault

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/streamingaead"
	"github.com/tink-crypto/tink-go/v2/tink"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// Kind says what a sealed value is. It is authenticated with the ciphertext and
// separates the blind indexes, so a kind never changes its text.
type Kind string

// The kinds.
const (
	KindPhone      Kind = "phone"
	KindEmail      Kind = "email"
	KindAddress    Kind = "address"
	KindCode       Kind = "code"        // a verification, coupon or access code
	KindExternalID Kind = "external_id" // a buyer's number in a source
	KindRow        Kind = "row"         // a row of an imported file as it was typed
	KindCell       Kind = "cell"        // one value of such a row
	KindName       Kind = "name"
	KindNote       Kind = "note"   // what somebody wrote about a person
	KindSecret     Kind = "secret" // a credential of the company's, such as an API token
	KindAnswer     Kind = "answer" // what a request was answered
	KindWeCom      Kind = "wecom"  // a customer's identifier in WeCom
	KindApp        Kind = "app"    // a customer's identifier in the company's app
	KindInvoice    Kind = "invoice"
)

// Kinds lists every kind.
var Kinds = []Kind{
	KindPhone, KindEmail, KindAddress, KindCode, KindExternalID,
	KindRow, KindCell, KindName, KindNote, KindSecret, KindAnswer,
	KindWeCom, KindApp, KindInvoice,
}

const (
	// BlindSize is the length of a blind index, in bytes. At 128 bits, two of a
	// billion values collide with a chance below 2e-21.
	BlindSize = 16
	// MaxPlain is the longest text that Seal takes, in bytes.
	MaxPlain = 4 << 20
)

// Vault seals, opens and blinds. It is safe for concurrent use.
type Vault struct {
	// ring is exchanged as a whole when keys were added or retired.
	ring  atomic.Pointer[ring]
	kinds map[Kind]*kindState
	opts  Options // DB is nil for an ephemeral vault
}

// ring is the data keys of a moment.
type ring struct {
	aead    tink.AEAD
	stream  tink.StreamingAEAD
	handles map[purpose]*keyset.Handle
}

func newRing(handles map[purpose]*keyset.Handle) (*ring, error) {
	r := &ring{handles: handles}
	var err error
	if r.aead, err = aead.New(handles[purposeFields]); err != nil {
		return nil, broken(err)
	}
	if r.stream, err = streamingaead.New(handles[purposeFiles]); err != nil {
		return nil, broken(err)
	}
	return r, nil
}

// kindState holds what a kind needs ready, so that a call makes no key.
type kindState struct {
	ad    []byte // associated data of the field cipher
	whole sync.Pool
	tail  sync.Pool
}

// Options say which keys to use.
type Options struct {
	DB    *db.DB
	Clock clock.Clock
	// MasterKey is 32 bytes in base64; "" reads KeyFile, which is made on the
	// first start.
	MasterKey string
	// KeyFile is where the master key lives when MasterKey is "".
	KeyFile string
	// Log hears once that a master key was made, and where. nil is silent.
	Log *slog.Logger
}

// New opens the keys of the database, and makes them on the first start; several
// processes may start at once. Errors: vault.wrong_key, vault.missing_key,
// vault.bad_key, vault.key_open (others can read the file), vault.key_file, and
// those of the database. None of them changes anything.
func New(ctx context.Context, o Options) (*Vault, error) {
	wrapped, err := loadKeys(ctx, o.DB)
	if err != nil {
		return nil, err
	}
	master, handles, err := o.unwrap(wrapped)
	if err != nil {
		return nil, err
	}
	if len(handles) < len(purposes) {
		// The missing ones, then again what is there now: another process may
		// have been faster, and its keys are the ones that count.
		if wrapped, err = createKeys(ctx, o.DB, o.Clock, master, handles); err != nil {
			return nil, err
		}
		if handles, err = master.unwrapAll(wrapped); err != nil {
			return nil, err
		}
	}
	v, err := fromHandles(handles)
	if err != nil {
		return nil, err
	}
	v.opts = o
	return v, nil
}

// Ephemeral is a vault whose keys nobody keeps: for tests and dry runs. What it
// seals can be opened by it alone.
func Ephemeral() (*Vault, error) {
	handles := map[purpose]*keyset.Handle{}
	for _, p := range purposes {
		h, err := p.newKeyset()
		if err != nil {
			return nil, err
		}
		handles[p] = h
	}
	return fromHandles(handles)
}

func fromHandles(handles map[purpose]*keyset.Handle) (*Vault, error) {
	v := &Vault{kinds: make(map[Kind]*kindState, len(Kinds))}
	r, err := newRing(handles)
	if err != nil {
		return nil, err
	}
	v.ring.Store(r)
	set, err := prf.NewPRFSet(handles[purposeBlind])
	if err != nil {
		return nil, broken(err)
	}
	for _, k := range Kinds {
		s := &kindState{ad: []byte("zhike/field/v1/" + string(k))}
		// A key of its own for each kind and use: the PRF serves as key
		// derivation here, and HMAC-SHA256 with that key does the work.
		if s.whole.New, err = newMAC(set, "zhike/blind/v1/"+string(k)); err != nil {
			return nil, err
		}
		if s.tail.New, err = newMAC(set, "zhike/tail/v1/"+string(k)); err != nil {
			return nil, err
		}
		v.kinds[k] = s
	}
	return v, nil
}

// mac is an HMAC state with its buffers: reusing them is what makes a blind index
// cost no allocation but its result.
type mac struct {
	h   hash.Hash
	in  []byte
	sum [sha256.Size]byte
}

func newMAC(set *prf.Set, label string) (func() any, error) {
	key, err := set.ComputePrimaryPRF([]byte(label), sha256.Size)
	if err != nil {
		return nil, broken(err)
	}
	return func() any { return &mac{h: hmac.New(sha256.New, key), in: make([]byte, 0, 64)} }, nil
}

// Seal encrypts plain (at most MaxPlain bytes, may be empty) as a value of the
// kind: AES-256-GCM with a random nonce, 33 bytes longer than plain. Two seals of
// the same text differ. Errors: vault.unknown_kind, vault.too_large.
func (v *Vault) Seal(kind Kind, plain string) ([]byte, error) {
	s, ok := v.kinds[kind]
	if !ok {
		return nil, unknownKind(kind)
	}
	if len(plain) > MaxPlain {
		return nil, errs.New(errs.TooLarge, "vault.too_large", "max", MaxPlain)
	}
	out, err := v.ring.Load().aead.Encrypt([]byte(plain), s.ad)
	if err != nil {
		return nil, broken(err)
	}
	return out, nil
}

// Open decrypts what Seal made for the same kind. No bytes, as a NULL column gives
// them, are the empty text. Errors: vault.unknown_kind, and vault.damaged where
// the bytes were changed, cut, or sealed as another kind or with another key.
func (v *Vault) Open(kind Kind, cipher []byte) (string, error) {
	s, ok := v.kinds[kind]
	if !ok {
		return "", unknownKind(kind)
	}
	if len(cipher) == 0 {
		return "", nil
	}
	plain, err := v.ring.Load().aead.Decrypt(cipher, s.ad)
	if err != nil {
		return "", errs.Wrap(err, errs.Internal, "vault.damaged")
	}
	return string(plain), nil
}

// Blind is the keyed hash (BlindSize bytes) by which a sealed value is found
// again. Give it the normalised value: equal texts give equal hashes, for one kind
// and one set of keys, also after a restart. It panics on a kind that is none of
// the constants, which is a fault of the program.
func (v *Vault) Blind(kind Kind, normalized string) []byte {
	return v.AppendBlind(make([]byte, 0, BlindSize), kind, normalized)
}

// AppendBlind appends the blind index to dst, for loops that bring their own memory.
func (v *Vault) AppendBlind(dst []byte, kind Kind, normalized string) []byte {
	return sum(dst, &v.mustKind(kind).whole, normalized)
}

// BlindTail is Blind for the last four digits or letters of a value. It is another
// hash than Blind of the same text. Few values share a tail space of 10,000: keep
// it beside the whole index, never instead of it.
func (v *Vault) BlindTail(kind Kind, last4 string) []byte {
	return sum(make([]byte, 0, BlindSize), &v.mustKind(kind).tail, last4)
}

func (v *Vault) mustKind(kind Kind) *kindState {
	s, ok := v.kinds[kind]
	if !ok {
		panic("vault: unknown kind")
	}
	return s
}

func sum(dst []byte, pool *sync.Pool, text string) []byte {
	m := pool.Get().(*mac)
	m.h.Reset()
	m.in = append(m.in[:0], text...)
	m.h.Write(m.in)
	m.h.Sum(m.sum[:0])
	dst = append(dst, m.sum[:BlindSize]...)
	if cap(m.in) <= 4096 {
		clear(m.in)
		pool.Put(m)
	}
	return dst
}

func unknownKind(k Kind) error {
	return errs.New(errs.Internal, "vault.unknown_kind", "kind", string(k))
}

// broken is a failure of the cipher library itself: not expected, never personal.
func broken(err error) error { return errs.Wrap(err, errs.Internal, "internal") }
