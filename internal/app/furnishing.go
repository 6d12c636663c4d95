package app

import (
	"context"
	"path/filepath"
	"time"

	"zhike/internal/customer"
	"zhike/internal/demo"
	"zhike/internal/importer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/timeline"
)

// Furnished says what Furnish made.
type Furnished struct {
	Fields int             `json:"fields"`
	Fair   importer.Result `json:"fair"`
	Notes  int             `json:"notes"`
	// Audiences is how many were made.
	Audiences int `json:"audiences"`
}

// noted is how many customers get notes.
const noted = 36

// furnish gives the imported sample company what its files do not have: the
// custom fields of retail, tags, and what they hold for some hundred customers
// (demo.FairFile of dir, which demo.Generate wrote); notes with next steps by
// author on the customers who spend most; the lists of duplicates and of
// problems; audiences. Called again it adds nothing but notes.
func (a *App) furnish(ctx context.Context, dir string, author *auth.Actor) (out Furnished, err error) {
	made, err := a.Fields.ImportPreset(ctx, "retail", nil)
	if err != nil {
		return out, err
	}
	out.Fields = len(made.Created)
	columns := map[string]importer.Meaning{
		"登记编号": importer.BuyerID, "姓名": importer.BuyerName, "手机号": importer.BuyerPhone, "出生日期": importer.BuyerBirthday,
		"省份": importer.Province, "城市": importer.City, "标签": importer.Tags,
	}
	for title, code := range map[string]string{
		"入会日期": "joined_on", "入会渠道": "join_channel", "归属门店": "home_store", "价位偏好": "price_band",
		"风格偏好": "style", "储值余额": "stored_value", "子女人数": "children",
	} {
		columns[title] = importer.FieldMeaning(code)
	}
	out.Fair, err = a.Importer.Run(ctx, importer.RunInput{
		Kind: importer.KindCustomers, Path: filepath.Join(dir, demo.FairFile), Source: demo.FairSource,
		Mapping: &importer.Mapping{Kind: importer.KindCustomers, Columns: columns, Rules: importer.Rules{NewTags: "create", TagGroup: "兴趣"}},
	})
	if err != nil {
		return out, err
	}
	if err := a.Duplicates.Scan(ctx, func(int64, int64, string) {}); err != nil {
		return out, err
	}
	if err := a.Quality.Scan(ctx, func(int64, int64) {}); err != nil {
		return out, err
	}
	best, err := a.Customer.List(ctx, customer.Filter{}, noted, "", "-net_365")
	if err != nil {
		return out, err
	}
	as := auth.With(ctx, author)
	now := a.Clock.Now()
	today := clock.DayOf(now, a.Org.Zone())
	var spokenTo []int64
	for i := range best.Items {
		id := best.Items[i].ID
		spokenTo = append(spokenTo, id)
		for k := range 1 + i%3 {
			n := noteTexts[(i*5+k*7)%len(noteTexts)]
			in := n.NoteInput
			in.At = now.Add(-time.Duration(2+i*3+k*29)*24*time.Hour - time.Duration(i%7)*time.Hour).UnixMilli()
			if n.step != "" && k == 0 {
				in.NextStep = &timeline.StepInput{Text: n.step, Due: (today + clock.Day(i%12)).String()}
			}
			if _, err := a.Timeline.CreateNote(as, id, in); err != nil {
				return out, err
			}
			out.Notes++
		}
	}
	out.Audiences, err = a.furnishAudiences(as, spokenTo)
	return out, err
}

type noteText struct {
	timeline.NoteInput
	step string
}

var noteTexts = []noteText{
	{timeline.NoteInput{Kind: "call", Direction: "out", Outcome: "reached", Subject: "回访新豆", Text: "上次买的云南日晒喝完了，觉得酸度合适，想再试试浅烘。送过两包试饮。"}, "寄浅烘试饮装"},
	{timeline.NoteInput{Kind: "visit", Direction: "in", Outcome: "agreed", Subject: "到店选中秋礼盒", Text: "要 30 份，预算每份 200 元上下，需要印公司抬头，九月上旬要货。"}, "发中秋礼盒报价"},
	{timeline.NoteInput{Kind: "complaint", Direction: "in", Outcome: "solved", Subject: "磨豆机有异响", Text: "用了三周开始响。已寄回检测，换了新机，客户满意。"}, ""},
	{timeline.NoteInput{Kind: "consultation", Direction: "in", Outcome: "open", Subject: "问企业月度采购", Text: "办公室 60 人，想按月送豆和耗材，问有没有月结。"}, "约采购负责人面谈"},
	{timeline.NoteInput{Kind: "message", Direction: "out", Outcome: "no_answer", Subject: "生日祝福", Text: "发了生日券，暂未回复。"}, ""},
	{timeline.NoteInput{Kind: "call", Direction: "in", Outcome: "solved", Subject: "改收货地址", Text: "搬到新址，之后的订单都寄公司前台。"}, ""},
	{timeline.NoteInput{Kind: "note", Subject: "口味", Text: "不喝太深的烘焙，喜欢花香；家里有孕妇，推荐低因。"}, ""},
	{timeline.NoteInput{Kind: "visit", Direction: "out", Outcome: "agreed", Subject: "上门做手冲体验", Text: "来了 18 位同事，现场成交 6 单，行政想每季度办一次。"}, "安排下一季体验课"},
	{timeline.NoteInput{Kind: "call", Direction: "out", Outcome: "refused", Subject: "储值续费", Text: "近期出差多，暂不续储值，年底再联系。"}, "年底前再联系储值"},
}
