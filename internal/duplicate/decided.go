package duplicate

import (
	"context"
	"math"

	"zhike/internal/dedupe"
	"zhike/internal/platform/auth"
)

// decisionRow is what somebody said about two customers, as it is stored.
type decisionRow struct {
	A, B      int64 // A < B
	Same      bool
	Agreement string
	RareMilli int64
	By        any // staff, nil for the program
	At        int64
}

// judged is the row as the engine learns from it.
func (d *decisionRow) judged() (dedupe.Judged, error) {
	a, err := dedupe.ParseAgreement(d.Agreement)
	return dedupe.Judged{Agreement: a, Rare: float64(d.RareMilli) / 1000, Same: d.Same}, err
}

// note keeps what somebody says about two customers, with how far they agree
// now; it joins InTx. Of customers that are gone it keeps nothing.
func (s *Service) note(ctx context.Context, a, b int64, same bool) error {
	records, err := s.records(ctx, []int64{a, b})
	if err != nil {
		return err
	}
	ra, okA := records[a]
	rb, okB := records[b]
	if !okA || !okB {
		return nil
	}
	d := decisionRow{A: min(a, b), B: max(a, b), Same: same, At: s.now()}
	if actor := auth.From(ctx); actor != nil && actor.StaffID != 0 {
		d.By = actor.StaffID
	}
	agreement := dedupe.Agree(&ra, &rb)
	d.Agreement = agreement.String()
	score, known, err := s.store.scoreOf(ctx, d.A, d.B)
	if err != nil {
		return err
	}
	if known {
		used, err := s.used(ctx)
		if err != nil {
			return err
		}
		scorer, err := dedupe.NewScorer(used)
		if err != nil {
			return err
		}
		d.RareMilli = int64(math.Round(scorer.Rarity(agreement, float64(score)/1e6) * 1000))
	}
	return s.store.upsertDecision(ctx, &d)
}

// adopt keeps the decisions of before decisions were kept: pairs that were
// called different, both of whom are still there.
func (s *Service) adopt(ctx context.Context) error {
	for after := int64(0); ; {
		rows, err := s.store.unnoted(ctx, after, 200)
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1].ID
		err = s.DB.InTx(ctx, func(ctx context.Context) error {
			for _, p := range rows {
				if err := s.note(ctx, p.A, p.B, false); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}
