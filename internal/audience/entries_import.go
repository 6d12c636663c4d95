package audience

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/vault"
	"zhike/internal/rule"
)

// Bounds of files of customers.
const (
	maxImport   = 100_000 // rows
	maxProblems = 1000    // rows told of
)

// probe is a value of a row on the way to a customer.
type probe struct {
	row    int
	kind   string // number, phone, email, member, "" for none of them
	id     int64  // of number; of member, the customer it would mean as a bare id, or 0
	blind  []byte // of the others
	found  []int64
	status string
}

// ImportEntries puts those customers into a static list whom a column of
// numbers, phones, e-mails or member numbers means, within the actor's scope.
// The answer names rows and titles, never values. Errors: those of ChangeEntries,
// customer.field_hidden, audience.too_many_rows, audience.no_rows, sheet.….
func (s *Service) ImportEntries(ctx context.Context, id int64, in EntriesImport) (out EntriesImported, err error) {
	if err := auth.Require(ctx, customer.PermView); err != nil {
		return out, err
	}
	if _, err := s.list(ctx, id); err != nil {
		return out, err
	}
	var told EntriesImported
	probes, err := s.probes(ctx, in, &told)
	if err != nil {
		return out, err
	}
	if err := s.find(ctx, probes); err != nil {
		return out, err
	}
	ids, err := s.judge(ctx, id, probes)
	if err != nil {
		return out, err
	}
	out = tell(probes)
	out.Column, out.Title = told.Column, told.Title
	out.Found, out.Added = len(ids)+out.Already, len(ids)
	if in.DryRun || len(ids) == 0 {
		return out, nil
	}
	_, _, err = s.enter(ctx, id, ids, true)
	return out, err
}

// probes reads one column of every row, the place and the title of which it puts
// into told. A first row without a digit is a title where rows follow; alone it is
// a value, such as a member number of letters.
func (s *Service) probes(ctx context.Context, in EntriesImport, told *EntriesImported) ([]probe, error) {
	if (in.Text == "") == (len(in.File) == 0) {
		return nil, rule.Bad("text", "audience.no_rows")
	}
	data := in.File
	if in.Text != "" {
		data = []byte(in.Text)
	}
	f, err := sheet.Open(ctx, sheet.FromBytes(data), sheet.Options{NoHeader: true})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	l := lines{file: f}
	if err := l.look(); err != nil {
		return nil, err
	}
	at, titled := s.column(l.first, in.By)
	told.Column = at + 1
	var out []probe
	title, titleRow := "", 0
	add := func(text string, row int) error {
		p, err := s.probe(ctx, text, in.By)
		p.row = row
		out = append(out, p)
		return err
	}
	for first := true; ; first = false {
		row, err := l.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		text := cell(row, at)
		if text == "" {
			continue
		}
		if first && (titled || !strings.ContainsAny(text, "0123456789")) {
			title, titleRow = text, int(row.Line)
			continue
		}
		if len(out) == maxImport {
			return nil, errs.New(errs.TooLarge, "audience.too_many_rows", "max", maxImport)
		}
		if err := add(text, int(row.Line)); err != nil {
			return nil, err
		}
	}
	switch {
	case len(out) > 0:
		told.Title = title
	case title != "" && !titled:
		if err := add(title, titleRow); err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, rule.Bad("text", "audience.no_rows")
	}
	return out, nil
}

// probe says what a value is. by is auto or one of the kinds. Digits alone are a
// member number and the customer's own: find tells which of them is there.
func (s *Service) probe(ctx context.Context, text, by string) (p probe, err error) {
	auto := by == "" || by == "auto"
	if auto || by == "number" {
		id, ok := customer.OwnNumber(s.Vault, text)
		if !ok && by == "number" {
			n, e := strconv.ParseInt(text, 10, 64)
			id, ok = n, e == nil && n > 0
		}
		if ok {
			return probe{kind: "number", id: id}, nil
		}
	}
	if auto && strings.Contains(text, "@") || by == "email" {
		if mail, e := clean.Email(text); e == nil {
			return probe{kind: "email", blind: s.Vault.Blind(vault.KindEmail, clean.EmailKey(mail))}, customer.Shows(ctx, string(customer.ContactEmail))
		}
	}
	if auto && clean.LooksLikeMobile(text) || by == "phone" {
		if n, e := clean.Phone(text); e == nil {
			return probe{kind: "phone", blind: s.Vault.Blind(vault.KindPhone, n.Text)}, customer.Shows(ctx, string(customer.ContactPhone))
		}
	}
	if id, bare := bareNumber(text); auto && bare {
		p = probe{kind: "number", id: id}
		if customer.Shows(ctx, customer.AccessNumber) == nil {
			p.kind, p.blind = "member", s.Vault.Blind(vault.KindExternalID, text)
		}
		return p, nil
	}
	if auto || by == "member" {
		return probe{kind: "member", blind: s.Vault.Blind(vault.KindExternalID, text)}, customer.Shows(ctx, customer.AccessNumber)
	}
	return p, nil
}

