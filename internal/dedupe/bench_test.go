package dedupe_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhike/internal/dedupe"
)

const (
	madeSurnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万"
	madeGiven    = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲红建国华志海燕梅鑫波斌宇浩凯健俊帆雪琴云莉欣怡梓涵子轩雨泽晨思佳宁博琪瑶婷嘉颖悦彤馨诗昊然睿航成家豪天翔小春秋冬松柏林森鹏飞龙虎"
	madeCities   = "北京市 上海市 广州市 深圳市 杭州市 南京市 苏州市 成都市 重庆市 武汉市 西安市 天津市 郑州市 长沙市 青岛市 宁波市 东莞市 佛山市 合肥市 福州市 厦门市 济南市 大连市 沈阳市 哈尔滨市 长春市 昆明市 南宁市 贵阳市 太原市"
	madeStreets  = "人民路 中山路 解放路 建设路 和平路 新华路 文化路 长江路 黄河路 朝阳路 光明路 胜利路 学府路 科技路 滨江路 湖滨路"
)

// maker makes customers as a shop has them: names as frequent as they are in
// China, of which every twentieth customer stands twice, with slips.
type maker struct {
	r                         *rand.Rand
	surnames, given           []rune
	cities, streets           []string
	name, birthday, city, add string
	phone, email              uint64
}

func newMaker(seed uint64) *maker {
	return &maker{r: rand.New(rand.NewPCG(seed, 7)), surnames: []rune(madeSurnames), given: []rune(madeGiven), cities: strings.Fields(madeCities), streets: strings.Fields(madeStreets)}
}

// skewed is a number below n of which the low ones are frequent.
func (m *maker) skewed(n int) int { return int(float64(n) * m.r.Float64() * m.r.Float64()) }

func (m *maker) person() {
	name := []rune{m.surnames[m.skewed(len(m.surnames))], m.given[m.skewed(len(m.given))]}
	if m.r.IntN(5) > 0 {
		name = append(name, m.given[m.skewed(len(m.given))])
	}
	m.name = string(name)
	m.birthday = time.Date(1945, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, m.r.IntN(60*365)).Format("2006-01-02")
	m.city = m.cities[m.skewed(len(m.cities))]
	m.add = m.street()
	m.phone, m.email = m.r.Uint64(), m.r.Uint64()
}

func (m *maker) street() string {
	return m.streets[m.r.IntN(len(m.streets))] + strconv.Itoa(1+m.r.IntN(400)) + "号" + strconv.Itoa(1+m.r.IntN(30)) + "栋" + strconv.Itoa(101+m.r.IntN(2500)) + "室"
}

// again changes the person the way a second entry differs from the first.
func (m *maker) again() {
	if m.r.IntN(4) == 0 {
		m.phone = m.r.Uint64()
	}
	if m.r.IntN(3) == 0 {
		m.email = m.r.Uint64()
	}
	if m.r.IntN(3) == 0 {
		m.add = m.street()
	}
	if m.r.IntN(8) == 0 {
		b := []byte(m.birthday)
		b[9] = '0' + byte(m.r.IntN(10))
		m.birthday = string(b)
	}
	if m.r.IntN(12) == 0 {
		name := []rune(m.name)
		name[len(name)-1] = m.given[m.r.IntN(len(m.given))]
		m.name = string(name)
	}
}

func (m *maker) record(id int64, rec *dedupe.Record) {
	rec.ID, rec.Values = id, rec.Values[:0]
	add := func(f dedupe.Field, s string, missing int) {
		if m.r.IntN(100) >= missing {
			rec.Values = append(rec.Values, dedupe.Value{Field: f, Text: s})
		}
	}
	hash := func(f dedupe.Field, n uint64, missing int) {
		if m.r.IntN(100) >= missing {
			rec.Values = append(rec.Values, dedupe.Value{Field: f, Opaque: binary.LittleEndian.AppendUint64(make([]byte, 0, 16), n)})
		}
	}
	add(dedupe.FullName, m.name, 0)
	hash(dedupe.Phone, m.phone, 10)
	hash(dedupe.Email, m.email, 40)
	add(dedupe.Birthday, m.birthday, 30)
	add(dedupe.City, m.city, 10)
	add(dedupe.AddressLine1, m.add, 30)
}

var madeFields = []dedupe.Field{dedupe.FullName, dedupe.Phone, dedupe.Email, dedupe.Birthday, dedupe.City, dedupe.AddressLine1}

// make fills an index with n records; every twentieth is the one before again.
func (m *maker) fill(tb testing.TB, x *dedupe.Index, n int) (twins int) {
	tb.Helper()
	var rec dedupe.Record
	for i := range n {
		if i%20 == 19 {
			m.again()
			twins++
		} else {
			m.person()
		}
		m.record(int64(i), &rec)
		if err := x.Add(&rec); err != nil {
			tb.Fatal(err)
		}
	}
	x.Finish()
	return twins
}

// BenchmarkMillion is the base of issue size: 1,000,000 customers (or
// ZHIKE_BENCH_CUSTOMERS) with name, hashed phone and e-mail, birthday, city and
// address, from the first Add to the last pair.
func BenchmarkMillion(b *testing.B) {
	n := 1_000_000
	if s := os.Getenv("ZHIKE_BENCH_CUSTOMERS"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	for b.Loop() {
		x := dedupe.NewIndex(madeFields...)
		at := time.Now()
		twins := newMaker(1).fill(b, x, n)
		added := time.Since(at)
		w, err := x.Learn(context.Background(), dedupe.Shipped(), nil)
		if err != nil {
			b.Fatal(err)
		}
		learned := time.Since(at)
		found, right := 0, 0
		if err := x.Pairs(context.Background(), w, 0, nil, func(p dedupe.Pair) error {
			found++
			if p.B == p.A+1 && p.B%20 == 19 {
				right++
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
		b.Logf("add %v, learn %v, all %v: %d twins, %d found, %d right; %+v; peak %s", added, learned-added, time.Since(at), twins, found, right, x.Stats(), peak())
		b.ReportMetric(float64(right)/float64(twins), "recall")
		b.ReportMetric(float64(right)/float64(max(found, 1)), "precision")
	}
}

// peak is the largest resident memory of the process so far.
func peak() string {
	status, err := os.ReadFile("/proc/self/status")
	if err == nil {
		for line := range strings.Lines(string(status)) {
			if v, ok := strings.CutPrefix(line, "VmHWM:"); ok {
				return strings.TrimSpace(v)
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return fmt.Sprint(m.Sys>>20, " MiB")
}
