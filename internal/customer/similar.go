package customer

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/calendar"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
)

// Probe is what is known so far of a customer somebody is typing in.
type Probe struct {
	Name     string `json:"name,omitempty" maxLength:"400"`
	Phone    string `json:"phone,omitempty" maxLength:"100"`
	Email    string `json:"email,omitempty" maxLength:"320"`
	Code     string `json:"code,omitempty" maxLength:"40" doc:"Unified social credit code"`
	Company  string `json:"company,omitempty" maxLength:"400"`
	Birthday string `json:"birthday,omitempty" maxLength:"10"`
	Lunar    bool   `json:"birthday_lunar,omitempty"`
	// Except is the customer that is being edited.
	Except int64 `json:"except,omitempty" minimum:"0" doc:"Id of a customer to leave out"`
}

// Why a candidate is one.
const (
	SimilarPhone    = "phone"
	SimilarEmail    = "email"
	SimilarCode     = "code"
	SimilarName     = "name"
	SimilarReading  = "reading" // another name that is read the same
	SimilarCompany  = "company"
	SimilarBirthday = "birthday"
)

// Candidate is a customer that may be the one typed in.
type Candidate struct {
	Name  string   `json:"name"`
	Why   []string `json:"why" doc:"phone, email, code, name, reading, company, birthday"`
	Score int      `json:"score" doc:"0 to 100: how much the agreeing fields weigh together"`
	Item  *Item    `json:"item" doc:"As the list shows it; null where the reader may not open it"`
}

// weights of agreement; name and birthday together weigh as much as a phone.
var similarWeights = map[string]int{
	SimilarCode: 100, SimilarPhone: 80, SimilarEmail: 80, SimilarName: 40, SimilarReading: 25, SimilarCompany: 25, SimilarBirthday: 40,
}

const (
	maxCandidates = 20
	// maxNamesakes bounds how many of one name are looked at.
	maxNamesakes = 200
	// leastScore is what a candidate needs: a name alone is enough, its reading is not.
	leastScore = 40
)

// probe is a Probe in the forms by which customers are found.
type probe struct {
	Probe
	name, company, reading string
	blinds                 map[string]string // string(blind) → why
}

