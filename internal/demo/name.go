package demo

import (
	"strconv"
	"strings"
)

// character is one or two Chinese characters with the reading used in e-mails.
type character struct{ text, pinyin string }

// parseCharacters reads "王wang 欧阳ouyang".
func parseCharacters(s string) []character {
	fields := strings.Fields(s)
	out := make([]character, len(fields))
	for i, f := range fields {
		cut := strings.IndexFunc(f, func(r rune) bool { return r < 0x80 })
		out[i] = character{f[:cut], f[cut:]}
	}
	return out
}

// surnames and their share in ten thousand of the population, rounded from the
// Ministry of Public Security's yearly name report; compound surnames are given
// a little more than their real share so that every page of customers can meet one.
var surnameTable = `王wang:720 李li:718 张zhang:675 刘liu:538 陈chen:453 杨yang:308 黄huang:223 赵zhao:209 吴wu:200 周zhou:196
徐xu:145 孙sun:138 马ma:129 朱zhu:126 胡hu:121 郭guo:118 何he:116 高gao:111 林lin:110 罗luo:93 郑zheng:92 梁liang:85 谢xie:78 宋song:73
唐tang:69 许xu:66 韩han:64 邓deng:62 冯feng:62 曹cao:59 彭peng:58 曾zeng:57 肖xiao:55 田tian:52 董dong:51 潘pan:50 袁yuan:50 蔡cai:48
蒋jiang:48 余yu:47 于yu:46 杜du:46 叶ye:44 程cheng:43 魏wei:43 苏su:42 吕lv:41 丁ding:40 任ren:40 卢lu:40 姚yao:39 沈shen:39 钟zhong:38
姜jiang:37 崔cui:37 谭tan:36 陆lu:35 范fan:35 汪wang:34 廖liao:33 石shi:32 金jin:31 韦wei:31 贾jia:30 夏xia:30 付fu:29 方fang:29 邹zou:28
熊xiong:27 白bai:27 孟meng:26 秦qin:26 邱qiu:25 侯hou:25 江jiang:25 尹yin:24 薛xue:24 闫yan:23 段duan:23 雷lei:22 龙long:20 黎li:20
史shi:20 陶tao:19 贺he:19 毛mao:18 郝hao:18 顾gu:18 龚gong:17 邵shao:17 万wan:17 覃qin:16 武wu:16 钱qian:15 戴dai:15 严yan:14 莫mo:14
孔kong:13 向xiang:13 常chang:12 温wen:10 康kang:10 施shi:10 洪hong:9 季ji:8 单shan:6 解xie:6 仇qiu:4 翟zhai:8 欧阳ouyang:14 上官shangguan:4
司马sima:4 诸葛zhuge:4 皇甫huangfu:3 令狐linghu:3 司徒situ:4 夏侯xiahou:3 慕容murong:3 尉迟yuchi:2 端木duanmu:2 东方dongfang:2`

