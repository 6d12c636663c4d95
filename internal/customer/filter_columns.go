package customer

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	custom "zhike/internal/field"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/web"
	"zhike/internal/region"
)

// TagChip is a tag as a list shows it.
type TagChip struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Tone int    `json:"tone"`
}

// extras are what the columns of a page need beside its rows, read in a few
// statements for the whole page.
type extras struct {
	rows    map[int64]*Stored
	figures map[int64]map[string]*int64
	texts   map[int64]map[string]string
	values  map[int64]map[string]custom.Value
	tags    map[int64][]TagChip
	staff   map[int64]string
	places  map[int64]string // departments
	sources map[int64]string
	others  map[int64]string            // customers that references point to
	levels  map[string]map[int64]*Level // of dimensions but value, by the code of the field
	// Of the lifecycle: codes by customer, names by code.
	lifecycle  map[int64]string
	stageNames map[string]string
}

// fillColumns adds the values of columns to items that the actor may see.
func (s *Service) fillColumns(ctx context.Context, items []Item, columns []*listField) error {
	if len(items) == 0 || len(columns) == 0 {
		return nil
	}
	ids := make([]int64, len(items))
	for i := range items {
		ids[i] = items[i].ID
	}
	var more []*listField
	for _, f := range columns {
		if _, there := items[0].shows(f.code); !there {
			more = append(more, f)
		}
	}
	x, err := s.extras(ctx, ids, more)
	if err != nil {
		return err
	}
	for i := range items {
		it := &items[i]
		it.Values = make(map[string]any, len(columns))
		for _, f := range columns {
			v, there := it.shows(f.code)
			if !there {
				v = x.value(f, it)
			}
			it.Values[f.code] = v
		}
	}
	return nil
}

// shows gives the values that came with the row of a list: the whole record is not
// read once more for them.
func (it *Item) shows(code string) (v any, there bool) {
	switch code {
	case ownerField:
		if it.Owner == nil {
			return nil, true
		}
		return Named(*it.Owner), true
	case "kind":
		return it.Kind, true
	case "gender":
		return it.Gender, true
	case "province":
		return it.Province, true
	case "city":
		return it.City, true
	}
	return nil, false
}

func (s *Service) extras(ctx context.Context, ids []int64, columns []*listField) (x *extras, err error) {
	x = &extras{}
	var figures []*listField
	need := map[string]bool{}
	for _, f := range columns {
		switch {
		case f.group == "figures":
			figures = append(figures, f)
		case f.group != "record" || f.code != "name" && f.code != "phone" && f.code != "email" && f.code != "id":
			need[f.group] = true
		}
		need[f.code] = true
	}
	if need["record"] {
		if x.rows, err = s.store.stored(ctx, nil, ids, toAny); err != nil {
			return nil, err
		}
	}
	if need[LifecycleField] {
		if err = x.lifecycleExtras(ctx, s, ids); err != nil {
			return nil, err
		}
	}
	if len(figures) > 0 {
		if x.figures, x.texts, err = s.store.figuresOf(ctx, ids); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(figures, func(f *listField) bool { return modelFigureOf(f.code) != nil }) {
			if err = s.store.forecastsOf(ctx, ids, x.figures); err != nil {
				return nil, err
			}
		}
	}
	if need["tags"] && s.Tags != nil {
		of, err := s.Tags.Of(ctx, ids)
		if err != nil {
			return nil, err
		}
		x.tags = make(map[int64][]TagChip, len(of))
		for id, list := range of {
			for _, t := range list {
				x.tags[id] = append(x.tags[id], TagChip{t.ID, t.Name, t.Tone})
			}
		}
	}
	if need["custom"] && s.Fields != nil {
		if x.values, err = s.Fields.Values(ctx, ids); err != nil {
			return nil, err
		}
	}
	if need["level"] {
		if x.levels, err = s.levelsOf(ctx, ids, columns); err != nil {
			return nil, err
		}
	}
	return x, s.names(ctx, x, columns)
}

