package customer

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/vault"
)

// Origin says by which way a change came.
type Origin string

// The origins.
const (
	OriginEdit   Origin = "edit"
	OriginBulk   Origin = "bulk"
	OriginImport Origin = "import"
	OriginAPI    Origin = "api"
	OriginMerge  Origin = "merge"
	OriginUndo   Origin = "undo"
	OriginPool   Origin = "pool"
)

// Change is one field of one customer before and after a write.
type Change struct {
	CustomerID int64
	// Field is a name of [Fields], a kind of contact, "relation", "team",
	// "tag", or "f." and the code of a custom field.
	Field string
	// Before and After are the values as [Patch.Set] takes them; of values that
	// are kept sealed the masked form.
	Before, After string
	// BeforeClear and AfterClear are the clear form of sealed values, "" where
	// there is none. They are sealed before they are written.
	BeforeClear, AfterClear string
}

// WriteOptions say what a write is.
type WriteOptions struct {
	// Origin is OriginEdit where "".
	Origin Origin
	// ChangeSet is the number that changes made together have; 0 takes a new one.
	ChangeSet int64
	// Kind is what the feed says; FeedUpdated where "".
	Kind FeedKind
	// OtherID goes with FeedMerged: the customer that stays.
	OtherID int64
	// Action is that of the audit entry; "customer.update" where "".
	Action string
	// Note is put into the audit entry beside what changed: codes and ids only.
	Note map[string]any
	// Fresh are customers that the same write made: what they came with is no change.
	Fresh map[int64]bool
	// NoAudit says that the caller has written the audit entry.
	NoAudit bool
}

// Written tells where a write is found again.
type Written struct {
	ChangeSet int64
	// FirstSeq and LastSeq are its numbers in the feed.
	FirstSeq, LastSeq int64
}

// Changed is the event of a write: customers CustomerID (0 where there are
// several; the feed has them from FirstSeq to LastSeq) got new values in Fields.
type Changed struct {
	CustomerID int64    `json:"customer_id"`
	Count      int      `json:"count"`
	FirstSeq   int64    `json:"first_seq"`
	LastSeq    int64    `json:"last_seq"`
	Kind       FeedKind `json:"kind"`
	Fields     []string `json:"fields"`
	Origin     Origin   `json:"origin"`
	ChangeSet  int64    `json:"change_set"`
}

// EventKind names the event.
func (Changed) EventKind() string { return "customer.changed" }

// Record is the one door through which a change of customers becomes known. It
// raises the version of the customers ids, writes the history, the audit
// entry, the event customer.changed and the feed. changes may be of some of
// the ids only, and may be none.
//
// It runs inside InTx, after the rows themselves were written, and as the last
// thing a transaction does: the feed is locked until the commit. A write of
// many customers calls it for some thousand at a time with one ChangeSet.
func (s *Service) Record(ctx context.Context, o WriteOptions, ids []int64, changes []Change) (Written, error) {
	versions, err := s.store.raise(ctx, ids, s.now())
	if err != nil {
		return Written{}, err
	}
	return s.finish(ctx, o, ids, versions, changes)
}

// finish is Record for customers whose versions were raised already.
func (s *Service) finish(ctx context.Context, o WriteOptions, ids []int64, versions map[int64]int64, changes []Change) (w Written, err error) {
	if len(ids) == 0 {
		return w, nil
	}
	if o.Origin == "" {
		o.Origin = OriginEdit
	}
	if o.Kind == "" {
		o.Kind = FeedUpdated
	}
	if o.ChangeSet == 0 {
		if o.ChangeSet, err = s.DB.NextID(ctx, "change_set"); err != nil {
			return w, err
		}
	}
	w.ChangeSet = o.ChangeSet
	if err := s.writeChanges(ctx, o, versions, changes); err != nil {
		return w, err
	}
	// From here on locks of the whole company are held: audit, then feed.
	if !o.NoAudit {
		if err := s.auditChanges(ctx, o, ids, changes); err != nil {
			return w, err
		}
	}
	if w.FirstSeq, w.LastSeq, err = s.store.Feed(ctx, o.Kind, o.OtherID, s.now(), ids); err != nil {
		return w, err
	}
	return w, s.publish(ctx, o, w, ids, changes)
}

