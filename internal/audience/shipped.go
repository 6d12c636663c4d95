package audience

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"zhike/internal/field"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

//go:embed shipped/audiences.json
var shippedFile []byte

// shippedAudience is one that comes with the program. Its rule may have
// "{{name}}" in the place of a number that depends on the industry.
type shippedAudience struct {
	Code       string          `json:"code"`
	Group      string          `json:"group"`
	Industries []string        `json:"industries"` // none: all
	Fields     []string        `json:"fields"`     // custom fields of the industry's preset that the rule names
	Rule       json.RawMessage `json:"rule"`
}

type shippedList struct {
	// Params gives numbers by name and industry; "" is every other industry.
	Params    map[string]map[string]int `json:"params"`
	Audiences []shippedAudience         `json:"audiences"`
}

var shippedAudiences = sync.OnceValue(func() shippedList {
	var list shippedList
	if err := json.Unmarshal(shippedFile, &list); err != nil {
		panic("audience: the shipped audiences cannot be read: " + err.Error())
	}
	return list
})

// rule puts the numbers of an industry in.
func (l *shippedList) rule(a *shippedAudience, industry string) json.RawMessage {
	text := a.Rule
	for name, by := range l.Params {
		n, ok := by[industry]
		if !ok {
			n = by[""]
		}
		text = bytes.ReplaceAll(text, []byte(`"{{`+name+`}}"`), []byte(strconv.Itoa(n)))
	}
	var out bytes.Buffer
	if json.Compact(&out, text) != nil {
		return text
	}
	return out.Bytes()
}

// fits says whether an audience is for an industry; "" has those of all
// industries.
func (a *shippedAudience) fits(industry string) bool {
	return len(a.Industries) == 0 || slices.Contains(a.Industries, industry)
}

