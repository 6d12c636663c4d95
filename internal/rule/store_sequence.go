package rule

// writeFollows says that some fact of a is followed by one of b, or with
// without that some fact of a is not.
func writeFollows(add Add, id string, a, b *chosen, within int64, without bool) {
	f, g := apart(id, "f"), apart(id, "g")
	add("EXISTS (SELECT 1")
	a.write(add, id, rows{f: f, counted: true})
	if add(" AND "); without {
		add("NOT ")
	}
	add("EXISTS (SELECT 1")
	b.write(add, id, rows{f: g, counted: true})
	// Later facts do not lie on earlier days: the first bound is for the index.
	add(" AND " + g + ".day >= " + f + ".day AND " + g + ".day <= " + f + ".day + " + num(within))
	if a.st == b.st {
		add(" AND (" + g + ".happened, " + g + ".nr) > (" + f + ".happened, " + f + ".nr)")
	} else {
		add(" AND " + g + ".happened > " + f + ".happened")
	}
	add("))")
}
