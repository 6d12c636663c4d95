package quality

import (
	"slices"
	"testing"

	"zhike/internal/platform/clock"
)

var today = mustDay("2026-09-25")

func mustDay(s string) clock.Day {
	d, err := clock.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func good() Record {
	return Record{
		Kind: "person", Name: "欧阳明", Gender: "male", Birthday: "1990-02-28", Province: "浙江省", City: "杭州市", RegionCode: "330106",
		LastBuy: today - 3, Created: today - 900,
		Contacts: []Contact{{Kind: "phone", Text: "13812345678", Validity: "valid"}},
	}
}

func TestRules(t *testing.T) {
	company := func(r *Record) {
		*r = Record{Kind: "company", Name: "杭州某某贸易有限公司", Province: "浙江省", City: "杭州市", OwnerID: 3, LastBuy: today,
			Contacts: []Contact{{Kind: "code", Text: "91110000600037341L"}, {Kind: "phone", Text: "0571-88888888"}}}
	}
	for name, c := range map[string]struct {
		change func(r *Record)
		want   []string
	}{
		"nothing is wrong":                  {func(*Record) {}, nil},
		"a good company":                    {company, nil},
		"nobody":                            {func(r *Record) { r.Name = " " }, []string{"no_name"}},
		"no way to reach":                   {func(r *Record) { r.Contacts = nil }, []string{"unreachable"}},
		"the only phone is invalid":         {func(r *Record) { r.Contacts[0].Validity = "invalid" }, []string{"unreachable", "all_contacts_invalid"}},
		"no region":                         {func(r *Record) { r.Province, r.City, r.RegionCode = "", "", "" }, []string{"no_region"}},
		"a company without code and owner":  {func(r *Record) { company(r); r.Contacts, r.OwnerID = r.Contacts[1:], 0 }, []string{"company_without_code", "company_without_owner"}},
		"a phone too short":                 {func(r *Record) { r.Contacts[0].Text = "1381234" }, []string{"bad_phone"}},
		"an address without at":             {func(r *Record) { r.Contacts = append(r.Contacts, Contact{Kind: "email", Text: "a.b.c"}) }, []string{"bad_email"}},
		"a code whose check digit is wrong": {func(r *Record) { company(r); r.Contacts[0].Text = "91110000600037341M" }, []string{"bad_code"}},
		"a placeholder":                     {func(r *Record) { r.Name = "测试" }, []string{"placeholder_name"}},
		"one letter often":                  {func(r *Record) { r.Name = "aaaa" }, []string{"placeholder_name"}},
		"a name of two equal characters":    {func(r *Record) { r.Name = "丽丽" }, nil},
		"silent for two years":              {func(r *Record) { r.LastBuy = today - 731 }, []string{"silent"}},
		"silent for two years to the day":   {func(r *Record) { r.LastBuy = today - 730 }, nil},
		"born tomorrow":                     {func(r *Record) { r.Birthday = "2026-09-26" }, []string{"impossible_birthday"}},
		"born on 30 February":               {func(r *Record) { r.Birthday = "1990-02-30" }, []string{"impossible_birthday"}},
		"older than anybody":                {func(r *Record) { r.Birthday = "1890-01-01" }, []string{"impossible_birthday"}},
		"a birthday without a year":         {func(r *Record) { r.Birthday = "02-29" }, nil},
		"spoken with tomorrow":              {func(r *Record) { r.LastContact = today + 1 }, []string{"contact_in_future"}},
		"Hangzhou in Guangdong":             {func(r *Record) { r.Province, r.RegionCode = "广东省", "" }, []string{"city_not_in_province"}},
		"a code of elsewhere":               {func(r *Record) { r.RegionCode = "440106" }, []string{"region_code_differs"}},
		"a person named like a company":     {func(r *Record) { r.Name = "上海某某贸易有限公司" }, []string{"company_named_person"}},
		"a company with a birthday":         {func(r *Record) { company(r); r.Birthday = "1990-01-01" }, []string{"company_with_gender"}},
		"a number outside of its bounds":    {func(r *Record) { r.Outside = true }, []string{"number_outside"}},
		"a woman called 先生":                 {func(r *Record) { r.Name, r.Gender = "王先生", "female" }, []string{"title_against_gender"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := good()
			c.change(&r)
			issues, score := Check(&r, today, 0)
			var got []string
			takes := 0
			for _, rule := range Rules {
				if issues>>rule.Bit&1 == 1 {
					got = append(got, rule.Code)
					takes += rule.Takes
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if score != max(100-takes, 0) {
				t.Errorf("score %d, want %d", score, 100-takes)
			}
			if len(c.want) > 0 {
				if left, _ := Check(&r, today, issues); left != 0 {
					t.Errorf("switched off, and still there: %b", left)
				}
			}
		})
	}
}

// Bits stand in databases: a rule keeps its own.
func TestBitsAreDistinct(t *testing.T) {
	bits, codes := map[int]bool{}, map[string]bool{}
	for i, r := range Rules {
		if bits[r.Bit] || codes[r.Code] || r.Bit != i || r.Bit > 62 || r.Takes <= 0 {
			t.Errorf("rule %d: %+v", i, r)
		}
		bits[r.Bit], codes[r.Code] = true, true
	}
}
