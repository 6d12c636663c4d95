package customer

import (
	"context"
	"encoding/json"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/calendar"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
)

// Named is something by its id and name.
type Named struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// BirthdayInfo says what follows from a birthday.
type BirthdayInfo struct {
	Label string     `json:"label" doc:"As it is said in Chinese: 农历八月十五, 8月15日"`
	Next  *clock.Day `json:"next" doc:"The next day on which it is kept; null outside the table of lunar years"`
	Age   *int       `json:"age" doc:"Null where the year is not known"`
}

// Record is a customer with everything that can be edited. Contacts and
// invoice data are masked.
type Record struct {
	ID               int64          `json:"id"`
	Version          int64          `json:"version" doc:"Also the ETag, \"v12\""`
	Kind             Kind           `json:"kind" enum:"person,company,org"`
	Stage            Stage          `json:"stage" enum:"prospect,customer" access:"stage"`
	Name             string         `json:"name"`
	Gender           Gender         `json:"gender" access:"gender"`
	Birthday         string         `json:"birthday" access:"birthday"`
	BirthdayLunar    bool           `json:"birthday_lunar" access:"birthday"`
	BirthdayInfo     *BirthdayInfo  `json:"birthday_info" doc:"Null without a birthday" access:"birthday"`
	Education        string         `json:"education" access:"education"`
	Company          string         `json:"company"`
	Industry         string         `json:"industry" access:"industry"`
	RegionCode       string         `json:"region_code" access:"region"`
	Province         string         `json:"province" access:"region"`
	City             string         `json:"city" access:"region"`
	District         string         `json:"district" access:"region"`
	RegisteredAt     string         `json:"registered_at" doc:"Day of registration in company time; empty where unknown" access:"registered_at"`
	PreferredChannel string         `json:"preferred_channel" access:"preferred_channel"`
	Favourites       []string       `json:"favourite_categories" doc:"What the customer says to like" access:"favourite_categories"`
	Remark           string         `json:"remark" access:"remark"`
	Invoice          *Invoice       `json:"invoice" doc:"Numbers masked; null without one" access:"invoice"`
	Owner            *Named         `json:"owner" doc:"Null: the customer is in the public pool"`
	Adviser          *Named         `json:"adviser"`
	Department       *Named         `json:"department"`
	GoesAlong        bool           `json:"department_follows" doc:"A new owner of another department takes the customer there; false: the department was chosen on purpose and stays"`
	Team             []TeamMember   `json:"team"`
	Source           *Source        `json:"source" doc:"Where the customer was first seen"`
	Sources          []SourceKey    `json:"sources"`
	Contacts         []ContactItem  `json:"contacts"`
	Relations        []RelationItem `json:"relations"`
	OwnedAt          *int64         `json:"owned_at" doc:"unix ms; null in the pool"`
	LastContactAt    *int64         `json:"last_contact_at" doc:"unix ms; null where there was none"`
	CreatedAt        int64          `json:"created_at"`
	UpdatedAt        int64          `json:"updated_at"`
	// Editable is false where only the pool shows the customer: claim it first.
	Editable bool `json:"editable" doc:"The reader may change it"`
}

// Read gives the whole record; customer.not_found also where the actor may not
// see the customer. The row is read first: where somebody writes at the same
// time, the version is never newer than what stands beside it, so that an edit
// made from it is refused and not lost.
func (s *Service) Read(ctx context.Context, id int64) (*Record, error) {
	actor := auth.From(ctx)
	rows, err := s.store.stored(ctx, actor, []int64{id}, toRead)
	if err != nil {
		return nil, err
	}
	r := rows[id]
	if r == nil {
		return nil, notFound(id)
	}
	out := s.shown(r)
	if out.Invoice, err = s.maskedInvoice(r.InvoiceCipher); err != nil {
		return nil, err
	}
	team, err := s.store.team(ctx, id)
	if err != nil {
		return nil, err
	}
	out.Team = team
	out.Editable = owns(actor, r, team)
	if err := s.whoseIs(ctx, r, out); err != nil {
		return nil, err
	}
	if err := s.whence(ctx, r, out); err != nil {
		return nil, err
	}
	contacts, err := s.store.contacts(ctx, id)
	if err != nil {
		return nil, err
	}
	if out.Contacts, err = s.contactItems(contacts); err != nil {
		return nil, err
	}
	out.Relations, err = s.relations(ctx, id)
	return out, err
}

