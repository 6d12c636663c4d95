package clean

import "strings"

// commonSurnames cover about 96 % of the population.
const commonSurnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔文牛樊葛邢安齐庄颜倪申施季伍耿关兰温殷章辛左焦柳甘祝鲁路童柴单卓欧游阮柯包盛霍翟房管柏鲍舒岳司詹解瞿聂裴卫尚俞洪梅丛凌宁谷仇区查盖朴"

// compoundSurnames are surnames of two characters.
const compoundSurnames = "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 南荣 第五 纳兰 完颜"

var compounds = func() map[string]bool {
	m := map[string]bool{}
	for _, c := range strings.Fields(compoundSurnames) {
		m[c] = true
	}
	return m
}()

func isCompound(s string) bool { return compounds[s] }

// SplitName takes a person's Chinese name apart: 欧阳娜娜 is 欧阳 and 娜娜, 单雄信
// is 单 and 雄信. ok is false where s is not two to six Han characters (and the
// dot of 买买提·吐尔逊, which has no family name) that begin with a surname.
func SplitName(s string) (family, given string, ok bool) {
	r := []rune(fold(s))
	if len(r) < 2 || len(r) > 6 {
		return "", "", false
	}
	for _, c := range r {
		if !isHan(c) {
			return "", "", false
		}
	}
	n := 1
	switch {
	case len(r) > 2 && isCompound(string(r[:2])):
		n = 2
	case !isSurname(r[0]) || len(r) > 4:
		return "", "", false
	}
	return string(r[:n]), string(r[n:]), true
}

// isSurname is true for the common surnames and those with a reading of their own.
func isSurname(r rune) bool {
	return strings.ContainsRune(commonSurnames, r) || pinyinTable().surname[r] != 0
}

// surnameReadings are characters that are read otherwise as a surname.
const surnameReadings = `单 shan 解 xie 仇 qiu 曾 zeng 区 ou 查 zha 任 ren 盖 ge 朴 piao 尉 wei 繁 po 折 she 种 chong 秘 bi 乜 nie 隗 wei
晁 chao 召 shao 佴 nai 逄 pang 冼 xian 洗 xian 祭 zhai 员 yun 纪 ji 宓 fu 令 ling 覃 qin 黑 he 缪 miao 翟 zhai 卜 bu 葛 ge 华 hua 那 na 哈 ha
贾 jia 俞 yu 车 che 长 zhang 重 chong 都 du 行 xing 乐 yue 万 wan 尹 yin 吕 lv 曲 qu 过 guo 应 ying 宁 ning 沈 shen 石 shi 柏 bai 藏 zang 臧 zang 谌 chen 莘 shen 郇 xun 郗 xi 郄 qie 酆 feng 阚 kan 綦 qi 殷 yin 燕 yan 幺 yao 要 yao 亓 qi`

// wordReadings are words in which a character is not read the usual way.
const wordReadings = `重庆 chong qing;厦门 xia men;六安 lu an;蚌埠 beng bu;台州 tai zhou;丽水 li shui;长沙 chang sha;长春 chang chun;长治 chang zhi;长江 chang jiang;长安 chang an;长城 chang cheng;长乐 chang le;
成都 cheng du;首都 shou du;都江 du jiang;都市 du shi;银行 yin hang;分行 fen hang;支行 zhi hang;商行 shang hang;车行 che hang;行业 hang ye;洋行 yang hang;米行 mi hang;珠宝行 zhu bao hang;药行 yao hang;
音乐 yin yue;乐器 yue qi;朝阳 chao yang;大厦 da sha;会计 kuai ji;大夫 dai fu;单县 shan xian;尉犁 yu li;番禺 pan yu;东莞 dong guan;莞城 guan cheng;厦大 xia da;
尉迟 yu chi;长孙 zhang sun;万俟 mo qi;单于 chan yu;澹台 tan tai;令狐 ling hu;乐正 yue zheng;宰父 zai fu;鲜于 xian yu;夏侯 xia hou;皇甫 huang fu;濮阳 pu yang;仇大 qiu da;
铅山 yan shan;歙县 she xian;乐清 yue qing;乐亭 lao ting;亳州 bo zhou;巴音 ba yin;喀什 ka shi;吐鲁番 tu lu fan;贾平 jia ping;重阳 chong yang;重新 chong xin;重逢 chong feng;长大 zhang da;校长 xiao zhang;店长 dian zhang;成长 cheng zhang;
参茸 shen rong;人参 ren shen;海参 hai shen;西藏 xi zang;宝藏 bao zang;快乐 kuai le;乐园 le yuan;朝鲜 chao xian;便宜 pian yi;调味 tiao wei;子弹 zi dan;模具 mu ju;量贩 liang fan`

// givenReadings are characters that are read in more than one way in given
// names. Nobody but the bearer knows which, so the name is found by each.
const givenReadings = `乐 le yue;行 xing hang;茜 qian xi;晟 sheng cheng;盛 sheng cheng;长 chang zhang;朝 chao zhao;重 chong zhong;薄 bo bao;蔚 wei yu;莘 shen xin;颉 jie xie;炅 jiong gui;筠 yun jun;柏 bai bo;拓 tuo ta;泊 bo po;澄 cheng deng;隽 jun juan;伽 jia qie ga;曾 zeng ceng;单 dan shan;解 jie xie;奇 qi ji;琢 zhuo zuo;禅 chan shan;
都 du dou;调 tiao diao;传 chuan zhuan;藏 cang zang;说 shuo yue;宿 su xiu;祭 ji zhai;六 liu lu;绮 qi yi;荨 xun qian;杉 shan sha;翟 zhai di;尉 wei yu;殷 yin yan;郇 xun huan;阚 kan han;谌 chen shen;缪 miao mou;佴 nai er;省 sheng xing;婼 chuo ruo;媞 ti shi;葚 shen ren;珩 heng hang;敦 dun dui`
