// Package quality looks at every record with rules — format, missing,
// outdated, impossible, contradictory —, gives it a score, and keeps work
// lists that are short enough to be done.
//
// The classes follow the dimensions of data quality of ISO/IEC 25012
// (accuracy, completeness, consistency, currentness).
//
// Invariant: customer_quality and quality_issues say the same, for the
// version of the record that they name.
package quality

import (
	"strconv"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/customer"
	"zhike/internal/platform/calendar"
	"zhike/internal/platform/clock"
	"zhike/internal/region"
)

// Class is what is wrong in general.
type Class string

// The classes.
const (
	Format        Class = "format"
	MissingValue  Class = "missing"
	Outdated      Class = "outdated"
	Impossible    Class = "impossible"
	Contradictory Class = "contradictory"
)

// Record is what the rules look at. Contacts are in clear; they stay in memory.
type Record struct {
	ID, Version          int64
	Kind, Stage          string
	Name, Gender         string
	Birthday             string
	Lunar                bool
	Province, City       string
	RegionCode           string
	OwnerID              int64
	DepartmentID         int64
	SourceID             int64
	LastContact, LastBuy clock.Day // 0 = never
	Created              clock.Day
	Contacts             []Contact
	Outside              bool // a number of a custom field lies outside of its bounds
}

// Contact is a phone, e-mail, address or code of a record.
type Contact struct {
	Kind, Text, Validity string
	Region               string
}

func (r *Record) has(kind string) bool {
	for _, c := range r.Contacts {
		if c.Kind == kind && c.Validity != "invalid" {
			return true
		}
	}
	return false
}

// Rule is one thing that can be wrong. Bit is its place in the stored set and
// never changes; Takes is what it takes from 100.
type Rule struct {
	Bit    int
	Code   string
	Class  Class
	Takes  int
	broken func(r *Record, today clock.Day) bool
}

// silentDays is after how long without a purchase or a contact a record counts
// as outdated: two years, after which about a fifth of mobile numbers has changed
// hands or was given up.
const silentDays = 730

// Rules lists all rules in the order of their bits.
var Rules = []Rule{
	{0, "no_name", MissingValue, 25, func(r *Record, _ clock.Day) bool { return strings.TrimSpace(r.Name) == "" }},
	{1, "unreachable", MissingValue, 30, func(r *Record, _ clock.Day) bool {
		return !r.has("phone") && !r.has("email") && !r.has("wecom") && !r.has("app")
	}},
	{2, "no_region", MissingValue, 10, func(r *Record, _ clock.Day) bool { return r.Province == "" && r.City == "" }},
	{3, "company_without_code", MissingValue, 10, func(r *Record, _ clock.Day) bool { return r.Kind == "company" && !r.has("code") }},
	{4, "company_without_owner", MissingValue, 10, func(r *Record, _ clock.Day) bool { return r.Kind == "company" && r.OwnerID == 0 }},
	{5, "bad_phone", Format, 20, anyContact("phone", func(text string) bool { _, err := clean.Phone(text); return err != nil })},
	{6, "bad_email", Format, 15, anyContact("email", func(text string) bool { _, err := clean.Email(text); return err != nil })},
	{7, "bad_code", Format, 15, anyContact("code", func(text string) bool { _, err := clean.UnifiedSocialCreditCode(text); return err != nil })},
	{8, "placeholder_name", Format, 20, func(r *Record, _ clock.Day) bool { return placeholder(r.Name) }},
	{9, "all_contacts_invalid", Outdated, 30, allInvalid},
	{10, "silent", Outdated, 10, func(r *Record, today clock.Day) bool {
		return today-max(r.LastContact, r.LastBuy, r.Created) > silentDays
	}},
	{11, "impossible_birthday", Impossible, 15, impossibleBirthday},
	{12, "contact_in_future", Impossible, 10, func(r *Record, today clock.Day) bool { return r.LastContact > today }},
	{13, "city_not_in_province", Contradictory, 10, func(r *Record, _ clock.Day) bool {
		p := clean.ProvinceOf(r.City)
		return r.City != "" && r.Province != "" && p != "" && p != r.Province
	}},
	{14, "region_code_differs", Contradictory, 10, func(r *Record, _ clock.Day) bool {
		if r.RegionCode == "" || r.Province == "" {
			return false
		}
		p, _, _ := region.Names(r.RegionCode)
		return p != "" && p != r.Province
	}},
	{15, "company_named_person", Contradictory, 15, func(r *Record, _ clock.Day) bool { return r.Kind == "person" && clean.LooksLikeCompany(r.Name) }},
	{16, "company_with_gender", Contradictory, 10, func(r *Record, _ clock.Day) bool {
		return r.Kind != "person" && (r.Gender != "" || r.Birthday != "")
	}},
	{17, "title_against_gender", Contradictory, 10, func(r *Record, _ clock.Day) bool {
		return r.Gender == "female" && strings.HasSuffix(r.Name, "先生") ||
			r.Gender == "male" && (strings.HasSuffix(r.Name, "女士") || strings.HasSuffix(r.Name, "小姐"))
	}},
	{18, "number_outside", Impossible, 10, func(r *Record, _ clock.Day) bool { return r.Outside }},
}

