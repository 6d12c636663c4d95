package customer

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhike/internal/clean"
	"zhike/internal/platform/calendar"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
	"zhike/internal/region"
)

// Bounds of what is typed, in characters.
const (
	maxName       = 200
	maxShort      = 100
	maxRemark     = 2000
	maxCategories = 20
	maxCategory   = 50
)

// Educations are the codes of education, lowest first.
var Educations = []string{"primary", "junior_high", "senior_high", "vocational", "college", "bachelor", "master", "doctor"}

// Channels are the codes by which a customer may prefer to be reached.
var Channels = []string{"phone", "sms", "wecom", "email", "app", "post"}

// Patch changes the fields of a customer's row that are sent. null empties a
// field. Owner, adviser and department need customer.assign.
type Patch struct {
	Kind             *Kind                 `json:"kind,omitempty" enum:"person,company,org"`
	Stage            *Stage                `json:"stage,omitempty" enum:"prospect,customer"`
	Name             *string               `json:"name,omitempty" maxLength:"400"`
	Gender           *Gender               `json:"gender,omitempty" enum:"male,female,"`
	Birthday         *string               `json:"birthday,omitempty" maxLength:"10" doc:"1990-02-28 or 02-28; empty where unknown"`
	BirthdayLunar    *bool                 `json:"birthday_lunar,omitempty" doc:"The birthday is a date of the lunar calendar"`
	Education        *string               `json:"education,omitempty" enum:"primary,junior_high,senior_high,vocational,college,bachelor,master,doctor,"`
	Company          *string               `json:"company,omitempty" maxLength:"400"`
	Industry         *string               `json:"industry,omitempty" maxLength:"400"`
	RegionCode       *string               `json:"region_code,omitempty" maxLength:"6" doc:"GB/T 2260 code of a district, city or province; names follow it"`
	Province         *string               `json:"province,omitempty" maxLength:"400"`
	City             *string               `json:"city,omitempty" maxLength:"400"`
	District         *string               `json:"district,omitempty" maxLength:"400"`
	RegisteredAt     *string               `json:"registered_at,omitempty" maxLength:"10" doc:"Day of registration in company time, 2020-05-01; empty where unknown"`
	PreferredChannel *string               `json:"preferred_channel,omitempty" enum:"phone,sms,wecom,email,app,post,"`
	Favourites       *[]string             `json:"favourite_categories,omitempty" maxItems:"20"`
	Remark           *string               `json:"remark,omitempty" maxLength:"8000"`
	Invoice          web.Optional[Invoice] `json:"invoice,omitempty"`
	OwnerID          web.Optional[int64]   `json:"owner_id,omitempty"`
	AdviserID        web.Optional[int64]   `json:"adviser_id,omitempty"`
	DepartmentID     web.Optional[int64]   `json:"department_id,omitempty"`
}

// assigns says whether the patch touches who looks after the customer.
func (p *Patch) assigns() bool { return p.OwnerID.Sent || p.AdviserID.Sent || p.DepartmentID.Sent }

// Set makes the patch set a field to a value in the form of the history: texts
// and codes as they are, "true" and "false", ids as digits, categories as a
// JSON list; "" empties. For bulk edits, their undo, and imports. Errors:
// customer.unknown_field, customer.bad_value.
func (p *Patch) Set(name, text string) error {
	ref := func(o *web.Optional[int64]) error {
		o.Sent, o.Value = true, nil
		if text == "" {
			return nil
		}
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id <= 0 {
			return badValue(name)
		}
		o.Value = &id
		return nil
	}
	switch name {
	case "kind":
		k := Kind(text)
		p.Kind = &k
	case "stage":
		st := Stage(text)
		p.Stage = &st
	case "gender":
		g := Gender(text)
		p.Gender = &g
	case "birthday_lunar":
		b, err := strconv.ParseBool(text)
		if err != nil {
			return badValue(name)
		}
		p.BirthdayLunar = &b
	case "favourite_categories":
		list := []string{}
		if text != "" && json.Unmarshal([]byte(text), &list) != nil {
			return badValue(name)
		}
		p.Favourites = &list
	case fieldOwner:
		return ref(&p.OwnerID)
	case fieldAdviser:
		return ref(&p.AdviserID)
	case fieldDepartment:
		return ref(&p.DepartmentID)
	default:
		at := p.textAt(name)
		if at == nil {
			return errs.New(errs.Invalid, "invalid").WithField(name, "customer.unknown_field", "field", name)
		}
		*at = &text
	}
	return nil
}

