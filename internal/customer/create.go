package customer

import (
	"context"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"zhike/internal/clean"
	custom "zhike/internal/field"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
)

// New is a customer to be created. Without owner_id the creator owns it; null
// puts it into the pool.
type New struct {
	Patch
	Own
	Contacts []ContactIn `json:"contacts,omitempty" maxItems:"50"`
	// ByHand demands the custom fields that are required.
	ByHand bool `json:"-"`
	// SourceID and Number are where the customer comes from, for interfaces;
	// the source "manual" where 0.
	SourceID int64  `json:"-"`
	Number   string `json:"-"`
}

// Made is what became of a New.
type Made struct {
	ID      int64
	Version int64
	Err     error // nothing was written then
}

// manualSource is the code of the source of what people type in.
const manualSource = "manual"

// manual gives the id of the source of what people type in, inside InTx.
// i18n-keys: customer.source.*
func (s *Service) manual(ctx context.Context) (id int64, err error) {
	return s.store.ensureSource(ctx, manualSource, s.Texts.T("zh-CN", "customer.source.manual", nil), s.now())
}

// Create makes one customer by hand, with custom fields and tags, and gives its
// record. Errors: forbidden without customer.create (and tag.assign where tags
// are sent), invalid with the fields that are wrong, required ones that are
// missing among them.
func (s *Service) Create(ctx context.Context, in New, o WriteOptions) (*Record, error) {
	if err := auth.Require(ctx, PermCreate); err != nil {
		return nil, err
	}
	in.ByHand = true
	made, _, err := s.CreateMany(ctx, []New{in}, o)
	if err != nil {
		return nil, err
	}
	if made[0].Err != nil {
		return nil, made[0].Err
	}
	return s.Read(ctx, made[0].ID)
}

// CreateMany makes customers in one transaction; its caller has checked that
// the actor may create at all. What is wrong with one is in its result and does
// not keep back the others. Some thousand a call.
func (s *Service) CreateMany(ctx context.Context, list []New, o WriteOptions) (made []Made, w Written, err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		rows, err := s.checkNew(ctx, list)
		if err == nil {
			made, w, err = s.writeNew(ctx, rows, o)
		}
		return err
	})
	if err != nil {
		return nil, w, err
	}
	return made, w, nil
}

// writeNew writes customers that were checked, inside InTx; a row with a fault
// is passed over.
func (s *Service) writeNew(ctx context.Context, rows []newRow, o WriteOptions) (made []Made, w Written, err error) {
	b := &createBatch{service: s}
	made = make([]Made, len(rows))
	for i := range rows {
		if made[i].Err = rows[i].fault; made[i].Err == nil {
			b.add(i, &rows[i])
		}
	}
	if len(b.rows) == 0 {
		return made, w, nil
	}
	if err := b.write(ctx); err != nil {
		return nil, w, err
	}
	ids, versions := make([]int64, len(b.rows)), make(map[int64]int64, len(b.rows))
	for i, r := range b.rows {
		ids[i], versions[r.ID] = r.ID, r.Version
		made[b.at[i]] = Made{ID: r.ID, Version: r.Version}
	}
	o.Kind = FeedCreated
	if o.Action == "" {
		o.Action = "customer.create"
	}
	if len(ids) == 1 && !o.NoAudit {
		if err := s.auditCreated(ctx, o, b.rows[0], b.told); err != nil {
			return nil, w, err
		}
		o.NoAudit = true
	}
	w, err = s.finish(ctx, o, ids, versions, nil)
	return made, w, err
}

// auditCreated tells what a new customer was made of, contacts left out.
func (s *Service) auditCreated(ctx context.Context, o WriteOptions, r *Stored, own []Change) error {
	after := map[string]any{}
	for i := range own {
		name := own[i].Field
		for n := 2; after[name] != nil; n++ { // several tags
			name = own[i].Field + " " + strconv.Itoa(n)
		}
		after[name] = audited(own[i].Field, own[i].After)
	}
	for i := range recordFields {
		if text := recordFields[i].text(r); text != "" && text != "[]" && text != "false" {
			after[recordFields[i].name] = audited(recordFields[i].name, text)
		}
	}
	if o.Origin != "" && o.Origin != OriginEdit {
		after["origin"] = string(o.Origin)
	}
	return s.Audit.Append(ctx, audit.Entry{Action: o.Action, ObjectType: "customer", ObjectID: idText(r.ID), After: after})
}

