package field

// Offers says whether v may be given to a customer who has before: a retired
// option only stays, it is not given anew.
func (d *Definition) Offers(v, before Value) bool { return d.offers(v, before) }
