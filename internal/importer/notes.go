package importer

import (
	"cmp"
	"encoding/json"
	"slices"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
)

// notes are what an import has to say beside its counts; they are kept sealed,
// because a person typed what they quote.
type notes struct {
	Tags  []LeftTag `json:"tags,omitempty"`
	Alike []Alike   `json:"alike,omitempty"`

	changed bool
}

// LeftTag is a name in a column of tags that is no tag, or one no longer given.
type LeftTag struct {
	Name string `json:"name"`
	Rows int64  `json:"rows" doc:"units that name it"`
}

const (
	// maxLeftTags bounds the names that are kept; all are counted.
	maxLeftTags = 50
	// maxAlike bounds the examples of customers that look like others.
	maxAlike = 10
)

// leftTag notes that a name was left out.
func (n *notes) leftTag(name string) {
	n.changed = true
	for i := range n.Tags {
		if n.Tags[i].Name == name {
			n.Tags[i].Rows++
			return
		}
	}
	if len(n.Tags) < maxLeftTags {
		n.Tags = append(n.Tags, LeftTag{name, 1})
	}
}

// tags are the names, the most frequent first.
func (n *notes) tags() []LeftTag {
	out := append([]LeftTag{}, n.Tags...)
	slices.SortFunc(out, func(a, b LeftTag) int { return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Name, b.Name)) })
	return out
}

func (n *notes) seal(v *vault.Vault) ([]byte, error) {
	b, err := json.Marshal(n)
	if err != nil {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	return v.Seal(vault.KindRow, string(b))
}

func openNotes(v *vault.Vault, cipher []byte) (n notes, err error) {
	if len(cipher) == 0 {
		return n, nil
	}
	text, err := v.Open(vault.KindRow, cipher)
	if err != nil {
		return n, err
	}
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		return n, errs.Wrap(err, errs.Internal, "internal")
	}
	return n, nil
}

// countTags counts the names in a document's tags that nobody is given.
func (w *writer) countTags(pl *plan, d *doc) {
	x := pl.r.extras
	if x == nil || d.buyer.extra == nil {
		return
	}
	for _, name := range d.buyer.extra.tags {
		t := x.tags[name]
		if t == nil && x.made[name] {
			continue
		}
		if t == nil || t.Retired && !hasTag(x.of(d.customer).tags, t) {
			w.rec.Counts.TagsLeftOut++
			w.notes.leftTag(name)
		}
	}
}
