package tag

import (
	"strings"
	"unicode/utf8"

	"zhike/internal/clean"
	"zhike/internal/field"
	"zhike/internal/platform/errs"
)

// Bounds.
const (
	MaxGroups      = 100
	MaxTags        = 5000
	MaxPerCustomer = 100
	MaxTone        = 8 // tones are 0 to 8, the fixed colours of the interface
	maxName        = 40
)

// separators part the tags of a cell; no name holds one.
const separators = ",，、;；|｜"

// Group is a group of tags.
type Group struct {
	ID        int64       `json:"id"`
	Name      field.Label `json:"name"`
	Exclusive bool        `json:"exclusive" doc:"A customer is given one tag of the group at most"`
	Position  int         `json:"position"`
	CreatedAt int64       `json:"created_at" doc:"Unix ms"`
	UpdatedAt int64       `json:"updated_at" doc:"Unix ms"`
}

// Tag is a tag.
type Tag struct {
	ID      int64  `json:"id"`
	GroupID int64  `json:"group_id"`
	Name    string `json:"name"`
	Tone    int    `json:"tone" doc:"One of the fixed colours, 0 to 8"`
	Retired bool   `json:"retired" doc:"Members keep it, nobody is given it"`
	// MergedInto is the tag that this one went into.
	MergedInto int64 `json:"merged_into" doc:"The tag that this one was merged into; 0 for none"`
	CreatedAt  int64 `json:"created_at" doc:"Unix ms"`
	UpdatedAt  int64 `json:"updated_at" doc:"Unix ms"`

	fold  string
	terms []string // see clean.FoldSearch
}

// foldName is a name as it is compared: one width, lower case.
func foldName(s string) string {
	s, _ = clean.Text(s)
	return strings.ToLower(s)
}

// checkName cleans the name of a tag.
func checkName(name string) (string, error) {
	name, err := clean.Text(name)
	bad := errs.New(errs.Invalid, "invalid")
	switch {
	case err != nil || utf8.RuneCountInString(name) > maxName:
		return "", bad.WithField("name", "tag.name_long", "max", maxName)
	case name == "" || clean.IsBlank(name):
		return "", bad.WithField("name", "tag.name_missing")
	case strings.ContainsAny(name, separators+"/"):
		return "", bad.WithField("name", "tag.name_separator")
	}
	return name, nil
}

func checkLabel(l field.Label) (field.Label, error) {
	zh, err := clean.Text(l.ZH)
	en, err2 := clean.Text(l.EN)
	bad := errs.New(errs.Invalid, "invalid")
	if zh == "" {
		zh, en = en, ""
	}
	switch {
	case err != nil || err2 != nil || utf8.RuneCountInString(zh) > maxName || utf8.RuneCountInString(en) > maxName:
		return l, bad.WithField("name.zh", "tag.name_long", "max", maxName)
	case zh == "":
		return l, bad.WithField("name.zh", "tag.name_missing")
	case strings.ContainsAny(zh+en, separators+"/"):
		return l, bad.WithField("name.zh", "tag.name_separator")
	}
	if en == zh {
		en = ""
	}
	return field.Label{ZH: zh, EN: en}, nil
}

func (t *Tag) index() {
	t.fold = foldName(t.Name)
	t.terms = clean.FoldSearch(t.Name)
}

// matches says whether each term of a query begins one of the tag's.
func (t *Tag) matches(query []string) bool {
	for _, q := range query {
		found := false
		for _, have := range t.terms {
			if found = strings.HasPrefix(have, q); found {
				break
			}
		}
		if !found {
			return false
		}
	}
	return len(query) > 0
}
