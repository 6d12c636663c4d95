package customer

import (
	"context"
	"time"

	"zhike/internal/platform/jobs"
	"zhike/internal/platform/vault"
)

// FreeText says whether a field holds what people write about a customer in
// their own words, phones and names of others among it. The history keeps such
// values sealed only: what was taken out of a record must not stand in clear
// beside it for years. They are opened for whoever may see the record, as the
// present value is.
func FreeText(field string) bool { return field == fieldRemark || field == fieldReason }

// sealer seals a text of the history.
type sealer func(clear string) ([]byte, error)

// sealFree moves the texts of a row of free text into its ciphers.
func (r *changeRow) sealFree(seal sealer) (err error) {
	if !FreeText(r.field) {
		return nil
	}
	if r.before != "" {
		if r.beforeCipher, err = seal(r.before); err != nil {
			return err
		}
	}
	if r.after != "" {
		if r.afterCipher, err = seal(r.after); err != nil {
			return err
		}
	}
	r.before, r.after = "", ""
	return nil
}

// openFree puts the texts of a row of free text back. Rows that are not sealed
// yet stay as they are.
func (r *changeRow) openFree(v *vault.Vault) error {
	if !FreeText(r.field) {
		return nil
	}
	return OpenFreeText(v, r.beforeCipher, r.afterCipher, &r.before, &r.after)
}

// OpenFreeText opens the sealed texts of a change of free text into before and
// after; what has no cipher stays.
func OpenFreeText(v *vault.Vault, beforeCipher, afterCipher []byte, before, after *string) (err error) {
	if len(beforeCipher) > 0 {
		if *before, err = v.Open(vault.KindRow, beforeCipher); err != nil {
			return err
		}
	}
	if len(afterCipher) > 0 {
		*after, err = v.Open(vault.KindRow, afterCipher)
	}
	return err
}

func openAllFree(v *vault.Vault, rows []changeRow) error {
	for i := range rows {
		if err := rows[i].openFree(v); err != nil {
			return err
		}
	}
	return nil
}

// sealBatch is how many changes one transaction of SealHistory seals.
const sealBatch = 500

// SealHistory seals free text that an older version of the program wrote into
// the history in clear. It may run at any time, and twice.
func (s *Service) SealHistory(ctx context.Context) error {
	for {
		n := 0
		err := s.DB.InTx(ctx, func(ctx context.Context) error {
			rows, err := s.store.openChanges(ctx, sealBatch)
			if n = len(rows); err != nil {
				return err
			}
			for i := range rows {
				if err := rows[i].sealFree(s.sealValue); err != nil {
					return err
				}
				if err := s.store.sealChange(ctx, &rows[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n < sealBatch {
			return err
		}
	}
}

type sealHistoryArgs struct{}

// Kind names the job.
func (sealHistoryArgs) Kind() string { return "customer.seal_history" }

func (s *Service) registerSealing(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[sealHistoryArgs]) error { return s.SealHistory(ctx) }, jobs.Unique())
	// Costs a look at an empty index once nothing is open.
	r.Every("customer.seal_history", jobs.Interval(15*time.Minute), func() jobs.Args { return sealHistoryArgs{} })
}
