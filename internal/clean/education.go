package clean

// Education is the highest level of schooling.
type Education string

// The levels of education, lowest first. GB/T 4658-2006 counts them in the
// numbers that stand behind.
const (
	Primary    Education = "primary"     // 小学, 80–89
	JuniorHigh Education = "junior_high" // 初中, 70–79
	SeniorHigh Education = "senior_high" // 高中, 60–69
	Vocational Education = "vocational"  // 中专, 职高, 技校, 40–49
	College    Education = "college"     // 大专, 30–39
	Bachelor   Education = "bachelor"    // 本科, 20–29
	Master     Education = "master"      // 硕士, 14–16
	Doctor     Education = "doctor"      // 博士, 11–13
)

// educationWords are the ways to write them, as squash leaves them.
var educationWords = func() map[string]Education {
	m := map[string]Education{}
	for level, words := range map[Education][]string{
		Primary:    {"小学", "小学毕业", "小学及以下", "小学以下", "primary", "primaryschool", "elementary", "elementaryschool"},
		JuniorHigh: {"初中", "初级中学", "初中毕业", "初中及以下", "juniorhigh", "juniorhighschool", "middleschool"},
		SeniorHigh: {"高中", "高级中学", "高中毕业", "普高", "普通高中", "highschool", "seniorhigh", "seniorhighschool", "secondary"},
		Vocational: {"中专", "中等专科", "中等职业", "中等职业教育", "中技", "技校", "职高", "职业高中", "职业中专", "中专中技", "vocational", "vocationalschool", "technicalschool"},
		College:    {"大专", "专科", "大学专科", "高职", "高职高专", "专科学历", "大专学历", "大学专科和专科学校", "college", "juniorcollege", "associate", "associatedegree", "diploma"},
		Bachelor:   {"本科", "大学", "大学本科", "学士", "本科学历", "全日制本科", "大学本科毕业", "bachelor", "bachelors", "bachelordegree", "bachelorsdegree", "undergraduate", "graduation"},
		Master:     {"硕士", "研究生", "硕士研究生", "硕士学位", "研究生学历", "mba", "emba", "master", "masters", "masterdegree", "mastersdegree", "postgraduate"},
		Doctor:     {"博士", "博士研究生", "博士学位", "博士后", "博士及以上", "doctor", "doctorate", "phd", "doctoral"},
	} {
		for _, w := range words {
			m[w] = level
		}
	}
	return m
}()

// ParseEducation reads 小学 to 博士 in the words of forms and personnel files, and
// the English ones: 大学本科 is bachelor, 研究生 alone is master, as it mostly is.
// Error: clean.empty, clean.bad_education.
func ParseEducation(s string) (Education, error) {
	s, err := value(s)
	if err != nil {
		return "", err
	}
	if e, ok := educationWords[squash(s)]; ok {
		return e, nil
	}
	return "", bad("clean.bad_education")
}