func (p *Patch) textAt(name string) **string {
	switch name {
	case fieldName:
		return &p.Name
	case "birthday":
		return &p.Birthday
	case "education":
		return &p.Education
	case fieldCompany:
		return &p.Company
	case "industry":
		return &p.Industry
	case "region_code":
		return &p.RegionCode
	case "province":
		return &p.Province
	case "city":
		return &p.City
	case "district":
		return &p.District
	case fieldRegistered:
		return &p.RegisteredAt
	case "preferred_channel":
		return &p.PreferredChannel
	case fieldRemark:
		return &p.Remark
	}
	return nil
}

func badValue(name string) error {
	return errs.New(errs.Invalid, "invalid").WithField(name, "customer.bad_value")
}

// checker turns what was sent into what is kept and collects what is wrong.
type checker struct {
	bad   *errs.Error
	today clock.Day
}

// i18n-keys: errors.clean.*
func (c *checker) fault(path string, err error) {
	e := errs.From(err)
	c.bad.Fields = append(c.bad.Fields, errs.Field{Path: path, Code: e.Code, Params: e.Params})
}

// forbid notes that the actor may not write something: the whole is forbidden
// then and not merely wrong.
func (c *checker) forbid(path string, err error) {
	e := errs.From(err)
	c.bad.Kind, c.bad.Code, c.bad.Params = e.Kind, e.Code, e.Params
	_ = c.bad.WithField(path, e.Code)
	c.bad.Fields[len(c.bad.Fields)-1].Params = e.Params
}

// line cleans a text of one line.
func (c *checker) line(path string, in *string, limit int, to *string) {
	if in == nil {
		return
	}
	text, err := clean.Text(*in)
	if err != nil && errs.Is(err, "clean.empty") {
		text, err = "", nil
	}
	switch {
	case err != nil:
		c.fault(path, err)
	case utf8.RuneCountInString(text) > limit:
		_ = c.bad.WithField(path, "customer.too_long", "max", limit)
	default:
		*to = text
	}
}

// coded takes one of a list of codes, or nothing.
func (c *checker) coded(path string, in *string, codes []string, to *string) {
	if in == nil {
		return
	}
	if *in != "" && !slices.Contains(codes, *in) {
		_ = c.bad.WithField(path, "customer.bad_value")
		return
	}
	*to = *in
}

// apply puts the patch onto a row, without who looks after it and without
// invoice data, which need the database and the vault.
func (c *checker) apply(p *Patch, r *Stored) {
	if p.Kind != nil {
		if !p.Kind.Valid() {
			_ = c.bad.WithField("kind", "customer.unknown_kind")
		}
		r.Kind = *p.Kind
	}
	if p.Stage != nil {
		if *p.Stage != StageProspect && *p.Stage != StageCustomer {
			_ = c.bad.WithField("stage", "customer.bad_value")
		}
		r.Stage = *p.Stage
	}
	if p.Name != nil {
		c.line(fieldName, p.Name, maxName, &r.Name)
		if name, err := clean.Name(*p.Name); err == nil && utf8.RuneCountInString(name) <= maxName {
			r.Name = name
		}
		if clean.IsBlank(r.Name) {
			_ = c.bad.WithField(fieldName, "customer.name_missing")
		}
	}
	if p.Gender != nil {
		if *p.Gender != GenderUnknown && *p.Gender != GenderMale && *p.Gender != GenderFemale {
			_ = c.bad.WithField("gender", "customer.bad_value")
		}
		r.Gender = *p.Gender
	}
	if p.BirthdayLunar != nil {
		r.BirthdayLunar = *p.BirthdayLunar
	}
	if p.Birthday != nil {
		r.Birthday = strings.TrimSpace(*p.Birthday)
	}
	if p.Birthday != nil || p.BirthdayLunar != nil {
		if r.Birthday == "" {
			r.BirthdayLunar = false
		} else if !goodBirthday(r.Birthday, r.BirthdayLunar, c.today) {
			_ = c.bad.WithField("birthday", "customer.bad_birthday")
		}
	}
	c.coded("education", p.Education, Educations, &r.Education)
	c.line(fieldCompany, p.Company, maxName, &r.Company)
	c.line("industry", p.Industry, maxShort, &r.Industry)
	c.region(p, r)
	c.registered(p.RegisteredAt, r)
	c.coded("preferred_channel", p.PreferredChannel, Channels, &r.PreferredChannel)
	if p.Favourites != nil {
		c.categories(*p.Favourites, r)
	}
	if p.Remark != nil {
		c.remark(*p.Remark, r)
	}
	if r.Kind != KindPerson && (r.Gender != "" || r.Birthday != "" || r.Education != "") {
		for path, text := range map[string]string{"gender": string(r.Gender), "birthday": r.Birthday, "education": r.Education} {
			if text != "" {
				_ = c.bad.WithField(path, "customer.person_only")
			}
		}
	}
}