// Given names by sex and decade of birth: characters that may stand alone or
// first, and characters that follow.
var givenTable = [2][5][2]string{
	{ // men
		{"建jian 国guo 志zhi 文wen 德de 永yong 福fu 庆qing 海hai 明ming 光guang 学xue", "军jun 华hua 平ping 明ming 林lin 民min 生sheng 荣rong 强qiang 忠zhong 祥xiang 贵gui"},
		{"伟wei 勇yong 军jun 强qiang 涛tao 斌bin 辉hui 刚gang 建jian 志zhi 晓xiao 海hai", "峰feng 波bo 明ming 平ping 东dong 宏hong 兵bing 军jun 华hua 伟wei 林lin 民min"},
		{"磊lei 鹏peng 杰jie 超chao 浩hao 飞fei 亮liang 凯kai 俊jun 旭xu 晓xiao 文wen", "鑫xin 翔xiang 宁ning 龙long 辉hui 宇yu 东dong 波bo 峰feng 杰jie 涛tao 阳yang"},
		{"宇yu 晨chen 昊hao 博bo 泽ze 嘉jia 俊jun 天tian 佳jia 逸yi 子zi 思si", "阳yang 轩xuan 航hang 文wen 奇qi 豪hao 杰jie 宇yu 楠nan 睿rui 凡fan 霖lin"},
		{"子zi 梓zi 浩hao 宇yu 睿rui 奕yi 铭ming 一yi 俊jun 泽ze 沐mu 景jing", "涵han 轩xuan 辰chen 诺nuo 泽ze 宸chen 洋yang 然ran 恩en 熙xi 航hang 言yan"},
	},
	{ // women
		{"秀xiu 桂gui 玉yu 淑shu 凤feng 春chun 丽li 素su 美mei 金jin 红hong 爱ai", "英ying 兰lan 珍zhen 芳fang 华hua 梅mei 荣rong 琴qin 云yun 霞xia 萍ping 香xiang"},
		{"丽li 艳yan 敏min 静jing 燕yan 红hong 晓xiao 海hai 春chun 玲ling 雪xue 慧hui", "霞xia 娟juan 梅mei 萍ping 芳fang 玲ling 华hua 红hong 丽li 琴qin 英ying 莉li"},
		{"婷ting 静jing 娜na 莉li 丹dan 晓xiao 雪xue 倩qian 佳jia 文wen 颖ying 璐lu", "婷ting 娟juan 洁jie 琳lin 莹ying 菲fei 燕yan 娜na 敏min 蕾lei 雯wen 妮ni"},
		{"雨yu 思si 佳jia 梦meng 欣xin 诗shi 嘉jia 雅ya 子zi 晓xiao 可ke 慧hui", "琪qi 怡yi 婷ting 瑶yao 颖ying 涵han 彤tong 雯wen 萱xuan 琳lin 宁ning 悦yue"},
		{"梓zi 子zi 雨yu 欣xin 一yi 可ke 语yu 思si 沐mu 诗shi 依yi 若ruo", "涵han 萱xuan 彤tong 妍yan 诺nuo 桐tong 琪qi 汐xi 悦yue 宁ning 然ran 晴qing"},
	},
}

// loneShare is the share of one-character given names by decade of birth.
var loneShare = [5]float64{0.12, 0.36, 0.34, 0.2, 0.08}

// nameBook draws names of people.
type nameBook struct {
	surnames      []character
	surnameWeight weighted
	given         [2][5][2][]character
}

func newNameBook() *nameBook {
	b := &nameBook{}
	var weights []float64
	for _, f := range strings.Fields(surnameTable) {
		name, share, _ := strings.Cut(f, ":")
		n, _ := strconv.Atoi(share)
		b.surnames = append(b.surnames, parseCharacters(name)...)
		weights = append(weights, float64(n))
	}
	b.surnameWeight = newWeighted(weights)
	for sex := range givenTable {
		for decade := range givenTable[sex] {
			for place := range givenTable[sex][decade] {
				b.given[sex][decade][place] = parseCharacters(givenTable[sex][decade][place])
			}
		}
	}
	return b
}

// draw gives a name and the reading of its surname and given name. sex is 0 for
// a man and 1 for a woman; birthYear chooses the fashion.
func (b *nameBook) draw(r random, sex, birthYear int) (name, surname, given string) {
	decade := min(max((birthYear-1960)/10, 0), 4)
	s := b.surnames[b.surnameWeight.pick(r)]
	set := b.given[sex][decade]
	first := set[0][r.IntN(len(set[0]))]
	if r.chance(loneShare[decade]) {
		return s.text + first.text, s.pinyin, first.pinyin
	}
	second := set[1][r.IntN(len(set[1]))]
	for second.text == first.text {
		second = set[1][r.IntN(len(set[1]))]
	}
	return s.text + first.text + second.text, s.pinyin, first.pinyin + second.pinyin
}

// nicknames of 天猫 buyers: two words and a number, which makes them unique. The
// number has six digits at most, so that none looks like a phone number.
var (
	nicknameFirst  = strings.Fields("山间 雨后 半糖 晴天 薄荷 云朵 午后 橘子 慢半拍 海盐 月光 小满 手冲 深烘 南风 一只")
	nicknameSecond = strings.Fields("小鹿 咖啡馆 旅人 的猫 豆子 日记 小姐 先生 星球 邮差 松鼠 书架 波波 岛 汽水 散步")
)

func nickname(r random, number int) string {
	return nicknameFirst[r.IntN(len(nicknameFirst))] + nicknameSecond[r.IntN(len(nicknameSecond))] + strconv.Itoa(number)
}