// Similar gives customers that what is typed may mean, best first: those with
// the phone, the e-mail or the code, and those with the name or one that is
// read the same. What cannot be read is passed over: people type. A customer
// outside the actor's scope is told by name only. Errors: forbidden without
// customer.create.
func (s *Service) Similar(ctx context.Context, in Probe) ([]Candidate, error) {
	if err := auth.Require(ctx, PermCreate); err != nil {
		return nil, err
	}
	p := s.prepare(hiddenFrom(auth.From(ctx), in))
	why := map[int64]map[string]bool{}
	note := func(id int64, reason string) {
		if id == in.Except {
			return
		}
		if why[id] == nil {
			why[id] = map[string]bool{}
		}
		why[id][reason] = true
	}
	if err := s.byBlinds(ctx, p, note); err != nil {
		return nil, err
	}
	if err := s.byName(ctx, p, note); err != nil {
		return nil, err
	}
	if len(why) == 0 {
		return []Candidate{}, nil
	}
	ids := make([]int64, 0, len(why))
	for id := range why {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	rows, err := s.store.ByIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	return s.rank(ctx, p, rows, why)
}

// hiddenFrom leaves out of a probe what is hidden from the actor: the warning
// would tell whose it is.
func hiddenFrom(a *auth.Actor, in Probe) Probe {
	for key, at := range map[string]*string{
		string(ContactPhone): &in.Phone, string(ContactEmail): &in.Email, string(ContactCode): &in.Code, "birthday": &in.Birthday,
	} {
		if a.Hides(key) {
			*at = ""
		}
	}
	return in
}

func (s *Service) prepare(in Probe) *probe {
	p := &probe{Probe: in, blinds: map[string]string{}}
	if n, err := clean.Phone(in.Phone); err == nil {
		p.blinds[string(s.Vault.Blind(vault.KindPhone, n.Text))] = SimilarPhone
	}
	if m, err := clean.Email(in.Email); err == nil {
		p.blinds[string(s.Vault.Blind(vault.KindEmail, clean.EmailKey(m)))] = SimilarEmail
	}
	if c, err := clean.UnifiedSocialCreditCode(in.Code); err == nil {
		p.blinds[string(s.Vault.Blind(vault.KindCode, c))] = SimilarCode
	}
	p.name, p.reading = nameForms(in.Name)
	p.company, _ = nameForms(in.Company)
	return p
}

// nameForms gives a name as it is compared, and how it is read: "" where it has
// no Han characters.
func nameForms(name string) (folded, reading string) {
	name, err := clean.Name(name)
	if err != nil {
		return "", ""
	}
	terms := clean.FoldSearch(name)
	if len(terms) == 0 {
		return "", ""
	}
	folded = terms[0]
	for _, t := range terms[1:] {
		if len(t) > len(reading) && strings.Trim(t, "abcdefghijklmnopqrstuvwxyz") == "" {
			reading = t
		}
	}
	if reading == folded {
		reading = ""
	}
	return folded, reading
}

func (s *Service) byBlinds(ctx context.Context, p *probe, note func(id int64, reason string)) error {
	if len(p.blinds) == 0 {
		return nil
	}
	blinds := make([][]byte, 0, len(p.blinds))
	for b := range p.blinds {
		blinds = append(blinds, []byte(b))
	}
	found, err := s.store.ContactsByBlind(ctx, blinds)
	for b, ids := range found {
		for _, id := range ids[:min(len(ids), maxNamesakes)] {
			note(id, p.blinds[b])
		}
	}
	return err
}

func (s *Service) byName(ctx context.Context, p *probe, note func(id int64, reason string)) error {
	for _, form := range []struct{ term, why string }{{p.name, SimilarName}, {p.reading, SimilarReading}} {
		// One character is a surname or the beginning of a word.
		if len([]rune(form.term)) < 2 {
			continue
		}
		ids, err := s.store.byTerm(ctx, form.term, maxNamesakes)
		if err != nil {
			return err
		}
		for _, id := range ids {
			note(id, form.why)
		}
	}
	return nil
}

// rank weighs the candidates and shows the best.
func (s *Service) rank(ctx context.Context, p *probe, rows map[int64]Customer, why map[int64]map[string]bool) ([]Candidate, error) {
	type scored struct {
		id    int64
		score int
		why   []string
	}
	var list []scored
	for id, reasons := range why {
		c, ok := rows[id]
		if !ok {
			continue
		}
		agree(p, &c, reasons)
		one := scored{id: id}
		for reason := range reasons {
			one.score += similarWeights[reason]
			one.why = append(one.why, reason)
		}
		if one.score < leastScore {
			continue
		}
		one.score = min(one.score, 100)
		slices.SortFunc(one.why, func(a, b string) int {
			return cmp.Or(cmp.Compare(similarWeights[b], similarWeights[a]), cmp.Compare(a, b))
		})
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id)) })
	list = list[:min(len(list), maxCandidates)]
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].id
	}
	items, err := s.cards(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Candidate, len(list))
	for i, c := range list {
		out[i] = Candidate{Name: rows[c.id].Name, Why: c.why, Score: c.score, Item: items[c.id]}
	}
	return out, nil
}

// agree looks at what a found customer has in common besides.
func agree(p *probe, c *Customer, reasons map[string]bool) {
	name, reading := nameForms(c.Name)
	if p.name != "" && name == p.name {
		reasons[SimilarName] = true
	} else {
		delete(reasons, SimilarName) // the term was a part of a longer name
		if p.reading == "" || reading != p.reading {
			delete(reasons, SimilarReading)
		}
	}
	if reasons[SimilarName] {
		delete(reasons, SimilarReading)
	}
	if company, _ := nameForms(c.Company); p.company != "" && (company == p.company || c.Kind != KindPerson && name == p.company) {
		reasons[SimilarCompany] = true
	}
	if sameBirthday(p.Birthday, p.Lunar, c.Birthday) {
		reasons[SimilarBirthday] = true
	}
}

// sameBirthday compares two birthdays; a missing year agrees with any.
func sameBirthday(typed string, lunar bool, kept string) bool {
	b, err := calendar.ParseBirthday(typed, lunar)
	if err != nil || kept == "" {
		return false
	}
	if b.Year == 0 || len(kept) == len("01-02") {
		return typed[max(0, len(typed)-5):] == kept[max(0, len(kept)-5):]
	}
	return typed == kept
}

// cards gives those of the customers that the actor may see as lists show them.
func (s *Service) cards(ctx context.Context, ids []int64) (map[int64]*Item, error) {
	out := make(map[int64]*Item, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	run, err := s.run(ctx)
	if err != nil {
		return nil, err
	}
	asOf, err := s.Today(ctx)
	if err != nil {
		return nil, err
	}
	known, err := s.store.rowsOf(ctx, auth.From(ctx), run.RunID, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]listRow, 0, len(known))
	for _, r := range known {
		rows = append(rows, *r)
	}
	items, err := s.items(ctx, rows, asOf, s.masked)
	if err != nil {
		return nil, errs.From(err)
	}
	for i := range items {
		out[items[i].ID] = &items[i]
	}
	return out, nil
}
