package importer

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"zhike/internal/customer"
)

// lookupShared reads, for contacts that several customers have, which of these
// are contact persons of which company.
func (r *resolver) lookupShared(ctx context.Context) (err error) {
	var ids []int64
	for _, owners := range r.owners {
		if len(owners) > 1 {
			ids = append(ids, owners...)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	r.works, err = r.w.customers.CompaniesOf(ctx, slices.Compact(ids))
	return err
}

// shared says which of the customers that have one phone or address the buyer
// is; 0 where the row does not tell, and is refused then. Two things are sure:
//
//   - the row names the buyer, and just one of them has the name;
//   - the row says nothing of a person, and they are one company and its contact
//     persons: these buy for the company.
func (r *resolver) shared(bu *buyer, owners []int64) int64 {
	if bu.name != "" && !bu.masked {
		return r.only(owners, func(id int64) bool { return r.nameOf(id) == bu.name })
	}
	if bu.company != "" {
		if id := r.only(owners, func(id int64) bool { return r.firm(id) && r.nameOf(id) == bu.company }); id != 0 {
			return id
		}
	}
	// A name in asterisks is somebody's; one that was made of the phone is nobody's.
	if strings.ContainsFunc(bu.name, func(c rune) bool { return unicode.Is(unicode.Han, c) }) || bu.gender != "" || bu.birthday != "" || bu.kind == customer.KindPerson {
		return 0
	}
	head := r.only(owners, r.firm)
	if head == 0 {
		return 0
	}
	for _, id := range owners {
		if id != head && !slices.Contains(r.works[id], head) {
			return 0
		}
	}
	return head
}

func (r *resolver) firm(id int64) bool {
	k := r.kindOf(id)
	return k != "" && k != customer.KindPerson
}

// only is the one of ids for which is holds; 0 for none and for several.
func (r *resolver) only(ids []int64, is func(id int64) bool) (found int64) {
	for _, id := range ids {
		switch {
		case !is(id):
		case found != 0 && found != id:
			return 0
		default:
			found = id
		}
	}
	return found
}

// nameOf is the name of a customer of the batch; "" for a dry run's own.
func (r *resolver) nameOf(id int64) string {
	if id < 0 {
		return r.made[-id-1].Name
	}
	if c := r.changed[id]; c != nil {
		return c.Name
	}
	return r.people[id].Name
}
