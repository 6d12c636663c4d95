package importer

import (
	"context"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/vault"
)

// Reject is a refused row as people see it.
type Reject struct {
	RowNo  int64    `json:"row_no"`
	Line   int64    `json:"line" doc:"line or row number in the file"`
	Column string   `json:"column" doc:"\"\" where it is not about one column"`
	Value  string   `json:"value"`
	Code   string   `json:"code"`
	Reason string   `json:"reason"`
	Cells  []string `json:"cells" doc:"the row as it stands"`
}

// RejectsInput pages through the refused rows of an import in file order.
type RejectsInput struct {
	ID    int64
	Code  string // only those refused for this reason; "" = all
	After int64  // row numbers above
	Limit int    // 1 to 200
}

// Rejects gives a page of refused rows, whether there are more, and how many
// there are in all. It shows what people typed and needs import.run.
func (s *Service) Rejects(ctx context.Context, in RejectsInput, locale string) (out []Reject, more bool, total int64, err error) {
	if err := auth.Require(ctx, PermRun); err != nil {
		return nil, false, 0, err
	}
	rec, err := s.st.byID(ctx, in.ID)
	if err == nil {
		err = rec.mayRead(ctx)
	}
	if err != nil {
		return nil, false, 0, err
	}
	// Counted while importing, so that nothing has to be counted here.
	if total = rec.Rejected; in.Code != "" {
		total = rec.Counts.Reasons[in.Code]
	}
	if total == 0 {
		return nil, false, 0, nil
	}
	limit := min(max(in.Limit, 1), 200)
	rows, err := s.st.rejects(ctx, in.ID, in.After, in.Code, limit+1)
	if err != nil {
		return nil, false, 0, err
	}
	if more = len(rows) > limit; more {
		rows = rows[:limit]
	}
	for i := range rows {
		r := &rows[i]
		row, err := openRow(s.vault, r.Row)
		if err != nil {
			return nil, false, 0, err
		}
		value, err := s.vault.Open(vault.KindCell, r.Value)
		if err != nil {
			return nil, false, 0, err
		}
		out = append(out, Reject{
			RowNo: r.No, Line: r.Line, Column: r.Column, Value: value, Code: r.Code,
			Reason: reason(locale, r.Code, r.Params), Cells: row.Cells,
		})
	}
	return out, more, total, nil
}