// owns says whether base or team give the actor the customer.
func owns(a *auth.Actor, r *Stored, team []TeamMember) bool {
	if a == nil || seesAll(a) || r.OwnerID != 0 && r.OwnerID == a.StaffID {
		return a != nil
	}
	if a.Scope == auth.ScopeDepartment && r.DepartmentID != 0 {
		for _, id := range a.DepartmentIDs {
			if id == r.DepartmentID {
				return true
			}
		}
	}
	for _, m := range team {
		if m.ID == a.StaffID {
			return true
		}
	}
	return false
}

// shown is what the row alone tells.
func (s *Service) shown(r *Stored) *Record {
	out := &Record{
		ID: r.ID, Version: r.Version, Kind: r.Kind, Stage: r.Stage, Name: r.Name, Gender: r.Gender,
		Birthday: r.Birthday, BirthdayLunar: r.BirthdayLunar, Education: r.Education, Company: r.Company,
		Industry: r.Industry, RegionCode: r.RegionCode, Province: r.Province, City: r.City, District: r.District,
		RegisteredAt: dayText(r.RegisteredAt), PreferredChannel: r.PreferredChannel, Favourites: []string{}, Remark: r.Remark,
		Sources: []SourceKey{}, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	if json.Unmarshal([]byte(r.Favourites), &out.Favourites) != nil || out.Favourites == nil {
		out.Favourites = []string{}
	}
	if r.OwnedAt != 0 {
		out.OwnedAt = &r.OwnedAt
	}
	if r.LastContactAt != 0 {
		out.LastContactAt = &r.LastContactAt
	}
	if b, err := calendar.ParseBirthday(r.Birthday, r.BirthdayLunar); err == nil {
		today := s.Zone.Today(s.Clock)
		info := &BirthdayInfo{Label: b.Label()}
		if d, ok := b.Next(today); ok {
			info.Next = &d
		}
		if age, ok := b.Age(today); ok {
			info.Age = &age
		}
		out.BirthdayInfo = info
	}
	return out
}

// whoseIs adds the names of those who look after the customer.
func (s *Service) whoseIs(ctx context.Context, r *Stored, out *Record) error {
	var ids []int64
	var owner person
	for _, id := range []int64{r.OwnerID, r.AdviserID} {
		if id != 0 {
			ids = append(ids, id)
		}
	}
	if len(ids) > 0 {
		people, err := s.store.people(ctx, ids)
		if err != nil {
			return err
		}
		if r.OwnerID != 0 {
			owner = people[r.OwnerID]
			out.Owner = &Named{r.OwnerID, owner.name}
		}
		if r.AdviserID != 0 {
			out.Adviser = &Named{r.AdviserID, people[r.AdviserID].name}
		}
	}
	out.GoesAlong = goesAlong(r, owner)
	if r.DepartmentID == 0 {
		return nil
	}
	names, err := s.store.departmentNames(ctx, []int64{r.DepartmentID})
	out.Department = &Named{r.DepartmentID, names[r.DepartmentID]}
	return err
}

// whence adds the sources.
func (s *Service) whence(ctx context.Context, r *Stored, out *Record) (err error) {
	out.Sources, out.Source, err = s.sourceKeys(ctx, r.ID, r.SourceID)
	return err
}

// sourceKeys gives the customer's numbers in the sources, masked where they
// must be, and the source that firstID names.
func (s *Service) sourceKeys(ctx context.Context, id, firstID int64) (keys []SourceKey, first *Source, err error) {
	keys = []SourceKey{}
	sealed, err := s.store.keys(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	for _, k := range sealed {
		number, err := s.Vault.Open(vault.KindExternalID, k.cipher)
		if err != nil {
			return nil, nil, err
		}
		key := SourceKey{Source: Source{k.sourceID, k.code, SourceName(web.Locale(ctx), k.code, k.name)}}
		key.Number, key.Hidden = maskNumber(number)
		keys = append(keys, key)
		if k.sourceID == firstID {
			first = &Source{k.sourceID, k.code, SourceName(web.Locale(ctx), k.code, k.name)}
		}
	}
	if first == nil {
		code, name, err := s.store.sourceName(ctx, firstID)
		if err != nil {
			return nil, nil, err
		}
		if code != "" {
			first = &Source{firstID, code, SourceName(web.Locale(ctx), code, name)}
		}
	}
	return keys, first, nil
}