func (s *Service) writeChanges(ctx context.Context, o WriteOptions, versions map[int64]int64, changes []Change) error {
	if len(changes) == 0 {
		return nil
	}
	rows := make([]changeRow, len(changes))
	actor := auth.From(ctx)
	at := s.now()
	for i := range changes {
		c, r := &changes[i], &rows[i]
		*r = changeRow{
			customerID: c.CustomerID, at: at, origin: o.Origin, changeSet: o.ChangeSet, version: versions[c.CustomerID],
			field: c.Field, before: c.Before, after: c.After, fresh: o.Fresh[c.CustomerID],
		}
		if actor != nil {
			r.actorID, r.actorName = actor.StaffID, actor.Name
		}
		var err error
		if r.beforeCipher, err = s.sealValue(c.BeforeClear); err != nil {
			return err
		}
		if r.afterCipher, err = s.sealValue(c.AfterClear); err != nil {
			return err
		}
		if err := r.sealFree(s.sealValue); err != nil {
			return err
		}
	}
	return s.store.insertChanges(ctx, rows)
}

// sealValue seals a value of the history; nothing stays nothing.
func (s *Service) sealValue(clear string) ([]byte, error) {
	if clear == "" {
		return nil, nil
	}
	return s.Vault.Seal(vault.KindRow, clear)
}

// auditedText bounds a value inside an audit entry, in characters.
const auditedText = 200

// auditChanges writes one entry: of one customer the fields before and after,
// of several how many they are.
func (s *Service) auditChanges(ctx context.Context, o WriteOptions, ids []int64, changes []Change) error {
	e := audit.Entry{Action: o.Action, ObjectType: "customer"}
	if e.Action == "" {
		e.Action = "customer.update"
	}
	after := map[string]any{}
	maps.Copy(after, o.Note)
	if o.Origin != OriginEdit {
		after["origin"] = string(o.Origin)
	}
	if len(ids) > 1 {
		after["count"], after["fields"], after["change_set"] = len(ids), fieldNames(changes), o.ChangeSet
		e.After = after
		return s.Audit.Append(ctx, e)
	}
	e.ObjectID = strconv.FormatInt(ids[0], 10)
	before := map[string]any{}
	for _, c := range changes {
		if c.CustomerID != ids[0] {
			continue
		}
		name := c.Field
		for n := 2; ; n++ { // two phones at once
			if _, taken := after[name]; !taken {
				break
			}
			name = c.Field + " " + strconv.Itoa(n)
		}
		before[name], after[name] = audited(c.Field, c.Before), audited(c.Field, c.After)
	}
	if len(before) > 0 {
		e.Before = before
	}
	e.After = after
	return s.Audit.Append(ctx, e)
}

// audited is what the audit log keeps of a value. Free text may say anything
// about a person; the history has them, the log only that they changed.
func audited(field, text string) string {
	if FreeText(field) && text != "" {
		return "****"
	}
	if r := []rune(text); len(r) > auditedText {
		return string(r[:auditedText]) + "…"
	}
	return text
}

func fieldNames(changes []Change) []string {
	set := map[string]bool{}
	for i := range changes {
		set[changes[i].Field] = true
	}
	return slices.Sorted(maps.Keys(set))
}

func (s *Service) publish(ctx context.Context, o WriteOptions, w Written, ids []int64, changes []Change) error {
	if s.Events == nil {
		return nil
	}
	e := Changed{
		Count: len(ids), FirstSeq: w.FirstSeq, LastSeq: w.LastSeq, Kind: o.Kind, Fields: fieldNames(changes),
		Origin: o.Origin, ChangeSet: o.ChangeSet,
	}
	if e.Fields == nil {
		e.Fields = []string{}
	}
	if len(ids) == 1 {
		e.CustomerID = ids[0]
	}
	return s.Events.Publish(ctx, e)
}

func (s *Service) now() int64 { return clock.Millis(s.Clock.Now()) }
