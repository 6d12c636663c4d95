package customer

import (
	"encoding/json"
	"strings"
)

// liked is kept as JSON, a list of texts: nobody's is "[]". Rows of long ago may
// have nothing at all.
const liked = "c.favourite_categories"

// likedWords is the words alone, so that no sign of JSON is found as text.
const likedWords = "REPLACE(REPLACE(REPLACE(REPLACE(" + liked + ", '[]', ''), '[\"', ''), '\",\"', ' '), '\"]', '')"

// likedCondition is textCondition of a list of texts: a word is in it, or one
// begins so.
func likedCondition(_ *compiler, n *Node) (expr, error) {
	const none = liked + " IN ('', '[]')"
	switch n.Op {
	case "empty":
		return plain('c', none), nil
	case "not_empty":
		return plain('c', "NOT "+none), nil
	case "in", "not_in", "eq", "ne":
		list, err := n.Texts()
		if err != nil {
			return expr{}, err
		}
		parts, args := make([]string, len(list)), make([]any, len(list))
		for i, word := range list {
			// Quotes within words are escaped, so a word with its own is whole.
			parts[i], args[i] = "REPLACE("+liked+", ?, '') <> "+liked, written(word)+`"`
		}
		return flip(onTable('c', false, strings.Join(parts, " OR "), args...), n.Op, "not_in", "ne"), nil
	}
	t, err := n.Text()
	if err != nil {
		return expr{}, err
	}
	begins := strings.ToLower(written(t))
	if n.Op == "begins" {
		return onTable('c', false, textHas(liked), begins), nil
	}
	return onTable('c', false, textHas(likedWords), begins[1:]), nil
}

// written is a text as JSON has it, with the first of its quotation marks.
func written(text string) string {
	b, _ := json.Marshal(text) // a string always can be
	return string(b[:len(b)-1])
}
