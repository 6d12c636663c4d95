package app

import (
	"context"
	"slices"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/vault"
)

// sealedColumns are all columns with sealed values; a test compares them with
// the schema.
func sealedColumns() []vault.Column {
	row := func(table, name string, kind vault.Kind, key ...string) vault.Column {
		return vault.Column{Table: table, Key: key, Name: name, Kind: kind}
	}
	return []vault.Column{
		row("customer_keys", "external_cipher", vault.KindExternalID, "source_id", "external_blind"),
		{Table: "contacts", Key: []string{"customer_id", "id"}, Name: "cipher", KindColumn: "kind"},
		row("export_runs", "query_cipher", vault.KindRow, "id"),
		row("customers", "invoice_cipher", vault.KindInvoice, "id"),
		row("customer_changes", "before_cipher", vault.KindRow, "id"),
		row("customer_changes", "after_cipher", vault.KindRow, "id"),
		row("imports", "header_cipher", vault.KindRow, "id"),
		row("imports", "notes_cipher", vault.KindRow, "id"),
		row("import_rejects", "value_cipher", vault.KindCell, "import_id", "row_no"),
		row("import_rejects", "row_cipher", vault.KindRow, "import_id", "row_no"),
		row("import_pending", "row_cipher", vault.KindRow, "import_id", "order_hash", "row_no"),
		row("customer_notes", "body_cipher", vault.KindNote, "id"),
		row("note_revisions", "body_cipher", vault.KindNote, "note_id", "version"),
		row("note_steps", "text_cipher", vault.KindNote, "note_id"),
		row("note_attachments", "name_cipher", vault.KindNote, "id"),
		row("tier_decision_items", "reason_cipher", vault.KindNote, "run_id", "customer_id", "decision_id"),
		row("tier_review_acts", "reason_cipher", vault.KindNote, "decision_id", "no"),
		row("tier_review_comments", "body_cipher", vault.KindNote, "id"),
		row("tier_appeals", "evidence_cipher", vault.KindNote, "id"),
		row("tier_appeals", "answer_cipher", vault.KindNote, "id"),
		row("tier_hand_only", "reason_cipher", vault.KindNote, "customer_id"),
		row("lifecycle_decisions", "reason_cipher", vault.KindNote, "id"),
		row("lifecycle_task_items", "note_cipher", vault.KindNote, "task_id", "item"),
		row("merges", "fields_cipher", vault.KindRow, "id"),
		row("merge_rows", "rows_cipher", vault.KindRow, "merge_id", "part"),
		row("idempotency_keys", "answer_cipher", vault.KindAnswer, "actor_id", "key"),
	}
}

// RotateKeys changes the data keys and writes it into the audit log. alone
// says that no other process uses the database, which then need not be waited
// for. See vault.Rotate.
func (a *App) RotateKeys(ctx context.Context, alone bool, progress func(step string, values int64)) (vault.Rotation, error) {
	o := vault.RotateOptions{Columns: sealedColumns(), Settle: 2 * vault.WatchEvery, Progress: progress}
	if alone {
		o.Settle = 0
	}
	done, err := a.Vault.Rotate(ctx, o)
	if err != nil {
		return done, err
	}
	return done, a.Audit.Append(ctx, audit.Entry{Action: "keys.rotate", ObjectType: "vault", ObjectID: "data", After: done})
}

// RotateMaster changes the master key and writes it into the audit log.
func (a *App) RotateMaster(ctx context.Context) error {
	if err := a.Vault.RotateMaster(ctx); err != nil {
		return err
	}
	return a.Audit.Append(ctx, audit.Entry{Action: "keys.rotate", ObjectType: "vault", ObjectID: "master"})
}

// sealedIn says whether a column is among those that a change of keys visits.
func sealedIn(table, column string) bool {
	return slices.ContainsFunc(sealedColumns(), func(c vault.Column) bool { return c.Table == table && c.Name == column })
}