// names reads the names of whom and what the values point to.
func (s *Service) names(ctx context.Context, x *extras, columns []*listField) (err error) {
	var staff, places, others []int64
	source := false
	for _, f := range columns {
		source = source || f.code == "source"
		for _, r := range x.rows {
			switch f.code {
			case "owner":
				staff = append(staff, r.OwnerID)
			case "adviser":
				staff = append(staff, r.AdviserID)
			case "department":
				places = append(places, r.DepartmentID)
			}
		}
		if !f.isCustom(custom.Reference) {
			continue
		}
		for _, of := range x.values {
			if v := of[f.def.Code]; !v.Set {
				continue
			} else if f.def.Target == custom.TargetStaff {
				staff = append(staff, v.Num)
			} else {
				others = append(others, v.Num)
			}
		}
	}
	if staff = withoutZero(staff); len(staff) > 0 {
		people, err := s.store.people(ctx, staff)
		if err != nil {
			return err
		}
		x.staff = make(map[int64]string, len(people))
		for id, p := range people {
			x.staff[id] = p.name
		}
	}
	if places = withoutZero(places); len(places) > 0 {
		if x.places, err = s.store.departmentNames(ctx, places); err != nil {
			return err
		}
	}
	if others = withoutZero(others); len(others) > 0 {
		// Names of those only whom the actor may see.
		if x.others, err = s.Seen(ctx, others); err != nil {
			return err
		}
	}
	if source {
		list, err := s.store.sources(ctx)
		if err != nil {
			return err
		}
		x.sources = make(map[int64]string, len(list))
		for _, src := range list {
			x.sources[src.ID] = SourceName(web.Locale(ctx), src.Code, src.Name)
		}
	}
	return nil
}

func withoutZero(ids []int64) []int64 {
	return slices.DeleteFunc(unique(ids), func(id int64) bool { return id == 0 })
}

func named(id int64, names map[int64]string) any {
	if id == 0 {
		return nil
	}
	return Named{id, names[id]}
}

func instantOrNone(ms int64) any {
	if ms == 0 {
		return nil
	}
	return ms
}

// value gives one value as JSON has it.
func (x *extras) value(f *listField, it *Item) any {
	switch f.code {
	case "id":
		return it.ID
	case "name":
		return it.Name
	case "phone":
		return it.Phone
	case "email":
		return it.Email
	case "level":
		return it.Level
	case "tags":
		if list := x.tags[it.ID]; list != nil {
			return list
		}
		return []TagChip{}
	case LifecycleField:
		return x.lifecycleValue(it.ID)
	case "days_since":
		return it.DaysSince
	}
	switch f.group {
	case "custom":
		return x.customValue(f.def, it.ID)
	case "figures":
		return x.figure(f, it.ID)
	case "level":
		return x.levels[f.code][it.ID]
	}
	if r := x.rows[it.ID]; r != nil {
		return x.recordValue(f.code, r)
	}
	return nil
}

func (x *extras) customValue(d *custom.Definition, id int64) any {
	v := x.values[id][d.Code]
	if d.Kind != custom.Reference || !v.Set {
		return d.JSON(v)
	}
	if d.Target == custom.TargetStaff {
		return named(v.Num, x.staff)
	}
	return named(v.Num, x.others)
}

func (x *extras) figure(f *listField, id int64) any {
	if window, ok := strings.CutPrefix(f.code, "aov_"); ok {
		net, orders := x.figures[id]["net_"+window], x.figures[id]["orders_"+window]
		if net == nil || orders == nil || *orders <= 0 {
			return nil
		}
		return Ratio(*net, *orders)
	}
	if f.typ == "text" {
		return x.texts[id][f.code]
	}
	n := x.figures[id][f.code]
	if n == nil {
		return nil
	}
	if f.typ == "date" {
		return clock.Day(*n).String()
	}
	if f.scale > 0 {
		return scaled(*n, f.scale)
	}
	return *n
}

func (x *extras) recordValue(code string, r *Stored) any {
	switch code {
	case "kind":
		return r.Kind
	case "stage":
		return r.Stage
	case "gender":
		return r.Gender
	case "birthday":
		return r.Birthday
	case "education":
		return r.Education
	case "company":
		return r.Company
	case "industry":
		return r.Industry
	case "province":
		return r.Province
	case "city":
		return r.City
	case "region":
		return regionText(r)
	case fieldRegistered:
		if r.RegisteredAt == 0 {
			return nil
		}
		return r.RegisteredAt.String()
	case "preferred_channel":
		return r.PreferredChannel
	case "favourite_categories":
		list := []string{}
		if json.Unmarshal([]byte(r.Favourites), &list) != nil {
			return []string{}
		}
		return list
	case "remark":
		return r.Remark
	case "source":
		return named(r.SourceID, x.sources)
	case "owner":
		return named(r.OwnerID, x.staff)
	case "adviser":
		return named(r.AdviserID, x.staff)
	case "department":
		return named(r.DepartmentID, x.places)
	case "created":
		return r.CreatedAt
	case "updated":
		return r.UpdatedAt
	case "last_contact":
		return instantOrNone(r.LastContactAt)
	}
	return nil
}

// regionText is province, city and district, each once.
func regionText(r *Stored) string {
	province, city, district := r.Province, r.City, r.District
	if r.RegionCode != "" {
		province, city, district = region.Names(r.RegionCode)
	}
	var parts []string
	for _, p := range []string{province, city, district} {
		if p != "" && !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " ")
}
