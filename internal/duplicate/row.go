package duplicate

import (
	"encoding/json"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
)

// row is a row of any table: column → value.
type row map[string]any

// cell carries a value through JSON without losing what it is.
type cell struct {
	Int   *int64   `json:"i,omitempty"`
	Text  *string  `json:"s,omitempty"`
	Bytes []byte   `json:"b,omitempty"`
	Float *float64 `json:"f,omitempty"`
	Bool  *bool    `json:"t,omitempty"`
	// Clear is the content of a sealed value: it is sealed again by the keys of
	// the day on which the row comes back.
	Clear *string `json:"c,omitempty"`
	Empty bool    `json:"e,omitempty"` // bytes of length 0
}

func cellOf(v any) (cell, error) {
	switch v := v.(type) {
	case nil:
		return cell{}, nil
	case int64:
		return cell{Int: &v}, nil
	case int32:
		n := int64(v)
		return cell{Int: &n}, nil
	case string:
		return cell{Text: &v}, nil
	case []byte:
		return cell{Bytes: v, Empty: len(v) == 0}, nil
	case float64:
		return cell{Float: &v}, nil
	case bool:
		return cell{Bool: &v}, nil
	}
	return cell{}, errs.New(errs.Internal, "internal", "detail", "a column of a type that merges do not know")
}

func (c *cell) value() any {
	switch {
	case c.Int != nil:
		return *c.Int
	case c.Text != nil:
		return *c.Text
	case c.Float != nil:
		return *c.Float
	case c.Bool != nil:
		return *c.Bool
	case c.Bytes != nil || c.Empty:
		return append([]byte{}, c.Bytes...)
	}
	return nil
}

// sealer packs rows for merge_rows.
type sealer struct{ vault *vault.Vault }

func (s sealer) pack(rows []row, l *Link) ([]byte, error) {
	list := make([]map[string]cell, len(rows))
	for i, r := range rows {
		list[i] = make(map[string]cell, len(r))
		for name, v := range r {
			c, err := cellOf(v)
			if err != nil {
				return nil, err
			}
			if b, ok := v.([]byte); ok && b != nil {
				if kind, sealed := l.sealedAs(name, r); sealed {
					text, err := s.vault.Open(kind, b)
					if err != nil {
						return nil, err
					}
					c = cell{Clear: &text}
				}
			}
			list[i][name] = c
		}
	}
	b, err := json.Marshal(list)
	if err != nil {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	return s.vault.Seal(vault.KindRow, string(b))
}

func (s sealer) unpack(cipher []byte, l *Link) ([]row, error) {
	text, err := s.vault.Open(vault.KindRow, cipher)
	if err != nil {
		return nil, err
	}
	var list []map[string]cell
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	rows := make([]row, len(list))
	for i, cells := range list {
		r := make(row, len(cells))
		for name, c := range cells {
			if c.Clear == nil {
				r[name] = c.value()
			}
		}
		for name, c := range cells {
			if c.Clear == nil {
				continue
			}
			kind, _ := l.sealedAs(name, r)
			if r[name], err = s.vault.Seal(kind, *c.Clear); err != nil {
				return nil, err
			}
		}
		rows[i] = r
	}
	return rows, nil
}

func (l *Link) sealedAs(column string, r row) (vault.Kind, bool) {
	s, ok := l.Sealed[column]
	if !ok {
		return "", false
	}
	if s.KindColumn != "" {
		kind, _ := r[s.KindColumn].(string)
		return vault.Kind(kind), true
	}
	return vault.Kind(s.Kind), true
}
