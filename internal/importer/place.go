package importer

import (
	"zhike/internal/clean"
	"zhike/internal/customer"
	"zhike/internal/region"
)

// place reads where a buyer lives: province, city and district by their present
// full names as far as they mean one division. A town of 东莞 stays the text it
// is. Too long a text is a fault of its column.
func (p *parser) place(r *row, out *buyer) (col int, err error) {
	if col, err = p.region(r, &out.province, &out.city); err != nil {
		return col, err
	}
	s := cell(r, p.at.district)
	if s == "" {
		return -1, nil
	}
	d, err := clean.Text(s)
	if err != nil {
		if clean.IsBlank(s) {
			return -1, nil
		}
		return p.at.district, err
	}
	if pl, ok := region.Find(out.province, out.city, d); ok && pl.District != "" {
		out.province, out.city, d = pl.Province, pl.City, pl.District
	}
	out.district = cutText(d, maxLabel)
	return -1, nil
}

// sure is from when on the place that an address begins with is taken for the
// customer's.
const sure = 80

// settle gives the code that the names of a customer mean, none where they mean
// no one division.
func settle(c *customer.Customer) {
	c.RegionCode = ""
	if p, ok := region.Find(c.Province, c.City, c.District); ok {
		c.RegionCode = p.Code
	}
}

// settleNew does so for a new customer; where no column says a place, the
// address does.
func settleNew(c *customer.Customer, bu *buyer) {
	if c.Province != "" || c.City != "" || c.District != "" {
		settle(c)
		return
	}
	for i := range bu.n {
		if bu.contacts[i].kind != customer.ContactAddress {
			continue
		}
		if p := region.Parse(bu.contacts[i].text); p.Confidence >= sure {
			c.Province, c.City, c.District, c.RegionCode = p.Province, p.City, p.District, p.Code
			return
		}
	}
}

// placeOfAddress gives the code of a buyer's address: as the address says it
// alone, then behind the place that the row says, else that place; "" where
// none is certain.
func placeOfAddress(text string, bu *buyer) string {
	if p := region.Parse(text); p.Confidence >= sure {
		return p.Code
	}
	said := bu.province + bu.city + bu.district
	if said == "" {
		return ""
	}
	if p := region.Parse(said + text); p.Confidence >= sure {
		return p.Code
	}
	p, _ := region.Find(bu.province, bu.city, bu.district)
	return p.Code
}

// move brings the place of c up to what bu says and tells whether it changed.
// What lies below a province or city that changed belongs to the old one.
func move(c *customer.Customer, bu *buyer) bool {
	was := [...]string{c.Province, c.City, c.District}
	if bu.province != "" && bu.province != c.Province {
		c.Province, c.City, c.District = bu.province, "", ""
	}
	if bu.city != "" && bu.city != c.City {
		c.City, c.District = bu.city, ""
	}
	if bu.district != "" {
		c.District = bu.district
	}
	if was == [...]string{c.Province, c.City, c.District} {
		return false
	}
	settle(c)
	return true
}
