package rule

// Mention is something that a rule names, and where: a field of the customer, or a
// stream, a measure or a dimension of it, as "stream" and "stream.code".
type Mention struct {
	Path string `json:"path"`
	Kind string `json:"kind" enum:"field,stream,fact_field,audience" doc:"What is named"`
	Name string `json:"name"`
	// Audience is the id of an audience, which has no code.
	Audience int64 `json:"audience,omitempty"`
}

// The kinds of mentions.
const (
	NamesField     = "field"
	NamesStream    = "stream"
	NamesFactField = "fact_field"
	NamesAudience  = "audience"
)

// Mentions lists what the rule names, in the order of the rule; nil names nothing.
// Audiences that a field of audiences compares with are among them.
func (n *Node) Mentions(path string) []Mention {
	var out []Mention
	if n == nil {
		return out
	}
	_ = n.Walk(path, func(n *Node, path string) error {
		if n.Field != "" {
			out = append(out, Mention{Path: path + ".field", Kind: NamesField, Name: n.Field})
		}
		if n.Field == "audience" {
			ids, _ := n.IDs(nil)
			for _, id := range ids {
				out = append(out, Mention{Path: path + ".value", Kind: NamesAudience, Audience: id})
			}
		}
		for place, f := range n.facts() {
			out = f.mentions(out, path+place)
		}
		if r := n.Relative; r != nil {
			if r.Field != "" {
				out = append(out, Mention{Path: path + ".relative.field", Kind: NamesField, Name: r.Field})
			}
			if r.Audience != 0 {
				out = append(out, Mention{Path: path + ".relative.audience", Kind: NamesAudience, Audience: r.Audience})
			}
		}
		return nil
	})
	return out
}

func (f *Facts) mentions(out []Mention, path string) []Mention {
	out = append(out, Mention{Path: path + ".stream", Kind: NamesStream, Name: f.Stream})
	for i, t := range f.Where {
		out = append(out, Mention{Path: At(path, "where", i) + ".field", Kind: NamesFactField, Name: f.Stream + "." + t.Field})
	}
	if f.Of != "" {
		out = append(out, Mention{Path: path + ".of", Kind: NamesFactField, Name: f.Stream + "." + f.Of})
	}
	return out
}

// Missing gives what the rule names is not known any more: of fields and audiences
// known says so (one that was retired is not), of facts the streams. What is
// missing from a stream that is gone itself is not told again.
func (n *Node) Missing(path string, streams *Streams, known func(m Mention) bool) []Mention {
	var out []Mention
	for _, m := range n.Mentions(path) {
		is := true
		switch m.Kind {
		case NamesStream:
			is = streams.Get(m.Name) != nil
		case NamesFactField:
			st, code := streams.of(m.Name)
			is = st == nil || st.Measure(code) != nil || st.Dimension(code) != nil
		default:
			is = known(m)
		}
		if !is {
			out = append(out, m)
		}
	}
	return out
}

// of takes "stream.code" apart; nil where there is no such stream.
func (s *Streams) of(name string) (st *Stream, code string) {
	for _, st := range s.All() {
		if rest, ok := cut(name, st.Code+"."); ok {
			return st, rest
		}
	}
	return nil, ""
}

func cut(text, head string) (string, bool) {
	if len(text) > len(head) && text[:len(head)] == head {
		return text[len(head):], true
	}
	return "", false
}
