package app

import (
	"zhike/internal/duplicate"
	"zhike/internal/platform/vault"
)

// customerLinks are all columns that point to a customer: a merge moves what
// they point from. A test compares the list with the schema.
func customerLinks() []duplicate.Link {
	sealed := func(column string, kind vault.Kind) map[string]duplicate.Sealed {
		return map[string]duplicate.Sealed{column: {Kind: string(kind)}}
	}
	return []duplicate.Link{
		{Table: "customer_keys", Column: "customer_id", Key: []string{"source_id", "external_blind"}, Sealed: sealed("external_cipher", vault.KindExternalID)},
		{Table: "contacts", Column: "customer_id", Key: []string{"customer_id", "id"}, Same: []string{"blind"}, First: "is_primary", Per: "kind",
			Sealed: map[string]duplicate.Sealed{"cipher": {KindColumn: "kind"}}},
		{Table: "customer_terms", Column: "customer_id", Key: []string{"term", "customer_id"}, Derived: true},
		{Table: "customer_metrics", Column: "customer_id", Key: []string{"customer_id"}, Derived: true},
		{Table: "affinity_customers", Column: "customer_id", Key: []string{"customer_id", "version_id"}, Derived: true},
		{Table: "customer_relations", Column: "from_id", Key: []string{"id"}, Same: []string{"to_id", "kind"}, Other: "to_id"},
		{Table: "customer_relations", Column: "to_id", Key: []string{"id"}, Same: []string{"from_id", "kind"}, Other: "from_id"},
		{Table: "customer_team", Column: "customer_id", Key: []string{"customer_id", "staff_id"}, Same: []string{"staff_id"}},
		{Table: "customer_changes", Column: "customer_id", Key: []string{"id"}},
		// With the value that they are of; before it, so that the winner's is still alone.
		{Table: "customer_value_changes", Column: "customer_id", Key: []string{"customer_id", "field_id", "at", "id"}, Same: []string{"field_id"},
			Clash: "EXISTS (SELECT 1 FROM customer_values w WHERE w.field_id = t.field_id AND w.customer_id = {to})"},
		{Table: "customer_values", Column: "customer_id", Key: []string{"customer_id", "field_id", "item"}, Same: []string{"field_id"}},
		// Fields whose values are customers.
		{Table: "customer_values", Column: "num", Key: []string{"customer_id", "field_id", "item"},
			Where: "field_id IN (SELECT d.id FROM field_defs d WHERE d.target = 'customer')"},
		{Table: "customer_tags", Column: "customer_id", Key: []string{"customer_id", "tag_id"}, Same: []string{"tag_id"},
			// Of an exclusive group the winner's tag stays.
			Clash: `EXISTS (SELECT 1 FROM tags a JOIN tag_groups g ON g.id = a.group_id JOIN tags b ON b.group_id = a.group_id
JOIN customer_tags w ON w.tag_id = b.id WHERE a.id = t.tag_id AND g.is_exclusive AND w.customer_id = {to})`},
		{Table: "audience_entries", Column: "customer_id", Key: []string{"customer_id", "audience_id"}, Same: []string{"audience_id"}},
		{Table: "orders", Column: "customer_id", Key: []string{"id"}},
		{Table: "behaviours", Column: "customer_id", Key: []string{"id"}},
		{Table: "tier_assignments", Column: "customer_id", Key: []string{"run_id", "customer_id"}, Same: []string{"run_id"}},
		{Table: "tier_hand_only", Column: "customer_id", Key: []string{"customer_id"}, Clash: `EXISTS (SELECT 1 FROM tier_hand_only w WHERE w.customer_id = {to})`},
		{Table: "tier_appeals", Column: "customer_id", Key: []string{"id"},
			// One open appeal of a dimension at a time.
			Clash: `t.status = 'open' AND EXISTS (SELECT 1 FROM tier_appeals w WHERE w.customer_id = {to} AND w.status = 'open' AND w.dimension = t.dimension)`},
		// Of two customers who are in the lifecycle the winner's state stays.
		{Table: "lifecycle_states", Column: "customer_id", Key: []string{"customer_id"},
			Clash: "EXISTS (SELECT 1 FROM lifecycle_states w WHERE w.customer_id = {to})"},
		{Table: "lifecycle_tasks", Column: "customer_id", Key: []string{"id"}},
		{Table: "customer_notes", Column: "customer_id", Key: []string{"id"}},
		{Table: "note_steps", Column: "customer_id", Key: []string{"note_id"}},
		{Table: "customer_forecasts", Column: "customer_id", Key: []string{"customer_id"}, Derived: true},
		{Table: "customer_forecasts_past", Column: "customer_id", Key: []string{"customer_id", "past_id"}, Derived: true},
		{Table: "customer_place_unread", Column: "customer_id", Key: []string{"customer_id"},
			Clash: "EXISTS (SELECT 1 FROM customer_place_unread w WHERE w.customer_id = {to})"},
		{Table: "customer_quality", Column: "customer_id", Key: []string{"customer_id"}, Derived: true},
		{Table: "quality_issues", Column: "customer_id", Key: []string{"rule", "customer_id"}, Derived: true},
		{Table: "duplicate_pairs", Column: "a_id", Key: []string{"id"}, Derived: true},
		{Table: "duplicate_pairs", Column: "b_id", Key: []string{"id"}, Derived: true},
	}
}

// pastLinks name customers as they were at a time: they are history and stay.
var pastLinks = map[string]bool{
	"audience_changes.customer_id": true, "bulk_conflicts.customer_id": true, "customer_feed.customer_id": true, "customer_feed.other_id": true, "customer_stages.customer_id": true,
	"tier_decision_items.customer_id": true, "tier_review_comments.customer_id": true, "tier_review_votes.customer_id": true, "merges.winner_id": true, "merges.loser_id": true, "duplicate_decisions.a_id": true, "duplicate_decisions.b_id": true,
	"lifecycle_history.customer_id": true, "lifecycle_decisions.customer_id": true, "lifecycle_cursors.customer_id": true,
}
