package demo

import (
	"errors"
	"path/filepath"
	"strings"

	"zhike/internal/platform/clock"
)

// FairFile is the list that the company brought home from a fair: members with
// what they told about themselves, people who are new, and people who gave
// another phone than the one they are known by. It is for `zhike demo furnish`
// and not in the manifest.
const FairFile = "fair.csv"

// FairSource is the source under which FairFile is imported.
const FairSource = "fair"

var fairHeader = []string{
	"登记编号", "姓名", "手机号", "出生日期", "省份", "城市", "入会日期", "入会渠道", "归属门店", "价位偏好", "风格偏好", "储值余额", "子女人数", "标签",
}

const (
	fairMembers    = 600
	fairDuplicates = 24
	fairNew        = 16
	// fairPhones keeps the phones of the fair apart from all others.
	fairPhones = 5_000_000
)

var (
	fairChannels = strings.Fields("门店 天猫 京东 抖音 微信小程序 活动现场")
	fairBands    = strings.Fields("实惠 中档 高端")
	fairStyles   = []string{"休闲", "商务", "休闲;经典", "运动;潮流", "", "经典"}
	fairStores   = []string{"武康路店", "西湖店", "太古里店", "", "国贸店"}
	fairTags     = []string{"手冲爱好者", "送礼", "手冲爱好者、企业团购", "", "痛点/对价格敏感", "亲子", "送礼、亲子", ""}
)

// writeFair writes FairFile into dir.
func (g *generator) writeFair(dir string) error {
	file, err := createCSV(filepath.Join(dir, FairFile), csvStyle{bom: true}, fairHeader)
	if err != nil {
		return err
	}
	var members []int
	for i := range g.people {
		if p := &g.people[i]; !p.guest && p.phone != "" {
			members = append(members, i)
		}
	}
	serial := 0
	put := func(p *person, phone string) error {
		h := mix64(uint64(serial) ^ g.opt.Seed)
		serial++
		birth, name := cell{}, p.name
		if p.hasBirth {
			birth = calendarDay(p.birth)
		}
		stored, children := cell{}, cell{}
		if h%3 == 0 {
			stored = whole(int64(50 + h>>8%20*50))
		}
		if h%5 == 0 {
			children = whole(int64(1 + h>>16%2))
		}
		joined := g.last - clock.Day(h>>24%700)
		pick := func(list []string, by uint64) cell { return text(list[by%uint64(len(list))]) }
		return file.row([]cell{
			text("SJ" + phone[4:]), text(name), text(phone), birth, text(p.city.province), text(p.city.name), calendarDay(joined),
			pick(fairChannels, h>>1), pick(fairStores, h>>4), pick(fairBands, h>>7), pick(fairStyles, h>>11), stored, children, pick(fairTags, h>>13),
		})
	}
	step := max(1, len(members)/(fairMembers+fairDuplicates))
	n, double := 0, 0
	for k := 0; k < len(members) && err == nil; k += step {
		p := &g.people[members[k]]
		// Known by a birthday, they are recognised in spite of the other phone.
		if n%25 == 24 && p.hasBirth && double < fairDuplicates {
			double++
			err = put(p, phoneNumber(fairPhones+double))
		} else if n < fairMembers+fairDuplicates {
			err = put(p, p.phone)
		}
		n++
	}
	for k := 0; k < fairNew && err == nil; k++ {
		r := newRandom(g.opt.Seed, streamCompany, uint64(k)|1<<50)
		p := person{}
		p.city = g.cities.draw(r)
		p.name, _, _ = g.names.draw(r, r.IntN(2), r.between(1960, 2004))
		err = put(&p, phoneNumber(fairPhones+1000+k))
	}
	return errors.Join(err, file.close())
}
