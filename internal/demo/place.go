package demo

import (
	"strconv"
	"strings"
)

// city is where a customer lives.
type city struct {
	province, name string
	region         string // six-digit region code
	people         float64
	stores         []int // indexes into storeTable's stores
}

// cityTable lists cities with more than three million people that the chain
// delivers to, by province: name, region code, population in 10,000 (seventh
// census, rounded).
var cityTable = `北京市|北京市:110000:2189
上海市|上海市:310000:2487
天津市|天津市:120000:1387
重庆市|重庆市:500000:3205
浙江省|杭州市:330100:1194 宁波市:330200:940 温州市:330300:957 嘉兴市:330400:540 湖州市:330500:337 绍兴市:330600:527 金华市:330700:705 台州市:331000:662
江苏省|南京市:320100:931 无锡市:320200:746 徐州市:320300:908 常州市:320400:528 苏州市:320500:1275 南通市:320600:773 扬州市:321000:456 盐城市:320900:671
广东省|广州市:440100:1868 深圳市:440300:1756 佛山市:440600:950 东莞市:441900:1047 珠海市:440400:244 惠州市:441300:604 中山市:442000:442 汕头市:440500:550
四川省|成都市:510100:2094 绵阳市:510700:487 南充市:511300:561
湖北省|武汉市:420100:1245 襄阳市:420600:526 宜昌市:420500:402
湖南省|长沙市:430100:1005 衡阳市:430400:665 岳阳市:430600:505
河南省|郑州市:410100:1260 洛阳市:410300:706 南阳市:411300:971
山东省|济南市:370100:920 青岛市:370200:1007 烟台市:370600:710 潍坊市:370700:939 临沂市:371300:1102
福建省|福州市:350100:829 厦门市:350200:516 泉州市:350500:878
安徽省|合肥市:340100:937 芜湖市:340200:364 阜阳市:341200:820
江西省|南昌市:360100:626 赣州市:360700:897
河北省|石家庄市:130100:1124 唐山市:130200:772 保定市:130600:924
陕西省|西安市:610100:1295 咸阳市:610400:422
辽宁省|沈阳市:210100:907 大连市:210200:745
吉林省|长春市:220100:907
黑龙江省|哈尔滨市:230100:1001
云南省|昆明市:530100:846 曲靖市:530300:577
贵州省|贵阳市:520100:599 遵义市:520300:661
广西壮族自治区|南宁市:450100:874 柳州市:450200:416
山西省|太原市:140100:530
甘肃省|兰州市:620100:436
海南省|海口市:460100:287
内蒙古自治区|呼和浩特市:150100:345
宁夏回族自治区|银川市:640100:286
新疆维吾尔自治区|乌鲁木齐市:650100:405`

// storeTable lists the chain's own stores by city.
var storeTable = `杭州市|湖滨店 西溪店 滨江店 钱江新城店 良渚店
上海市|徐汇店 静安店 杨浦店 浦东店 虹桥店
宁波市|鄞州店 老外滩店
南京市|新街口店 仙林店 河西店
苏州市|平江店 园区店 吴中店
无锡市|滨湖店
北京市|朝阳店 海淀店 东城店
广州市|天河店 越秀店
深圳市|南山店 福田店
成都市|锦江店 高新店
武汉市|江汉店 光谷店
长沙市|岳麓店
合肥市|政务区店
厦门市|思明店`

// storeReach is how much likelier a person of a city with stores is to be a
// customer: the chain is known there.
const storeReach = 3.2

// cityBook draws places.
type cityBook struct {
	cities []city
	weight weighted
	stores []string
}

func newCityBook() *cityBook {
	b := &cityBook{}
	at := map[string][]int{}
	for _, line := range strings.Split(storeTable, "\n") {
		cityName, names, _ := strings.Cut(line, "|")
		for _, n := range strings.Fields(names) {
			at[cityName] = append(at[cityName], len(b.stores))
			b.stores = append(b.stores, strings.TrimSuffix(cityName, "市")+n)
		}
	}
	var weights []float64
	for _, line := range strings.Split(cityTable, "\n") {
		province, names, _ := strings.Cut(line, "|")
		for _, n := range strings.Fields(names) {
			part := strings.Split(n, ":")
			people, _ := strconv.ParseFloat(part[2], 64)
			c := city{province: province, name: part[0], region: part[1], people: people, stores: at[part[0]]}
			b.cities = append(b.cities, c)
			if len(c.stores) > 0 {
				people *= storeReach
			}
			weights = append(weights, people)
		}
	}
	b.weight = newWeighted(weights)
	return b
}

func (b *cityBook) draw(r random) *city { return &b.cities[b.weight.pick(r)] }

// Invented streets; no city has to have them.
var streets = strings.Fields("云栖湾路 听松里 青岚大道 半山台路 鹿溪街 雾里巷 晴川里路 栀子弄 望岚街 石桥头路 白榆路 枫林渡街")

func address(r random, c *city) string {
	return c.province + strings.TrimPrefix(c.name, c.province) + streets[r.IntN(len(streets))] +
		strconv.Itoa(r.between(1, 399)) + "号" + strconv.Itoa(r.between(1, 30)) + "幢" +
		strconv.Itoa(r.between(1, 18)*100+r.between(1, 4)) + "室"
}
