package demo

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Categories of the catalogue, in the order of catalogueTable.
const (
	catBeans = iota
	catDrip
	catCold
	catGear
	catCup
	catTea
	catBakery
	catGift
	catScent
	catHome
	categories
)

// product is one article. Prices are in 分.
type product struct {
	code, name, category, brand string
	kind                        int // index of the category
	price                       int32
	popularity                  float64
	logPrice                    float64 // ln(price / geometric mean price of the category)
}

// catalogueTable: category|code, then brand,name,price in yuan,popularity.
var catalogueTable = `咖啡豆|KF
山岚烘焙,云南保山日晒咖啡豆 250g,68,9
山岚烘焙,山岚意式拼配咖啡豆 454g,88,12
山岚烘焙,晨雾中烘咖啡豆 227g,59,8
雾里,埃塞俄比亚水洗咖啡豆 227g,98,6
雾里,哥伦比亚厌氧咖啡豆 200g,128,3
雾里,肯尼亚双重水洗咖啡豆 200g,118,3
雾里,瑰夏微批次咖啡豆 100g,268,1
半山农场,普洱蜜处理咖啡豆 250g,76,5
半山农场,低因咖啡豆 227g,92,2
挂耳咖啡|GE
山岚烘焙,意式挂耳咖啡 10片,45,12
山岚烘焙,七日挂耳组合 14片,69,10
雾里,花香挂耳咖啡 10片,65,7
雾里,精品产地挂耳 20片,138,4
半山农场,云南小粒挂耳 30片,99,6
半山农场,低因挂耳咖啡 10片,55,3
冷萃即饮|LC
山岚烘焙,冷萃咖啡液 12颗,79,10
山岚烘焙,燕麦拿铁 250ml×6,54,7
雾里,冻干咖啡粉 18颗,129,7
雾里,桂花冷萃 270ml×6,72,5
咖啡器具|QJ
铜壶记,手冲细口壶 600ml,169,6
铜壶记,温控手冲壶 1L,399,3
铜壶记,陶瓷滤杯 V01,79,7
岚屿,手摇磨豆机,259,5
岚屿,电动磨豆机,599,2
岚屿,法压壶 600ml,119,4
岚屿,咖啡滤纸 100张,26,12
岚屿,电子秤 0.1g,129,4
铜壶记,家用半自动咖啡机,1980,0.8
铜壶记,摩卡壶 150ml,149,4
咖啡杯|BZ
青釉社,手作陶瓷马克杯 320ml,78,9
青釉社,釉变拿铁杯碟 280ml,98,6
青釉社,双层玻璃杯 250ml,59,8
岚屿,随行保温杯 380ml,139,8
岚屿,折叠随行杯 350ml,69,4
青釉社,城市纪念马克杯,88,5
青釉社,茶咖两用盖碗杯,168,2
茶饮|CY
半山茶舍,桂花乌龙 15包,56,8
半山茶舍,正山小种 100g,98,5
半山茶舍,白毫银针 50g,198,2
半山茶舍,龙井明前 100g,268,2
半山茶舍,陈皮白茶 12颗,88,5
半山茶舍,冷泡茶组合 20包,65,6
烘焙点心|HB
麦屿,海盐黄油曲奇 200g,39,10
麦屿,伯爵茶磅蛋糕 320g,58,6
麦屿,坚果脆脆 180g,36,9
麦屿,巧克力布朗尼 6枚,49,7
麦屿,抹茶雪球 150g,35,6
麦屿,司康组合 8枚,52,4
礼盒|LH
山岚礼,山岚四季咖啡礼盒,199,6
山岚礼,挂耳与马克杯礼盒,268,7
山岚礼,咖香月饼礼盒,238,6
山岚礼,新岁茶咖礼盒,358,4
山岚礼,手冲入门礼盒,499,3
山岚礼,大师臻选礼盒,888,1
家居香氛|XF
拾光香氛,咖啡木质蜡烛 180g,128,6
拾光香氛,白茶无火香薰 120ml,158,6
拾光香氛,桂花车载香片,49,7
拾光香氛,雪松扩香石,88,5
拾光香氛,晚安助眠喷雾 80ml,99,4
家居杂货|JJ
岚屿,亚麻餐垫 2片,58,5
岚屿,帆布袋 山岚款,49,8
岚屿,密封储豆罐 500ml,85,6
青釉社,陶瓷花器 小号,118,3
岚屿,软木杯垫 4片,29,8
岚屿,原木托盘,139,3`