// bareNumber reads a customer's own number as people write it down: 123 or ZK-123.
func bareNumber(text string) (id int64, ok bool) {
	if len(text) > 3 && strings.EqualFold(text[:3], "ZK-") {
		text = text[3:]
	}
	if text == "" || strings.Trim(text, "0123456789") != "" || text[0] == '0' {
		return 0, false
	}
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil
}

// find looks the customers of all probes up.
func (s *Service) find(ctx context.Context, probes []probe) error {
	var contacts, members [][]byte
	for i := range probes {
		switch p := &probes[i]; p.kind {
		case "number":
			p.found = []int64{p.id}
		case "phone", "email":
			contacts = append(contacts, p.blind)
		case "member":
			members = append(members, p.blind)
		}
	}
	byContact, err := s.Customers.Store().ContactsByBlind(ctx, contacts)
	if err != nil {
		return err
	}
	byNumber, err := s.Customers.ByNumbers(ctx, members)
	if err != nil {
		return err
	}
	for i := range probes {
		switch p := &probes[i]; p.kind {
		case "phone", "email":
			p.found = byContact[string(p.blind)]
		case "member":
			p.found = byNumber[string(p.blind)]
			switch {
			case p.id != 0 && len(p.found) == 0:
				p.kind, p.found = "number", []int64{p.id}
			case p.id != 0:
				// Both may be meant: then it is ambiguous, unless they are one.
				p.found = append(slices.Clone(p.found), p.id)
			}
		}
		slices.Sort(probes[i].found)
		probes[i].found = slices.Compact(probes[i].found)
	}
	return nil
}

// judge gives the customers that are to be put into a list, ascending, and
// notes of every other row why it adds nobody.
func (s *Service) judge(ctx context.Context, id int64, probes []probe) ([]int64, error) {
	var all []int64
	for i := range probes {
		all = append(all, probes[i].found...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	seen, err := s.Customers.Seen(ctx, all)
	if err != nil {
		return nil, err
	}
	in, err := s.store.listed(ctx, id, all)
	if err != nil {
		return nil, err
	}
	had, ids := map[int64]bool{}, []int64{}
	for i := range probes {
		p := &probes[i]
		p.found = slices.DeleteFunc(slices.Clone(p.found), func(id int64) bool { _, ok := seen[id]; return !ok })
		switch {
		case p.kind == "":
			p.status = "unreadable"
		case len(p.found) == 0:
			p.status = "not_found"
		case len(p.found) > 1:
			p.status = "ambiguous"
		case had[p.found[0]]:
			p.status = "twice"
		case in[p.found[0]]:
			p.status = "already"
		default:
			ids = append(ids, p.found[0])
		}
		if len(p.found) == 1 {
			had[p.found[0]] = true
		}
	}
	slices.Sort(ids)
	return ids, nil
}

func tell(probes []probe) EntriesImported {
	out := EntriesImported{Rows: len(probes), Problems: []ImportRow{}}
	for i := range probes {
		p := &probes[i]
		switch p.kind {
		case "number":
			out.Read.Number++
		case "phone":
			out.Read.Phone++
		case "email":
			out.Read.Email++
		case "member":
			out.Read.Member++
		}
		switch p.status {
		case "":
			continue
		case "unreadable":
			out.Unreadable++
		case "not_found":
			out.NotFound++
		case "ambiguous":
			out.Ambiguous++
		case "twice":
			out.Twice++
		case "already":
			out.Already++
		}
		if len(out.Problems) < maxProblems {
			out.Problems = append(out.Problems, ImportRow{Row: p.row, Status: p.status})
		}
	}
	return out
}
