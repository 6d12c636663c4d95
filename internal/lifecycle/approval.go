package lifecycle

import (
	"context"
	"strings"
	"unicode/utf8"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// Approve notes that the actor approves a manual of the version in force. Errors:
// lifecycle.not_begun, lifecycle.changed where another version is in force,
// lifecycle.approved_already, lifecycle.note_long, lifecycle.no_manual.
func (s *Service) Approve(ctx context.Context, kind ManualKind, version int64, note string) (Manual, error) {
	if note = strings.TrimSpace(note); utf8.RuneCountInString(note) > maxNote {
		return Manual{}, errs.New(errs.Invalid, "invalid").WithField("note", "lifecycle.note_long", "max", maxNote)
	}
	if kind != Handbook && kind != SOP {
		return Manual{}, errs.New(errs.NotFound, "lifecycle.no_manual")
	}
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		c, row, err := s.config(ctx, 0)
		if err != nil {
			return err
		}
		switch {
		case row.version == 0:
			return notBegun()
		case row.version != version:
			return errs.New(errs.Conflict, "lifecycle.changed", "version", row.version)
		}
		print, err := fingerprint(kind, c)
		if err != nil {
			return err
		}
		err = s.store.insertApproval(ctx, kind, &approvalRow{version, print, note, auth.StaffID(ctx), s.now()})
		if db.IsUnique(err) {
			return errs.New(errs.Conflict, "lifecycle.approved_already", "version", version)
		}
		if err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "lifecycle.approve", ObjectType: "lifecycle", ObjectID: string(kind),
			After: map[string]any{"version": version, "fingerprint": print}})
	})
	if err != nil {
		return Manual{}, err
	}
	return s.Manual(ctx, kind, version)
}

// Withdrawal is an approval that counts no longer.
type Withdrawal struct {
	Approval Approval `json:"approval" doc:"As it was"`
	By       int64    `json:"by" doc:"Staff id"`
	ByName   string   `json:"by_name"`
	At       int64    `json:"at" doc:"Unix milliseconds"`
	Reason   string   `json:"reason"`
}

// Withdraw takes the approval of a manual of a version back, of the one in force
// or of an earlier one. The approval stays in the history with who withdrew it and
// why; the document is a draft again and says so. Errors:
// lifecycle.withdraw_reason_missing, lifecycle.not_approved, lifecycle.no_manual.
func (s *Service) Withdraw(ctx context.Context, kind ManualKind, version int64, reason string) (Manual, error) {
	if reason = strings.TrimSpace(reason); reason == "" || utf8.RuneCountInString(reason) > maxNote {
		return Manual{}, errs.New(errs.Invalid, "invalid").WithField("reason", "lifecycle.withdraw_reason_missing", "max", maxNote)
	}
	if kind != Handbook && kind != SOP {
		return Manual{}, errs.New(errs.NotFound, "lifecycle.no_manual")
	}
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		withdrawn, err := s.store.withdraw(ctx, kind, &withdrawalRow{approvalRow: approvalRow{version: version}, reason: reason, withdrawnBy: auth.StaffID(ctx), withdrawnAt: s.now()})
		if err != nil {
			return err
		}
		if !withdrawn {
			return errs.New(errs.Conflict, "lifecycle.not_approved", "version", version)
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "lifecycle.withdraw", ObjectType: "lifecycle", ObjectID: string(kind), After: map[string]any{"version": version}})
	})
	if err != nil {
		return Manual{}, err
	}
	return s.Manual(ctx, kind, version)
}
