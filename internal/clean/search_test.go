package clean

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestFoldSearch(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"张三", "张三 zhangsan zs"},
		{"张三丰", "张三丰 张三 三丰 zhangsanfeng zsf"},
		{"单雄信", "单雄信 单雄 雄信 shanxiongxin sxx danxiongxin dxx"},
		{"解缙", "解缙 xiejin xj jiejin jj"},
		{"仇英", "仇英 qiuying qy chouying cy"},
		{"曾国藩", "曾国藩 曾国 国藩 zengguofan zgf cengguofan cgf"},
		{"区志", "区志 ouzhi oz quzhi qz"},
		{"查良镛", "查良镛 查良 良镛 zhaliangyong zly chaliangyong cly"},
		{"任正", "任正 renzheng rz"},
		{"朴树", "朴树 piaoshu ps pushu"},
		{"盖叫", "盖叫 gejiao gj gaijiao"},
		{"尉迟恭", "尉迟恭 尉迟 迟恭 yuchigong ycg"},
		{"长孙无忌", "长孙无忌 长孙 孙无 无忌 zhangsunwuji zswj"},
		{"万俟卨", "万俟卨 万俟 俟卨 moqixie mqx"},
		{"欧阳娜娜", "欧阳娜娜 欧阳 阳娜 娜娜 ouyangnana oynn"},
		{"吕布", "吕布 lvbu lb"},
		// Given names that are read in more than one way are found by each.
		{"王乐", "王乐 wangle wl wangyue wy"},
		{"李茜", "李茜 liqian lq lixi lx"},
		{"单乐", "单乐 shanle sl shanyue sy danle dl danyue dy"},
		{"尉迟行", "尉迟行 尉迟 迟行 yuchixing ycx yuchihang ych"},
		{"张快乐", "张快乐 张快 快乐 zhangkuaile zkl"},
		{"万俟长乐", "万俟长乐 万俟 俟长 长乐 moqichangle mqcl"},
		{"可乐", "可乐 kele kl"}, {"王乐乐", "王乐乐 王乐 乐乐 wanglele wll wangyueyue wyy"},
		{"王乐行", "王乐行 王乐 乐行 wanglexing wlx wanglehang wlh wangyuexing wyx wangyuehang wyh"},
		{"重庆小面", "重庆小面 重庆 庆小 小面 chongqingxiaomian cqxm"},
		{"Tom Smith", "tom·smith tom smith"},
		{"张三 Tom", "张三·tom 张三 zhangsan zs tom"},
		{"Ｔｏｍ张", "tom张 tom 张 zhang"},
		{"张", "张 zhang"},
		{"用户138-A", "用户138-a 用户 yonghu yh 138 a"},
		{"José", "josé"},
		{"", ""}, {"  ", ""}, {"。", "。"},
	} {
		got := FoldSearch(c.in)
		for i := range got {
			got[i] = strings.ReplaceAll(got[i], " ", "·")
		}
		if diff := cmp.Diff(strings.Fields(c.want), append([]string{}, got...)); diff != "" {
			t.Errorf("%q: %s", c.in, diff)
		}
	}
	// A word in the middle of a long name keeps its reading.
	for name, want := range map[string]string{"招商银行重庆分行": "zhaoshangyinhangchongqingfenhang", "厦门音乐学院": "xiamenyinyuexueyuan", "长沙市朝阳路": "changshashichaoyanglu"} {
		if !strings.Contains(strings.Join(FoldSearch(name), " "), " "+want+" ") {
			t.Errorf("%s: %v lacks %s", name, FoldSearch(name), want)
		}
	}
}

// What a person types finds the name.
func TestFoldQuery(t *testing.T) {
	for _, c := range []struct {
		name, query string
		want        bool
	}{
		{"张三丰", "张三丰", true}, {"张三丰", "三丰", true}, {"张三丰", "张", true}, {"张三丰", "zhangsan", true}, {"张三丰", "ZSF", true}, {"张三丰", "张丰", false}, {"张三丰", "李", false},
		{"北京某某科技有限公司", "某科技", true}, {"Tom Smith", "smith t", true}, {"Tom Smith", "smith x", false}, {"单雄信", "shan", true}, {"单雄信", "dan", true}, {"张三 Tom", "ｔｏｍ 张三", true},
	} {
		terms := FoldSearch(c.name)
		found := true
		for _, q := range FoldQuery(c.query) {
			any := false
			for _, t := range terms {
				any = any || strings.HasPrefix(t, q)
			}
			found = found && any
		}
		if found != c.want {
			t.Errorf("%q in %q: %v (%v in %v)", c.query, c.name, found, FoldQuery(c.query), terms)
		}
	}
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"张三丰", "重庆银行Tom", "𠮷野家", "José", "吐鲁番单"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		terms := FoldSearch(s)
		if len(terms) > 200 {
			t.Fatalf("%d terms", len(terms))
		}
		for i, x := range terms {
			if x == "" || !utf8.ValidString(x) {
				t.Fatalf("%q: term %q", s, x)
			}
			for _, y := range terms[:i] {
				if x == y {
					t.Fatalf("%q: %q twice", s, x)
				}
			}
		}
		for _, q := range FoldQuery(s) { // a name finds itself
			found := false
			for _, x := range terms {
				found = found || strings.HasPrefix(x, q)
			}
			if !found {
				t.Fatalf("%q is not found by %q: %q", s, q, terms)
			}
		}
	})
}

func BenchmarkFoldSearch(b *testing.B) {
	names := []string{"张三丰", "欧阳娜娜", "王伟", "单雄信", "Tom Smith", "北京某某科技有限公司", "李娜", "买家138"}
	var dst []string
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		dst = AppendSearch(dst[:0], names[n%len(names)])
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "names/s")
}

func TestSplitName(t *testing.T) {
	for in, want := range map[string]string{
		"张三": "张/三", "欧阳娜娜": "欧阳/娜娜", "单雄信": "单/雄信", "尉迟恭": "尉迟/恭", "万俟卨": "万俟/卨", "欧阳": "欧/阳", "司马相如": "司马/相如", " 解缙 ": "解/缙", "仇英": "仇/英", "曾国藩": "曾/国藩", "查良镛": "查/良镛", "区志": "区/志", "朴树": "朴/树", "盖叫天": "盖/叫天",
		"张": "", "Tom": "", "张三Tom": "", "买买提·吐尔逊": "", "可乐鸡翅": "", "张三李四王五": "", "": "",
	} {
		family, given, ok := SplitName(in)
		if got := family + "/" + given; ok != (want != "") || ok && got != want {
			t.Errorf("%q: %s %v, want %s", in, got, ok, want)
		}
	}
}

func TestPinyin(t *testing.T) {
	for in, want := range map[string]string{
		"张三": "zhangsan", "单雄信": "shanxiongxin", "解缙": "xiejin", "仇英": "qiuying", "曾国藩": "zengguofan", "查良镛": "zhaliangyong", "区志": "ouzhi", "朴树": "piaoshu", "盖叫天": "gejiaotian", "尉迟恭": "yuchigong", "万俟卨": "moqixie", "长孙无忌": "zhangsunwuji",
		"重庆小面": "chongqingxiaomian", "招商银行重庆分行": "zhaoshangyinhangchongqingfenhang", "Tom 张": "tomzhang", "": "", "。": "", "吕布": "lvbu", "解放碑步行街": "jiefangbeibuxingjie",
	} {
		if got := Pinyin(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
