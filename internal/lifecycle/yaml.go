package lifecycle

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"zhike/internal/platform/errs"
)

// WriteYAML writes the configuration in the form ParseYAML reads. Its rules are
// JSON by their nature, so all of it goes by way of JSON.
func (c *Config) WriteYAML(w io.Writer) error {
	b, err := json.Marshal(c)
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(b, &doc); err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	block(&doc)
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(&doc); err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	return enc.Close()
}

// block takes the braces and quotes of JSON away where YAML does without.
func block(n *yaml.Node) {
	n.Style = 0
	short := true
	for _, k := range n.Content {
		block(k)
		short = short && k.Kind == yaml.ScalarNode
	}
	if n.Kind == yaml.SequenceNode && short {
		n.Style = yaml.FlowStyle
	}
}

// ParseYAML reads a configuration file; unknown keys are refused, so that a
// misspelt number is not lost. What its rules mean is checked when it is saved.
// Errors: lifecycle.bad_yaml, lifecycle.file_too_large.
func ParseYAML(r io.Reader) (*Config, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxConfig+1))
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "lifecycle.bad_yaml", "detail", "")
	}
	if len(b) > maxConfig {
		return nil, errs.New(errs.TooLarge, "lifecycle.file_too_large", "max_kib", maxConfig>>10)
	}
	bad := func(detail string) error {
		return errs.New(errs.Invalid, "lifecycle.bad_yaml", "detail", errs.Clip(detail))
	}
	var doc, more yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(b))
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, bad("empty")
		}
		return nil, bad(err.Error())
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, bad("more than one document")
	}
	var out bytes.Buffer
	if err := writeJSON(&out, &doc, 0); err != nil {
		return nil, bad(err.Error())
	}
	c := &Config{}
	strict := json.NewDecoder(&out)
	strict.DisallowUnknownFields()
	if err := strict.Decode(c); err != nil {
		return nil, bad(misread(err))
	}
	c.plain()
	return c, nil
}

// misread says what is wrong with a file without the names of our types.
func misread(err error) string {
	var t *json.UnmarshalTypeError
	if !errors.As(err, &t) {
		return strings.TrimPrefix(err.Error(), "json: ")
	}
	want := t.Type.Kind().String()
	switch t.Type.Kind() {
	case reflect.Slice:
		want = "list"
	case reflect.Struct, reflect.Map:
		want = "mapping"
	case reflect.Int, reflect.Int64:
		want = "whole number"
	}
	return t.Field + ": " + t.Value + ", not " + want
}

// maxDepth bounds a file; aliases may point to what they are in.
const maxDepth = 40

var errDepth = errors.New("too deep")

// writeJSON writes a node as JSON. Days stay the texts they are.
func writeJSON(out *bytes.Buffer, n *yaml.Node, depth int) error {
	if depth > maxDepth || out.Len() > 4*maxConfig {
		return errDepth
	}
	list := func(open, end byte, step int) error {
		out.WriteByte(open)
		for i := 0; i+step <= len(n.Content); i += step {
			if i > 0 {
				out.WriteByte(',')
			}
			if step == 2 {
				key, _ := json.Marshal(n.Content[i].Value)
				out.Write(key)
				out.WriteByte(':')
			}
			if err := writeJSON(out, n.Content[i+step-1], depth+1); err != nil {
				return err
			}
		}
		out.WriteByte(end)
		return nil
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return writeJSON(out, n.Content[0], depth+1)
	case yaml.AliasNode:
		return writeJSON(out, n.Alias, depth+1)
	case yaml.MappingNode:
		return list('{', '}', 2)
	case yaml.SequenceNode:
		return list('[', ']', 1)
	}
	switch n.ShortTag() {
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			out.WriteString(n.Value)
			return nil
		}
	case "!!bool":
		var v bool
		if n.Decode(&v) == nil {
			out.WriteString(strconv.FormatBool(v))
			return nil
		}
	case "!!null":
		out.WriteString("null")
		return nil
	}
	text, err := json.Marshal(n.Value)
	out.Write(text)
	return err
}
