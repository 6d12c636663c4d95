package dedupe

// examples are two values of a field that agree at a level; a test holds them
// against compare. Phones and e-mails are nobody's.
var examples = map[Field]map[Level][2]string{
	GivenName: {Exact: {"Emily", "emily"}, Close: {"Emily", "Emilly"}, Near: {"Jonathan", "Jon"}, Differ: {"Emily", "Robert"}},
	FullName: {
		Exact: {"欧阳明月", "欧阳 明月"}, Close: {"张三丰", "张三峰"}, Near: {"欧阳明月", "欧阳明"}, Partial: {"王建国", "王丽华"}, Differ: {"王建国", "李小红"},
	},
	City:         {Exact: {"杭州市", "杭州"}, Close: {"Hangzhou", "Hangzou"}, Near: {"Hohhot", "Huhehot"}, Partial: {"Jiangyin", "Jiangdu"}, Differ: {"杭州市", "南京市"}},
	Region:       {Exact: {"浙江省", "浙江"}, Close: {"Zhejiang", "Zhejang"}, Near: {"Hubei", "Hueib"}, Partial: {"Shanxi", "Shandong"}, Differ: {"浙江省", "江苏省"}},
	Birthday:     {Exact: {"1990-03-08", "1990/3/8"}, Close: {"1990-03-08", "1990-08-03"}, Near: {"1990-03-08", "1985-03-08"}, Partial: {"1990-03-08", "1990-03-21"}, Differ: {"1990-03-08", "1975-11-25"}},
	Phone:        {Exact: {"13800000000", "+86 138 0000 0000"}, Close: {"13800000000", "13800000001"}, Differ: {"13800000000", "13911112222"}},
	Email:        {Exact: {"li@example.com", "LI@example.com"}, Close: {"lihua@example.com", "lihau@example.com"}, Near: {"lihua88@example.com", "lihua88@example.org"}, Differ: {"li@example.com", "wang@example.com"}},
	Code:         {Exact: {"91330100MA27XL0D3X", "91330100ma27xl0d3x"}, Differ: {"91330100MA27XL0D3X", "91110108MA01ABCD1X"}},
	AddressLine1: {Exact: {"人民路12号3栋", "人民路12号3栋"}, Close: {"解放东路科技大厦15楼", "解放东路科枝大厦15楼"}, Near: {"人民路科技大厦", "人民路科技大厦B座"}, Partial: {"人民路12号", "人民路35号"}, Differ: {"人民路12号", "滨江大道35号"}},
}

// Example gives two values that agree on a field at a level; ok is false where
// there is none to show.
func Example(f Field, l Level) (a, b string, ok bool) {
	two, ok := examples[f][l]
	return two[0], two[1], ok
}
