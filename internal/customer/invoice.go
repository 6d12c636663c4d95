package customer

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
)

// Invoice is what an invoice is made out to.
type Invoice struct {
	Title     string `json:"title" maxLength:"200"`
	TaxNumber string `json:"tax_number,omitempty" maxLength:"30" doc:"Unified social credit code or taxpayer number"`
	Address   string `json:"address,omitempty" maxLength:"300"`
	Phone     string `json:"phone,omitempty" maxLength:"40"`
	Bank      string `json:"bank,omitempty" maxLength:"100"`
	Account   string `json:"account,omitempty" maxLength:"50"`
}

// patchInvoice seals new invoice data; nil where nothing changes.
func (s *Service) patchInvoice(c *checker, in *Invoice, was, row *Stored) (*Change, error) {
	old, err := s.Vault.Open(vault.KindInvoice, was.InvoiceCipher)
	if err != nil {
		return nil, err
	}
	text := ""
	if in != nil {
		inv := c.invoice(*in)
		b, err := json.Marshal(inv)
		if err != nil {
			return nil, errs.Wrap(err, errs.Internal, "internal")
		}
		text = string(b)
	}
	if text == old {
		return nil, nil
	}
	row.InvoiceCipher = nil
	if text != "" {
		if row.InvoiceCipher, err = s.Vault.Seal(vault.KindInvoice, text); err != nil {
			return nil, err
		}
	}
	return &Change{
		CustomerID: row.ID, Field: fieldInvoice, Before: maskInvoiceText(old), After: maskInvoiceText(text),
		BeforeClear: old, AfterClear: text,
	}, nil
}

func (c *checker) invoice(in Invoice) Invoice {
	for _, f := range []struct {
		path  string
		at    *string
		limit int
	}{
		{"invoice.title", &in.Title, maxName}, {"invoice.tax_number", &in.TaxNumber, 30}, {"invoice.address", &in.Address, 300},
		{"invoice.phone", &in.Phone, 40}, {"invoice.bank", &in.Bank, maxShort}, {"invoice.account", &in.Account, 50},
	} {
		c.line(f.path, f.at, f.limit, f.at)
	}
	if in.Title == "" {
		_ = c.bad.WithField("invoice.title", "customer.invoice_title")
	}
	if n := strings.ToUpper(strings.ReplaceAll(in.TaxNumber, " ", "")); n != "" {
		code, err := clean.UnifiedSocialCreditCode(n)
		switch {
		case err == nil:
			n = code
		case len(n) == 18 && errs.Is(err, "clean.bad_credit_code"):
			c.fault("invoice.tax_number", err)
		case len(n) < 15 || len(n) > 20 || strings.Trim(n, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
			_ = c.bad.WithField("invoice.tax_number", "customer.bad_tax_number")
		}
		in.TaxNumber = n
	}
	if in.Account = strings.NewReplacer(" ", "", "-", "").Replace(in.Account); in.Account != "" {
		if len(in.Account) < 6 || strings.Trim(in.Account, "0123456789") != "" {
			_ = c.bad.WithField("invoice.account", "customer.bad_account")
		}
	}
	if in.Phone != "" {
		if n, err := clean.Phone(in.Phone); err == nil {
			in.Phone = n.Text
		} else {
			c.fault("invoice.phone", err)
		}
	}
	return in
}

// maskedInvoice opens invoice data and hides its numbers.
func (s *Service) maskedInvoice(cipher []byte) (*Invoice, error) {
	text, err := s.Vault.Open(vault.KindInvoice, cipher)
	if err != nil || text == "" {
		return nil, err
	}
	inv := maskInvoice(text)
	return &inv, nil
}

func maskInvoice(text string) Invoice {
	var inv Invoice
	if json.Unmarshal([]byte(text), &inv) != nil {
		return Invoice{Title: "****"}
	}
	if inv.TaxNumber != "" {
		inv.TaxNumber = clean.MaskTail(inv.TaxNumber, 4, 4)
	}
	if inv.Account != "" {
		inv.Account = clean.MaskTail(inv.Account, 0, 4)
	}
	if inv.Phone != "" {
		inv.Phone = clean.MaskPhone(inv.Phone)
	}
	if inv.Address != "" {
		inv.Address = maskAddress(inv.Address)
	}
	return inv
}

// maskInvoiceText is invoice data as the history shows it, "" for none.
func maskInvoiceText(text string) string {
	if text == "" {
		return ""
	}
	inv := maskInvoice(text)
	shown := inv.Title
	for _, part := range []string{inv.TaxNumber, inv.Bank, inv.Account} {
		if part != "" {
			shown += " · " + part
		}
	}
	return shown
}

// RevealInvoice gives the invoice data in clear. Who saw them is in the audit
// log before they are shown. Errors as in Reveal; customer.no_invoice.
func (s *Service) RevealInvoice(ctx context.Context, id int64) (out Invoice, err error) {
	if err := auth.Require(ctx, PermReveal); err != nil {
		return out, err
	}
	if err := Shows(ctx, fieldInvoice); err != nil {
		return out, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		r, err := s.writable(ctx, id)
		if err != nil {
			return err
		}
		text, err := s.Vault.Open(vault.KindInvoice, r.InvoiceCipher)
		if err != nil {
			return err
		}
		if text == "" {
			return errs.New(errs.NotFound, "customer.no_invoice")
		}
		if err := json.Unmarshal([]byte(text), &out); err != nil {
			return errs.Wrap(err, errs.Internal, "vault.damaged")
		}
		return s.Audit.Append(ctx, audit.Entry{
			Action: "customer.reveal", ObjectType: "customer", ObjectID: strconv.FormatInt(id, 10), After: map[string]any{"kind": fieldInvoice},
		})
	})
	return out, err
}