// categoryPull is the share of the categories as the first thing in a basket.
var categoryPull = [categories]float64{20, 18, 9, 6, 9, 9, 12, 5, 6, 6}

// affinity[a][b] multiplies the wish for b when a is in the basket.
var affinity = [categories][categories]float64{
	catBeans:  {1.4, 0.6, 0.5, 3.2, 2.6, 0.5, 1.8, 0.6, 0.5, 1.2},
	catDrip:   {0.6, 1.5, 1.1, 0.8, 2.8, 0.7, 2.4, 0.6, 0.7, 0.8},
	catCold:   {0.5, 1.1, 1.4, 0.3, 1.6, 0.8, 2.2, 0.4, 0.6, 0.8},
	catGear:   {4.5, 0.7, 0.3, 2.2, 2.4, 0.3, 0.5, 0.5, 0.4, 1.6},
	catCup:    {1.8, 2.2, 0.8, 1.4, 1.6, 1.2, 1.0, 0.7, 1.2, 1.8},
	catTea:    {0.4, 0.5, 0.5, 0.2, 1.8, 2.0, 3.0, 1.2, 1.4, 1.0},
	catBakery: {1.2, 1.6, 1.5, 0.3, 0.9, 1.8, 2.6, 0.6, 0.6, 0.6},
	catGift:   {0.7, 0.7, 0.4, 0.4, 0.8, 1.2, 1.2, 2.6, 1.0, 0.6},
	catScent:  {0.4, 0.5, 0.4, 0.2, 1.4, 1.2, 0.7, 0.9, 2.6, 2.6},
	catHome:   {0.9, 0.8, 0.6, 1.0, 2.2, 0.8, 0.7, 0.5, 2.4, 2.2},
}

// catalogue draws products.
type catalogue struct {
	products []product
	names    [categories]string
	first    [categories + 1]int // products of category c are [first[c], first[c+1])
}

func newCatalogue() *catalogue {
	c := &catalogue{}
	cat := -1
	prefix := ""
	for _, line := range strings.Split(catalogueTable, "\n") {
		if name, code, ok := strings.Cut(line, "|"); ok {
			cat++
			c.names[cat], prefix = name, code
			c.first[cat] = len(c.products)
			continue
		}
		f := strings.Split(line, ",")
		yuan, _ := strconv.ParseFloat(f[2], 64)
		popularity, _ := strconv.ParseFloat(f[3], 64)
		c.products = append(c.products, product{
			code: fmt.Sprintf("%s%03d", prefix, len(c.products)-c.first[cat]+1),
			name: f[1], brand: f[0], category: c.names[cat], kind: cat,
			price: int32(math.Round(yuan * 100)), popularity: popularity,
		})
	}
	c.first[categories] = len(c.products)
	for k := range categories {
		in := c.products[c.first[k]:c.first[k+1]]
		mean := 0.0
		for i := range in {
			mean += math.Log(float64(in[i].price)) / float64(len(in))
		}
		for i := range in {
			in[i].logPrice = math.Log(float64(in[i].price)) - mean
		}
	}
	return c
}

// draw picks a product of a category. taste > 0 leans to dear products, < 0 to
// cheap ones: popularity · (price / mean price)^taste.
func (c *catalogue) draw(r random, category int, taste float64) int {
	var weights [16]float64
	in := c.products[c.first[category]:c.first[category+1]]
	for i := range in {
		weights[i] = in[i].popularity * math.Exp(taste*in[i].logPrice)
	}
	return c.first[category] + r.pickOf(weights[:len(in)])
}
