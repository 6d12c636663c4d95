package customer

import (
	"context"
	"time"

	"zhike/internal/platform/errs"
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
// place that a person chose, or emptied, stays. A customer with an address that
// cannot be opened is stepped over, logged once and tried again in later runs.
func (s *Service) FillPlaces(ctx context.Context) error {
	if err := s.DB.InTx(ctx, s.retryPlaces); err != nil {
		return err
	}
	for {
		var done bool
		var unread []int64
		err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
			done, unread, err = s.fillPlaces(ctx)
			return err
		})
		if err != nil {
			return err
		}
		for _, id := range unread {
			s.Log.WarnContext(ctx, "an address cannot be opened: the customer gets no region from it", "customer_id", id)
		}
		if done {
			return nil
		}
	}
}

// fillPlaces does one step inside InTx and tells whether it was the last, and
// whose addresses could not be opened that were not known for it.
func (s *Service) fillPlaces(ctx context.Context) (done bool, unread []int64, err error) {
	after, until, err := s.store.placeFill(ctx)
	if err != nil || after >= until {
		return true, nil, err
	}
	ids, err := s.store.idsBetween(ctx, after, until, placeStep)
	if err != nil {
		return false, nil, err
	}
	if len(ids) == 0 {
		return true, nil, s.store.setPlaceFill(ctx, until)
	}
	all, unread, err := s.placeAll(ctx, ids)
	if err != nil {
		return false, nil, err
	}
	if unread, err = s.store.addUnreadPlaces(ctx, unread, s.now()); err != nil {
		return false, nil, err
	}
	// Whoever was written by somebody else meanwhile is looked at again.
	if all {
		err = s.store.setPlaceFill(ctx, ids[len(ids)-1])
	}
	return false, unread, err
}

// retryPlaces looks inside InTx at customers who were stepped over: their
// address may have been written anew, or the key be back.
func (s *Service) retryPlaces(ctx context.Context) error {
	ids, err := s.store.unreadPlaces(ctx, placeStep)
	if err != nil || len(ids) == 0 {
		return err
	}
	all, unread, err := s.placeAll(ctx, ids)
	if err != nil || !all {
		return err
	}
	return s.store.triedPlaces(ctx, ids, unread, s.now())
}

// placeAll brings customers up to what their names and addresses say, inside
// InTx. all is false where one of them was written by somebody else meanwhile;
// unread are those with an address that is wanted and cannot be opened.
func (s *Service) placeAll(ctx context.Context, ids []int64) (all bool, unread []int64, err error) {
	rows, err := s.store.stored(ctx, nil, ids, toAny)
	if err != nil {
		return false, nil, err
	}
	chosen, err := s.store.placesChosen(ctx, ids, manualSource)
	if err != nil {
		return false, nil, err
	}
	addresses, err := s.store.addressesOf(ctx, ids)
	if err != nil {
		return false, nil, err
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
		coded, missed, err := s.placed(r, addresses[id], chosen[id])
		if err != nil {
			return false, nil, err
		}
		if missed {
			unread = append(unread, id)
		}
		if len(coded) > 0 || was.RegionCode != r.RegionCode {
			todo, before, codes = append(todo, r), append(before, was), append(codes, coded...)
		}
	}
	if len(todo) == 0 {
		return true, unread, nil
	}
	for i := range codes {
		if err := s.store.codeAddress(ctx, &codes[i]); err != nil {
			return false, nil, err
		}
	}
	versions, err := s.store.setColumns(ctx, placeFields, todo, s.now())
	if err != nil {
		return false, nil, err
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
	_, err = s.finish(ctx, WriteOptions{Origin: OriginImport, Note: map[string]any{"job": placesArgs{}.Kind()}}, written, versions, changes)
	return len(written) == len(todo), unread, err
}

// placed brings a row up to what its names and addresses say, unless its place
// was chosen, and gives the addresses that get a code. missed says that one that
// is wanted cannot be opened; those behind it do not speak for the customer.
func (s *Service) placed(r *Stored, addresses []Contact, chosen bool) (coded []Contact, missed bool, err error) {
	settled := chosen || r.RegionCode != ""
	if len(addresses) == 0 && settled {
		return nil, false, nil
	}
	texts := make([]string, len(addresses))
	open := make([]bool, len(addresses))
	sure := 0 // addresses before the first that cannot be opened
	for i := range addresses {
		texts[i], err = s.Vault.Open(vault.Kind(ContactAddress), addresses[i].Cipher)
		switch {
		case err == nil:
			open[i] = true
			if sure == i {
				sure++
			}
		case !errs.Is(err, "vault.damaged"):
			return nil, false, err
		default:
			missed = missed || addresses[i].RegionCode == "" || !settled && r.placeless()
		}
	}
	province, city, district := r.Province, r.City, r.District
	switch {
	case settled:
	case r.placeless():
		r.SettleBy(texts[:sure]...)
	default:
		r.Settle()
	}
	for i := range addresses {
		c := &addresses[i]
		if c.RegionCode != "" || !open[i] {
			continue
		}
		if c.RegionCode = PlaceOfAddress(texts[i], province, city, district); c.RegionCode != "" {
			coded = append(coded, *c)
		}
	}
	return coded, missed, nil
}

type placesArgs struct{}

// Kind names the job.
func (placesArgs) Kind() string { return "customer.fill_places" }

func (s *Service) registerPlaces(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[placesArgs]) error { return s.FillPlaces(ctx) }, jobs.Unique(), jobs.Timeout(time.Hour))
	// Costs a look at one row once it is through.
	r.Every(placesArgs{}.Kind(), jobs.Interval(15*time.Minute), func() jobs.Args { return placesArgs{} })
}