// registered takes the day of a registration, none before 1970 and none to come.
func (c *checker) registered(text *string, r *Stored) {
	if text == nil {
		return
	}
	day, err := parseDay(strings.TrimSpace(*text))
	if err != nil || day < 0 || day > c.today {
		_ = c.bad.WithField(fieldRegistered, "customer.bad_registered")
		return
	}
	r.RegisteredAt = day
}

// region lets names follow the code, and the code follow names that mean one
// place.
func (c *checker) region(p *Patch, r *Stored) {
	if p.RegionCode != nil && *p.RegionCode != "" {
		place, ok := region.Current(*p.RegionCode, 0)
		if !ok {
			_ = c.bad.WithField("region_code", "customer.bad_region")
			return
		}
		r.RegionCode = place.Code
		r.Province, r.City, r.District = region.Names(place.Code)
		return
	}
	if p.RegionCode == nil && p.Province == nil && p.City == nil && p.District == nil {
		return
	}
	c.line("province", p.Province, maxShort, &r.Province)
	c.line("city", p.City, maxShort, &r.City)
	c.line("district", p.District, maxShort, &r.District)
	r.RegionCode = ""
	if place, ok := region.Find(r.Province, r.City, r.District); ok {
		r.RegionCode, r.Province, r.City, r.District = place.Code, place.Province, place.City, place.District
	}
}

func (c *checker) categories(list []string, r *Stored) {
	text, err := FavouritesText(list)
	switch errs.CodeOf(err) {
	case "":
		r.Favourites = text
	case "import.favourite_too_long":
		_ = c.bad.WithField("favourite_categories", "customer.too_long", "max", maxCategory)
	case "import.too_many_favourites":
		_ = c.bad.WithField("favourite_categories", "customer.too_many", "max", maxCategories)
	default:
		c.fault("favourite_categories", err)
	}
}

// FavouritesText writes favourite categories as records keep them, each once.
// Errors: import.favourite_too_long and import.too_many_favourites (max).
func FavouritesText(list []string) (string, error) {
	out := make([]string, 0, len(list))
	for _, word := range list {
		text, err := clean.Text(word)
		if err != nil || utf8.RuneCountInString(text) > maxCategory {
			return "", errs.New(errs.Invalid, "import.favourite_too_long", "max", maxCategory)
		}
		if text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	if len(out) > maxCategories {
		return "", errs.New(errs.Invalid, "import.too_many_favourites", "max", maxCategories)
	}
	b, err := json.Marshal(out)
	if err != nil {
		return "", errs.Wrap(err, errs.Internal, "internal")
	}
	return string(b), nil
}

func (c *checker) remark(text string, r *Stored) {
	text, ok := paragraph(text)
	switch {
	case !ok:
		_ = c.bad.WithField(fieldRemark, "web.bad_text")
	case utf8.RuneCountInString(text) > maxRemark:
		_ = c.bad.WithField(fieldRemark, "customer.too_long", "max", maxRemark)
	default:
		r.Remark = text
	}
}

// paragraph keeps line breaks, and nothing else that does not show.
func paragraph(s string) (string, bool) {
	if !utf8.ValidString(s) {
		return "", false
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || !unicode.IsControl(r) {
			return r
		}
		return -1
	}, s)
	return strings.TrimSpace(s), true
}

// firstYear is before the birth of anybody who lives.
const firstYear = 1880

// goodBirthday says whether s is a birthday in the form of the calendar
// package, and not one to come.
func goodBirthday(s string, lunar bool, today clock.Day) bool {
	b, err := calendar.ParseBirthday(s, lunar)
	if err != nil {
		return false
	}
	if b.Year == 0 {
		return true
	}
	born, ok := b.In(b.Year)
	return ok && b.Year >= firstYear && born <= today
}