// Shipped is an audience that comes with the program.
type Shipped struct {
	Code        string          `json:"code"`
	Group       string          `json:"group" enum:"value,axes,personal,behaviour,amount,lifecycle,target,industry"`
	GroupLabel  string          `json:"group_label"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Rule        json.RawMessage `json:"rule" doc:"With the numbers of the industry"`
	Sentence    string          `json:"sentence" doc:"The rule in the reader's language"`
	Missing     []string        `json:"missing" doc:"Custom fields of the industry's preset that it needs and that are not there"`
	Made        []Ref           `json:"made" doc:"Audiences in use that were made from it"`
}

// ShippedCount is a shipped audience with how many it means now.
type ShippedCount struct {
	Shipped
	Answer
	Count int64 `json:"count" doc:"Customers within the reader's scope"`
}

// ShippedIn makes one's own copy.
type ShippedIn struct {
	Industry string `json:"industry,omitempty" enum:"fmcg,retail,technology,services,hotel,finance," doc:"Whose numbers are put in; retail where left out"`
	Name     string `json:"name,omitempty" maxLength:"400" doc:"Its own name where left out"`
	Followed *bool  `json:"followed,omitempty" doc:"true where left out"`
}

// usualIndustry is the one whose numbers are shown where none is named.
const usualIndustry = "retail"

// ListShipped gives the shipped audiences of an industry, in their order.
func (s *Service) ListShipped(ctx context.Context, industry string) (web.List[Shipped], error) {
	ctx = told(ctx)
	list := shippedAudiences()
	if industry == "" {
		industry = usualIndustry
	}
	made, err := s.madeFrom(ctx)
	if err != nil {
		return web.List[Shipped]{}, err
	}
	out := []Shipped{}
	for i := range list.Audiences {
		if a := &list.Audiences[i]; a.fits(industry) {
			sh, err := s.shipped(ctx, &list, a, industry)
			if err != nil {
				return web.List[Shipped]{}, err
			}
			if refs := made[a.Code]; refs != nil {
				sh.Made = refs
			}
			out = append(out, sh)
		}
	}
	return web.NewList(out), nil
}

// madeFrom are the audiences in use by the shipped ones that they were made from.
func (s *Service) madeFrom(ctx context.Context) (map[string][]Ref, error) {
	rows, err := s.store.heads(ctx)
	out := map[string][]Ref{}
	for i := range rows {
		if r := &rows[i]; r.preset != "" && r.archivedAt == 0 {
			out[r.preset] = append(out[r.preset], Ref{r.id, r.name, r.kind})
		}
	}
	return out, err
}

// shipped shows one in the reader's language. i18n-keys: shipped.*
func (s *Service) shipped(ctx context.Context, list *shippedList, a *shippedAudience, industry string) (Shipped, error) {
	out := Shipped{
		Code: a.Code, Group: a.Group, GroupLabel: s.t(ctx, "shipped.group."+a.Group, nil), Name: s.t(ctx, "shipped."+a.Code+".name", nil),
		Description: s.t(ctx, "shipped."+a.Code+".text", nil), Rule: list.rule(a, industry), Missing: []string{}, Made: []Ref{},
	}
	n, err := rule.Parse(out.Rule, "rule", rule.RuleLimits)
	if err != nil {
		return out, err
	}
	if out.Sentence, err = s.say(ctx, n); err != nil || len(a.Fields) == 0 {
		return out, err
	}
	set, err := s.Customers.Fields.Definitions(ctx)
	if err != nil {
		return out, err
	}
	for _, code := range a.Fields {
		if d := set.Code(code); d == nil || d.Retired {
			out.Missing = append(out.Missing, presetLabel(a.Industries, code, web.Locale(ctx)))
		}
	}
	return out, nil
}

// presetLabel is the name of a field in the preset of an industry.
func presetLabel(industries []string, code, locale string) string {
	for _, p := range field.Presets() {
		if !slices.Contains(industries, p.Code) {
			continue
		}
		for i := range p.Fields {
			if p.Fields[i].Code == code {
				return p.Fields[i].Name.In(locale)
			}
		}
	}
	return code
}

// find gives a shipped audience that can be used. Errors: audience.no_shipped,
// audience.needs_fields (parameter fields: their names).
func (s *Service) findShipped(ctx context.Context, code, industry string) (Shipped, error) {
	list := shippedAudiences()
	i := slices.IndexFunc(list.Audiences, func(a shippedAudience) bool { return a.Code == code })
	if i < 0 {
		return Shipped{}, errs.New(errs.NotFound, "audience.no_shipped")
	}
	a := &list.Audiences[i]
	if industry == "" {
		industry = usualIndustry
		if len(a.Industries) > 0 {
			industry = a.Industries[0]
		}
	}
	sh, err := s.shipped(ctx, &list, a, industry)
	if err == nil && len(sh.Missing) > 0 {
		err = errs.New(errs.Conflict, "audience.needs_fields", "fields", strings.Join(sh.Missing, ", "))
	}
	return sh, err
}

// CountShipped says how many a shipped audience means. Errors: those of Count,
// audience.no_shipped, audience.needs_fields.
func (s *Service) CountShipped(ctx context.Context, code, industry string) (ShippedCount, error) {
	sh, err := s.findShipped(ctx, code, industry)
	if err != nil {
		return ShippedCount{}, err
	}
	made, err := s.madeFrom(ctx)
	if err != nil {
		return ShippedCount{}, err
	}
	if refs := made[code]; refs != nil {
		sh.Made = refs
	}
	c, err := s.Count(ctx, CountIn{Rule: sh.Rule})
	return ShippedCount{sh, c.Answer, c.Count}, err
}

// CopyShipped makes an audience of the actor's own. Errors: those of Create,
// audience.no_shipped, audience.needs_fields.
func (s *Service) CopyShipped(ctx context.Context, code string, in ShippedIn) (Full, error) {
	sh, err := s.findShipped(ctx, code, in.Industry)
	if err != nil {
		return Full{}, err
	}
	name := in.Name
	if name == "" {
		name = sh.Name
	}
	return s.create(ctx, In{Name: name, Description: sh.Description, Kind: Dynamic, Rule: sh.Rule, Followed: in.Followed}, sh.Code, nil)
}

type shippedInput struct {
	Industry string `query:"industry" enum:"fmcg,retail,technology,services,hotel,finance," doc:"retail where left out"`
}

type shippedOneInput struct {
	Code     string `path:"code" maxLength:"64"`
	Industry string `query:"industry" enum:"fmcg,retail,technology,services,hotel,finance," doc:"Its own, or retail, where left out"`
}

type shippedCopyInput struct {
	Code string `path:"code" maxLength:"64"`
	Body ShippedIn
}

func (s *Service) shippedRoutes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/audiences/shipped", ID: "listShippedAudiences", Tag: tagName,
		Permission: PermView, Summary: "Audiences that come with the program, by industry"},
		func(ctx context.Context, in *shippedInput) (web.List[Shipped], error) {
			return s.ListShipped(ctx, in.Industry)
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/audiences/shipped/{code}", ID: "countShippedAudience", Tag: tagName,
		Permission: PermView, Summary: "One of them, with how many it means"},
		func(ctx context.Context, in *shippedOneInput) (ShippedCount, error) {
			return s.CountShipped(ctx, in.Code, in.Industry)
		})
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/audiences/shipped/{code}", ID: "copyShippedAudience", Tag: tagName,
		Status: http.StatusCreated, Permission: PermEdit, Summary: "Make one's own audience of it"},
		func(ctx context.Context, in *shippedCopyInput) (Full, error) {
			return tagged(ctx)(s.CopyShipped(ctx, in.Code, in.Body))
		})
}
