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

// settleNew sets the region of a new customer; where no column says a place, the
// address does.
func settleNew(c *customer.Customer, bu *buyer) {
	if c.Province != "" || c.City != "" || c.District != "" {
		c.Settle()
		return
	}
	for i := range bu.n {
		if bu.contacts[i].kind == customer.ContactAddress {
			c.SettleBy(bu.contacts[i].text)
		}
		if c.RegionCode != "" {
			return
		}
	}
}

// placeOfAddress gives the code of a buyer's address, "" where none is certain.
func placeOfAddress(text string, bu *buyer) string {
	return customer.PlaceOfAddress(text, bu.province, bu.city, bu.district)
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
	c.Settle()
	return true
}
