package customer

import (
	"slices"
	"strings"

	mem "zhike/internal/column"
)

// The category that similar customers bought. Package affinity writes it, as
// versions of which one is in force.
const (
	// SimilarField is the code of the field of lists and rules.
	SimilarField = "similar_category"
	// SimilarTable has the categories; its name is told to columns.
	SimilarTable = "affinity_customers"
	// SimilarInForce is the version that is gone by, NULL before the first.
	SimilarInForce = "(SELECT v.id FROM affinity_versions v WHERE v.status = 'in_force')"
)

var memSimilar = memSet(mem.Words, SimilarTable, "category", "version_id = "+SimilarInForce)

// similarOf is the category of a row of customer_metrics.
const similarOf = "COALESCE((SELECT x.category FROM " + SimilarTable + " x WHERE x.customer_id = customer_metrics.customer_id AND x.version_id = " + SimilarInForce + "), '')"

// similarCondition is textCondition of it. It has no history: of another day it is
// what is known now, as tags are.
func similarCondition(_ *compiler, n *Node) (expr, error) {
	having := func(cond string, args ...any) expr {
		return member(SimilarTable, "customer_id", "x.version_id = "+SimilarInForce+cond, false, args...)
	}
	switch n.Op {
	case "empty", "not_empty":
		return flip(having("").inMemory(mem.Has(memSimilar)), n.Op, "empty"), nil
	case "in", "not_in", "eq", "ne":
		list, err := n.Texts()
		if err != nil {
			return expr{}, err
		}
		cond, args := inTexts("x.category", list)
		return flip(having(" AND "+cond, args...).inMemory(mem.HasWord(memSimilar, slices.Clone(list)...)), n.Op, "not_in", "ne"), nil
	}
	t, err := n.Text()
	if err != nil {
		return expr{}, err
	}
	low := strings.ToLower(t)
	if n.Op == "begins" {
		return having(" AND "+textBegins("x.category", len([]rune(low))), low), nil
	}
	return having(" AND "+textHas("x.category"), low), nil
}