func anyContact(kind string, bad func(text string) bool) func(*Record, clock.Day) bool {
	return func(r *Record, _ clock.Day) bool {
		for _, c := range r.Contacts {
			if c.Kind == kind && c.Validity != "invalid" && bad(c.Text) {
				return true
			}
		}
		return false
	}
}

func allInvalid(r *Record, _ clock.Day) bool {
	n := 0
	for _, c := range r.Contacts {
		if c.Kind == "phone" || c.Kind == "email" {
			if c.Validity != "invalid" {
				return false
			}
			n++
		}
	}
	return n > 0
}

// placeholder says whether a name was only typed to fill the field.
func placeholder(name string) bool {
	s := strings.ToLower(strings.TrimSpace(name))
	switch s {
	case "":
		return false
	case "test", "测试", "无", "未知", "匿名", "n/a", "na", "none", "null", "unknown", "xxx", "客户", "顾客":
		return true
	}
	first := []rune(s)[0]
	for _, c := range s {
		if c != first {
			return strings.Trim(s, "0123456789-+ ") == ""
		}
	}
	return len([]rune(s)) > 2 || strings.Trim(s, "0123456789") == ""
}

// oldest is the age beyond which a birthday is a slip, in years.
const oldest = 120

func impossibleBirthday(r *Record, today clock.Day) bool {
	if r.Birthday == "" {
		return false
	}
	if _, err := calendar.ParseBirthday(r.Birthday, r.Lunar); err != nil {
		return true
	}
	year, _, full := strings.Cut(r.Birthday, "-")
	if !full || len(year) != 4 {
		return false
	}
	y, err := strconv.Atoi(year)
	if err != nil {
		return true
	}
	now, err := strconv.Atoi(today.String()[:4])
	return err == nil && (now-y > oldest || !r.Lunar && r.Birthday > today.String())
}

// Check gives the set of broken rules as bits and the score, 0 to 100. off
// holds the bits of rules that the company has switched off.
func Check(r *Record, today clock.Day, off int64) (issues int64, score int) {
	score = 100
	for i := range Rules {
		rule := &Rules[i]
		if off>>rule.Bit&1 == 1 || !rule.broken(r, today) {
			continue
		}
		issues |= 1 << rule.Bit
		score -= rule.Takes
	}
	return issues, max(score, 0)
}

// ruleFields are the fields of a record that a broken rule tells of, as the
// field access of roles calls them; those that cannot be hidden are left out.
var ruleFields = map[string][]string{
	"unreachable": {"phone", "email", "wecom", "app"}, "no_region": {"region"}, "company_without_code": {"code"}, "bad_phone": {"phone"},
	"bad_email": {"email"}, "bad_code": {"code"}, "all_contacts_invalid": {"phone", "email"}, "silent": {"orders"},
	"impossible_birthday": {"birthday"}, "city_not_in_province": {"region"}, "region_code_differs": {"region"},
	"company_with_gender": {"gender", "birthday"}, "title_against_gender": {"gender"}, "number_outside": {customer.AccessCustom},
}

// Fields are the keys of the field access that the rule tells of.
func (r *Rule) Fields() []string { return ruleFields[r.Code] }

// ByCode finds a rule; nil where there is none.
func ByCode(code string) *Rule {
	for i := range Rules {
		if Rules[i].Code == code {
			return &Rules[i]
		}
	}
	return nil
}
