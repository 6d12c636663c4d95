package config

import (
	"fmt"
	"io"
	"text/tabwriter"
	"unicode/utf8"
)

// Setting is one line of the effective configuration, safe to show.
type Setting struct {
	Key    string `json:"key"`
	Value  string `json:"value"`  // secrets as "[hidden]", "" for none
	Source string `json:"source"` // "default", a file, a variable or a flag
	Env    string `json:"env"`
	Flag   string `json:"flag"` // "" where a command line must not carry it
}

// Describe lists every setting with its effective value and where it came from.
func (c *Config) Describe() []Setting {
	out := make([]Setting, 0, len(settings))
	for i := range settings {
		s := &settings[i]
		line := Setting{Key: s.key, Value: s.value(c), Source: c.from(s.key), Env: s.env()}
		switch {
		case !s.noFlag:
			line.Flag = "--" + s.flag()
		case s.secret:
			line.Flag = "--" + s.flag() + "-file"
		}
		out = append(out, line)
	}
	return out
}

// Print writes Describe as an aligned table.
func (c *Config) Print(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, s := range c.Describe() {
		value := s.Value
		if value == "" {
			value = "-"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\n", s.Key, value, s.Source)
	}
	return tw.Flush()
}

// nearest gives the known name that a mistyped one probably means, or "": at most
// a third of its letters may differ. It also hears dots, dashes and case, and the
// nested form log.level.
func nearest(name string, names []string) string {
	if utf8.RuneCountInString(name) > 64 {
		return ""
	}
	plain := normal(name)
	best, at := "", len(plain)/3+1
	for _, n := range names {
		if d := distance(plain, normal(n)); d < at {
			best, at = n, d
		}
	}
	return best
}

func normal(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		switch b := s[i]; {
		case b >= 'A' && b <= 'Z':
			out = append(out, b+'a'-'A')
		case b != '_' && b != '-' && b != '.' && b != ' ':
			out = append(out, b)
		}
	}
	return string(out)
}

// distance is Levenshtein's, by bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
