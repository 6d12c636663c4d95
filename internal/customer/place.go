package customer

import (
	"context"
	"time"

	"zhike/internal/platform/jobs"
	"zhike/internal/platform/vault"
	"zhike/internal/region"
)

// surePlace is from when on the place that an address begins with is taken for
// the customer's, or the address's own.
const surePlace = 80

// Settle sets the code that the names of c's place mean, none where they mean no
// one division.
func (c *Customer) Settle() {
	c.RegionCode = ""
	if p, ok := region.Find(c.Province, c.City, c.District); ok {
		c.RegionCode = p.Code
	}
}

// placeless says that nothing is known of where c lives.
func (c *Customer) placeless() bool {
	return c.Province == "" && c.City == "" && c.District == "" && c.RegionCode == ""
}

// SettleBy puts c where the first of the addresses that is certain says. For
// customers of whom no other place is known.
func (c *Customer) SettleBy(addresses ...string) {
	for _, text := range addresses {
		if p := region.Parse(text); p.Confidence >= surePlace {
			c.Province, c.City, c.District, c.RegionCode = p.Province, p.City, p.District, p.Code
			return
		}
	}
}

// PlaceOfAddress gives the code of an address: as the address says it alone,
// then behind the place that stands beside it, else that place; "" where none
// is certain.
func PlaceOfAddress(text, province, city, district string) string {
	if p := region.Parse(text); p.Confidence >= surePlace {
		return p.Code
	}
	said := province + city + district
	if said == "" {
		return ""
	}
	if p := region.Parse(said + text); p.Confidence >= surePlace {
		return p.Code
	}
	p, _ := region.Find(province, city, district)
	return p.Code
}

// placeStep is how many customers one transaction of FillPlaces looks at.
const placeStep = 500

// FillPlaces gives customers from before imports did so the region that their
// names of places or their addresses mean, and their addresses a code. It keeps
// its place, may be stopped at any time, and does nothing once it is through. A
// place that a person chose, or emptied, stays.
func (s *Service) FillPlaces(ctx context.Context) error {
	for {
		var done bool
		err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
			done, err = s.fillPlaces(ctx)
			return err
		})
		if done || err != nil {
			return err
		}
	}
}

// fillPlaces does one step inside InTx and tells whether it was the last.
func (s *Service) fillPlaces(ctx context.Context) (done bool, err error) {
	after, until, err := s.store.placeFill(ctx)
	if err != nil || after >= until {
		return true, err
	}
	ids, err := s.store.idsBetween(ctx, after, until, placeStep)
	if err != nil {
		return false, err
	}
	if len(ids) == 0 {
		return true, s.store.setPlaceFill(ctx, until)
	}
	rows, err := s.store.stored(ctx, nil, ids, toAny)
	if err != nil {
		return false, err
	}
	chosen, err := s.store.placesChosen(ctx, ids, manualSource)
	if err != nil {
		return false, err
	}
	addresses, err := s.store.addressesOf(ctx, ids)
	if err != nil {
		return false, err
	}
	var todo []*Stored
	var before []Stored
	var codes []Contact
	for _, id := range ids {
		r := rows[id]
		if r == nil {
			continue
		}
		was := *r
		coded, err := s.placed(r, addresses[id], chosen[id])
		if err != nil {
			return false, err
		}
		if len(coded) > 0 || was.RegionCode != r.RegionCode {
			todo, before, codes = append(todo, r), append(before, was), append(codes, coded...)
		}
	}
	if len(todo) == 0 {
		return false, s.store.setPlaceFill(ctx, ids[len(ids)-1])
	}
	for i := range codes {
		if err := s.store.codeAddress(ctx, &codes[i]); err != nil {
			return false, err
		}
	}
	versions, err := s.store.setColumns(ctx, placeFields, todo, s.now())
	if err != nil {
		return false, err
	}
	var written []int64
	var changes []Change
	for i, r := range todo {
		if _, ok := versions[r.ID]; !ok {
			continue
		}
		written = append(written, r.ID)
		for k := range placeFields {
			f := &placeFields[k]
			if old, now := f.text(&before[i]), f.text(r); old != now {
				changes = append(changes, Change{CustomerID: r.ID, Field: f.name, Before: old, After: now})
			}
		}
	}
	// Whoever was written by somebody else meanwhile is looked at again.
	if len(written) == len(todo) {
		if err := s.store.setPlaceFill(ctx, ids[len(ids)-1]); err != nil {
			return false, err
		}
	}
	_, err = s.finish(ctx, WriteOptions{Origin: OriginImport, Note: map[string]any{"job": placesArgs{}.Kind()}}, written, versions, changes)
	return false, err
}

// placed brings a row up to what its names and addresses say, unless its place
// was chosen, and gives the addresses that get a code.
func (s *Service) placed(r *Stored, addresses []Contact, chosen bool) (coded []Contact, err error) {
	if len(addresses) == 0 && (chosen || r.RegionCode != "") {
		return nil, nil
	}
	texts := make([]string, len(addresses))
	for i := range addresses {
		if texts[i], err = s.Vault.Open(vault.Kind(ContactAddress), addresses[i].Cipher); err != nil {
			return nil, err
		}
	}
	province, city, district := r.Province, r.City, r.District
	switch {
	case chosen || r.RegionCode != "":
	case r.placeless():
		r.SettleBy(texts...)
	default:
		r.Settle()
	}
	for i := range addresses {
		c := &addresses[i]
		if c.RegionCode != "" {
			continue
		}
		if c.RegionCode = PlaceOfAddress(texts[i], province, city, district); c.RegionCode != "" {
			coded = append(coded, *c)
		}
	}
	return coded, nil
}

type placesArgs struct{}

// Kind names the job.
func (placesArgs) Kind() string { return "customer.fill_places" }

func (s *Service) registerPlaces(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[placesArgs]) error { return s.FillPlaces(ctx) }, jobs.Unique(), jobs.Timeout(time.Hour))
	// Costs a look at one row once it is through.
	r.Every(placesArgs{}.Kind(), jobs.Interval(15*time.Minute), func() jobs.Args { return placesArgs{} })
}
