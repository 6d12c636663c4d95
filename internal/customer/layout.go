package customer

import (
	"embed"
	"encoding/json"
	"slices"
	"strings"
)

// Layout is how another system lays out a file of customers: the titles of its
// columns, and what each means to an import. Layouts are data; a new one is a
// file in layouts/.
type Layout struct {
	Name string `json:"name"`
	// Kind is what the file holds: company for accounts, person for contacts.
	Kind    Kind           `json:"kind"`
	Columns []LayoutColumn `json:"columns"`
}

// LayoutColumn is one column of a layout.
type LayoutColumn struct {
	Title string   `json:"title"` // as the other system writes it
	Also  []string `json:"also"`  // other titles that it has used
	// Meaning is that of an import of customers; "" is read over.
	Meaning string `json:"meaning"`
	// Write says what an export fills in where Meaning is empty; "" for nothing.
	Write string `json:"write"`
	// Telling titles are those by which a file is recognised.
	Telling bool `json:"telling"`
}

// what is the meaning of the column in an export, "" for an empty one.
func (c *LayoutColumn) what() string {
	if c.Meaning != "" {
		return c.Meaning
	}
	return c.Write
}

//go:embed layouts/*.json
var layoutFiles embed.FS

var layouts = readLayouts()

// readLayouts reads what is built in; a fault in it is found by every test.
func readLayouts() []Layout {
	entries, err := layoutFiles.ReadDir("layouts")
	if err != nil {
		panic(err)
	}
	var out []Layout
	for _, e := range entries {
		b, err := layoutFiles.ReadFile("layouts/" + e.Name())
		if err != nil {
			panic(err)
		}
		var l Layout
		if err := json.Unmarshal(b, &l); err != nil {
			panic(e.Name() + ": " + err.Error())
		}
		out = append(out, l)
	}
	return out
}

// Layouts are those built in, by name ascending. They must not be changed.
func Layouts() []Layout { return layouts }

// LayoutNames lists the names, separated by commas, for messages.
func LayoutNames() string {
	var names []string
	for i := range layouts {
		names = append(names, layouts[i].Name)
	}
	return strings.Join(names, ", ")
}

// LayoutByName finds a layout; nil for none.
func LayoutByName(name string) *Layout {
	i := slices.IndexFunc(layouts, func(l Layout) bool { return l.Name == name })
	if i < 0 {
		return nil
	}
	return &layouts[i]
}

// holds says whether a customer of kind k belongs into the file.
func (l *Layout) holds(k Kind) bool {
	if l.Kind == KindPerson {
		return k == KindPerson
	}
	return k != KindPerson
}
