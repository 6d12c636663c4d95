package clean

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseEducation(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Education
		code string
	}{
		{"小学", Primary, ""}, {"初中", JuniorHigh, ""}, {"普通高中", SeniorHigh, ""}, {"中专/中技", Vocational, ""}, {"职业高中", Vocational, ""}, {" 大专 ", College, ""}, {"高职（高专）", College, ""}, {"大学专科", College, ""},
		{"本科", Bachelor, ""}, {"大学", Bachelor, ""}, {"大学本科", Bachelor, ""}, {"学士", Bachelor, ""}, {"Bachelor's degree", Bachelor, ""}, {"研究生", Master, ""}, {"硕士研究生", Master, ""}, {"ＭＢＡ", Master, ""}, {"博士", Doctor, ""}, {"Ph.D.", Doctor, ""},
		{"", "", "clean.empty"}, {"保密", "", "clean.bad_education"}, {"高中/中专", "", "clean.bad_education"}, {"大学路", "", "clean.bad_education"},
	} {
		got, err := ParseEducation(c.in)
		check(t, "ParseEducation", c.in, got, err, c.want, c.code)
	}
	// Each code is a word for itself.
	for _, e := range []Education{Primary, JuniorHigh, SeniorHigh, Vocational, College, Bachelor, Master, Doctor} {
		got, err := ParseEducation(string(e))
		check(t, "ParseEducation", string(e), got, err, e, "")
	}
}

func TestIDNumberFacts(t *testing.T) {
	got, err := IDNumberFacts("11010519491231002X")
	if diff := cmp.Diff(IDFacts{Region: "110105", Birthday: "1949-12-31", Sex: Female}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if got, err := IDNumberFacts("440524188001010014"); got.Sex != Male || err != nil {
		t.Error(got, err)
	}
	if _, err := IDNumberFacts("110105194912310021"); codeOf(err) != "clean.bad_id_number" {
		t.Error(err)
	}
}

// A code is valid with one check character only, and one wrong character
// anywhere is found.
func TestCreditCodeProperty(t *testing.T) {
	const good = "91110000600037341L"
	if _, err := UnifiedSocialCreditCode(good); err != nil {
		t.Fatal(err)
	}
	for i := range good {
		for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXYIOSVZ" {
			if byte(c) == good[i] {
				continue
			}
			wrong := good[:i] + string(c) + good[i+1:]
			if _, err := UnifiedSocialCreditCode(wrong); err == nil {
				t.Errorf("%s passes", wrong)
			}
		}
	}
}
