package customer

// The indexes of contacts by hash and of words by themselves begin with the
// part of the base that a customer belongs to, 262,144 of them each. Hashes and
// words lie all over an index, and a write of thousands of new customers touched
// nearly as many of its pages as it wrote entries; now it stays within the part
// of the newest ones. A question asks every part, and finds what it looks for in
// each by its key.

// everyPart is the numbers of all parts, as the table p.
const everyPart = `(WITH RECURSIVE parts (n) AS (SELECT CAST(0 AS BIGINT) UNION ALL
  SELECT n + 1 FROM parts WHERE n < (SELECT MAX(id) >> 18 FROM customers)) SELECT n FROM parts) p`

// InEveryPart begins what follows FROM of a query that looks into contacts or
// customer_terms, as x, by hash or word; a condition on it comes next.
//
// Without the + 0 SQLite takes the number for one of another kind than the index
// has, and reads all of it.
func InEveryPart(table string) string {
	return everyPart + ` CROSS JOIN ` + table + ` x WHERE x.customer_id >> 18 = p.n + 0 AND `
}