// newRow is a New that was checked: all that is written of it but ids.
type newRow struct {
	fault    error // what is wrong with it; nothing else is there then
	row      *Stored
	terms    []string
	contacts []*sealedContact
	key      *Key
	values   map[string]custom.Value
	tags     []int64
}

// checkNew turns what was sent into rows. Of what needs no look into the
// database, which is sealing and hashing above all, each CPU does a part.
func (s *Service) checkNew(ctx context.Context, list []New) ([]newRow, error) {
	actor := auth.From(ctx)
	edits := editBatch{service: s, edits: make([]Edit, len(list))}
	alone := true
	for i := range list {
		edits.edits[i].Patch = list[i].Patch
		if o := &edits.edits[i].Patch.OwnerID; o.Sent && o.Value != nil && actor != nil && *o.Value == actor.StaffID && actor.StaffID != 0 {
			o.Sent, o.Value = false, nil // owning it oneself is what happens anyway
		}
		list[i].Patch.OwnerID = edits.edits[i].Patch.OwnerID
		alone = alone && !list[i].ByHand && !list[i].Own.sent()
	}
	if err := edits.references(ctx); err != nil {
		return nil, err
	}
	rows := make([]newRow, len(list))
	one := func(i int) error {
		fault, err := s.checkOne(ctx, &edits, actor, &list[i], &rows[i])
		if fault != nil {
			rows[i] = newRow{fault: fault}
		}
		return err
	}
	if alone {
		return rows, spread(len(list), one)
	}
	for i := range list {
		if err := one(i); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (s *Service) checkOne(ctx context.Context, edits *editBatch, actor *auth.Actor, in *New, out *newRow) (fault, err error) {
	if fault := MayEdit(ctx, "", in.Patch.names()...); fault != nil {
		return fault, nil
	}
	now := s.now()
	c := &checker{bad: errs.New(errs.Invalid, "invalid"), today: s.Zone.Today(s.Clock)}
	r := &Stored{Stage: StageProspect, Favourites: "[]"}
	r.Kind, r.SourceID, r.Version, r.CreatedAt, r.UpdatedAt = KindPerson, in.SourceID, 1, now, now
	if in.Name == nil {
		_ = c.bad.WithField(fieldName, "customer.name_missing")
	}
	if !in.OwnerID.Sent && actor != nil && actor.StaffID != 0 {
		r.OwnerID, r.DepartmentID = actor.StaffID, actor.DepartmentID
	}
	c.apply(&in.Patch, r)
	edits.assign(c, actor, &in.Patch, r)
	if r.OwnerID != 0 {
		r.OwnedAt = now
	}
	if in.Invoice.Sent && in.Invoice.Value != nil {
		inv, err := json.Marshal(c.invoice(*in.Invoice.Value))
		if err != nil {
			return nil, errs.Wrap(err, errs.Internal, "internal")
		}
		if r.InvoiceCipher, err = s.Vault.Seal(vault.KindInvoice, string(inv)); err != nil {
			return nil, err
		}
	}
	if out.contacts, err = s.sealAll(ctx, c, in.Contacts); err != nil {
		return nil, err
	}
	if out.values, err = s.parseOwn(ctx, c, &in.Own); err != nil {
		return nil, err
	}
	if in.ByHand {
		if err := s.required(ctx, c, out.values); err != nil {
			return nil, err
		}
	}
	if in.TagIDs != nil {
		out.tags = *in.TagIDs
	}
	if in.Number != "" {
		if out.key, err = s.newKey(c, in); err != nil {
			return nil, err
		}
	}
	out.row, out.terms = r, TermsOf(&r.Customer).Terms
	return c.bad.OrNil(), nil
}

// createBatch is what one run of writeNew writes.
type createBatch struct {
	service  *Service
	at       []int // of rows in what was checked
	rows     []*Stored
	terms    []Terms
	contacts []*sealedContact
	owners   []int // of contacts, in rows
	keys     []Key
	keyOf    []int                     // of keys, in rows
	values   []map[string]custom.Value // of rows
	tags     [][]int64                 // of rows
	told     []Change                  // what values and tags came to
}

func (b *createBatch) add(at int, n *newRow) {
	for _, k := range n.contacts {
		b.contacts, b.owners = append(b.contacts, k), append(b.owners, len(b.rows))
	}
	if n.key != nil {
		b.keys, b.keyOf = append(b.keys, *n.key), append(b.keyOf, len(b.rows))
	}
	b.rows, b.at, b.terms = append(b.rows, n.row), append(b.at, at), append(b.terms, Terms{Terms: n.terms})
	b.values, b.tags = append(b.values, n.values), append(b.tags, n.tags)
}

// sealAll seals the contacts of one new customer. The first of each kind is
// the primary one unless another says so.
func (s *Service) sealAll(ctx context.Context, c *checker, list []ContactIn) ([]*sealedContact, error) {
	if len(list) > maxContacts {
		_ = c.bad.WithField("contacts", "customer.too_many", "max", maxContacts)
		return nil, nil
	}
	var out []*sealedContact
	primary := map[ContactKind]*sealedContact{}
	for i := range list {
		path := "contacts[" + strconv.Itoa(i) + "]."
		k, err := s.sealContact(ctx, c, path, &list[i], 0)
		if err != nil {
			return nil, err
		}
		for _, h := range out {
			if h.Kind == k.Kind && h.clear == k.clear {
				_ = c.bad.WithField(path+"value", "customer.contact_exists")
			} else if h.Kind == k.Kind && k.Kind == ContactCode {
				_ = c.bad.WithField(path+"value", "customer.second_code")
			}
		}
		switch first := primary[k.Kind]; {
		case first == nil:
			primary[k.Kind] = k
		case k.Primary && !first.Primary:
			primary[k.Kind] = k
		default:
			k.Primary = false
		}
		out = append(out, k)
	}
	for _, k := range primary {
		k.Primary = true
	}
	return out, nil
}

// maxNumber bounds a customer's number in a source, in characters.
const maxNumber = 100

func (s *Service) newKey(c *checker, in *New) (*Key, error) {
	v := s.Vault
	text, err := clean.Text(in.Number)
	if err != nil || utf8.RuneCountInString(text) > maxNumber {
		_ = c.bad.WithField("number", "customer.too_long", "max", maxNumber)
		return nil, nil
	}
	cipher, err := v.Seal(vault.KindExternalID, text)
	return &Key{SourceID: in.SourceID, Blind: v.Blind(vault.KindExternalID, text), Cipher: cipher}, err
}

func (b *createBatch) write(ctx context.Context) error {
	st := b.service.store
	for _, r := range b.rows {
		if r.SourceID != 0 {
			continue
		}
		source, err := b.service.manual(ctx)
		if err != nil {
			return err
		}
		r.SourceID = source
	}
	if err := st.insertStored(ctx, b.rows); err != nil {
		return err
	}
	for i, r := range b.rows {
		b.terms[i].CustomerID = r.ID
		if r.AdviserID != 0 {
			if err := st.setAdviser(ctx, r.ID, r.AdviserID, r.CreatedAt); err != nil {
				return err
			}
		}
	}
	if err := st.insertTermsByTerm(ctx, b.terms); err != nil {
		return err
	}
	for i, k := range b.contacts {
		k.CustomerID, k.SourceID = b.rows[b.owners[i]].ID, b.rows[b.owners[i]].SourceID
	}
	if err := st.insertContacts(ctx, b.contacts); err != nil {
		return err
	}
	for i := range b.keys {
		b.keys[i].CustomerID = b.rows[b.keyOf[i]].ID
	}
	if err := st.InsertKeys(ctx, b.keys); err != nil {
		return err
	}
	return b.ownOfNew(ctx)
}
